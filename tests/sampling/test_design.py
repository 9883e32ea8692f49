"""Points: balanced, independent between scrambles, the same however they are asked for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats
from scipy.stats import qmc

from tcosim.errors import InputError
from tcosim.sampling import design
from tcosim.sampling.design import SobolDesign


def ref_points(dimensions: int, seed: int, futures: list[int]) -> np.ndarray:
    """Points of single futures: every scramble drawn from its start in one go."""
    longest = 2 ** math.ceil(math.log2(max(futures) // 16 + 1))
    scrambles = []
    for k in range(16):
        key = np.random.SeedSequence(seed, spawn_key=(design._DOMAIN, k))
        engine = qmc.Sobol(dimensions, scramble=True, bits=30, rng=np.random.default_rng(key))
        scrambles.append(engine.random(longest) + 2.0**-31)
    return np.array([scrambles[s % 16][s // 16] for s in futures])


def test_future_s_has_point_s_over_16_of_scramble_s_mod_16() -> None:
    futures = [0, 1, 15, 16, 4711, 4095, 4096, 70_001]
    points = SobolDesign(3, seed=7)
    found = np.vstack([points.points(s, 1) for s in futures])
    np.testing.assert_array_equal(found, ref_points(3, 7, futures))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 13_000), st.integers(0, 5_000)), min_size=1, max_size=6))
def test_a_point_does_not_depend_on_how_it_is_asked_for(asked: list[tuple[int, int]]) -> None:
    whole = SobolDesign(2, seed=3).points(0, 18_000)
    points = SobolDesign(2, seed=3)
    for first, count in asked:
        np.testing.assert_array_equal(points.points(first, count), whole[first : first + count])


def test_a_longer_run_extends_a_shorter_one() -> None:
    points = SobolDesign(4, seed=0)
    in_parts = np.vstack([points.points(0, 100), points.points(100, 50)])
    np.testing.assert_array_equal(in_parts, SobolDesign(4, seed=0).points(0, 150))
    np.testing.assert_array_equal(SobolDesign(4, seed=0).points(0, 100_000)[:150], in_parts)


def test_what_is_handed_out_can_be_written_to() -> None:
    points = SobolDesign(2, seed=0)
    first = points.points(0, 64)
    kept = first.copy()
    first[:] = 0.5
    np.testing.assert_array_equal(points.points(0, 64), kept)


def test_far_futures_are_reached_exactly() -> None:
    far = 16 * 2_000_003 + 5
    near_then_far = SobolDesign(2, seed=1)
    near_then_far.points(0, 10)
    alone = SobolDesign(2, seed=1).points(far, 30)
    np.testing.assert_array_equal(near_then_far.points(far, 30), alone)
    np.testing.assert_array_equal(SobolDesign(2, seed=1).points(far + 7, 1), alone[7:8])


@pytest.mark.parametrize("dimensions", [1, 7, 45])
def test_every_scramble_is_balanced_in_every_dimension(dimensions: int) -> None:
    n = 512
    points = SobolDesign(dimensions, seed=2).points(0, 16 * n)
    for scramble in range(16):
        cells = np.sort((points[scramble::16] * n).astype(int), axis=0)
        np.testing.assert_array_equal(cells, np.repeat(np.arange(n)[:, None], dimensions, axis=1))


def test_points_lie_at_the_centers_of_cells_and_never_at_an_end() -> None:
    points = SobolDesign(6, seed=0).points(0, 20_000)
    cells = points * 2**30 - 0.5
    np.testing.assert_array_equal(cells, np.round(cells))
    assert points.min() >= 2.0**-31 and points.max() <= 1 - 2.0**-31


def test_seeds_are_seeds() -> None:
    zero, again, one = (SobolDesign(3, seed=s).points(0, 320) for s in (0, 0, 1))
    np.testing.assert_array_equal(zero, again)
    assert not np.any(zero == one)
    largest = SobolDesign(3, seed=2**63 - 1).points(0, 320)
    assert not np.any(largest == zero)


@pytest.mark.parametrize("n_seeds", [150, 600])
def test_scrambles_are_independent_of_each_other(n_seeds: int) -> None:
    first = np.array([SobolDesign(1, seed).points(0, 16)[:, 0] for seed in range(n_seeds)])
    correlation = np.corrcoef(first.T)[np.triu_indices(16, 1)]
    # 120 pairs, each of variance 1 / n: their mean square has a standard error of sqrt(2 / 120).
    assert abs(np.mean(correlation**2) * n_seeds - 1) < 4 * math.sqrt(2 / 120)
    # The first point of a scramble is uniform over seeds; 1.95 / sqrt(n) is passed once in a thousand.
    assert stats.kstest(first.ravel(), "uniform").statistic < 1.95 / math.sqrt(first.size)


@pytest.mark.parametrize("futures", [400, 3_000])
def test_the_interval_over_scrambles_covers(futures: int) -> None:
    weights = 1 / np.sqrt(np.arange(1.0, 7.0))
    threshold = -0.4
    truth = stats.norm.cdf(threshold / np.linalg.norm(weights))
    n_seeds, hits, widths = 150, 0, []
    for seed in range(n_seeds):
        below = special.ndtri(SobolDesign(6, seed).points(0, futures)) @ weights < threshold
        shares = np.array([below[k::16].mean() for k in range(16)])
        half = stats.t.ppf(0.975, 15) * shares.std(ddof=1) / 4
        hits += abs(shares.mean() - truth) <= half
        widths.append(half)
    standard_error = math.sqrt(0.95 * 0.05 / n_seeds)
    assert abs(hits / n_seeds - 0.95) < 3.5 * standard_error
    # Sobol points must pay: independent futures would need an interval at least 1.3 times as wide.
    assert np.mean(widths) < stats.t.ppf(0.975, 15) * math.sqrt(truth * (1 - truth) / futures) / 1.3


def test_no_dimensions_and_no_points() -> None:
    assert SobolDesign(0, seed=0).points(5, 7).shape == (7, 0)
    assert SobolDesign(3, seed=0).points(5, 0).shape == (0, 3)


def test_too_much_is_refused() -> None:
    with pytest.raises(InputError, match="must not have more than 21,201 uncertain inputs, got 21202"):
        SobolDesign(21_202, seed=0)
    with pytest.raises(InputError, match="must not exceed 17,179,869,184"):
        SobolDesign(1, seed=0).points(16 * 2**30 - 1, 2)
    with pytest.raises(ValueError, match="start at 0"):
        SobolDesign(1, seed=0).points(-1, 2)

"""Several volumes in one pass come to what a run at each of them comes to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcosim.engine import simulate
from tcosim.engine.volumes import simulate_volumes
from tcosim.errors import InputError
from tcosim.studies.curve import MOST_VOLUMES, curve, default_volumes
from tests.engine.scenarios import every_kind, scenario

VOLUMES = (4e8, 2e9, 4e9)


@pytest.fixture(scope="module")
def every():
    return every_kind(months=3)


def test_each_volume_is_a_run_at_that_volume(every):
    found = simulate_volumes(every, VOLUMES, samples=600, seed=3)
    for volume, totals in zip(VOLUMES, found, strict=True):
        alone = simulate(every.with_volume(volume), samples=600, seed=3)
        np.testing.assert_array_equal(alone["scramble_futures"], totals.futures)
        # float32 hours: a threshold between two roundings may move one event of one hour
        np.testing.assert_allclose(totals.npv, alone["scramble_npv_sum"], rtol=1e-6)
        assert np.abs(alone["scramble_beats"].values - totals.beats).sum() <= 1
        assert totals.tokens / 600 == pytest.approx(float(alone["mean_tokens"]), rel=1e-6)


def test_the_first_volume_is_the_run_to_the_last_digit(every):
    totals = simulate_volumes(every, VOLUMES, samples=600, seed=3)[0]
    alone = simulate(every.with_volume(VOLUMES[0]), samples=600, seed=3)
    np.testing.assert_array_equal(alone["scramble_npv_sum"], totals.npv)
    np.testing.assert_array_equal(alone["scramble_paid_back"], totals.paid_back)


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_change_no_byte(every, threads):
    first = simulate_volumes(every, VOLUMES, samples=1100, seed=3)
    second = simulate_volumes(every, VOLUMES, samples=1100, seed=3, threads=threads)
    for a, b in zip(first, second, strict=True):
        assert a.npv.tobytes() == b.npv.tobytes()
        assert a.use.tobytes() == b.use.tobytes()


def test_the_curve_has_the_means_of_its_runs(every):
    found = curve(every, VOLUMES, samples=300, seed=1)
    alone = simulate(every.with_volume(VOLUMES[1]), samples=300, seed=1)
    at = found.sel(volume=VOLUMES[1])
    for name in ("mean_total", "mean_tokens", "mean_idle", "mean_utilization"):
        np.testing.assert_allclose(at[name], alone[name], rtol=1e-5, err_msg=name)
    assert found.attrs["planned_tokens_per_month"] == every.volume.tokens_per_month


def test_the_baseline_never_beats_itself(every):
    found = curve(every, VOLUMES, samples=300)
    assert (found["scramble_beats"].sel(option="api") == 0).all()


def test_no_fleet_makes_a_curve_too():
    found = curve(scenario("managed"), (1e8, 1e9), samples=64)
    assert found["mean_utilization"].isnull().all()


def test_the_default_grid_spans_decades_and_holds_the_plan(every):
    grid = default_volumes(every)
    assert (grid[0], grid[-1], len(grid)) == (1e8, 1e11, 26)
    assert every.volume.tokens_per_month in grid
    assert list(grid) == sorted(grid)
    at_a_decade = default_volumes(every.with_volume(1e9))
    assert (at_a_decade[0], at_a_decade[-1], len(at_a_decade)) == (1e8, 1e10, 25)


@pytest.mark.parametrize(
    ("volumes", "rule"),
    [
        ((), "one or more"),
        ((2e9, 1e9), "increase"),
        ((1e9, 1e9), "increase"),
        ((0.0, 1e9), "above 0"),
        ((1e9, 1e30), "below|at most|between"),
        (tuple(1e9 + np.arange(MOST_VOLUMES + 1)), "at most"),
    ],
)
def test_bad_grids_are_refused(every, volumes, rule):
    with pytest.raises(InputError, match=rule):
        curve(every, volumes, samples=64)


@given(st.integers(0, 2**62), st.floats(1e6, 5e9))
@settings(max_examples=10, deadline=None)
def test_the_baseline_is_never_its_own_winner(every, seed, volume):
    """P(V) of the baseline against itself is 0 at any volume, and every future has exactly one cheapest option."""
    (totals,) = simulate_volumes(every, [volume], samples=64, seed=seed)
    names = [option.name for option in every.options]
    assert totals.beats[:, names.index(every.baseline)].sum() == 0
    assert totals.cheapest.sum() == totals.futures.sum() == 64

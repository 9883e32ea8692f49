"""From a future's index to values: order, threads, blocks, and errors that name the input."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from tcosim.errors import InputError
from tcosim.sampling import families
from tcosim.sampling.inputs import InputSampler
from tcosim.scenario.correlation import Correlation
from tcosim.scenario.distributions import distribution
from tcosim.scenario.uncertain import Uncertain
from tests.sampling.cases import CASES

UNCERTAIN = [Uncertain(name, dist) for name, dist in CASES.items()]
TIED = [
    Correlation(inputs=("pert: plain", "gamma: plain", "lognormal: wide"), rank_correlation=0.5),
    Correlation(inputs=("normal: plain", "mixture: two humps, no gap"), rank_correlation=-0.7),
]


def test_values_are_those_of_the_families() -> None:
    sampler = InputSampler(UNCERTAIN, [], seed=3)
    assert sampler.names == tuple(CASES)
    u = sampler.uniforms(1_000, 512)
    assert u.shape == (512, len(CASES))
    values = sampler.values(u)
    assert values.shape == (len(CASES), 512) and values.dtype == np.float64 and values.flags.c_contiguous
    for k, dist in enumerate(CASES.values()):
        np.testing.assert_array_equal(values[k], families.ppf(dist, u[:, k]))


def test_neither_blocks_nor_threads_change_a_bit() -> None:
    whole = InputSampler(UNCERTAIN, TIED, seed=0)
    expected = whole.values(whole.uniforms(0, 6_000))
    sampler = InputSampler(UNCERTAIN, TIED, seed=0)
    bounds = [0, 1, 8, 300, 1_324, 4_000, 4_001, 6_000]
    parts = [sampler.uniforms(a, b - a) for a, b in pairwise(bounds)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(sampler.values, parts))
    np.testing.assert_array_equal(np.hstack(found), expected)
    np.testing.assert_array_equal(sampler.values(sampler.uniforms(4_711, 1))[:, 0], expected[:, 4_711])


def test_correlated_inputs_keep_their_distributions() -> None:
    plain, tied = InputSampler(UNCERTAIN, [], seed=1), InputSampler(UNCERTAIN, TIED, seed=1)
    n = 16_384
    alone, together = (s.values(s.uniforms(0, n)) for s in (plain, tied))
    k = plain.names.index("mixture: two humps, no gap")
    assert np.any(alone[k] != together[k])
    for p in (0.05, 0.5, 0.95):
        share = np.mean(together[k] <= families.ppf(CASES[plain.names[k]], p))
        # 4 standard errors of independent sampling.
        assert abs(share - p) < 4 * np.sqrt(p * (1 - p) / n)


def test_no_uncertain_input_at_all() -> None:
    sampler = InputSampler([], [], seed=0)
    assert sampler.names == ()
    assert sampler.values(sampler.uniforms(0, 256)).shape == (0, 256)


def test_problems_name_the_input_and_come_together() -> None:
    impossible = distribution({"dist": "normal", "mean": 0.0, "sd": 1.0, "low_limit": 50.0})
    contradiction = [
        Correlation(inputs=("x", "y"), rank_correlation=0.9),
        Correlation(inputs=("y", "x"), rank_correlation=0.8),
    ]
    uncertain = [Uncertain("x", impossible), Uncertain("y", CASES["normal: plain"])]
    with pytest.raises(InputError) as caught:
        InputSampler(uncertain, contradiction, seed=0)
    assert [p.field for p in caught.value.problems] == ["x.low_limit, high_limit", "correlation"]


def test_a_name_given_twice_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="once"):
        InputSampler([UNCERTAIN[0], UNCERTAIN[0]], [], seed=0)

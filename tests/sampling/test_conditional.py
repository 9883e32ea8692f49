"""One input is held at a quantile: what is correlated with it follows its conditional law, the rest does not move."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

from tcosim.sampling.conditional import ConditionalSampler
from tcosim.sampling.copula import pearson
from tcosim.sampling.inputs import InputSampler
from tcosim.scenario.correlation import Correlation
from tcosim.scenario.distributions import Empirical, Lognormal, Normal, Uniform
from tcosim.scenario.uncertain import Uncertain

INPUTS = [
    Uncertain("alone", Uniform(low=0, high=1)),
    Uncertain("a", Normal(mean=0, sd=1)),
    Uncertain("b", Normal(mean=0, sd=1)),
    Uncertain("c", Lognormal(median=1, sigma=0.5)),
    Uncertain("steps", Empirical(values=(1.0, 2.0, 3.0))),
]
TIED = [
    Correlation(inputs=("a", "b"), rank_correlation=0.7),
    Correlation(inputs=("b", "c"), rank_correlation=-0.5),
    Correlation(inputs=("b", "steps"), rank_correlation=0.3),
]
A, B, C = 1, 2, 3


def drawn(n, seed=3):
    sampler = InputSampler(INPUTS, TIED, seed)
    points = sampler.uniforms(0, n)
    return points, sampler.values(points)


@pytest.fixture(scope="module")
def conditional():
    return ConditionalSampler(INPUTS, TIED)


def test_only_what_is_correlated_moves(conditional):
    points, values = drawn(500)
    moved = conditional.given(points, values, A, 0.9)
    assert conditional.moving_with(A) == (B,)  # c is tied to b, and not to a
    np.testing.assert_allclose(moved[A], special.ndtri(0.9), rtol=1e-12)
    assert np.ptp(moved[A]) == 0
    for row in (0, C, 4):
        np.testing.assert_array_equal(moved[row], values[row])
    assert np.all(moved[B] != values[B])
    assert conditional.moving_with(0) == ()
    np.testing.assert_array_equal(conditional.given(points, values, 0, 0.3)[1:], values[1:])


@pytest.mark.parametrize("n", [2_000, 50_000])
def test_the_rest_has_its_conditional_law(conditional, n):
    """Given the score of b, those of a and of c are normal, with the partial covariance of the two."""
    points, values = drawn(n)
    c, r_a, r_c = float(special.ndtri(0.1)), pearson(0.7), pearson(-0.5)
    moved = conditional.given(points, values, B, 0.1)
    z_a, z_c = moved[A], np.log(moved[C]) / 0.5
    for found, r in ((z_a, r_a), (z_c, r_c)):
        sd = math.sqrt(1 - r * r)
        assert abs(found.mean() - r * c) < 4 * sd / math.sqrt(n)
        assert abs(found.var() / sd**2 - 1) < 4 * math.sqrt(2 / n)
        assert abs(values[A].mean() - r * c) > 4 * sd / math.sqrt(n)  # independent inputs would be noticed
    partial = -r_a * r_c / math.sqrt((1 - r_a**2) * (1 - r_c**2))
    assert abs(np.corrcoef(z_a, z_c)[0, 1] - partial) < 4 * (1 - partial**2) / math.sqrt(n)


def test_a_future_that_is_there_already_stays(conditional):
    points, values = drawn(1)
    p = float(special.ndtr(values[B, 0]))
    np.testing.assert_allclose(conditional.given(points, values, B, p), values, rtol=1e-9)


def test_a_future_does_not_depend_on_the_others(conditional):
    points, values = drawn(64)
    together = conditional.given(points, values, B, 0.9)
    alone = conditional.given(points[17:18], values[:, 17:18], B, 0.9)
    np.testing.assert_array_equal(together[:, 17:18], alone)


def test_quantiles_are_those_of_the_law(conditional):
    assert [conditional.quantile(4, p) for p in (0.1, 0.5, 0.9)] == [1.0, 2.0, 3.0]
    assert conditional.quantile(0, 0.1) == pytest.approx(0.1)

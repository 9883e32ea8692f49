"""Scores of forecasts: against the definitions, and against forecasts that hold and forecasts that do not."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcosim.evidence.prices import scores as scoring

Z = 4.0
few = st.lists(st.floats(-3, 3).map(lambda x: round(x, 3)), min_size=1, max_size=12)


def ref_crps(samples, outcome):
    """The integral of (F - 1{x >= y})^2, step by step."""
    edges = np.unique(np.append(samples, outcome))
    total = 0.0
    for low, high in pairwise(edges):
        share = np.mean(np.asarray(samples) <= low)
        total += (share - (outcome <= low)) ** 2 * (high - low)
    return total


@settings(max_examples=100, deadline=None)
@given(samples=few, outcome=st.floats(-4, 4).map(lambda x: round(x, 3)))
def test_crps_is_the_integral(samples, outcome):
    found = scoring.score(np.sort(np.array(samples)), np.array([outcome]))
    assert found.crps[0] == pytest.approx(ref_crps(samples, outcome), abs=1e-7)
    assert found.naive[0] == abs(outcome)


def test_a_point_scores_its_distance():
    found = scoring.score(np.full(10, 0.5), np.array([0.0, 0.5, 2.0]))
    np.testing.assert_allclose(found.crps, [0.5, 0.0, 1.5], atol=1e-12)


@settings(max_examples=50, deadline=None)
@given(samples=few, outcomes=few)
def test_pit_shares_sum_to_one_and_levels_nest(samples, outcomes):
    found = scoring.score(np.sort(np.array(samples)), np.array(outcomes))
    shares = scoring.pit_shares(found)
    assert shares.sum() == pytest.approx(1.0)
    assert (shares >= -1e-12).all()
    assert (found.covered[0] <= found.covered[1]).all()
    assert (found.covered[1] <= found.covered[2]).all()


def test_a_mass_is_spread_over_its_tenths():
    """A forecast of 60 % "no move": an outcome of no move lies evenly in the middle 60 %."""
    samples = np.sort(np.concatenate([np.full(60, 0.0), np.full(20, -1.0), np.full(20, 1.0)]))
    shares = scoring.pit_shares(scoring.score(samples, np.array([0.0])))
    np.testing.assert_allclose(shares, [0, 0, *[1 / 6] * 6, 0, 0], atol=1e-9)


@pytest.mark.parametrize("n", [400, 3000])
def test_a_forecast_that_holds_is_covered_and_flat_and_a_narrow_one_is_not(n):
    rng = np.random.default_rng(n)
    samples, outcomes = np.sort(rng.normal(size=20_000)), rng.normal(size=n)
    found = scoring.score(samples, outcomes)
    for row, level in enumerate(scoring.LEVELS):
        error = math.sqrt(level * (1 - level) / n)
        assert abs(found.covered[row].mean() - level) < Z * error
    assert np.abs(scoring.pit_shares(found) - 0.1).max() < Z * math.sqrt(0.09 / n)
    narrow = scoring.score(samples / 2, outcomes)
    assert narrow.covered[2].mean() < 0.9 - Z * math.sqrt(0.09 / n)
    assert narrow.crps.mean() > found.crps.mean()


def test_errors_respect_groups_that_move_as_one():
    """Ten vendors whose hundred windows all agree are ten observations, not a thousand."""
    rng = np.random.default_rng(1)
    vendor = (rng.random(10) < 0.7).astype(float)
    values, groups = np.repeat(vendor, 100), np.repeat([f"v{k}" for k in range(10)], 100).tolist()
    dates = np.zeros(1000, dtype=np.int64)
    weights = scoring.bootstrap_weights(groups, dates, 3, 0)
    _, error = scoring.mean_and_error(values, weights)
    truth = vendor.std() / math.sqrt(10)
    assert error == pytest.approx(truth, rel=0.35)
    independent = values.std() / math.sqrt(1000)
    assert error > 5 * independent


def test_errors_respect_dates_that_overlap():
    """Windows of a year that begin each month are one observation a year."""
    rng = np.random.default_rng(2)
    dates = np.arange(240)
    values = np.repeat(rng.normal(size=20), 12)
    weights = scoring.bootstrap_weights(["v"] * 240, dates, 12, 0)
    _, error = scoring.mean_and_error(values, weights)
    assert error == pytest.approx(values.std() / math.sqrt(20), rel=0.35)


def test_no_move_at_all_has_no_skill():
    skill, error = scoring.skill_and_error(np.ones(3), np.zeros(3), np.ones((5, 3)))
    assert math.isnan(skill)
    assert math.isnan(error)

"""Tail, quantiles and regret against closed forms and obvious implementations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from datasets import synthetic
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tcosim.analysis.risk import (
    cvar,
    cvar95_loss,
    expected_regret,
    option_quantiles,
    option_regret,
    quantiles,
    scramble_error,
)


def ref_cvar(losses, tail):
    """Average the quantile function over the tail, a future being a step of width 1/n."""
    ordered, n = sorted(losses, reverse=True), len(losses)
    left, total = tail * n, 0.0
    for loss in ordered:
        take = min(1.0, left)
        if take <= 1e-9:
            break
        total, left = total + take * loss, left - take
    return total / (tail * n)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=20, max_size=200),
    st.sampled_from([0.05, 0.1, 0.25, 0.5, 1.0]),
)
def test_cvar_equals_its_slow_twin(losses, tail):
    assert cvar(losses, tail) == pytest.approx(ref_cvar(losses, tail), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("n", [40_000, 1_000_000])
def test_cvar_of_a_normal(n):
    losses = np.random.default_rng(1).standard_normal(n)
    quantile = stats.norm.ppf(0.95)
    expected = stats.norm.pdf(quantile) / 0.05
    # Asymptotic variance of the tail mean: that inside the tail, and that of where the tail begins.
    inside = 1 + quantile * expected - expected**2
    error = np.sqrt((inside + 0.95 * (expected - quantile) ** 2) / (0.05 * n))
    assert abs(cvar(losses) - expected) < 4 * error
    assert abs(np.mean(losses[losses > 1.5]) - expected) > 4 * error, "a wrong tail must fail"


def test_cvar_of_fewer_than_twenty_futures_is_the_worst_one():
    assert cvar([1.0, 5.0, 3.0]) == 5.0
    assert cvar([7.0]) == 7.0


def test_cvar_of_exactly_twenty_futures_is_one_future():
    assert cvar(np.arange(20.0)) == 19.0


def test_loss_is_npv_of_the_option_less_that_of_the_baseline():
    npv = np.array([[10.0, 10.0, 40.0, 90.0], [10.0, 10.0, 20.0, 90.0]])
    assert cvar95_loss(synthetic(2, npv=npv), "rented-h100") == 30.0
    npv[:, 2] = 4.0
    assert cvar95_loss(synthetic(2, npv=npv), "rented-h100") == -6.0


def test_quantiles_are_those_of_numpy():
    values = np.random.default_rng(0).normal(size=(101, 3)).astype(np.float32)
    expected = np.quantile(values.astype(float), (0.05, 0.5, 0.95), axis=0)
    np.testing.assert_allclose(quantiles(values), expected, rtol=1e-12)


def test_quantiles_by_option():
    npv = np.tile(np.arange(101.0)[:, None], (1, 4)) + 1000 * np.arange(4)
    assert option_quantiles(synthetic(101, npv=npv), "npv")["managed"] == {
        "p5": 1005.0,
        "p50": 1050.0,
        "p95": 1095.0,
    }


def test_regret_is_what_hindsight_would_save():
    npv = np.array([[1.0, 3.0], [5.0, 2.0]])
    np.testing.assert_allclose(expected_regret(npv.mean(axis=0), npv), [1.5, 1.0])


def test_the_smallest_regret_is_the_expected_value_of_perfect_information():
    npv = np.random.default_rng(0).normal(1e6, 1e5, (5000, 4))
    regret = option_regret(synthetic(5000, npv=npv))
    evpi = npv.mean(axis=0).min() - npv.min(axis=1).mean()
    assert min(regret.values()) == pytest.approx(evpi)
    assert min(regret.values()) > 0


@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 300))
def test_the_best_expected_choice_has_the_smallest_regret(seed, options, futures):
    rng = np.random.default_rng(seed)
    npv = rng.normal(1e6, 3e5, (futures, options)) * rng.lognormal(0, 1, options)
    regret = expected_regret(npv.mean(axis=0), npv)
    assert regret.argmin() == npv.mean(axis=0).argmin()
    assert np.all(regret >= -1e-6)


@pytest.mark.parametrize("n", [6_400, 25_600])
def test_the_error_of_the_tail_mean_is_that_of_repeated_runs(n):
    """Squared errors, on average over runs, are the variance of the figure over these runs."""
    runs = 400
    losses = np.random.default_rng(5).lognormal(0, 1, (runs, n))
    estimates = np.array([cvar(row) for row in losses])
    errors = np.array([scramble_error(row, cvar) for row in losses])
    ratio = np.mean(errors**2) / estimates.var(ddof=1)
    spread = math.sqrt(2 / (runs - 1) + 2 / (15 * runs)) * 1.5  # heavier tails than a normal's
    assert abs(ratio - 1) < 4 * spread
    assert abs(ratio / 4 - 1) > 4 * spread  # errors of half the size would be seen


def test_too_few_futures_have_no_error_of_the_tail():
    assert scramble_error(np.arange(639.0), cvar) is None
    assert scramble_error(np.arange(640.0), cvar) is not None

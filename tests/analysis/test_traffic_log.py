"""How exactly a log shows the traffic: against simulated hours and dense matrices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcosim.analysis import traffic_log
from tcosim.analysis.traffic_log import Burst

Z = 4.0
USUAL = (0.5, 1.5, 0.33, 1.2)
"""Sigma, hours, daily share and days of a burst as the library has it; the others last longer or lie at an edge."""
BURSTS = (USUAL, (1.0, 20.0, 0.3, 3.0), (1.0, 0.5, 0.0, 1.2), (0.8, 1.5, 0.9, 10.0))


def burst_of(figures: tuple[float, ...]) -> Burst:
    return Burst(*(np.array([figure]) for figure in figures))


def hours(figures: tuple[float, ...], days: int, logs: int, seed: int) -> np.ndarray[Any, Any]:
    """Simulate log demand hour by hour as docs/model.md, 2.4 says, shape (logs, days, 24)."""
    sigma, tau, share, tau_days = figures
    rng = np.random.default_rng(seed)
    phi, phi_days = math.exp(-1 / tau), math.exp(-1 / tau_days)
    a, z = rng.standard_normal((2, logs))
    x = np.empty((logs, days, 24))
    for day in range(days):
        z = phi_days * z + math.sqrt(1 - phi_days**2) * rng.standard_normal(logs)
        for hour in range(24):
            a = phi * a + math.sqrt(1 - phi**2) * rng.standard_normal(logs)
            x[:, day, hour] = sigma * (math.sqrt(1 - share) * a + math.sqrt(share) * z)
    return x


def agrees(seen: np.ndarray[Any, Any], variance: float, model_error: float = 0.0) -> bool:
    """Whether the variance of a normal sample is as stated."""
    error = math.sqrt(2 / len(seen))
    return abs(seen.var() / variance - 1) <= Z * error + model_error


@given(st.floats(0, 0.9999), st.integers(1, 60))
def test_the_sum_over_lags_is_the_sum(x: float, n: int) -> None:
    loop = sum((n - k) * x ** (k - 1) for k in range(1, n))
    assert float(traffic_log.lag_sum(np.array(x), n)) == pytest.approx(loop, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("figures", BURSTS)
@pytest.mark.parametrize(("days", "logs"), [(7, 600), (30, 2400)])
def test_mean_and_slope_vary_as_over_simulated_hours(
    figures: tuple[float, ...], days: int, logs: int
) -> None:
    x, burst = hours(figures, days, logs, seed=1), burst_of(figures)
    assert agrees(x.mean(axis=(1, 2)), traffic_log.mean_variance(burst, days)[0])
    at = (np.arange(days) - (days - 1) / 2) / traffic_log.DAYS_PER_YEAR
    slopes = x.mean(axis=2) @ at / (at @ at)
    assert agrees(slopes, traffic_log.slope_variance(burst, days)[0])
    # hours that know nothing of each other: the wrong formula
    assert not agrees(x.mean(axis=(1, 2)), figures[0] ** 2 / (24 * days))


@pytest.mark.parametrize("figures", BURSTS)
@pytest.mark.parametrize(("days", "logs"), [(7, 600), (30, 2400)])
def test_the_burst_is_known_as_well_as_from_simulated_hours(
    figures: tuple[float, ...], days: int, logs: int
) -> None:
    x, burst = hours(figures, days, logs, seed=2), burst_of(figures)
    within, between = x.var(axis=2).mean(axis=1), x.mean(axis=2).var(axis=1)
    means = burst.within[0], (burst.between - traffic_log.mean_variance(burst, days))[0]
    for seen, mean, degrees in zip(
        (within, between), means, traffic_log.degrees_of_freedom(burst, days), strict=True
    ):
        assert abs(seen.mean() - mean) <= Z * seen.std() / math.sqrt(logs)
        relative = seen / mean - 1
        error = np.square(relative).std() / math.sqrt(logs)
        assert abs(np.square(relative).mean() - 2 / degrees[0]) <= Z * error + 0.05 * 2 / degrees[0]
    # every hour of the log counted as one of its own: the wrong number
    assert abs(np.square(between / means[1] - 1).mean() - 2 / (24 * days)) > Z * error


@pytest.mark.parametrize("volatility", [0.0, 0.2, 0.6])
@pytest.mark.parametrize("days", [7, 30, 90])
def test_level_and_growth_are_those_of_dense_least_squares(volatility: float, days: int) -> None:
    burst = burst_of(USUAL)
    lag = np.abs(np.subtract.outer(np.arange(days), np.arange(days)))
    hourly = np.where(lag == 0, burst.averaged, burst.next_day * burst.phi ** (24.0 * np.maximum(lag - 1, 0)))
    before = (days - np.arange(days) - 0.5) / traffic_log.DAYS_PER_YEAR
    covariance = (
        burst.hourly * hourly
        + burst.daily * burst.phi_days**lag
        + volatility**2 * np.minimum.outer(before, before)
    )
    design = np.column_stack([np.ones(days), -before])
    information = design.T @ np.linalg.solve(covariance, design)
    exact = np.linalg.inv(information)
    known, growth, lean = (
        float(found[0]) for found in traffic_log.level_and_growth(burst, np.array([volatility]), days)
    )
    for closed, dense in (
        (known, 1 / information[0, 0]),
        (growth, exact[1, 1]),
        (known + lean**2 * growth, exact[0, 0]),
    ):
        assert (
            0.94 < dense / closed < 1.01
        )  # least squares does a little better than the closed form promises
    assert lean * growth == pytest.approx(exact[0, 1], rel=0.06)


def test_a_month_tells_next_to_nothing_of_growth_and_ten_years_are_left_to_the_walk() -> None:
    burst, walk = burst_of(USUAL), np.array([0.2])
    believed = 0.4  # sd of log growth in the library, about
    assert math.sqrt(traffic_log.level_and_growth(burst, walk, 30)[1][0]) > 5 * believed
    assert traffic_log.level_and_growth(burst, walk, 3650)[1][0] == pytest.approx(0.2**2 / 10, rel=0.3)
    series, formula = (
        traffic_log._information(np.array([1.0]), np.array([v]), 1.0) for v in (0.00999, 0.01001)
    )
    assert np.allclose(series, formula, rtol=1e-5)


@pytest.mark.parametrize("logs", [500, 2000])
def test_the_profile_is_known_as_well_as_from_simulated_hours(logs: int) -> None:
    days, following = 28, 0.7
    day = 1 + 0.9 * np.sin(2 * np.pi * (np.arange(24) - 8) / 24)
    swings = np.tile(day, 7) - 1
    burst = burst_of(USUAL)
    slope = (swings / (1 + following * swings))[:24]
    slope -= slope.mean()
    seen = (hours(USUAL, days, logs, seed=3) @ slope).mean(axis=1) / (slope @ slope)
    variance = traffic_log.profile_variance(1 + swings, np.array([following]), burst, days)[0]
    assert agrees(seen, variance, model_error=0.01)  # the day's weekly pattern is one of seven equal days
    assert not agrees(seen, variance / 2)


def test_a_profile_of_days_is_seen_between_days_and_a_flat_one_not_at_all() -> None:
    burst, following = burst_of(USUAL), np.array([0.7])
    weekend = np.repeat([1.2, 1.2, 1.2, 1.2, 1.2, 0.5, 0.5], 24)
    between = traffic_log.profile_variance(weekend, following, burst, 28)[0]
    x = hours(USUAL, 28, 2000, seed=4).mean(axis=2)
    slope = np.tile(((weekend - 1) / (1 + 0.7 * (weekend - 1))).reshape(7, 24)[:, 0], 4)
    slope -= slope.mean()
    seen = (x @ slope / (slope @ slope)).var()
    assert 0.3 * between < seen < between * (1 + Z * math.sqrt(2 / 2000))  # on the safe side
    assert np.isinf(traffic_log.profile_variance(np.ones(168), following, burst, 28)[0])


@pytest.mark.parametrize("logs", [1000, 4000])
def test_spikes_by_chance_move_the_total_as_in_simulated_hours(logs: int) -> None:
    per_month, size, fade, days = 20.0, 4.0, 2.0, 30
    rng = np.random.default_rng(5)
    delta, rate = math.exp(-1 / fade), per_month / 730
    state, total = np.zeros(logs), np.zeros(logs)
    for hour in range(500 + 24 * days):
        state = delta * state + size * (rng.random(logs) < rate)
        total += (1 + state) * (hour >= 500)
    stated = traffic_log.spike_variance(*(np.array([figure]) for figure in (per_month, size, fade)), days)[0]
    assert agrees(np.log(total), stated, model_error=0.08)  # first order in the spikes' share
    assert not agrees(np.log(total), 2 * stated)

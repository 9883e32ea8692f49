"""How exactly a log of T days of hourly tokens shows the traffic of docs/model.md, section 2.

Arrays in, sampling variances out: draws nothing, knows no Dataset and no money.

Legend: ``n`` futures; every array has the shape (n,) or, where all futures agree, (1,). ``A`` is the hourly part of the
burst, ``Z`` its daily part, both of variance 1; a log is a mean over days of daily means of ``X = sqrt(1 - theta) A +
sqrt(theta) Z``. Numbers (M1 to M7) refer to docs/decision.md, D5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.units import HOURS_PER_MONTH

Floats = NDArray[Any]

DAY = 24
DAYS_PER_YEAR = 12 * HOURS_PER_MONTH / DAY
QUIET = 0.1
"""Hours below this share of the mean traffic say nothing here about the profile: single requests decide them."""
_GRID = np.linspace(0.0, 1.0, 65)
_TINY = 1e-12
_SMALL = 1e-2
_NOTHING = 1e-16


def lag_sum(x: Floats, n: int) -> Floats:
    """Sum of (n - k) x^(k - 1) over lags k = 1 ... n - 1: pairs of n values, by their lag; 0 <= x < 1."""
    rest = 1.0 - x
    total: Floats = (n * rest - (1.0 - x**n)) / rest**2
    return total


@dataclass(frozen=True)
class Burst:
    """The random swings of hourly demand (docs/model.md, 2.4).

    Attributes
    ----------
    sigma, hours, daily_share, days : ndarray
        Log sd, correlation time of A [hour], share of the variance in Z, correlation time of Z [day].
    """

    sigma: Floats
    hours: Floats
    daily_share: Floats
    days: Floats

    @cached_property
    def phi(self) -> Floats:
        """Correlation of A from one hour to the next."""
        return np.asarray(np.exp(-1.0 / self.hours))

    @cached_property
    def phi_days(self) -> Floats:
        """Correlation of Z from one day to the next."""
        return np.asarray(np.exp(-1.0 / self.days))

    @cached_property
    def hourly(self) -> Floats:
        """Variance of the hourly part of log demand."""
        return np.asarray(self.sigma**2 * (1.0 - self.daily_share))

    @cached_property
    def daily(self) -> Floats:
        """Variance of the daily part of log demand."""
        return np.asarray(self.sigma**2 * self.daily_share)

    @cached_property
    def averaged(self) -> Floats:
        """Variance of the mean of A over a day (M1)."""
        return np.asarray((DAY + 2 * self.phi * lag_sum(self.phi, DAY)) / DAY**2)

    @cached_property
    def next_day(self) -> Floats:
        """Covariance of the means of A over one day and the next (M1); with each day more, times phi^24."""
        return np.asarray(self.phi * ((1.0 - self.phi**DAY) / (1.0 - self.phi)) ** 2 / DAY**2)

    @cached_property
    def between(self) -> Floats:
        """Variance of the daily means of log demand."""
        return np.asarray(self.hourly * self.averaged + self.daily)

    @cached_property
    def within(self) -> Floats:
        """Variance of hours around the mean of their day; `within` + `between` is sigma^2."""
        return np.asarray(self.hourly * (1.0 - self.averaged))

    @cached_property
    def long_run(self) -> Floats:
        """T x the variance of the mean over T days, for T without end."""
        hours = self.averaged + 2 * self.next_day / (1.0 - self.phi**DAY)
        return np.asarray(self.hourly * hours + self.daily * (1.0 + self.phi_days) / (1.0 - self.phi_days))


def mean_variance(burst: Burst, days: int) -> Floats:
    """Variance of the mean of log demand over 24 T hours, the finite sum over all pairs of hours (M2)."""
    hours = 2 * burst.next_day * lag_sum(burst.phi**DAY, days)
    apart = 2 * burst.phi_days * lag_sum(burst.phi_days, days)
    total: Floats = (days * burst.between + burst.hourly * hours + burst.daily * apart) / days**2
    return total


def independent_hours(burst: Burst, days: int) -> Floats:
    """Hours that know nothing of each other and tell as much of a share of hours as those of T days, at least (M7).

    Whether an hour lies below a threshold is correlated with another hour by no more than the swings are (Gebelein
    1941), so the variance of a share s is at most s(1 - s) times that of the mean of X.
    """
    hours: Floats = 1.0 / mean_variance(replace(burst, sigma=np.ones(1)), days)
    return hours


def slope_variance(burst: Burst, days: int) -> Floats:
    """Variance of the least-squares slope of the log of daily means, from the burst alone (M2) [1/year^2]."""
    slow, old = burst.phi_days, burst.phi**DAY
    squares = days * (days**2 - 1) / 12
    total = squares * burst.between
    for lag in range(1, days):
        rest = days - lag
        weight = rest * (rest**2 - 1) / 12 - rest * lag**2 / 4
        apart = burst.hourly * burst.next_day * old ** (lag - 1) + burst.daily * slow**lag
        if apart.max() <= _NOTHING * burst.between.max():
            break
        total = total + 2 * weight * apart
    return np.asarray(total / squares**2 * DAYS_PER_YEAR**2)


def level_and_growth(burst: Burst, volatility: Floats, days: int) -> tuple[Floats, Floats, Floats]:
    """How exactly T days show the log level at their end and its growth a year (M3).

    Parameters
    ----------
    burst : Burst
    volatility : ndarray
        Of the level's random walk [log sd per square root of a year].
    days : int
        At least 2.

    Returns
    -------
    (ndarray, ndarray, ndarray)
        Variance of the level where growth is known; variance of growth, the level being unknown; and what an error
        of one in growth does to the level. Generalized least squares on daily means whose swings count as
        independent, with the variance that gives the mean, or the slope, over T days its true error.
    """
    years = days / DAYS_PER_YEAR
    of_mean, of_both, _ = _information(mean_variance(burst, days) * years, volatility, years)
    level, both, growth = _information(slope_variance(burst, days) * years**3 / 12, volatility, years)
    return 1.0 / of_mean, 1.0 / (growth - both**2 / level), of_both / of_mean


def _information(noise: Floats, volatility: Floats, years: float) -> tuple[Floats, Floats, Floats]:
    """Fisher information on (level, growth) in white noise and a random walk that ends at 0, over some years.

    Parameters
    ----------
    noise : ndarray
        Variance of the mean over one year [year].

    Returns
    -------
    (ndarray, ndarray, ndarray)
        Of the level; of both, with the sign turned; of growth.
    """
    noise = np.maximum(noise, _TINY)
    x = years * volatility / np.sqrt(noise)
    few, safe = x < _SMALL, np.maximum(x, _SMALL)
    tanh, sech = np.tanh(safe), 1.0 / np.cosh(np.minimum(safe, 350.0))
    level = years / noise * np.where(few, 1 - x**2 / 3, tanh / safe)
    both = years**2 / noise * np.where(few, 1 / 2 - 5 * x**2 / 24, (1 - sech) / safe**2)
    growth = years**3 / noise * np.where(few, 1 / 3 - 2 * x**2 / 15, (safe - tanh) / safe**3)
    return level, both, growth


def spike_variance(per_month: Floats, size: Floats, hours: Floats, days: int) -> Floats:
    """Variance of the log of T days' tokens because spikes come by chance (M3)."""
    rate = per_month / HOURS_PER_MONTH
    tokens = size / -np.expm1(-1.0 / hours)
    variance: Floats = rate * tokens**2 / (DAY * days * (1.0 + rate * tokens) ** 2)
    return variance


def degrees_of_freedom(burst: Burst, days: int) -> tuple[Floats, Floats]:
    """Effective number of independent values behind the variance within days and between days (M4).

    Returns
    -------
    (ndarray, ndarray)
        ``nu`` such that the sample variance is about its expectation times chi2(nu) / nu.
    """
    squares = DAY + 2 * burst.phi**2 * lag_sum(burst.phi**2, DAY)
    mean = DAY * burst.averaged
    within = days * (DAY - mean) ** 2 / (squares - mean**2)
    old, slow = burst.phi**DAY, burst.phi_days
    hourly, daily, first = burst.hourly, burst.daily, burst.next_day
    pairs = (
        (hourly * first) ** 2 * lag_sum(old**2, days)
        + 2 * hourly * daily * first * slow * lag_sum(old * slow, days)
        + (daily * slow) ** 2 * lag_sum(slow**2, days)
    )
    summed = days * mean_variance(burst, days)
    top = np.maximum((days * burst.between - summed) ** 2, _TINY**2)
    between = top / np.maximum(days * burst.between**2 + 2 * pairs - summed**2, _TINY**2)
    return within, between


def half_variance_variance(burst: Burst, days: int) -> Floats:
    """Variance of half the sample variance of log demand, which leads from the mean log to the log of the mean (M3)."""
    within, between = degrees_of_freedom(burst, days)
    variance: Floats = (burst.within**2 / within + burst.between**2 / between) / 2
    return variance


def profile_variance(weekly_profile: Sequence[float], following: Floats, burst: Burst, days: int) -> Floats:
    """Sampling variance of how far the traffic follows the weekly profile (M5); infinite for a flat profile.

    Parameters
    ----------
    weekly_profile : sequence of 168 floats
        Mean 1.
    following : ndarray
        The true value, in [0, 1].
    """
    swings = np.asarray(weekly_profile).reshape(7, DAY) - 1.0
    shape = 1.0 + _GRID[:, None, None] * swings
    awake = shape >= QUIET
    slope = np.where(awake, swings / np.where(awake, shape, 1.0), 0.0)
    day = slope.sum(axis=2) / np.maximum(awake.sum(axis=2), 1)
    inner = np.where(awake, slope - day[..., None], 0.0)
    apart = np.square(day - day.mean(axis=1, keepdims=True)).sum(axis=1)

    def at(table: Floats) -> Floats:
        return np.asarray(np.interp(following, _GRID, table))

    squares = at(np.square(inner).sum(axis=(1, 2)))
    noise = squares + 2 * sum(
        at((inner[..., lag:] * inner[..., :-lag]).sum(axis=(1, 2))) * burst.phi**lag for lag in range(1, DAY)
    )
    within = squares**2 / np.maximum(burst.hourly * noise, _TINY)
    a_week = within + at(apart) / np.maximum(burst.long_run, _TINY)
    with np.errstate(divide="ignore"):
        variance: Floats = 7.0 / (days * a_week)
    return variance

"""The weekly profile of a log, shrunk toward a smooth shape where the log is short (docs/evidence.md, T2).

Many series at once: a log and all that is simulated to compare with it go through the same estimate.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.evidence.traffic.calendar import (
    DAY_OF_WEEK,
    HOUR_BY_WEEKEND,
    HOUR_OF_DAY,
    HOUR_OF_WEEK,
    WEEKEND,
    Calendar,
)
from tcosim.units import HOURS_PER_WEEK

Floats32 = NDArray[np.float32]

FAINTEST = 0.03
"""Hours expected below this share of the mean are compared with it instead: a single request would decide them."""
_TINY = 1e-9


def weekly_profile(series: Floats32, calendar: Calendar) -> Floats32:
    """Estimate the shape of the week.

    Parameters
    ----------
    series : ndarray of float32, shape (n, hours)
        Traffic; 0 in gaps.
    calendar : Calendar

    Returns
    -------
    ndarray of float32, shape (n, 168)
        Mean 1, Monday 00:00 first. Built up factor by factor: weekend or not, hour of the day, day of the week, hour
        of the day by weekend or not, hour of the week; each factor's deviations are shrunk (James and Stein) by the
        share of their variance that chance explains. What is not seen follows the coarser factor.
    """
    profile = _Profile(series, calendar)
    profile.refine(WEEKEND, between_days=True)
    profile.refine(HOUR_OF_DAY)
    if (calendar.days_in(DAY_OF_WEEK) >= 2).all():
        profile.refine(DAY_OF_WEEK, between_days=True)
    if (calendar.days_in(WEEKEND) > 0).all():
        profile.refine(HOUR_BY_WEEKEND)
    if np.median(calendar.grouped(HOUR_OF_WEEK).counts) >= 2:
        profile.refine(HOUR_OF_WEEK)
    return profile.shape


class _Profile:
    """A profile under way."""

    def __init__(self, series: Floats32, calendar: Calendar) -> None:
        self._calendar = calendar
        mean = series.sum(axis=1) / calendar.collected_hours
        self._series = series / np.maximum(mean, _TINY)[:, None]
        self.shape = np.ones((len(series), HOURS_PER_WEEK), np.float32)

    def refine(self, cell_of_hour: NDArray[np.int64], *, between_days: bool = False) -> None:
        """Multiply by a factor for each group of hours; whole days vary together, hours by themselves."""
        groups = self._calendar.grouped(cell_of_hour)
        expected = self.shape[:, self._calendar.hour_of_week] * self._calendar.collected
        factor = (self._series @ groups.members) / np.maximum(expected @ groups.members, _TINY)
        if between_days:
            noise, counts = self._variance_of_days(expected), self._calendar.days_in(cell_of_hour)
        else:
            noise, counts = self._variance_of_hours(expected), groups.counts.astype(np.int64)
        self.shape *= _shrunk(factor, noise, counts)[:, cell_of_hour]
        self.shape /= np.maximum(self.shape.mean(axis=1, keepdims=True), _TINY)

    def _variance_of_hours(self, expected: Floats32) -> Floats32:
        """Relative variance of an hour around what is expected of it, weighted by that."""
        ratio = np.where(self._calendar.collected, self._series / np.maximum(expected, FAINTEST), 0.0)
        weight = np.maximum(expected.sum(axis=1), _TINY)
        mean = (expected * ratio).sum(axis=1) / weight
        spread = (expected * np.square(ratio - mean[:, None])).sum(axis=1) / weight
        return np.asarray(spread / np.maximum(mean, _TINY) ** 2, np.float32)

    def _variance_of_days(self, expected: Floats32) -> Floats32:
        """Relative variance of a day around what is expected of it."""
        days, whole = self._calendar.of_day, self._calendar.whole_days
        ratio = (days.mean(self._series) / np.maximum(days.mean(expected), _TINY))[:, whole]
        return np.asarray(ratio.var(axis=1))


def _shrunk(factor: Floats32, noise: Floats32, counts: Any) -> Floats32:
    """Pull factors toward 1 by the share of their variance that noise explains.

    Parameters
    ----------
    factor : ndarray, shape (n, k)
    noise : ndarray, shape (n,)
        Relative variance of one value.
    counts : ndarray, shape (k,)
        Values behind each factor; 0 where nothing was seen.
    """
    seen = counts > 0
    if not seen.any():
        return np.ones_like(factor)
    deviation = np.where(seen, factor - 1.0, 0.0)
    variance = np.square(deviation).sum(axis=1) / seen.sum()
    chance = noise * (1.0 / counts[seen]).mean()
    kept = np.clip(1.0 - chance / np.maximum(variance, _TINY), 0.0, 1.0)
    return np.asarray(1.0 + deviation * kept[:, None], np.float32)

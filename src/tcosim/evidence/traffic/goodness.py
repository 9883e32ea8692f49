"""Does the fitted model look like the log: simulated against observed, and its end unseen (docs/evidence.md, T5).

Compares; estimates nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.evidence.traffic.belief import level_at_end, levels, months_of
from tcosim.evidence.traffic.calendar import Calendar
from tcosim.evidence.traffic.counting import Counting
from tcosim.evidence.traffic.estimate import Estimate
from tcosim.evidence.traffic.simulated import simulated_logs
from tcosim.evidence.traffic.summaries import Summarizer

Floats = NDArray[Any]

BAND = (0.05, 0.5, 0.95)
HOURLY = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999)
"""Shares of hours whose traffic is compared."""
WITHIN = {"peak_over_mean": 0.15, "p99_over_mean": 0.15, "residual_cv": 0.1}
WITHIN_CORRELATION = {"lag_1": 0.1}
"""How near the simulated median should be: relative, and for a correlation absolute."""
SIMULATED_SEED = 11
LOGS = 1_024


@dataclass(frozen=True)
class Compared:
    """One figure of the log beside what the fitted model makes.

    Attributes
    ----------
    name : str
        Field of `tcosim.evidence.traffic.summaries.Shown`.
    observed : float
    low, median, high : float
        5th, 50th and 95th percentile over simulated logs.
    near : bool or None
        Whether the median is as near as it should be; None where nothing is asked.
    """

    name: str
    observed: float
    low: float
    median: float
    high: float
    near: bool | None


@dataclass(frozen=True)
class HourlyDistribution:
    """Traffic of an hour over the mean, at shares of the hours (`HOURLY`); all of shape (k,)."""

    share: Floats
    observed: Floats
    low: Floats
    median: Floats
    high: Floats


@dataclass(frozen=True)
class HeldOut:
    """The end of the log against a band that did not see it.

    Attributes
    ----------
    fitted_hours, hours : int
        Hours that the band was made from; collected hours behind it.
    coverage : float
        Share of those hours that lie in their band of 90 %.
    expected_low, expected_high : float
        Between these lies that share in 90 % of the logs that the model makes: hours are alike, so even a perfect
        band does not hold exactly 90 % of them.
    first : int
        Number of the first hour.
    observed, low, median, high : ndarray, shape (k,)
        Traffic of every hour behind it, NaN in gaps, and its band.
    """

    fitted_hours: int
    hours: int
    coverage: float
    expected_low: float
    expected_high: float
    first: int
    observed: Floats
    low: Floats
    median: Floats
    high: Floats


def compared(
    found: Estimate,
    traffic: Floats,
    calendar: Calendar,
    shape: Floats,
    *,
    shape_is_given: bool,
    counting: Counting | None,
) -> tuple[tuple[Compared, ...], HourlyDistribution]:
    """Set simulated logs beside the observed one.

    Parameters
    ----------
    found : Estimate
    traffic : ndarray, shape (hours,)
    calendar : Calendar
    shape : ndarray, shape (168,)
    shape_is_given : bool
    counting : Counting, optional

    Returns
    -------
    (tuple of Compared, HourlyDistribution)
    """
    logs = _logs(found, traffic, calendar, calendar, shape, counting)
    summarize = Summarizer(calendar, shape if shape_is_given else None)
    made = summarize(logs)
    seen = summarize(np.nan_to_num(traffic)[None].astype(np.float32))
    rows = []
    for name in (
        "mean", "peak_over_mean", "p99_over_mean", "residual_cv", "lag_1", "lag_24", "silent_share",
    ):  # fmt: skip
        observed = float(getattr(seen, name)[0])
        low, median, high = (float(value) for value in np.quantile(getattr(made, name), BAND))
        rows.append(Compared(name, observed, low, median, high, _near(name, observed, median)))
    collected = calendar.collected
    of_logs = np.quantile(logs[:, collected], HOURLY, axis=1) / np.maximum(made.mean, 1e-9)
    of_log = np.quantile(traffic[collected], HOURLY) / float(seen.mean[0])
    low, median, high = np.quantile(of_logs, BAND, axis=1)
    return tuple(rows), HourlyDistribution(np.array(HOURLY), of_log, low, median, high)


def held_out(
    found: Estimate,
    traffic: Floats,
    calendar: Calendar,
    shape: Floats,
    fitted: Calendar,
    counting: Counting | None,
) -> HeldOut:
    """Hold the hours behind the fitted ones against what those say of them.

    Parameters
    ----------
    found : Estimate
        From the first hours alone.
    traffic : ndarray, shape (hours,)
        Of the whole log.
    calendar, fitted : Calendar
        Of the whole log, and of its first hours.
    shape : ndarray, shape (168,)
        From the first hours alone.
    counting : Counting, optional
    """
    logs = _logs(found, traffic[: fitted.hours], fitted, calendar, shape, counting)[:, fitted.hours :]
    low, median, high = np.quantile(logs, BAND, axis=0)
    collected = calendar.collected[fitted.hours :]
    behind = np.where(collected, traffic[fitted.hours :], np.nan)
    inside = ((logs >= low) & (logs <= high))[:, collected].mean(axis=1)
    expected = np.quantile(inside, (BAND[0], BAND[-1]))
    covered = (behind[collected] >= low[collected]) & (behind[collected] <= high[collected])
    return HeldOut(
        fitted.hours, int(collected.sum()), float(covered.mean()), float(expected[0]), float(expected[1]),
        fitted.hours, behind, low, median, high,
    )  # fmt: skip


def _logs(
    found: Estimate,
    traffic: Floats,
    fitted: Calendar,
    calendar: Calendar,
    shape: Floats,
    counting: Counting | None,
) -> NDArray[np.float32]:
    """Logs of the fitted model, in the unit of the traffic, as long as the calendar."""
    rng = np.random.default_rng(SIMULATED_SEED)
    settings = found.settings[:LOGS]
    by_month = levels(settings, months_of(calendar.hours), rng)
    mean = float(np.mean(traffic[fitted.collected]))
    level = mean * np.exp(found.log_level[: len(settings)])
    by_month = by_month * (level / level_at_end(by_month, fitted.hours))[:, None]
    logs = simulated_logs(settings, by_month, calendar, shape, SIMULATED_SEED)
    if counting is None:
        return logs
    return counting.counted(logs, logs / mean * counting.requests_per_hour, rng)


def _near(name: str, observed: float, median: float) -> bool | None:
    if name in WITHIN:
        return abs(median - observed) <= WITHIN[name] * observed
    if name in WITHIN_CORRELATION:
        return abs(median - observed) <= WITHIN_CORRELATION[name]
    return None

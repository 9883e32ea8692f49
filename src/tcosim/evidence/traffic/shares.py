"""What days of a log say differently: shares of tokens, and how far the week is followed (docs/evidence.md, T6).

A block bootstrap over days; arrays in, draws out: knows nothing of the model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import norm
from scipy.stats import t as student

from tcosim.evidence.traffic.calendar import DAYS_PER_WEEK, WEEKEND, Calendar
from tcosim.evidence.traffic.profile import weekly_profile
from tcosim.units import HOURS_PER_WEEK

Floats = NDArray[Any]

RESAMPLES = 2_000
FOLDS = 4
_CLOSEST = 1e-9


def share_draws(part: Floats, whole: Floats, calendar: Calendar, rng: np.random.Generator) -> Floats | None:
    """Resample days for the share of some tokens in others.

    Parameters
    ----------
    part, whole : ndarray, shape (hours,)
        NaN in gaps.

    Returns
    -------
    ndarray of shape (RESAMPLES,), or None
        Draws of the share; None where there is nothing to take a share of. A single day cannot say how days differ:
        its hours are resampled instead, which says at least how its hours do.
    """
    days = calendar.of_day.members.T.astype(np.float64)
    parts, wholes = (days @ np.nan_to_num(one) for one in (part, whole))
    if (wholes > 0).sum() == 1:
        parts, wholes = np.nan_to_num(part), np.nan_to_num(whole)
    seen = wholes > 0
    if not seen.any():
        return None
    parts, wholes = parts[seen], wholes[seen]
    middle = float(parts.sum() / wholes.sum())
    picked = _picked(len(wholes), rng)
    drawn = parts[picked].sum(axis=1) / wholes[picked].sum(axis=1)
    if not 0 < middle < 1:
        return np.asarray(drawn)
    scores = logit(np.clip(drawn, _CLOSEST, 1 - _CLOSEST))
    return np.asarray(expit(_wider(scores, logit(middle), len(wholes))))


def following_draws(traffic: Floats, calendar: Calendar, rng: np.random.Generator) -> Floats | None:
    """How far days follow the week that the other days show: slopes of traffic on a shape that did not see it.

    Parameters
    ----------
    traffic : ndarray, shape (hours,)
        NaN in gaps.

    Returns
    -------
    ndarray of shape (RESAMPLES,), or None
        Draws, from resampled days, at most 1: what is followed further would be another shape. None for a flat week.
        The shape of a week is taken from the other weeks, in a short log that of a day from every other day.
    """
    swing = _unseen_shape(traffic, calendar) - 1.0
    days = calendar.of_day.members.T.astype(np.float64)
    columns = (np.ones(calendar.hours), traffic, swing, swing * traffic, swing**2)
    counts, total, swings, products, squares = (
        days @ np.nan_to_num(one * calendar.collected) for one in columns
    )
    picked = _picked_alike(calendar, rng)
    n, x, b, xb, bb = (one[picked].sum(axis=1) for one in (counts, total, swings, products, squares))
    size = bb - b**2 / np.maximum(n, 1.0)
    varies = (size > _CLOSEST) & (x > 0)
    slope = ((xb - x * b / np.maximum(n, 1.0)) / np.where(varies, size, 1.0) * n / np.where(varies, x, 1.0))[
        varies
    ]
    if not len(slope):
        return None
    days_alike = max(2, len(counts) - 2)
    factor = student.ppf(0.95, days_alike - 1) / norm.ppf(0.95) * np.sqrt(days_alike / (days_alike - 1))
    middle = float(np.median(slope))
    return np.asarray(np.clip(middle + (slope - middle) * factor, 0.0, 1.0))


def _unseen_shape(traffic: Floats, calendar: Calendar) -> Floats:
    """What is expected of each hour by the days of other folds; shape (hours,)."""
    weeks = calendar.hours // HOURS_PER_WEEK
    fold = calendar.day // DAYS_PER_WEEK % min(weeks, FOLDS) if weeks >= 2 else calendar.day % 2
    series = np.nan_to_num(traffic)[None].astype(np.float32)
    expected = np.ones(calendar.hours)
    for one in np.unique(fold):
        others = Calendar(calendar.hour_of_week, calendar.collected & (fold != one))
        if others.collected_hours:
            seen = np.where(others.collected, series, np.float32(0.0))
            expected[fold == one] = weekly_profile(seen, others)[0][calendar.hour_of_week[fold == one]]
    return expected


def _picked_alike(calendar: Calendar, rng: np.random.Generator) -> NDArray[np.int64]:
    """Days of each resample, each in the place of one that is as much a weekend."""
    hour = np.array([np.flatnonzero(calendar.day == day)[0] for day in range(int(calendar.day[-1]) + 1)])
    weekend = WEEKEND[calendar.hour_of_week[hour]]
    picked = np.empty((RESAMPLES, len(weekend)), np.int64)
    for kind in (0, 1):
        alike = np.flatnonzero(weekend == kind)
        if len(alike):
            picked[:, alike] = rng.choice(alike, (RESAMPLES, len(alike)))
    return picked


def _picked(days: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Days of each resample: blocks of about the cube root of their number, around the end of the log."""
    block = max(1, round(days ** (1 / 3)))
    starts = rng.integers(0, days, (RESAMPLES, -(-days // block)))
    return np.asarray((starts[..., None] + np.arange(block)).reshape(RESAMPLES, -1)[:, :days] % days)


def _wider(drawn: Floats, middle: float, days: int) -> Floats:
    """Spread draws as Student's t is wider than the normal: few blocks say too little of how blocks differ."""
    blocks = max(2, days // max(1, round(days ** (1 / 3))))
    factor = student.ppf(0.95, blocks - 1) / norm.ppf(0.95) * np.sqrt(blocks / (blocks - 1))
    return np.asarray(middle + (drawn - middle) * factor)

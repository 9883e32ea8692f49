"""Scores of probabilistic forecasts against what came: coverage, PIT, CRPS, and their standard errors.

Knows sorted samples and outcomes; knows nothing of prices.

Legend: ``n`` futures, ``w`` windows, ``b`` bootstrap draws, ``v`` quantities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tcosim.evidence.prices.series import Floats

LEVELS = (0.5, 0.8, 0.9)
"""Central intervals whose coverage is told."""
PIT_BINS = 10
DRAWS = 400
TIE = 1e-9
"""Logarithms closer than this are the same price."""


@dataclass(frozen=True)
class Scores:
    """Scores of windows, each of shape (w,) or (l, w).

    Attributes
    ----------
    covered : ndarray of float64, shape (l, w)
        1 where the outcome lies within the central interval of each of `LEVELS`.
    below, up_to : ndarray
        Forecast probability of less than the outcome, and of no more than it; they differ where the forecast has a
        mass of its own.
    crps : ndarray
        Continuous ranked probability score of the forecast.
    naive : ndarray
        The same of the forecast that the price stays: the size of the move.
    """

    covered: Floats
    below: Floats
    up_to: Floats
    crps: Floats
    naive: Floats


def score(samples: Floats, outcomes: Floats) -> Scores:
    """Score one forecast against several outcomes.

    Parameters
    ----------
    samples : ndarray, shape (n,)
        Sorted.
    outcomes : ndarray, shape (w,)
    """
    n = len(samples)
    tails = np.array([(1 - level) / 2 for level in LEVELS])
    low, high = np.quantile(samples, tails), np.quantile(samples, 1 - tails)
    covered = (outcomes >= low[:, None] - TIE) & (outcomes <= high[:, None] + TIE)
    below = np.searchsorted(samples, outcomes - TIE, side="left")
    up_to = np.searchsorted(samples, outcomes + TIE, side="right")
    # E|X - y| - E|X - X'|/2, both from the sorted sample (Gneiting and Raftery 2007, doi:10.1198/016214506000001437)
    sums = np.concatenate([[0.0], np.cumsum(samples)])
    distance = (outcomes * (2 * up_to - n) + sums[-1] - 2 * sums[up_to]) / n
    ranks = 2 * np.arange(1, n + 1) - n - 1
    spread = float(ranks @ samples) / n / n
    return Scores(
        covered.astype(np.float64),
        below / n,
        up_to / n,
        distance - spread,
        np.abs(outcomes).astype(np.float64),
    )


def joined(parts: Sequence[Scores]) -> Scores:
    """Scores of several forecasts, one after the other."""
    return Scores(
        *(
            np.concatenate([getattr(one, name) for one in parts], axis=-1)
            for name in ("covered", "below", "up_to", "crps", "naive")
        )
    )


def pit_shares(scores: Scores, chosen: NDArray[np.bool_] | None = None) -> Floats:
    """Share of windows in each of ten bins of the forecast's own probability, shape (10,).

    An outcome on which the forecast has a mass is spread evenly over it (Czado, Gneiting, Held 2009,
    doi:10.1111/j.1541-0420.2009.01191.x).
    """
    below, up_to = scores.below, scores.up_to
    if chosen is not None:
        below, up_to = below[chosen], up_to[chosen]
    edges = np.linspace(0.0, 1.0, PIT_BINS + 1)
    width = np.maximum(up_to - below, TIE)
    reached = np.clip((edges[:, None] - below[None, :]) / width[None, :], 0.0, 1.0)
    reached[-1] = 1.0
    return np.asarray(np.diff(reached, axis=0).mean(axis=1))


def bootstrap_weights(groups: Sequence[str], dates: NDArray[np.int64], block: int, seed: int) -> Floats:
    """Weights of windows in draws of a bootstrap over groups and over blocks of dates, shape (b, w).

    Every group and every block of dates gets a weight of its own, a window their product (Owen and Eckles 2012,
    doi:10.1214/12-AOAS547): windows of one vendor go together, and so do windows that overlap or see one market. A
    dimension that has one block only cannot be drawn from and weighs 1.

    Parameters
    ----------
    groups : sequence of str, w of them
    dates : ndarray of int64, shape (w,)
        Months in which the forecasts are made.
    block : int
        Length of a block [months]; windows overlap within it.
    """
    rng = np.random.default_rng(seed)
    _, of_group = np.unique(np.asarray(groups), return_inverse=True)
    _, of_block = np.unique((dates - dates.min()) // block, return_inverse=True)
    weights = np.ones((DRAWS, len(of_group)))
    for member in (of_group, of_block):
        count = int(member.max()) + 1
        if count > 1:
            weights *= rng.exponential(size=(DRAWS, count))[:, member]
    return weights


def blocks(groups: Sequence[str], dates: NDArray[np.int64], block: int) -> tuple[int, int]:
    """How many groups and how many blocks of dates there are."""
    return len(set(groups)), len(np.unique((dates - dates.min()) // block))


def mean_and_error(values: Floats, weights: Floats) -> tuple[float, float]:
    """Mean over windows, and its standard error from the bootstrap."""
    drawn = weights @ values / weights.sum(axis=1)
    return float(values.mean()), float(drawn.std(ddof=1))


def skill_and_error(crps: Floats, naive: Floats, weights: Floats) -> tuple[float, float]:
    """1 - CRPS/CRPS of the naive forecast, and its standard error; NaN if no price moved."""
    if not naive.any():
        return float("nan"), float("nan")
    drawn = 1 - (weights @ crps) / np.maximum(weights @ naive, TIE)
    return 1 - float(crps.sum() / naive.sum()), float(drawn.std(ddof=1))

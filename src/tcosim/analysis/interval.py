"""Means over futures with their 95 % interval, from the spread of independent scrambles.

Arrays in, intervals out: knows nothing of Datasets or options.

Legend: ``k`` scrambles, ``n`` futures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

LEVEL = 0.95
FEWEST_FUTURES = 32
"""Below this the scrambles hold fewer than two futures each and their spread says nothing."""
FEW_HITS_PER_SCRAMBLE = 5
"""With fewer hits or misses than this a scramble, on average, the normal approximation of their spread is poor."""

Method = Literal["scrambles", "clopper-pearson", "both", "futures", "none"]


@dataclass(frozen=True)
class Interval:
    """An estimate and the interval around it.

    Attributes
    ----------
    value, low, high : float
        ``low`` and ``high`` are NaN if nothing can be said.
    method : str
        ``"scrambles"``: Student's t over independent scrambles. ``"clopper-pearson"``: exact for independent
        futures. ``"both"``: the hull of the two. ``"futures"``: Student's t over futures. ``"none"``: one
        future alone.
    level : float
        Coverage that it aims at.
    """

    value: float
    low: float
    high: float
    method: Method
    level: float = LEVEL

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2


def mean_interval(sums: ArrayLike, futures: ArrayLike) -> Interval:
    """Mean over all futures, with Student's t over scrambles.

    Parameters
    ----------
    sums : array_like, shape (k,)
        Sum of the quantity over each scramble's futures.
    futures : array_like, shape (k,)
        Futures of each scramble; at least 1.

    Returns
    -------
    Interval
        With equal numbers of futures this is mean +- t(0.975, k - 1) * sd / sqrt(k) of the scrambles' means; with
        unequal ones the scrambles weigh by their futures.
    """
    summed, counted = _floats(sums), _floats(futures)
    scrambles, n = len(counted), float(counted.sum())
    value = float(summed.sum()) / n
    apart = counted / n * (summed / counted - value)
    spread = math.sqrt(float(np.square(apart).sum()) * scrambles / (scrambles - 1))
    half = student(scrambles - 1) * spread
    return Interval(value, value - half, value + half, "scrambles")


def mean_of_futures(values: ArrayLike) -> Interval:
    """Mean of single futures, with Student's t over them; for runs too short for `mean_interval`."""
    array = _floats(values)
    value, n = float(array.mean()), len(array)
    if n < 2:
        return Interval(value, math.nan, math.nan, "none")
    half = student(n - 1) * float(array.std(ddof=1)) / math.sqrt(n)
    return Interval(value, value - half, value + half, "futures")


def probability_interval(hits: ArrayLike, futures: ArrayLike) -> Interval:
    """Share of futures that are hits, with an interval that is never of zero width.

    Parameters
    ----------
    hits : array_like of int, shape (k,)
        Futures of each scramble in which the event happens.
    futures : array_like of int, shape (k,)
        Futures of each scramble.

    Returns
    -------
    Interval
        From the spread of the scrambles, clipped to [0, 1]. With fewer than five hits or misses a scramble, or no
        spread at all, the hull of that and of the Clopper-Pearson interval on the pooled counts; with fewer than
        32 futures the latter alone.
    """
    hit, counted = _floats(hits), _floats(futures)
    total, n = float(hit.sum()), float(counted.sum())
    exact = clopper_pearson(total, n)
    if n < FEWEST_FUTURES:
        return exact
    spread = mean_interval(hit, counted)
    low, high = max(0.0, spread.low), min(1.0, spread.high)
    if min(total, n - total) < FEW_HITS_PER_SCRAMBLE * len(counted) or low == high:
        return Interval(total / n, min(low, exact.low), max(high, exact.high), "both")
    return Interval(total / n, low, high, "scrambles")


def clopper_pearson(hits: float, futures: float) -> Interval:
    """Clopper-Pearson interval for independent futures (Biometrika 26, 1934, doi:10.1093/biomet/26.4.404)."""
    tail = (1 - LEVEL) / 2
    low = 0.0 if hits == 0 else float(special.betaincinv(hits, futures - hits + 1, tail))
    high = 1.0 if hits == futures else float(special.betaincinv(hits + 1, futures - hits, 1 - tail))
    return Interval(hits / futures, low, high, "clopper-pearson")


def student(degrees: int) -> float:
    """Two-sided 95 % quantile of Student's t."""
    return float(special.stdtrit(degrees, (1 + LEVEL) / 2))


def _floats(values: ArrayLike) -> NDArray[Any]:
    return np.asarray(values, dtype=np.float64)


def interval_bounds(interval: Interval) -> list[float] | None:
    """Both ends; None where nothing can be said of them."""
    return None if math.isnan(interval.low) else [interval.low, interval.high]

"""A fitted quantity as a distribution: percentiles of draws, rounded to what they are worth.

Arrays in, percentiles out: knows nothing of logs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

PERCENTILES = {"p5": 5.0, "p25": 25.0, "p50": 50.0, "p75": 75.0, "p95": 95.0}
SAME = 5e-4
"""Percentiles closer than this share of the largest are one number."""
DIGITS = 3


@dataclass(frozen=True)
class Quantity:
    """A quantity that a log tells something about.

    Attributes
    ----------
    field : str
        Path of the scenario's field, such as ``traffic.burst_sigma``.
    percentiles : mapping of str to float
        ``p5`` to ``p95``; all the same for a point.
    minimum, maximum : float
        Smallest and largest value that remain possible.
    learned : float or None
        How much narrower the 90 % interval is than before the log was read, in [0, 1]; None where nothing was
        believed before.
    """

    field: str
    percentiles: Mapping[str, float]
    minimum: float
    maximum: float
    learned: float | None

    @property
    def is_point(self) -> bool:
        """Whether one number says it all."""
        return len(set(self.percentiles.values())) == 1

    @property
    def median(self) -> float:
        """The 50th percentile."""
        return self.percentiles["p50"]


def quantity(field: str, draws: ArrayLike, low: float, high: float, learned: float | None = None) -> Quantity:
    """Sum draws up.

    Parameters
    ----------
    field : str
    draws : array_like
        At least one, finite.
    low, high : float
        What the field allows.
    learned : float, optional
        See `Quantity`.
    """
    values = np.clip(np.asarray(draws, dtype=np.float64), low, high)
    found = {name: rounded(float(np.percentile(values, at))) for name, at in PERCENTILES.items()}
    spread = found["p95"] - found["p5"]
    if spread <= SAME * max(abs(found["p5"]), abs(found["p95"])):
        found = dict.fromkeys(found, found["p50"])
        return Quantity(field, found, found["p50"], found["p50"], learned)
    smallest = min(rounded(float(values.min())), found["p5"])
    largest = max(rounded(float(values.max())), found["p95"])
    return Quantity(field, found, max(low, smallest), min(high, largest), learned)


def rounded(value: float, digits: int = DIGITS) -> float:
    """A number with so many significant digits."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def narrower(after: ArrayLike, before: ArrayLike) -> float | None:
    """How much narrower the 90 % interval has become, in [0, 1]; None where nothing was open before."""
    widths = [float(np.ptp(np.percentile(np.asarray(one), (5, 95)))) for one in (after, before)]
    return None if widths[1] == 0 else min(1.0, max(0.0, 1.0 - widths[0] / widths[1]))

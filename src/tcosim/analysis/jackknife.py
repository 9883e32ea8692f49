"""Standard errors of any figure made of sums over futures: leave out one scramble at a time.

Knows sums by scramble; knows nothing of what they are sums of.

Legend: ``k`` scrambles.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tcosim.analysis.interval import student
from tcosim.results.schema import SCRAMBLES

Floats = NDArray[np.float64]

CERTAIN = student(SCRAMBLES - 1)
"""Standard errors beyond which a difference is said to be one: t(0.975; 15), as of all 95 % intervals."""


@dataclass(frozen=True)
class Estimate:
    """A figure and its standard error; None where the run is too short to tell."""

    value: float
    error: float | None


def left_out(sums: Floats) -> Floats:
    """Total less each scramble's own part, shape (k, ...) -> (k, ...)."""
    remaining: Floats = sums.sum(axis=0) - sums
    return remaining


def standard_error(without: ArrayLike) -> float:
    """Standard error of a figure, from its values ``without`` each of the k scrambles, shape (k,)."""
    values = np.asarray(without, dtype=np.float64)
    k = len(values)
    return math.sqrt((k - 1) / k * float(np.square(values - values.mean()).sum()))

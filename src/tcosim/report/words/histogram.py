"""A histogram whose edges are round numbers and of which zero is one.

Arrays in, bins out: knows nothing of options or of how it is drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

NICE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
CENTRAL = (0.02, 0.98)
"""Bins cover this range of the quantiles; one open bin at each end takes the rest."""


@dataclass(frozen=True)
class Bin:
    """One bin: ``low <= value < high``; the outermost ones may be open.

    Attributes
    ----------
    low, high : float
        -inf or inf if open.
    share : float
        Share of all values.
    """

    low: float
    high: float
    share: float


def bins(values: ArrayLike, about: int = 14) -> list[Bin]:
    """Sort values into about ``about`` bins of one round width; values far out go into open bins at the ends.

    Parameters
    ----------
    values : array_like, shape (n,)
        Finite.
    about : int
        Wanted number of bins.

    Returns
    -------
    list of Bin
        From low to high; a single bin ``low == high``, the smallest, if all values are the same to rounding.
    """
    array: NDArray[Any] = np.asarray(values, dtype=float)
    smallest, largest = float(array.min()), float(array.max())
    if smallest == largest:
        return [Bin(smallest, largest, 1.0)]
    low, high = (float(edge) for edge in np.quantile(array, CENTRAL))
    if low == high:
        low, high = smallest, largest
    width = (high - low) / about
    if width < np.finfo(float).tiny:  # apart by less than any number can say
        return [Bin(smallest, smallest, 1.0)]
    step = _nice(width)
    first, last = math.floor(low / step), math.floor(high / step) + 1
    edges = np.arange(first, last + 1) * step
    if not np.all(np.diff(edges) > 0):  # all values within rounding of one another
        return [Bin(smallest, smallest, 1.0)]
    counted = np.bincount(np.searchsorted(edges, array, side="right"), minlength=len(edges) + 1)
    outer = [-math.inf, *map(float, edges), math.inf]
    shares = counted / len(array)
    found = [Bin(outer[i], outer[i + 1], float(share)) for i, share in enumerate(shares)]
    return [one for one in found if one.share > 0 or (math.isfinite(one.low) and math.isfinite(one.high))]


def _nice(width: float) -> float:
    scale = 10.0 ** math.floor(math.log10(width))
    return next(step for step in NICE_STEPS if step * scale >= width * (1 - 1e-9)) * scale

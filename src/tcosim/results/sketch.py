"""Quantiles of any number of values in bounded room: counts in bins of about equal ratio, which add up exactly.

Knows numbers only; knows nothing of what they measure, of the Dataset or of who merges what.

After DDSketch (Masson, Rim and Lee 2019, PVLDB 12, doi:10.14778/3352063.3352135), with bins of both signs and zero.
A bin is what the first bits of a float64 say, its exponent and `BITS` binary digits, so that no logarithm is rounded:
every processor counts a value in the same bin, and sums of whole numbers are the same in any order.

Legend: ``n`` values, ``c`` columns, ``b`` bins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

BITS: Final = 10
"""Binary digits of a value, after the leading one, that tell its bin: 1,024 bins between a number and its double."""
RELATIVE_ERROR: Final = 2.0 ** -(BITS + 1)
"""A value differs by at most this share of itself (0.049 %) from the one that stands for its bin."""
LEAST: Final = 2.0**-20
"""What is smaller, in USD about a millionth, counts as 0."""

_DROPPED: Final = 52 - BITS
_SIZE: Final = (1 << (63 - _DROPPED)) - 1
_BEFORE: Final = (int(np.float64(LEAST).view(np.int64)) >> _DROPPED) - 1
_MOST: Final = (int(np.finfo(np.float64).max.view(np.int64)) >> _DROPPED) - _BEFORE
_SHARE_DIGITS: Final = 9


@dataclass(frozen=True)
class Sketch:
    """Counts of values by bin.

    Attributes
    ----------
    keys : ndarray of int32, shape (b,)
        Increasing, in the order of the values: below 0 for negative values, 0 for zero. Only bins that some column has
        a value in.
    counts : ndarray of int64, shape (b, c)
    """

    keys: NDArray[np.int32]
    counts: NDArray[np.int64]

    @classmethod
    def empty(cls, columns: int) -> Sketch:
        """No values in so many columns."""
        return cls(np.empty(0, np.int32), np.empty((0, columns), np.int64))

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Sketch:
        """Count the values of each column, shape (c, n).

        Raises
        ------
        ValueError
            If a value is not finite.
        """
        keys = bin_keys(values)
        if not keys.size:
            return cls.empty(len(keys))
        lowest, highest = int(keys.min()), int(keys.max())
        if max(-lowest, highest) > _MOST:
            raise ValueError("a value is not finite")
        keys -= np.int32(lowest)
        taken = np.zeros(highest - lowest + 1, np.bool_)
        taken[keys] = True
        found = np.flatnonzero(taken)
        columns, bins = len(keys), len(found)
        place = np.empty(len(taken), np.int64)
        place[found] = np.arange(0, bins * columns, columns)
        flat = place[keys]
        flat += np.arange(columns)[:, None]
        counts = np.bincount(flat.ravel(), minlength=bins * columns).reshape(bins, columns)
        return cls((found + lowest).astype(np.int32), counts.astype(np.int64, copy=False))

    def merged(self, other: Sketch) -> Sketch:
        """The sketch of the values of both: the same bytes in any order and grouping."""
        return merge((self, other))

    def column(self, index: int) -> Sketch:
        """One column alone, in the bins where it has values."""
        there = self.counts[:, index] > 0
        return Sketch(self.keys[there], self.counts[there, index : index + 1])

    def negated(self) -> Sketch:
        """The sketch of the values with their signs turned."""
        return Sketch(-self.keys[::-1], self.counts[::-1])


def merge(sketches: Sequence[Sketch]) -> Sketch:
    """Add up sketches of the same columns; many at once are faster than one by one.

    Returns
    -------
    Sketch
        The same bytes in any order and grouping.
    """
    columns = {sketch.counts.shape[1] for sketch in sketches}
    if len(columns) != 1:
        raise ValueError(f"sketches of {sorted(columns)} columns cannot be added up")
    # A stable sort merges what is sorted already: thirty times faster than numpy.unique.
    keys = np.sort(np.concatenate([sketch.keys for sketch in sketches]), kind="stable")
    keys = keys[np.diff(keys, prepend=keys[:1] - 1) > 0]
    counts = np.zeros((len(keys), columns.pop()), np.int64)
    for sketch in sketches:
        counts[np.searchsorted(keys, sketch.keys)] += sketch.counts
    return Sketch(keys, counts)


def bin_keys(values: ArrayLike) -> NDArray[np.int32]:
    """Number of the bin of each value, in the shape of the values."""
    bits = np.ascontiguousarray(values, dtype=np.float64).view(np.int64)
    first = (bits >> _DROPPED).astype(np.int32)  # the sign moves along
    keys: NDArray[np.int32] = np.maximum((first & np.int32(_SIZE)) - np.int32(_BEFORE), np.int32(0))
    np.negative(keys, out=keys, where=first < 0)
    return keys


def representative(keys: ArrayLike) -> NDArray[np.float64]:
    """The value that stands for each bin: its middle, within `RELATIVE_ERROR` of all values in it; 0 for bin 0."""
    number = np.asarray(keys, dtype=np.int64)
    size = _edge(np.abs(number), middle=True)
    return np.where(number == 0, 0.0, np.copysign(size, number))


def edges(key: int) -> tuple[float, float]:
    """Least and largest value of a bin; both are 0 for bin 0."""
    if key == 0:
        return 0.0, 0.0
    near, far = (float(_edge(np.asarray(abs(key) + step, dtype=np.int64))) for step in (0, 1))
    return (near, far) if key > 0 else (-far, -near)


def _edge(number: NDArray[np.int64], *, middle: bool = False) -> NDArray[np.float64]:
    bits = (number + _BEFORE) << _DROPPED
    found: NDArray[np.float64] = (bits + (1 << (_DROPPED - 1)) if middle else bits).view(np.float64)
    return found


def quantile(sketch: Sketch, column: int, probabilities: ArrayLike) -> NDArray[Any]:
    """Quantiles of one column, by the rule of ``numpy.quantile``.

    The quantile q lies between the values of rank floor(h) and floor(h) + 1, with h = p·(n - 1), at the share
    t = h - floor(h) of the way; each is replaced by what stands for its bin.

    Parameters
    ----------
    probabilities : array_like
        In [0, 1].

    Returns
    -------
    ndarray
        In the shape of the probabilities. Off by at most `RELATIVE_ERROR` · ((1 - t)·abs(lower) + t·abs(upper)), which
        is `RELATIVE_ERROR`·abs(q) unless the two have different signs, and `LEAST` where a value counts as 0.

    Raises
    ------
    ValueError
        If the column holds no value, or a probability is none.
    """
    wanted = np.asarray(probabilities, dtype=np.float64)
    if not ((wanted >= 0) & (wanted <= 1)).all():
        raise ValueError(f"probabilities must be from 0 to 1, got {probabilities!r}")
    upto = np.cumsum(sketch.counts[:, column])
    if not len(upto) or not upto[-1]:
        raise ValueError("a sketch of no values has no quantiles")
    place = wanted * float(upto[-1] - 1)
    rank = np.floor(place).astype(np.int64)
    lower, upper = (
        representative(sketch.keys[np.searchsorted(upto, np.minimum(at, upto[-1] - 1), side="right")])
        for at in (rank, rank + 1)
    )
    return np.asarray(lower + (place - rank) * (upper - lower))


def counted_above(sketch: Sketch, column: int, threshold: float) -> tuple[int, float, int]:
    """How many values of one column lie above a number: surely, most likely, and at most.

    The three differ by the values in the number's own bin; most likely these are spread evenly over it.
    """
    counts, key = sketch.counts[:, column], int(bin_keys([threshold])[0])
    surely, within = int(counts[sketch.keys > key].sum()), int(counts[sketch.keys == key].sum())
    if not within:
        return surely, float(surely), surely
    low, high = edges(key)
    if low == high:  # what counts as 0
        surely += within if threshold < 0 else 0
        return surely, float(surely), surely
    return surely, surely + within * (high - threshold) / (high - low), surely + within


def mean_beyond(sketch: Sketch, column: int, tail: float) -> float:
    """Mean of the largest share of one column, a fraction of a value counted with that fraction.

    Off by at most `RELATIVE_ERROR` times the mean of the sizes of these values, and `LEAST`.

    Parameters
    ----------
    tail : float
        In (0, 1]; at least one value is taken.
    """
    alone = sketch.column(column)
    counts = alone.counts[::-1, 0]
    if not len(counts):
        raise ValueError("a sketch of no values has no mean")
    # Rounded, or 0.05 * 20 values might come out as a hair above one and take a second one in.
    size = max(1.0, round(tail * float(counts.sum()), _SHARE_DIGITS))
    before = np.cumsum(counts) - counts
    weights = np.clip(size - before, 0.0, counts)
    return float(representative(alone.keys[::-1]) @ weights / weights.sum())

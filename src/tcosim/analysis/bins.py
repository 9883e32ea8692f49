"""Sort the values of one column into bins of about equal probability and sum other columns bin by bin.

Knows columns of numbers and that future ``s`` belongs to scramble ``s % 16``; nothing of costs or inputs.

Legend: ``n`` futures, ``b`` bins, ``k`` scrambles, ``m`` columns that are summed.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from tcosim.analysis.jackknife import Floats
from tcosim.results.schema import SCRAMBLES

MOST_BINS = 256
FEWEST_FUTURES_PER_BIN = 64
"""Four of each scramble; the outermost bins are halved down to this, because effects are steepest there."""
FEWEST_BETWEEN_TIES = 16
"""One of each scramble: from this many futures on, a value or what lies between two is a bin of its own."""


@dataclass(frozen=True)
class Binned:
    """Sums of some columns over bins of another one.

    Attributes
    ----------
    counts : ndarray, shape (b, k)
        Futures of each bin and scramble; no bin is empty.
    sums : ndarray, shape (m, b, k)
    """

    counts: Floats
    sums: Floats

    @property
    def shares(self) -> Floats:
        """Share of the futures in each bin, shape (b,)."""
        total: Floats = self.counts.sum(axis=1) / self.counts.sum()
        return total

    @property
    def means(self) -> Floats:
        """Mean of each column in each bin, shape (m, b)."""
        mean: Floats = self.sums.sum(axis=2) / self.counts.sum(axis=1)
        return mean


def normal_scores(ranks: Floats) -> Floats:
    """Standard normal quantile of ranks in (0, 1)."""
    scores: Floats = special.ndtri(ranks)
    return scores


def bin_places(n: int, most: int = MOST_BINS) -> NDArray[np.intp]:
    """Places in the sorted column where a new bin begins: 0 and n excluded, ascending.

    Equal bins of at least 64 futures, at ``most`` so many; the first and the last of them are halved, and halved
    again towards the end, as long as 64 futures remain. Without this the largest values of a skewed input, which
    carry much of its effect, would share one bin.
    """
    bins = max(1, min(most, n // FEWEST_FUTURES_PER_BIN))
    places = {round(i * n / bins) for i in range(1, bins)}
    size = n / bins / 2
    while bins > 1 and size >= FEWEST_FUTURES_PER_BIN:
        places |= {round(size), n - round(size)}
        size /= 2
    return np.array(sorted(places), dtype=np.intp)


def bin_codes(column: NDArray[np.floating], most: int = MOST_BINS) -> NDArray[np.intp]:
    """Bin of each value, shape (n,); equal values always share a bin, no bin is empty.

    A value that 16 futures or more have in common gets a bin of its own, wherever it lies, unless more than ``most``
    values are that frequent: then they are as good as continuous.
    """
    ordered = np.sort(column)
    n = len(ordered)
    first = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    past = np.append(first[1:], n)
    frequent = past - first >= FEWEST_BETWEEN_TIES
    if frequent.sum() > most:
        frequent[:] = False
    around = np.union1d(first[frequent], past[frequent])
    by_place = np.searchsorted(ordered, ordered[bin_places(n, most)])
    begins = _apart(_apart([0], around, n), by_place, n)[1:]
    return np.searchsorted(ordered[begins], column, side="right")


def _apart(kept: list[int], begins: NDArray[np.intp], n: int) -> list[int]:
    """Add to some beginnings, in ascending order, others that leave 16 futures on both sides."""
    old = [*kept, n]
    found: list[int] = []
    for start, end in itertools.pairwise(old):
        found.append(start)
        for begin in begins[np.searchsorted(begins, start, "right") : np.searchsorted(begins, end, "left")]:
            if begin - found[-1] >= FEWEST_BETWEEN_TIES and end - begin >= FEWEST_BETWEEN_TIES:
                found.append(int(begin))
    return found


def binned(column: NDArray[np.floating], values: Floats, most: int = MOST_BINS) -> Binned:
    """Sum ``values``, shape (m, n) with contiguous rows, over the bins of a column, shape (n,)."""
    codes = bin_codes(column, most)
    bins = int(codes.max()) + 1
    codes *= SCRAMBLES
    codes += np.arange(len(codes)) % SCRAMBLES
    shape, cells = (bins, SCRAMBLES), bins * SCRAMBLES
    counts = np.bincount(codes, minlength=cells).reshape(shape).astype(np.float64)
    sums = np.empty((len(values), *shape))
    for row, summed in zip(values, sums, strict=True):
        summed[:] = np.bincount(codes, row, cells).reshape(shape)
    return Binned(counts, sums)

"""Sums, counts and sketches over the finished futures of a run as arrays of words, and back.

Arrays in a fixed order whose lengths follow from the scenario and four numbers, so that reading them runs no parser and
takes no more memory than the file is long; what no run can come to is not taken. Knows nothing of files.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tcosim.engine.job import Range
from tcosim.engine.part import Part, Sketches
from tcosim.engine.shards import SHARD_FUTURES
from tcosim.engine.totals import Totals
from tcosim.kernels.layout import LANES
from tcosim.results.schema import SCRAMBLES
from tcosim.results.sketch import Sketch, bin_keys

LARGEST_KEY: Final = int(bin_keys([np.finfo(np.float64).max])[0])


def packed(covered: Sequence[Range], totals: Totals, sketches: Sketches) -> list[NDArray[Any]]:
    """Finished ranges and their sums as arrays, the first of which says how long the others are."""
    sketch = sketches.merged()
    keys = np.zeros(0, np.int32) if sketch is None else sketch.keys
    columns = 0 if sketch is None else sketch.counts.shape[1]
    nodes = sorted(totals.nodes)
    return [
        np.array([len(covered), len(nodes), len(keys), columns], np.int64),
        np.array(covered, np.int64),
        np.array(nodes, np.int64),
        np.stack([totals.nodes[key] for key in nodes]),
        totals.counts,
        keys.astype(np.int64),
        np.zeros((0, 0), np.int64) if sketch is None else sketch.counts,
    ]


def unpacked(
    content: bytes, empty: Part, samples: int, *, is_sketched: bool
) -> tuple[list[Range], Totals, Sketches] | None:
    """The reverse of `packed`; None if it cannot be what some shards of a run of this shape came to.

    Parameters
    ----------
    empty : Part
        Of the run.
    samples : int
        Futures that the run may come to.
    is_sketched : bool
        Whether it has sketches.
    """
    if len(content) < 32 or len(content) % 8:
        return None
    words = np.frombuffer(content, np.int64)
    ranges, nodes, bins, columns = (int(number) for number in words[:4])
    options, sums, counts = empty.totals.shape[0], empty.totals.sums_length, empty.totals.counts.size
    lengths = (4, 2 * ranges, 2 * nodes, nodes * sums, counts, bins, bins * columns)
    if min(ranges, nodes, bins) < 0 or columns != 3 * options * is_sketched or sum(lengths) != len(words):
        return None
    _, covered, keys, of_nodes, of_counts, keys_of_bins, bin_counts = np.split(words, np.cumsum(lengths)[:-1])
    totals = Totals(empty.totals.shape, counts=of_counts.copy())
    done = [(first, end) for first, end in covered.reshape(-1, 2).tolist()]
    if not _are_shards(done, samples) or not _are_counts(totals, done):
        return None
    of_node = of_nodes.view(np.float64).reshape(nodes, sums)
    numbers = [(level, index) for level, index in keys.reshape(-1, 2).tolist()]
    if numbers != nodes_of(done) or not np.isfinite(of_node).all():
        return None
    totals.nodes = {number: row.copy() for number, row in zip(numbers, of_node, strict=True)}
    sketches = Sketches()
    if is_sketched:
        by_bin = bin_counts.reshape(bins, columns)
        if not _are_bins(keys_of_bins, by_bin, sum(end - first for first, end in done)):
            return None
        sketches.waiting.append(Sketch(keys_of_bins.astype(np.int32), by_bin.copy()))
    return done, totals, sketches


def nodes_of(covered: Sequence[Range]) -> list[tuple[int, int]]:
    """Level and index of the sums that `Totals` holds of these futures, in order."""
    found = []
    for first, end in covered:
        group, after = first // LANES, -(-end // LANES)
        while group < after:
            level = (after - group).bit_length() - 1
            if group:
                level = min(level, (group & -group).bit_length() - 1)
            found.append((level, group >> level))
            group += 1 << level
    return sorted(found)


def _are_shards(covered: Sequence[Range], samples: int) -> bool:
    """Whether these are whole shards of the run, in order, as few ranges as they take."""
    inside = all(
        0 <= first < end <= samples
        and not first % SHARD_FUTURES
        and (end == samples or not end % SHARD_FUTURES)
        for first, end in covered
    )
    return inside and bool(covered) and all(one[1] < other[0] for one, other in pairwise(covered))


def _are_counts(totals: Totals, covered: Sequence[Range]) -> bool:
    """Whether so many futures can have been counted so."""
    scramble = np.arange(SCRAMBLES)
    # of n futures from 0 on, so many belong to scramble r
    upto = {n: np.maximum(0, (n - scramble + SCRAMBLES - 1) // SCRAMBLES) for n in np.ravel(covered).tolist()}
    futures = sum((upto[end] - upto[first] for first, end in covered), np.zeros(SCRAMBLES, np.int64))
    if not ((totals.counts >= 0) & (totals.counts <= futures.max())).all():
        return False
    return bool(
        np.array_equal(totals.futures, futures)
        and (totals.beats <= futures[:, None]).all()
        and np.array_equal(totals.cheapest.sum(axis=1), futures)
        and np.array_equal(totals.paid_back.sum(axis=2), totals.beats)
    )


def _are_bins(keys: NDArray[np.int64], counts: NDArray[np.int64], futures: int) -> bool:
    """Whether so many futures can have been sketched so."""
    return bool(
        ((keys >= -LARGEST_KEY) & (keys <= LARGEST_KEY)).all()
        and (keys[1:] > keys[:-1]).all()
        and ((counts >= 0) & (counts <= futures)).all()
        and (counts.sum(axis=0) == futures).all()
    )

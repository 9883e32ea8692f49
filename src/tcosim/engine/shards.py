"""Which futures are kept together on the disk, and which are left to do.

Knows numbers of futures only.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from tcosim.engine.job import Range

SHARD_FUTURES = 65_536
"""Three seconds of work: so much is lost on each thread at most, and 1e9 futures are 15,000 of them."""
WORTH_KEEPING_FUTURES = 4 * SHARD_FUTURES
"""A run of so many futures is quicker done again than resumed."""


def ranges_left(first: int, end: int, covered: Sequence[Range]) -> list[Range]:
    """Futures from first to end - 1 that are not covered, cut at the ends of shards."""
    left = []
    for done_first, done_end in [*covered, (end, end)]:
        if first < min(done_first, end):
            left.append((first, min(done_first, end)))
        first = max(first, done_end)
    return cut(left)


def cut(ranges: Sequence[Range]) -> list[Range]:
    """Cut ranges at the ends of shards."""
    found: list[Range] = []
    for first, end in ranges:
        ends = range((first // SHARD_FUTURES + 1) * SHARD_FUTURES, end, SHARD_FUTURES)
        found += pairwise([first, *ends, end])
    return found


def united(ranges: Sequence[Range]) -> list[Range]:
    """The same futures in as few ranges as they take, in order."""
    found: list[Range] = []
    for first, end in sorted(ranges):
        if found and found[-1][1] == first:
            found[-1] = found[-1][0], end
        else:
            found.append((first, end))
    return found

"""What a simulation has to offer so that its futures can be computed anywhere: on threads here or on other machines.

Knows neither where nor in which order blocks are computed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from tcosim.sampling.law import Floats

T = TypeVar("T")
Progress = Callable[[int, int], None]
Range = tuple[int, int]
"""Futures from the first up to, but without, the second."""


class Job(Protocol[T]):
    """Computes blocks of futures; a copy of it, made by pickling, computes the same bytes.

    Attributes
    ----------
    block_futures : int
        How many futures a thread should take at a time.
    """

    block_futures: int

    def points(self, first: int, n: int) -> Floats:
        """Points of n futures, shape (n, d); cheap in order."""

    def work(self, first: int, points: Floats, count: int) -> T:
        """Compute the futures from `first` on, on any thread.

        There are points for a multiple of `LANES` futures, of which the first `count` were asked for.
        """

    def join(self, results: Sequence[T]) -> T:
        """One result out of those of blocks that follow one another."""

    def fingerprint(self) -> str:
        """Digest of what the first futures come to: two processors that agree on it compute the same bytes."""


class Executor(Protocol):
    """Computes a job somewhere."""

    def run(
        self, job: Job[T], ranges: Sequence[Range], *, cancel: threading.Event | None = None
    ) -> Iterator[tuple[Range, T]]:
        """Compute futures, and yield what they came to with the range that it is of.

        Parameters
        ----------
        ranges : sequence of (int, int)
            Each starts at a multiple of `LANES`; no result is of futures of two of them.

        Raises
        ------
        Cancelled
            If `cancel` was set.
        """

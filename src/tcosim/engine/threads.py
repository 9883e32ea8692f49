"""Compute the blocks of a job on threads of this process: draw points, compute, hand the results on in order.

Knows neither what a block computes nor what becomes of it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from tcosim.engine.job import Job, Range
from tcosim.errors import Cancelled
from tcosim.kernels.layout import LANES
from tcosim.processors import usable_processors
from tcosim.sampling.law import Floats

T = TypeVar("T")


class Threads:
    """The threads of this process.

    Parameters
    ----------
    threads : int, optional
        All usable processors if left out.
    block_futures : int, optional
        Instead of the job's own; rounded up to a multiple of `LANES`.
    """

    def __init__(self, threads: int | None = None, block_futures: int | None = None) -> None:
        self.threads = threads or usable_processors()
        self.block_futures = block_futures

    def run(
        self, job: Job[T], ranges: Sequence[Range], *, cancel: threading.Event | None = None
    ) -> Iterator[tuple[Range, T]]:
        """Compute futures block by block, and yield each block's result, in order.

        Raises
        ------
        Cancelled
            If `cancel` was set.
        """
        stop = threading.Event()
        waiting: deque[tuple[Range, Future[T]]] = deque()
        pool = ThreadPoolExecutor(self.threads, thread_name_prefix="tcosim")

        def guarded(first: int, drawn: Floats, count: int) -> T:
            if stop.is_set():
                raise Cancelled("the run was stopped")
            return job.work(first, drawn, count)

        def gather() -> tuple[Range, T]:
            done, future = waiting.popleft()
            return done, future.result()

        try:
            for first, end in blocks(ranges, self.block_futures or job.block_futures):
                if cancel is not None and cancel.is_set():
                    raise Cancelled("the run was stopped")
                # the last block is padded with further futures, so that all go through the same instructions
                padded = -(-(end - first) // LANES) * LANES
                drawn = job.points(first, padded)
                waiting.append(((first, end), pool.submit(guarded, first, drawn, end - first)))
                if len(waiting) > 2 * self.threads:
                    yield gather()
            while waiting:
                yield gather()
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def blocks(ranges: Sequence[Range], futures: int) -> Iterator[Range]:
    """Cut ranges into blocks of so many futures, rounded up to a multiple of `LANES`; none crosses a range's end."""
    size = -(-futures // LANES) * LANES
    for first, end in ranges:
        for start in range(first, end, size):
            yield start, min(start + size, end)

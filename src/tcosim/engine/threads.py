"""The one loop over blocks of futures: draw points, compute on threads, hand the results on in order.

Knows neither what a block computes nor what becomes of it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from tcosim.errors import Cancelled
from tcosim.kernels.layout import LANES
from tcosim.processors import usable_processors
from tcosim.sampling.law import Floats

T = TypeVar("T")
Progress = Callable[[int, int], None]

BLOCK_FUTURES = 1024
"""Futures a block: 60 ms of work, so that Ctrl-C is quick and calls from Python cost below 2 %."""


def run_blocks(
    work: Callable[[int, Floats, int], T],
    points: Callable[[int, int], Floats],
    end: int,
    *,
    start: int = 0,
    threads: int | None = None,
    block_futures: int | None = None,
    progress: Callable[[int], None] | None = None,
    cancel: threading.Event | None = None,
) -> Iterator[T]:
    """Compute the futures ``start`` to ``end - 1`` block by block, and yield what each block came to, in order.

    Parameters
    ----------
    work : callable
        ``work(first, points, count)`` computes the futures from ``first`` on, on any thread. There are points for a
        multiple of `LANES` futures, of which the first ``count`` were asked for.
    points : callable
        ``points(first, n)`` gives the points of n futures, shape (n, d); called in order, from the caller's thread.
    start : int
        A multiple of `LANES`.
    threads : int, optional
        All usable processors if left out.
    block_futures : int, optional
        Rounded up to a multiple of `LANES`.
    progress : callable, optional
        Called with the number of futures done after each block.

    Raises
    ------
    Cancelled
        If `cancel` was set.
    """
    size = -(-(block_futures or BLOCK_FUTURES) // LANES) * LANES
    workers = threads or usable_processors()
    stop = threading.Event()
    waiting: deque[tuple[int, Future[T]]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="tcosim")

    def guarded(first: int, drawn: Floats, count: int) -> T:
        if stop.is_set():
            raise Cancelled("the run was stopped")
        return work(first, drawn, count)

    def gather() -> T:
        done, future = waiting.popleft()
        result = future.result()
        if progress is not None:
            progress(done)
        return result

    try:
        for first in range(start, end, size):
            if cancel is not None and cancel.is_set():
                raise Cancelled("the run was stopped; nothing was kept")
            count = min(size, end - first)
            # the last block is padded with further futures, so that all go through the same instructions
            padded = -(-count // LANES) * LANES
            waiting.append((first + count, pool.submit(guarded, first, points(first, padded), count)))
            if len(waiting) > 2 * workers:
                yield gather()
        while waiting:
            yield gather()
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)

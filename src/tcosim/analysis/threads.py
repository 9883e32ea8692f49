"""Do the same to many independent items on all cores; numpy lets go of the interpreter meanwhile.

Knows nothing of what is done. The results do not depend on the number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_THREADS = 8
"""Each needs some dozen bytes a future, and memory is what they soon wait for."""


def in_threads(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Results of ``work`` in the order of the items; the first exception is raised."""
    with ThreadPoolExecutor(min(MOST_THREADS, _processors())) as pool:
        return list(pool.map(work, items))


def _processors() -> int:
    """How many this process may use: where its share is limited, fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1

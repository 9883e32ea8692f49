"""Do the same to many independent items on all cores; numpy lets go of the interpreter meanwhile.

Knows nothing of what is done. The results do not depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tcosim.processors import usable_processors

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_THREADS = 8
"""Each needs some dozen bytes a future, and memory is what they soon wait for."""


def in_threads(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Results of ``work`` in the order of the items; the first exception is raised."""
    with ThreadPoolExecutor(min(MOST_THREADS, usable_processors())) as pool:
        return list(pool.map(work, items))

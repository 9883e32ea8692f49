"""What a caller may ask of a simulation: how many futures, which seed, how many threads.

Knows numbers only.
"""

from __future__ import annotations

import math

import numpy as np

from tcosim.errors import InputError, Problem
from tcosim.results.schema import SCRAMBLES
from tcosim.sampling.design import BITS
from tcosim.scenario.models import Scenario

LARGEST_SEED = 2**63 - 1
MOST_FUTURES = SCRAMBLES * 2**BITS


def as_whole(field: str, value: float) -> int:
    """Take a whole number in any type (1e6 is a float); refuse what is none."""
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float, np.integer, np.floating))
        or not math.isfinite(value)
        or value != int(value)
    ):
        raise InputError(Problem(field, "must be a whole number", value, "for example 1_000_000"))
    return int(value)


def checked(
    scenario: object,
    samples: float,
    seed: float,
    threads: int | None = None,
    block_futures: int | None = None,
) -> tuple[int, int]:
    """Futures and seed as whole numbers.

    Raises
    ------
    InputError
        With everything that is wrong.
    """
    if not isinstance(scenario, Scenario):
        raise InputError(Problem("scenario", "must be a Scenario", scenario, "use tcosim.load(path_or_name)"))
    futures, number = as_whole("samples", samples), as_whole("seed", seed)
    problems = []
    if not 1 <= futures <= MOST_FUTURES:
        rule = f"must be a whole number from 1 to {MOST_FUTURES:,}: the Sobol sequences have no more points"
        problems.append(Problem("samples", rule, futures, "for example 1e6"))
    if not 0 <= number <= LARGEST_SEED:
        problems.append(Problem("seed", "must be a whole number from 0 to 2^63 - 1", number, "for example 7"))
    if threads is not None and not 1 <= threads <= 1024:
        problems.append(
            Problem("threads", "must be a whole number from 1 to 1024", threads, "leave it out for all")
        )
    if block_futures is not None and block_futures < 1:
        problems.append(
            Problem("block_futures", "must be a whole number of at least 1", block_futures, "leave it out")
        )
    if problems:
        raise InputError(problems)
    return futures, number

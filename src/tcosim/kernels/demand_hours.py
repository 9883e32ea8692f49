"""The demand of many futures hour by hour, for who compares it with a log (docs/model.md, 2).

Knows nothing of fleets or money; the very loops of a run draw it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tcosim.kernels import demand
from tcosim.kernels.demand import DEMAND_0, demand_pair, start_month
from tcosim.kernels.hours import begin_day, start_block
from tcosim.kernels.jit import kernel
from tcosim.kernels.layout import HOURS_PER_DAY, HOURS_PER_MONTH, LANES


@kernel
def _walk_demand(seed, first_future, world, fleets, swings, levels, skip, tokens):
    n_hours = tokens.shape[1]
    b = np.empty(demand.QUANTITIES * LANES, np.float32)
    states = np.empty((0, 1), np.float32)
    for first in range(0, world.shape[1], LANES):
        start_block(b, states, seed, first_future + first, world, fleets, np.ones(1), levels, first)
        for hour in range(0, swings.shape[0], 2):
            if hour % HOURS_PER_MONTH == 0:
                start_month(b, world, levels[:, hour // HOURS_PER_MONTH], first)
            if hour % HOURS_PER_DAY == 0:
                begin_day(b, hour)
            demand_pair(b, swings[hour], swings[hour + 1])
            for half in range(2):
                kept = hour + half - skip
                if 0 <= kept < n_hours:
                    at = (DEMAND_0 + half) * LANES
                    for lane in range(LANES):
                        tokens[first + lane, kept] = b[at + lane]


def demand_hours(
    seed: int, first_future: int, world: Any, swings: Any, levels: Any, skip: int, tokens: Any
) -> None:
    """Draw the demand of every hour.

    Parameters
    ----------
    seed : int
        Seed of the streams.
    first_future : int
        Number of the first future, a multiple of `LANES`.
    world : ndarray of float64, shape (len(WORLD), n)
        n futures, a multiple of `LANES`.
    swings : ndarray of float32, shape (h,)
        Weekly shape less 1 in each hour, h even; hour 0 begins a day.
    levels : ndarray of float64, shape (n, m)
        Tokens of each month in expectation, m months of `HOURS_PER_MONTH` hours that cover h.
    skip : int
        Hours at the beginning that are drawn and not kept.
    tokens : ndarray of float32, shape (n, k), k at most h - skip
        Written: tokens demanded.
    """
    fleets = np.empty((0, 0, world.shape[1]))
    _walk_demand(np.uint64(seed), first_future, world, fleets, swings, levels, skip, tokens)

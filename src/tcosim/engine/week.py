"""How busy each fleet is at each hour of the week, over the first futures of a run.

Knows how a run seeds its futures; nothing of Datasets.
"""

from __future__ import annotations

import numpy as np

from tcosim import kernels
from tcosim.engine.block import Block, draw_block, size_block
from tcosim.engine.pack import Floats, Packing
from tcosim.kernels.layout import HOURS_PER_WEEK, LANES
from tcosim.sampling.inputs import InputSampler
from tcosim.scenario.models import Scenario


def load_by_hour_of_week(
    scenario: Scenario, packing: Packing, sampler: InputSampler, seed: int, futures: int
) -> Floats:
    """Share of the paid capacity in use at each hour of the week.

    Parameters
    ----------
    scenario, packing, sampler, seed
        Of the run.
    futures : int
        Futures to look at, the first of the run; at least 1.

    Returns
    -------
    ndarray, shape (options, 168)
        Busy over paid replica-hours, each summed over months and futures, so that a full fleet shows its latency
        utilization; 0 where nothing is paid, NaN for an option without a fleet. Monday midnight first.
    """
    load = np.full((len(scenario.options), HOURS_PER_WEEK), np.nan)
    if packing.fleet_of:
        busy, paid = replica_hours_by_hour_of_week(scenario, packing, sampler, seed, futures)
        share = np.divide(busy, paid, out=np.zeros_like(busy), where=paid > 0.0)
        for option, k in packing.fleet_of.items():
            load[option] = share[k]
    return load


def replica_hours_by_hour_of_week(
    scenario: Scenario, packing: Packing, sampler: InputSampler, seed: int, futures: int
) -> tuple[Floats, Floats]:
    """Replica-hours at full load and replica-hours paid, summed over months and futures: two of shape (k, 168)."""
    busy, paid = np.zeros((2, len(packing.fleets), HOURS_PER_WEEK))
    block = Block.room(scenario, packing, LANES)
    for first in range(0, futures, LANES):
        draw_block(packing, block, sampler.values(sampler.uniforms(first, LANES)), seed, first)
        size_block(packing, block)
        kernels.week_hours(
            np.uint64(seed), first, min(LANES, futures - first), block.parameters.world, packing.swings,
            block.parameters.fleets, packing.policies, block.levels, block.replicas, block.capacity, busy, paid,
        )  # fmt: skip
    return busy, paid

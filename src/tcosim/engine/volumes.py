"""The same futures at several volumes in one pass: the hourly noise of a block is drawn once and used at every volume.

Knows how a block is simulated; nothing of what a curve over volumes says.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tcosim import kernels
from tcosim.engine.arguments import checked
from tcosim.engine.block import Block, account_block, draw_block, size_block
from tcosim.engine.blocks import Progress, run_blocks
from tcosim.engine.pack import Floats, Packing, pack
from tcosim.engine.totals import GroupSums, Totals, group_sums
from tcosim.kernels import layout
from tcosim.kernels.layout import COMPONENTS, FLEET_USE, W
from tcosim.sampling.inputs import InputSampler
from tcosim.scenario.gates import eligible
from tcosim.scenario.models import Scenario

BLOCK_FUTURES = 512
"""Futures a block: months of every fleet at every volume have to be kept at once, 2.6 MB a volume for three fleets."""


@dataclass(frozen=True)
class VolumesBlock:
    """Room for a block of n futures at v volumes.

    Attributes
    ----------
    drawn : Block
        Parameters, noise and traffic, at the first volume.
    replicas : ndarray, shape (v * k, n, m)
    fleet_months : ndarray, shape (v * k, len(FLEET_MONTH), n, m)
    at : list of Block
        For each volume; what they do not have of their own, they share with `drawn`.
    """

    drawn: Block
    replicas: Floats
    fleet_months: Floats
    at: list[Block]

    @classmethod
    def room(cls, scenario: Scenario, packing: Packing, n: int, v: int) -> VolumesBlock:
        """Room for n futures, a multiple of `LANES`, at v volumes."""
        k, m = len(packing.fleets), scenario.months
        drawn = Block.room(scenario, packing, n)
        replicas, orders = np.zeros((v * k, n, m)), np.zeros((v * k, n, m))
        fleet_months = np.zeros((v * k, len(layout.FLEET_MONTH), n, m))
        tokens = np.zeros((n, m))
        parts = [slice(index * k, (index + 1) * k) for index in range(v)]
        at = [
            replace(
                drawn, tokens=tokens, replicas=replicas[p], orders=orders[p], fleet_months=fleet_months[p]
            )
            for p in parts
        ]
        return cls(drawn, replicas, fleet_months, at)


def simulate_volumes(
    scenario: Scenario,
    volumes: Sequence[float],
    *,
    samples: float,
    seed: float = 0,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> list[Totals]:
    """Simulate a scenario at several planned volumes with the same random numbers.

    Future s at a volume is future s of a run at that volume, up to rounding in float32.

    Parameters
    ----------
    volumes : sequence of float
        Tokens a month.
    samples : int
        Futures at each volume.
    progress : callable, optional
        Called with futures done and in total, over all volumes.

    Returns
    -------
    list of Totals
        One for each volume.

    Raises
    ------
    InputError
        If the arguments or the scenario cannot be simulated.
    TcosimError
        If a future does not come to a number.
    Cancelled
        If `cancel` was set.
    """
    futures, number = checked(scenario, samples, seed, threads)
    sampler = InputSampler(scenario.uncertain_inputs(), scenario.correlations, number)
    packing = pack(scenario)
    baseline = [option.name for option in scenario.options].index(scenario.baseline)
    may_be_chosen = np.array(eligible(scenario))
    sizes = len(scenario.options), len(COMPONENTS), len(packing.fleets), len(FLEET_USE), scenario.months
    totals = [Totals(*sizes) for _ in volumes]
    planned = np.asarray(volumes, dtype=np.float64)
    scales = planned / planned[0]
    local = threading.local()

    def work(first: int, points: Floats, count: int) -> list[GroupSums]:
        values = sampler.values(points)
        room: VolumesBlock | None = getattr(local, "room", None)
        if room is None or room.drawn.futures != len(points):
            room = local.room = VolumesBlock.room(scenario, packing, len(points), len(planned))
        drawn, asked = room.drawn, slice(0, count)
        draw_block(packing, drawn, values, number, first)
        for block, tokens in zip(reversed(room.at), reversed(planned), strict=True):
            drawn.parameters.world[W.planned_tokens] = tokens
            size_block(packing, block)
        # the levels left behind are those of the first volume
        kernels.simulate_hours(
            np.uint64(number), first, drawn.parameters.world, packing.swings, drawn.parameters.fleets,
            packing.policies, scales, drawn.levels, room.replicas, drawn.capacity, drawn.tokens, room.fleet_months,
        )  # fmt: skip
        sums = []
        for block, scale in zip(room.at, scales, strict=True):
            np.multiply(drawn.tokens, scale, out=block.tokens)
            account_block(scenario, packing, block, block, first, asked)
            npv = block.components.sum(axis=1)[packing.order]
            total = block.costs.sum(axis=2)[packing.order]
            sums.append(group_sums(block, packing.order, npv, total, baseline, count, eligible=may_be_chosen))
        return sums

    def told(done: int) -> None:
        if progress is not None:
            progress(done * len(planned), futures * len(planned))

    for sums in run_blocks(
        work,
        sampler.uniforms,
        futures,
        threads=threads,
        block_futures=BLOCK_FUTURES,
        progress=told,
        cancel=cancel,
    ):
        for of_volume, of_block in zip(totals, sums, strict=True):
            of_volume.add(of_block)
    return totals

"""A scenario as a job: what a block of its futures comes to.

Knows how a block is simulated; nothing of where blocks are computed.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from tcosim.engine.block import Block, simulate_block
from tcosim.engine.kept import kept_of_block
from tcosim.engine.pack import Floats, pack
from tcosim.engine.part import Part, Sketches, joined, sketch_of
from tcosim.engine.totals import block_totals
from tcosim.kernels.layout import LANES
from tcosim.sampling.inputs import InputSampler
from tcosim.scenario.gates import eligible
from tcosim.scenario.models import Scenario


class Simulation:
    """Futures of a scenario.

    Parameters
    ----------
    scenario : Scenario
    seed : int
    is_sketched : bool
        Whether the parts hold sketches: for a run that does not keep all of its futures.
    """

    block_futures = 1024
    """60 ms of work, so that Ctrl-C is quick and calls from Python cost below 2 %."""

    def __init__(self, scenario: Scenario, seed: int, *, is_sketched: bool = False) -> None:
        self.scenario, self.seed, self.is_sketched = scenario, seed, is_sketched
        self.sampler = InputSampler(scenario.uncertain_inputs(), scenario.correlations, seed)
        self.packing = pack(scenario)
        self.baseline = [option.name for option in scenario.options].index(scenario.baseline)
        self.eligible = np.array(eligible(scenario))
        self._rooms = threading.local()

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy on another machine is made anew from the scenario."""
        return _simulation, (self.scenario, self.seed, self.is_sketched)

    def points(self, first: int, n: int) -> Floats:
        """Points of n futures, shape (n, d)."""
        return self.sampler.uniforms(first, n)

    def work(self, first: int, points: Floats, count: int) -> Part:
        """Simulate a block."""
        values = self.sampler.values(points)
        block: Block | None = getattr(self._rooms, "block", None)
        if block is None or block.futures != values.shape[1]:
            block = self._rooms.block = Block.room(self.scenario, self.packing, values.shape[1])
        simulate_block(self.scenario, self.packing, block, values, self.seed, first, slice(0, count))
        order = self.packing.order
        npv, total = block.components.sum(axis=1)[order], block.costs.sum(axis=2)[order]
        totals = block_totals(first, block, order, npv, total, self.baseline, count, eligible=self.eligible)
        sketches = (
            sketch_of(npv[:, :count], total[:, :count], self.baseline) if self.is_sketched else Sketches()
        )
        return Part(totals, sketches, kept_of_block(first, count, values, block, npv, total, self.packing))

    def join(self, results: Sequence[Part]) -> Part:
        """One part out of those of blocks that follow one another."""
        return joined(results)

    def fingerprint(self) -> str:
        """Digest of what the first futures come to."""
        kept = self.work(0, self.points(0, LANES), LANES).kept
        digest = hashlib.blake2b(digest_size=16)
        for array in (kept.npv, kept.total, kept.inputs):
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()


def _simulation(scenario: Scenario, seed: int, is_sketched: bool) -> Simulation:
    return Simulation(scenario, seed, is_sketched=is_sketched)

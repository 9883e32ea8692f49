"""The same futures at several volumes in one pass: the hourly noise of a block is drawn once and used at every volume.

Knows how a block is simulated; nothing of what a curve over volumes says.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tcosim import kernels
from tcosim.engine.arguments import checked
from tcosim.engine.block import Block, account_block, draw_block, size_block
from tcosim.engine.executor import executor
from tcosim.engine.job import Progress
from tcosim.engine.pack import Floats, Packing
from tcosim.engine.simulation import Simulation
from tcosim.engine.totals import Totals, block_totals
from tcosim.kernels import layout
from tcosim.kernels.layout import COMPONENTS, FLEET_USE, W
from tcosim.scenario.models import Scenario

if TYPE_CHECKING:
    from distributed import Client


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


class Volumes:
    """Futures of a scenario at several volumes, as a job.

    Parameters
    ----------
    scenario : Scenario
    volumes : sequence of float
        Tokens a month.
    seed : int
    """

    block_futures = 512
    """Months of every fleet at every volume have to be kept at once, 2.6 MB a volume for three fleets."""

    def __init__(self, scenario: Scenario, volumes: Sequence[float], seed: int) -> None:
        self.scenario, self.volumes, self.seed = scenario, tuple(volumes), seed
        self._one = Simulation(scenario, seed)
        self._local = threading.local()

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy on another machine is made anew from the scenario."""
        return Volumes, (self.scenario, self.volumes, self.seed)

    @property
    def shape(self) -> tuple[int, int, int, int, int]:
        """Of the totals at a volume."""
        fleets = len(self._one.packing.fleets)
        return len(self.scenario.options), len(COMPONENTS), fleets, len(FLEET_USE), self.scenario.months

    def points(self, first: int, n: int) -> Floats:
        """Points of n futures, shape (n, d)."""
        return self._one.points(first, n)

    def work(self, first: int, points: Floats, count: int) -> list[Totals]:
        """Simulate a block at every volume."""
        one, packing = self._one, self._one.packing
        planned = np.array(self.volumes)
        scales = planned / planned[0]
        room: VolumesBlock | None = getattr(self._local, "room", None)
        if room is None or room.drawn.futures != len(points):
            room = VolumesBlock.room(self.scenario, packing, len(points), len(planned))
            self._local.room = room
        drawn, asked = room.drawn, slice(0, count)
        draw_block(packing, drawn, one.sampler.values(points), self.seed, first)
        for block, tokens in zip(reversed(room.at), reversed(planned), strict=True):
            drawn.parameters.world[W.planned_tokens] = tokens
            size_block(packing, block)
        # the levels left behind are those of the first volume
        kernels.simulate_hours(
            np.uint64(self.seed), first, drawn.parameters.world, packing.swings, drawn.parameters.fleets,
            packing.policies, scales, drawn.levels, room.replicas, drawn.capacity, drawn.tokens, room.fleet_months,
        )  # fmt: skip
        sums = []
        for block, scale in zip(room.at, scales, strict=True):
            np.multiply(drawn.tokens, scale, out=block.tokens)
            account_block(self.scenario, packing, block, block, first, asked)
            npv = block.components.sum(axis=1)[packing.order]
            total = block.costs.sum(axis=2)[packing.order]
            sums.append(
                block_totals(
                    first, block, packing.order, npv, total, one.baseline, count, eligible=one.eligible
                )
            )
        return sums

    def join(self, results: Sequence[list[Totals]]) -> list[Totals]:
        """One list of totals out of those of several blocks."""
        found = [Totals(self.shape) for _ in self.volumes]
        for result in results:
            _add(found, result)
        return found

    def fingerprint(self) -> str:
        """Digest of what the first futures come to."""
        return self._one.fingerprint()


def simulate_volumes(
    scenario: Scenario,
    volumes: Sequence[float],
    *,
    samples: float,
    seed: float = 0,
    threads: int | None = None,
    client: Client | None = None,
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
    client : distributed.Client, optional
        Compute on the workers of this dask cluster instead of on threads.
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
        If a future does not come to a number, or the cluster is lost.
    Cancelled
        If `cancel` was set.
    """
    futures, number = checked(scenario, samples, seed, threads)
    job = Volumes(scenario, [float(volume) for volume in volumes], number)
    totals, done = job.join([]), 0
    on = executor(threads, client=client)
    for (first, end), found in on.run(job, [(0, futures)], cancel=cancel):
        _add(totals, found)
        done += end - first
        if progress is not None:
            progress(done * len(totals), futures * len(totals))
    return totals


def _add(totals: Sequence[Totals], others: Sequence[Totals]) -> None:
    for mine, other in zip(totals, others, strict=True):
        mine.add(other)

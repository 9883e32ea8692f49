"""Several versions of the same futures side by side: some inputs exchanged, all else equal, noise included.

What differs between two variants of a future is then the effect of what was exchanged and not luck. Knows nothing of
why something is exchanged.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tcosim.engine.arguments import checked
from tcosim.engine.block import Block, account_block, draw_block, serve_block, size_block
from tcosim.engine.executor import executor
from tcosim.engine.job import Progress
from tcosim.engine.pack import Floats, Packing, pack
from tcosim.engine.simulation import Simulation
from tcosim.kernels import layout
from tcosim.sampling.design import SobolDesign
from tcosim.scenario.models import Scenario

if TYPE_CHECKING:
    from distributed import Client

SERVICE_WORLD = [
    row for row, name in enumerate(layout.WORLD) if name not in layout.WORLD_MONEY
]  # fmt: skip
SERVICE_FLEET = [row for row, name in enumerate(layout.FLEET) if name not in layout.FLEET_MONEY]
NOISE_STEP = 0x9E3779B97F4A7C15
LARGEST_WORD = 2**64 - 1


@dataclass(frozen=True)
class Variant:
    """One version of the futures.

    Parameters
    ----------
    scenario : Scenario
        All variants have the same horizon and as many options.
    values : callable
        From the points of a block of futures, shape (n, dimensions), to the values of the inputs, shape (d, n), in the
        order of ``scenario.uncertain_inputs()``; a future's values must not depend on other rows.
    noise : int
        Which monthly and hourly noise: with the same number the same future meets the same noise; 0 is a run's.
    """

    scenario: Scenario
    values: Callable[[Floats], Floats]
    noise: int = 0


class _Rooms:
    """What one thread needs: a block for the first variant, and one for each shape of the others."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[object, ...], Block] = {}

    def block(self, which: str, scenario: Scenario, packing: Packing, n: int) -> Block:
        """Room for n futures of a variant; `which` keeps the first variant's block apart."""
        shape = (
            which, n, scenario.months, len(scenario.options),
            len(packing.routes), len(packing.apis), len(packing.manageds), len(packing.fleets),
        )  # fmt: skip
        if shape not in self._blocks:
            self._blocks[shape] = Block.room(scenario, packing, n)
        return self._blocks[shape]


class Comparison:
    """Variants of the same futures, as a job.

    Parameters
    ----------
    variants : sequence of Variant, length v
    dimensions : int
        Of the Sobol points that the variants' values are made of.
    seed : int
    """

    block_futures = 256
    """A block of all variants is to take about as long as one of a run, so that Ctrl-C stays quick."""

    def __init__(self, variants: Sequence[Variant], dimensions: int, seed: int) -> None:
        self.variants, self.dimensions, self.seed = tuple(variants), dimensions, seed
        self._design = SobolDesign(dimensions, seed)
        self._packings = [pack(variant.scenario) for variant in variants]
        self._local = threading.local()

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy on another machine is made anew from the scenarios."""
        return Comparison, (self.variants, self.dimensions, self.seed)

    def points(self, first: int, n: int) -> Floats:
        """Points of n futures, shape (n, dimensions)."""
        return self._design.points(first, n)

    def work(self, first: int, points: Floats, count: int) -> Floats:
        """Present value of all costs, shape (v, count, o), options in the order of the scenarios [USD]."""
        rooms = self._local.__dict__.setdefault("rooms", _Rooms())
        asked = slice(0, count)
        npv = np.empty((len(self.variants), count, len(self.variants[0].scenario.options)))
        base: Block | None = None
        for v, (variant, packing) in enumerate(zip(self.variants, self._packings, strict=True)):
            values = variant.values(points)
            block = rooms.block("other" if v else "first", variant.scenario, packing, len(points))
            noise_seed = (self.seed ^ (variant.noise * NOISE_STEP)) & LARGEST_WORD
            draw_block(packing, block, values, noise_seed, first)
            served = block
            if (
                base is not None
                and variant.noise == self.variants[0].noise
                and _same_service(self._packings[0], base, packing, block)
            ):
                served = base
            else:
                size_block(packing, block)
                serve_block(packing, block, noise_seed, first)
            account_block(variant.scenario, packing, block, served, first, asked)
            npv[v] = block.components.sum(axis=1)[packing.order, :count].T
            base = base or block
        return npv

    def join(self, results: Sequence[Floats]) -> Floats:
        """One array out of those of blocks that follow one another."""
        return np.concatenate(results, axis=1)

    def fingerprint(self) -> str:
        """Digest of what the first futures come to."""
        return Simulation(self.variants[0].scenario, self.seed).fingerprint()


def simulate_variants(
    variants: Sequence[Variant],
    *,
    dimensions: int,
    samples: float,
    seed: float = 0,
    threads: int | None = None,
    client: Client | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Floats:
    """Present value of all costs in every variant of every future.

    Parameters
    ----------
    variants : sequence of Variant, length v
        One that differs from the first in money alone (prices, hours of work) takes its traffic and fleets over,
        which is a sixth of the work.
    dimensions : int
        Of the Sobol points that the variants' values are made of.
    samples : int
        Futures of each variant.
    client : distributed.Client, optional
        Compute on the workers of this dask cluster instead of on threads.
    progress : callable, optional
        Called with futures done and in total, over all variants.

    Returns
    -------
    ndarray of float64, shape (v, samples, o)
        USD; options in the order of the scenarios. Future s has point s // 16 of scramble s % 16.

    Raises
    ------
    InputError
        If the arguments or a scenario cannot be simulated.
    TcosimError
        If a future does not come to a number, or the cluster is lost.
    Cancelled
        If `cancel` was set.
    """
    samples, seed = checked(variants[0].scenario, samples, seed, threads)
    job = Comparison(variants, dimensions, seed)
    npv = np.empty((len(variants), samples, len(variants[0].scenario.options)))
    done = 0
    on = executor(threads, client=client)
    for (first, end), found in on.run(job, [(0, samples)], cancel=cancel):
        npv[:, first:end] = found
        done += end - first
        if progress is not None:
            progress(done * len(variants), samples * len(variants))
    return npv


def _same_service(of_first: Packing, first: Block, packing: Packing, block: Block) -> bool:
    """Whether traffic and fleets of two blocks are the same, so that they can differ in money alone."""
    return (
        np.array_equal(of_first.policies, packing.policies)
        and np.array_equal(of_first.swings, packing.swings)
        and np.array_equal(first.parameters.world[SERVICE_WORLD], block.parameters.world[SERVICE_WORLD])
        and np.array_equal(first.parameters.fleets[SERVICE_FLEET], block.parameters.fleets[SERVICE_FLEET])
    )

"""Several versions of the same futures side by side: some inputs exchanged, all else equal, noise included.

What differs between two variants of a future is then the effect of what was exchanged and not luck. Knows nothing of
why something is exchanged.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tcosim.engine.arguments import checked
from tcosim.engine.block import Block, account_block, draw_block, serve_block, size_block
from tcosim.engine.blocks import Progress, run_blocks
from tcosim.engine.pack import Floats, Packing, pack
from tcosim.kernels import layout
from tcosim.sampling.design import SobolDesign
from tcosim.scenario.models import Scenario

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


def simulate_variants(
    variants: Sequence[Variant],
    *,
    dimensions: int,
    samples: float,
    seed: float = 0,
    threads: int | None = None,
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
        If a future does not come to a number.
    Cancelled
        If `cancel` was set.
    """
    samples, seed = checked(variants[0].scenario, samples, seed, threads)
    design = SobolDesign(dimensions, seed)
    packings = [pack(variant.scenario) for variant in variants]
    npv = np.empty((len(variants), samples, len(variants[0].scenario.options)))
    local = threading.local()

    def work(first: int, points: Floats, count: int) -> None:
        rooms = local.__dict__.setdefault("rooms", _Rooms())
        asked = slice(0, count)
        base: Block | None = None
        for v, (variant, packing) in enumerate(zip(variants, packings, strict=True)):
            values = variant.values(points)
            block = rooms.block("other" if v else "first", variant.scenario, packing, len(points))
            noise_seed = (seed ^ (variant.noise * NOISE_STEP)) & LARGEST_WORD
            draw_block(packing, block, values, noise_seed, first)
            served = block
            if (
                base is not None
                and variant.noise == variants[0].noise
                and _same_service(packings[0], base, packing, block)
            ):
                served = base
            else:
                size_block(packing, block)
                serve_block(packing, block, noise_seed, first)
            account_block(variant.scenario, packing, block, served, first, asked)
            npv[v, first : first + count] = block.components.sum(axis=1)[packing.order, :count].T
            base = base or block

    def told(done: int) -> None:
        if progress is not None:
            progress(done * len(variants), samples * len(variants))

    # a block of all variants is to take about as long as one of a run, so that Ctrl-C stays quick
    for _ in run_blocks(
        work, design.points, samples, threads=threads, block_futures=256, progress=told, cancel=cancel
    ):
        pass
    return npv


def _same_service(of_first: Packing, first: Block, packing: Packing, block: Block) -> bool:
    """Whether traffic and fleets of two blocks are the same, so that they can differ in money alone."""
    return (
        np.array_equal(of_first.policies, packing.policies)
        and np.array_equal(of_first.swings, packing.swings)
        and np.array_equal(first.parameters.world[SERVICE_WORLD], block.parameters.world[SERVICE_WORLD])
        and np.array_equal(first.parameters.fleets[SERVICE_FLEET], block.parameters.fleets[SERVICE_FLEET])
    )

"""Simulate one block of futures: noise, plan, hours, books, in the order of docs/model.md.

Knows arrays and a packing; nothing of other blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tcosim import kernels
from tcosim.engine.pack import Floats, Packing, Parameters, block_array
from tcosim.errors import TcosimError
from tcosim.kernels import layout
from tcosim.scenario.models import Scenario

ONE_VOLUME = np.ones(1)


@dataclass(frozen=True)
class Block:
    """Room for a block of n futures, and what they came to.

    Made once for each thread and used again for its next block: fresh memory of this size costs as much as the
    ledger. Options stand in the kernels' order (api, managed, fleet). A future's months lie side by side:
    with futures last each of the hundreds of figures that the ledger reads of a future was on a page of its own, and
    noise, plan and ledger together took 1.5 x longer.

    Attributes
    ----------
    parameters : Parameters
    growth_walk, gpu_walk, incident_uniforms, levels, tokens : ndarray, shape (n, m)
    log_jumps, log_lists : ndarray, shape (r, n, m)
    replicas, capacity, orders : ndarray, shape (k, n, m)
    fleet_months : ndarray, shape (k, len(FLEET_MONTH), n, m)
    costs, cumulated : ndarray, shape (o, n, m)
        USD, nominal; USD, present value of all costs up to the end of each month.
    components : ndarray, shape (o, len(COMPONENTS), n)
        USD, present value.
    use : ndarray, shape (k, len(FLEET_USE), n)
    """

    parameters: Parameters
    growth_walk: Floats
    gpu_walk: Floats
    incident_uniforms: Floats
    levels: Floats
    tokens: Floats
    log_jumps: Floats
    log_lists: Floats
    replicas: Floats
    capacity: Floats
    orders: Floats
    fleet_months: Floats
    costs: Floats
    cumulated: Floats
    components: Floats
    use: Floats

    @classmethod
    def room(cls, scenario: Scenario, packing: Packing, n: int) -> Block:
        """Room for n futures, a multiple of `LANES`."""
        m, k, o = scenario.months, len(packing.fleets), len(scenario.options)
        walks = ("growth_walk", "gpu_walk", "incident_uniforms", "levels", "tokens")
        sizes = ("replicas", "capacity", "orders")
        return cls(
            parameters=packing.room(n),
            **{name: np.zeros((n, m)) for name in walks},
            **{name: np.zeros((len(packing.routes), n, m)) for name in ("log_jumps", "log_lists")},
            **{name: np.zeros((k, n, m)) for name in sizes},
            fleet_months=np.zeros((k, len(layout.FLEET_MONTH), n, m)),
            costs=np.zeros((o, n, m)),
            cumulated=np.zeros((o, n, m)),
            components=block_array(o, len(layout.COMPONENTS), n),
            use=block_array(k, len(layout.FLEET_USE), n),
        )

    @property
    def futures(self) -> int:
        """Futures that there is room for."""
        return int(self.parameters.world.shape[1])


def draw_block(packing: Packing, block: Block, values: Floats, seed: int, first: int) -> None:
    """Fill a block's parameters and draw its monthly noise."""
    packing.fill(values, block.parameters)
    kernels.draw_monthly_noise(
        np.uint64(seed), first, block.parameters.routes,
        block.growth_walk, block.gpu_walk, block.log_jumps, block.log_lists, block.incident_uniforms,
    )  # fmt: skip


def size_block(packing: Packing, block: Block) -> None:
    """Work out the months' traffic and the fleets' sizes of a block that is drawn."""
    kernels.plan_fleets(
        block.parameters.world, float(packing.swings.max()), block.parameters.fleets, packing.policies,
        block.growth_walk, block.levels, block.replicas, block.capacity, block.orders,
    )  # fmt: skip


def simulate_block(
    scenario: Scenario, packing: Packing, block: Block, values: Floats, seed: int, first: int, asked: slice
) -> None:
    """Simulate the futures from `first` on, one for each column of `values` (d, n).

    Parameters
    ----------
    asked : slice
        The futures of the block that were asked for, and so have to come to a number.

    Raises
    ------
    TcosimError
        If a future does not come to a finite number; it is named.
    """
    draw_block(packing, block, values, seed, first)
    size_block(packing, block)
    serve_block(packing, block, seed, first)
    account_block(scenario, packing, block, block, first, asked)


def serve_block(packing: Packing, block: Block, seed: int, first: int) -> None:
    """Run every hour of a block that is drawn and sized."""
    kernels.simulate_hours(
        np.uint64(seed), first, block.parameters.world, packing.swings, block.parameters.fleets, packing.policies,
        ONE_VOLUME, block.levels, block.replicas, block.capacity, block.tokens, block.fleet_months,
    )  # fmt: skip


def account_block(
    scenario: Scenario, packing: Packing, block: Block, served: Block, first: int, asked: slice
) -> None:
    """Keep the books of a block whose traffic and fleets are those of `served`, usually the block itself.

    Raises
    ------
    TcosimError
        If a future does not come to a finite number; it is named.
    """
    world, routes, apis, manageds, fleets = block.parameters
    kernels.keep_books(
        world, routes, packing.route_api, apis, manageds, packing.managed_api, fleets, packing.policies,
        served.tokens, served.replicas, served.capacity, served.orders, served.fleet_months, block.gpu_walk,
        block.log_jumps, block.log_lists, block.incident_uniforms, block.costs, block.cumulated, block.components,
        block.use,
    )  # fmt: skip
    _check_finite(scenario, packing, block.components[:, :, asked], first + asked.start)


def _check_finite(scenario: Scenario, packing: Packing, components: Floats, first: int) -> None:
    bad = ~np.isfinite(components)
    if not bad.any():
        return
    at, part, future = min(np.argwhere(bad).tolist(), key=lambda where: (where[2], where[0]))
    name = scenario.options[int(np.flatnonzero(packing.order == at)[0])].name
    raise TcosimError(
        f"future {first + future}: the {layout.COMPONENTS[part]} of option {name!r} come to "
        f"{components[at, part, future]}; its inputs are beyond what can be computed. "
        "Narrow the distributions of that option, or report this with the scenario."
    )

"""One future of a run again, month by month and hour by hour, to the last digit.

Knows how a run seeds its futures; nothing of run folders.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from tcosim import kernels
from tcosim.engine.block import Block, simulate_block
from tcosim.engine.pack import Packing, pack
from tcosim.errors import InputError, Problem
from tcosim.kernels.layout import COMPONENTS, LANES
from tcosim.kernels.trace import HOUR_ROWS
from tcosim.sampling.inputs import InputSampler
from tcosim.scenario.models import Scenario
from tcosim.units import HOURS_PER_MONTH


@dataclass(frozen=True)
class Replay:
    """One future.

    Attributes
    ----------
    seed, future : int
    inputs : dict of str to float
        Drawn value of every uncertain input.
    npv : dict of str to float
        USD, by option; equal to the run's to the last digit.
    months : xarray.Dataset
        ``cost(month, option)`` in USD, nominal; ``tokens(month)``; ``replicas(month, option)``, NaN without a fleet;
        ``component(option, part)`` in USD, present value.
    hours : xarray.Dataset
        ``tokens(hour)``, and for options with a fleet ``demand``, ``served``, ``backlog``, ``overflow`` in tokens,
        ``replicas`` and ``replicas_down``, each (fleet, hour).
    """

    seed: int
    future: int
    inputs: dict[str, float]
    npv: dict[str, float]
    months: xr.Dataset
    hours: xr.Dataset


def replay(scenario: Scenario, *, seed: int, future: int) -> Replay:
    """Simulate one future of a scenario by itself.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        Seed of the run.
    future : int
        Index of the future, from 0.

    Raises
    ------
    InputError
        If the index is negative.
    """
    if future < 0:
        raise InputError(Problem("sample", "must be a whole number of at least 0", future, "count from 0"))
    sampler = InputSampler(scenario.uncertain_inputs(), scenario.correlations, seed)
    packing = pack(scenario)
    # A future's numbers are its own whichever lane it stands in; its own block of lanes keeps that beyond doubt.
    first = future // LANES * LANES
    lane = future - first
    values = sampler.values(sampler.uniforms(first, LANES))
    block = Block.room(scenario, packing, LANES)
    simulate_block(scenario, packing, block, values, seed, first, slice(lane, lane + 1))
    n_hours = scenario.months * HOURS_PER_MONTH
    tokens = np.zeros(n_hours)
    hours = np.zeros((len(packing.fleets), n_hours, len(HOUR_ROWS)))
    kernels.trace_hours(
        np.uint64(seed), first, lane, block.parameters.world, packing.swings, block.parameters.fleets,
        packing.policies, block.levels, block.replicas, block.capacity, tokens, hours,
    )  # fmt: skip
    names = [option.name for option in scenario.options]
    npv = block.components.sum(axis=1)[packing.order, lane]
    return Replay(
        seed=seed,
        future=future,
        inputs={name: float(values[k, lane]) for k, name in enumerate(sampler.names)},
        npv={name: float(npv[k]) for k, name in enumerate(names)},
        months=_months(names, packing, block, lane),
        hours=_hours(names, packing, tokens, hours),
    )  # fmt: skip


def _months(names: list[str], packing: Packing, block: Block, lane: int) -> xr.Dataset:
    costs = block.costs[packing.order, lane]
    parts = block.components[packing.order, :, lane]
    tokens = block.tokens[lane].copy()
    replicas = np.full((tokens.shape[0], len(names)), np.nan)
    for option, k in packing.fleet_of.items():
        replicas[:, option] = block.replicas[k, lane]
    return xr.Dataset(
        {
            "cost": (
                ("month", "option"),
                costs.T,
                {"units": "USD", "long_name": "nominal cost of the month"},
            ),
            "tokens": (("month",), tokens, {"units": "token", "long_name": "tokens demanded in the month"}),
            "replicas": (
                ("month", "option"),
                replicas,
                {"units": "1", "long_name": "replicas of the month"},
            ),
            "component": (
                ("option", "part"),
                parts,
                {"units": "USD", "long_name": "present value by component"},
            ),
        },
        coords={"month": np.arange(tokens.shape[0]), "option": names, "part": list(COMPONENTS)},
    )


def _hours(names: list[str], packing: Packing, tokens: np.ndarray, hours: np.ndarray) -> xr.Dataset:
    units = {"replicas": "1", "replicas_down": "1"}
    fleets = [names[option] for option in sorted(packing.fleet_of, key=lambda o: packing.fleet_of[o])]
    dataset = xr.Dataset(
        {"tokens": (("hour",), tokens, {"units": "token", "long_name": "tokens demanded in the hour"})},
        coords={"hour": np.arange(tokens.shape[0]), "fleet": fleets},
    )
    for row, name in enumerate(HOUR_ROWS):
        attributes = {"units": units.get(name, "token"), "long_name": f"{name.replace('_', ' ')} in the hour"}
        dataset[name] = (("fleet", "hour"), hours[:, :, row], attributes)
    return dataset

"""The one loop over blocks: draw points, simulate on threads, gather in order.

Knows neither what a block computes nor what is asked of the result.
"""

from __future__ import annotations

import math
import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import xarray as xr

from tcosim._version import __version__
from tcosim.engine.block import Block, simulate_block
from tcosim.engine.pack import Floats, Packing, pack
from tcosim.engine.totals import GroupSums, Totals, group_sums
from tcosim.errors import Cancelled, InputError, Problem
from tcosim.kernels.layout import COMPONENTS, FLEET_USE, LANES, U
from tcosim.results import dataset as results_dataset
from tcosim.results.schema import COST_FUTURES, KEPT_FUTURES, QUANTILES, SCRAMBLES
from tcosim.sampling.design import BITS
from tcosim.sampling.inputs import InputSampler
from tcosim.scenario.models import Scenario
from tcosim.units import HOURS_PER_MONTH

BLOCK_FUTURES = 1024
"""Futures a block: 60 ms of work, so that Ctrl-C is quick and calls from Python cost below 2 %."""
LARGEST_SEED = 2**63 - 1
MOST_FUTURES = SCRAMBLES * 2**BITS


@dataclass
class Kept:
    """What is kept of single futures: the first `KEPT_FUTURES`, monthly figures of the first `COST_FUTURES`."""

    npv: Floats
    total: np.ndarray
    utilization: np.ndarray
    inputs: np.ndarray
    costs: np.ndarray
    tokens: np.ndarray

    @classmethod
    def empty(cls, samples: int, scenario: Scenario, n_inputs: int) -> Kept:
        """Room for a run."""
        futures, monthly = min(samples, KEPT_FUTURES), min(samples, COST_FUTURES)
        options, months = len(scenario.options), scenario.months
        return cls(
            npv=np.empty((futures, options)),
            total=np.empty((futures, options), np.float32),
            utilization=np.full((futures, options), np.nan, np.float32),
            inputs=np.empty((futures, n_inputs), np.float32),
            costs=np.empty((options, months, monthly), np.float32),
            tokens=np.empty((months, monthly), np.float32),
        )

    def keep(
        self,
        first: int,
        count: int,
        values: Floats,
        block: Block,
        npv: Floats,
        total: Floats,
        packing: Packing,
    ) -> None:
        """Copy what is to be kept of a block; blocks write to places of their own, so threads need no lock."""
        n = max(min(count, self.npv.shape[0] - first), 0)
        if n > 0:
            where = slice(first, first + n)
            self.npv[where] = npv[:, :n].T
            self.total[where] = total[:, :n].T
            self.inputs[where] = values[:, :n].T
            for option, k in packing.fleet_of.items():
                self.utilization[where, option] = _ratio(
                    block.use[k, U.busy_replica_hours, :n], block.use[k, U.paid_replica_hours, :n]
                )
        n = max(min(count, self.tokens.shape[1] - first), 0)
        if n > 0:
            for option, at in enumerate(packing.order):
                self.costs[option, :, first : first + n] = block.costs[at, :n].T
            self.tokens[:, first : first + n] = block.tokens[:n].T


def _ratio(above: Floats, below: Floats) -> Floats:
    """`above / below`, 0 where nothing was paid (a fleet that never launches)."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def simulate(
    scenario: Scenario,
    *,
    samples: float,
    seed: float = 0,
    threads: int | None = None,
    block_futures: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """Simulate futures of a scenario hour by hour.

    Parameters
    ----------
    scenario : Scenario
        From `tcosim.load`.
    samples : int, or float that is whole
        Number of futures, at least 1. A longer run extends a shorter one.
    seed : int, or float that is whole
        0 to 2^63 - 1; every value is a seed. Future s depends on (seed, s) alone.
    threads : int, optional
        All usable processors if left out. The result does not depend on it.
    block_futures : int, optional
        Futures that a thread takes at a time, rounded up to a multiple of 256. The result does not depend on it.
    progress : callable, optional
        Called with futures done and in total after each block.
    cancel : threading.Event, optional
        Ends the run when set.

    Returns
    -------
    xarray.Dataset
        As declared in `tcosim.results.schema`.

    Raises
    ------
    InputError
        If the arguments or the scenario cannot be simulated.
    Cancelled
        If `cancel` was set.
    """
    if not isinstance(scenario, Scenario):
        raise InputError(Problem("scenario", "must be a Scenario", scenario, "use tcosim.load(path_or_name)"))
    samples, seed = as_whole("samples", samples), as_whole("seed", seed)
    _check_arguments(samples, seed, threads, block_futures)
    sampler = InputSampler(scenario.uncertain_inputs(), scenario.correlations, seed)
    packing = pack(scenario)
    kept = Kept.empty(samples, scenario, len(sampler.names))
    totals = Totals(len(scenario.options), len(COMPONENTS), len(packing.fleets), len(FLEET_USE))
    baseline = [option.name for option in scenario.options].index(scenario.baseline)
    size = -(-(block_futures or BLOCK_FUTURES) // LANES) * LANES
    stop = threading.Event()
    rooms = threading.local()

    def work(first: int, points: Floats, count: int) -> GroupSums:
        if stop.is_set():
            raise Cancelled("the run was stopped")
        values = sampler.values(points)
        block = getattr(rooms, "block", None)
        if block is None or block.futures != values.shape[1]:
            block = rooms.block = Block.room(scenario, packing, values.shape[1])
        simulate_block(scenario, packing, block, values, seed, first, slice(0, count))
        npv = block.components.sum(axis=1)[packing.order]
        total = block.costs.sum(axis=2)[packing.order]
        kept.keep(first, count, values, block, npv, total, packing)
        return group_sums(block, npv, total, baseline, count)

    workers = threads or usable_processors()
    waiting: deque[tuple[int, Future[GroupSums]]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="tcosim")

    def gather() -> None:
        end, future = waiting.popleft()
        totals.add(future.result())
        if progress is not None:
            progress(end, samples)

    try:
        for first in range(0, samples, size):
            if cancel is not None and cancel.is_set():
                raise Cancelled("the run was stopped; nothing was kept")
            count = min(size, samples - first)
            # the last block is padded with further futures, so that all go through the same instructions
            padded = -(-count // LANES) * LANES
            waiting.append((first + count, pool.submit(work, first, sampler.uniforms(first, padded), count)))
            if len(waiting) > 2 * workers:
                gather()
        while waiting:
            gather()
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
    return _dataset(scenario, packing, sampler.names, samples, seed, kept, totals)


def usable_processors() -> int:
    """Processors that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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


def _check_arguments(samples: int, seed: int, threads: int | None, block_futures: int | None) -> None:
    problems = []
    if not 1 <= samples <= MOST_FUTURES:
        rule = f"must be a whole number from 1 to {MOST_FUTURES:,}: the Sobol sequences have no more points"
        problems.append(Problem("samples", rule, samples, "for example 1e6"))
    if not 0 <= seed <= LARGEST_SEED:
        problems.append(Problem("seed", "must be a whole number from 0 to 2^63 - 1", seed, "for example 7"))
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


def _dataset(
    scenario: Scenario,
    packing: Packing,
    names: tuple[str, ...],
    samples: int,
    seed: int,
    kept: Kept,
    totals: Totals,
) -> xr.Dataset:
    options = len(scenario.options)

    def by_option(of_fleet: Floats) -> Floats:
        values = np.full(options, np.nan)
        for option, k in packing.fleet_of.items():
            values[option] = of_fleet[k]
        return values

    use = totals.use
    launched_hours = use[:, U.launched_months] * HOURS_PER_MONTH
    paid = use[:, U.paid_replica_hours]
    idle = np.zeros(options)
    for option, k in packing.fleet_of.items():
        idle[option] = use[k, U.idle_usd] / samples
    return results_dataset.build(
        options=[option.name for option in scenario.options],
        kinds=[option.kind for option in scenario.options],
        input_names=list(names),
        variables={
            "npv": kept.npv,
            "total": kept.total,
            "utilization": kept.utilization,
            "input": kept.inputs,
            "cost": np.quantile(kept.costs, QUANTILES, axis=2).astype(np.float64).transpose(2, 1, 0),
            "tokens": np.quantile(kept.tokens, QUANTILES, axis=1).astype(np.float64).T,
            "component": totals.components[packing.order] / samples,
            "mean_total": totals.total / samples,
            "mean_idle": idle,
            "mean_tokens": totals.tokens / samples,
            "mean_hours_over_capacity": by_option(use[:, U.hours_over_capacity] / samples),
            "mean_replicas": by_option(_ratio(paid, launched_hours)),
            "mean_utilization": by_option(_ratio(use[:, U.busy_replica_hours], paid)),
            "scramble_futures": totals.futures,
            "scramble_npv_sum": totals.npv,
            "scramble_beats": totals.beats,
            "scramble_cheapest": totals.cheapest,
        },
        attributes={
            "tcosim_version": __version__,
            "seed": seed,
            "samples": samples,
            "months": scenario.months,
            "volume_tokens_per_month": scenario.volume.tokens_per_month,
            "baseline": scenario.baseline,
            "scenario_name": scenario.name,
            "scenario_sha256": scenario.sha256(),
            "library_sha256": scenario.library_sha256,
        },
    )

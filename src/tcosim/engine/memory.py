"""How much memory a run takes, and with how many threads and how large blocks it stays within a budget.

Knows what a run holds; nothing of what it is for.
"""

from __future__ import annotations

import math
import resource
import sys
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from tcosim.engine.block import Block
from tcosim.engine.kept import Kept
from tcosim.engine.simulation import Simulation
from tcosim.engine.volumes import Volumes, VolumesBlock
from tcosim.errors import InputError, Problem
from tcosim.kernels.layout import LANES
from tcosim.processors import usable_processors
from tcosim.results.schema import COST_FUTURES, KEPT_FUTURES
from tcosim.results.write_folder import sketch_bytes
from tcosim.scenario.models import Scenario

SUMMARY_BYTES = 170_000_000
"""Summing up and writing a run took 129 MB beside its futures, and 40 MB of libraries that are loaded then."""
TEMPORARIES = 1.6
"""What a thread holds, over its room: drawn values, points that wait, copies of what is kept (measured: 1.4)."""
SKETCHES = 6
"""Of the whole run, of its finished shards, of those on their way to the disk, and each as it is added up."""
WORKER_BYTES = 360_000_000
"""A worker process with its libraries and kernels took 347 MB before it had work."""
TASK_BYTES = 60_000_000
"""What a worker's task comes to, and the one before it, which has not been fetched yet."""
WORKING_SHARE = 0.8
"""Of its limit, above which dask gives a worker nothing to do until it takes less: with 420 MB it never did."""


MARGIN_BYTES = 10_000_000
"""The same process took up to 2 MB more at its second start, and what is named as the least has to do there."""


@dataclass(frozen=True)
class MemoryPlan:
    """How to stay within a budget.

    Parameters
    ----------
    threads : int
        To simulate with.
    block_futures : int
        Futures that a thread takes at a time.
    curve_threads : int
        To simulate at other volumes with.
    worker_bytes : int, optional
        For each worker process.
    """

    threads: int
    block_futures: int
    curve_threads: int
    worker_bytes: int | None = None


def plan_memory(
    scenario: Scenario,
    samples: int,
    budget_bytes: int,
    *,
    volumes: int,
    threads: int | None = None,
    workers: int | None = None,
) -> MemoryPlan:
    """Choose threads and block size.

    Parameters
    ----------
    samples : int
        Futures; above `KEPT_FUTURES` more of them take no more memory.
    budget_bytes : int
        For all processes together.
    volumes : int
        At which the scenario is simulated after the run.
    threads : int, optional
        At most so many; all usable processors if left out.
    workers : int, optional
        Processes that compute instead of threads.

    Raises
    ------
    InputError
        If it cannot be done with one thread and the smallest blocks; it names the least that is needed.
    """
    job = Simulation(scenario, 0)
    job.fingerprint()  # from here on the process has all its libraries and kernels
    options, months = len(scenario.options), scenario.months
    held = (
        resident_bytes()
        + _kept_bytes(samples, options, months, len(job.sampler.names))
        + (SKETCHES * sketch_bytes(options) if samples > KEPT_FUTURES else 0)
    )
    monthly = 4 * options * months * min(samples, COST_FUTURES)
    after = held + SUMMARY_BYTES + monthly
    of_block, of_curve = _room_bytes(job), _curve_bytes(scenario, volumes)
    most = threads or usable_processors()
    of_worker = (WORKER_BYTES + TASK_BYTES + of_block * job.block_futures) / WORKING_SHARE
    least = max(held + of_block * LANES, held + of_curve, after) + (workers or 0) * of_worker
    if least > budget_bytes:
        named = math.ceil((least + MARGIN_BYTES) / MARGIN_BYTES) * MARGIN_BYTES
        raise InputError(
            Problem(
                "--memory",
                f"must be at least {named / 1e6:,.0f} MB for this run: futures that are kept one by one take"
                f" {(held - resident_bytes()) / 1e6:,.0f} MB, the program and its libraries most of the rest",
                f"{budget_bytes / 1e6:,.0f} MB",
                "allow more" if workers is None else "allow more, or ask for fewer workers",
            )
        )
    curve_threads = max(1, min(most, int((budget_bytes - held) // of_curve)))
    if workers is not None:
        share = (budget_bytes - max(after, held + of_curve)) // workers
        return MemoryPlan(1, job.block_futures, 1, int(share))
    for block in (job.block_futures, job.block_futures // 2, LANES):
        fitting = int((budget_bytes - held) // (of_block * block))
        if fitting >= most or block == LANES:
            return MemoryPlan(max(1, min(most, fitting)), block, curve_threads)
    raise AssertionError("the smallest block is tried last")


def resident_bytes() -> int:
    """Memory that this process has at the moment; where the system does not say, the most that it had."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
    return pages * resource.getpagesize()


def _kept_bytes(samples: int, options: int, months: int, inputs: int) -> int:
    least = Kept.empty(0, 1, options, months, inputs)
    singles = sum(one.nbytes for one in (least.npv, least.total, least.utilization, least.inputs))
    monthly = sum(one.nbytes for one in (least.costs, least.cumulated, least.tokens))
    return min(samples, KEPT_FUTURES) * singles + min(samples, COST_FUTURES) * monthly


def _room_bytes(job: Simulation) -> float:
    """What a thread takes for a future of its block."""
    return TEMPORARIES * _bytes(Block.room(job.scenario, job.packing, LANES)) / LANES


def _curve_bytes(scenario: Scenario, volumes: int) -> float:
    """What a thread takes for a curve."""
    packing = Simulation(scenario, 0).packing
    room = VolumesBlock.room(scenario, packing, LANES, max(volumes, 1))
    own = sum(one.nbytes for one in (room.replicas, room.fleet_months, *(at.orders for at in room.at)))
    return TEMPORARIES * (own + _bytes(room.drawn)) * Volumes.block_futures / LANES


def _bytes(block: Block) -> int:
    arrays = (getattr(block, one.name) for one in fields(block))
    return sum(
        array.nbytes if isinstance(array, np.ndarray) else sum(one.nbytes for one in array)
        for array in arrays
    )

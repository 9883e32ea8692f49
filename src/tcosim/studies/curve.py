"""The curve over volumes: how every option fares at each of them, with the same random numbers at all.

Simulates and gathers; what the curve says is for `tcosim.analysis.curve`.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from tcosim._version import __version__
from tcosim.engine.arguments import checked
from tcosim.engine.job import Progress
from tcosim.engine.volumes import simulate_volumes
from tcosim.errors import InputError, Problem
from tcosim.kernels.layout import U
from tcosim.results.schema import DEFAULT_VOLUMES, MOST_VOLUMES, SCHEMA_VERSION, SCRAMBLES
from tcosim.scenario.fields import field_specs
from tcosim.scenario.gates import eligible
from tcosim.scenario.models import Scenario, Volume

if TYPE_CHECKING:
    from distributed import Client

VARIABLES = {
    "scramble_npv_sum": ("USD", "sum of the present value of all costs over the scramble"),
    "scramble_beats": ("1", "futures of the scramble in which the option costs less than the baseline"),
    "scramble_cheapest": ("1", "futures of the scramble in which it is the cheapest eligible option (ties: the first)"),
    "mean_total": ("USD", "mean nominal cost over the horizon"),
    "mean_idle": ("USD", "mean nominal cost of paid but idle GPU capacity"),
    "mean_tokens": ("token", "mean tokens over the horizon"),
    "mean_utilization": ("1", "served over paid capacity, weighted by paid hours"),
}  # fmt: skip


def default_volumes(scenario: Scenario) -> tuple[float, ...]:
    """25 volumes from the decade below a tenth of the planned volume to the decade above ten times it, and that volume.

    For 3 billion tokens a month 100 million to 100 billion; three digits, so that tables show what was simulated.
    """
    planned = scenario.volume.tokens_per_month
    low = 10.0 ** math.floor(math.log10(planned / 10) + 1e-9)
    high = 10.0 ** math.ceil(math.log10(planned * 10) - 1e-9)
    high = min(high, field_specs(Volume)["tokens_per_month"].bounds.high)
    grid = [float(f"{volume:.3g}") for volume in np.geomspace(low, high, DEFAULT_VOLUMES)]
    return tuple(sorted({*grid, planned}))


def curve(
    scenario: Scenario,
    volumes: Sequence[float] | None = None,
    *,
    samples: float = 100_000,
    seed: float = 0,
    threads: int | None = None,
    client: Client | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """Simulate a scenario at several planned volumes.

    Parameters
    ----------
    scenario : Scenario
    volumes : sequence of float, optional
        Tokens a month, increasing; `default_volumes` if left out.
    samples : int
        Futures at each volume.
    seed : int
    threads : int, optional
    client : distributed.Client, optional
        Compute on the workers of this dask cluster instead of on threads.
    progress : callable, optional
        Called with futures done and in total, over all volumes.
    cancel : threading.Event, optional

    Returns
    -------
    xarray.Dataset
        Sums by ``volume``, ``scramble`` and ``option``; `tcosim.analysis.curve.summarize_curve` says what they mean.

    Raises
    ------
    InputError
        If the volumes are none, do not increase or are out of bounds, or the scenario cannot be simulated.
    Cancelled
        If `cancel` was set.
    """
    futures, number = checked(scenario, samples, seed, threads)
    grid = default_volumes(scenario) if volumes is None else tuple(float(volume) for volume in volumes)
    _check_grid(scenario, grid)
    totals = simulate_volumes(
        scenario,
        grid,
        samples=futures,
        seed=number,
        threads=threads,
        client=client,
        progress=progress,
        cancel=cancel,
    )
    fleets = [index for index, option in enumerate(scenario.options) if option.is_fleet]
    shape = len(grid), len(scenario.options)
    idle, utilization = np.zeros(shape), np.full(shape, np.nan)
    for v, of_volume in enumerate(totals):
        paid = of_volume.use[:, U.paid_replica_hours]
        busy = of_volume.use[:, U.busy_replica_hours]
        idle[v, fleets] = of_volume.use[:, U.idle_usd] / futures
        utilization[v, fleets] = np.divide(busy, paid, out=np.zeros_like(busy), where=paid > 0)
    by_scramble = ("volume", "scramble", "option")
    arrays = {
        "scramble_npv_sum": (by_scramble, np.stack([t.npv for t in totals])),
        "scramble_beats": (by_scramble, np.stack([t.beats for t in totals])),
        "scramble_cheapest": (by_scramble, np.stack([t.cheapest for t in totals])),
        "mean_total": (("volume", "option"), np.stack([t.total for t in totals]) / futures),
        "mean_idle": (("volume", "option"), idle),
        "mean_tokens": (("volume",), np.stack([t.tokens for t in totals]) / futures),
        "mean_utilization": (("volume", "option"), utilization),
    }
    dataset = xr.Dataset(
        {
            name: (dims, values, dict(zip(("units", "long_name"), VARIABLES[name], strict=True)))
            for name, (dims, values) in arrays.items()
        },
        coords={
            "volume": (
                "volume",
                np.array(grid),
                {"units": "token/month", "long_name": "planned tokens a month"},
            ),
            "option": [option.name for option in scenario.options],
            "kind": ("option", [option.kind for option in scenario.options]),
            "eligible": ("option", np.array(eligible(scenario), dtype=np.int8)),
            "scramble": np.arange(SCRAMBLES),
            "scramble_futures": (
                "scramble",
                totals[0].futures,
                {"units": "1", "long_name": "futures of the scramble"},
            ),
        },
        attrs={
            "schema_version": SCHEMA_VERSION,
            "tcosim_version": __version__,
            "seed": number,
            "samples": futures,
            "months": scenario.months,
            "baseline": scenario.baseline,
            "scenario_name": scenario.name,
            "scenario_sha256": scenario.sha256(),
            "library_sha256": scenario.library_sha256,
            "planned_tokens_per_month": scenario.volume.tokens_per_month,
        },
    )
    return dataset


def _check_grid(scenario: Scenario, grid: tuple[float, ...]) -> None:
    problems = []
    if not grid:
        problems.append(Problem("volumes", "must be one or more", "none", "for example 1e8:1e11"))
    if len(grid) > MOST_VOLUMES:
        problems.append(
            Problem("volumes", f"must be at most {MOST_VOLUMES}", len(grid), "ask for a coarser grid")
        )
    for before, after in pairwise(grid):
        if not after > before:
            problems.append(
                Problem("volumes", f"must increase, and {before:g} stands before it", after, "sort them")
            )
            break
    if problems:
        raise InputError(problems)
    for volume in grid:
        scenario.with_volume(volume)  # raises what is out of bounds

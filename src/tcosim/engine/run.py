"""Simulate a scenario: a run that may be extended, and the Dataset that it comes to.

Knows neither what a block computes, nor where, nor what is asked of the result.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from tcosim._version import __version__
from tcosim.engine.arguments import checked
from tcosim.engine.checkpoint import Checkpoint, checkpoint_of
from tcosim.engine.executor import executor
from tcosim.engine.job import Executor, Progress
from tcosim.engine.kept import Kept, ratio
from tcosim.engine.pack import Floats
from tcosim.engine.part import Part, Sketches
from tcosim.engine.shards import ranges_left
from tcosim.engine.simulation import Simulation
from tcosim.engine.totals import Totals
from tcosim.engine.week import load_by_hour_of_week
from tcosim.kernels.layout import COMPONENTS, FLEET_USE, LANES, U
from tcosim.results import dataset as results_dataset
from tcosim.results.schema import COST_FUTURES, KEPT_FUTURES, QUANTILES, WEEK_FUTURES
from tcosim.scenario.gates import gates
from tcosim.scenario.models import Scenario
from tcosim.scenario.topics import input_topics
from tcosim.units import HOURS_PER_MONTH

if TYPE_CHECKING:
    from distributed import Client

SKETCHED = ("npv_count", "total_count", "saving_count")


def simulate(
    scenario: Scenario,
    *,
    samples: float,
    seed: float = 0,
    threads: int | None = None,
    block_futures: int | None = None,
    client: Client | None = None,
    checkpoint: Path | str | Checkpoint | None = None,
    progress: Progress | None = None,
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
    client : distributed.Client, optional
        Compute on the workers of this dask cluster instead of on threads. The result does not depend on it.
    checkpoint : path or Checkpoint, optional
        A folder in which finished blocks are kept, so that a run that died goes on from there when it is asked for
        again. It is made if it does not exist, and stays until it is removed.
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
        If the arguments or the scenario cannot be simulated, or the checkpoint is of another run.
    Cancelled
        If `cancel` was set.
    TcosimError
        If a future does not come to a number, or the cluster is lost.
    """
    futures, number = checked(scenario, samples, seed, threads, block_futures)
    with checkpoint_of(checkpoint, scenario, futures, number) as kept:
        run = Run(
            scenario, most=futures, seed=number, on=executor(threads, block_futures, client), checkpoint=kept
        )
        run.extend(futures, progress=progress, cancel=cancel)
        return run.dataset()


class Run:
    """A simulation that can be extended.

    Parameters
    ----------
    scenario : Scenario
    most : int
        Futures that it may come to.
    seed : int
    on : Executor, optional
        Where to compute; all processors of this machine if left out.
    checkpoint : Checkpoint, optional
        Where finished blocks are kept; what it holds already is not simulated again.

    Attributes
    ----------
    samples : int
        Futures simulated so far.
    reached : int
        Futures up to here, or more, have been asked for before; those of a checkpoint included.
    totals : Totals
        Sums over them.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        most: int,
        seed: int = 0,
        on: Executor | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        self.scenario, self.most, self.seed, self.samples = scenario, most, seed, 0
        self._on = on or executor()
        self._job = Simulation(scenario, seed, is_sketched=most > KEPT_FUTURES)
        self._sampler, self._packing, self._eligible = (
            self._job.sampler,
            self._job.packing,
            self._job.eligible,
        )
        options, fleets, months = len(scenario.options), len(self._packing.fleets), scenario.months
        self._kept = Kept.empty(0, most, options, months, len(self._sampler.names))
        self.totals = Totals((options, len(COMPONENTS), fleets, len(FLEET_USE), months))
        self._sketches = Sketches()
        self._load: tuple[int, Floats] | None = None
        self._checkpoint = checkpoint
        if checkpoint is not None:
            empty = Part(self.totals, self._sketches, self._kept)
            found = checkpoint.restore(empty, most, self._job.fingerprint())
            self.totals, self._sketches = found.totals, found.sketches
        self.reached = 0 if checkpoint is None else checkpoint.reached

    def extend(
        self, samples: int, *, progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> None:
        """Simulate on, up to so many futures in all.

        A run whose number of futures is no multiple of 256 cannot be extended again: its last group is not full.

        Raises
        ------
        InputError, TcosimError, Cancelled
            As `simulate`; the run is of no use after that.
        """
        if not max(self.samples + 1, self.reached) <= samples <= self.most or self.samples % LANES:
            raise ValueError(
                f"a run of {self.samples} futures of {self.most} cannot be extended to {samples}"
            )
        covered = [] if self._checkpoint is None else self._checkpoint.covered
        left = ranges_left(self.samples, samples, covered)
        if self._checkpoint is not None and self._checkpoint.bare:
            for _, part in self._on.run(self._job, self._checkpoint.bare, cancel=cancel):
                self._kept.put(part.kept)  # its sums are there
            self._checkpoint.mended()
        done = samples - sum(end - first for first, end in left)
        if progress is not None and self._checkpoint is not None and done:
            progress(done, samples)
        for (first, end), part in self._on.run(self._job, left, cancel=cancel):
            self.totals.add(part.totals)
            self._sketches.add(part.sketches)
            self._kept.put(part.kept)
            if self._checkpoint is not None:
                self._checkpoint.take((first, end), part)
            done += end - first
            if progress is not None:
                progress(done, samples)
        if self._checkpoint is not None:
            self._checkpoint.flush()
        self.samples = samples

    def dataset(self) -> xr.Dataset:
        """What the futures simulated so far come to."""
        kept, samples = self._kept, self.samples
        futures, monthly = min(samples, KEPT_FUTURES), min(samples, COST_FUTURES)
        options = self.scenario.options
        quantiles = {
            name: np.quantile(array[..., :monthly], QUANTILES, axis=2).astype(np.float64).transpose(2, 1, 0)
            for name, array in (("cost", kept.costs), ("cumulated", kept.cumulated))
        }
        return results_dataset.build(
            options=[option.name for option in options],
            kinds=[option.kind for option in options],
            eligible=self._eligible,
            gates=[
                results_dataset.Gate(gate.name, gate.shuts_out, gate.unstated)
                for gate in gates(self.scenario)
            ],
            input_names=list(self._sampler.names),
            input_topics=list(input_topics(self.scenario).values()),
            tied=self._sampler.tied,
            variables={
                "npv": kept.npv[:futures],
                "total": kept.total[:futures],
                "utilization": kept.utilization[:futures],
                "input": kept.inputs[:futures],
                **quantiles,
                "tokens": np.quantile(kept.tokens[:, :monthly], QUANTILES, axis=1).astype(np.float64).T,
                **self._means(),
                "load": self._load_by_hour_of_week(),
                "scramble_futures": self.totals.futures,
                "scramble_npv_sum": self.totals.npv,
                "scramble_beats": self.totals.beats,
                "scramble_cheapest": self.totals.cheapest,
                "scramble_paid_back": self.totals.paid_back,
                **self._sketch(),
            },
            attributes={
                "tcosim_version": __version__,
                "seed": self.seed,
                "samples": samples,
                "months": self.scenario.months,
                "volume_tokens_per_month": self.scenario.volume.tokens_per_month,
                "baseline": self.scenario.baseline,
                "scenario_name": self.scenario.name,
                "scenario_sha256": self.scenario.sha256(),
                "library_sha256": self.scenario.library_sha256,
            },
        )

    def _sketch(self) -> dict[str, Any]:
        """Counts by bin over all futures, of a run that does not keep all of them."""
        sketch = self._sketches.merged() if self.samples > KEPT_FUTURES else None
        if sketch is None:
            return {}
        by_variable = np.split(sketch.counts, 3, axis=1)
        return {"sketch_key": sketch.keys} | dict(zip(SKETCHED, by_variable, strict=True))

    def _load_by_hour_of_week(self) -> Floats:
        """Kept once there are futures enough: a longer run has the same first ones."""
        futures = min(self.samples, WEEK_FUTURES)
        if self._load is None or self._load[0] != futures:
            load = load_by_hour_of_week(self.scenario, self._packing, self._sampler, self.seed, futures)
            self._load = futures, load
        return self._load[1]

    def _means(self) -> dict[str, Floats]:
        """Means over all futures, by option where a fleet has them."""
        n_options, samples, use = len(self.scenario.options), self.samples, self.totals.use

        def by_option(of_fleet: Floats, otherwise: float = np.nan) -> Floats:
            values = np.full(n_options, otherwise)
            for option, k in self._packing.fleet_of.items():
                values[option] = of_fleet[k]
            return values

        launched_hours = use[:, U.launched_months] * HOURS_PER_MONTH
        paid = use[:, U.paid_replica_hours]
        return {
            "component": self.totals.components[self._packing.order] / samples,
            "mean_total": self.totals.total / samples,
            "mean_idle": by_option(use[:, U.idle_usd] / samples, 0.0),
            "mean_tokens": self.totals.tokens / samples,
            "mean_hours_over_capacity": by_option(use[:, U.hours_over_capacity] / samples),
            "mean_replicas": by_option(ratio(paid, launched_hours)),
            "mean_utilization": by_option(ratio(use[:, U.busy_replica_hours], paid)),
        }

"""Simulate a scenario: a run that may be extended, and the Dataset that it comes to.

Knows neither what a block computes nor what is asked of the result.
"""

from __future__ import annotations

import threading

import numpy as np
import xarray as xr

from tcosim._version import __version__
from tcosim.engine.arguments import checked
from tcosim.engine.block import Block, simulate_block
from tcosim.engine.blocks import Progress, run_blocks
from tcosim.engine.kept import Kept, ratio
from tcosim.engine.pack import Floats, pack
from tcosim.engine.totals import GroupSums, Totals, group_sums
from tcosim.engine.week import load_by_hour_of_week
from tcosim.kernels.layout import COMPONENTS, FLEET_USE, LANES, U
from tcosim.results import dataset as results_dataset
from tcosim.results.schema import COST_FUTURES, KEPT_FUTURES, QUANTILES, WEEK_FUTURES
from tcosim.sampling.inputs import InputSampler
from tcosim.scenario.gates import eligible, gates
from tcosim.scenario.models import Scenario
from tcosim.scenario.topics import input_topics
from tcosim.units import HOURS_PER_MONTH


def simulate(
    scenario: Scenario,
    *,
    samples: float,
    seed: float = 0,
    threads: int | None = None,
    block_futures: int | None = None,
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
    futures, number = checked(scenario, samples, seed, threads, block_futures)
    run = Run(scenario, most=futures, seed=number, threads=threads, block_futures=block_futures)
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
    threads, block_futures : int, optional
        As for `simulate`.

    Attributes
    ----------
    samples : int
        Futures simulated so far.
    totals : Totals
        Sums over them.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        most: int,
        seed: int = 0,
        threads: int | None = None,
        block_futures: int | None = None,
    ) -> None:
        self.scenario, self.most, self.seed, self.samples = scenario, most, seed, 0
        self._threads, self._block_futures = threads, block_futures
        self._sampler = InputSampler(scenario.uncertain_inputs(), scenario.correlations, seed)
        self._packing = pack(scenario)
        self._kept = Kept.empty(most, scenario, len(self._sampler.names))
        self.totals = Totals(
            len(scenario.options), len(COMPONENTS), len(self._packing.fleets), len(FLEET_USE), scenario.months
        )
        self._baseline = [option.name for option in scenario.options].index(scenario.baseline)
        self._eligible = np.array(eligible(scenario))
        self._rooms = threading.local()
        self._load: tuple[int, Floats] | None = None

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
        if not self.samples < samples <= self.most or self.samples % LANES:
            raise ValueError(
                f"a run of {self.samples} futures of {self.most} cannot be extended to {samples}"
            )
        for sums in run_blocks(
            self._work,
            self._sampler.uniforms,
            samples,
            start=self.samples,
            threads=self._threads,
            block_futures=self._block_futures,
            progress=None if progress is None else lambda done: progress(done, samples),
            cancel=cancel,
        ):
            self.totals.add(sums)
        self.samples = samples

    def _work(self, first: int, points: Floats, count: int) -> GroupSums:
        values = self._sampler.values(points)
        block: Block | None = getattr(self._rooms, "block", None)
        if block is None or block.futures != values.shape[1]:
            block = self._rooms.block = Block.room(self.scenario, self._packing, values.shape[1])
        simulate_block(self.scenario, self._packing, block, values, self.seed, first, slice(0, count))
        npv = block.components.sum(axis=1)[self._packing.order]
        total = block.costs.sum(axis=2)[self._packing.order]
        self._kept.keep(first, count, values, block, npv, total, self._packing)
        return group_sums(
            block, self._packing.order, npv, total, self._baseline, count, eligible=self._eligible
        )

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

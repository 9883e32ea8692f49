"""What the saving depends on: Sobol indices by driver, and a tornado in USD by input, from futures simulated for both.

Simulates and gathers; what the figures say in words is for `tcosim.report.terminal.drivers_view`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tcosim._version import __version__
from tcosim.analysis.headline import lowest
from tcosim.analysis.interval import Interval, mean_interval, probability_interval
from tcosim.engine.arguments import checked
from tcosim.engine.job import Progress
from tcosim.engine.variants import Variant, simulate_variants
from tcosim.results.schema import SCRAMBLES
from tcosim.sampling.conditional import ConditionalSampler
from tcosim.sampling.inputs import InputSampler
from tcosim.scenario.models import Scenario
from tcosim.studies.driver_plan import LEVELS, Factor, plan_drivers
from tcosim.studies.option import candidates, check_option
from tcosim.studies.sobol import sobol_indices
from tcosim.studies.tornado import moved_savings

if TYPE_CHECKING:
    from distributed import Client

Floats = NDArray[np.float64]

ROUNDING = 1e-12
"""Savings that differ by less than this share of the costs are equal."""
PERCENTILES = {"p5_saving_usd": 0.05, "p50_saving_usd": 0.5, "p95_saving_usd": 0.95}


def drivers(
    scenario: Scenario,
    *,
    samples: float = 250_000,
    option: str | None = None,
    seed: float = 0,
    threads: int | None = None,
    client: Client | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> dict[str, Any]:
    """Find what the saving of an option against the baseline depends on.

    Sobol indices split the variance of a figure between inputs that are independent of each other. Correlated inputs
    are not: exchanging one of them alone would make futures that cannot occur, and what two of them share cannot be
    split between them. So every group of inputs that are tied to each other, directly or through others, is one driver,
    exchanged as a whole. One more driver is luck, the noise of months and hours; it is the same in all sets of futures
    but B and the one in which luck itself is exchanged.

    The tornado asks something else and takes inputs one by one: what is the expected saving if this input has its p10,
    or its p90? Inputs that are correlated with it follow, as they would be expected to (`ConditionalSampler`).

    Parameters
    ----------
    scenario : Scenario
    samples : int
        Futures to simulate in all, at most.
    option : str, optional
        By default the self-hosted option with the lowest mean NPV.
    seed : int
    threads : int, optional
    client : distributed.Client, optional
        Compute on the workers of this dask cluster instead of on threads.
    progress : callable, optional
        Called with futures done and in total.
    cancel : threading.Event, optional

    Returns
    -------
    dict
        Plain data, as JSON holds it; drivers by falling total index, inputs by falling swing.

    Raises
    ------
    InputError
        If the option is none to compare, futures are too few, or the scenario cannot be simulated.
    Cancelled
        If `cancel` was set.
    """
    asked, number = checked(scenario, samples, seed, threads)
    check_option(scenario, option)
    plan = plan_drivers(scenario, asked)
    draws = _Draws(scenario)
    dimensions = 2 * len(draws.names)
    sobol_variants = [
        Variant(scenario, draws.of_a),
        Variant(scenario, draws.of_b, noise=1),
        *(draws.exchanged(scenario, factor) for factor in plan.factors),
    ]
    held = [(column, p) for column in range(len(draws.names)) for p in LEVELS]
    tornado_variants = [
        # simulated once more so that inputs of money alone can take its traffic and fleets over
        Variant(scenario, draws.of_a),
        *(draws.held(scenario, column, p) for column, p in held),
    ]

    def simulated(variants: list[Variant], points: int, before: int) -> Floats:
        def told(done: int, _: int) -> None:
            if progress is not None:
                progress(before + done, plan.futures)

        return simulate_variants(
            variants, dimensions=dimensions, samples=points, seed=number, threads=threads, client=client,
            progress=told, cancel=cancel,
        )  # fmt: skip

    npv = simulated(sobol_variants, plan.base_points, 0)
    chosen = option if option is not None else _headline(scenario, npv[:2].mean(axis=(0, 1)))
    saving = _saving(scenario, npv, chosen)
    del npv
    tornado = []
    if held:
        npv = simulated(tornado_variants, plan.tornado_points, len(sobol_variants) * plan.base_points)
        moved = _saving(scenario, npv, chosen)[1:].reshape(len(draws.names), len(LEVELS), -1)
        tornado = _tornado(draws, saving, moved)
    return {
        "tcosim_version": __version__,
        "seed": number,
        "scenario_name": scenario.name,
        "months": scenario.months,
        "volume_tokens_per_month": scenario.volume.tokens_per_month,
        "option": chosen,
        "baseline": scenario.baseline,
        "samples": plan.futures,
        "base_points": plan.base_points,
        "tornado_points": plan.tornado_points,
        **_spread(saving[:2]),
        "sobol": _sobol(plan.factors, saving),
        "tornado": tornado,
    }


class _Draws:
    """Values of the inputs at the points of A and of B, which are the two halves of a point of 2d dimensions."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.uncertain = scenario.uncertain_inputs()
        self.names = tuple(quantity.name for quantity in self.uncertain)
        self._sampler = InputSampler(self.uncertain, scenario.correlations, 0)
        self.conditional = ConditionalSampler(self.uncertain, scenario.correlations)
        self._kept = threading.local()

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy on another machine is made anew from the scenario."""
        return _Draws, (self._scenario,)

    def of_a(self, points: Floats) -> Floats:
        return self._both(points)[0]

    def of_b(self, points: Floats) -> Floats:
        return self._both(points)[1]

    def exchanged(self, scenario: Scenario, factor: Factor) -> Variant:
        """A with one factor of B: groups of correlated inputs are whole, so values are exchanged as points would be."""
        rows = list(factor.columns)
        if not rows:
            return Variant(scenario, self.of_a, noise=1)

        def values(points: Floats) -> Floats:
            a, b = self._both(points)
            mixed = a.copy()
            mixed[rows] = b[rows]
            return mixed

        return Variant(scenario, values)

    def held(self, scenario: Scenario, column: int, p: float) -> Variant:
        """A with one input at a quantile of its own."""

        def values(points: Floats) -> Floats:
            return self.conditional.given(points[:, : len(self.names)], self.of_a(points), column, p)

        return Variant(scenario, values)

    def _both(self, points: Floats) -> tuple[Floats, Floats]:
        # every variant of a block asks for the same points, one after the other on one thread
        if getattr(self._kept, "points", None) is not points:
            halves = points[:, : len(self.names)], points[:, len(self.names) :]
            self._kept.values = tuple(self._sampler.values(half) for half in halves)
            self._kept.points = points
        both: tuple[Floats, Floats] = self._kept.values
        return both


def _saving(scenario: Scenario, npv: Floats, option: str) -> Floats:
    """NPV of the baseline less NPV of the option, shape (v, n, o) -> (v, n) [USD]."""
    names = [one.name for one in scenario.options]
    saving: Floats = npv[:, :, names.index(scenario.baseline)] - npv[:, :, names.index(option)]
    if np.ptp(saving) <= ROUNDING * np.abs(npv).max():
        saving[:] = saving[0, 0]  # or the variance of rounding would be split among drivers
    return saving


def _headline(scenario: Scenario, means: Floats) -> str:
    index = lowest(candidates(scenario), means)
    assert index is not None  # check_option has seen one
    return scenario.options[index].name


def _spread(saving: Floats) -> dict[str, Any]:
    """Mean, spread and probability over the futures of A and of B, shape (2, n)."""
    by_scramble = saving.reshape(2, -1, SCRAMBLES)
    futures = np.full(SCRAMBLES, by_scramble[:, :, 0].size)
    mean = mean_interval(by_scramble.sum(axis=(0, 1)), futures)
    wins = probability_interval((by_scramble > 0).sum(axis=(0, 1)), futures)
    return {
        "mean_saving_usd": mean.value,
        "mean_saving_ci95_usd": _ends(mean),
        "sd_saving_usd": float(saving.std()),
        **{key: float(np.quantile(saving, level)) for key, level in PERCENTILES.items()},
        "probability_beats_baseline": wins.value,
        "probability_beats_baseline_ci95": _ends(wins),
    }


def _sobol(factors: tuple[Factor, ...], saving: Floats) -> list[dict[str, Any]]:
    found = sobol_indices(saving[0], saving[1], saving[2:])
    rows = [
        {
            "driver": factor.name,
            "inputs": list(factor.inputs),
            "first_order": float(found.first[index]),
            "first_order_ci95": found.first_ci95(index),
            "total_order": float(found.total[index]),
            "total_order_ci95": found.total_ci95(index),
        }
        for index, factor in enumerate(factors)
    ]
    return sorted(rows, key=_falling("total_order"))


def _tornado(draws: _Draws, saving: Floats, moved: Floats) -> list[dict[str, Any]]:
    """One row an input; moved has shape (d, 2, m)."""
    rows = [
        {
            "input": quantity.name,
            "unit": quantity.unit,
            **{f"p{100 * p:.0f}": draws.conditional.quantile(column, p) for p in LEVELS},
            **moved_savings(saving[0], saving[1], moved[column]),
            "moves_with": [draws.names[other] for other in draws.conditional.moving_with(column)],
        }
        for column, quantity in enumerate(draws.uncertain)
    ]
    return sorted(rows, key=_falling("swing_usd"))


def _falling(key: str) -> Callable[[dict[str, Any]], float]:
    return lambda row: -float(row[key])


def _ends(interval: Interval) -> list[float]:
    return [interval.low, interval.high]

"""Two runs compared: how much of the move of the probability each input that differs explains.

Knows run folders and mixtures of their scenarios; prints nothing (docs/decision.md, D6).
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tcosim.analysis.saving import expected_saving
from tcosim.engine.arguments import as_whole
from tcosim.errors import InputError, Problem
from tcosim.results.folder import SCENARIO, Run, open_run
from tcosim.scenario.difference import Difference, differences
from tcosim.scenario.exchange import exchange, refusal, separable
from tcosim.scenario.load import load_text
from tcosim.scenario.models import Scenario
from tcosim.studies.described import described
from tcosim.studies.gated import check_explained, is_gate, shut_out_rows, without_gates
from tcosim.studies.mixture import CommonPoints, InputValues, Progress, Simulator, common_points
from tcosim.studies.paired import NO_CHANGE, bounds, change, mean_saving, win_probability

if TYPE_CHECKING:
    from distributed import Client

DEFAULT_SAMPLES = 100_000


@dataclass(frozen=True)
class Comparison:
    """What is to be compared, before anything is simulated.

    Attributes
    ----------
    runs : (Run, Run)
        A and B.
    scenarios : (Scenario, Scenario)
        Without gates, which move no cost.
    option : str
        The option whose probability of beating the baseline is split.
    differences : tuple of Difference
        What differs, gates left out; each can be exchanged alone.
    points : CommonPoints
    samples, seed : int
        Of each variant.
    gates : tuple of Difference
        Gates that differ.
    shut_out : (list, list)
        Of A and of B, as of `tcosim.studies.gated.shut_out_rows`.
    """

    runs: tuple[Run, Run]
    scenarios: tuple[Scenario, Scenario]
    option: str
    differences: tuple[Difference, ...]
    points: CommonPoints
    samples: int
    seed: int
    gates: tuple[Difference, ...]
    shut_out: tuple[list[dict[str, Any]], list[dict[str, Any]]]

    @property
    def variants(self) -> int:
        """Scenarios to simulate: A and B, each difference alone, and what lies between on the way from A to B."""
        return 2 * len(self.differences)

    @property
    def futures(self) -> int:
        """Futures to simulate over all variants."""
        return self.variants * self.samples

    def mixture(self, chosen: Sequence[Difference]) -> Scenario:
        """Return A with these differences taken from B."""
        return exchange(*self.scenarios, chosen)

    def check(self, mixed: Scenario) -> None:
        """Raise an InputError if the inputs of this mixture cannot be drawn together."""
        InputValues(mixed, self.points)


def compare(
    run_a: Run,
    run_b: Run,
    *,
    samples: int | None = None,
    option: str | None = None,
    seed: int | None = None,
) -> Comparison:
    """Find out what differs between two runs.

    Parameters
    ----------
    run_a, run_b : Run
        From `tcosim.results.folder.open_run`.
    samples : int, optional
        Futures of each variant; by default those of the smaller run, 100,000 at most.
    option : str, optional
        By default the option that the headline of B is about.
    seed : int, optional
        By default that of A.

    Raises
    ------
    InputError
        If the runs do not ask the same kind of question, or there is no such option, or no headline to take it from.
    """
    a, b = (load_text(run.scenario_toml, origin=str(run.path / SCENARIO)) for run in (run_a, run_b))
    every = differences(a, b)
    check_explained((a, b), option)
    gates, shut_out = tuple(filter(is_gate, every)), (shut_out_rows(a), shut_out_rows(b))
    found = tuple(one for one in every if not is_gate(one))
    a, b = without_gates(a, b)
    points = common_points(a, b, found)

    def check(mixed: Scenario) -> None:
        InputValues(mixed, points)

    headline = run_b.summary["headline"]
    if option is None and headline is None:  # the folder of another version, or changed by hand
        raise InputError(
            Problem("option", "must be named: B states no headline", None, "name one with --option NAME")
        )
    fewest = min(DEFAULT_SAMPLES, *(int(run.summary["samples"]) for run in (run_a, run_b)))
    return Comparison(
        (run_a, run_b),
        (a, b),
        str(headline["option"]) if option is None else option,
        separable(a, b, found, check),
        points,
        fewest if samples is None else samples,
        int(run_a.summary["seed"]) if seed is None else seed,
        gates,
        shut_out,
    )


def diff(
    run_a: Run | str | os.PathLike[str],
    run_b: Run | str | os.PathLike[str],
    *,
    samples: float | None = None,
    option: str | None = None,
    seed: int | None = None,
    threads: int | None = None,
    client: Client | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> dict[str, Any]:
    """Split the move of the probability between two runs among what differs.

    Parameters
    ----------
    run_a, run_b : Run or path
        Run folders, or what `tcosim.open_run` returns.
    samples, option, seed
        As for `compare`.
    threads, client, progress, cancel
        As for `tcosim.simulate`.

    Returns
    -------
    dict
        As of `split`.
    """
    a, b = (run if isinstance(run, Run) else open_run(Path(run)) for run in (run_a, run_b))
    futures = None if samples is None else as_whole("samples", samples)
    comparison = compare(a, b, samples=futures, option=option, seed=seed)
    return split(comparison, threads=threads, client=client, progress=progress, cancel=cancel)


def split(
    comparison: Comparison,
    *,
    threads: int | None = None,
    client: Client | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> dict[str, Any]:
    """Split the move of the probability, and of the expected saving, among what differs.

    Each difference is exchanged alone in A; then all are exchanged one after the other, the largest single effect
    first. The parts are the steps of this second walk, so they sum to the whole way from A to B. How the way splits
    depends on the order; ``alone`` says what each does without the others.

    Returns
    -------
    dict
        Plain numbers, texts and None. ``runs``: the figures of both folders, and what gates shut out in each;
        ``gates``: changes of gates, which move no cost and are no parts; ``parts``: what changed, its step and
        its effect alone, in the order of the walk; ``total``: A to B as simulated here; ``move``: the same between
        the folders; ``remainder``: move less total, and the simulation error that alone would explain.
    """
    runs = [
        {**_run_figures(run, comparison.option), "shut_out": out}
        for run, out in zip(comparison.runs, comparison.shut_out, strict=True)
    ]
    errors = [(run["ci95"], run["expected_saving_ci95_usd"]) for run in runs]
    parts: list[dict[str, Any]] = []
    total = dict(NO_CHANGE)
    if comparison.differences:
        simulator = Simulator(
            comparison.points,
            comparison.option,
            comparison.scenarios[0].baseline,
            comparison.samples,
            comparison.seed,
            comparison.futures,
            threads,
            client,
            progress,
            cancel,
        )
        parts, total, own = _walk(comparison, simulator)
        errors += own
    move = {
        "probability_change": runs[1]["probability"] - runs[0]["probability"],
        "saving_change_usd": runs[1]["expected_saving_usd"] - runs[0]["expected_saving_usd"],
    }
    return {
        "option": comparison.option,
        "baseline": comparison.scenarios[0].baseline,
        "months": comparison.scenarios[0].months,
        "seed": comparison.seed,
        "samples": comparison.samples,
        "runs": runs,
        "gates": [described(one) for one in comparison.gates],
        "parts": parts,
        "total": total,
        "remainder": {
            **{key: value - total[key] for key, value in move.items()},
            "simulation_error": _joint([share for share, _ in errors]),
            "simulation_error_usd": _joint([usd for _, usd in errors]),
        },
        "move": move,
    }


Errors = list[tuple[list[float] | None, list[float] | None]]
"""Intervals of a probability and of a mean saving."""


def _walk(
    comparison: Comparison, simulator: Simulator
) -> tuple[list[dict[str, Any]], dict[str, Any], Errors]:
    """Return the parts, the whole way, and the intervals of both of its ends."""
    found = comparison.differences
    ends = list(simulator.savings([comparison.scenarios[0], comparison.mixture(found)]))
    at_a, at_b = ends
    total = change(at_a, at_b)
    errors: Errors = [(bounds(win_probability(end)), bounds(mean_saving(end))) for end in ends]
    alone, after_first = [total], at_b
    if len(found) > 1:
        alone = []
        for saving in simulator.savings([comparison.mixture([one]) for one in found]):
            alone.append(change(at_a, saving))
            if all(_size(alone[-1]) > _size(other) for other in alone[:-1]):
                after_first = saving
    order = _order(comparison, sorted(range(len(found)), key=lambda k: _size(alone[k]), reverse=True))
    between = [comparison.mixture([found[k] for k in order[:count]]) for count in range(2, len(order))]
    stops = [after_first] if len(order) > 1 else []
    parts, before = [], at_a
    for k, after in zip(order, chain(stops, simulator.savings(between), [at_b]), strict=True):
        parts.append({**described(found[k]), **change(before, after), "alone": alone[k]})
        before = after
    return parts, total, errors


def _order(comparison: Comparison, wanted: Sequence[int]) -> list[int]:
    """Order in which to exchange: as wanted, but nothing before what it cannot do without."""
    found = comparison.differences
    order: list[int] = []
    waiting = list(wanted)
    while waiting:
        refusals: list[InputError] = []
        for k in waiting:
            refused = refusal(*comparison.scenarios, [found[j] for j in (*order, k)], comparison.check)
            if refused is None:
                order.append(k)
                waiting.remove(k)
                break
            refusals.append(refused)
        else:
            raise refusals[0]
    return order


def _size(effect: dict[str, Any]) -> tuple[float, float]:
    return abs(effect["probability_change"]), abs(effect["saving_change_usd"])


def _run_figures(run: Run, option: str) -> dict[str, Any]:
    """Figures of a run folder: where it came from, and how the option does."""
    summary = run.summary
    of_option = next(one for one in summary["options"] if one["name"] == option)
    with run.dataset() as dataset:
        saving = expected_saving(dataset, option)
    headline = summary["headline"]
    return {
        "path": str(run.path),
        "scenario_name": summary["scenario_name"],
        "tcosim_version": summary["tcosim_version"],
        "seed": summary["seed"],
        "samples": summary["samples"],
        "headline_option": None if headline is None else headline["option"],
        "probability": of_option["probability_beats_baseline"],
        "ci95": of_option["probability_beats_baseline_ci95"],
        "expected_saving_usd": saving.value,
        "expected_saving_ci95_usd": bounds(saving),
    }


def _joint(intervals: Sequence[list[float] | None]) -> float:
    """Half width of the interval of a sum of independent figures; NaN if one of them has none."""
    return math.sqrt(
        math.fsum(math.nan if one is None else ((one[1] - one[0]) / 2) ** 2 for one in intervals)
    )

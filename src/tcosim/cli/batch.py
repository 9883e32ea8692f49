"""``tcosim batch``: many scenarios, one after the other, each into its run folder, and one table of all.

Parses, calls and prints; computes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from tcosim.cli import options
from tcosim.cli.console import work_console
from tcosim.cli.grid import volumes_option
from tcosim.cli.guard import FAILED, keeping
from tcosim.cli.one_run import Finished, find, run_one
from tcosim.cli.parsing import Problems, precision_option, samples_option, seed_option
from tcosim.cli.request import Request
from tcosim.cli.run import MOST_FOR_PRECISION
from tcosim.cli.targets import RUNS
from tcosim.cli.where import Where, computing, where_options
from tcosim.errors import Cancelled, InputError, Problem, TcosimError

if TYPE_CHECKING:
    from tcosim.scenario.models import Scenario


@dataclass(frozen=True)
class Item:
    """One scenario at one volume, and what names it on the command line."""

    given: str
    request: Request


def batch(
    scenarios: Annotated[
        list[str],
        typer.Argument(metavar="SCENARIO...", help="TOML files, run folders, or names of shipped scenarios."),
    ],
    volumes: Annotated[
        str | None,
        typer.Option(
            metavar="GRID",
            help="Run each scenario at these tokens a month: LOW:HIGH:COUNT, or a list 1e9,2B,5B."
            " Default: its own volume.",
        ),
    ] = None,
    samples: Annotated[
        str | None,
        typer.Option(metavar="COUNT", help="Futures of each run: 1e6, 250k; 1e5 if left out."),
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE",
            help="Simulate each until its headline's 95 % interval is at most this much to either side, 0.2%;"
            " --samples is then the most (1e7 if left out).",
        ),
    ] = None,
    seed: options.Seed = options.DEFAULT_SEED,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder that the run folders go into.")] = RUNS,
    threads: options.Threads = None,
    workers: options.Workers = None,
    scheduler: options.Scheduler = None,
    settings: options.Settings = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the table as JSON.")] = False,
) -> None:
    """Run many scenarios; what an earlier batch has finished is not simulated again."""
    problems = Problems()
    grid = problems.collect(lambda: volumes_option(volumes), None)
    share = problems.collect(lambda: precision_option(precision), None)
    most = options.DEFAULT_SAMPLES if precision is None else MOST_FOR_PRECISION
    futures = problems.collect(lambda: samples_option(most if samples is None else samples), 0)
    chosen_seed = problems.collect(lambda: seed_option(seed), 0)
    where = problems.collect(lambda: where_options(threads, workers, scheduler), Where())
    problems.collect(lambda: _check_out(out), None)
    loaded = problems.collect(lambda: _load(scenarios, settings or [], share), cast("list[Scenario]", []))
    problems.raise_any()
    items = [
        Item(given, Request(at_volume, futures, chosen_seed, share))
        for given, scenario in zip(scenarios, loaded, strict=True)
        for at_volume in ([scenario] if grid is None else map(scenario.with_volume, grid))
    ]
    rows: list[dict[str, Any]] = []

    def said() -> str:
        done = sum(row["error"] is None for row in rows)
        return (
            f"{done} of {len(items)} run folders are complete; the same command goes on with the rest"
            if done
            else ""
        )

    with keeping(said):
        found = [find(item.request, out) for item in items]
        with computing(Where() if all(found) else where) as on:
            for number, (item, there) in enumerate(zip(items, found, strict=True), start=1):
                rows.append(_row(item, number, len(items), there, on, out))
        _answer(rows, as_json=as_json)
    failed = sum(row["error"] is not None for row in rows)
    if failed:
        work_console().print(f"{failed} of {len(rows)} scenarios failed; the same command tries them again")
        raise typer.Exit(FAILED)


def _check_out(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise InputError(Problem("--out", "must be a folder, this is a file", str(out), "name another"))


def _load(given: Sequence[str], settings: Sequence[str], precision: float | None) -> list[Scenario]:
    """Load all scenarios, or say everything that is wrong with any of them.

    Raises
    ------
    InputError
        With the scenario of each problem; what all of them have in common is said once.
    """
    loaded: list[Scenario] = []
    wrong: list[Problem] = []
    for name in given:
        try:
            loaded.append(_loaded(name, settings, precision))
        except InputError as error:
            wrong += [
                one if one.place or one.field == "--set" else replace(one, place=name)
                for one in error.problems
            ]
    if wrong:
        raise InputError(dict.fromkeys(wrong))
    return loaded


def _loaded(name: str, settings: Sequence[str], precision: float | None) -> Scenario:
    """Load a scenario, and refuse what would only show when one begins to simulate it."""
    from tcosim.cli.loading import load_scenario, refuse_impossible
    from tcosim.studies.option import candidates

    scenario = load_scenario(name, settings, None)
    refuse_impossible(scenario)
    if precision is not None and not any(candidates(scenario)):
        rule = "is that of the headline probability, and the scenario has no eligible rented or owned option"
        raise InputError(Problem("--precision", rule, None, "add one, or ask for a number of futures"))
    return scenario


def _row(
    item: Item, number: int, count: int, there: Finished | None, on: dict[str, Any], out: Path
) -> dict[str, Any]:
    """Run one scenario, unless it is finished, and say what it came to."""
    from tcosim.engine.contact import ClusterError
    from tcosim.report.words.rounding import volume

    console = work_console()
    scenario = item.request.scenario
    what = (
        f"{number} of {count}: {scenario.name} at {volume(scenario.volume.tokens_per_month)} tokens a month"
    )
    origin = {
        "scenario": scenario.name,
        "given": item.given,
        "volume_tokens_per_month": scenario.volume.tokens_per_month,
        "seed": item.request.seed,
    }
    try:
        # one before it may have been the same
        finished = there or find(item.request, out)
        if finished is None:
            console.print(what, markup=False, highlight=False)
            finished = run_one(item.request, on, out, label=f" ({number} of {count})")
            console.print(f"run folder: {finished.path}", markup=False, highlight=False)
        else:
            console.print(f"{what}: finished before in {finished.path}", markup=False, highlight=False)
    except (Cancelled, ClusterError):
        raise
    except (TcosimError, OSError) as error:
        text = "; ".join(str(error).splitlines())
        console.print(f"failed: {text}", markup=False, highlight=False, style="red")
        return {**origin, "samples": None, "headline": None, "folder": None, "error": text}
    summary = finished.summary
    return {
        **origin,
        "samples": summary["samples"],
        "headline": summary["headline"],
        "folder": str(finished.path),
        "error": None,
    }


def _answer(rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """Print the table to stdout, for people or for machines."""
    if as_json:
        from tcosim.results.summary import to_json

        sys.stdout.write(to_json(list(rows)))
    else:
        from tcosim.cli.console import result_console
        from tcosim.report.terminal.batch_view import print_batch

        print_batch(rows, result_console())
    sys.stdout.flush()

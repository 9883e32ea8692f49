"""``tcosim drivers``: what the saving depends on.

Parses, calls and prints; computes nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from tcosim.cli import options
from tcosim.cli.guard import keeping
from tcosim.cli.parsing import Problems, named, samples_option, seed_option, volume_option
from tcosim.cli.pictures import check_picture, kept, write_picture
from tcosim.cli.where import Where, computing, where_options
from tcosim.units import parse_count

if TYPE_CHECKING:
    from tcosim.scenario.models import Scenario

MOST_ROWS = 10_000


def drivers(
    scenario: options.Scenario = None,
    samples: Annotated[
        str, typer.Option(metavar="COUNT", help="Futures to simulate in all, at most: 1e6, 250k.")
    ] = "2.5e5",
    option: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Option to compare with the baseline; the self-hosted one with the lowest mean cost if left out.",
        ),
    ] = None,
    volume: options.Volume = None,
    seed: options.Seed = options.DEFAULT_SEED,
    threads: options.Threads = None,
    workers: options.Workers = None,
    scheduler: options.Scheduler = None,
    settings: options.Settings = None,
    top: Annotated[
        str, typer.Option(metavar="COUNT", help="Show so many inputs and drivers, the strongest ones.")
    ] = "12",
    png: options.Picture = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all drivers as JSON.")] = False,
) -> None:
    """Say which inputs decide, in USD, and how much of the spread each of them and luck explain."""
    from tcosim.cli.loading import load_scenario

    problems = Problems()
    futures = problems.collect(lambda: samples_option(samples), 0)
    chosen_seed = problems.collect(lambda: seed_option(seed), 0)
    where = problems.collect(lambda: where_options(threads, workers, scheduler), Where())
    tokens = problems.collect(lambda: volume_option(volume), None)
    rows = problems.collect(lambda: parse_count(top, "--top", MOST_ROWS), 1)
    problems.collect(lambda: check_picture(png), None)
    loaded = problems.collect(lambda: load_scenario(scenario, settings or [], tokens), cast("Scenario", None))
    if loaded is not None:
        problems.collect(lambda: _check_option(loaded, option), None)
        if futures:
            problems.collect(lambda: _plan(loaded, futures), None)
    problems.raise_any()

    with computing(where) as on:
        found = _find(loaded, futures, option, chosen_seed, on)
    if png is not None:
        _draw(found, rows, png, as_json=as_json)
    with keeping(lambda: kept(png)):
        _answer(found, rows, as_json=as_json)


def _check_option(scenario: Scenario, option: str | None) -> None:
    from tcosim.studies.option import check_option

    with named("option", "--option"):
        check_option(scenario, option)


def _plan(scenario: Scenario, samples: int) -> int:
    """Futures that there will be in all."""
    from tcosim.studies.driver_plan import plan_drivers

    with named("samples", "--samples"):
        return plan_drivers(scenario, samples).futures


def _find(
    scenario: Scenario, samples: int, option: str | None, seed: int, on: dict[str, Any]
) -> dict[str, Any]:
    from tcosim.cli.console import work_console
    from tcosim.cli.progress import run_with_progress

    def work(progress: Any, cancel: Any) -> dict[str, Any]:
        from tcosim.studies import drivers as study

        return study.drivers(
            scenario,
            samples=samples,
            option=option,
            seed=seed,
            progress=progress,
            cancel=cancel,
            **on,
        )

    return run_with_progress(work, _plan(scenario, samples), work_console())


def _draw(found: dict[str, Any], top: int, png: Path, *, as_json: bool) -> None:
    if not found["tornado"]:
        typer.echo("no picture: no input is uncertain", err=True)
        return
    from tcosim.report.charts.tornado import tornado_png

    write_picture(png, tornado_png(found, top), lambda: _answer(found, top, as_json=as_json))


def _answer(found: dict[str, Any], top: int, *, as_json: bool) -> None:
    """Print the result to stdout, for people or for machines."""
    if as_json:
        from tcosim.results.summary import to_json

        sys.stdout.write(to_json(found))
    else:
        from tcosim.cli.console import result_console
        from tcosim.report.terminal.drivers_view import print_drivers

        print_drivers(found, result_console(), top)
    sys.stdout.flush()

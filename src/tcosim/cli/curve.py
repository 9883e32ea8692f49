"""``tcosim curve``: how likely self-hosting wins at each of many volumes, and where it begins to.

Parses, calls and prints; computes nothing.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from tcosim.cli import options
from tcosim.cli.grid import volumes_option
from tcosim.cli.guard import keeping
from tcosim.cli.parsing import Problems, samples_option, seed_option
from tcosim.cli.pictures import check_picture, kept, write_picture
from tcosim.cli.where import Where, computing, where_options

if TYPE_CHECKING:
    import xarray as xr

    from tcosim.scenario.models import Scenario


def curve(
    scenario: options.Scenario = None,
    volumes: Annotated[
        str | None,
        typer.Option(
            metavar="GRID",
            help="Tokens a month: LOW:HIGH, LOW:HIGH:COUNT, or a list 1e9,2B,5B."
            " Default: from a tenth of the scenario's volume or less to ten times it or more.",
        ),
    ] = None,
    samples: Annotated[
        str, typer.Option(metavar="COUNT", help="Futures to simulate at each volume: 1e5, 20k.")
    ] = "1e5",
    seed: options.Seed = options.DEFAULT_SEED,
    threads: options.Threads = None,
    workers: options.Workers = None,
    scheduler: options.Scheduler = None,
    settings: options.Settings = None,
    png: options.Picture = None,
    as_json: options.Json = False,
) -> None:
    """Say below which volume to buy, above which to self-host, and how sure that is."""
    from tcosim.cli.loading import load_scenario

    problems = Problems()
    grid = problems.collect(lambda: volumes_option(volumes), None)
    futures = problems.collect(lambda: samples_option(samples), 0)
    chosen_seed = problems.collect(lambda: seed_option(seed), 0)
    where = problems.collect(lambda: where_options(threads, workers, scheduler), Where())
    problems.collect(lambda: check_picture(png), None)
    loaded = problems.collect(lambda: load_scenario(scenario, settings or [], None), cast("Scenario", None))
    problems.raise_any()

    from tcosim.cli.console import work_console

    with computing(where) as on:
        started = time.monotonic()
        dataset = _simulate(loaded, grid, futures, chosen_seed, on)
        seconds = time.monotonic() - started

    from tcosim.analysis.curve import summarize_curve

    summary = summarize_curve(dataset)
    if png is not None:
        from tcosim.report.charts.curve import curve_png

        write_picture(png, curve_png(summary), lambda: _answer(summary, as_json=as_json))
    with keeping(lambda: kept(png)):
        _answer(summary, as_json=as_json)
    count = len(summary["volumes"])
    work_console().print(
        f"{futures:,} future{'' if futures == 1 else 's'} at {count} volume{'' if count == 1 else 's'}"
        f" in {seconds:.1f} s"
    )


def _simulate(
    scenario: Scenario, volumes: tuple[float, ...] | None, samples: int, seed: int, on: dict[str, Any]
) -> xr.Dataset:
    from tcosim.cli.console import work_console
    from tcosim.cli.progress import run_with_progress
    from tcosim.studies import curve as study

    grid = study.default_volumes(scenario) if volumes is None else volumes

    def work(progress: Any, cancel: Any) -> xr.Dataset:
        return study.curve(scenario, grid, samples=samples, seed=seed, progress=progress, cancel=cancel, **on)

    return run_with_progress(work, samples * len(grid), work_console())


def _answer(summary: dict[str, Any], *, as_json: bool) -> None:
    """Print the result to stdout, for people or for machines."""
    from tcosim.cli.console import result_console
    from tcosim.report.terminal.curve_view import print_curve
    from tcosim.results.summary import to_json

    if as_json:
        sys.stdout.write(to_json(summary))
    else:
        print_curve(summary, result_console())
    sys.stdout.flush()

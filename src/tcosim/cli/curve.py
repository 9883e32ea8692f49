"""``tcosim curve``: how likely self-hosting wins at each of many volumes, and where it begins to.

Parses, calls and prints; computes nothing.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from tcosim.cli.grid import volumes_option
from tcosim.cli.guard import keeping
from tcosim.cli.parsing import Problems, samples_option, seed_option, threads_option
from tcosim.errors import InputError, Problem, TcosimError

if TYPE_CHECKING:
    import xarray as xr

    from tcosim.scenario.models import Scenario


def curve(
    scenario: Annotated[
        str | None,
        typer.Argument(
            metavar="SCENARIO",
            help="TOML file, or name of a shipped scenario; the shipped default if left out.",
        ),
    ] = None,
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
    seed: Annotated[str, typer.Option(metavar="NUMBER", help="The same seed gives the same result.")] = "0",
    threads: Annotated[
        str | None,
        typer.Option(metavar="COUNT", help="Threads; every core if left out. The result is the same."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="FIELD=VALUE",
            help="Set a field or an input; repeatable: volume.annual_growth=0.4, option.api.retry_share=2%.",
        ),
    ] = None,
    png: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw the curve into this PNG file; must not exist."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Say below which volume to buy, above which to self-host, and how sure that is."""
    from tcosim.cli.loading import load_scenario

    problems = Problems()
    grid = problems.collect(lambda: volumes_option(volumes), None)
    futures = problems.collect(lambda: samples_option(samples), 0)
    chosen_seed = problems.collect(lambda: seed_option(seed), 0)
    workers = problems.collect(lambda: threads_option(threads), None)
    problems.collect(lambda: _check_png(png), None)
    loaded = problems.collect(lambda: load_scenario(scenario, settings or [], None), cast("Scenario", None))
    problems.raise_any()

    from tcosim.cli.console import work_console

    started = time.monotonic()
    dataset = _simulate(loaded, grid, futures, chosen_seed, workers)
    seconds = time.monotonic() - started

    from tcosim.analysis.curve import summarize_curve

    summary = summarize_curve(dataset)
    if png is not None:
        _write_png(png, summary, as_json=as_json)
    with keeping(lambda: "" if png is None else f"the picture {png} is complete"):
        _answer(summary, as_json=as_json)
    count = len(summary["volumes"])
    work_console().print(
        f"{futures:,} future{'' if futures == 1 else 's'} at {count} volume{'' if count == 1 else 's'}"
        f" in {seconds:.1f} s"
    )
    if png is not None:
        typer.echo(f"wrote {png}", err=True)


def _check_png(png: Path | None) -> None:
    """Refuse a place for the picture before simulating, not after."""
    if png is None:
        return
    rule, way_out = "", "name another file"
    if os.path.lexists(png):
        rule, way_out = "must not exist yet", "remove it or name another file"
    elif png.suffix.lower() != ".png":
        rule, way_out = "must end in .png", f"write {png}.png"
    elif not png.parent.is_dir():
        rule, way_out = f"must lie in a folder that exists, {png.parent} does not", "make the folder first"
    elif not os.access(png.parent, os.W_OK):
        rule = f"must be a file that can be written, {png.parent} cannot"
    if rule:
        raise InputError(Problem("--png", rule, str(png), way_out))


def _simulate(
    scenario: Scenario, volumes: tuple[float, ...] | None, samples: int, seed: int, threads: int | None
) -> xr.Dataset:
    from tcosim.cli.console import work_console
    from tcosim.cli.progress import run_with_progress
    from tcosim.studies import curve as study

    grid = study.default_volumes(scenario) if volumes is None else volumes

    def work(progress: Any, cancel: Any) -> xr.Dataset:
        return study.curve(
            scenario, grid, samples=samples, seed=seed, threads=threads, progress=progress, cancel=cancel
        )

    return run_with_progress(work, samples * len(grid), work_console())


def _write_png(png: Path, summary: dict[str, Any], *, as_json: bool) -> None:
    from tcosim.report.curve_chart import curve_png

    picture = curve_png(summary)
    try:
        with keeping(lambda: f"{png} may be incomplete" if png.is_file() else ""), png.open("xb") as file:
            file.write(picture)
    except OSError as error:  # a disk that filled up meanwhile must not cost the answer
        _answer(summary, as_json=as_json)
        reason = error.strerror or str(error)
        raise TcosimError(
            f"the answer above is complete, but the picture {png} could not be written: {reason}"
        ) from error


def _answer(summary: dict[str, Any], *, as_json: bool) -> None:
    """Print the result to stdout, for people or for machines."""
    from tcosim.cli.console import result_console
    from tcosim.report.curve_view import print_curve
    from tcosim.results.summary import to_json

    if as_json:
        sys.stdout.write(to_json(summary))
    else:
        print_curve(summary, result_console())
    sys.stdout.flush()

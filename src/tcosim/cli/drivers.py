"""``tcosim drivers``: what the saving depends on.

Parses, calls and prints; computes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from tcosim.cli.guard import keeping
from tcosim.cli.parsing import Problems, samples_option, seed_option, threads_option, volume_option
from tcosim.errors import InputError, Problem
from tcosim.units import parse_count

if TYPE_CHECKING:
    from tcosim.scenario.models import Scenario

MOST_ROWS = 10_000


def drivers(
    scenario: Annotated[
        str | None,
        typer.Argument(
            metavar="SCENARIO",
            help="TOML file, or name of a shipped scenario; the shipped default if left out.",
        ),
    ] = None,
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
    volume: Annotated[
        str | None,
        typer.Option(metavar="TOKENS", help="Planned tokens a month instead of the scenario's: 2.5B."),
    ] = None,
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
    top: Annotated[
        str, typer.Option(metavar="COUNT", help="Show so many inputs and drivers, the strongest ones.")
    ] = "12",
    png: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw the tornado into this PNG file; must not exist."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all drivers as JSON.")] = False,
) -> None:
    """Say which inputs decide, in USD, and how much of the spread each of them and luck explain."""
    from tcosim.cli.loading import load_scenario

    problems = Problems()
    futures = problems.collect(lambda: samples_option(samples), 0)
    chosen_seed = problems.collect(lambda: seed_option(seed), 0)
    workers = problems.collect(lambda: threads_option(threads), None)
    tokens = problems.collect(lambda: volume_option(volume), None)
    rows = problems.collect(lambda: parse_count(top, "--top", MOST_ROWS), 1)
    problems.collect(lambda: _check_picture(png), None)
    loaded = problems.collect(lambda: load_scenario(scenario, settings or [], tokens), cast("Scenario", None))
    if loaded is not None:
        problems.collect(lambda: _check_option(loaded, option), None)
        if futures:
            problems.collect(lambda: _plan(loaded, futures), None)
    problems.raise_any()

    found = _find(loaded, futures, option, chosen_seed, workers)
    _draw(found, rows, png)
    with keeping(lambda: "" if png is None or not png.exists() else f"the picture {png} is complete"):
        _answer(found, rows, as_json=as_json)


def _check_option(scenario: Scenario, option: str | None) -> None:
    from tcosim.studies.driver_plan import check_option

    with _named("option", "--option"):
        check_option(scenario, option)


def _plan(scenario: Scenario, samples: int) -> int:
    """Futures that there will be in all."""
    from tcosim.studies.driver_plan import plan_drivers

    with _named("samples", "--samples"):
        return plan_drivers(scenario, samples).futures


@contextmanager
def _named(field: str, option: str) -> Iterator[None]:
    """Name a field of the function as the option of the command line that it comes from."""
    try:
        yield
    except InputError as error:
        problems = [replace(one, field=option) if one.field == field else one for one in error.problems]
        raise InputError(problems) from None


def _check_picture(png: Path | None) -> None:
    """Refuse a picture that could not be written, before anything is simulated."""
    if png is None:
        return
    if png.exists():
        raise InputError(
            Problem("--png", "must not exist already", str(png), "name another file, or remove it")
        )
    if not png.parent.is_dir():
        raise InputError(
            Problem("--png", "must be in a folder that exists", str(png), f"make the folder {png.parent}")
        )


def _find(
    scenario: Scenario, samples: int, option: str | None, seed: int, threads: int | None
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
            threads=threads,
            progress=progress,
            cancel=cancel,
        )

    return run_with_progress(work, _plan(scenario, samples), work_console())


def _draw(found: dict[str, Any], top: int, png: Path | None) -> None:
    if png is None:
        return
    from tcosim.cli.console import work_console

    if not found["tornado"]:
        work_console().print("no picture: no input is uncertain", markup=False)
        return
    from tcosim.report.charts import write_picture
    from tcosim.report.drivers_chart import tornado_png

    write_picture(png, tornado_png(found, top))
    work_console().print(f"picture: {png}", markup=False)


def _answer(found: dict[str, Any], top: int, *, as_json: bool) -> None:
    """Print the result to stdout, for people or for machines."""
    if as_json:
        from tcosim.results.summary import to_json

        sys.stdout.write(to_json(found))
    else:
        from tcosim.cli.console import result_console
        from tcosim.report.drivers_view import print_drivers

        print_drivers(found, result_console(), top)
    sys.stdout.flush()

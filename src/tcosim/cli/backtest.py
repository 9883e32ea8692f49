"""``tcosim backtest``: forecasts of prices from past dates, with what was known then, against what came.

Parses, calls and prints; scores nothing.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tcosim.cli import options
from tcosim.cli.fit_prices import FamilyOption, Map, family_option
from tcosim.cli.guard import keeping
from tcosim.cli.parsing import Problems, seed_option
from tcosim.errors import InputError, Problem

if TYPE_CHECKING:
    from tcosim.evidence.prices.series import PriceHistory

PICTURES = (".png", ".svg")
LONGEST_HORIZON = 240
NEEDED = (
    "name CSV files of dated prices, recognized by their columns: vendor,tier,date,blend (list prices of API tiers),"
    " provider,gpu_model,month,usd_per_gpu_hr_median (GPU rental), gpu,month,usd (GPU purchase);"
    " or say which columns hold what: --map date=month,price=usd,series=provider+gpu --family rental"
)


def backtest(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="CSV files with one dated price a row.")
    ] = None,
    columns: Map = None,
    family: FamilyOption = None,
    horizons: Annotated[
        str, typer.Option(metavar="MONTHS", help="Months ahead, such as 3,6,12.")
    ] = "3,6,12,24",
    fitted: Annotated[
        bool,
        typer.Option(
            "--fitted", help="Fit anew at each date to what was known then, not the shipped distributions."
        ),
    ] = False,
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Draw where outcomes fell in their forecasts: PNG or SVG; must not exist."
        ),
    ] = None,
    seed: options.Seed = options.DEFAULT_SEED,
    as_json: options.Json = False,
) -> None:
    """Check the distributions of prices against history: coverage, calibration, and skill over "the price stays"."""
    from tcosim.evidence.prices.files import parse_map, read_prices

    problems = Problems()
    if not files:
        problems.collect(_refuse_none, None)
    none: tuple[int, ...] = ()
    ahead = problems.collect(lambda: _horizons(horizons), none)
    chosen_family = problems.collect(lambda: family_option(family), None)
    chosen = problems.collect(lambda: parse_map(columns), None)
    chosen_seed = problems.collect(lambda: seed_option(seed), 0)
    problems.collect(lambda: _check_plot(plot), None)
    problems.raise_any()
    histories = [
        problems.collect(partial(read_prices, path, chosen, chosen_family), None) for path in files or ()
    ]
    problems.raise_any()
    found: dict[str, Any] = {
        "schema_version": 1,
        "files": [_one(history, ahead, fitted, chosen_seed) for history in histories if history is not None],
    }
    if plot is not None:
        _draw(found, plot)
    with keeping(lambda: "" if plot is None else f"the picture {plot} is complete"):
        _answer(found, as_json)
        sys.stdout.flush()


def _refuse_none() -> None:
    raise InputError(Problem("FILE", "must be named: no prices ship with the package", None, NEEDED))


def _horizons(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    valid = all(part.isascii() and part.isdigit() and 0 < int(part) <= LONGEST_HORIZON for part in parts)
    if not valid:
        rule = f"must be whole months from 1 to {LONGEST_HORIZON}, with commas between them"
        raise InputError(Problem("--horizons", rule, text, "write it like: 3,6,12,24"))
    return tuple(sorted({int(part) for part in parts}))


def _check_plot(plot: Path | None) -> None:
    if plot is None:
        return
    rule, way_out = "", "name another file"
    if os.path.lexists(plot):
        rule, way_out = "must not exist yet", "remove it or name another file"
    elif plot.suffix.lower() not in PICTURES:
        rule, way_out = "must end in .png or .svg", f"write {plot}.png"
    elif not plot.parent.is_dir():
        rule, way_out = f"must lie in a folder that exists, {plot.parent} does not", "make the folder first"
    if rule:
        raise InputError(Problem("--plot", rule, str(plot), way_out))


def _one(history: PriceHistory, horizons: tuple[int, ...], fitted: bool, seed: int) -> dict[str, Any]:
    from tcosim.evidence.prices.backtest import backtest as run

    if fitted:
        typer.echo(f"fitting {history.source} at each past date", err=True)
    return run(history, horizons=horizons, forecaster="fitted" if fitted else "shipped", seed=seed)


def _draw(found: dict[str, Any], plot: Path) -> None:
    from tcosim.report.charts.pit import pit_png, pit_svg

    picture = pit_png(found) if plot.suffix.lower() == ".png" else pit_svg(found).encode()
    try:
        with keeping(lambda: f"{plot} may be incomplete" if plot.is_file() else ""), plot.open("xb") as file:
            file.write(picture)
    except OSError as error:
        rule = f"must be a file that can be written ({error.strerror or error})"
        raise InputError(Problem("--plot", rule, str(plot), "name another file")) from error
    typer.echo(f"picture: {plot}", err=True)


def _answer(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        from tcosim.results.summary import to_json

        sys.stdout.write(to_json(found))
        return
    from tcosim.cli.console import result_console
    from tcosim.report.terminal.backtest_view import print_backtest

    print_backtest(found, result_console())

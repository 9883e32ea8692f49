"""``tcosim fit-prices``: dated prices of one's own as the distributions that a scenario takes.

Parses, calls and prints; fits nothing.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from tcosim.cli import options
from tcosim.cli.guard import keeping
from tcosim.cli.parsing import Problems
from tcosim.errors import InputError, Problem

if TYPE_CHECKING:
    from tcosim.evidence.prices.fit import PriceFit
    from tcosim.evidence.prices.series import Family, Kind, PriceHistory

Map = Annotated[
    str | None,
    typer.Option(
        "--map",
        metavar="ROLE=COLUMN,...",
        help="Columns: date=month,price=usd,series=provider+gpu; input= and output= instead of price=;"
        " where=column:entry keeps some rows.",
    ),
]
FamilyOption = Annotated[
    str | None,
    typer.Option("--family", metavar="NAME", help="What the prices are of: api, rental or purchase."),
]
KINDS = ("walk", "tier")


def fit_prices(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV file with one dated price a row.")],
    columns: Map = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind",
            metavar="NAME",
            help="walk: readings of a price; tier: list prices that stand until the next one.",
        ),
    ] = None,
    family: FamilyOption = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the lines for a scenario here; must not exist.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Fit drift, volatility and steps to dated prices, for a scenario or a library."""
    from tcosim.evidence.prices.files import parse_map, read_prices
    from tcosim.evidence.prices.fit import fit_prices as fit
    from tcosim.evidence.prices.quantities import fitted_toml

    problems = Problems()
    chosen_family = problems.collect(lambda: family_option(family), None)
    chosen_kind = problems.collect(lambda: _kind_option(kind, chosen_family), None)
    chosen = problems.collect(lambda: parse_map(columns), None)
    problems.collect(lambda: _check_out(out), None)
    problems.raise_any()
    history = read_prices(file, chosen, chosen_family, chosen_kind)
    fitted = fit(history)
    toml = fitted_toml(fitted, history.source)
    if out is not None:
        _write(out, toml)
    with keeping(lambda: "" if out is None else f"{out} is complete"):
        _answer(history, fitted, toml, as_json)
        sys.stdout.flush()


def family_option(text: str | None) -> Family | None:
    """Name of a family of prices."""
    from tcosim.evidence.prices.files import FAMILIES

    if text is not None and text not in FAMILIES:
        raise InputError(
            Problem("--family", f"must be one of {', '.join(FAMILIES)}", text, "take one of them")
        )
    return text


def _kind_option(text: str | None, family: Family | None) -> Kind | None:
    if text is not None and text not in KINDS:
        raise InputError(Problem("--kind", f"must be one of {', '.join(KINDS)}", text, "take one of them"))
    if text is not None and family is not None and (text == "tier") != (family == "api"):
        way_out = "tier goes with api, walk with rental and purchase; leave one of the two out"
        raise InputError(Problem("--kind", f"does not go with --family {family}", text, way_out))
    return cast("Kind | None", text)


def _check_out(out: Path | None) -> None:
    if out is not None and os.path.lexists(out):
        raise InputError(Problem("--out", "must not exist yet", str(out), "remove it or name another file"))


def _write(out: Path, toml: str) -> None:
    try:
        opened = out.open("x", encoding="utf-8", newline="\n")
        with keeping(lambda: f"{out} may be incomplete" if out.is_file() else ""), opened as file:
            file.write(toml)
    except OSError as error:
        rule = f"must be a file that can be written ({error.strerror or error})"
        raise InputError(Problem("--out", rule, str(out), "name another file")) from error
    typer.echo(f"wrote {out}: copy its lines into the [[option]] that they are for", err=True)


def _answer(history: PriceHistory, fitted: PriceFit, toml: str, as_json: bool) -> None:
    from tcosim.evidence.prices.fit import fit_data
    from tcosim.evidence.prices.quantities import fitted_tables

    found: dict[str, Any] = {
        "source": history.source,
        "rows": history.rows,
        **fit_data(fitted),
        "findings": [one.what for one in history.findings],
        "quantities": fitted_tables(fitted),
    }
    if as_json:
        from tcosim.results.summary import to_json

        sys.stdout.write(to_json(found))
        return
    from tcosim.cli.console import result_console
    from tcosim.report.terminal.price_fit_view import print_price_fit

    print_price_fit(found, toml, result_console())

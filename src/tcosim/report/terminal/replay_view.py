"""One future, month by month on a terminal, hour by hour as CSV, or as plain data.

Knows the Datasets of a replay; simulates nothing.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import xarray as xr
from rich.console import Console, Group, RenderableType

from tcosim.report.terminal.lines import INDENT, print_blocks, prose
from tcosim.report.terminal.table import RIGHT, Column, Table
from tcosim.report.words import rounding
from tcosim.report.words.gates import SHUT_OUT
from tcosim.units import HOURS_PER_MONTH, format_quantity

HEAD_WIDTH = 16
"""Longer names of options are broken in headings."""


def print_months(
    *,
    title: str,
    months: xr.Dataset,
    npv: dict[str, float],
    baseline: str,
    inputs: dict[str, float],
    month: int | None,
    console: Console,
    shut_out: Collection[str] = (),
) -> None:
    """Print one future: its present values, its months (or one of them) and the inputs that were drawn for it.

    Options that a gate shuts out are marked, and none of them is the cheapest.
    """
    blocks: list[RenderableType] = [
        prose(title, "bold"),
        _npv(npv, baseline, shut_out),
        *_months(months, month, console.width),
    ]
    if inputs:
        rows = [(name, format_quantity(value)) for name, value in inputs.items()]
        blocks.append(
            Group(prose("Drawn inputs", "bold"), Table((Column(), Column("", RIGHT)), rows, 2, INDENT))
        )
    print_blocks(blocks, console)


def _npv(npv: dict[str, float], baseline: str, shut_out: Collection[str]) -> RenderableType:
    cheapest = min((name for name in npv if name not in shut_out), key=lambda name: npv[name])
    rows = []
    for name, value in npv.items():
        saving = npv[baseline] - value
        against = "baseline" if name == baseline else f"{'saves' if saving >= 0 else 'costs'} "
        if name != baseline:
            against += rounding.usd(abs(saving)) + ("" if saving >= 0 else " more")
        mark = ", the cheapest" if name == cheapest else f", {SHUT_OUT}" if name in shut_out else ""
        rows.append((name, rounding.usd(value), f"{against}{mark}"))
    table = Table((Column(), Column("", RIGHT), Column("", style="dim")), rows, 2, INDENT)
    return Group(prose("Present value of all costs", "bold"), table)


def _months(months: xr.Dataset, month: int | None, width: int) -> list[RenderableType]:
    """One table if it fits, else several that each begin with the month."""
    names = [str(name) for name in months["option"].values]
    fleets = [name for name in names if not math.isnan(float(months["replicas"].sel(option=name)[0]))]
    chosen = list(range(months.sizes["month"]) if month is None else (month,))
    first = [
        (Column("month", RIGHT), [str(index) for index in chosen]),
        (
            Column("tokens", RIGHT),
            [rounding.tight(float(months["tokens"][index])) for index in chosen],
        ),
    ]
    costs, replicas = (
        [
            (
                Column(f"{_folded(name)}\n{what}", RIGHT),
                [written(float(months[variable].sel(option=name)[index])) for index in chosen],
            )
            for name in of
        ]
        for what, variable, of, written in (
            ("USD", "cost", names, rounding.tight),
            ("replicas", "replicas", fleets, _whole),
        )
    )
    whole = _table([*first, *costs, *replicas])
    if whole.natural_width() <= width:
        return [whole]
    return [_table([*first, *part]) for group in (costs, replicas) for part in _fitting(first, group, width)]


Filled = tuple[Column, list[str]]


def _table(columns: Sequence[Filled]) -> Table:
    return Table([column for column, _ in columns], list(zip(*(cells for _, cells in columns), strict=True)))


def _fitting(first: list[Filled], columns: list[Filled], width: int) -> Iterator[list[Filled]]:
    """Yield the columns in parts that fit, with those that come first, into a width; at least one each."""
    part: list[Filled] = []
    for column in columns:
        if part and _table([*first, *part, column]).natural_width() > width:
            yield part
            part = []
        part.append(column)
    if part:
        yield part


def _folded(name: str) -> str:
    """Break a long name into lines, behind a hyphen where there is one."""
    lines = []
    while len(name) > HEAD_WIDTH:
        cut = name.rfind("-", HEAD_WIDTH // 2, HEAD_WIDTH) + 1 or HEAD_WIDTH
        lines.append(name[:cut])
        name = name[cut:]
    return "\n".join([*lines, name])


def _whole(value: float) -> str:
    return f"{value:.0f}"


def replay_data(
    *,
    seed: int,
    future: int,
    months: xr.Dataset,
    npv: dict[str, float],
    inputs: dict[str, float],
    month: int | None,
) -> dict[str, Any]:
    """Return one future as plain data, all digits kept."""
    names = [str(name) for name in months["option"].values]
    chosen = range(months.sizes["month"]) if month is None else (month,)
    return {
        "seed": seed,
        "future": future,
        "npv_usd": dict(npv),
        "inputs": dict(inputs),
        "components_usd": {
            name: {
                str(part): float(value)
                for part, value in zip(
                    months["part"].values, months["component"].sel(option=name).values, strict=True
                )
            }
            for name in names
        },
        "months": [_month(months.isel(month=index), index, names) for index in chosen],
    }


def _month(here: xr.Dataset, index: int, names: list[str]) -> dict[str, Any]:
    return {
        "month": index,
        "tokens": float(here["tokens"]),
        "options": {
            name: {
                "cost_usd": float(here["cost"].sel(option=name)),
                "replicas": float(here["replicas"].sel(option=name)),
            }
            for name in names
        },
    }


def hour_lines(hours: xr.Dataset, month: int | None) -> Iterator[str]:
    """Yield CSV: a header, then one line an hour; columns of a fleet are named ``fleet.variable``."""
    fleets = [str(name) for name in hours["fleet"].values]
    names = [str(name) for name in hours.data_vars if hours[name].dims == ("fleet", "hour")]
    columns = [(f"{fleet}.{name}", hours[name].values[k]) for k, fleet in enumerate(fleets) for name in names]
    yield ",".join(("hour", "month", "tokens", *(name for name, _ in columns))) + "\n"
    tokens = hours["tokens"].values
    first, last = (
        (0, len(tokens)) if month is None else (month * HOURS_PER_MONTH, (month + 1) * HOURS_PER_MONTH)
    )
    for hour in range(first, last):
        values = (repr(float(values[hour])) for _, values in columns)
        yield (
            f"{hour},{hour // HOURS_PER_MONTH},{float(tokens[hour])!r},{','.join(values)}".rstrip(",") + "\n"
        )

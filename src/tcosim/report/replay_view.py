"""One future, month by month on a terminal, hour by hour as CSV, or as plain data.

Knows the Datasets of a replay; simulates nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import xarray as xr
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tcosim.report import rounding
from tcosim.report.lines import print_blocks
from tcosim.units import HOURS_PER_MONTH

NOTHING = "-"


def print_months(
    *,
    title: str,
    months: xr.Dataset,
    npv: dict[str, float],
    baseline: str,
    inputs: dict[str, float],
    month: int | None,
    console: Console,
) -> None:
    """Print one future: its present values, its months (or one of them) and the inputs that were drawn for it."""
    blocks: list[RenderableType] = [Text(title, style="bold"), _npv(npv, baseline), _months(months, month)]
    if inputs:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(overflow="fold")
        grid.add_column(justify="right")
        for name, value in inputs.items():
            grid.add_row(name, f"{value:.5g}")
        blocks.append(Group(Text("Drawn inputs", style="bold"), Padding(grid, (0, 0, 0, 2))))
    print_blocks(blocks, console)


def _npv(npv: dict[str, float], baseline: str) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(overflow="fold")
    grid.add_column(justify="right")
    grid.add_column()
    cheapest = min(npv, key=lambda name: npv[name])
    for name, value in npv.items():
        saving = npv[baseline] - value
        against = "baseline" if name == baseline else f"{'saves' if saving >= 0 else 'costs'} "
        if name != baseline:
            against += rounding.usd(abs(saving)) + ("" if saving >= 0 else " more")
        mark = ", the cheapest" if name == cheapest else ""
        grid.add_row(name, rounding.usd(value), Text(f"{against}{mark}", style="dim"))
    return Group(Text("Present value of all costs", style="bold"), Padding(grid, (0, 0, 0, 2)))


def _months(months: xr.Dataset, month: int | None) -> RenderableType:
    names = [str(name) for name in months["option"].values]
    table = Table(box=None, pad_edge=False, padding=(0, 1), collapse_padding=True, header_style="bold")
    table.add_column("month", justify="right", vertical="bottom")
    table.add_column("tokens", justify="right", vertical="bottom")
    for name in names:
        table.add_column(f"{name}\nUSD", justify="right", overflow="fold", vertical="bottom")
    fleets = [name for name in names if not math.isnan(float(months["replicas"].sel(option=name)[0]))]
    for name in fleets:
        table.add_column(f"{name}\nreplicas", justify="right", overflow="fold", vertical="bottom")
    chosen = range(months.sizes["month"]) if month is None else (month,)
    for index in chosen:
        here = months.isel(month=index)
        costs = (rounding.tight(float(here["cost"].sel(option=name))) for name in names)
        replicas = (f"{float(here['replicas'].sel(option=name)):.0f}" for name in fleets)
        table.add_row(str(index), rounding.tight(float(here["tokens"])), *costs, *replicas)
    return table


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

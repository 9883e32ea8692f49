"""A fit of dated prices on a terminal or in a pipe: how much was read, what it says, the lines for a scenario.

From the content of ``tcosim fit-prices --json``; knows nothing of how it came about.
"""

from __future__ import annotations

import math
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.text import Text

from tcosim.report.terminal.lines import INDENT, print_blocks, prose
from tcosim.report.terminal.table import RIGHT, Column, Table

LEGEND = (
    "Another series: what is believed of one more price of the kind, and what the lines below hold. Independent series:"
    " as many series that do not move together would say as much. A drift is of the logarithm: the median price grows"
    " by exp(drift) a year."
)
ROWS = (
    ("drift of the mean", "drift_mean", "log/year"),
    ("drift between series (sd)", "drift_between", "log/year"),
    ("drift of another series", "drift", "log/year"),
    ("volatility, typical", "volatility_typical", "log/sqrt(year)"),
    ("volatility of another series", "volatility", "log/sqrt(year)"),
    ("changes", "steps_per_year", "1/year"),
    ("size of a change (sd)", "step_log_sd", "log ratio"),
)


def print_price_fit(found: dict[str, Any], toml: str, console: Console) -> None:
    """Print a fit.

    Parameters
    ----------
    found : dict
        As ``tcosim fit-prices --json`` prints it.
    toml : str
        Lines for a scenario.
    console : Console
    """
    cells = []
    for name, key, unit in ROWS:
        spread = found[key]
        low, middle, high = (
            at_width(spread[one], spread["p95"] - spread["p5"]) for one in ("p5", "p50", "p95")
        )
        cells.append([name, middle, f"{low} to {high}", unit])
    columns = (Column(""), Column("median", RIGHT), Column("90 %", RIGHT), Column("unit"))
    blocks: list[RenderableType] = [
        Group(prose(_headline(found), "bold"), prose(_together(found))),
        *([Group(*(prose(f"note: {what}") for what in found["findings"]))] if found["findings"] else []),
        Table(columns, cells, 2, INDENT),
        prose(LEGEND, "dim"),
        Group(*(Text(line, no_wrap=True, overflow="ignore") for line in toml.splitlines())),
    ]
    print_blocks(blocks, console)


def at_width(value: float, width: float) -> str:
    """Two digits of the width: what a figure known no better than that has earned."""
    if not math.isfinite(width) or width <= 0:
        return f"{value:.2g}"
    decimals = min(4, max(0, 1 - math.floor(math.log10(width) + 1e-9)))
    return f"{value:.{decimals}f}"


def _headline(found: dict[str, Any]) -> str:
    several = "series" if found["series"] != 1 else "series alone: how series differ is not known"
    return (
        f"{found['source']}: {found['moves']:,} moves of {found['series']:,} {several},"
        f" {found['years']:.3g} years in all, worth {found['effective_series']:.2g} independent series"
    )


def _together(found: dict[str, Any]) -> str:
    together = (
        f"In a month, two series correlate by {found['market_correlation']:.2f}, two of one group by"
        f" {found['group_correlation']:.2f}; "
        if found["series"] > 1
        else ""
    )
    return (
        f"{together}{100 * found['unchanged_share']:.0f} % of moves are none. A change"
        f" has a mean logarithm of {found['step_log_mean']:.2f} (s.e. {found['step_log_mean_se']:.2f})."
    )

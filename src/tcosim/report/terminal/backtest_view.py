"""A backtest of prices on a terminal or in a pipe: by file, coverage and skill over each horizon, and the verdict.

From the content of ``tcosim backtest --json``; knows nothing of how it came about.
"""

from __future__ import annotations

from typing import Any

from rich.console import Console, Group, RenderableType

from tcosim.report.charts.pit import pit_text
from tcosim.report.terminal.lines import INDENT, print_blocks, prose
from tcosim.report.terminal.table import RIGHT, Column, Table

LEVELS = ("50", "80", "90")
NAMES = {"api": "list prices of API tiers", "rental": "GPU rental", "purchase": "GPU purchase"}
FORECASTERS = {
    "shipped": "the distributions of the library as they are",
    "fitted": "fitted at each date to what was known then",
}
WORST_SERIES = 5
LEGEND = (
    "Each cell: share of outcomes inside the central interval of its forecast, and the standard error of that share in"
    " percentage points, from a bootstrap over groups (vendors, providers) and over blocks of dates, as windows overlap"
    " and share a market. Skill: 1 - CRPS over the CRPS of the forecast that the price stays; above 0 is better. With a"
    " single block of dates the standard error leaves out that all windows saw one market."
)
VERDICTS = {
    "inside": "inside the bar",
    "below": "BELOW the bar: the forecasts are too sure of themselves",
    "above": "ABOVE the bar: the forecasts say too little",
}


def print_backtest(found: dict[str, Any], console: Console) -> None:
    """Print a backtest.

    Parameters
    ----------
    found : dict
        As ``tcosim backtest --json`` prints it.
    console : Console
    """
    blocks: list[RenderableType] = []
    for one in found["files"]:
        blocks.extend(_file(one))
    print_blocks([*blocks, prose(LEGEND, "dim")], console)


def _file(one: dict[str, Any]) -> list[RenderableType]:
    overall = one["overall"]
    head = prose(f"{one['source']}: {NAMES[one['family']]}, {FORECASTERS[one['forecaster']]}", "bold")
    told = [prose(verdict(one)), *(prose(f"note: {what}") for what in one["findings"])]
    if one["windows_without_forecast"]:
        told.append(
            prose(f"note: {one['windows_without_forecast']:,} windows begin before a fit is possible")
        )
    columns = (
        Column("months"),
        *(Column(f"{level} %\ninterval", RIGHT) for level in LEVELS),
        Column("skill", RIGHT),
        Column("windows", RIGHT),
        Column("series", RIGHT),
        Column("groups", RIGHT),
        Column("blocks\nof dates", RIGHT),
        Column("unchanged", RIGHT),
    )
    rows = [_row(str(row["months"]), row) for row in one["horizons"]] + [_row("all", overall)]
    blocks: list[RenderableType] = [Group(head, *told), Table(columns, rows, 2, INDENT), prose(pit_text(one))]
    worst = sorted(one["by_series"], key=lambda row: (row["coverage"]["90"], row["series"]))[:WORST_SERIES]
    outside = [row for row in worst if row["coverage"]["90"] < one["bar"][0]]
    if outside:
        listed = ", ".join(
            f"{row['series']} {100 * row['coverage']['90']:.0f} % of {row['windows']}" for row in outside
        )
        blocks.append(prose(f"Least covered by the 90 % interval: {listed}"))
    return blocks


def verdict(one: dict[str, Any]) -> str:
    """The sentence that says whether the forecasts hold."""
    overall, (low, high) = one["overall"], one["bar"]
    value, error = overall["coverage"]["90"]["value"], overall["coverage"]["90"]["se"]
    text = (
        f"The 90 % interval covers {100 * value:.0f} % (s.e. {_points(error)}) of {overall['windows']:,} outcomes,"
        f" {VERDICTS[one['verdict']['coverage_90']]} of {100 * low:.0f} to {100 * high:.0f} %"
    )
    if overall["skill"] != overall["skill"]:
        return f"{text}. No price moved, so there is no skill to tell."
    against = "better" if one["verdict"]["better_than_naive"] else "no better"
    return f"{text}; CRPS is {against} than if the price stayed (skill {_skill(overall)})."


def _row(name: str, row: dict[str, Any]) -> list[str]:
    if not row["windows"]:
        return [name, *["-"] * len(LEVELS), "-", "0", "", "", "", ""]
    return [
        name,
        *(
            f"{100 * row['coverage'][level]['value']:.0f} ± {_points(row['coverage'][level]['se'])}"
            for level in LEVELS
        ),
        _skill(row),
        f"{row['windows']:,}",
        str(row["series"]),
        str(row["groups"]),
        str(row["date_blocks"]),
        f"{100 * row['unchanged_share']:.0f} %",
    ]


def _points(error: float) -> str:
    """A standard error in percentage points: at least one, as no smaller one can be believed of so few blocks."""
    return f"{max(1.0, 100 * error):.0f}"


def _skill(row: dict[str, Any]) -> str:
    if row["skill"] != row["skill"]:
        return "-"
    return f"{row['skill']:+.2f} ± {row['skill_se']:.2f}"

"""A backtest of prices on a terminal or in a pipe: by file, coverage and skill over each horizon, and the verdict.

From the content of ``tcosim backtest --json``; knows nothing of how it came about.
"""

from __future__ import annotations

from collections.abc import Sequence
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
FEWEST_BLOCKS = 5
"""Groups times blocks of dates; with fewer the bootstrap has nothing to draw from."""
CERTAIN = 2.0
"""Standard errors."""
LEGEND = (
    "Each cell: share of outcomes inside the central interval of its forecast, and the standard error of that share in"
    " percentage points, from a bootstrap over groups (vendors, providers) and over blocks of dates, as windows overlap"
    " and share a market. Skill: 1 - CRPS over the CRPS of the forecast that the price stays; above 0 is better. With a"
    " single block of dates the standard error leaves out that all windows saw one market."
)
VERDICTS = {
    "inside": "inside the 80 to 97 % asked",
    "below": "BELOW the 80 to 97 % asked: the forecasts are too sure of themselves",
    "above": "ABOVE the 80 to 97 % asked: the forecasts say too little",
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
    told = [prose(verdict(one)), *_in_sample(one), *(prose(f"note: {what}") for what in one["findings"])]
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


def _in_sample(one: dict[str, Any]) -> list[RenderableType]:
    if one["forecaster"] != "shipped":
        return []
    return [
        prose(
            "The library's distributions were set on public prices up to their date: on such prices this shows that"
            " they fit, not that they foretell. --fitted stands at each date with the prices before it alone."
        )
    ]


def verdict(one: dict[str, Any]) -> str:
    """The sentence that says whether the forecasts hold."""
    overall = one["overall"]
    value, error = overall["coverage"]["90"]["value"], overall["coverage"]["90"]["se"]
    text = (
        f"The 90 % interval covers {100 * value:.0f} % (s.e. {_points(error)}) of {overall['windows']:,}"
        f" {'outcome' if overall['windows'] == 1 else 'outcomes'}, {VERDICTS[one['verdict']['coverage_90']]}"
        f"{_by_how_much(value, error, one['bar'])}"
    )
    if overall["skill"] != overall["skill"]:
        return f"{text}. No price moved, so there is no skill to tell."
    return f"{text}; against the forecast that the price stays, CRPS {_against(overall)} (skill {_skill(overall)})."


def _by_how_much(value: float, error: float, bar: Sequence[float]) -> str:
    """Said where the verdict is nearer to the other one than the error of the share."""
    return ", by less than its error" if min(abs(value - end) for end in bar) < error else ""


def _against(overall: dict[str, Any]) -> str:
    skill, error = overall["skill"], overall["skill_se"]
    if not _is_told(overall) or abs(skill) < CERTAIN * error:
        return "cannot be told apart"
    return "is better" if skill > 0 else "is worse"


def _is_told(row: dict[str, Any]) -> bool:
    """Whether there are groups and dates enough for an error of the skill."""
    return bool(row["groups"] * row["date_blocks"] >= FEWEST_BLOCKS)


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
    return f"{row['skill']:+.2f} ± {row['skill_se']:.2f}" if _is_told(row) else f"{row['skill']:+.2f}"

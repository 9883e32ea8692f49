"""The table of the volumes at which each option reaches 10, 50 and 90 %, and pays on average.

From the content of `tcosim.analysis.curve.summarize_curve`; computes no statistics.
"""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from tcosim.report.terminal.lines import INDENT, prose
from tcosim.report.terminal.table import RIGHT, Column, Table
from tcosim.report.words import rounding
from tcosim.report.words.curve import rounded

NOTHING, UNSURE = "-", "?"


def has_means(summary: dict[str, Any]) -> bool:
    """Whether there are futures enough for an interval of a mean."""
    return summary["volumes"][0]["options"][0]["mean_npv_ci95_usd"] is not None


def crossing_table(summary: dict[str, Any]) -> RenderableType:
    """Table of the volumes at which each option reaches 10, 50 and 90 %, and pays on average."""
    points = summary["volumes"]
    ends = points[0]["tokens_per_month"], points[-1]["tokens_per_month"]
    best = summary["best_self_hosted"]
    found = [("best self-hosted", best)] if best is not None else []
    found += [(one["name"], one) for one in summary["options"]]
    if not found:
        return Text()
    levels = [f"{one['level']:.0%}".replace("%", " %") for one in found[0][1]["probability_levels"]]
    columns = [
        Column(),
        *(Column(f"chance\n{level}", RIGHT) for level in levels),
        Column("equal\non average", RIGHT),
    ]
    rows: list[list[str | Text]] = []
    for name, one in found:
        cells = [_reached(level, ends) for level in one["probability_levels"]]
        cells.append(_reached(one["break_even"], ends) if has_means(summary) else (NOTHING, ""))
        rows.append([name, *(value for value, _ in cells)])
        if any(interval for _, interval in cells):
            rows.append(["", *(Text(interval, style="dim") for _, interval in cells)])
    head = prose(f"Volumes at which the chance of costing less than {summary['baseline']} is reached", "bold")
    note = (
        "Below each its 95 % interval, for the error of simulating and of reading between volumes."
        f" >{rounding.tight(ends[1])}: not reached by then. <{rounding.tight(ends[0])}: exceeded from there on."
        f" With {UNSURE}: not by more than the error. {NOTHING}: cannot be told. A comma stands between first and"
        " last of several crossings; equal: the volume of equal expected costs."
    )
    return Group(head, Table(columns, rows, 2, INDENT), prose(note, "dim"))


def _reached(level: dict[str, Any], ends: tuple[float, float]) -> tuple[str, str]:
    crossings = level["crossings"]
    if not crossings:
        above, mark = level["side"] == "above", "" if level["sure"] else UNSURE
        return f"{'<' if above else '>'}{rounding.tight(ends[0] if above else ends[1])}{mark}", ""
    figures = [rounded(crossings[index]) for index in sorted({0, len(crossings) - 1})]
    low, high = figures[0][1], figures[-1][2]
    if low is None and high is None:
        return NOTHING, ""
    if low is None or high is None:
        interval = f">{_volume(low)}" if low is not None else f"<{_volume(high or 0.0)}"
    else:
        interval = f"{_volume(low)}-{_volume(high)}"
    return ", ".join(_volume(value) for value, _, _ in figures), interval


def _volume(tokens: float) -> str:
    """``"9.8B"``: as many digits as were left by rounding."""
    text = rounding.tight(tokens)
    digits, letter = text.rstrip("kMBT"), text[len(text.rstrip("kMBT")) :]
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits) + letter

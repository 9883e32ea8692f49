"""A fit of traffic on a terminal or in a pipe: what was read, what the log says, and how well the model is like it.

From the content of ``tcosim fit --json``; knows nothing of how it came about.
"""

from __future__ import annotations

from typing import Any

from rich.console import Console, Group, RenderableType

from tcosim.report.terminal.lines import INDENT, print_blocks, prose
from tcosim.report.terminal.table import RIGHT, Column, Table
from tcosim.report.words import fit as words
from tcosim.report.words import rounding

LEARNED = (
    "narrower: by how much the 90 % interval has shrunk against what was believed before the log was read; nothing new:"
    " by less than 20 %; the file leaves these to the scenario or the library."
)
MARKS = "near: the simulated median is as near as asked; outside: the log is beyond the 90 % range."
SHOWN = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999)
"""Shares of the hours that the table shows; the data and the picture have more."""
GAP = 2


def print_fit(found: dict[str, Any], console: Console, out: str | None = None) -> None:
    """Print a fit.

    Parameters
    ----------
    found : dict
        As ``tcosim fit --json`` prints it.
    console : Console
    out : str, optional
        Name of the file that the fit was written to.
    """
    first, *more = words.what_read(found)
    blocks: list[RenderableType] = [Group(prose(first, "bold"), *(prose(line) for line in more))]
    if found["findings"]:
        blocks.append(_findings(found["findings"]))
    blocks += [
        Group(prose("What the log says", "bold"), _quantities(found), prose(LEARNED, "dim")),
        Group(prose(words.level(found)), *(prose(line) for line in (words.untold(found),) if line)),
        Group(prose("Simulated against observed", "bold"), _compared(found), prose(f"{words.TERMS} {MARKS}", "dim")),
        Group(prose("Traffic of an hour over the mean: so many of the hours have at most", "bold"), _hourly(found)),
        prose(words.hold_out(found)),
        Group(*(prose(line) for line in (*words.conclusion(found), words.next_step(found, out)))),
    ]  # fmt: skip
    print_blocks(blocks, console)


def _findings(findings: list[dict[str, Any]]) -> RenderableType:
    """Warnings first; within each kind in the order in which they were made."""
    ordered = sorted(findings, key=lambda one: one["severity"] != "warning")
    return Group(
        *(prose(f"{one['severity']}: {one['what']}", "yellow" * (one["severity"] == "warning")) for one in ordered)
    )  # fmt: skip


def _quantities(found: dict[str, Any]) -> Table:
    columns = (
        Column("field"),
        Column("median", RIGHT),
        Column("90 %", RIGHT),
        Column("unit"),
        Column("learned"),
    )
    silent = found["burst"]["silent_chance"]
    rows = [
        [row["field"], *words.figures(row), row["unit"], words.learned(row, silent)]
        for row in found["quantities"]
    ]
    return Table(columns, rows, GAP, INDENT)  # fmt: skip


def _compared(found: dict[str, Any]) -> Table:
    columns = (
        Column(""),
        Column("observed", RIGHT),
        Column("simulated", RIGHT),
        Column("90 %", RIGHT),
        Column(""),
    )
    rows = []
    for row in words.comparable(found):
        shown = [words.compared_figure(row, name) for name in ("observed", "p50", "p5", "p95")]
        rows.append([words.COMPARED[row["name"]], *_with_range(shown), words.nearness(row)])
    return Table(columns, rows, GAP, INDENT)  # fmt: skip


def _hourly(found: dict[str, Any]) -> Table:
    columns = (
        Column("hours"),
        Column("observed", RIGHT),
        Column("simulated", RIGHT),
        Column("90 %", RIGHT),
        Column(""),
    )
    rows = []
    for row in found["hourly"]:
        if row["share"] not in SHOWN:
            continue
        shown = [words.figure(row[name], row["p5"], row["p95"]) for name in ("observed", "p50", "p5", "p95")]
        outside = "" if row["p5"] <= row["observed"] <= row["p95"] else "outside"
        rows.append([_share(row["share"]), *_with_range(shown), outside])
    return Table(columns, rows, GAP, INDENT)  # fmt: skip


def _share(share: float) -> str:
    return (
        f"{round(100 * share, 3):g} %"
        if share >= 0.99
        else rounding.percent(share, -1 if 0 < share < 0.1 else 0)
    )


def _with_range(shown: list[str]) -> list[str]:
    observed, median, low, high = shown
    return [observed, median, f"{low} to {high}"]

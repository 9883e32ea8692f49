"""The report of a run on a terminal or in a pipe.

Draws content objects with rich; decides nothing about what is said. The same content gives the same bytes when the
console is not a terminal: no clock, no paths, a fixed width.
"""

from __future__ import annotations

import math

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tcosim.report import rounding
from tcosim.report.content import OptionRow, ProbabilityRow, RunReport, SavingHistogram
from tcosim.report.histogram import Bin
from tcosim.report.lines import is_plain, print_blocks

BAR = 24
LOSS, GAIN = "\u2591", "\u2588"
ASCII_LOSS, ASCII_GAIN = "-", "#"


def print_report(report: RunReport, console: Console) -> None:
    """Print a report."""
    plain = is_plain(console)
    blocks: list[RenderableType] = [
        Group(Text(report.title, style="bold"), Text(report.setting, style="dim")),
        Group(
            *(Text(text, style="bold" if index == 0 else "") for index, text in enumerate(report.sentences))
        ),
    ]
    if report.probabilities:
        blocks.append(_probabilities(report.baseline, report.probabilities, plain))
    blocks.append(_options(report.options))
    if report.histogram is not None:
        blocks.append(_histogram(report.histogram, plain))
    blocks.extend(Text(note, style="dim") for note in report.notes)
    print_blocks(blocks, console)


def _grid(*columns: str) -> Table:
    """Table without lines; each column is "left" or "right"."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for side in columns:
        table.add_column(justify="right" if side == "right" else "left", overflow="fold")
    return table


def _probabilities(baseline: str, rows: list[ProbabilityRow], plain: bool) -> RenderableType:
    grid = _grid("left", "right", "left", "left")
    for row in rows:
        grid.add_row(row.option, row.value, f"({row.interval})", _bar(row.share, 1.0, plain, gain=True))
    head = Text(f"Probability of costing less than {baseline}, with its 95 % interval", style="bold")
    return Group(head, Padding(grid, (0, 0, 0, 2)))


COLUMNS = (
    ("option", "\n", "left"),
    ("mean", "mean\nNPV", "right"),
    ("p5", "\nP5", "right"),
    ("p50", "\nP50", "right"),
    ("p95", "\nP95", "right"),
    ("usd_per_month", "USD a\nmonth", "right"),
    ("reserved", "USD/M\npaid", "right"),
    ("usage", "USD/M\nused", "right"),
    ("utilization", "utili-\nzation", "right"),
    ("hours_over_capacity", "hours\nover", "right"),
    ("cheapest", "cheap-\nest", "right"),
)
LEGEND = (
    "NPV: present value of all costs, USD. USD a month: median, nominal. USD/M: USD per million tokens, with idle"
    " capacity paid (reserved basis) and as if only used capacity were (usage basis). hours over: hours a month in"
    " which demand passes capacity. cheapest: probability of being it."
)


def _options(rows: list[OptionRow]) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 1), collapse_padding=True, header_style="bold")
    for _, head, side in COLUMNS:
        table.add_column(
            head,
            justify="right" if side == "right" else "left",
            overflow="fold",
            no_wrap=side == "right",
            vertical="bottom",
        )
    for row in rows:
        table.add_row(*(Text(getattr(row, field)) for field, _, _ in COLUMNS))
    return Group(table, Text(LEGEND, style="dim"))


def _histogram(histogram: SavingHistogram, plain: bool) -> RenderableType:
    loss, gain = (ASCII_LOSS, ASCII_GAIN) if plain else (LOSS, GAIN)
    head = Text(
        f"Saving of {histogram.option} against {histogram.baseline} in present value:"
        f" {loss} costs more, {gain} saves",
        style="bold",
    )
    largest = max(one.share for one in histogram.bins)
    grid = _grid("right", "left", "right", "left")
    for one in histogram.bins:
        bar = _bar(one.share, largest, plain, gain=one.low >= 0)
        bar.append(f" {rounding.percent(one.share, -1)}" if one.share > 0 else "")
        grid.add_row(*_edges(one), bar)
    return Group(head, Padding(grid, (0, 0, 0, 2)))


def _edges(one: Bin) -> tuple[str, str, str]:
    if one.low == one.high:
        return "", "always", rounding.usd(one.low)
    if math.isinf(one.low):
        return "", "below", rounding.usd(one.high)
    if math.isinf(one.high):
        return "", "above", rounding.usd(one.low)
    return rounding.usd(one.low), "to", rounding.usd(one.high)


def _bar(share: float, largest: float, plain: bool, *, gain: bool) -> Text:
    """Bar of whole cells; anything above nothing shows at least one."""
    length = round(BAR * share / largest)
    cells = max(length, 1) if share > 0 else 0
    loss_cell, gain_cell = (ASCII_LOSS, ASCII_GAIN) if plain else (LOSS, GAIN)
    return Text((gain_cell if gain else loss_cell) * cells, style="green" if gain else "red")

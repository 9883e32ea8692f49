"""The report of a run on a terminal or in a pipe.

Draws content objects with rich; decides nothing about what is said. The same content gives the same bytes when the
console is not a terminal: no clock, no paths, running text wrapped at a fixed width, tables as wide as they are.
"""

from __future__ import annotations

import math

from rich.console import Console, Group, RenderableType
from rich.text import Text

from tcosim.report.content.risk import CostSoFar, RiskTable
from tcosim.report.content.run import OptionRow, ProbabilityRow, RunReport, SavingHistogram
from tcosim.report.terminal.insight_view import drivers_block, information_block
from tcosim.report.terminal.lines import INDENT, is_plain, print_blocks, prose
from tcosim.report.terminal.table import LEFT, RIGHT, Column, Table
from tcosim.report.words import rounding
from tcosim.report.words.histogram import Bin
from tcosim.report.words.legends import OPTIONS_LEGEND, RISK_LEGEND

BAR = 24
LOSS, GAIN = "\u2591", "\u2588"
ASCII_LOSS, ASCII_GAIN = "-", "#"


def print_report(report: RunReport, console: Console) -> None:
    """Print a report."""
    plain = is_plain(console)
    blocks: list[RenderableType] = [
        Group(prose(report.title, "bold"), prose(report.setting, "dim")),
        Group(*(prose(text, "bold" if index == 0 else "") for index, text in enumerate(report.sentences))),
    ]
    if report.gates:
        blocks.append(Group(prose("Gates", "bold"), *(prose(text) for text in report.gates)))
    if report.probabilities:
        blocks.append(_probabilities(report.baseline, report.probabilities, plain))
    if report.by_volume:
        head = prose("From which volume on", "bold")
        blocks.append(Group(head, *(prose(text) for text in report.by_volume)))
    blocks.append(_options(report.options))
    if report.risk is not None:
        blocks.append(_risk(report.risk))
    blocks.append(_cost_so_far(report.cost_so_far))
    if report.histogram is not None:
        blocks.append(_histogram(report.histogram, plain))
    if report.drivers is not None:
        blocks.append(drivers_block(report.drivers, plain))
    if report.information is not None:
        blocks.append(information_block(report.information, plain))
    blocks.extend(prose(note, "dim") for note in report.notes)
    print_blocks(blocks, console)


def _probabilities(baseline: str, rows: list[ProbabilityRow], plain: bool) -> RenderableType:
    cells = [
        (row.named, row.value, f"({row.interval})", _bar(row.share, 1.0, plain, gain=True)) for row in rows
    ]
    head = prose(
        f"Probability of costing less than {baseline}, with its 95 % interval (simulation error only)", "bold"
    )
    return Group(head, Table((Column(), Column("", RIGHT), Column(), Column()), cells, 2, INDENT))


COLUMNS = (
    ("option", "", LEFT),
    ("mean", "NPV\nmean", RIGHT),
    ("p5", "NPV\nP5", RIGHT),
    ("p50", "NPV\nP50", RIGHT),
    ("p95", "NPV\nP95", RIGHT),
    ("usd_per_month", "USD a\nmonth", RIGHT),
    ("reserved", "USD/M\npaid", RIGHT),
    ("usage", "USD/M\nused", RIGHT),
    ("utilization", "load", RIGHT),
    ("hours_over_capacity", "hours\nover", RIGHT),
    ("cheapest", "cheapest", RIGHT),
)


def _options(rows: list[OptionRow]) -> RenderableType:
    columns = [Column(head, side) for _, head, side in COLUMNS]
    cells = [[getattr(row, field) for field, _, _ in COLUMNS] for row in rows]
    return Group(
        Text("Costs in USD", style="bold"), Table(columns, cells, indent=INDENT), prose(OPTIONS_LEGEND, "dim")
    )


def _risk(risk: RiskTable) -> RenderableType:
    head = (
        f"If it goes wrong: saving against {risk.baseline} in present value, USD (below zero it costs more)"
    )
    columns = [
        Column(),
        *(Column(f"saving\n{name}", RIGHT) for name in ("P5", "P50", "P95")),
        Column("loss\nVaR 95", RIGHT),
        Column("loss\nCVaR 95", RIGHT),
        Column("regret", RIGHT),
        *([Column(f"loss over\n{risk.budget}", RIGHT)] if risk.budget else []),
        *(
            Column(f"paid back\n{month} mo" if k == 0 else f"{month} mo", RIGHT)
            for k, month in enumerate(risk.months)
        ),
    ]
    cells = [
        (
            row.option, row.p5, row.p50, row.p95, row.var95, row.cvar95, row.regret,
            *([row.over_budget] if risk.budget else []), *row.paid_back,
        )
        for row in risk.rows
    ]  # fmt: skip
    return Group(prose(head, "bold"), Table(columns, cells, indent=INDENT), prose(RISK_LEGEND, "dim"))


def _cost_so_far(costs: CostSoFar) -> RenderableType:
    columns = [Column(), *(Column(f"{month} mo", RIGHT) for month in costs.months)]
    return Group(
        Text("Costs so far in USD: median present value after so many months", style="bold"),
        Table(columns, costs.rows, 2, INDENT),
    )


def _histogram(histogram: SavingHistogram, plain: bool) -> RenderableType:
    loss, gain = (ASCII_LOSS, ASCII_GAIN) if plain else (LOSS, GAIN)
    head = prose(
        f"Saving of {histogram.option} against {histogram.baseline} in present value:"
        f" {loss} costs more, {gain} saves",
        "bold",
    )
    largest = max(one.share for one in histogram.bins)
    cells = []
    for one in histogram.bins:
        bar = _bar(one.share, largest, plain, gain=one.low >= 0)
        bar.append(f" {rounding.percent(one.share, histogram.place)}" if one.share > 0 else "")
        cells.append((*_edges(one), bar))
    columns = (Column("", RIGHT), Column(), Column("", RIGHT), Column())
    return Group(head, Table(columns, cells, 2, INDENT))


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
    return Text().append((gain_cell if gain else loss_cell) * cells, style="green" if gain else "red")

"""The whole page as Markdown, as GitHub shows it.

Knows the content; decides where it stands, not what is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from tcosim.report.content.assumptions import JUDGEMENT
from tcosim.report.content.insight import Drivers, Information
from tcosim.report.content.page import Assumption, CurveContent, Page
from tcosim.report.content.risk import CostSoFar, RiskTable
from tcosim.report.content.run import NOTHING, OptionRow, ProbabilityRow, SavingHistogram
from tcosim.report.documents.escape import code, link, text
from tcosim.report.words import legends, rounding

LEFT, RIGHT = "---", "--:"

OPTION_COLUMNS = (
    ("mean", "NPV mean"),
    ("p5", "NPV P5"),
    ("p50", "NPV P50"),
    ("p95", "NPV P95"),
    ("usd_per_month", "USD a month"),
    ("reserved", "USD/M paid"),
    ("usage", "USD/M used"),
    ("utilization", "load"),
    ("hours_over_capacity", "hours over"),
    ("cheapest", "cheapest"),
)


def markdown(page: Page) -> str:
    """Return the page; the same content gives the same text."""
    run = page.run
    blocks: list[str] = [f"# {text(run.title)}", text(run.setting)]
    if page.verdict:
        blocks.append(f"**{text(page.verdict)}**")
    blocks += map(text, run.sentences)
    blocks += _section("Recommendation", text(page.recommendation))
    blocks += _section("Gates", _items(run.gates))
    if run.probabilities:
        blocks += _probabilities(run.baseline, run.probabilities)
    if page.curve is not None:
        blocks += _curve(page.curve)
    blocks += _options(run.options)
    columns = _figures("part", page.components.options)
    blocks += _section(
        "What the cost is made of, mean present value in USD", _table(columns, page.components.rows)
    )
    if run.risk is not None:
        blocks += _risk(run.risk)
    blocks += _cost_so_far(run.cost_so_far)
    if run.histogram is not None:
        blocks += _histogram(run.histogram)
    if page.drivers:
        items = "\n".join(f"{number}. {text(one)}" for number, one in enumerate(page.drivers, 1))
        blocks += _section("What moves the saving most", items)
    if run.drivers is not None:
        blocks += _drivers(run.drivers)
    if run.information is not None:
        blocks += _information(run.information)
    blocks += _section(
        "What each option works under",
        _table(
            (("option", LEFT), ("is", LEFT), ("rules", LEFT)),
            [(name, page.labels.get(name, NOTHING), rules) for name, rules in page.rules],
        ),
    )
    blocks += _assumptions(page)
    blocks += _section("Which inputs are correlated (rank correlation)", _items(page.correlations))
    blocks += _section("What the model leaves out", _items(page.leaves_out))
    blocks += _section("Notes", _items(run.notes))
    blocks += _reproduction(page)
    return "\n\n".join(block for block in blocks if block) + "\n"


def _section(head: str, *blocks: str) -> list[str]:
    """A heading and what stands below it; nothing where nothing does."""
    found = [block for block in blocks if block]
    return [f"## {text(head)}", *found] if found else []


def _items(said: Iterable[str]) -> str:
    return "\n".join(f"- {text(one)}" for one in said)


def _table(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> str:
    """Heads with their side, and rows of plain text."""
    return _set_table(columns, [[cell if cell == NOTHING else text(cell) for cell in row] for row in rows])


def _set_table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> str:
    """Rows that are Markdown already."""
    if not rows:
        return ""
    heads = [text(head) for head, _ in columns]
    return "\n".join(_line(cells) for cells in (heads, [side for _, side in columns], *rows))


def _line(cells: Sequence[str]) -> str:
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def _figures(first: str, heads: Iterable[str]) -> list[tuple[str, str]]:
    return [(first, LEFT), *((head, RIGHT) for head in heads)]


def _probabilities(baseline: str, rows: Sequence[ProbabilityRow]) -> list[str]:
    table = _table(
        _figures("option", ("probability", "95 % interval")),
        [(row.named, row.value, row.interval) for row in rows],
    )
    note = "The interval covers the error of simulating only."
    return _section(f"Probability of costing less than {baseline}", table, note)


def _curve(curve: CurveContent) -> list[str]:
    columns = [
        ("tokens a month", RIGHT),
        ("option", LEFT),
        ("chance", RIGHT),
        ("95 % interval", RIGHT),
        ("in words", LEFT),
        ("saving", LEFT),
        ("cheapest on average", LEFT),
    ]
    rows = []
    for number, one in enumerate(curve.readings):
        if one.is_simulated:
            cells = (one.volume, one.option, one.chance, one.between, one.words, one.saving, one.cheapest)
            marked = [text(cell) for cell in cells]
            rows.append([f"**{cell}**" for cell in marked] if number == curve.planned else marked)
    planned = "Bold: the scenario's own volume."
    return _section(
        "From which volume on",
        *map(text, curve.sentences),
        _set_table(columns, rows),
        planned,
        text(curve.note),
    )


def _options(rows: Sequence[OptionRow]) -> list[str]:
    cells = [(row.option, *(getattr(row, field) for field, _ in OPTION_COLUMNS)) for row in rows]
    table = _table(_figures("option", [head for _, head in OPTION_COLUMNS]), cells)
    return _section("Costs in USD", table, text(legends.OPTIONS_LEGEND))


def _risk(risk: RiskTable) -> list[str]:
    heads = ["saving P5", "saving P50", "saving P95", "loss VaR 95", "loss CVaR 95", "regret"]
    heads += [f"loss over {risk.budget}"] if risk.budget else []
    heads += [f"paid back in {month} months" for month in risk.months]
    cells = [
        (
            row.option, row.p5, row.p50, row.p95, row.var95, row.cvar95, row.regret,
            *([row.over_budget] if risk.budget else []), *row.paid_back,
        )
        for row in risk.rows
    ]  # fmt: skip
    what = f"Saving against {risk.baseline} in present value, USD; below zero it costs more."
    return _section(
        "If it goes wrong", text(what), _table(_figures("option", heads), cells), text(legends.RISK_LEGEND)
    )


def _cost_so_far(cost: CostSoFar) -> list[str]:
    heads = [f"{month} months" for month in cost.months]
    return _section(
        "Costs so far",
        "Median present value after so many months, USD.",
        _table(_figures("option", heads), cost.rows),
    )


def _histogram(histogram: SavingHistogram) -> list[str]:
    rows = [
        (*(_end(end) for end in (one.low, one.high)), rounding.percent(one.share, histogram.place))
        for one in histogram.bins
    ]
    columns = (("from", RIGHT), ("to", RIGHT), ("share of the futures", RIGHT))
    head = f"Saving of {histogram.option} against {histogram.baseline} over the futures"
    return _section(head, "In present value; below zero it costs more.", _table(columns, rows))


def _end(usd: float) -> str:
    return "" if math.isinf(usd) else rounding.usd(usd)


def _drivers(drivers: Drivers) -> list[str]:
    rows = [*((row.driver, row.value) for row in drivers.rows), ("all the rest", drivers.rest)]
    head = f"What drives the saving of {drivers.option} against {drivers.baseline}"
    return _section(
        head, _table(_figures("input", ("share of its variance",)), rows), text(legends.DRIVERS_LEGEND)
    )


def _information(information: Information) -> list[str]:
    table = _table(_figures("input", ("worth", "twice its standard error")), information.rows)
    return _section("What to find out first", text(information.sentence), table, text(legends.VALUE_LEGEND))


def _assumptions(page: Page) -> list[str]:
    columns = [
        ("input", LEFT),
        ("meaning", LEFT),
        ("unit", LEFT),
        *((name, RIGHT) for name in ("P5", "P50", "P95")),
        ("worth to know", RIGHT),
        ("grade", LEFT),
        ("checked", LEFT),
        ("sources", LEFT),
        ("caveat", LEFT),
    ]
    rows = [_assumption(one) for one in page.assumptions]
    return _section("What it stands on", text(page.judged), _set_table(columns, rows))


def _assumption(one: Assumption) -> list[str]:
    grade = f"**{text(one.grade)}**" if one.grade == JUDGEMENT else text(one.grade)
    sources = "; ".join(link(source.title, source.url) for source in one.sources)
    return [
        *map(text, (one.name, one.meaning, one.unit, one.p5, one.p50, one.p95, one.worth)),
        grade,
        text(one.checked),
        sources,
        text(one.caveat),
    ]


def _reproduction(page: Page) -> list[str]:
    rows = [*page.reproduction, ("result", page.run_hash)]
    return _section(
        "How to get it again",
        _table((("", LEFT), ("", LEFT)), rows),
        code(page.commands, "sh") if page.commands else "",
    )

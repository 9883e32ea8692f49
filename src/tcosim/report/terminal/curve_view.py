"""The curve over volumes on a terminal or in a pipe: sentences, probabilities, prices, and the volumes that matter.

From the content of `tcosim.analysis.curve.summarize_curve`. Tables that are too wide are split between options.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.text import Text

from tcosim.report.terminal.curve_volumes import NOTHING, crossing_table, has_means
from tcosim.report.terminal.lines import INDENT, is_plain, print_blocks, prose
from tcosim.report.terminal.table import RIGHT, Column, Table
from tcosim.report.words import rounding
from tcosim.report.words.curve import option_at, sentences
from tcosim.report.words.gates import curve_gates

BAR = 10
FULL, MAYBE, EMPTY = "\u2588", "\u2592", "\u2591"
ASCII_FULL, ASCII_MAYBE, ASCII_EMPTY = "#", "~", "."
WIDE = 0.1
"""A probability whose interval is wider than this is shown as that interval."""
PLANNED, BEST = ">", "*"
LONGEST_PIECE, MOST_PIECES = 10, 3
"""A name over a column stands in up to three lines; longer ones are replaced by letters."""


@dataclass(frozen=True)
class Option:
    """An option of the curve and what stands over its columns."""

    name: str
    head: str
    is_baseline: bool
    has_fleet: bool


def print_curve(summary: dict[str, Any], console: Console) -> None:
    """Print a curve from its summary."""
    options = _options(summary)
    said = sentences(summary)
    blocks: list[RenderableType] = [
        Group(prose(summary["scenario_name"], "bold"), prose(_setting(summary), "dim")),
        Group(*(prose(text, "bold" if index == 0 else "") for index, text in enumerate(said))),
    ]
    if told := curve_gates(summary["options"]):
        blocks.append(prose(told))
    if letters := [[one.head, one.name] for one in options if one.head != _stacked(one.name)]:
        names = Table((Column(), Column(wraps=True)), letters, indent=INDENT)
        blocks.append(Group(prose("Names in the tables below", "bold"), names))
    width = console.width
    blocks.append(_probabilities(summary, options, width, is_plain(console)))
    blocks.append(_prices(summary, options, width))
    if len(summary["volumes"]) > 1:
        blocks.append(crossing_table(summary))
    print_blocks(blocks, console)


def _setting(summary: dict[str, Any]) -> str:
    volumes, samples = [point["tokens_per_month"] for point in summary["volumes"]], summary["samples"]
    asked = f"{rounding.volume(volumes[0])}"
    if len(volumes) > 1:
        asked = f"{len(volumes)} volumes from {asked} to {rounding.volume(volumes[-1])}"
    return (
        f"{asked} tokens a month, {summary['months']} month{'' if summary['months'] == 1 else 's'},"
        f" {samples:,} future{'' if samples == 1 else 's'} each, seed {summary['seed']}"
    )


def _options(summary: dict[str, Any]) -> list[Option]:
    found = summary["volumes"][0]["options"]
    heads = [_stacked(one["name"]) for one in found]
    if None in heads:
        heads = [_letter(index) for index in range(len(found))]
    return [
        Option(
            one["name"], head or "", one["name"] == summary["baseline"], one["kind"] in ("rented", "owned")
        )
        for one, head in zip(found, heads, strict=True)
    ]


def _stacked(name: str) -> str | None:
    """A name broken at its hyphens and underscores, or None if a piece is too long or there are too many."""
    pieces = name.replace("_", "_\n").replace("-", "-\n").strip("\n").split("\n")
    return (
        "\n".join(pieces) if len(pieces) <= MOST_PIECES and max(map(len, pieces)) <= LONGEST_PIECE else None
    )


def _letter(index: int) -> str:
    """A, B, ... Z, A1, B1, ..."""
    round_, letter = divmod(index, 26)
    return f"{chr(ord('A') + letter)}{round_ or ''}"


def _probabilities(
    summary: dict[str, Any], options: Sequence[Option], width: int, plain: bool
) -> RenderableType:
    others = [one for one in options if not one.is_baseline]
    short = {one.name: one.head.replace("\n", "") for one in options}
    hosted = summary["best_self_hosted"] is not None
    fixed = [Column("tokens\na month", RIGHT)]
    rows: list[list[str | Text]] = [[_mark(point)] for point in summary["volumes"]]
    last = [Column("cheapest\non average")]
    ends: list[list[str | Text]] = [
        [short[point["cheapest_expected"]] if has_means(summary) else NOTHING] for point in summary["volumes"]
    ]
    if hosted:
        fixed.append(Column("chance of\nthe best"))
        last.insert(0, Column("saving of\nthe best", RIGHT))
        for row, end, point in zip(rows, ends, summary["volumes"], strict=True):
            best = option_at(point, point["best_self_hosted"])
            row.append(_bar(best, plain))
            end.insert(0, _saving(best))
    columns = [
        (Column(one.head, RIGHT), [_chance(point, one) for point in summary["volumes"]]) for one in others
    ]
    head = prose(f"Probability of costing less than {summary['baseline']}", "bold")
    tables = _split(
        fixed, rows, [([column], [[cell] for cell in cells]) for column, cells in columns], last, ends, width
    )
    planned = any(point["is_planned"] for point in summary["volumes"])
    notes = [
        f"{BEST}: the best self-hosted option, the one with the lowest expected cost at that volume; its chance as a"
        " bar, its expected saving in USD of present value."
        if hosted
        else "",
        f"{PLANNED}: the scenario's own volume." if planned else "",
        _wide_note(summary, plain),
        "" if has_means(summary) else f"{NOTHING}: too few futures for an interval, and so for a figure.",
    ]
    return Group(head, *_apart(tables), prose(" ".join(note for note in notes if note), "dim"))


def _wide_note(summary: dict[str, Any], plain: bool) -> str:
    figures = [option for point in summary["volumes"] for option in point["options"]]
    if not any(_is_wide(one) for one in figures if one["probability_beats_baseline"] is not None):
        return ""
    return (
        f"Two figures, and {ASCII_MAYBE if plain else MAYBE} in the bar: the ends of the 95 % interval, where it is"
        f" wider than {100 * WIDE:.0f} %."
    )


def _is_wide(figure: dict[str, Any]) -> bool:
    low, high = figure["probability_beats_baseline_ci95"]
    return bool(high - low > WIDE)


def _prices(summary: dict[str, Any], options: Sequence[Option], width: int) -> RenderableType:
    fixed = [Column("tokens\na month", RIGHT)]
    rows: list[list[str | Text]] = [[_mark(point)] for point in summary["volumes"]]
    groups = []
    for one in options:
        figures = [option_at(point, one.name) for point in summary["volumes"]]
        cells: list[list[str | Text]] = [[_price(figure)] for figure in figures]
        columns = [Column(f"{one.head}\nUSD/M", RIGHT)]
        if one.has_fleet:
            columns.append(Column("\nload", RIGHT))
            for cell, figure in zip(cells, figures, strict=True):
                load = figure["utilization"]
                cell.append(NOTHING if load is None else rounding.percent(load, 0))
        groups.append((columns, cells))
    head = prose("What a million tokens cost, and how much of the paid capacity is used", "bold")
    if not has_means(summary):
        return Group(head, prose("Too few futures for an interval, and so for a figure.", "dim"))
    note = (
        "USD/M: nominal USD per million tokens of the whole traffic, with idle capacity paid (reserved basis)."
        " load: share of paid capacity that is used; where it is low, tokens are dear."
    )
    return Group(
        head, *_apart(_split(fixed, rows, groups, [], [[] for _ in rows], width)), prose(note, "dim")
    )


def _mark(point: dict[str, Any]) -> str:
    shown = rounding.tight(point["tokens_per_month"])
    return f"{PLANNED} {shown}" if point["is_planned"] else shown


def _bar(figure: dict[str, Any], plain: bool) -> Text:
    """Bar of whole cells over a track; between the ends of a wide interval it is shaded."""
    low, high = figure["probability_beats_baseline_ci95"]
    if not _is_wide(figure):
        low = high = figure["probability_beats_baseline"]
    start, end = round(BAR * low), round(BAR * high)
    full, maybe, empty = (ASCII_FULL, ASCII_MAYBE, ASCII_EMPTY) if plain else (FULL, MAYBE, EMPTY)
    bar = Text().append(full * start, style="green").append(maybe * (end - start), style="dim green")
    return bar.append(empty * (BAR - end), style="dim")


def _chance(point: dict[str, Any], option: Option) -> str | Text:
    figure = option_at(point, option.name)
    low, high = figure["probability_beats_baseline_ci95"]
    if _is_wide(figure):
        shown = f"{math.floor(100 * low + 1e-9)}-{math.ceil(100 * high - 1e-9)} %"
    else:
        place = rounding.last_place(100 * low, 100 * high)
        shown = rounding.percent(
            figure["probability_beats_baseline"], max(-1, min(0, -1 if place is None else place))
        )
    is_best = option.name == point["best_self_hosted"]
    return Text(f"{shown}{BEST}", style="bold") if is_best else f"{shown} "


def _saving(figure: dict[str, Any]) -> str:
    value, bounds = figure["expected_saving_usd"], figure["expected_saving_ci95_usd"]
    if bounds is None:
        return NOTHING
    place = rounding.last_place(bounds[0] / 2, bounds[1] / 2)
    if place is not None and abs(value) < 0.5 * 10.0**place:
        return "0"
    return rounding.tight(value, place)


def _price(figure: dict[str, Any]) -> str:
    """As certain, relative to its size, as the mean present value; cents at most."""
    value, npv, bounds = figure["usd_per_million_tokens"], figure["mean_npv_usd"], figure["mean_npv_ci95_usd"]
    if bounds is None:
        return NOTHING
    place = None
    if npv != 0:
        half = abs(value * (bounds[1] - bounds[0]) / 2 / npv)
        place = rounding.last_place(0.0, half)
    return rounding.tight(value, -2 if place is None else max(-2, place))


def _split(
    fixed: Sequence[Column],
    rows: Sequence[Sequence[str | Text]],
    groups: Sequence[tuple[Sequence[Column], Sequence[Sequence[str | Text]]]],
    last: Sequence[Column],
    ends: Sequence[Sequence[str | Text]],
    width: int,
) -> list[Table]:
    """Put groups of columns between the fixed ones; what does not fit goes into more tables with the first one."""
    tables: list[Table] = []
    columns, cells = list(fixed), [list(row) for row in rows]
    tail, tail_cells = list(last), [list(row) for row in ends]
    count = 0
    for more, added in groups:
        wider = Table(
            [*columns, *more, *tail],
            [[*row, *plus, *end] for row, plus, end in zip(cells, added, tail_cells, strict=True)],
            indent=INDENT,
        )
        if count and wider.natural_width() > width:
            tables.append(_joined(columns, cells, tail, tail_cells))
            columns, cells = [fixed[0]], [[row[0]] for row in rows]
            tail, tail_cells, count = [], [[] for _ in rows], 0
        columns = [*columns, *more]
        cells = [[*row, *plus] for row, plus in zip(cells, added, strict=True)]
        count += 1
    return [*tables, _joined(columns, cells, tail, tail_cells)]


def _joined(
    columns: Sequence[Column],
    cells: Sequence[Sequence[str | Text]],
    tail: Sequence[Column],
    ends: Sequence[Sequence[str | Text]],
) -> Table:
    return Table(
        [*columns, *tail], [[*row, *end] for row, end in zip(cells, ends, strict=True)], indent=INDENT
    )


def _apart(tables: Sequence[Table]) -> list[RenderableType]:
    """Tables with an empty line between them."""
    found: list[RenderableType] = []
    for table in tables:
        found += [Text(), table] if found else [table]
    return found

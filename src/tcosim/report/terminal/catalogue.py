"""The library on a terminal: all quantities in a table, one of them with everything that is known about it.

Knows library entries and their figures; judges nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from numpy.typing import ArrayLike
from rich.console import Console, Group, RenderableType
from rich.constrain import Constrain
from rich.table import Table as Grid
from rich.text import Text

from tcosim.report.terminal.lines import INDENT, PROSE_WIDTH, indented, is_plain, print_blocks, prose
from tcosim.report.terminal.quantity_table import Line, quantity_table
from tcosim.report.terminal.table import LEFT, RIGHT, Column, Table
from tcosim.report.words import rounding
from tcosim.report.words.histogram import Bin, bins
from tcosim.report.words.spread import Spread
from tcosim.scenario.entries import Quantity, Shape, Source
from tcosim.scenario.write import distribution_items
from tcosim.units import format_quantity

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LEVELS, ASCII_LEVELS = " \u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588", " .:-=+*#@"
BAR, ASCII_BAR = "\u2588", "#"
BAR_CELLS = 40
DENSITY_ROWS = 16


def print_list(rows: Sequence[tuple[Quantity, Spread]], shapes: Sequence[Shape], console: Console) -> None:
    """Print one line a quantity, and the shapes of the week."""
    lines = [Line(quantity.key, figures, quantity.unit, quantity.grade) for quantity, figures in rows]
    table = quantity_table(lines, "input", "grade", console.width)
    blocks: list[RenderableType] = [table] if rows else []
    if shapes:
        names = ", ".join(f"shape.{shape.name}" for shape in shapes)
        blocks.append(prose(f"Shapes of the week: {names}"))
    blocks.append(prose("One of them, with its source: tcosim inputs KEY", "dim"))
    print_blocks(blocks, console)


def print_quantity(
    quantity: Quantity, figures: Spread, sources: Sequence[Source], related: Sequence[str], console: Console
) -> None:
    """Print everything that is known about one quantity."""
    said = ", ".join(f"{key} = {value}" for key, value in distribution_items(quantity.distribution))
    percentiles = ", ".join(
        f"P{level} {format_quantity(value)}" for level, value in figures.percentiles.items()
    )
    facts = [
        ("unit", quantity.unit),
        ("distribution", said),
        ("percentiles", percentiles),
        ("mean", format_quantity(figures.mean)),
        ("can occur", f"{format_quantity(figures.low)} to {format_quantity(figures.high)}"),
    ]
    blocks: list[RenderableType] = [
        Group(prose(quantity.key, "bold"), prose(quantity.meaning)),
        _facts(facts),
        *_origin(quantity, sources),
    ]
    if related:
        blocks.append(Group(prose("Correlations", "bold"), *(indented(Text(line)) for line in related)))
    print_blocks(blocks, console)


def print_shape(shape: Shape, sources: Sequence[Source], console: Console) -> None:
    """Print a shape of the week as one row of bars a day, midnight to midnight."""
    levels = ASCII_LEVELS if is_plain(console) else LEVELS
    largest = max(shape.values)
    rows = []
    for number, day in enumerate(DAYS):
        hours = shape.values[24 * number : 24 * (number + 1)]
        drawn = "".join(levels[math.ceil((len(levels) - 1) * value / largest)] for value in hours)
        rows.append((day, drawn, f"mean {sum(hours) / 24:.2f}, highest {max(hours):.2f}"))
    blocks: list[RenderableType] = [
        Group(prose(f"shape.{shape.name}", "bold"), prose(shape.meaning)),
        Table((Column(), Column(), Column()), rows, 2, INDENT),
        *_origin(shape, sources),
    ]
    print_blocks(blocks, console)


def print_density(values: ArrayLike, unit: str, console: Console) -> None:
    """Print how a quantity spreads, as a histogram of evenly spread values."""
    cell = ASCII_BAR if is_plain(console) else BAR
    found = bins(values, DENSITY_ROWS)
    largest = max(one.share for one in found)
    rows = []
    for one in found:
        cells = max(round(BAR_CELLS * one.share / largest), 1 if one.share > 0 else 0)
        rows.append((*_edges(one), f"{cell * cells} {rounding.percent(one.share, -1)}" if one.share else ""))
    columns = [Column("", side) for side in (RIGHT, LEFT, RIGHT, LEFT)]
    console.file.write("\n")
    print_blocks([Group(prose(f"Spread, {unit}", "bold"), Table(columns, rows, indent=INDENT))], console)


def _edges(one: Bin) -> tuple[str, str, str]:
    if one.low == one.high:
        return "", "always", format_quantity(one.low)
    if math.isinf(one.low):
        return "", "below", format_quantity(one.high)
    if math.isinf(one.high):
        return "", "above", format_quantity(one.low)
    return format_quantity(one.low), "to", format_quantity(one.high)


def _origin(entry: Quantity | Shape, sources: Sequence[Source]) -> list[RenderableType]:
    facts = [("grade", entry.grade), ("checked", entry.checked.isoformat())]
    if entry.caveat:
        facts.append(("caveat", " ".join(entry.caveat.split())))
    blocks: list[RenderableType] = [_facts(facts)]
    if sources:
        blocks.append(
            Group(
                prose("Sources", "bold"),
                *(line for source in sources for line in _source_lines(source)),
            )
        )
    return blocks


def _source_lines(source: Source) -> list[RenderableType]:
    """Title, publisher and date; the address on a line of its own, which is never broken."""
    lines = [
        indented(Text(", ".join(part for part in (source.title, source.publisher, source.date) if part)))
    ]
    if source.url:
        lines.append(Text(f"{' ' * 2 * INDENT}{source.url}", no_wrap=True, overflow="ignore"))
    return lines


def _facts(facts: Sequence[tuple[str, str]]) -> RenderableType:
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in facts:
        grid.add_row(name, Text(value))
    return Constrain(grid, PROSE_WIDTH)

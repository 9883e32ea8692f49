"""The library on a terminal: all quantities in a table, one of them with everything that is known about it.

Knows library entries and their figures; judges nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from numpy.typing import ArrayLike
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tcosim.report import rounding
from tcosim.report.histogram import Bin, bins
from tcosim.report.lines import is_plain, print_blocks
from tcosim.report.quantity_table import Line, quantity_table, short
from tcosim.report.spread import Spread
from tcosim.scenario.entries import Quantity, Shape, Source
from tcosim.scenario.write import distribution_items

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
        blocks.append(Text(f"Shapes of the week: {names}"))
    blocks.append(Text("One of them, with its source: tcosim inputs KEY", style="dim"))
    print_blocks(blocks, console)


def print_quantity(
    quantity: Quantity, figures: Spread, sources: Sequence[Source], related: Sequence[str], console: Console
) -> None:
    """Print everything that is known about one quantity."""
    said = ", ".join(f"{key} = {value}" for key, value in distribution_items(quantity.distribution))
    percentiles = ", ".join(f"P{level} {short(value)}" for level, value in figures.percentiles.items())
    facts = [
        ("unit", quantity.unit),
        ("distribution", said),
        ("percentiles", percentiles),
        ("mean", short(figures.mean)),
        ("can occur", f"{short(figures.low)} to {short(figures.high)}"),
    ]
    blocks: list[RenderableType] = [
        Group(Text(quantity.key, style="bold"), Text(quantity.meaning)),
        _facts(facts),
        *_origin(quantity, sources),
    ]
    if related:
        blocks.append(
            Group(
                Text("Correlations", style="bold"), *(Padding(Text(line), (0, 0, 0, 2)) for line in related)
            )
        )
    print_blocks(blocks, console)


def print_shape(shape: Shape, sources: Sequence[Source], console: Console) -> None:
    """Print a shape of the week as one row of bars a day, midnight to midnight."""
    levels = ASCII_LEVELS if is_plain(console) else LEVELS
    largest = max(shape.values)
    grid = Table.grid(padding=(0, 2, 0, 0))
    for number, day in enumerate(DAYS):
        hours = shape.values[24 * number : 24 * (number + 1)]
        drawn = "".join(levels[math.ceil((len(levels) - 1) * value / largest)] for value in hours)
        grid.add_row(day, Text(drawn), f"mean {sum(hours) / 24:.2f}, highest {max(hours):.2f}")
    blocks: list[RenderableType] = [
        Group(Text(f"shape.{shape.name}", style="bold"), Text(shape.meaning)),
        Padding(grid, (0, 0, 0, 2)),
        *_origin(shape, sources),
    ]
    print_blocks(blocks, console)


def print_density(values: ArrayLike, unit: str, console: Console) -> None:
    """Print how a quantity spreads, as a histogram of evenly spread values."""
    cell = ASCII_BAR if is_plain(console) else BAR
    found = bins(values, DENSITY_ROWS)
    largest = max(one.share for one in found)
    grid = Table.grid(padding=(0, 1, 0, 0))
    for side in ("right", "left", "right", "left"):
        grid.add_column(justify="right" if side == "right" else "left")
    for one in found:
        cells = max(round(BAR_CELLS * one.share / largest), 1 if one.share > 0 else 0)
        grid.add_row(*_edges(one), f"{cell * cells} {rounding.percent(one.share, -1)}" if one.share else "")
    console.file.write("\n")
    print_blocks([Group(Text(f"Spread, {unit}", style="bold"), Padding(grid, (0, 0, 0, 2)))], console)


def _edges(one: Bin) -> tuple[str, str, str]:
    if one.low == one.high:
        return "", "always", short(one.low)
    if math.isinf(one.low):
        return "", "below", short(one.high)
    if math.isinf(one.high):
        return "", "above", short(one.low)
    return short(one.low), "to", short(one.high)


def _origin(entry: Quantity | Shape, sources: Sequence[Source]) -> list[RenderableType]:
    facts = [("grade", entry.grade), ("checked", entry.checked.isoformat())]
    if entry.caveat:
        facts.append(("caveat", " ".join(entry.caveat.split())))
    blocks: list[RenderableType] = [_facts(facts)]
    if sources:
        blocks.append(
            Group(
                Text("Sources", style="bold"),
                *(Padding(Text(source_line(source)), (0, 0, 0, 2)) for source in sources),
            )
        )
    return blocks


def source_line(source: Source) -> str:
    """Title, publisher, date and address in one line."""
    parts = [source.title, source.publisher, source.date, source.url]
    return ", ".join(part for part in parts if part)


def _facts(facts: Sequence[tuple[str, str]]) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    for name, value in facts:
        grid.add_row(name, Text(value))
    return grid

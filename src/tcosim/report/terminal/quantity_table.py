"""Quantities as lines of a table: name, percentiles, unit and one more word.

Knows names and figures; knows neither the library nor scenarios.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from tcosim.report.terminal.table import LEFT, RIGHT, Column, Table
from tcosim.report.words.spread import Spread
from tcosim.units import format_quantity

WORD_WIDTH = 96
"""A narrower table leaves out the last word."""
SHOWN = (5, 50, 95)


@dataclass(frozen=True)
class Line:
    """One quantity."""

    name: str
    figures: Spread
    unit: str
    word: str


def quantity_table(lines: Sequence[Line], head: str, word: str, width: int) -> Table:
    """Return the table; names are never broken, since a broken one cannot be searched for."""
    worded = width >= WORD_WIDTH
    columns = [
        Column(head),
        *(Column(f"P{percentile}", RIGHT) for percentile in SHOWN),
        Column("unit"),
        *([Column(word, LEFT, "dim")] if worded else []),
    ]
    rows: list[list[str | Text]] = [
        [
            line.name,
            *(format_quantity(line.figures.percentiles[percentile]) for percentile in SHOWN),
            line.unit,
            *([line.word] if worded else []),
        ]
        for line in lines
    ]
    return Table(columns, rows)

"""Quantities as lines of a table: name, percentiles, unit and one more word.

Knows names and figures; knows neither the library nor scenarios.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from tcosim.report import rounding
from tcosim.report.spread import Spread

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
    table = Table(box=None, pad_edge=False, padding=(0, 1), collapse_padding=True, header_style="bold")
    table.add_column(head, no_wrap=True, min_width=max((len(line.name) for line in lines), default=0))
    for percentile in SHOWN:
        table.add_column(f"P{percentile}", justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True, overflow="ellipsis", max_width=22)
    worded = width >= WORD_WIDTH
    if worded:
        table.add_column(word, no_wrap=True, style="dim")
    for line in lines:
        levels = (short(line.figures.percentiles[percentile], 3) for percentile in SHOWN)
        last = (line.word,) if worded else ()
        table.add_row(Text(line.name), *levels, Text(line.unit), *last)
    return table


def short(value: float, digits: int = 4) -> str:
    """Four digits or so, with a scale letter from ten thousand on; no trailing zeros."""
    if math.isinf(value):
        return "no limit"
    return f"{value:.{digits}g}" if abs(value) < 10_000 else rounding.tight(value)

"""Drivers and what is worth finding out, as blocks of the report of a run on a terminal.

Draws content objects with rich; decides nothing about what is said.
"""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from tcosim.report.content.insight import Drivers, Information
from tcosim.report.terminal.lines import INDENT, prose
from tcosim.report.terminal.table import RIGHT, Column, Table
from tcosim.report.words.legends import DRIVERS_LEGEND, VALUE_LEGEND

BAR = 24
CELL, ASCII_CELL = "\u2588", "#"


def drivers_block(drivers: Drivers, plain: bool) -> RenderableType:
    """Bars of the shares of variance."""
    cell = ASCII_CELL if plain else CELL
    cells = [
        (row.driver, row.value, Text(cell * max(1, round(BAR * row.share)), style="cyan"))
        for row in drivers.rows
    ]
    cells.append(("all the rest", drivers.rest, Text()))
    head = f"What drives the saving of {drivers.option} against {drivers.baseline}: share of its variance"
    return Group(
        prose(head, "bold"),
        Table((Column(), Column("", RIGHT), Column()), cells, 2, INDENT),
        prose(DRIVERS_LEGEND, "dim"),
    )


def information_block(information: Information, plain: bool) -> RenderableType:
    """What the best few things to find out are worth."""
    rows = [tuple(text.replace("±", "+-") if plain else text for text in row) for row in information.rows]
    parts: list[RenderableType] = [prose("What to find out first", "bold"), prose(information.sentence)]
    if rows:
        parts.append(Table((Column(), Column("", RIGHT), Column()), rows, 2, INDENT))
    return Group(*parts, prose(VALUE_LEGEND, "dim"))

"""The validation pack on a terminal or in a pipe: one line a check, what failed in full.

From the content of `tcosim.studies.verify.verify`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.text import Text

from tcosim.report.terminal.lines import INDENT, indented, print_blocks, prose
from tcosim.report.terminal.table import RIGHT, Column, Table
from tcosim.report.words import verify as words

STYLES = {words.FAILS: "bold red", words.NOTED: "dim"}
LONGEST, SHORTEST = 16, 10
"""Texts such as digests are cut to this in a column; a failed check shows them in full."""
WITH_ORIGINS, WITH_UNITS, WITH_SOURCES = 76, 112, 400
"""Width from which there is room for where tolerances come from, for units, and in a file or pipe for sources."""


def print_verify(found: dict[str, Any], console: Console) -> None:
    """Print the checks of an installation.

    Parameters
    ----------
    found : dict
        From `tcosim.studies.verify.verify`.
    console : Console
    """
    first, *others = words.summary(found)
    style = words.FAILS if found["failed"] else ""
    blocks: list[RenderableType] = [
        Group(prose(first, STYLES.get(style, "bold")), *(prose(text) for text in others)),
        Table((Column(), Column(wraps=True)), words.facts(found), 2, INDENT),
    ]
    for check in words.failures(found):
        name = prose(f"{check['group']}/{check['name']}", STYLES[words.FAILS])
        blocks.append(Group(name, *(indented(prose(text)) for text in words.failure(check))))
    for group in found["groups"]:
        own = [check for check in found["checks"] if check["group"] == group["name"]]
        head = prose(f"{group['title']} ({group['name']}): {words.tally(own)}", "bold")
        blocks.append(Group(head, _table(own, console.width)))
    blocks.append(Group(*(prose(text, "dim") for text in (words.LEGEND, words.FINGERPRINT))))
    if console.width < WITH_SOURCES:
        blocks.append(prose(words.MORE, "dim"))
    print_blocks(blocks, console)


def _table(checks: Sequence[dict[str, Any]], width: int) -> Table:
    columns = [
        Column("check"),
        Column("verdict"),
        Column("expected", RIGHT),
        Column("got", RIGHT),
        Column("tolerance", RIGHT),
    ]
    if width >= WITH_ORIGINS:
        columns.append(Column("from"))
    if width >= WITH_UNITS:
        columns.append(Column("unit"))
    if width >= WITH_SOURCES:
        columns += [Column("source"), Column("proves")]
    if all(check["verdict"] == words.NOTED for check in checks):
        rows = [[check["name"], words.verdict(check), words.got(check)] for check in checks]
        return Table(
            [*columns[:2], Column("found", wraps=True)],
            [_styled(row, words.NOTED) for row in rows],
            2,
            INDENT,
        )
    return Table(columns, [_row(check, len(columns), width) for check in checks], 2, INDENT)


def _row(check: dict[str, Any], columns: int, width: int) -> list[str | Text]:
    longest = LONGEST if width >= WITH_ORIGINS else SHORTEST
    longest = longest if width < WITH_SOURCES else 0
    cells = [
        check["name"],
        words.verdict(check),
        _cut(words.expected(check), longest),
        _cut(words.got(check), longest),
        words.tolerance(check),
        words.tolerance_from(check),
        words.unit(check),
        check["source"],
        check["proves"],
    ]
    return _styled(cells[:columns], check["verdict"])


def _styled(cells: Sequence[str], verdict: str) -> list[str | Text]:
    """Color the verdict, and what failed as a whole."""
    style = STYLES.get(verdict, "")
    return [
        Text(cell, style=style if index == 1 or verdict == words.FAILS else "")
        for index, cell in enumerate(cells)
    ]


def _cut(text: str, longest: int) -> str:
    """Cut a text, but no figure; 0 leaves it whole."""
    is_figure = text.replace(",", "").replace(".", "", 1).lstrip("-").isdigit()
    return text if is_figure or not longest or len(text) <= longest else f"{text[: longest - 1]}…"

"""The table of a batch on a terminal or in a pipe.

From the content of ``tcosim batch --json``; knows nothing of how it came about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.text import Text

from tcosim.report.terminal.lines import INDENT, print_blocks, prose
from tcosim.report.terminal.table import RIGHT, Column, Table
from tcosim.report.words.batch import LEGEND, BatchRow, batch_rows, failures
from tcosim.report.words.english import plural


def print_batch(found: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Print a batch.

    Parameters
    ----------
    found : sequence of mapping
        As ``tcosim batch --json`` prints it.
    console : Console
    """
    blocks: list[RenderableType] = [
        Group(
            prose(f"{plural(len(found), 'run')} of self-hosting against paying for the API", "bold"),
            _table(batch_rows(found), console.width),
            prose(LEGEND, "dim"),
        )
    ]
    if wrong := failures(found):
        blocks.append(Group(prose("Failed", "bold"), *(prose(line) for line in wrong)))
    folders: dict[str, str] = {}
    for one, row in zip(found, batch_rows(found), strict=True):
        if one["folder"] is not None:
            folders.setdefault(one["folder"], f"{row.scenario}, {row.volume}")
    if folders:
        blocks.append(
            Group(
                prose("Run folders", "bold"),
                *(Text(f"{' ' * INDENT}{of}: {path}", overflow="fold") for path, of in folders.items()),
            )
        )
    print_blocks(blocks, console)


def _table(rows: Sequence[BatchRow], width: int) -> Table:
    """Where the option has no room for a column of its own, it stands behind the scenario."""
    options = Column("option"), [row.option for row in rows]
    wide = _with(options, rows, [row.scenario for row in rows])
    if wide.natural_width() <= width:
        return wide
    return _with(None, rows, [f"{row.scenario}: {row.option}" for row in rows])


def _with(options: tuple[Column, list[str]] | None, rows: Sequence[BatchRow], names: Sequence[str]) -> Table:
    columns = [
        (Column("scenario"), names),
        (Column("tokens\na month", RIGHT), [row.volume for row in rows]),
        *([options] if options else []),
        (Column("costs\nless", RIGHT), [row.probability for row in rows]),
        (Column(), [row.interval for row in rows]),
        (Column("saving", RIGHT), [row.saving for row in rows]),
        (Column("loss\nCVaR 95", RIGHT), [row.loss for row in rows]),
        (Column("futures", RIGHT), [row.futures for row in rows]),
    ]
    cells = list(zip(*(column for _, column in columns), strict=True))
    return Table([head for head, _ in columns], cells, 2, INDENT)

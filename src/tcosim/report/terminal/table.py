"""Tables without lines that never cut or break a figure.

Where the terminal is too narrow, an entry of the first column that does not fit stands on a line of its own, above
its figures. Knows rich; knows nothing of what the columns say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.text import Text

LEFT, RIGHT = "left", "right"
NARROWEST_WRAP = 30


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    head : str
        May have several lines; the last ones of all columns stand in one line.
    side : str
        ``LEFT`` or ``RIGHT``.
    style : str
    wraps : bool
        Whether its text may be broken into several lines; only the last column may.
    """

    head: str = ""
    side: str = LEFT
    style: str = ""
    wraps: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under headings; the renderable that rich prints.

    Attributes
    ----------
    columns : sequence of Column
    rows : sequence of sequences of str or Text
        One cell a column.
    gap, indent : int
        Blanks between columns and before the first one.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str | Text]]
    gap: int = 1
    indent: int = 0

    def natural_width(self) -> int:
        """Cells that it takes if nothing has to give way."""
        return self.indent + sum(self._natural()) + self.gap * (len(self.columns) - 1)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(self.natural_width(), self.natural_width())

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        widths = self._widths(options.max_width)
        yield from self._headings(widths)
        for row in self.rows:
            cells = [self._styled(cell, column.style) for cell, column in zip(row, self.columns, strict=True)]
            if cells[0].cell_len > widths[0]:
                name = Text(" " * self.indent) + cells[0]
                name.overflow = "fold"
                yield name
                cells[0] = Text()
            yield from self._lines(cells, widths, console)

    def _natural(self) -> list[int]:
        return [
            max(
                0,
                *(Text(part).cell_len for part in column.head.split("\n")),
                *(self._styled(row[index], "").cell_len for row in self.rows),
            )
            for index, column in enumerate(self.columns)
        ]

    def _widths(self, available: int) -> list[int]:
        """Width of each column: first the last one gives way if it may, then the long entries of the first."""
        natural = self._natural()
        widths, excess = list(natural), self.natural_width() - available
        if excess > 0 and self.columns[-1].wraps:
            widths[-1] = max(min(natural[-1], NARROWEST_WRAP), natural[-1] - excess)
            excess -= natural[-1] - widths[-1]
        if excess > 0:
            room = natural[0] - excess
            names = [self._styled(row[0], "").cell_len for row in self.rows]
            widths[0] = max(len(self.columns[0].head), 2, *(size for size in names if size <= room), 0)
            spare = available - sum(widths) - self.gap * (len(widths) - 1) - self.indent
            widths[-1] = max(widths[-1], min(natural[-1], widths[-1] + spare))
        return widths

    def _headings(self, widths: Sequence[int]) -> Iterator[Text]:
        heads = [column.head.split("\n") if column.head else [] for column in self.columns]
        height = max(map(len, heads), default=0)
        for line in range(height):
            parts = [head[line - height + len(head)] if line >= height - len(head) else "" for head in heads]
            joined = self._joined([Text(part) for part in parts], widths)
            joined.stylize("bold")
            yield joined

    def _lines(self, cells: list[Text], widths: Sequence[int], console: Console) -> Iterator[Text]:
        if not self.columns[-1].wraps or cells[-1].cell_len <= widths[-1]:
            yield self._joined(cells, widths)
            return
        for part in cells[-1].wrap(console, widths[-1]):
            yield self._joined([*cells[:-1], part], widths)
            cells = [Text() for _ in cells]

    def _joined(self, cells: Sequence[Text], widths: Sequence[int]) -> Text:
        line = Text(" " * self.indent, no_wrap=True, overflow="ignore")
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            blanks = " " * (width - cell.cell_len)
            line.append(" " * self.gap if index else "")
            line.append(blanks if self.columns[index].side == RIGHT else "")
            line.append_text(cell)
            line.append(blanks if self.columns[index].side == LEFT else "")
        return line

    @staticmethod
    def _styled(cell: str | Text, style: str) -> Text:
        return cell.copy() if isinstance(cell, Text) else Text(cell, style=style)

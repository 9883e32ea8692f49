"""Tables that never cut a figure."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from tcosim.report.terminal.lines import print_blocks
from tcosim.report.terminal.table import LEFT, RIGHT, Column, Table

LONG = "x" * 60
COLUMNS = (Column("name"), Column("first\nline", RIGHT), Column("unit"))


def printed(table, width):
    file = io.StringIO()
    print_blocks([table], Console(file=file, width=width, highlight=False))
    return file.getvalue().splitlines()


def test_columns_are_as_wide_as_their_cells():
    table = Table(COLUMNS, [("a", "1,000", "USD"), ("bcdefg", "2", "hours")])
    assert printed(table, 80) == [
        "       first",
        "name    line unit",
        "a      1,000 USD",
        "bcdefg     2 hours",
    ]
    assert table.natural_width() == 18


def test_a_long_name_stands_above_its_figures():
    table = Table(COLUMNS, [("a", "1", "USD"), (LONG, "2", "hours")], indent=2)
    assert printed(table, 40) == [
        "       first",
        "  name  line unit",
        "  a        1 USD",
        f"  {LONG[:38]}",
        LONG[38:],
        "           2 hours",
    ]
    assert printed(table, 70)[-2:] == [f"  {LONG}", "           2 hours"]
    assert printed(table, 10_000)[-1] == f"  {LONG}     2 hours"


def test_figures_are_never_cut_even_where_they_do_not_fit():
    table = Table(COLUMNS, [("a", "1" * 30, "USD/month")])
    assert printed(table, 20)[-1] == f"a    {'1' * 30} USD/month"


@pytest.mark.parametrize("label", ["word " * 20, "長い名前" * 12, "🚀" * 40])
def test_the_last_column_may_be_wrapped_between_cells(label):
    columns = (Column(), Column(), Column("", LEFT, wraps=True))
    table = Table(columns, [("option", "rented", label), ("other", "api", "short")], 2, 2)
    lines = printed(table, 60)
    assert all(cell_len(line) <= 60 for line in lines)
    assert "".join(lines[:-1]).replace(" ", "") == f"option rented {label}".replace(" ", "")
    assert len(printed(table, 10_000)) == 2


def test_wide_characters_do_not_shift_columns():
    table = Table((Column(), Column("", RIGHT)), [("托管云", "1"), ("abcdefg", "22")])
    first, second = printed(table, 80)
    assert cell_len(first) == cell_len(second)


def test_no_rows():
    assert printed(Table(COLUMNS, []), 80) == ["     first", "name  line unit"]

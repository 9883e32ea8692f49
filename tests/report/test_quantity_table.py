"""Quantities in a table: every name whole, every figure plain."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from tcosim.report.terminal.lines import print_blocks
from tcosim.report.terminal.quantity_table import Line, quantity_table
from tcosim.report.words.spread import Spread

NAMES = ("traffic.input_share", "serving.llama-70b-a100-80x2.prefill_tokens_per_second")


def printed(width):
    levels = {5: 1_300.0, 50: 2_391.7, 95: 12_345.6}
    lines = [Line(name, Spread(levels, 1.0, 0.0, 1.0), "tokens/s per replica", "judgement") for name in NAMES]
    file = io.StringIO()
    print_blocks([quantity_table(lines, "input", "grade", width)], Console(file=file, width=width))
    return file.getvalue()


@pytest.mark.parametrize("width", [80, 100, 120, 10_000])
def test_nothing_is_cut(width):
    text = printed(width)
    assert all(len(line) <= width for line in text.splitlines())
    assert all(re.search(rf"^{re.escape(name)}(\s|$)", text, re.MULTILINE) for name in NAMES)
    assert text.count("1,300 2,390 12,300 tokens/s per replica") == len(NAMES)
    assert text.count("judgement") == (len(NAMES) if width >= 100 else 0)
    assert "…" not in text

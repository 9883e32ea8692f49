"""How deep a TOML text nests, counted before it is parsed: the parser would recurse, or take time by the square.

Knows brackets, quotes and dots; knows no TOML value.
"""

from __future__ import annotations

import re

from tcosim.files import Unreadable
from tcosim.limits import DEEPEST

_SIGN = re.compile(r"""[\[\]{}=,.\n#]|\"{3}|'{3}|["']""")
_ENDS = {
    '"': re.compile(r'["\n]|\\.'),
    "'": re.compile(r"['\n]"),
    '"' * 3: re.compile(r'"{3,5}|\\.', re.DOTALL),
    "'" * 3: re.compile(r"'{3,5}"),
}
"""What ends each kind of text, and an escaped sign that does not."""


def check_nesting(text: str) -> None:
    """Refuse a text with brackets or dotted keys of more than `tcosim.limits.DEEPEST` levels.

    Raises
    ------
    tcosim.files.Unreadable
        With the line.
    """
    position = depth = dots = 0
    while (found := _SIGN.search(text, position)) is not None:
        sign, position = found[0], found.end()
        if sign == ".":
            dots += 1
        elif sign in _ENDS:
            position = _behind(text, sign, position)
        elif sign == "#":
            end = text.find("\n", position)
            position = len(text) if end < 0 else end
        else:
            dots = 0
            depth += (sign in "[{") - (sign in "]}")
            depth = max(depth, 0)
        if depth > DEEPEST or dots > DEEPEST:
            line = text.count("\n", 0, position) + 1
            rule = f"must not nest brackets or dotted keys more than {DEEPEST} levels deep, line {line} does"
            raise Unreadable(rule, "is it a scenario?")


def _behind(text: str, sign: str, position: int) -> int:
    """Return the position behind a text in quotes, or the end of everything if it stays open."""
    while (found := _ENDS[sign].search(text, position)) is not None:
        position = found.end()
        if not found[0].startswith("\\"):
            return position
    return len(text)

"""Where a field stands in the text of a TOML file.

A light finder for error messages: it knows no values and never fails; a field not found has its table's line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Path = tuple[str | int, ...]
"""Keys, and positions in arrays of tables, from the root of the file."""

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_TABLE = re.compile(rf"\s*(?P<open>\[\[?)\s*(?P<name>{_DOTTED})\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"\s*(?P<name>{_DOTTED})\s*=")


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_PART, dotted)]


def find_lines(text: str) -> dict[Path, int]:
    """Return the line, from 1, of every table header and key."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    quote = ""
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        inside = bool(quote) or depth > 0
        quote, depth = _still_open(line, quote, depth)
        if inside:
            continue
        if header := _TABLE.match(line):
            depth = 0
            table = _enter(_parts(header["name"]), header["open"] == "[[", counts)
            found.setdefault(table, number)
            found.setdefault(table[:-1] if isinstance(table[-1], int) else table, number)
        elif key := _KEY.match(line):
            path = table
            for part in _parts(key["name"]):
                path = (*path, part)
                found.setdefault(path, number)
    return found


def _enter(parts: Sequence[str], is_array: bool, counts: dict[Path, int]) -> Path:
    """Return the path of a header, with the position of each array of tables on its way."""
    path: Path = ()
    for position, part in enumerate(parts):
        path = (*path, part)
        if is_array and position == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _still_open(line: str, quote: str, depth: int) -> tuple[str, int]:
    """Follow multi-line strings and arrays: the quote still open and the bracket depth after a line."""
    position = 0
    while position < len(line):
        here = line[position]
        if quote:
            if here == "\\" and quote[0] == '"':
                position += 2
                continue
            if line.startswith(quote, position):
                position += len(quote)
                quote = ""
                continue
        elif here == "#":
            break
        elif here in "\"'":
            quote = here * 3 if line.startswith(here * 3, position) else here
            position += len(quote)
            continue
        elif here in "[{":
            depth += 1
        elif here in "]}":
            depth = max(0, depth - 1)
        position += 1
    return (quote if len(quote) == 3 else ""), depth


def open_since(lines: Sequence[str]) -> tuple[int, str] | None:
    """Return the line, from 1, whose bracket or quote is still open after all the lines, and which it is."""
    quote, depth, since = "", 0, 0
    for number, line in enumerate(lines, start=1):
        was_open = bool(quote) or depth > 0
        quote, depth = _still_open(line, quote, 0 if not was_open and _TABLE.match(line) else depth)
        if not was_open:
            since = number
    return (since, "quote" if quote else "bracket") if quote or depth > 0 else None


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """Return the line of a field, or of the nearest table around it."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None

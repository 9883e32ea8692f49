"""Text for Markdown in which nothing but itself is meant: no element, no link, no heading, no table of its own.

Knows CommonMark and what GitHub adds to it.
"""

from __future__ import annotations

import re

from tcosim.report.charts.labels import clean

ALWAYS = r"[\\`*\[\]<>~#&@]"
LONE_UNDERSCORE = r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"
"""Within a word it is a letter."""
JOINING_COLON = r":(?=\S)"
"""Of an address, or of an emoji's name."""
LONE_DOLLAR = r"\$(?!\d)"
"""Ends a formula; the one of an amount does not."""
SPECIAL = re.compile("|".join((ALWAYS, LONE_UNDERSCORE, JOINING_COLON, LONE_DOLLAR)))
LIST_MARK = re.compile(r"^(?:([-+=])(?!\$?\d)|(\d{1,9})([.)])(?=\s|$))")
ADDRESS = re.compile(r"https?://[^\s<>\"\\`]+")
WWW = re.compile(r"\b(www)\.", re.IGNORECASE)


def text(said: str) -> str:
    """Escape a text for a paragraph, a heading, an item of a list or a cell of a table.

    It becomes one line; what cannot be seen, and marks that turn the text around them, are left out.
    """
    found = SPECIAL.sub(r"\\\g<0>", clean(said))
    found = WWW.sub(r"\1\\.", found)
    found = LIST_MARK.sub(_mark, found)
    # No parser of tables takes this for the end of a cell.
    return found.replace("|", "&#124;")


def _mark(match: re.Match[str]) -> str:
    sign, number, point = match.groups()
    return f"\\{sign}" if sign else f"{number}\\{point}"


def link(title: str, url: str) -> str:
    """Return a link to a web address; title and address as text where it is none."""
    address = "".join(url.split())
    if not url:
        return text(title)
    if not ADDRESS.fullmatch(url):
        return f"{text(title)} ({text(address)})"
    target = url.replace("|", "%7C").replace("&", r"\&")
    return f"[{text(title)}](<{target}>)"


def code(lines: list[str], language: str = "") -> str:
    """Return a block of code whose fence is longer than any run of backticks in it."""
    inner = [clean(line) for line in lines]
    longest = max((len(run) for run in re.findall(r"`+", "\n".join(inner))), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}{language}", *inner, fence])

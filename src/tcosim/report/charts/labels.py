"""Names as a picture can hold them: clean, and cut in the middle where they are long.

Knows text only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

LONGEST = 30
NARROW, BROAD, BROADEST = frozenset("ijltfrI.,:;'|!()[] "), frozenset("mwM%"), frozenset("W@")
UNSEEN = ("Cc", "Cs", "Co", "Cn")
REVERSING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of all text behind them."""


def clean(text: str) -> str:
    """Take out what XML cannot hold, what cannot be seen, and what would turn the text around it."""
    kept = ("" if one in REVERSING else " " if unicodedata.category(one) in UNSEEN else one for one in text)
    return " ".join("".join(kept).split())


def short(name: str, longest: int = LONGEST) -> str:
    """Cut a long name in the middle: both its ends tell it from others.

    Parameters
    ----------
    name : str
    longest : int
        Small letters of ordinary width; wide ones, such as Chinese, count twice.
    """
    text = clean(name)
    if columns(text) <= longest:
        return text
    head = longest // 2
    return f"{_leading(text, head).rstrip()}…{_leading(text[::-1], longest - head - 1)[::-1].lstrip()}"


def short_unique(names: Sequence[str], longest: int = LONGEST) -> list[str]:
    """Cut names; those that would be the same then are numbered."""
    found: list[str] = []
    for name in names:
        label, number = short(name, longest), 1
        while label in found:
            number += 1
            label = f"{short(name, longest - len(str(number)) - 1)} {number}"
        found.append(label)
    return found


def columns(text: str) -> float:
    """How wide a text is, in small letters of ordinary width: about 6 px each in type of 12 px."""
    return sum(_width(one) for one in text)


def _width(letter: str) -> float:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return 2.0
    if letter in NARROW:
        return 0.5
    if letter in BROADEST:
        return 1.9
    return 1.65 if letter in BROAD else 1.38 if letter.isupper() else 1.1


def _leading(text: str, most: float) -> str:
    taken, width = 0, 0.0
    for one in text:
        width += _width(one)
        if width > most:
            break
        taken += 1
    return text[:taken]

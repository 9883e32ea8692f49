"""How findings in a log are worded: counts with their nouns, times, lists that end.

Knows text only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

SHOWN = 5
"""Events named one by one before the rest is only counted."""


def counted(count: int, noun: str, plural: str = "") -> str:
    """Write ``"1 row"`` or ``"1,234 rows"``."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def listed(items: Sequence[str], shown: int = SHOWN) -> str:
    """Write ``"a; b; and 7 more"``."""
    rest = len(items) - shown
    return "; ".join(items[:shown]) + (f"; and {rest:,} more" if rest > 0 else "")


def moment(time: datetime) -> str:
    """Write a time to the minute: ``"Fri 2024-05-10 13:00"``."""
    return f"{time:%a %Y-%m-%d %H:%M}"


def share(part: int, whole: int) -> str:
    """Write a share as a percentage, never 0 % for something: ``"0.4 %"``, ``"below 0.1 %"``."""
    percent = 100.0 * part / whole
    return f"{percent:.1f} %" if percent >= 0.1 or part == 0 else "below 0.1 %"

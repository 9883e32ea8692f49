"""Small words: lists and plurals. Knows English, and nothing of results."""

from __future__ import annotations

from collections.abc import Sequence


def listed(names: Sequence[str]) -> str:
    """``"a, b and c"``."""
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]


def plural(count: int, noun: str) -> str:
    """``"1 month"``, ``"36 months"``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"

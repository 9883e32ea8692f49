"""The closest known name to a misspelled one.

Knows strings only.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from tcosim.limits import LONGEST_KEY, MOST_KNOWN


def closest(name: str, known: Iterable[str], most: int = 1) -> list[str]:
    """Return the known names closest to ``name``, best first; possibly none.

    A known name that continues the given one after an underscore (``repair`` in ``repair_hours``) comes
    first: what was left out is the unit.
    """
    if len(name) > LONGEST_KEY:  # comparing takes time by the square, and no name is so long
        return []
    names = list(dict.fromkeys(known))[:MOST_KNOWN]
    lowered = name.lower().replace("-", "_")
    unit_left_out = [other for other in names if lowered and other.lower().startswith(f"{lowered}_")]
    same = [other for other in names if other.lower().replace("-", "_") == lowered]
    near = difflib.get_close_matches(name, names, n=most + 2, cutoff=0.6)
    return list(dict.fromkeys([*same, *unit_left_out, *near]))[:most]


def did_you_mean(names: Sequence[str]) -> str:
    """Write the question, or nothing if there is no close name."""
    return f"did you mean {' or '.join(names)}?" if names else ""

"""When a fleet is fullest and emptiest, in words: blocks of hours, for one hour cannot be told from the next.

Knows the mean load by hour of the week; knows no chart and computes no statistics.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.report.words import rounding
from tcosim.report.words.english import listed
from tcosim.results.schema import WEEK_FUTURES

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
APART = 0.005
"""Loads nearer than this are one: over seeds they scatter by 0.004 (docs/model.md, 5.4)."""
MOST_BLOCKS = 2
SETS = {tuple(range(7)): "every day", tuple(range(5)): "on weekdays", (5, 6): "at the weekend"}


def week_futures(samples: int) -> int:
    """Futures behind the load by hour of the week."""
    return min(samples, WEEK_FUTURES)


def week_finding(name: str, load: NDArray[Any] | None) -> str:
    """The fullest and the emptiest hours of the week.

    Parameters
    ----------
    name : str
    load : ndarray, shape (168,), or None
        Share of the paid capacity in use, Monday 00:00 first.
    """
    if load is None or not np.isfinite(load).all():
        return ""
    most, least = float(load.max()), float(load.min())
    if most - least <= 2 * APART:
        return f"At every hour of the week {name} uses {_about(float(load.mean()))} of the paid capacity."
    full, empty = np.flatnonzero(load > most - APART), np.flatnonzero(load < least + APART)
    return (
        f"{name} is fullest {block(full)}, with {_about(float(load[full].mean()))} of the paid capacity in use, and"
        f" emptiest {block(empty)}, with {_about(float(load[empty].mean()))}."
    )


def _about(share: float) -> str:
    shown = rounding.percent(share, 0)
    return shown.replace("<", "less than ") if shown.startswith("<") else f"about {shown}"


def hours(index: int) -> str:
    """An hour of the week: ``"Tuesday 11:00 to 12:00"``."""
    return f"{DAYS[index // 24]} {_clock(index % 24)} to {_clock(index % 24 + 1)}"


def block(indices: Iterable[int]) -> str:
    """Hours of the week as days and times of day: ``"on weekdays around 10:00 to 12:00"``.

    The times are those of at least half of the days named; more than two stretches of a day are one.
    """
    found = [divmod(int(index), 24) for index in indices]
    days = sorted({day for day, _ in found})
    often = [sum(hour == other for _, other in found) for hour in range(24)]
    times = [hour for hour, count in enumerate(often) if 2 * count >= len(days)]
    times = times or [hour for hour, count in enumerate(often) if count]
    if len(times) == 24:
        return f"{_days(days)} at all hours"
    return f"{_days(days)} around {' and '.join(f'{_clock(a)} to {_clock(b)}' for a, b in _stretches(times))}"


def _stretches(times: Sequence[int]) -> list[tuple[int, int]]:
    """From when to when, past midnight where both its sides are in."""
    starts = [times[0], *(after for before, after in pairwise(times) if after > before + 1)]
    ends = [*(before + 1 for before, after in pairwise(times) if after > before + 1), times[-1] + 1]
    if len(starts) > 1 and starts[0] == 0 and ends[-1] == 24:
        starts, ends = [*starts[1:-1], starts[-1]], [*ends[1:-1], ends[0]]
    if len(starts) > MOST_BLOCKS:
        return [(starts[0], ends[-1])]
    return list(zip(starts, ends, strict=True))


def _days(days: Sequence[int]) -> str:
    if (known := SETS.get(tuple(days))) is not None:
        return known
    names = [f"{DAYS[day]}s" for day in days]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"on {names[0]} to {names[-1]}"
    return f"on {listed(names)}"


def _clock(hour: int) -> str:
    return f"{hour:02d}:00"

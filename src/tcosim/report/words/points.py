"""Changes of a probability in percentage points, and of money, with the digits that their intervals support.

Knows numbers and text; knows nothing of what changed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tcosim.report.words import rounding

Interval = Sequence[float] | None
"""Lowest and highest value, None if nothing can be said."""


def around(value: float, half: float | None) -> Interval:
    """Interval of this half width, None if it is not known."""
    return None if half is None or math.isnan(half) else (value - half, value + half)


def half_width(interval: Interval) -> float:
    """Half width of an interval, NaN if there is none."""
    return math.nan if interval is None else float(interval[1] - interval[0]) / 2


def aligned(cells: Sequence[str]) -> list[str]:
    """Pad percentage points behind their digits so that the units stand below each other."""
    if any("$" in cell or " to " in cell for cell in cells):
        return list(cells)
    behind = [len(cell) - cell.find(".") if "." in cell else 0 for cell in cells]
    return [cell + " " * (max(behind) - digits) for cell, digits in zip(cells, behind, strict=True)]


def _decimals(value: float, interval: Interval) -> int:
    """Decimals of percentage points: what the interval supports, tenths at most unless that hides all there is."""
    if interval is None:
        return 0
    place = rounding.last_place(100 * interval[0], 100 * interval[1])
    earned = max(0, -(place if place is not None else -1))
    hidden = abs(100 * value) < 0.05 and (interval[0] > 0 or interval[1] < 0)
    return min(earned, rounding.MOST_DECIMALS if hidden else 1)


def points(value: float, interval: Interval) -> str:
    """Write a change of a probability in percentage points, with its sign: ``"-11.2"``."""
    if value == 0 and interval is not None and interval[0] == interval[1]:
        return "0"
    shown = f"{100 * value:+.{_decimals(value, interval)}f}"
    return shown if float(shown) else shown[1:]


def point_bounds(interval: Interval) -> str:
    """Write both ends of an interval in percentage points, rounded outward: ``"-11.3 to -10.7"``."""
    if interval is None:
        return "-"
    if interval[0] == interval[1] == 0:
        return ""
    value = (interval[0] + interval[1]) / 2
    decimals = _decimals(value, interval)
    unit = 10.0**decimals
    low = math.floor(100 * interval[0] * unit + 1e-9) / unit
    high = math.ceil(100 * interval[1] * unit - 1e-9) / unit
    return " to ".join(f"{end:+.{decimals}f}" if end else "0" for end in (low, high))


def signed_usd(value: float, interval: Interval) -> str:
    """Write a change of money with its sign: ``"+$61 k"``."""
    shown = rounding.usd(abs(value), *(interval or (math.nan, math.nan)))
    return shown if shown == "$0" else f"{'+' if value > 0 else '-'}{shown}"

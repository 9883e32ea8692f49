"""How many digits a figure has earned: as many as its interval supports, three without one.

Knows numbers and text; knows nothing of results.
"""

from __future__ import annotations

import math

from tcosim.units import format_count

MOST_DECIMALS = 4
SCALES = (("T", 1e12), ("B", 1e9), ("M", 1e6), ("k", 1e3), ("", 1.0))


def last_place(low: float, high: float) -> int | None:
    """Decimal place of the leading digit of the interval's width: -1 for tenths, 3 for thousands.

    Returns
    -------
    int or None
        None if the interval has no width, or none is known.
    """
    width = high - low
    if not math.isfinite(width) or width <= 0:
        return None
    # A width of 0.099999... is one tenth.
    return math.floor(math.log10(width) + 1e-9)


def percent(share: float, place: int | None) -> str:
    """Write a share as a percentage down to a decimal place of the percentage.

    A share is never rounded to 0 or 100 % from inside.
    """
    if share in (0, 1):
        return f"{100 * share:.0f} %"
    decimals = min(MOST_DECIMALS, max(0, -(place if place is not None else -1)))
    shown = f"{100 * share:.{decimals}f}"
    smallest = 10.0**-decimals
    if 0 < share < 1 and float(shown) == 0:
        return f"<{smallest:.{decimals}f} %"
    if 0 < share < 1 and float(shown) == 100:
        return f">{100 - smallest:.{decimals}f} %"
    return f"{shown} %"


def percent_with_interval(share: float, low: float, high: float) -> tuple[str, str]:
    """Write a probability and its interval with the digits that the interval supports.

    Returns
    -------
    (str, str)
        For example ``("31.2 %", "31.1 to 31.3 %")``; the bounds are rounded outward.
    """
    place = last_place(100 * low, 100 * high)
    # Between 1 and 99 % nobody decides on hundredths of a percent, however many futures support them.
    most = 1 if 0.01 <= share <= 0.99 else MOST_DECIMALS
    decimals = min(most, max(0, -(place if place is not None else -1)))
    unit = 10.0**decimals
    # 1e-9: a bound that is exact in decimals stays where it is.
    lower = max(0.0, math.floor(100 * low * unit + 1e-9) / unit)
    upper = min(100.0, math.ceil(100 * high * unit - 1e-9) / unit)
    return percent(share, -decimals), f"{_end(lower, decimals)} to {_end(upper, decimals)} %"


def _end(value: float, decimals: int) -> str:
    """Write a percentage; the ends of the scale have no decimals."""
    return f"{value:.0f}" if value in (0, 100) else f"{value:.{decimals}f}"


def usd(value: float, low: float = math.nan, high: float = math.nan) -> str:
    """Write money, to the leading digit of its interval's half width if there is one, else to three digits.

    ``"$50.0 k"``, ``"-$1.23 M"``; at most four significant digits.
    """
    sign = "-" if value < 0 else ""
    place = last_place(low / 2, high / 2)
    size = abs(value)
    if place is None:
        return f"{sign}${spaced(size)}"
    rounded = round(size / 10.0**place) * 10.0**place
    if rounded == 0:
        return "$0"
    letter, scale = next((pair for pair in SCALES if rounded >= pair[1]), SCALES[-1])
    leading = math.floor(math.log10(rounded) + 1e-12)
    decimals = max(0, min(round(math.log10(scale)) - place, 3 - leading + round(math.log10(scale))))
    return f"{sign}${rounded / scale:.{decimals}f}{' ' + letter if letter else ''}"


def spaced(size: float) -> str:
    """Three significant digits with a scale letter: ``"1.23 M"``."""
    return format_count(size)


def tight(size: float) -> str:
    """Three significant digits with a scale letter, for a column: ``"1.23M"``."""
    return format_count(size).replace(" ", "")


def volume(tokens: float) -> str:
    """Write a number of tokens as people say it: ``"3 billion"``, ``"250 million"``, ``"1.25 trillion"``."""
    for word, scale in (("trillion", 1e12), ("billion", 1e9), ("million", 1e6), ("thousand", 1e3)):
        if tokens >= scale * (1 - 1e-9):
            return f"{tokens / scale:.4g} {word}"
    return f"{tokens:.4g}"

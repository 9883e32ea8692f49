"""How many digits a figure has earned: as many as its interval supports, three without one.

Knows numbers and text; knows nothing of results.
"""

from __future__ import annotations

import math

from tcosim.units import format_count

MOST_DECIMALS, MOST_DIGITS = 4, 3
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

    ``"$50.0 k"``, ``"-$1.23 M"``; at most three significant digits.
    """
    place = last_place(low / 2, high / 2)
    if place is None:
        return f"{'-' if value < 0 else ''}${spaced(abs(value))}"
    digits, letter = _at_place(abs(value), place)
    if float(digits) == 0:
        return "$0"
    return f"{'-' if value < 0 else ''}${digits}{' ' + letter if letter else ''}"


def _at_place(size: float, place: int) -> tuple[str, str]:
    """Write a size >= 0 down to a decimal place, with three significant digits at most, and its scale letter."""
    rounded = round(size / 10.0**place) * 10.0**place
    if rounded == 0:
        return "0", ""
    letter, scale = next((pair for pair in SCALES if rounded >= pair[1]), SCALES[-1])
    exponent, leading = round(math.log10(scale)), math.floor(math.log10(rounded) + 1e-12)
    decimals = max(0, min(exponent - place, MOST_DIGITS - 1 - leading + exponent))
    return f"{rounded / scale:.{decimals}f}", letter


def spaced(size: float) -> str:
    """Three significant digits with a scale letter: ``"1.23 M"``."""
    return format_count(size)


def tight(value: float, place: int | None = None) -> str:
    """Three significant digits with a scale letter, for a column: ``"1.23M"``; fewer if the place asks for it.

    The leading digit is always shown.
    """
    if place is None or not math.isfinite(value) or value == 0:
        return format_count(value).replace(" ", "")
    leading = math.floor(math.log10(abs(value)) + 1e-12)
    digits, letter = _at_place(abs(value), min(place, leading))
    return f"{'-' if value < 0 else ''}{digits}{letter}"


def spread_place(p5: float, p95: float, samples: int) -> int | None:
    """Decimal place that figures of one quantity support, from how far its futures spread and how many there are.

    A yardstick, not an interval: half the width of the interval is between 0.6 (mean) and more than once (outer
    percentiles) the distance of the percentiles over the root of the number of futures.
    """
    half = (p95 - p5) / math.sqrt(samples)
    return last_place(0.0, half)


def share_place(share: float, samples: int) -> int | None:
    """Decimal place of a percentage that a share counted in so many futures supports."""
    half = 2 * 100 * math.sqrt(share * (1 - share) / samples)
    return last_place(-half, half)


def volume(tokens: float) -> str:
    """Write a number of tokens as people say it: ``"3 billion"``, ``"250 million"``, ``"1.25 trillion"``."""
    for word, scale in (("trillion", 1e12), ("billion", 1e9), ("million", 1e6), ("thousand", 1e3)):
        if tokens >= scale * (1 - 1e-9):
            return f"{_four_digits(tokens / scale)} {word}"
    return _four_digits(tokens)


def _four_digits(value: float) -> str:
    rounded = float(f"{value:.4g}")
    return f"{rounded:,.10g}" if 1e-4 <= rounded < 1e9 else f"{rounded:.4g}"

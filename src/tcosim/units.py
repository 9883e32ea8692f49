"""Numbers as people write and read them, and the few fixed conversions between units.

Knows nothing of scenarios, prices or results.
"""

from __future__ import annotations

import math
import re

from tcosim.errors import InputError, Problem

HOURS_PER_MONTH = 730
HOURS_PER_WEEK = 168
ENGINEER_HOURS_PER_FTE_MONTH = 160

LARGEST_COUNT = 10**12

_SCALES = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "g": 10**9, "t": 10**12}
_NUMBER = re.compile(
    r"""(?P<digits>[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*))
        (?:[eE](?P<exponent>[+-]?\d+))?\s*(?P<suffix>[kKmMbBgGtT]|%)?""",
    re.VERBOSE | re.ASCII,
)
_HOW = "write it like 1e6, 1_000_000, 2.5B, 10k or 0.2%"


def parse_number(text: str, field: str = "number") -> float:
    """Read a number as people write it.

    Parameters
    ----------
    text : str
        ``"1e6"``, ``"1_000_000"``, ``"2.5B"``, ``"3M"``, ``"10k"``, ``"0.2%"``; the suffixes k, M, B (or G)
        and T mean thousand, million, billion and trillion, in either case.
    field : str
        What the number is for; named in the error.

    Returns
    -------
    float
        Always finite; ``"0.2%"`` gives 0.002.

    Raises
    ------
    tcosim.errors.InputError
        If the text is no finite number.
    """
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        raise InputError(Problem(field, "must be a finite number", text, _HOW))
    digits, suffix = match["digits"].replace("_", ""), match["suffix"] or ""
    exponent = int(match["exponent"] or "0") if len(match["exponent"] or "") < 6 else 10**6
    # One decimal literal, rounded once: 0.2% is exactly the float 0.002.
    shift = -2 if suffix == "%" else round(math.log10(_SCALES[suffix.lower()]))
    number = float(f"{digits}e{exponent + shift}")
    if not math.isfinite(number):
        raise InputError(Problem(field, "must be a finite number", text, _HOW))
    return number


def parse_suffixed(text: str) -> float | None:
    """Read a number that ends in a suffix, ``"3B"`` or ``"60%"``; None for any other text."""
    try:
        return parse_number(text) if text.strip()[-1:].isalpha() or text.rstrip().endswith("%") else None
    except InputError:
        return None


def parse_count(text: str, field: str = "count", largest: int = LARGEST_COUNT) -> int:
    """Read a count of at least 1, such as ``"1e6"`` or ``"10k"``.

    Parameters
    ----------
    text : str
        As for `parse_number`, but a whole number.
    field : str
        What the count is for; named in the error.
    largest : int
        Largest count that is taken.

    Raises
    ------
    tcosim.errors.InputError
        If the text is no whole number from 1 to ``largest``.
    """
    number = parse_number(text, field)
    if number != math.floor(number):
        raise InputError(Problem(field, "must be a whole number", text, _HOW))
    if not 1 <= number <= largest:
        raise InputError(Problem(field, f"must lie between 1 and {largest:,}", text, _HOW))
    return int(number)


def _scaled(size: float) -> tuple[str, str]:
    """Write a size >= 0 with three significant digits and a scale letter (possibly none)."""
    if size == 0:
        return "0", ""
    if size < 1:
        return f"{float(f'{size:.3g}'):.10f}".rstrip("0").rstrip(".") if size >= 1e-6 else f"{size:.2e}", ""
    rounded = float(f"{size:.3g}")
    for letter, scale in (("T", 1e12), ("B", 1e9), ("M", 1e6), ("k", 1e3), ("", 1.0)):
        if rounded >= scale:
            shown = rounded / scale
            if shown >= 1e6:
                return f"{shown:.3g}", letter
            return f"{shown:.{max(0, 2 - math.floor(math.log10(shown)))}f}", letter
    raise AssertionError(size)


def _not_finite(value: float) -> str:
    return "n/a" if math.isnan(value) else ("unlimited" if value > 0 else "-unlimited")


def format_plain(value: float) -> str:
    """Write a number the short way that `parse_number` and TOML read: ``"2e9"``, ``"0.25"``."""
    return _short_exponent(f"{value:g}")


def format_exact(value: float) -> str:
    """Write a number as `format_plain` does, with as many digits as it takes to read the same number back."""
    short = format_plain(value)
    return short if float(short) == value else _short_exponent(repr(value))


def format_stated(value: float) -> str:
    """Write a number in a message, as a person states it: ``"60,000"``, ``"3e9"``, ``"0.25"``, ``"1,234,567"``."""
    size = abs(value)
    if size == 0 or not math.isfinite(value):
        return f"{value + 0.0:g}"
    mantissa, exponent = f"{value:.14e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    if not 1e-4 <= size < 1e15 or (size >= 1e6 and len(mantissa.lstrip("-")) <= len("1.234")):
        return f"{mantissa}e{int(exponent)}"
    return f"{value:,.15g}"


def _short_exponent(text: str) -> str:
    return text.replace("e+", "e").replace("e0", "e").replace("e-0", "e-")


def format_quantity(value: float) -> str:
    """Write a number of any unit, to be read beside others: ``"2,000"``, ``"0.0224"``, ``"-0.35"``, ``"1.2M"``.

    At most three significant digits, no zeros at the end; written out from 0.0001 to a million, with M, B or T
    above and an exponent below and beyond.
    """
    if not math.isfinite(value):
        return "n/a" if math.isnan(value) else ("no limit" if value > 0 else "no lower limit")
    rounded = float(f"{value:.3g}")
    size = abs(rounded)
    if size == 0:
        return "0"
    if not 1e-4 <= size < 1e18:
        return _short_exponent(f"{value:.3g}")
    scales = (("T", 1e12), ("B", 1e9), ("M", 1e6))
    letter, scale = next((pair for pair in scales if size >= pair[1]), ("", 1.0))
    shown = f"{rounded / scale:,.{max(0, 2 - math.floor(math.log10(size / scale)))}f}"
    return f"{shown.rstrip('0').rstrip('.') if '.' in shown else shown}{letter}"


def format_usd(value: float) -> str:
    """Write an amount of money with three significant digits: ``"$1.23 M"``, ``"-$41.2 k"``, ``"$0"``."""
    if not math.isfinite(value):
        return _not_finite(value)
    digits, letter = _scaled(abs(value))
    return f"{'-' if value < 0 else ''}${digits}{' ' if letter else ''}{letter}"


def format_count(value: float) -> str:
    """Write a count or size with three significant digits: ``"2.50 B"``, ``"10.0 k"``, ``"16"``.

    Whole numbers below 1000 are written as they are.
    """
    if not math.isfinite(value):
        return _not_finite(value)
    if value == math.floor(value) and abs(value) < 1000:
        return f"{int(value)}"
    digits, letter = _scaled(abs(value))
    return f"{'-' if value < 0 else ''}{digits}{' ' if letter else ''}{letter}"


def format_percent(value: float, digits: int = 1) -> str:
    """Write a share as a percentage: 0.3124 gives ``"31.2 %"``.

    A share strictly between 0 and 1 is never rounded to 0 % or 100 %.

    Parameters
    ----------
    value : float
        Share; 1 is 100 %.
    digits : int
        Digits after the point.
    """
    if not math.isfinite(value):
        return _not_finite(value)
    shown = f"{100 * value:.{digits}f}"
    smallest = 10.0**-digits
    if 0 < value < 1 and float(shown) == 0:
        return f"<{smallest:.{digits}f} %"
    if 0 < value < 1 and float(shown) == 100:
        return f">{100 - smallest:.{digits}f} %"
    return f"{shown if float(shown) else format(0, f'.{digits}f')} %"

"""Whether a distribution keeps the bounds of the field that it fills.

Knows distributions and bounds; knows no field.
"""

from __future__ import annotations

import math

from tcosim.scenario.distributions import Distribution, Empirical, Family, Mixture, Point
from tcosim.scenario.fields import Bounds
from tcosim.scenario.problems import Fault
from tcosim.units import format_exact, format_stated


def plain_fault(value: float, bounds: Bounds, unit: str = "") -> Fault | None:
    """Say what is wrong with one plain number, if anything; ``unit`` is the field's, for the way out."""
    if not math.isfinite(value):
        return Fault("", "must be a finite number", value, "state a number that can occur")
    if bounds.holds(value):
        return None
    return Fault("", _rule(bounds), value, _way_out(value, bounds, unit))


def _rule(bounds: Bounds) -> str:
    return f"must be {bounds}"


def _way_out(value: float, bounds: Bounds, unit: str) -> str:
    too_low = value < bounds.low or (bounds.low_open and value == bounds.low)
    if value < 0 <= bounds.low:
        return "it cannot be negative"
    if bounds.high <= 1 < value or (unit.startswith("share") and value > bounds.high):
        # 60 is 60 %; whether 1.6 is 1.6 % or 160 %, only the author knows.
        if 2 <= value <= 100 and bounds.holds(value / 100):
            return f"write {format_exact(value / 100)} for {format_stated(value)} %"
        return "1 is 100 %: lower it"
    if bounds.firm_low if too_low else bounds.firm_high:
        return "raise it" if too_low else "lower it"
    return f"{'so little' if too_low else 'so much'} is not plausible: check the unit in the field's name"


def bounds_fault(distribution: Distribution, bounds: Bounds, unit: str = "") -> Fault | None:
    """Say where a distribution leaves the bounds, if it does; ``unit`` is the field's."""
    if isinstance(distribution, Point):
        return plain_fault(distribution.value, bounds, unit)
    if isinstance(distribution, Mixture):
        faults = (_within(part.distribution, distribution, bounds) for part in distribution.components)
        return next((fault for fault in faults if fault is not None), None)
    return _within(distribution, distribution, bounds)


def _within(part: Family, whole: Family, bounds: Bounds) -> Fault | None:
    """Check one part of a mixture (or the whole of anything else), cut to the limits of the whole."""
    support, central = whole.cut(part.declared_support()), whole.cut(part.central_range())
    exact = isinstance(part, (Point, Empirical))
    low = support[0] if bounds.firm_low else central[0]
    high = support[1] if bounds.firm_high else central[1]
    if bounds.low >= 0 > support[0]:
        low = support[0]
    if low < bounds.low or (exact and bounds.low_open and low == bounds.low):
        return _reaches(low, bounds, "low", "down to", bounds.firm_low)
    if high > bounds.high or (exact and bounds.high_open and high == bounds.high):
        return _reaches(high, bounds, "high", "up to", bounds.firm_high)
    return None


def _reaches(value: float, bounds: Bounds, side: str, word: str, firm: bool) -> Fault:
    bound = bounds.low if side == "low" else bounds.high
    way_out = (
        f"add {side}_limit = {format_exact(bound)}" if firm or (side == "low" and bound == 0) else "narrow it"
    )
    if not firm and side == "low" and value < 0 < bound:
        way_out = "add low_limit = 0"
    if not math.isfinite(value):
        return Fault(
            "", _rule(bounds), f"values without {'an upper' if value > 0 else 'a lower'} limit", way_out
        )
    shown = format_stated(float(f"{value:.4g}"))
    return Fault("", _rule(bounds), f"values {word} {shown}", f"{way_out}, or check the unit")

"""Whether a distribution keeps the bounds of the field that it fills.

Knows distributions and bounds; knows no field.
"""

from __future__ import annotations

import math

from tcosim.scenario.distributions import Distribution, Empirical, Family, Mixture, Point
from tcosim.scenario.fields import Bounds
from tcosim.scenario.problems import Fault


def plain_fault(value: float, bounds: Bounds) -> Fault | None:
    """Say what is wrong with one plain number, if anything."""
    if not math.isfinite(value):
        return Fault("", "must be a finite number", value, "state a number that can occur")
    if bounds.holds(value):
        return None
    return Fault("", _rule(bounds), value, _way_out(value, bounds))


def _rule(bounds: Bounds) -> str:
    return f"must lie within {bounds}"


def _way_out(value: float, bounds: Bounds) -> str:
    if value < 0 <= bounds.low:
        return "it cannot be negative"
    if bounds.low_open and value == bounds.low:
        return f"it must be above {bounds.low:g}"
    if bounds.high <= 1 < value <= 100 and bounds.holds(value / 100):
        return f"write {value / 100:g} for {value:g} %"
    return "check the unit in the field's name"


def bounds_fault(distribution: Distribution, bounds: Bounds) -> Fault | None:
    """Say where a distribution leaves the bounds, if it does."""
    if isinstance(distribution, Point):
        return plain_fault(distribution.value, bounds)
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
    way_out = f"add {side}_limit = {bound:g}" if firm or (side == "low" and bound == 0) else "narrow it"
    if not firm and side == "low" and value < 0 < bound:
        way_out = "add low_limit = 0"
    if not math.isfinite(value):
        return Fault("", _rule(bounds), f"values {word} {value:g}", way_out)
    return Fault("", _rule(bounds), f"values {word} {value:.4g}", f"{way_out}, or check the unit")

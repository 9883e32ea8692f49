"""Outcomes by how figures are compared: exactly, to rounding, or within standard errors.

Knows figures; knows nothing of where they come from. A comparison with NaN never holds.
"""

from __future__ import annotations

import math
from dataclasses import replace

from tcosim.results.schema import SCRAMBLES
from tcosim.studies.verify.check import FAILS, HOLDS, NOTED, Figure, Outcome

Z = 4.0
"""Standard errors that a statistical check may be off: by chance one in 16,000 is."""
BY_ERRORS = "4 standard errors"
BY_SCRAMBLES = "4 standard errors, from 16 scrambles"
BY_ROUNDING = "rounding"
BY_FLOAT32 = "rounding of float32"
BY_DIGITS = "digits stated"
EXACT = "exact"


def scramble_z() -> float:
    """Standard errors told by 16 scrambles that are passed as seldom as four known ones: Student's t, not normal."""
    from scipy import special

    return float(-special.stdtrit(SCRAMBLES - 1, special.ndtr(-Z)))


def within(
    expected: float,
    got: float,
    tolerance: float,
    tolerance_from: str,
    unit: str = "1",
    *,
    rival: float | None = None,
    rival_is: str = "",
) -> Outcome:
    """Figures that may lie `tolerance` apart; a rival must lie further from what came out."""
    near = abs(got - expected) <= tolerance
    told = rival is None or abs(got - rival) > tolerance
    return Outcome(
        float(expected),
        float(got),
        HOLDS if near and told else FAILS,
        float(tolerance),
        tolerance_from,
        unit,
        None if rival is None else float(rival),
        rival_is,
    )


def relative(
    expected: float, got: float, share: float, unit: str, tolerance_from: str = BY_ROUNDING
) -> Outcome:
    """Figures that may differ by a share of the expected one."""
    return within(expected, got, share * abs(expected), tolerance_from, unit)


def estimated(
    expected: float,
    got: float,
    error: float,
    unit: str = "1",
    *,
    rival: float | None = None,
    rival_is: str = "",
) -> Outcome:
    """An estimate from independent futures and its standard error."""
    return within(expected, got, Z * error, BY_ERRORS, unit, rival=rival, rival_is=rival_is)


def scrambled(
    expected: float,
    got: float,
    error: float,
    unit: str = "1",
    *,
    rival: float | None = None,
    rival_is: str = "",
) -> Outcome:
    """An estimate whose standard error is told by 16 scrambles."""
    return within(expected, got, scramble_z() * error, BY_SCRAMBLES, unit, rival=rival, rival_is=rival_is)


def at_most(largest: float, tolerance: float, tolerance_from: str, unit: str) -> Outcome:
    """The largest of many differences, of which none is expected."""
    found = float(largest)
    return Outcome(0.0, found, HOLDS if found <= tolerance else FAILS, float(tolerance), tolerance_from, unit)


def none_of(count: int, unit: str) -> Outcome:
    """Something that must not happen, counted."""
    return Outcome(0.0, float(count), HOLDS if count == 0 else FAILS, 0.0, EXACT, unit)


def same(expected: Figure, got: Figure, unit: str = "") -> Outcome:
    """Figures or texts that must be equal."""
    equal = expected == got
    tolerance = None if isinstance(expected, str) else 0.0
    return Outcome(expected, got, HOLDS if equal else FAILS, tolerance, EXACT, unit)


def to_digits(expected: float, got: float, decimals: int, unit: str = "1") -> Outcome:
    """A figure published with so many decimals: half of the last one, beside the rounding of the sum itself."""
    half = 0.5 * 10.0**-decimals
    return within(expected, got, half + 4 * math.ulp(expected), BY_DIGITS, unit)


def noted(got: str, unit: str = "") -> Outcome:
    """Information."""
    return Outcome(None, got, NOTED, None, "", unit)


def crashed(error: BaseException) -> Outcome:
    """A check that could not be asked has failed."""
    text = " ".join(str(error).split())
    return Outcome(None, f"{type(error).__name__}: {text[:300]}", FAILS, None, "", "")


def with_rival(outcome: Outcome, rival: float, rival_is: str, told: bool) -> Outcome:
    """The same beside a rival of its own: it fails if the rival could not have been told from what is expected."""
    verdict = outcome.verdict if told else FAILS
    return replace(outcome, rival=float(rival), rival_is=rival_is, verdict=verdict)


def fits(rule: str, got: str, holds: bool, unit: str) -> Outcome:
    """A text that must fit a rule."""
    return Outcome(rule, got, HOLDS if holds else FAILS, None, EXACT, unit)

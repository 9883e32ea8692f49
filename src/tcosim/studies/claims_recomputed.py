"""A claim recomputed from its own inputs, and step by step from what the source itself states.

Arithmetic on a claim's figures; knows nothing of scenarios and simulates nothing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tcosim.errors import InputError, Problem
from tcosim.scenario.claims import Claim, Step
from tcosim.scenario.claims_formulas import Range, evaluate

EXACT = 1e-9
"""Relative difference that arithmetic in floating point may leave."""


@dataclass(frozen=True)
class StepFound:
    """One step recomputed.

    Attributes
    ----------
    recomputed : Range
        From the inputs alone.
    from_stated : Range
        From what the source states of the steps before, where it states them.
    holds : bool or None
        Whether the stated figure follows from `from_stated`; None if nothing is stated.
    factor : float or None
        Stated figure over `from_stated`, at the end where they differ most.
    """

    step: Step
    recomputed: Range
    from_stated: Range
    holds: bool | None
    factor: float | None


@dataclass(frozen=True)
class Recomputed:
    """A claim recomputed.

    Attributes
    ----------
    holds : bool or None
        Whether the asserted figure follows from the inputs, within its own rounding; None if no figure is asserted
        that could be recomputed.
    factor : float or None
        Asserted figure over the recomputed one, at the end where they differ most.
    broken : str
        Name of the first step that does not follow from what stands before it; empty if all do.
    figures : mapping of str to Range
        Every input and step, from the inputs alone.
    known : mapping of str to Range
        The same as the source has it: as stated where it states a figure (not a bound), else from such figures.
    """

    steps: tuple[StepFound, ...]
    holds: bool | None
    factor: float | None
    broken: str
    figures: Mapping[str, Range]
    known: Mapping[str, Range]


def recompute(claim: Claim) -> Recomputed:
    """Recompute a claim.

    Ranges are followed corner by corner through the whole chain, so that an input that is used twice has one value.

    Raises
    ------
    tcosim.errors.InputError
        If a step divides by zero.
    """
    given = {**claim.inputs, **claim.assumed}
    try:
        figures = _through(claim, given)
        known = dict(given)
        found = []
        for step in claim.steps:
            local = evaluate(step.formula, [known[name] for name in step.of])
            relation = claim.relation if step is claim.asserted else "equals"
            holds, factor = held(step.stated, step.rounded_to, local, relation)
            found.append(StepFound(step, figures[step.name], local, holds, factor))
            is_bound = step is claim.asserted and claim.relation != "equals"
            known[step.name] = local if step.stated is None or is_bound else step.stated
    except (ZeroDivisionError, OverflowError) as error:
        way_out = "an input that something is divided by must not be 0"
        raise InputError(
            Problem(f"claim.{claim.id}.steps", f"cannot be computed ({error})", None, way_out)
        ) from error
    asserted = claim.asserted
    if asserted is None:
        return Recomputed(tuple(found), None, None, "", figures, known)
    holds, factor = held(asserted.stated, asserted.rounded_to, figures[asserted.name], claim.relation)
    broken = next((one.step.name for one in found if one.holds is False), "")
    return Recomputed(tuple(found), holds, factor, broken, figures, known)


def _through(claim: Claim, given: Mapping[str, Range]) -> dict[str, Range]:
    """The range of every input and step over all corners of the inputs."""
    lows = {step.name: math.inf for step in claim.steps}
    highs = {step.name: -math.inf for step in claim.steps}
    names = list(given)
    for corner in itertools.product(*(sorted({one.low, one.high}) for one in given.values())):
        at = {name: Range(value, value) for name, value in zip(names, corner, strict=True)}
        for step in claim.steps:
            at[step.name] = evaluate(step.formula, [at[name] for name in step.of])
            lows[step.name] = min(lows[step.name], at[step.name].low)
            highs[step.name] = max(highs[step.name], at[step.name].high)
    return {**given, **{step.name: Range(lows[step.name], highs[step.name]) for step in claim.steps}}


def held(
    stated: Range | None, rounded_to: float, found: Range, relation: str
) -> tuple[bool | None, float | None]:
    """Whether a stated figure follows from a recomputed one, within its rounding, and stated over recomputed.

    Parameters
    ----------
    stated : Range or None
    rounded_to : float
        Place to which it is stated; half of it is its rounding.
    found : Range
        Recomputed.
    relation : str
        ``"equals"``: both ends agree. ``"at_least"``, ``"at_most"``: all of the recomputed figure is so. ``"within"``:
        all of it lies in the stated range. ``"reaches"``: some of it comes up to the stated figure.
    """
    if stated is None:
        return None, None
    slack = rounded_to / 2 + EXACT * max(abs(stated.low), abs(stated.high))
    wide = stated.widened(slack)
    if relation == "at_least":
        return found.low >= wide.low, _ratio(stated.low, found.low)
    if relation == "at_most":
        return found.high <= wide.high, _ratio(stated.high, found.high)
    if relation == "reaches":
        return found.high >= wide.low, _ratio(stated.low, found.high)
    if relation == "within":
        # an end that lies outside says by how much, against the end of the stated range that it passed
        passed = [
            _ratio(bound, end)
            for end in (found.low, found.high)
            for bound, outside in ((stated.low, end < wide.low), (stated.high, end > wide.high))
            if outside
        ]
        return not passed, _furthest(passed)
    holds = abs(stated.low - found.low) <= slack and abs(stated.high - found.high) <= slack
    return holds, _furthest([_ratio(stated.low, found.low), _ratio(stated.high, found.high)])


def _ratio(stated: float, found: float) -> float | None:
    return stated / found if stated and found else None


def _furthest(ratios: Sequence[float | None]) -> float | None:
    """The ratio that is furthest from 1."""
    known = [one for one in ratios if one is not None]
    return max(known, key=lambda one: abs(math.log(one)) if one > 0 else math.inf, default=None)

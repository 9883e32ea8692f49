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

HOLDS, FAILS, DEPENDS, NOTHING = "holds", "does not hold", "depends on what is assumed", ""
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
    finding : str
        ``"holds"``; ``"does not hold"`` from its own inputs alone; ``"depends on what is assumed"``: it does not hold,
        and an assumed input is among those that the asserted figure is computed from; empty if nothing is asserted.
    """

    steps: tuple[StepFound, ...]
    holds: bool | None
    factor: float | None
    broken: str
    figures: Mapping[str, Range]
    known: Mapping[str, Range]
    finding: str = ""


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
            parts = [known[name] for name in step.of]
            holds, factor = held(step.stated, step.rounded_to, local, relation, parts)
            found.append(StepFound(step, figures[step.name], local, holds, factor))
            is_bound = step is claim.asserted and claim.relation not in ("equals", "covers", "spans")
            known[step.name] = local if step.stated is None or is_bound else step.stated
    except (ZeroDivisionError, OverflowError) as error:
        way_out = "an input that something is divided by must not be 0"
        raise InputError(
            Problem(f"claim.{claim.id}.steps", f"cannot be computed ({error})", None, way_out)
        ) from error
    asserted = claim.asserted
    if asserted is None:
        return Recomputed(tuple(found), None, None, "", figures, known)
    parts = [figures[name] for name in asserted.of]
    holds, factor = held(asserted.stated, asserted.rounded_to, figures[asserted.name], claim.relation, parts)
    broken = next((one.step.name for one in found if one.holds is False), "")
    return Recomputed(tuple(found), holds, factor, broken, figures, known, _finding(claim, holds))


def _finding(claim: Claim, holds: bool | None) -> str:
    """Say what a result is worth: a failure that an assumed input decides is not the source's own."""
    if holds is None:
        return NOTHING
    if holds:
        return HOLDS
    return DEPENDS if claim.deciding & claim.assumed.keys() else FAILS


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
    stated: Range | None, rounded_to: Range, found: Range, relation: str, parts: Sequence[Range] = ()
) -> tuple[bool | None, float | None]:
    """Whether a stated figure follows from a recomputed one, within its rounding, and stated over recomputed.

    Parameters
    ----------
    stated : Range or None
    rounded_to : Range
        Place to which each end is stated; half of it is its rounding.
    found : Range
        Recomputed.
    relation : str
        ``"equals"``: both ends agree. ``"at_least"``, ``"at_most"``: all of the recomputed figure is so. ``"within"``:
        all of it lies in the stated range. ``"spans"``: it holds all of the stated figure. ``"reaches"``: some of it
        comes up to the stated figure. ``"most"``: more than half of `parts` lie in the stated range. ``"covers"``: the
        stated figure holds unpriced items too, so that neither recomputed end is above the stated one.
    parts : sequence of Range
        What the recomputed figure is the span of; for ``"most"``.
    """
    if stated is None:
        return None, None
    exact = EXACT * max(abs(stated.low), abs(stated.high))
    slack = Range(rounded_to.low / 2 + exact, rounded_to.high / 2 + exact)
    wide = stated.widened(slack)
    if relation == "at_least":
        return found.low >= wide.low, _ratio(stated.low, found.low)
    if relation == "at_most":
        return found.high <= wide.high, _ratio(stated.high, found.high)
    if relation == "reaches":
        return found.high >= wide.low, _ratio(stated.low, found.high)
    if relation == "covers":
        upper = Range(stated.low + slack.low, wide.high)
        over = [_ratio(stated.low, found.low)] if found.low > upper.low else []
        over += [_ratio(stated.high, found.high)] if found.high > upper.high else []
        return not over, _furthest(over)
    if relation == "spans":
        missed = [_ratio(stated.low, found.low)] if stated.low + slack.low < found.low else []
        missed += [_ratio(stated.high, found.high)] if stated.high - slack.high > found.high else []
        return not missed, _furthest(missed)
    if relation == "most":
        outside = [held(stated, rounded_to, one, "within") for one in parts]
        return 2 * sum(bool(one[0]) for one in outside) > len(parts), _furthest([one[1] for one in outside])
    if relation == "within":
        # an end that lies outside says by how much, against the end of the stated range that it passed
        passed = [
            _ratio(bound, end)
            for end in (found.low, found.high)
            for bound, outside in ((stated.low, end < wide.low), (stated.high, end > wide.high))
            if outside
        ]
        return not passed, _furthest(passed)
    holds = abs(stated.low - found.low) <= slack.low and abs(stated.high - found.high) <= slack.high
    return holds, _furthest([_ratio(stated.low, found.low), _ratio(stated.high, found.high)])


def _ratio(stated: float, found: float) -> float | None:
    return stated / found if stated and found else None


def _furthest(ratios: Sequence[float | None]) -> float | None:
    """The ratio that is furthest from 1."""
    known = [one for one in ratios if one is not None]
    return max(known, key=lambda one: abs(math.log(one)) if one > 0 else math.inf, default=None)

"""A scenario with some of its fields taken from another one, checked by the same rules as any scenario.

Knows declared scenarios and their differences; knows nothing of runs or of simulating.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tcosim.errors import InputError, Problem
from tcosim.scenario.correlation import Correlation
from tcosim.scenario.difference import (
    Difference,
    Pairs,
    declared_tables,
    stated_pairs,
    uncertain_names,
)
from tcosim.scenario.fields import Declared
from tcosim.scenario.load import load_text
from tcosim.scenario.models import ApiOption, Route, Scenario
from tcosim.scenario.write import resolved_toml

Check = Callable[[Scenario], None]
"""Raises an InputError for a scenario that cannot be simulated."""


def exchange(a: Scenario, b: Scenario, chosen: Iterable[Difference]) -> Scenario:
    """Return A with some differences taken from B.

    Parameters
    ----------
    a, b : Scenario
        Of the same horizon, baseline and options.
    chosen : iterable of Difference
        Some of `tcosim.scenario.difference.differences` of the two, or several merged.

    Returns
    -------
    Scenario
        Checked like a file. Names for people, the order of options and the notes on defaults stay those of A.

        A pair of inputs is correlated as in the scenario that knows both: A as long as both are uncertain in A
        (B if the correlations were chosen and both are uncertain in B), else B. A pair that neither knows, one
        input from each, is independent.

    Raises
    ------
    tcosim.errors.InputError
        If the mixture breaks a rule; it names what was taken from B.
    """
    chosen = tuple(chosen)
    if not chosen:
        return a
    changes = [change for one in chosen for change in one.changes]
    mixed = _with_fields(a, b, {change.path for change in changes if not change.is_correlation})
    swapped = any(change.is_correlation for change in changes)
    mixed = mixed.model_copy(update={"correlations": _correlations(a, b, mixed, swapped)})
    try:
        return load_text(resolved_toml(mixed))
    except InputError as error:
        place = f"the first scenario with {', '.join(one.name for one in chosen)} of the second"
        raise InputError(
            Problem(p.field, p.rule, p.value, p.way_out, place) for p in error.problems
        ) from error


def separable(
    a: Scenario, b: Scenario, found: Sequence[Difference], check: Check | None = None
) -> tuple[Difference, ...]:
    """Merge differences until each of them can be exchanged alone.

    Parameters
    ----------
    a, b : Scenario
    found : sequence of Difference
    check : callable, optional
        What else a mixture must hold; raises an InputError.

    Raises
    ------
    tcosim.errors.InputError
        If one cannot be exchanged alone, nor together with any other one.
    """
    groups, position = list(found), 0
    while position < len(groups):
        one = groups[position]
        refused = refusal(a, b, (one,), check)
        if refused is None:
            position += 1
            continue
        partner = next(
            (other for other in groups if other is not one and refusal(a, b, (one, other), check) is None),
            None,
        )
        if partner is None:
            raise refused
        groups[position] = one.merged(partner)
        groups.remove(partner)
        position = 0
    return tuple(groups)


def refusal(
    a: Scenario, b: Scenario, chosen: Sequence[Difference], check: Check | None = None
) -> InputError | None:
    """Return why these cannot be exchanged together, None if they can."""
    try:
        mixed = exchange(a, b, chosen)
        if check is not None:
            check(mixed)
    except InputError as error:
        return error
    return None


def _with_fields(a: Scenario, b: Scenario, paths: set[str]) -> Scenario:
    """Return A with the fields at these paths as in B, unchecked."""
    of_b = {path: table for path, _, table in declared_tables(b)}

    def updated(path: str, table: Declared, **others: Any) -> Declared:
        there = of_b.get(path)
        update = {
            name: getattr(there, name)
            for name in type(table).model_fields
            if there is not None and f"{path}.{name}" in paths
        }
        return table.model_copy(update={**update, **others})

    options = []
    for option in a.options:
        path, others = f"option.{option.name}", {}
        if isinstance(option, ApiOption):
            routes = tuple(updated(f"{path}.route.{route.name}", route) for route in option.routes)
            others["routes"] = _routes(b, option.name) if f"{path}.route" in paths else routes
        options.append(updated(path, option, **others))
    mixed = updated(
        "scenario",
        a,
        volume=updated("volume", a.volume),
        traffic=updated("traffic", a.traffic),
        constraints=updated("constraints", a.constraints),
        options=tuple(options),
    )
    assert isinstance(mixed, Scenario)
    return mixed


def _routes(scenario: Scenario, name: str) -> tuple[Route, ...]:
    option = scenario.option(name)
    return option.routes if isinstance(option, ApiOption) else ()


def _correlations(a: Scenario, b: Scenario, mixed: Scenario, swapped: bool) -> tuple[Correlation, ...]:
    """Return the correlations of a mixture, as one of the two states them where it can."""
    known_a, known_b, here = uncertain_names(a), uncertain_names(b), uncertain_names(mixed)
    pairs_a, pairs_b = stated_pairs(a), stated_pairs(b)
    found: Pairs = {}
    for pair in (*pairs_a, *pairs_b):
        if not pair <= here:
            continue
        from_b = pair <= known_b and (swapped or not pair <= known_a)
        source = pairs_b if from_b else pairs_a
        if pair in source:
            found[pair] = source[pair]
    for scenario, pairs in ((a, pairs_a), (b, pairs_b)):
        if {pair: value for pair, (_, _, value) in found.items()} == {
            pair: value for pair, (_, _, value) in pairs.items()
        }:
            return scenario.correlations
    return tuple(
        Correlation(inputs=(first, second), rank_correlation=value) for first, second, value in found.values()
    )

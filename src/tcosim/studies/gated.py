"""What the gates of two runs shut out, and both scenarios without the gates, which move no cost.

Knows declared scenarios; simulates nothing (docs/decision.md, D8).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tcosim.errors import InputError, Problem
from tcosim.scenario.difference import Difference
from tcosim.scenario.gates import shut_out
from tcosim.scenario.load import load_text
from tcosim.scenario.models import NO_CONSTRAINTS, Scenario
from tcosim.scenario.write import resolved_toml
from tcosim.studies.option import candidates, check_option

RUNS = ("A", "B")


def is_gate(one: Difference) -> bool:
    """Whether a difference is one of gates alone."""
    return all(change.path.startswith("constraints.") for change in one.changes)


def without_gates(a: Scenario, b: Scenario) -> tuple[Scenario, Scenario]:
    """Both under the same gates, so that no mixture of the two breaks one: under none.

    Where the baseline is a fleet, which needs gates that shut out what is bought, under those of A, else of B.
    """
    for constraints in (NO_CONSTRAINTS, a.constraints, b.constraints):
        first, second = (one.model_copy(update={"constraints": constraints}) for one in (a, b))
        try:
            for one in (first, second):
                load_text(resolved_toml(one))
        except InputError as error:
            refused = error
            continue
        return first, second
    raise refused


def shut_out_rows(scenario: Scenario) -> list[dict[str, Any]]:
    """``option`` and ``gates`` (names) of everything that is shut out."""
    return [
        {"option": option, "gates": [gate for gate, _ in reasons]}
        for option, reasons in shut_out(scenario).items()
    ]


def check_explained(scenarios: Sequence[Scenario], option: str | None) -> None:
    """Raise an InputError if there is no such option to explain, or none named and no headline in A or in B."""
    first = scenarios[0]
    if option is not None:
        check_option(first, option)
        return
    without = [letter for letter, one in zip(RUNS, scenarios, strict=True) if not any(candidates(one))]
    if not without:
        return
    names = [one.name for one in first.options if one.name != first.baseline]
    if not names:
        check_option(first, None)
    marked = [_marked(name, scenarios) for name in names]
    which = f"{' and '.join(without)} {'has' if len(without) == 1 else 'have'}"
    rule = f"must be named: {which} no eligible rented or owned option"
    listed = " or ".join(text for text in (", ".join(marked[:-1]), marked[-1]) if text)
    raise InputError(Problem("option", rule, None, f"name one with --option NAME: {listed}"))


def _marked(name: str, scenarios: Sequence[Scenario]) -> str:
    """``"owned-h100 (shut out in B)"``."""
    where = [letter for letter, one in zip(RUNS, scenarios, strict=True) if name in shut_out(one)]
    return f"{name} (shut out in {' and '.join(where)})" if where else name

"""What is wrong with gates: work that goes where it must not, gates that leave nothing to compare, a baseline shut out.

Knows what each gate shuts out; finds problems and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from tcosim.scenario.gates import BOUGHT, GATES, Gate, api_of, gates, in_force, shut_out
from tcosim.scenario.models import FleetOption, Option, Scenario
from tcosim.scenario.near import closest, did_you_mean
from tcosim.scenario.rules import Broken

REACHING_OUT = ("data_may_leave", "air_gap")
"""Gates under which no work may go to an API that does not keep data inside: such a fleet is refused."""


def broken_gates(scenario: Scenario) -> Iterator[Broken]:
    """Yield what is wrong with the gates: work that goes where it must not, gates that leave nothing to compare, and
    a baseline that is shut out."""
    on = gates(scenario)
    if not on:
        return
    yield from _sent_out(scenario)
    contradictions = list(_contradictions(on))
    if contradictions:
        yield from contradictions
        return
    left = _left(scenario, on)
    if len(left) < 2:
        yield _conflict(scenario, on, left)
    else:
        yield from _baseline(scenario, left)


def _sent_out(scenario: Scenario) -> Iterator[Broken]:
    """Fleets that would send work to an API that it must not reach."""
    names = in_force(scenario.constraints)
    for position, option in enumerate(scenario.options):
        api = api_of(option, scenario)
        forbidding = [name for name in REACHING_OUT if name in names and option.kind in GATES[name].kinds]
        if not isinstance(option, FleetOption) or api is None or not forbidding:
            continue
        closed = "air_gap" in forbidding
        if api.keeps_data_inside and not closed:
            continue
        gate = f"constraints.{forbidding[0]}"
        inside = "" if closed else f", or keeps_data_inside = true for {api.name} if it is a private endpoint"
        if option.overflow == "api":
            yield Broken(
                ("option", position, "overflow"),
                f"option.{option.name}.overflow",
                f"sends work to {api.name}, before launch too, and {gate} forbids that",
                option.overflow,
                'set overflow = "lost" and state lost_usd_per_million_tokens (longest_wait_hours lets work wait)'
                f"{inside}",
            )
        if option.is_hybrid:
            yield Broken(
                ("option", position, "share"),
                f"option.{option.name}.share",
                f"must be 1: the rest of the work would go to {api.name}, and {gate} forbids that",
                option.share.point_value if option.share.is_point else None,
                f"set share = 1{inside}",
            )


def _contradictions(on: Sequence[Gate]) -> Iterator[Broken]:
    """Every two gates that no option of any kind can pass together."""
    for first, second in combinations(on, 2):
        if not set(GATES[first.name].kinds) & set(GATES[second.name].kinds):
            yield Broken(
                ("constraints", first.name),
                f"{first.path} and {second.path}",
                "contradict each other: no option of any kind passes both",
                None,
                "take one of them out",
            )


def _left(scenario: Scenario, passed: Sequence[Gate]) -> list[Option]:
    """Options that all of these gates leave."""
    return [
        option for option in scenario.options if not any(option.name in gate.shuts_out for gate in passed)
    ]


def _conflict(scenario: Scenario, on: Sequence[Gate], left: Sequence[Option]) -> Broken:
    """The smallest set of gates that leaves no more than all of them together."""
    smallest = next(
        chosen
        for size in range(1, len(on) + 1)
        for chosen in combinations(on, size)
        if len(_left(scenario, chosen)) <= len(left)
    )
    together = "together " if len(smallest) > 1 else ""
    ending = "" if len(smallest) > 1 else "s"
    what = f"shut{ending} out every option"
    if left:
        what = f"leave{ending} only {_left(scenario, smallest)[0].name}: there is nothing to compare"
    each = "; ".join(f"{gate.path} shuts out {', '.join(gate.shuts_out)}" for gate in smallest)
    detail = f" ({each})" if len(smallest) > 1 else f" ({_why(smallest[0])})"
    which = "one of them" if len(smallest) > 1 else "it"
    passes = {1: "it", 2: "both"}.get(len(smallest), "all of them")
    return Broken(
        ("constraints", smallest[0].name),
        " and ".join(gate.path for gate in smallest),
        f"{together}{what}{detail}",
        None,
        f"take {which} out, or add an option that passes {passes}",
    )


def _why(gate: Gate) -> str:
    """Reasons of a gate, each once: ``"api: data may not leave"``."""
    options: dict[str, list[str]] = {}
    for option, reason in gate.shuts_out.items():
        options.setdefault(reason, []).append(option)
    return "; ".join(f"{', '.join(names)}: {reason}" for reason, names in options.items())


def _baseline(scenario: Scenario, left: Sequence[Option]) -> Iterator[Broken]:
    """The option to beat must be eligible, and bought where anything that is bought is eligible."""
    bought = [option.name for option in left if option.kind in BOUGHT]
    able = bought or [option.name for option in left]
    if scenario.baseline in able:
        return
    reasons = shut_out(scenario).get(scenario.baseline)
    if reasons:
        gate, reason = reasons[0]
        rule = f"must name an eligible option: {scenario.baseline} is shut out, because {reason} (constraints.{gate})"
    else:
        kind = scenario.option(scenario.baseline).kind
        rule = f"must name an eligible option of kind api or managed, {scenario.baseline} is {kind}"
    near = did_you_mean(closest(scenario.baseline, able)) or f"use {' or '.join(able)}"
    yield Broken(("scenario", "baseline"), "scenario.baseline", rule, scenario.baseline, near)

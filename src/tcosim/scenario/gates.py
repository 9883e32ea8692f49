"""Which options the gates of a scenario shut out, and why.

Knows declared scenarios; knows nothing of money, and refuses nothing: that is `tcosim.scenario.gate_rules`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tcosim.scenario.fields import Kind, field_specs
from tcosim.scenario.models import (
    NO_CONSTRAINTS,
    ApiOption,
    Constraints,
    FleetOption,
    Option,
    RentedOption,
    Scenario,
)
from tcosim.scenario.models.option import KINDS
from tcosim.units import format_stated

BOUGHT = ("api", "managed")
"""Kinds of options that nobody has to run."""


@dataclass(frozen=True)
class Gate:
    """One gate that is in force.

    Attributes
    ----------
    name : str
        Field of ``[constraints]``.
    shuts_out : dict of str to str
        Why, by the name of each option that it shuts out; reads well after "because".
    unstated : tuple of str
        Options that pass because the scenario does not say what the gate asks for.
    """

    name: str
    shuts_out: dict[str, str]
    unstated: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return f"constraints.{self.name}"


@dataclass(frozen=True)
class _Rule:
    """What a gate asks: the reason why it shuts an option out, or nothing; and kinds that can pass at all."""

    reason: Callable[[Option, ApiOption | None, Constraints], str]
    kinds: tuple[str, ...] = KINDS


def gates(scenario: Scenario) -> tuple[Gate, ...]:
    """Return the gates that are in force, in the order of their declaration."""
    return tuple(_gate(name, scenario) for name in in_force(scenario.constraints))


def gate_rows(scenario: Scenario) -> list[dict[str, Any]]:
    """The same as plain data: ``gate``, ``shuts_out`` (``option`` and ``reason``) and ``unstated``."""
    return [
        {
            "gate": gate.name,
            "shuts_out": [{"option": name, "reason": why} for name, why in gate.shuts_out.items()],
            "unstated": list(gate.unstated),
        }
        for gate in gates(scenario)
    ]


def shut_out(scenario: Scenario) -> dict[str, list[tuple[str, str]]]:
    """Return gate and reason of everything that shuts an option out, by its name; eligible ones are not in it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for gate in gates(scenario):
        for option, reason in gate.shuts_out.items():
            found.setdefault(option, []).append((gate.name, reason))
    return found


def eligible(scenario: Scenario) -> tuple[bool, ...]:
    """Whether each option may be chosen, in the order of the scenario."""
    out = shut_out(scenario)
    return tuple(option.name not in out for option in scenario.options)


def in_force(constraints: Constraints) -> list[str]:
    """Names of the gates that are on, in the order of their declaration."""
    return [name for name in GATES if getattr(constraints, name) != getattr(NO_CONSTRAINTS, name)]


def _gate(name: str, scenario: Scenario) -> Gate:
    rule = GATES[name]
    reasons = {
        option.name: rule.reason(option, api_of(option, scenario), scenario.constraints)
        for option in scenario.options
    }
    is_limit = field_specs(Constraints)[name].kind is Kind.NUMBER
    out = {option: reason for option, reason in reasons.items() if reason}
    return Gate(
        name,
        out,
        tuple(
            one.name
            for one in scenario.options
            if is_limit and one.name not in out and _latency_is_unstated(one, api_of(one, scenario))
        ),
    )


def api_of(option: Option, scenario: Scenario) -> ApiOption | None:
    """The API option that a fleet sends work to, if it sends any."""
    if not isinstance(option, FleetOption) or not option.sends_work_to_api:
        return None
    api = scenario.option(option.api)
    return api if isinstance(api, ApiOption) else None


def _data(option: Option, api: ApiOption | None, constraints: Constraints) -> str:
    return "" if option.keeps_data_inside else "data may not leave"


def _agreement(option: Option, api: ApiOption | None, constraints: Constraints) -> str:
    if not option.has_agreement:
        return "a data agreement is needed and there is none"
    if api is not None and not api.has_agreement:
        return f"a data agreement is needed and there is none with {api.name}, where some of the work goes"
    return ""


def _residency(option: Option, api: ApiOption | None, constraints: Constraints) -> str:
    if not option.has_residency:
        return "data must stay in its region and nothing promises that"
    if api is not None and not api.has_residency:
        return (
            f"data must stay in its region and {api.name}, where some of the work goes, does not promise that"
        )
    return ""


def _quality(option: Option, api: ApiOption | None, constraints: Constraints) -> str:
    if option.has_frontier_quality:
        return ""
    # a hybrid keeps the API for the work that needs it
    if isinstance(option, FleetOption) and option.is_hybrid and api is not None and api.has_frontier_quality:
        return ""
    return "frontier quality is needed and not offered"


def _latency(option: Option, api: ApiOption | None, constraints: Constraints) -> str:
    most, own = constraints.latency_p99_ms, option.latency_p99_ms
    if most is None:
        return ""
    if own is not None and own > most:
        return f"a p99 latency of {format_stated(own)} ms is more than {format_stated(most)} ms"
    # a hybrid sends the API more than one request in a hundred; what overflows is rare
    if (
        _is_hybrid(option)
        and api is not None
        and api.latency_p99_ms is not None
        and api.latency_p99_ms > most
    ):
        return (
            f"a p99 latency of {format_stated(api.latency_p99_ms)} ms of {api.name}, where some of the work goes, is"
            f" more than {format_stated(most)} ms"
        )
    return ""


def _is_hybrid(option: Option) -> bool:
    return isinstance(option, FleetOption) and option.is_hybrid


def _latency_is_unstated(option: Option, api: ApiOption | None) -> bool:
    """Whether the latency of an option, or of the API that a hybrid shares its work with, is not known."""
    own = option.latency_p99_ms is None
    return own or (_is_hybrid(option) and api is not None and api.latency_p99_ms is None)


def _team(option: Option, api: ApiOption | None, constraints: Constraints) -> str:
    return "nobody is there to run GPUs" if option.is_fleet else ""


def _measured(option: Option, api: ApiOption | None, constraints: Constraints) -> str:
    if option.kind == "owned":
        return "the volume is a guess and GPUs would be bought for it"
    if isinstance(option, RentedOption) and option.contract == "reserved":
        return "the volume is a guess and GPUs would be reserved for it"
    return ""


def _closed(option: Option, api: ApiOption | None, constraints: Constraints) -> str:
    if option.kind != "owned":
        return "the network is closed and only owned GPUs stand inside"
    return "" if option.keeps_data_inside else "the network is closed and data would leave it"


GATES: dict[str, _Rule] = {
    "data_may_leave": _Rule(_data),
    "agreement_needed": _Rule(_agreement),
    "residency_needed": _Rule(_residency),
    "frontier_quality_needed": _Rule(_quality),
    "latency_p99_ms": _Rule(_latency),
    "platform_team": _Rule(_team, BOUGHT),
    "volume_measured": _Rule(_measured, (*BOUGHT, "rented")),
    "air_gap": _Rule(_closed, ("owned",)),
}

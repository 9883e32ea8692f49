"""What must hold between the tables of a scenario: names, references, shares that sum to 1.

Knows the tables as read; finds problems and changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tcosim.scenario.near import closest, did_you_mean
from tcosim.scenario.places import Path
from tcosim.scenario.uncertain import Uncertain
from tcosim.units import format_stated

LEAST_SIGMA_WITH_SILENCE = 0.02
"""Below it, next to nothing of the burst rises above a floor that silences hours, and rounding decides what does."""


@dataclass(frozen=True)
class Broken:
    """A rule that does not hold: path in the file, label of the field, and the problem."""

    path: Path
    label: str
    rule: str
    value: object = None
    way_out: str = ""


@dataclass(frozen=True)
class OptionFacts:
    """What the rules need to know of an option, as far as it could be read."""

    position: int
    label: str
    kind: str
    values: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The option's name, or nothing if it has none."""
        return str(self.values.get("name") or "")


def broken_rules(
    header: Mapping[str, Any], options: Sequence[OptionFacts], *, gated: bool = False
) -> Iterator[Broken]:
    """Yield every rule that does not hold.

    With ``gated``, a gate is in force: it may shut out whatever is bought, so `tcosim.scenario.gate_rules` says what
    the baseline may be.
    """
    if not options:
        yield Broken(
            ("option",), "option", "is missing: state two or more [[option]] tables", None, "see: tcosim new"
        )
        return
    if len(options) == 1:
        rule = "needs two or more tables: there is nothing to compare"
        yield Broken(("option", 0), "option", rule, options[0].name or 1, "add another [[option]]")
    yield from _names(options)
    yield from _baseline(header, options, gated)
    for option in options:
        yield from _reference(option, options)
        if (
            option.kind == "rented"
            and option.values.get("autoscale")
            and option.values.get("contract") == "reserved"
        ):
            yield Broken(
                ("option", option.position, "autoscale"),
                f"{option.label}.autoscale",
                "does not go with a reserved contract: a reservation is paid by the month",
                True,
                'set autoscale = false, or contract = "on-demand"',
            )


def _names(options: Sequence[OptionFacts]) -> Iterator[Broken]:
    seen: dict[str, int] = {}
    for option in options:
        name = option.name.lower()
        if name and name in seen:
            yield Broken(
                ("option", option.position, "name"),
                f"{option.label}.name",
                f"must be unique, option {seen[name] + 1} has the same",
                option.name,
                "rename one",
            )
        seen.setdefault(name, option.position)


def _baseline(header: Mapping[str, Any], options: Sequence[OptionFacts], gated: bool) -> Iterator[Broken]:
    baseline = header.get("baseline")
    if not baseline:
        return
    able = [option.name for option in options if option.kind in ("api", "managed") and option.name]
    named = [option for option in options if option.name == baseline]
    if named and (gated or named[0].kind in ("api", "managed", "")):
        return  # an option of no known kind is reported as such
    if not named and _is_nameless(options):
        return
    rule = "must name an option"
    if named:
        rule = f"must name an option of kind api or managed, {baseline} is {named[0].kind}"
    way_out = did_you_mean(closest(baseline, able)) or (
        f"use {' or '.join(able)}" if able else 'add an [[option]] with kind = "api"'
    )
    yield Broken(("scenario", "baseline"), "scenario.baseline", rule, baseline, way_out)


def _is_nameless(options: Sequence[OptionFacts]) -> bool:
    """Whether an option lacks its name: it may be the one that is meant, and the lack is a problem of its own."""
    return any(not option.name for option in options)


def _reference(option: OptionFacts, options: Sequence[OptionFacts]) -> Iterator[Broken]:
    api = option.values.get("api")
    if option.kind == "api" or not api:
        return
    able = [other.name for other in options if other.kind == "api" and other.name]
    unsure = _is_nameless(options) or any(other.name == api and not other.kind for other in options)
    if api not in able and not unsure:
        way_out = did_you_mean(closest(api, able)) or (
            f'state api = "{able[0]}"' if able else 'add an [[option]] with kind = "api"'
        )
        yield Broken(
            ("option", option.position, "api"),
            f"{option.label}.api",
            "must name an option of kind api",
            api,
            way_out,
        )


def broken_traffic(traffic: Mapping[str, Any]) -> Iterator[Broken]:
    """Yield what does not hold between the fields of the traffic: hours fall silent only where demand swings."""
    silent, sigma = traffic.get("silent_share"), traffic.get("burst_sigma")
    if not isinstance(silent, Uncertain) or not isinstance(sigma, Uncertain):
        return
    share, low = silent.distribution.declared_support()[1], sigma.distribution.declared_support()[0]
    if share > 0 and low < LEAST_SIGMA_WITH_SILENCE:
        least = format_stated(LEAST_SIGMA_WITH_SILENCE)
        value = format_stated(float(f"{low:.4g}"))
        yield Broken(
            ("traffic", "burst_sigma"),
            "traffic.burst_sigma",
            f"must be at least {least} where hours can be silent (traffic.silent_share up to {format_stated(share)})",
            value if sigma.is_point else f"values down to {value}",
            f"{'raise it' if sigma.is_point else f'add low_limit = {least}'}, or set traffic.silent_share to 0",
        )


def broken_routes(path: Path, label: str, routes: Sequence[Mapping[str, Any]]) -> Iterator[Broken]:
    """Yield what does not hold among the routes of one option."""
    names = [str(route.get("name", "")) for route in routes]
    for number, name in enumerate(names):
        if name and name in names[:number]:
            yield Broken(
                (*path, "route", number, "name"),
                f"{label}.route.{name}.name",
                "must be unique within the option",
                name,
                "rename one",
            )
    shares = [route.get("share") for route in routes]
    known = [share for share in shares if isinstance(share, float)]
    if len(known) == len(shares) and abs(math.fsum(known) - 1) > 1e-9:
        yield Broken(
            (*path, "route"),
            f"{label}.route.share",
            "all shares of an option must sum to 1",
            f"{' + '.join(map(format_stated, known))} = {format_stated(round(math.fsum(known), 12))}",
            "correct the shares",
        )

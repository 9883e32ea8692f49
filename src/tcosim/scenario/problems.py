"""From what pydantic refuses to what a person can act on.

Knows the families of distributions; knows nothing of files and places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from tcosim.errors import InputError
from tcosim.limits import MOST_COMPONENTS
from tcosim.scenario.distributions import FAMILIES, Distribution, Family, distribution
from tcosim.scenario.elicit import PERCENTILE_KEY, Refused
from tcosim.scenario.family import COMMON
from tcosim.scenario.near import closest, did_you_mean
from tcosim.units import format_exact, parse_number


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a distribution table; ``key`` is relative to the table, ``""`` for all of it."""

    key: str
    rule: str
    value: object = None
    way_out: str = ""


def needs(family: type[Family]) -> str:
    """Say what a family must be given: ``"mean and sd, or two percentiles such as p5 and p95"``."""
    own = [name for name, info in family.model_fields.items() if info.is_required() and name not in COMMON]
    ways = [" and ".join(names) for names in ((tuple(own), *family.alternatives))]
    if family is FAMILIES["quantiles"]:
        return "three or more percentiles such as p5, p50 and p95"
    if family.takes_percentiles:
        ways.append("two percentiles such as p5 and p95")
    return ", or ".join(ways)


def known_keys(family: type[Family]) -> list[str]:
    """List the keys that a family's table takes, percentiles aside."""
    own = [name for name in family.model_fields if name not in ("stated", "percentiles")]
    return list(dict.fromkeys([*own, *(name for names in family.alternatives for name in names)]))


def number_hint(value: object) -> str:
    """Say how to write a number that was put in quotes."""
    if isinstance(value, str):
        try:
            return f"write {format_exact(parse_number(value))} without quotes"
        except InputError:
            pass
    return "write a plain number without quotes"


def declared(table: Mapping[str, object]) -> Distribution | list[Fault]:
    """Build the distribution that a table declares, or list everything wrong with it."""
    kind = table.get("dist")
    if not isinstance(kind, str) or kind not in FAMILIES:
        return [_unknown_family(kind, table)]
    clean: dict[str, object] = {}
    faults: list[Fault] = []
    for key, value in table.items():
        if kind == "mixture" and key == "components":
            clean[key] = value
            faults += _component_faults(value)
        elif key in known_keys(FAMILIES[kind]) or PERCENTILE_KEY.fullmatch(key):
            clean[key] = value
        else:
            faults.append(_unknown_key(key, FAMILIES[kind]))
    if kind == "mixture" and faults:
        return faults
    try:
        made = distribution(clean)
    except ValidationError as error:
        # Without the key that was misspelled, something is missing: that needs no saying.
        return faults + [fault for fault in _faults(error, FAMILIES[kind]) if fault.key or not faults]
    return faults or made


def _component_faults(value: object) -> Iterator[Fault]:
    if not isinstance(value, (list, tuple)):
        yield Fault(
            "components", "must be a list of tables", value, "write [{ weight = 1, dist = ... }, ...]"
        )
        return
    if len(value) > MOST_COMPONENTS:
        yield Fault(
            "components", f"must be at most {MOST_COMPONENTS}", len(value), "join those that are alike"
        )
        return
    for number, part in enumerate(value, start=1):
        place = f"components.{number}"
        if not isinstance(part, Mapping):
            yield Fault(place, "must be a table", part, 'write { weight = 1, dist = "...", ... }')
            continue
        if "weight" not in part:
            yield Fault(f"{place}.weight", "is missing", None, "state the weight of each component")
        if part.get("dist") == "mixture":
            yield Fault(place, "a mixture holds no mixture", None, "list all components in one")
            continue
        inner = declared({key: item for key, item in part.items() if key != "weight"})
        for fault in inner if isinstance(inner, list) else ():
            yield Fault(f"{place}.{fault.key}".rstrip("."), fault.rule, fault.value, fault.way_out)


def _unknown_family(kind: object, table: Mapping[str, object]) -> Fault:
    families = ", ".join(FAMILIES)
    if kind is None and not table:
        return Fault(
            "", "is an empty table", None, 'state a number, { dist = "...", ... } or { use = "..." }'
        )
    if kind is None:
        return Fault("dist", f"is missing: one of {families}", None, 'add dist = "..." or use = "..."')
    near = did_you_mean(closest(str(kind), FAMILIES))
    return Fault("dist", f"must be one of {families}", kind, near or "choose a family")


def _unknown_key(key: str, family: type[Family]) -> Fault:
    names = known_keys(family)
    shown = [*names, *(["p5", "p50", "p95"] if family.takes_percentiles else [])]
    way_out = did_you_mean(closest(key, shown)) or f"it takes {needs(family)}"
    return Fault(key, "is no parameter of this family", None, way_out)


def _faults(error: ValidationError, family: type[Family]) -> Iterator[Fault]:
    missing: list[str] = []
    for item in error.errors(include_url=False):
        # The first part of the location is the family itself.
        key = ".".join(str(part + 1) if isinstance(part, int) else part for part in item["loc"][1:])
        if item["type"] == "missing":
            missing.append(key)
        elif item["type"] == "extra_forbidden":
            yield Fault(key, "this family takes no percentiles", None, f"it takes {needs(family)}")
        elif isinstance(cause := item.get("ctx", {}).get("error"), Refused):
            inner = ".".join(part for part in (key, cause.key) if part)
            yield Fault(inner, cause.rule, cause.value, cause.way_out)
        elif item["type"] == "finite_number":
            yield Fault(key, "must be a finite number", item["input"], "state a number that can occur")
        elif item["type"] in ("float_type", "float_parsing"):
            yield Fault(key, "must be a number", item["input"], number_hint(item["input"]))
        elif item["type"] == "tuple_type":
            yield Fault(key, "must be a list of numbers", item["input"], "write [1, 2, 3]")
        else:
            yield Fault(key, str(item["msg"]), item["input"], f"it takes {needs(family)}")
    if missing:
        rule = f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
        yield Fault("", rule, None, f"this family needs {needs(family)}")

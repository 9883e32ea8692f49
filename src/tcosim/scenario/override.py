"""``--set path=value``: put a value into the raw tables of a scenario, by the names that people use.

Knows the layout of a scenario; whether the value is any good is checked later, with everything else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tcosim.errors import InputError, Problem
from tcosim.scenario.fields import FieldSpec, Kind, Use, field_specs
from tcosim.scenario.models import OPTION_KINDS, Header, Route, Traffic, Volume
from tcosim.scenario.near import closest, did_you_mean
from tcosim.scenario.places import Path
from tcosim.units import parse_number

SECTIONS = {"scenario": Header, "volume": Volume, "traffic": Traffic}


@dataclass(frozen=True)
class Setting:
    """What was set: its path in the raw tables, and the names of inputs that stood there before."""

    path: Path
    displaced: frozenset[str]


def apply_override(raw: dict[str, Any], text: str) -> Setting:
    """Set one field in the raw tables.

    Parameters
    ----------
    raw : dict
        The scenario as parsed from TOML; changed in place.
    text : str
        For example ``"option.rented-h100.usd_per_gpu_hour=2.5"``.

    Returns
    -------
    Setting

    Raises
    ------
    tcosim.errors.InputError
        If there is no such place, or the value cannot be read.
    """
    place = f"--set {text}"
    dotted, equals, value = text.partition("=")
    dotted = dotted.strip()
    parts = dotted.split(".")
    if not equals or not dotted or not all(parts):
        raise _refused("--set", "must be path=value", text, "for example volume.annual_growth=0.4", "")
    table, path, specs, rest = _find(raw, parts, place)
    name, inner = rest[0], rest[1:]
    if inner:
        within = table.get(name)
        if not isinstance(within, dict) or len(inner) > 1:
            rule = "names a part of a distribution that the scenario does not state there"
            raise _refused(dotted, rule, None, f"set {'.'.join(parts[: -len(inner)])} as a whole", place)
        if "use" in within:
            rule = f"is taken from the library, {within['use']}: its parts cannot be set"
            raise _refused(dotted, rule, None, f"set {'.'.join(parts[:-1])} as a whole", place)
        within[inner[0]] = parse_value(value, None, dotted, place)
        return Setting((*path, name), frozenset())
    spec = specs.get(name)
    before = table.get(name)
    displaced = {dotted}
    if isinstance(before, Mapping):
        displaced.update(str(before[key]) for key in ("use", "input") if key in before)
    elif before is None and spec is not None and isinstance(spec.default, Use):
        displaced.add(spec.default.key)
    table[name] = parse_value(value, spec, dotted, place)
    if spec is not None and spec.kind is Kind.PROFILE:
        table.pop(f"{name}_name", None)
    for other, declared in specs.items():
        stands_for = declared.instead_of
        if name in stands_for:
            table.pop(other, None)
        elif other == name:
            for replaced in stands_for:
                table.pop(replaced, None)
    return Setting((*path, name), frozenset(displaced))


def _refused(field: str, rule: str, value: object, way_out: str, place: str) -> InputError:
    return InputError(Problem(field, rule, value, way_out, place))


def _find(
    raw: dict[str, Any], parts: list[str], place: str
) -> tuple[dict[str, Any], Path, dict[str, FieldSpec], list[str]]:
    """Return the table that holds a field, its path and fields, and the parts of the name that remain."""
    head, rest = parts[0], parts[1:]
    if head in SECTIONS and rest:
        table = raw.setdefault(head, {})
        if isinstance(table, dict):
            return table, (head,), field_specs(SECTIONS[head]), rest
    if head == "option" and len(rest) > 1:
        return _find_option(raw, rest, place)
    places = [f"{section}.{name}" for section, model in SECTIONS.items() for name in field_specs(model)]
    if head == "correlation":
        rule, way_out = "correlations cannot be set from outside", "write them into the scenario file"
    else:
        rule = "must begin with scenario, volume, traffic or option.NAME, and name a field"
        same = [other for other in places if other.endswith(f".{parts[-1]}")]
        near = same or closest(".".join(parts), places)
        way_out = did_you_mean(near[:1]) or "for example volume.annual_growth=0.4"
    raise _refused(".".join(parts), rule, None, way_out, place)


def _find_option(
    raw: dict[str, Any], parts: list[str], place: str
) -> tuple[dict[str, Any], Path, dict[str, FieldSpec], list[str]]:
    tables = raw.get("option")
    options = [table for table in tables if isinstance(table, dict)] if isinstance(tables, list) else []
    names = [str(table.get("name")) for table in options]
    if parts[0] not in names:
        near = did_you_mean(closest(parts[0], names)) or f"the scenario has {', '.join(names) or 'none'}"
        raise _refused(f"option.{parts[0]}", "must be the name of an option", None, near, place)
    number = names.index(parts[0])
    table, rest = options[number], parts[1:]
    position = tables.index(table) if isinstance(tables, list) else number
    path: Path = ("option", position)
    model = OPTION_KINDS.get(str(table.get("kind")))
    specs = dict(field_specs(model)) if model is not None else {}
    if rest[0] != "route" or len(rest) < 3:
        return table, path, {**field_specs(Route), **specs} if table.get("kind") == "api" else specs, rest
    stated = table.get("route")
    routes = [route for route in stated if isinstance(route, dict)] if isinstance(stated, list) else []
    if not routes and rest[1] == "default":
        return table, path, field_specs(Route), rest[2:]
    names = [str(route.get("name", f"route-{number}")) for number, route in enumerate(routes, start=1)]
    names = names or ["default"]
    if rest[1] not in names:
        near = did_you_mean(closest(rest[1], names)) or f"the option has {', '.join(names) or 'none'}"
        raise _refused(f"option.{parts[0]}.route.{rest[1]}", "must be the name of a route", None, near, place)
    number = names.index(rest[1])
    return routes[number], (*path, "route", number), field_specs(Route), rest[2:]


def parse_value(text: str, spec: FieldSpec | None, field: str, place: str) -> Any:
    """Read a value as TOML, as a number the way people write it, or as bare text where the field takes text.

    Raises
    ------
    tcosim.errors.InputError
        If it is none of them.
    """
    stripped = text.strip()
    if spec is not None and spec.kind in (Kind.TEXT, Kind.NAME) and stripped[:1] not in "\"'":
        return stripped
    try:
        parsed = tomllib.loads(f"value = {stripped}")
        if set(parsed) == {"value"}:
            return _whole(parsed["value"], spec)
    except (ValueError, RecursionError):
        pass
    try:
        return _whole(parse_number(stripped, field), spec)
    except InputError as error:
        if spec is not None and spec.kind is Kind.PROFILE and stripped.isprintable():
            return stripped
        wanted = spec.kind.value if spec is not None else "a number or a TOML value"
        way_out = "write it like 2.5B, 20%, or '{ dist = \"normal\", p5 = 1, p95 = 2 }'"
        raise _refused(field, f"must be {wanted}", stripped, way_out, place) from error


def _whole(value: Any, spec: FieldSpec | None) -> Any:
    """Let a whole number stand where one is needed, however it was written: ``10k``, ``1e3``."""
    if spec is not None and spec.kind is Kind.INTEGER and isinstance(value, float) and value.is_integer():
        return int(value)
    return dict(value) if isinstance(value, Mapping) else value

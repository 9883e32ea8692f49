"""``--set path=value``: put a value into the raw tables of a scenario, by the names of fields and of inputs.

Knows the layout of a scenario; whether the value is any good is checked later, with everything else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tcosim.errors import InputError, Problem
from tcosim.files import Unreadable, check_shape
from tcosim.limits import MOST_ENTRIES
from tcosim.scenario.fields import FieldSpec, Kind, Use, applies, default_in, field_specs
from tcosim.scenario.library import Library
from tcosim.scenario.models import OPTION_KINDS, Constraints, Header, Route, Traffic, Volume
from tcosim.scenario.near import closest, did_you_mean
from tcosim.scenario.nesting import check_nesting
from tcosim.scenario.notes import as_written
from tcosim.scenario.places import Path
from tcosim.units import parse_number

SECTIONS = {"scenario": Header, "volume": Volume, "traffic": Traffic, "constraints": Constraints}


Inputs = Mapping[str, tuple[str, ...]]
"""Dotted paths of the fields that take an input, by the name of the input."""


@dataclass(frozen=True)
class Setting:
    """What was set: the paths in the raw tables, and the names of inputs that stood there before."""

    paths: tuple[Path, ...]
    displaced: frozenset[str]


@dataclass(frozen=True)
class _Table:
    """One raw table with its dotted path and the fields that it may hold."""

    dotted: str
    raw: Mapping[str, Any]
    specs: Mapping[str, FieldSpec]


def fields_by_input(raw: dict[str, Any]) -> Inputs:
    """Return the fields of a raw scenario that share an input, or take one by another name than their own.

    These are the fields that use the library, by default or as stated, and those with ``input = ...``.
    """
    found: dict[str, tuple[str, ...]] = {}
    for table in _tables(raw):
        replaced = {
            other for name in table.raw if name in table.specs for other in table.specs[name].instead_of
        }
        for name, spec in table.specs.items():
            if spec.kind is Kind.UNCERTAIN and name not in replaced:
                input_name = _input_name(table, spec)
                if input_name is not None:
                    found[input_name] = (*found.get(input_name, ()), f"{table.dotted}.{name}")
    return found


def _tables(raw: dict[str, Any]) -> Iterator[_Table]:
    for section, model in SECTIONS.items():
        table = raw.get(section, {})
        if isinstance(table, Mapping):
            yield _Table(section, table, field_specs(model))
    options = raw.get("option")
    for option in options if isinstance(options, list) else ():
        kind = OPTION_KINDS.get(str(option.get("kind"))) if isinstance(option, Mapping) else None
        if kind is None:
            continue
        dotted = f"option.{option.get('name')}"
        yield _Table(dotted, option, field_specs(kind))
        if option["kind"] == "api":
            routes = option.get("route")
            for number, route in enumerate(routes if isinstance(routes, list) else (), start=1):
                if isinstance(route, Mapping):
                    name = route.get("name", f"route-{number}")
                    yield _Table(f"{dotted}.route.{name}", route, field_specs(Route))
            if "route" not in option:
                yield _Table(dotted, option, field_specs(Route))


def _input_name(table: _Table, spec: FieldSpec) -> str | None:
    if not applies(spec.only, table.raw, table.specs):
        return None
    stated = table.raw.get(spec.name)
    if isinstance(stated, Mapping):
        name = stated.get("input", stated.get("use"))
        return name if isinstance(name, str) else None
    default = default_in(spec, table.raw, table.specs) if stated is None else None
    return default.key if isinstance(default, Use) else None


def apply_override(
    raw: dict[str, Any], text: str, *, inputs: Inputs | None = None, library: Library | None = None
) -> Setting:
    """Set one field, or all fields that share an input, in the raw tables.

    Parameters
    ----------
    raw : dict
        The scenario as parsed from TOML; changed in place.
    text : str
        For example ``"option.rented-h100.usd_per_gpu_hour=2.5"``; or with the name of an input, which sets every
        field that takes it: ``"people.engineer_hours_per_month=40"``. A distribution that is set this way
        keeps the name, so the fields still share one draw. The path of a field comes before an input's name.
    inputs : mapping, optional
        What `fields_by_input` gave before any override, so that a later one for the same input finds its fields.
    library : Library, optional
        To tell its keys from misspelled names.

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
        raise _refused(
            "--set", "must be path=value", as_written(text), "for example volume.annual_growth=0.4", ""
        )
    if not value.strip():
        raise _refused(
            dotted, "needs a value after =", None, "write a number, text or a distribution behind it", place
        )
    if _is_field(parts):
        return _set_field(raw, dotted, value, place)
    now = fields_by_input(raw)
    shared = {name: (inputs or {}).get(name, ()) + now.get(name, ()) for name in {**(inputs or {}), **now}}
    if dotted not in shared:
        _refuse_unknown(raw, dotted, shared, library, place)
        return _set_field(raw, dotted, value, place)
    settings = [_set_field(raw, field, value, place, dotted) for field in dict.fromkeys(shared[dotted])]
    displaced = frozenset().union(*(setting.displaced for setting in settings), (dotted,))
    return Setting(tuple(path for setting in settings for path in setting.paths), displaced)


def _is_field(parts: list[str]) -> bool:
    if parts[0] in SECTIONS and len(parts) > 1:
        return parts[1] in field_specs(SECTIONS[parts[0]])
    return parts[0] == "option" and len(parts) > 2


def _set_field(
    raw: dict[str, Any], dotted: str, value: str, place: str, input_name: str | None = None
) -> Setting:
    """Set one field, or one part of its distribution; a distribution is given the name of an input, if any."""
    parts = dotted.split(".")
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
        return Setting(((*path, name),), frozenset())
    spec = specs.get(name)
    before = table.get(name)
    displaced = {dotted, *_inputs_of(before)}
    if before is None and spec is not None and isinstance(spec.default, Use):
        displaced.add(spec.default.key)
    parsed = parse_value(value, spec, dotted, place)
    if input_name is not None and isinstance(parsed, dict) and "dist" in parsed:
        parsed.setdefault("input", input_name)
    table[name] = parsed
    if spec is not None and spec.kind is Kind.PROFILE:
        table.pop(f"{name}_name", None)
    instead = set(spec.instead_of) if spec is not None else set()
    for other in [key for key in table if key in instead or name in _stands_for(specs, key)]:
        displaced |= {".".join((*parts[: -len(rest)], other)), *_inputs_of(table.pop(other))}
    return Setting(((*path, name),), frozenset(displaced))


def _inputs_of(value: object) -> set[str]:
    """Names of the input that a written value takes, if it names one."""
    return (
        {str(value[key]) for key in ("use", "input") if key in value} if isinstance(value, Mapping) else set()
    )


def _stands_for(specs: Mapping[str, FieldSpec], name: str) -> tuple[str, ...]:
    return specs[name].instead_of if name in specs else ()


def _refuse_unknown(
    raw: dict[str, Any], dotted: str, shared: Inputs, library: Library | None, place: str
) -> None:
    """Raise for what is neither a field nor an input, unless it lies in a section that will say so itself."""
    parts = dotted.split(".")
    whole = dotted.rpartition(".")[0]
    if whole in shared:
        rule = f"is a part of the input {whole}: parts of a shared input cannot be set"
        raise _refused(dotted, rule, None, f"set {whole} as a whole, or {shared[whole][0]}", place)
    if parts[0] in SECTIONS and len(parts) > 1 and closest(parts[1], field_specs(SECTIONS[parts[0]])):
        return
    if parts[0] in ("option", "correlation"):
        return
    if library is not None and dotted in set(library.keys()):
        rule = "is a quantity of the library that no field of this scenario uses"
        raise _refused(dotted, rule, None, "see which inputs it has with: tcosim check", place)
    paths = [f"{table.dotted}.{name}" for table in _tables(raw) for name in table.specs]
    same = [path for path in paths if path.endswith(f".{parts[-1]}")]
    near = did_you_mean(same[:3] or closest(dotted, [*shared, *paths]))
    rule = "must be a field of scenario, volume, traffic, constraints or option.NAME, or an input of the scenario"
    raise _refused(dotted, rule, None, near or "for example volume.annual_growth=0.4", place)


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
    if head == "correlation":
        rule, way_out = "correlations cannot be set from outside", "write them into the scenario file"
    else:
        rule, way_out = "must name a field", f"for example {head}.NAME.FIELD=0.4" if head == "option" else ""
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
        check_nesting(stripped)
        parsed = tomllib.loads(f"value = {stripped}")
        check_shape(parsed, MOST_ENTRIES)
        if set(parsed) == {"value"}:
            return _whole(parsed["value"], spec)
    except Unreadable as error:
        raise _refused(field, error.rule, None, error.way_out, place) from error
    except ValueError:
        pass
    try:
        return _whole(parse_number(stripped, field), spec)
    except InputError as error:
        if spec is not None and spec.kind is Kind.PROFILE and stripped.isprintable():
            return stripped
        wanted = spec.kind.value if spec is not None else "a number or a TOML value"
        way_out = HINTS.get(spec.kind if spec else None, HINTS[None])
        raise _refused(field, f"must be {wanted}", stripped, way_out, place) from error


HINTS: dict[Kind | None, str] = {
    Kind.FLAG: "write true or false",
    Kind.NUMBER: "write it like 2000 or 2.5B",
    Kind.INTEGER: "write it like 3",
    None: "write it like 2.5B, 20%, or '{ dist = \"normal\", p5 = 1, p95 = 2 }'",
}
"""How to write what stands behind ``=``, by the kind of its field."""


def _whole(value: Any, spec: FieldSpec | None) -> Any:
    """Let a whole number stand where one is needed, however it was written: ``10k``, ``1e3``."""
    if spec is not None and spec.kind is Kind.INTEGER and isinstance(value, float) and value.is_integer():
        return int(value)
    return dict(value) if isinstance(value, Mapping) else value

"""What differs between two scenarios of the same horizon and the same options, and what can only change together.

Knows declared scenarios; knows nothing of runs, of drawing numbers or of words for people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tcosim.errors import InputError, Problem
from tcosim.scenario.catalogue.key import FIELDS
from tcosim.scenario.fields import Declared, FieldSpec, field_specs
from tcosim.scenario.models import ApiOption, Header, Option, Route, Scenario
from tcosim.scenario.uncertain import Uncertain

CORRELATIONS = "correlations"
"""Name of the difference that holds all correlations."""
CORRELATION_UNIT = "rank correlation"

PROFILE = "traffic.weekly_profile"

_NOT_COMPARED = {
    "scenario": ("name", "title", "months", "baseline", "prices_on"),
    "option": ("kind", "name", "label"),
    "route": ("name",),
}
"""Names for people, which change no result, and what must be the same to compare at all."""


@dataclass(frozen=True)
class Change:
    """One field that differs.

    Attributes
    ----------
    path : str
        Dotted path of the field; ``option.NAME.route`` for all routes of an option that has others in B;
        two names of inputs, as ``"first with second"``, for a correlation.
    before, after : Uncertain, tuple, number, text or None
        What stands in A and in B; None where the field does not apply or was not stated.
    unit : str
    """

    path: str
    before: Any
    after: Any
    unit: str = ""

    @property
    def is_correlation(self) -> bool:
        """Whether a pair of inputs is correlated otherwise, and no field changed."""
        return self.unit == CORRELATION_UNIT


@dataclass(frozen=True)
class Difference:
    """Fields that differ and can only change together: they share a draw, or one needs the other.

    Attributes
    ----------
    name : str
        The input that all its fields share, if there are several; else the path of the first field.
    changes : tuple of Change
        At least one.
    """

    name: str
    changes: tuple[Change, ...]

    def merged(self, other: Difference) -> Difference:
        """Return both as one that goes by this name."""
        return Difference(self.name, self.changes + other.changes)


def differences(a: Scenario, b: Scenario) -> tuple[Difference, ...]:
    """List what differs, in the order of the fields of A; correlations come last.

    Raises
    ------
    tcosim.errors.InputError
        If horizon, baseline or options differ, with everything that does.
    """
    refuse_incomparable(a, b)
    before, after = _cells(a, b), _cells(b, a)
    changed = {
        path: Change(path, _get(before, path), _get(after, path), (before.get(path) or after[path]).spec.unit)
        for path in dict.fromkeys((*before, *after))
        if not _same(_get(before, path), _get(after, path))
    }
    if PROFILE not in changed:
        changed.pop(f"{PROFILE}_name", None)
    for path in [path for path in changed if _is_model(path)]:
        if not any(one in changed for one in _filled_by(path)):
            del changed[path]  # a name, as long as it fills the same prices
    found = [_difference(paths, changed) for paths in _components(changed, {**after, **before})]
    pairs = _changed_pairs(a, b)
    return (*found, Difference(CORRELATIONS, pairs)) if pairs else tuple(found)


def refuse_incomparable(a: Scenario, b: Scenario) -> None:
    """Raise an InputError that names everything that must be the same and is not."""
    problems = [
        Problem(
            f"scenario.{field}",
            "must be the same in both runs",
            f"{first} in the first, {second} in the second",
            f"run one of them again with --set scenario.{field}={first} or {second}",
        )
        for field in ("months", "baseline")
        if (first := getattr(a, field)) != (second := getattr(b, field))
    ]
    kinds = [{option.name: option.kind for option in scenario.options} for scenario in (a, b)]
    for name in dict.fromkeys((*kinds[0], *kinds[1])):
        here, there = (of.get(name, "missing") for of in kinds)
        if here != there:
            problems.append(
                Problem(
                    f"option.{name}",
                    "must be in both runs, of the same kind",
                    f"{here} in the first, {there} in the second",
                    "run both with the same [[option]] tables, then change their fields",
                )
            )
    if problems:
        raise InputError(problems)


@dataclass(frozen=True)
class _Cell:
    """One field with what stands in it; None where it does not apply."""

    table: str
    spec: FieldSpec
    value: Any


def declared_tables(scenario: Scenario) -> Iterator[tuple[str, str, Declared]]:
    """Yield the dotted path, the kind (``scenario``, ``volume``, ``traffic``, ``constraints``, ``option``, ``route``)
    and the table."""
    yield "scenario", "scenario", scenario
    yield "volume", "volume", scenario.volume
    yield "traffic", "traffic", scenario.traffic
    yield "constraints", "constraints", scenario.constraints
    for option in scenario.options:
        yield f"option.{option.name}", "option", option
        for route in option.routes if isinstance(option, ApiOption) else ():
            yield f"option.{option.name}.route.{route.name}", "route", route


def same_routes(option: Option, other: Option) -> bool:
    """Whether two options have routes of the same names, so that these can be compared field by field."""
    return _route_names(option) == _route_names(other)


def _route_names(option: Option) -> list[str]:
    return [route.name for route in option.routes] if isinstance(option, ApiOption) else []


def _cells(scenario: Scenario, other: Scenario) -> dict[str, _Cell]:
    """Return every field of one scenario by its path; routes that the other lacks stand as a whole."""
    whole = {
        f"option.{option.name}": option
        for option in scenario.options
        if isinstance(option, ApiOption) and not same_routes(option, other.option(option.name))
    }
    cells: dict[str, _Cell] = {}
    for path, kind, table in declared_tables(scenario):
        if kind == "route" and path.rsplit(".route.", 1)[0] in whole:
            continue
        specs = field_specs(Header if isinstance(table, Scenario) else type(table))
        for name, spec in specs.items():
            if name in _NOT_COMPARED.get(kind, ()):
                continue
            applies = spec.only is None or getattr(table, spec.only.field) in spec.only.values
            cells[f"{path}.{name}"] = _Cell(path, spec, getattr(table, name) if applies else None)
        if path in whole:
            share = field_specs(Route)["share"]
            cells[f"{path}.route"] = _Cell(path, share, whole[path].routes)
    return cells


def _is_model(path: str) -> bool:
    return ".route." in path and path.endswith(".model")


def _filled_by(path: str) -> list[str]:
    """Return the fields that the model of a route may fill: prices of one model change together."""
    return [f"{path.removesuffix('model')}{name}" for name in FIELDS]


def _get(cells: Mapping[str, _Cell], path: str) -> Any:
    return cells[path].value if path in cells else None


def _same(before: object, after: object) -> bool:
    """Whether two values ask the same; where a plain number came from does not matter."""
    if isinstance(before, Uncertain) and isinstance(after, Uncertain):
        if before.is_point and after.is_point:
            return before.point_value == after.point_value
        return (before.name, before.distribution) == (after.name, after.distribution)
    return before == after


def _components(changed: Mapping[str, Change], cells: Mapping[str, _Cell]) -> list[list[str]]:
    """Sort the paths that changed into groups that hang together, each in order."""
    group = {path: path for path in changed}

    def tie(paths: list[str]) -> None:
        there = [path for path in paths if path in group]
        for path in there[1:]:
            keep, drop = group[there[0]], group[path]
            group.update({other: keep for other, of in group.items() if of == drop})

    by_input: dict[str, list[str]] = {}
    for path, change in changed.items():
        for name in (*_names(change.before), *_names(change.after)):
            by_input.setdefault(name, []).append(path)
    for paths in by_input.values():
        tie(paths)
    for path, change in changed.items():
        cell = cells[path]
        conditions = (cell.spec.only, cell.spec.default_elsewhere and cell.spec.default_elsewhere[0])
        tie([path, *(f"{cell.table}.{one.field}" for one in conditions if one)])
        if cell.spec.instead_of and (change.before is None) != (change.after is None):
            tie([path, *(f"{cell.table}.{other}" for other in cell.spec.instead_of)])
        if _is_model(path):
            tie([path, *_filled_by(path)])
    tie([PROFILE, f"{PROFILE}_name"])
    shares: dict[str, list[str]] = {}
    for path in changed:
        if ".route." in path and path.endswith(".share"):
            shares.setdefault(path.split(".route.")[0], []).append(path)  # they sum to 1
    for paths in shares.values():
        tie(paths)
    found: dict[str, list[str]] = {}
    for path in changed:
        found.setdefault(group[path], []).append(path)
    return list(found.values())


def _names(value: object) -> Iterator[str]:
    """Yield the names of the inputs in a value, those of plain numbers included."""
    if isinstance(value, Uncertain):
        yield value.name
    elif isinstance(value, tuple):
        for route in value:
            if isinstance(route, Route):
                for field in field_specs(Route):
                    yield from _names(getattr(route, field))


def _difference(paths: list[str], changed: Mapping[str, Change]) -> Difference:
    """Name a group: after the input that all its fields share, or after the field that the others depend on."""
    changes = [changed[path] for path in paths]
    if len(changes) > 1:
        for side in ("before", "after"):
            names = {name for change in changes for name in _names(getattr(change, side))}
            if len(names) == 1 and all(isinstance(getattr(change, side), Uncertain) for change in changes):
                return Difference(names.pop(), tuple(changes))
        changes.sort(key=_dependence)
    return Difference(changes[0].path, tuple(changes))


def _dependence(change: Change) -> int:
    """0 for what was decided, 1 for a quantity, 2 for what stands on one side only and follows from a decision."""
    sides = (change.before, change.after)
    return 2 if None in sides else int(any(isinstance(side, Uncertain) for side in sides))


Pairs = dict[frozenset[str], tuple[str, str, float]]
"""Two inputs in the order stated and their rank correlation, by the set of both."""


def stated_pairs(scenario: Scenario) -> Pairs:
    """Return every correlated pair of a scenario."""
    return {
        frozenset((first, second)): (first, second, value)
        for correlation in scenario.correlations
        for first, second, value in correlation.pairs()
    }


def uncertain_names(scenario: Scenario) -> frozenset[str]:
    """Return the names of the uncertain inputs."""
    return frozenset(quantity.name for quantity in scenario.uncertain_inputs())


def _changed_pairs(a: Scenario, b: Scenario) -> tuple[Change, ...]:
    """Pairs of inputs that are uncertain in both scenarios and correlated otherwise; the rest follows from inputs."""
    pairs_a, pairs_b = stated_pairs(a), stated_pairs(b)
    both = uncertain_names(a) & uncertain_names(b)
    changes = []
    for pair, (first, second, _) in {**pairs_b, **pairs_a}.items():
        before, after = (of[pair][2] if pair in of else 0.0 for of in (pairs_a, pairs_b))
        if pair <= both and before != after:
            changes.append(Change(f"{first} with {second}", before, after, CORRELATION_UNIT))
    return tuple(changes)

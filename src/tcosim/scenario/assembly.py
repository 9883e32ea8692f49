"""Puts one scenario together from its raw tables: section by section, then the rules between them.

Knows the layout of a scenario file; what a single field may be is declared in `tcosim.scenario.models`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tcosim.errors import InputError
from tcosim.limits import MOST_OPTIONS, MOST_ROUTES
from tcosim.scenario.catalogue.reader import DAY, CatalogueReader, with_written_day
from tcosim.scenario.catalogue.route import keyed
from tcosim.scenario.fields import Declared, FieldSpec, field_specs
from tcosim.scenario.gate_rules import broken_gates
from tcosim.scenario.include import INCLUDE
from tcosim.scenario.models import (
    NO_CONSTRAINTS,
    OPTION_KINDS,
    ApiOption,
    Constraints,
    Header,
    Option,
    Route,
    Scenario,
    Traffic,
    Volume,
)
from tcosim.scenario.models.option import KINDS
from tcosim.scenario.near import closest, did_you_mean
from tcosim.scenario.places import Path
from tcosim.scenario.reader import Reader
from tcosim.scenario.rules import Broken, OptionFacts, broken_routes, broken_rules, broken_traffic
from tcosim.scenario.tying import stated_correlations, with_library
from tcosim.scenario.uncertain import Uncertain
from tcosim.scenario.values import LONGEST_NAME

TABLES = ("scenario", "volume", "traffic", "constraints", "option", "correlation", "resolved")
RESOLVED_FIELDS = ("library_sha256", "defaulted")

_ROUTE_ONLY_ON_ROUTES = ("name", "share")


@dataclass(frozen=True)
class _Option:
    """An option as read: what the rules need, and what builds it if nothing is wrong."""

    facts: OptionFacts
    build: Callable[[], Option]


class Assembly:
    """One scenario on its way from raw tables.

    Parameters
    ----------
    reader : Reader
        Collects the problems.
    raw : dict
        The scenario as parsed from TOML, overrides applied.
    """

    def __init__(self, reader: Reader, raw: Mapping[str, Any]):
        self.reader = reader
        self.raw = with_written_day(raw)
        self.catalogue = CatalogueReader(reader, self.raw)

    def scenario(self) -> Scenario:
        """Return the scenario.

        Raises
        ------
        tcosim.errors.InputError
            With every problem found.
        """
        reader = self.reader
        reader.refuse_unknown(self.raw, TABLES, "", ())
        self.catalogue.check_day()
        header = self._section(Header, "scenario")
        volume = self._section(Volume, "volume")
        traffic = self._section(Traffic, "traffic")
        self._name_profile(traffic)
        constraints = self._section(Constraints, "constraints")
        options = [self._option(position, table) for position, table in self._option_tables()]
        gated = any(value != getattr(NO_CONSTRAINTS, name) for name, value in constraints.items())
        for broken in broken_rules(header, [option.facts for option in options], gated=gated):
            self._note(broken)
        for broken in broken_traffic(traffic):
            self._note(broken)
        values: list[Mapping[str, Any]] = [
            header,
            volume,
            traffic,
            *(option.facts.values for option in options),
        ]
        uncertain = dict.fromkeys(name for table in values for name in _uncertain_names(table))
        correlations = stated_correlations(reader, self.raw.get("correlation", []), uncertain)
        sha256, defaulted = self._resolved()
        if reader.problems:
            raise InputError(reader.in_order())
        if not reader.resolved:
            correlations = with_library(correlations, reader.library.correlations, uncertain)
        scenario = Scenario(
            **header,
            volume=Volume(**volume),
            traffic=Traffic(**traffic),
            options=tuple(option.build() for option in options),
            constraints=Constraints(**constraints),
            correlations=correlations,
            defaulted=defaulted,
            library_sha256=sha256,
        )
        for broken in broken_gates(scenario):
            self._note(broken)
        if reader.problems:
            raise InputError(reader.in_order())
        return scenario

    def _note(self, broken: Broken) -> None:
        self.reader.refuse(broken.label, broken.path, broken.rule, broken.value, broken.way_out)

    def _section(self, model: type[Declared], name: str) -> dict[str, Any]:
        raw = self.raw.get(name, {})
        if not isinstance(raw, Mapping):
            self.reader.refuse(
                name, (name,), f"must be a table [{name}]", raw, f"write [{name}] on a line of its own"
            )
            return {}
        specs = field_specs(model)
        self.reader.refuse_unknown(raw, (*specs, DAY, INCLUDE) if model is Header else specs, name, (name,))
        return self.reader.table(specs, raw, (name,), name)

    def _name_profile(self, traffic: dict[str, Any]) -> None:
        """A shape of the library brings its name along; stated numbers may have one."""
        raw = self.raw.get("traffic", {})
        stated = raw.get("weekly_profile") if isinstance(raw, Mapping) else None
        if isinstance(stated, list):
            return
        if isinstance(raw, Mapping) and "weekly_profile_name" in raw:
            rule = "names stated numbers; a shape of the library has its name already"
            path = ("traffic", "weekly_profile_name")
            self.reader.refuse("traffic.weekly_profile_name", path, rule, None, "take it out")
        default = field_specs(Traffic)["weekly_profile"].default
        traffic["weekly_profile_name"] = str(default if stated is None else stated)

    def _option_tables(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        tables = self.raw.get("option", [])
        if not isinstance(tables, list):
            self.reader.refuse(
                "option", ("option",), "must be [[option]] tables", None, "use double brackets"
            )
            return
        if len(tables) > MOST_OPTIONS:
            rule = f"must be at most {MOST_OPTIONS}"
            self.reader.refuse("option", ("option",), rule, len(tables), "compare them in several scenarios")
        for position, table in enumerate(tables[:MOST_OPTIONS]):
            if isinstance(table, Mapping):
                yield position, table
            else:
                rule = "must be an [[option]] table"
                self.reader.refuse(
                    f"option[{position + 1}]", ("option", position), rule, table, "use double brackets"
                )

    def _option(self, position: int, raw: Mapping[str, Any]) -> _Option:
        path: Path = ("option", position)
        name, kind = raw.get("name"), raw.get("kind")
        label = f"option.{name}" if _is_short(name) else f"option[{position + 1}]"
        if not isinstance(kind, str) or kind not in OPTION_KINDS:
            near = did_you_mean(closest(kind, KINDS)) if isinstance(kind, str) else ""
            rule = "is missing" if kind is None else f"must be one of {', '.join(KINDS)}"
            way_out = near or f"choose one of {', '.join(KINDS)}"
            if kind is None and (meant := closest("kind", raw)):
                way_out = f"did you mean kind where it says {meant[0]}?"
            elif kind is None:
                way_out = f'write kind = "api", or one of {", ".join(KINDS[1:])}'
            self.reader.refuse(f"{label}.kind", path, rule, kind, way_out)
            return _Option(OptionFacts(position, label, "", {"name": name}), _never)
        model = OPTION_KINDS[kind]
        specs = field_specs(model)
        if model is ApiOption:
            return self._api_option(position, raw, label)
        self.reader.refuse_unknown(raw, specs, label, path)
        values = self.reader.table(specs, raw, path, label)
        return _Option(OptionFacts(position, label, kind, values), lambda: model(**values))

    def _api_option(self, position: int, raw: Mapping[str, Any], label: str) -> _Option:
        path: Path = ("option", position)
        specs, route_specs = field_specs(ApiOption), field_specs(Route)
        direct = {name: spec for name, spec in route_specs.items() if name not in _ROUTE_ONLY_ON_ROUTES}
        tables = raw.get("route")
        if "route" in raw:
            self.reader.refuse_unknown(raw, (*specs, *direct, "route"), label, path)
            routes = self._routes(tables, [name for name in direct if name in raw], path, label, route_specs)
        else:
            self.reader.refuse_unknown(raw, (*specs, *direct, "route"), label, path)
            route = self._priced(direct, raw, path, label, f"{label}.route.default")
            routes = [{"name": "default", "share": 1.0, **route}]
        values = self.reader.table(specs, raw, path, label)
        all_values = {**values, **{f"route {i} {k}": v for i, r in enumerate(routes) for k, v in r.items()}}
        return _Option(
            OptionFacts(position, label, "api", all_values),
            lambda: ApiOption(**values, routes=tuple(Route(**route) for route in routes)),
        )

    def _routes(
        self, tables: object, direct: list[str], path: Path, label: str, specs: dict[str, FieldSpec]
    ) -> list[dict[str, Any]]:
        if direct:
            rule = "stands in the routes of an option that has [[option.route]] tables"
            self.reader.refuse(
                f"{label}.{direct[0]}", (*path, direct[0]), rule, None, "move it into each route"
            )
        good = isinstance(tables, list) and tables and all(isinstance(table, Mapping) for table in tables)
        if not isinstance(tables, list) or not good:
            rule = "must be one or more [[option.route]] tables"
            self.reader.refuse(f"{label}.route", (*path, "route"), rule, None, "use double brackets")
            return []
        if len(tables) > MOST_ROUTES:
            rule = f"must be at most {MOST_ROUTES}"
            self.reader.refuse(
                f"{label}.route", (*path, "route"), rule, len(tables), "join those that are alike"
            )
        routes: list[dict[str, Any]] = []
        for number, table in enumerate(tables[:MOST_ROUTES]):
            here = (*path, "route", number)
            name = table.get("name", f"route-{number + 1}")
            named = f"{label}.route.{name}" if _is_short(name) else f"{label}.route[{number + 1}]"
            self.reader.refuse_unknown(table, specs, named, here)
            routes.append(self._priced(specs, {"name": name, **table}, here, named, named))
        for broken in broken_routes(path, label, routes):
            self._note(broken)
        return routes

    def _priced(
        self, specs: dict[str, FieldSpec], raw: Mapping[str, Any], path: Path, label: str, prefix: str
    ) -> dict[str, Any]:
        """Read a route; what it leaves out, its model fills."""
        filled, keys = self.catalogue.completed(raw, path, label, prefix)
        return keyed(self.reader.table(specs, filled, path, label, prefix), keys)

    def _resolved(self) -> tuple[str, tuple[str, ...]]:
        """Return the library's hash and the defaulted fields: as stated in a resolved file, else as found."""
        reader = self.reader
        raw = self.raw.get("resolved")
        if raw is None:
            return reader.library.sha256, tuple(reader.defaulted)
        if not isinstance(raw, Mapping):
            reader.refuse("resolved", ("resolved",), "must be a table [resolved]", raw, "take it out")
            return "", ()
        reader.refuse_unknown(raw, RESOLVED_FIELDS, "resolved", ("resolved",))
        sha256, defaulted = raw.get("library_sha256", ""), raw.get("defaulted", [])
        if not isinstance(sha256, str) or not isinstance(defaulted, list):
            rule = "must hold library_sha256 as text and defaulted as a list"
            reader.refuse("resolved", ("resolved",), rule, None, "it is written by the program")
            return "", ()
        return sha256, tuple(str(path) for path in defaulted if path not in reader.set_fields)


def _is_short(name: object) -> bool:
    """Whether messages can call something by what is stated as its name."""
    return isinstance(name, str) and 0 < len(name) <= LONGEST_NAME


def _never() -> Option:
    raise AssertionError("an option of no known kind is never built")


def _uncertain_names(values: Mapping[str, Any]) -> Iterator[str]:
    for value in values.values():
        if isinstance(value, Uncertain) and not value.is_point:
            yield value.name

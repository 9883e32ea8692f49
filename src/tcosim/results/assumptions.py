"""Everything that a run assumed, with source and date: what an auditor asks for first.

Knows scenarios and the library; knows no figure, and takes quantiles from whoever can compute them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from tcosim.errors import InputError
from tcosim.scenario.catalogue.key import origin, price_key
from tcosim.scenario.difference import declared_tables
from tcosim.scenario.distributions import Distribution
from tcosim.scenario.fields import field_specs
from tcosim.scenario.library import Library, default_library
from tcosim.scenario.models import Scenario
from tcosim.scenario.uncertain import Uncertain

LEVELS = {"p5": 0.05, "p50": 0.5, "p95": 0.95}
DIGITS = 6
"""Significant digits of the percentiles: what the tables behind some quantiles promise."""
Quantiles = Callable[[Distribution, tuple[float, ...]], Iterable[float]]
"""From a distribution and probabilities to its values, as `tcosim.sampling.families.ppf`."""


def assumption_snapshot(
    scenario: Scenario, quantiles: Quantiles, library: Library | None = None
) -> dict[str, Any]:
    """Return every quantity that a scenario stands on, plain numbers included, with where it comes from.

    Parameters
    ----------
    scenario : Scenario
    quantiles : callable
        `tcosim.sampling.families.ppf`.
    library : Library, optional
        Where its library keys are looked up; the one that ships with the package if left out.

    Returns
    -------
    dict
        ``{"library_sha256": ..., "assumptions": [...]}``, each name once, in the order of the scenario's fields; plain
        JSON content. Percentiles are in the quantity's unit; ``defaulted`` says that the scenario left all its fields
        out; a quantity that does not come from the library has no source. Fields that do not apply, such as the
        discount of a reservation that nobody makes, are no assumptions.
    """
    library = library or default_library()
    left_out = frozenset(scenario.defaulted)
    return {
        "library_sha256": scenario.library_sha256,
        "assumptions": [_assumption(found, left_out, quantiles, library) for found in _quantities(scenario)],
    }


@dataclass
class _Found:
    """One quantity, the fields that it fills, and what the first of them means."""

    quantity: Uncertain
    meaning: str
    fields: list[str] = field(default_factory=list)


def _quantities(scenario: Scenario) -> Iterator[_Found]:
    found: dict[str, _Found] = {}
    for path, _, table in declared_tables(scenario):
        for name, spec in field_specs(type(table)).items():
            quantity = getattr(table, name)
            applies = spec.only is None or getattr(table, spec.only.field) in spec.only.values
            if isinstance(quantity, Uncertain) and applies:
                entry = found.setdefault(quantity.name, _Found(quantity, spec.meaning))
                entry.fields.append(f"{path}.{name}")
    yield from found.values()


def _assumption(
    found: _Found, left_out: frozenset[str], quantiles: Quantiles, library: Library
) -> dict[str, Any]:
    quantity = found.quantity
    values = quantiles(quantity.distribution, tuple(LEVELS.values()))
    return {
        "input": quantity.name,
        "fields": found.fields,
        "meaning": found.meaning,
        "unit": quantity.unit,
        "uncertain": not quantity.is_point,
        "defaulted": left_out.issuperset(found.fields),
        "distribution": declaration(quantity.distribution),
        "percentiles": {
            name: float(f"{value:.{DIGITS}g}") for name, value in zip(LEVELS, values, strict=True)
        },
        "library": None if quantity.library_key is None else _origin(quantity.library_key, library),
    }


def _origin(key: str, library: Library) -> dict[str, Any]:
    if (price := price_key(key)) is not None:
        return origin(price, library)
    try:
        entry = library.quantity(key)
        sources = [library.source(name) for name in entry.sources]
    except InputError:  # a resolved scenario of another version: its keys may be gone from this library
        return {"key": key}
    return {
        "key": key,
        "meaning": entry.meaning,
        "grade": entry.grade,
        "checked": entry.checked.isoformat(),
        "caveat": entry.caveat,
        "sources": [
            {
                name: getattr(source, name)
                for name in ("key", "title", "publisher", "date", "url", "note")
                if getattr(source, name)
            }
            for source in sources
        ],
    }


def declaration(distribution: Distribution) -> dict[str, Any]:
    """Return the parameters of a distribution, and how they were stated if that differs."""
    content = distribution.model_dump(mode="json", exclude_none=True)
    stated = content.pop("stated", None)
    if stated:
        content["stated"] = {str(name): value for name, value in stated}
    return content


class _Shape(BaseModel):
    """What must be there; more may be."""

    model_config = ConfigDict(strict=True, frozen=True)


class _Source(_Shape):
    key: str
    title: str
    publisher: str = ""
    date: str = ""
    url: str = ""
    note: str = ""


class _Origin(_Shape):
    key: str
    meaning: str = ""
    grade: str = ""
    checked: str = ""
    caveat: str = ""
    sources: list[_Source] = []


class _Percentiles(_Shape):
    p5: float | None
    p50: float | None
    p95: float | None


class _Assumption(_Shape):
    input: str
    fields_: list[str]
    meaning: str
    unit: str
    uncertain: bool
    defaulted: bool
    distribution: dict[str, Any]
    percentiles: _Percentiles
    library: _Origin | None

    model_config = ConfigDict(alias_generator=lambda name: name.rstrip("_"))


class _Assumptions(_Shape):
    library_sha256: str
    assumptions: list[_Assumption]


def shape_fault(content: object) -> str:
    """Say what keeps some JSON content from being a snapshot: the first fault with its place; empty if nothing does."""
    try:
        _Assumptions.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        message = str(first["msg"])
        return f"{place}: {message[:1].lower()}{message[1:]}" if place else "no table of assumptions"
    return ""

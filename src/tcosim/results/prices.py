"""The prices that a run stood on, with source and date: what an auditor asks for first.

Knows scenarios and the library; knows no figure.
"""

from __future__ import annotations

from typing import Any

from tcosim.errors import InputError
from tcosim.scenario.distributions import Distribution
from tcosim.scenario.library import Library, default_library
from tcosim.scenario.models import Scenario
from tcosim.scenario.uncertain import Uncertain

MONEY = "USD"


def price_snapshot(scenario: Scenario, library: Library | None = None) -> dict[str, Any]:
    """Return every quantity of a scenario that is money, with where it comes from.

    Parameters
    ----------
    scenario : Scenario
    library : Library, optional
        Where its library keys are looked up; the one that ships with the package if left out.

    Returns
    -------
    dict
        ``{"library_sha256": ..., "prices": [...]}``, in the order of the scenario's fields; plain JSON content. A
        price that the scenario states itself has no source.
    """
    library = library or default_library()
    fields: dict[str, list[str]] = {}
    quantities: dict[str, Uncertain] = {}
    for path, quantity in scenario.fields():
        if quantity.unit.startswith(MONEY):
            fields.setdefault(quantity.name, []).append(path)
            quantities.setdefault(quantity.name, quantity)
    return {
        "library_sha256": scenario.library_sha256,
        "prices": [_price(quantity, fields[name], library) for name, quantity in quantities.items()],
    }


def _price(quantity: Uncertain, fields: list[str], library: Library) -> dict[str, Any]:
    return {
        "input": quantity.name,
        "fields": fields,
        "unit": quantity.unit,
        "distribution": declaration(quantity.distribution),
        "library": None if quantity.library_key is None else _origin(quantity.library_key, library),
    }


def _origin(key: str, library: Library) -> dict[str, Any]:
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

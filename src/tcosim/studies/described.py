"""A difference of two scenarios as plain data, from which words and JSON are made.

Knows declared quantities and their percentiles; knows nothing of effects.
"""

from __future__ import annotations

from typing import Any

from tcosim.sampling import families
from tcosim.scenario.difference import Difference
from tcosim.scenario.models import Route
from tcosim.scenario.uncertain import Uncertain
from tcosim.scenario.write import distribution_items

PERCENTILES = (5, 50, 95)
LONGEST_STATED = 200
"""A longer declaration (a list of observed values) is given by its percentiles alone."""


def described(one: Difference) -> dict[str, Any]:
    """Return the name of a difference and its changes, each with what stands in A and in B."""
    return {
        "name": one.name,
        "changes": [
            {
                "field": change.path,
                "kind": "correlation" if change.is_correlation else "field",
                "unit": change.unit,
                "from": plain_value(change.before),
                "to": plain_value(change.after),
            }
            for change in one.changes
        ],
    }


def plain_value(value: Any) -> Any:
    """Return what stands in a field as plain data: a number, text or None as it is, else a dict."""
    if isinstance(value, Uncertain):
        if value.is_point:
            return value.point_value
        return _spread(value)
    if isinstance(value, tuple) and value and isinstance(value[0], Route):
        return {"routes": {route.name: route.share for route in value}}
    if isinstance(value, tuple):
        return {"profile": len(value), "highest": max(value)}
    return value


def _spread(quantity: Uncertain) -> dict[str, Any]:
    """A distribution by its percentiles, as it was stated, and the input that it is drawn as."""
    at = families.ppf(quantity.distribution, [percentile / 100 for percentile in PERCENTILES])
    stated = ", ".join(f"{key} = {text}" for key, text in distribution_items(quantity.distribution))
    return {
        "dist": quantity.distribution.dist,
        **{f"p{percentile}": float(found) for percentile, found in zip(PERCENTILES, at, strict=True)},
        "stated": stated if len(stated) <= LONGEST_STATED else None,
        "input": quantity.name,
    }

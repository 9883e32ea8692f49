"""``model = "provider:model"``: the fields of a route that the catalogue fills, unless the scenario states them.

Knows the route's fields and what the catalogue may be trusted with; knows nothing of files.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tcosim.scenario.catalogue import genai
from tcosim.scenario.catalogue.key import FIELDS, FIRST_TIER, MEAN_OF_DAY, PriceKey
from tcosim.scenario.catalogue.listed import Listed
from tcosim.scenario.catalogue.search import find_model
from tcosim.scenario.library import default_library
from tcosim.scenario.problems import Fault
from tcosim.scenario.uncertain import Uncertain
from tcosim.units import format_stated

RATIO = "batch_price_ratio"
PRICES = tuple(name for name in FIELDS if name != RATIO)


@dataclass(frozen=True)
class Filled:
    """What the catalogue says of one route.

    Attributes
    ----------
    values : dict of str to float
        By field; only those that it can fill.
    keys : dict of str to str
        Where each of them comes from.
    faults : tuple of Fault
        What is wrong, each with the field that it concerns; ``values`` lacks what they concern.
    """

    values: dict[str, float] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def fill(reference: str, on: datetime.date, stated: Mapping[str, Any]) -> Filled:
    """Look up what a route leaves out.

    Parameters
    ----------
    reference : str
        ``"provider:model"``.
    on : datetime.date
        Day whose prices are taken.
    stated : mapping
        The fields that the scenario states; they win.

    Returns
    -------
    Filled
        A model without a price for cached input pays the usual one for it. Without a batch price, a route that sends
        work to batch must state the ratio itself; otherwise the field keeps its default.
    """
    found = find_model(reference, on)
    if isinstance(found, Fault):
        return Filled(faults=(Fault("model", found.rule, found.value, found.way_out),))
    offered = figures(found)
    missing = [name for name in PRICES if name not in stated]
    if missing and (fault := _unusable(found, on, missing)):
        return Filled(faults=(fault,))
    faults = [fault for name in missing if (fault := _out_of_bounds(name, offered[name], reference))]
    if {PRICES[0], PRICES[2]} <= set(missing) and not faults:
        faults += [fault for fault in (_lopsided(found),) if fault]
    if RATIO not in stated and RATIO not in offered and _sends_batch(stated):
        way_out = 'state it, batch_price_ratio = { use = "api.batch_price_ratio" }, or leave batch_share out'
        rule = f"the catalogue has no batch price of {found.reference} on {on.isoformat()}"
        faults.append(Fault(RATIO, rule, None, way_out))
    refused = {fault.key for fault in faults}
    names = [name for name in FIELDS if name not in stated and name not in refused and name in offered]
    keys = {name: str(_key(found, on, name)) for name in names}
    return Filled({name: offered[name] for name in names}, keys, tuple(faults))


def keyed(values: dict[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a route with the filled ones going by where they come from."""
    found = dict(values)
    for name, key in keys.items():
        if isinstance(quantity := values.get(name), Uncertain):
            found[name] = replace(quantity, name=key, library_key=key)
    return found


def _key(found: Listed, on: datetime.date, name: str) -> PriceKey:
    """Return where a figure comes from; a cached price that is the usual one goes by that one's key."""
    if name == "usd_per_million_cached_input" and found.prices.cached_input is None:
        name = "usd_per_million_input"
    how = MEAN_OF_DAY if found.by_hour else FIRST_TIER if found.tiers else ""
    return PriceKey(genai.version(), on, found.reference, name, "" if name == RATIO else how)


def figures(found: Listed) -> dict[str, float]:
    """Return what the catalogue would fill into the fields of a route."""
    prices, batch = found.prices, found.batch
    values: dict[str, float | None] = dict(
        zip(PRICES, (prices.input, prices.cached_input, prices.output), strict=True)
    )
    if values["usd_per_million_cached_input"] is None:
        values["usd_per_million_cached_input"] = prices.input
    usual = prices.blended
    if batch is not None and batch.blended is not None and usual:
        # All vendors give input and output the same reduction; cached input, which some leave at its usual price,
        # is a small part of a bill and is taken to move along (docs/model.md, 4.1).
        values[RATIO] = batch.blended / usual
    return {name: value for name, value in values.items() if value is not None}


def _unusable(found: Listed, on: datetime.date, missing: list[str]) -> Fault | None:
    """Say why a model has no price that a route can take, if so."""
    stated = f"state {', '.join(missing)} yourself"
    if not found.by_token:
        units = ", ".join(found.other_units)
        rule = (
            "has no price for output tokens in the catalogue"
            if found.prices.input is not None
            else "has no price by the token"
        )
        if units:
            rule += f" (it is billed by {units})"
        return Fault(
            "model",
            f"{rule} on {on.isoformat()}",
            found.reference,
            f"{stated}, or choose a model that writes text",
        )
    if not found.prices.input or not found.prices.output:
        return Fault(
            "model",
            f"is free in the catalogue on {on.isoformat()}: what is free is rationed, and no price to plan with",
            found.reference,
            f"{stated}, or choose a paid one",
        )
    return None


def _out_of_bounds(name: str, value: float, reference: str) -> Fault | None:
    bound = "usd_per_million_output" if name.endswith("output") else "usd_per_million_input"
    if name.endswith("cached_input"):
        # A cached read costs a hundredth of the input price at the least, of some models.
        low, high = 0.0, _bounds("usd_per_million_input")[1]
    else:
        low, high = _bounds(bound)
    if low <= value <= high:
        return None
    rule = (
        f"the catalogue's price of {reference} must lie between {format_stated(low)} and {format_stated(high)} "
        "to be taken"
    )
    return Fault(name, rule, value, "catalogues hold errors: check it, and state the price yourself")


def _lopsided(found: Listed) -> Fault | None:
    assert found.prices.input and found.prices.output
    ratio = found.prices.output / found.prices.input
    low, high = _bounds("output_over_input")
    if low <= ratio <= high:
        return None
    shown = f"{format_stated(found.prices.input)} for input, {format_stated(found.prices.output)} for output"
    rule = (
        f"the catalogue's prices of {found.reference} must have output at {format_stated(low)} to "
        f"{format_stated(high)} times the input to be taken"
    )
    return Fault(
        "usd_per_million_output",
        rule,
        shown,
        "catalogues hold errors: check it, and state the prices yourself",
    )


def _bounds(name: str) -> tuple[float, float]:
    return default_library().quantity(f"price_bounds.{name}").support


def _sends_batch(stated: Mapping[str, Any]) -> bool:
    return stated.get("batch_share", 0) not in (0, 0.0)

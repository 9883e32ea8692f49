"""What a reader should know of prices that came from the catalogue: their age, what is announced, what was left out.

Knows scenarios and the catalogue; changes nothing, and decides no price.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace

from tcosim.scenario.catalogue import genai
from tcosim.scenario.catalogue.day import minutes_between
from tcosim.scenario.catalogue.key import FIRST_TIER, MEAN_OF_DAY, PriceKey, price_key
from tcosim.scenario.catalogue.listed import Listed, Prices
from tcosim.scenario.catalogue.route import PRICES, RATIO, figures
from tcosim.scenario.library import default_library
from tcosim.scenario.models import ApiOption, Route, Scenario
from tcosim.units import HOURS_PER_MONTH, format_stated

OLD_DAYS = 60


def price_warnings(scenario: Scenario, today: datetime.date) -> tuple[str, ...]:
    """Return one line for each thing, as ``field: what; the way out``.

    Parameters
    ----------
    scenario : Scenario
        What it says of tiers, hours and announced changes takes the catalogue that its prices came from; with another
        one installed, only what the scenario itself tells is said.
    today : datetime.date
        What the age of the prices is counted to.
    """
    found: dict[str, None] = {}
    for option in scenario.options:
        for route in option.routes if isinstance(option, ApiOption) else ():
            if route.model is not None:
                found.update(
                    dict.fromkeys(_route(scenario, f"option.{option.name}.route.{route.name}", route, today))
                )
    return tuple(found)


def _route(scenario: Scenario, path: str, route: Route, today: datetime.date) -> Iterator[str]:
    keys = {name: price_key(getattr(route, name).library_key) for name in (*PRICES, RATIO)}
    filled = {name: key for name, key in keys.items() if key is not None}
    if not filled:
        yield f"{path}.model: everything is stated, so nothing of {route.model} comes from the catalogue"
        return
    first = next(iter(filled.values()))
    age = (today - first.on).days
    if age > OLD_DAYS:
        yield f"prices of {first.on.isoformat()} are {age} days old; state a later prices_on, or install tcosim anew"
    for name, key in filled.items():
        if key.field != name:
            yield f"{path}.{name}: {key.model} has no price for it; that of {key.field} is taken"
    listed = _same_catalogue(first)
    if listed is None:
        return
    yield from _stated(scenario, path, route, listed, filled)
    yield from _shape(path, listed, first.how)
    end = first.on + datetime.timedelta(hours=scenario.months * HOURS_PER_MONTH)
    yield from _scheduled(path, listed, end)
    yield from _moved(path, listed)


def _same_catalogue(key: PriceKey) -> Listed | None:
    """Look the model up again, if what is installed is what the price came from."""
    if genai.version() != key.version:
        return None
    provider, _, model = key.model.partition(":")
    return genai.model_on(provider, model, key.on)


def _stated(
    scenario: Scenario, path: str, route: Route, listed: Listed, filled: dict[str, PriceKey]
) -> Iterator[str]:
    for name, offered in figures(listed).items():
        quantity = getattr(route, name)
        if name in filled or f"{path}.{name}" in scenario.defaulted:
            continue
        if not (quantity.is_point and quantity.point_value == offered):
            yield f"{path}.{name}: stated, so the catalogue's {_usd(offered)} of {listed.reference} is not taken"


def _shape(path: str, listed: Listed, how: str) -> Iterator[str]:
    if how == FIRST_TIER:
        tier = listed.tiers[0]
        yield (
            f"{path}.model: {listed.reference} costs {_pair(tier.prices)} in requests of more than "
            f"{format_stated(tier.above_tokens)} tokens, and {_pair(listed.prices)} as taken here; if yours are that "
            "long, state the prices"
        )
    if how == MEAN_OF_DAY:
        minutes: dict[Prices, int] = {}
        for part in listed.by_hour:
            length = minutes_between(part.start, part.end)
            minutes[part.prices] = minutes.get(part.prices, 0) + length
        parts = " and ".join(
            f"{_pair(prices)} in {format_stated(count / 60)} hours" for prices, count in minutes.items()
        )
        yield (
            f"{path}.model: {listed.reference} costs {parts} of the day (UTC); the mean of the day is taken: state "
            "the prices if you know your hours"
        )


def _scheduled(path: str, listed: Listed, end: datetime.date) -> Iterator[str]:
    """Name what is announced within the horizon, which is taken to begin on the day of the prices."""
    for change in listed.scheduled:
        if change.date > end:
            continue
        before, after = (replace(one, cached_input=None) for one in (change.before, change.prices))
        if before == after or None in (before.input, after.input, before.output, after.output):
            continue
        low, high = sorted((before.input or 0.0, after.input or 0.0))
        yield (
            f"{path}.model: {listed.reference} changes on {change.date.isoformat()} from {_pair(before)} to "
            f"{_pair(after)}, within the horizon, and what it costs before is taken; set prices_on to that day, raise "
            f'jumps_per_year, or state a distribution such as usd_per_million_input = {{ dist = "uniform", '
            f"low = {_usd(low)}, high = {_usd(high)} }}"
        )


def _moved(path: str, listed: Listed) -> Iterator[str]:
    """Name a change of the past that looks like a correction of the catalogue."""
    change = listed.last_change
    before, after = (None, None) if change is None else (change.before.blended, change.prices.blended)
    if change is None or not before or not after:
        return
    low, high = default_library().quantity("price_bounds.change_ratio").support
    if not low < after / before < high:
        yield (
            f"{path}.model: the catalogue moved {listed.reference} from {_pair(change.before)} to "
            f"{_pair(change.prices)} on {change.date.isoformat()}, which may be a correction; check it"
        )


def _pair(prices: Prices) -> str:
    return f"{_usd(prices.input)} / {_usd(prices.output)} USD"


def _usd(value: float | None) -> str:
    return "-" if value is None else format_stated(float(f"{value:.6g}"))

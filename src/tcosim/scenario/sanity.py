"""What a scenario states that is allowed but looks like a slip: for warnings, never for errors.

Knows what the fields mean; finds doubts and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from tcosim.scenario.models import ApiOption, FleetOption, Route, Scenario
from tcosim.scenario.uncertain import Uncertain
from tcosim.units import format_stated

FEW_TOKENS_PER_MONTH = 1e6
FEW_USD_PER_MILLION_OUTPUT = 0.01
MANY_GPUS_AT_ALL_TIMES = 1000


def warnings(scenario: Scenario) -> tuple[str, ...]:
    """Return what looks like a slip, one line each, as ``field: what is odd; what may be meant``."""
    found = [*_volume(scenario)]
    for option in scenario.options:
        path = f"option.{option.name}"
        if isinstance(option, ApiOption):
            for route in option.routes:
                found += _prices(f"{path}.route.{route.name}", route)
        if isinstance(option, FleetOption):
            found += _fleet(path, option)
    return tuple(found)


def _volume(scenario: Scenario) -> Iterator[str]:
    tokens = scenario.volume.tokens_per_month
    if tokens < FEW_TOKENS_PER_MONTH:
        meant = f"{tokens:g}e9" if 1 <= tokens < 1000 else "a number with M or B behind it"
        yield f"volume.tokens_per_month: {format_stated(tokens)} tokens a month is very few; did you mean {meant}?"


def _prices(path: str, route: Route) -> Iterator[str]:
    output, cached = route.usd_per_million_output, route.usd_per_million_cached_input
    if 0 < _high(output) < FEW_USD_PER_MILLION_OUTPUT:
        yield (
            f"{path}.usd_per_million_output: {_shown(output)} USD per million tokens is very little; "
            "did you mean per token? Then multiply by a million"
        )
    if _low(cached) > _high(route.usd_per_million_input):
        yield (
            f"{path}.usd_per_million_cached_input: {_shown(cached)} USD is above the price of input that is not "
            f"cached, {_shown(route.usd_per_million_input)}; are the two swapped?"
        )


def _fleet(path: str, option: FleetOption) -> Iterator[str]:
    gpus = option.min_replicas * option.gpus_per_replica
    if gpus > MANY_GPUS_AT_ALL_TIMES:
        yield (
            f"{path}.min_replicas: {option.min_replicas:,} replicas of {option.gpus_per_replica:,} GPUs keep "
            f"{gpus:,} GPUs at all times; are these counts of GPUs rather than replicas?"
        )
    prefill, decode = option.prefill_tokens_per_second, option.decode_tokens_per_second
    if prefill is not None and decode is not None and _low(decode) > _high(prefill):
        yield (
            f"{path}.decode_tokens_per_second: {_shown(decode)} tokens a second is above the prefill rate, "
            f"{_shown(prefill)}; are the two swapped?"
        )


def _low(quantity: Uncertain) -> float:
    return quantity.distribution.central_range()[0]


def _high(quantity: Uncertain) -> float:
    return quantity.distribution.central_range()[1]


def _shown(quantity: Uncertain) -> str:
    low, high = (format_stated(float(f"{end:.3g}")) for end in quantity.distribution.central_range())
    return low if low == high else f"{low} to {high}"

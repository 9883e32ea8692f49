"""What a fit of prices says, as the distributions that a scenario takes (docs/evidence.md, P5).

Knows fits, fields and TOML; fits nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tcosim.evidence.prices.fit import PriceFit
from tcosim.evidence.prices.series import Family
from tcosim.evidence.prices.spread import Spread
from tcosim.scenario.distributions import Distribution, distribution

FIELDS: dict[Family, tuple[str, ...]] = {
    "api": ("annual_decline", "jumps_per_year", "jump_log_mean", "jump_log_sd", "list_price_volatility"),
    "rental": ("gpu_price_drift", "gpu_price_volatility"),
    "purchase": ("hardware_price_drift", "hardware_price_volatility"),
}
"""Fields of an option that say how its price moves: first its drift, last its volatility."""
LIBRARY_KEYS: dict[Family, tuple[str, ...]] = {
    "api": (
        "api.annual_decline",
        "api.jumps_per_year",
        "api.jump_log_mean",
        "api.jump_log_sd",
        "api.list_price_volatility",
    ),
    "rental": ("gpu.price_drift", "gpu.price_volatility"),
    "purchase": ("gpu.hardware_price_drift", "gpu.hardware_price_volatility"),
}
"""Where the library says the same, in the same order."""
OPTION: dict[Family, str] = {
    "api": "an api option or route",
    "rental": "a rented option",
    "purchase": "an owned option",
}
DRIFT_LIMITS, DECLINE_LIMITS, VOLATILITY_LIMITS = (-2.0, 2.0), (-5.0, 0.99), (0.0, 3.0)
"""What the fields of a scenario allow."""
PERCENTILES = ("p5", "p25", "p50", "p75", "p95")


def fitted_tables(fit: PriceFit) -> dict[str, dict[str, Any]]:
    """Tables that declare the distributions, by field.

    A decline is 1 - exp(drift), and the list wanders around it. Jumps of a model itself are not told apart from steps
    to a successor: they are in the volatility, and the fields that say them are left alone.
    """
    drift, volatility = FIELDS[fit.family][0], FIELDS[fit.family][-1]
    if fit.family == "api":
        falling = (fit.drift.p95, fit.drift.p75, fit.drift.p50, fit.drift.p25, fit.drift.p5)
        decline = Spread(*(-math.expm1(min(max(one, *_LOG_BOUNDS[:1]), _LOG_BOUNDS[1])) for one in falling))
        return {
            drift: _quantiles(decline, DECLINE_LIMITS),
            volatility: _quantiles(fit.volatility, VOLATILITY_LIMITS),
        }
    return {
        drift: _quantiles(fit.drift, DRIFT_LIMITS),
        volatility: _quantiles(fit.volatility, VOLATILITY_LIMITS),
    }


_LOG_BOUNDS = (math.log(0.02), math.log(5.9))
"""Drifts whose decline lies inside the limits."""


def fitted_distributions(fit: PriceFit) -> dict[str, Distribution]:
    """The distributions by field."""
    return {field: distribution(table) for field, table in fitted_tables(fit).items()}


def fitted_toml(fit: PriceFit, source: str) -> str:
    """Lines for an option of a scenario file, with a comment on where they come from."""
    lines = [
        f"# How prices move, fitted to {source}: {fit.series} series ({fit.effective_series:.2g} independent ones would"
        " say as much),",
        f"# {fit.moves:,} moves, {fit.years:.3g} years of series in all. For {OPTION[fit.family]}.",
    ]
    keys = dict(zip(FIELDS[fit.family], LIBRARY_KEYS[fit.family], strict=True))
    for field, table in fitted_tables(fit).items():
        lines.append(f"{field} = {_inline(table)}  # in place of {keys[field]}")
    return "\n".join(lines) + "\n"


def _quantiles(spread: Spread, limits: tuple[float, float]) -> dict[str, Any]:
    low, high = limits
    width = spread.p95 - spread.p5
    places = max(0, 2 - math.floor(math.log10(width)))
    given = [float(min(max(getattr(spread, name), low), high)) for name in PERCENTILES]
    values = [round(value, places) for value in given]
    # two percentiles that round to one, or that both lie beyond a limit, are stated once
    kept = {
        name: value
        for name, value, before in zip(PERCENTILES, values, [-math.inf, *values], strict=False)
        if value > before
    }
    if len(kept) < 3:
        return {"dist": "point", "value": round(min(max(spread.p50, low), high), places)}
    return {"dist": "quantiles", **kept, "low_limit": low, "high_limit": high}


def _inline(table: Mapping[str, Any]) -> str:
    if table["dist"] == "point":
        return repr(table["value"])
    parts = (f'{key} = "{one}"' if isinstance(one, str) else f"{key} = {one!r}" for key, one in table.items())
    return "{ " + ", ".join(parts) + " }"

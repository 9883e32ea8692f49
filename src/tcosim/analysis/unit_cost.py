"""What a million tokens cost on the reserved basis (idle capacity paid) and on the usage basis.

The reserved basis is the headline; the usage basis flatters whoever pays for idle hardware.
"""

from __future__ import annotations

import xarray as xr

MILLION = 1e6


def usd_per_million_tokens(mean_usd: float, mean_tokens: float) -> float:
    """Mean cost over mean tokens: the price of a token, not the mean of the futures' prices."""
    return mean_usd / mean_tokens * MILLION


def option_usd_per_million_tokens(dataset: xr.Dataset) -> dict[str, tuple[float, float]]:
    """Nominal USD per million tokens on reserved and on usage basis, by option."""
    tokens = float(dataset["mean_tokens"])
    found = {}
    for index, name in enumerate(dataset["option"].values):
        total = float(dataset["mean_total"].values[index])
        idle = float(dataset["mean_idle"].values[index])
        found[str(name)] = (
            usd_per_million_tokens(total, tokens),
            usd_per_million_tokens(total - idle, tokens),
        )
    return found

"""Synthetic price series from the model that the fit assumes, with what is true of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tcosim.evidence.prices.series import PriceHistory, PriceSeries


@dataclass(frozen=True)
class World:
    """What is true: mean drift and its spread, scale and degrees of freedom of the volatilities, the market's share."""

    history: PriceHistory
    drift_mean: float
    scale: float
    next_drift: float
    next_volatility: float


def world(
    seed: int,
    *,
    series: int,
    months: int,
    steps: bool = False,
    irregular: bool = False,
    market: float | None = None,
) -> World:
    """Draw one world; its parameters are drawn too, so that many of them are many settings."""
    rng = np.random.default_rng(seed)
    mean, between = rng.normal(-0.2, 0.3), rng.uniform(0.05, 0.4)
    scale, nu = float(np.exp(rng.normal(np.log(0.4), 0.4))), rng.choice([3.0, 8.0, 50.0])
    share = rng.uniform(0.0, 0.6) if market is None else market
    common = rng.normal(size=months)
    found, drifts, sigmas = [], [], []
    for k in range(series + 1):
        sigma = scale * np.sqrt(nu / rng.chisquare(nu))
        drift = mean + between * rng.normal()
        noise = np.sqrt(share) * common + np.sqrt(1 - share) * rng.normal(size=months)
        if steps:  # one month in four, twice as far
            noise = np.where(rng.random(months) < 0.25, 2 * noise, 0.0)
            moves = sigma / np.sqrt(12) * noise
        else:
            moves = drift / 12 + sigma / np.sqrt(12) * noise
        path = np.concatenate([[0.0], np.cumsum(moves)])
        at = np.arange(months + 1)
        if irregular:
            kept = np.sort(rng.choice(months + 1, size=max(4, months // 2), replace=False))
            at = at[kept]
        found.append(PriceSeries(f"s{k}", f"g{k}", 24_000 + at, path[at]))
        drifts.append(drift)
        sigmas.append(sigma)
    history = PriceHistory("rental", "walk", tuple(found[:-1]))
    return World(history, mean, scale, drifts[-1], sigmas[-1])

"""From dated price series to what is believed about the next one (docs/evidence.md, P1 to P4).

Knows series and percentiles; reads no file and simulates nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from tcosim.errors import InputError, Problem
from tcosim.evidence.prices.series import Family, Floats, Kind, PriceHistory
from tcosim.evidence.prices.spread import (
    CORRELATIONS,
    FEWEST_WEIGHT,
    Spread,
    Together,
    Volatility,
    fit_together,
    fit_volatility,
)

ROUNDS = 3
"""Pooled drift, volatilities and correlation depend on one another; they settle after two rounds."""
BETWEEN = np.geomspace(0.02, 4.0, 20)
"""Spread of drifts between series over the typical volatility: grid of its posterior."""
SCALE_NODES = ((-math.sqrt(3.0), 1 / 6), (0.0, 2 / 3), (math.sqrt(3.0), 1 / 6))
"""Gauss-Hermite nodes for a volatility that is not known exactly."""
GRID = 201
FEWEST_MOVES = 3
STRAIGHT = 1e-16
"""Share of squared moves beside a common drift below which nothing but rounding is left."""
FEWEST_CORRELATION_WEIGHT = 0.005


@dataclass(frozen=True)
class PriceFit:
    """What dated prices say about the next series of their kind.

    Attributes
    ----------
    family, kind : str
    series, groups, moves : int
    years : float
        Over all series together.
    effective_series : float
        Independent series that would say as much.
    market_correlation, group_correlation : float
        Of the moves of two series in one month: any two, and two of one group.
    unchanged_share : float
        Share of moves that are none.
    drift_mean, drift_between, drift : Spread
        Mean over series, standard deviation between series, and drift of another series [1/year].
    volatility_typical, volatility : Spread
        Scale over series, and volatility of another series [1/sqrt(year)].
    steps_per_year, step_log_sd : Spread
        Changes of a price a year, and the spread of their logarithm in another series.
    step_log_mean, step_log_mean_se : float
        Mean logarithm of a change, and its standard error.
    """

    family: Family
    kind: Kind
    series: int
    groups: int
    moves: int
    years: float
    effective_series: float
    market_correlation: float
    group_correlation: float
    unchanged_share: float
    drift_mean: Spread
    drift_between: Spread
    drift: Spread
    volatility_typical: Spread
    volatility: Spread
    steps_per_year: Spread
    step_log_sd: Spread
    step_log_mean: float
    step_log_mean_se: float


def fit_prices(history: PriceHistory) -> PriceFit:
    """Fit the hierarchical walk to all series of a history.

    Raises
    ------
    InputError
        If no price ever moves.
    """
    series = history.series
    moves, steps = [one.moves for one in series], [one.steps for one in series]
    every = np.concatenate(moves)
    changed = every[every != 0]
    if not len(changed):
        way_out = "a price that never moved says nothing about how it moves: add older or newer readings"
        raise InputError(Problem("FILE", "must hold a price that changes", history.source or None, way_out))
    if len(every) < FEWEST_MOVES:
        way_out = "add earlier or later readings, or other series"
        raise InputError(Problem("FILE", f"must hold {FEWEST_MOVES} moves or more", len(every), way_out))
    unchanged = 1 - len(changed) / len(every)
    years = np.array([one.years for one in series])
    total = np.array([float(move.sum()) for move in moves])
    drift, share = float(total.sum() / years.sum()), 1.0
    for _ in range(ROUNDS):
        rest = _residuals(moves, steps, drift)
        volatility = fit_volatility(rest, steps, unchanged, share)
        together = fit_together(series, drift, volatility.of_series)
        share = together.effective_volatilities / len(series)
    mean, between, another = _drifts(total / years, years, volatility, together, unchanged)
    share = together.effective_series / len(series)
    rate = _rate(len(changed) * share, float(years.sum()) * share)
    root = math.sqrt(rate.p50)
    return PriceFit(
        family=history.family,
        kind=history.kind,
        series=len(series),
        groups=len({one.group for one in series}),
        moves=len(every),
        years=float(years.sum()),
        effective_series=together.effective_series,
        market_correlation=together.mean,
        group_correlation=together.mean + (1 - together.mean) * together.group,
        unchanged_share=unchanged,
        drift_mean=mean,
        drift_between=between,
        drift=another,
        volatility_typical=volatility.typical,
        volatility=volatility.another,
        steps_per_year=rate,
        step_log_sd=Spread(*(value / root for value in _five(volatility.another))),
        step_log_mean=float(changed.mean()),
        step_log_mean_se=float(np.sqrt(np.square(changed).mean() / max(1.0, len(changed) * share))),
    )


def _residuals(moves: list[Floats], steps: list[Floats], drift: float) -> list[Floats]:
    """Moves less the common drift, scaled up for the one degree of freedom that it took."""
    count = sum(map(len, moves))
    rest = [move - drift * step for move, step in zip(moves, steps, strict=True)]
    left, whole = (sum(float(np.square(one).sum()) for one in several) for several in (rest, moves))
    if left <= STRAIGHT * whole:
        return moves  # a price that follows one line exactly shows no volatility: its moves are the most it can be
    return [math.sqrt(count / (count - 1)) * one for one in rest]


def _drifts(
    slopes: Floats, years: Floats, volatility: Volatility, together: Together, unchanged: float
) -> tuple[Spread, Spread, Spread]:
    """Mean drift, spread between series, drift of another series: mixtures of normals over a grid (P4)."""
    scale = volatility.typical.p50
    pooled = float(np.average(np.square(volatility.of_series), weights=years))
    # Of a price in steps, what was seen of its volatility is tied to where it went: calm series would say 0.
    square = (1 - unchanged) * np.square(volatility.of_series) + unchanged * pooled
    sigma, shared = np.sqrt(square), together.overlap / np.outer(years, years)
    markets = [
        (float(value), float(weight))
        for value, weight in zip(CORRELATIONS, together.market, strict=True)
        if weight >= FEWEST_CORRELATION_WEIGHT
    ]
    noises = []
    for value, _ in markets:
        noise = together.correlation(value) * shared * np.outer(sigma, sigma)
        # gaps leave a series fewer months in common with itself than it lasts
        np.fill_diagonal(noise, square / years)
        noises.append(noise)
    parts: list[tuple[float, float, float, float]] = []  # weight, mean, variance of the mean, tau
    for z, node_weight in SCALE_NODES:
        factor = math.exp(2 * z * volatility.log_scale_sd)
        rows = []
        for ratio in BETWEEN:
            tau = float(ratio * scale)
            own = tau * tau + factor * square / years
            weights = 1 / own / (1 / own).sum()
            mean = float(weights @ slopes)
            likelihood = float(
                np.log(own).sum() + np.log((1 / own).sum()) + ((slopes - mean) ** 2 / own).sum()
            )
            # half-normal prior of the scale of the volatility, over a grid that is even in logarithms
            log_weight = (
                math.log(ratio) - ratio * ratio / 2 - likelihood / 2 * together.effective_series / len(slopes)
            )
            spread = [
                factor * float(weights @ noise @ weights) + tau * tau * float(weights @ weights)
                for noise in noises
            ]
            rows.append((log_weight, mean, spread, tau))
        most = max(row[0] for row in rows)
        total = sum(math.exp(row[0] - most) for row in rows)
        for log_weight, mean, spread, tau in rows:
            share = node_weight * math.exp(log_weight - most) / total
            parts += [
                (share * weight, mean, one, tau) for (_, weight), one in zip(markets, spread, strict=True)
            ]
    table = np.array(parts)
    weight, mean_at, variance, tau_at = table.T
    order = np.argsort(tau_at, kind="stable")
    return (
        _mixture(weight, mean_at, np.sqrt(variance)),
        Spread.weighted(tau_at[order], weight[order]),
        _mixture(weight, mean_at, np.sqrt(variance + tau_at * tau_at)),
    )


def _mixture(weight: Floats, mean: Floats, sd: Floats) -> Spread:
    kept = weight > FEWEST_WEIGHT * weight.sum()
    share, mean, sd = weight[kept] / weight[kept].sum(), mean[kept], sd[kept]
    center = float(share @ mean)
    reach = 8 * math.sqrt(float(share @ (np.square(sd) + np.square(mean - center))))
    values = center + reach * np.sinh(np.linspace(-4, 4, GRID)) / math.sinh(4)
    cdf = share @ special.ndtr((values[None, :] - mean[:, None]) / sd[:, None])
    return Spread.of(values, cdf)


def _rate(changes: float, years: float) -> Spread:
    """Jeffreys posterior of a rate."""
    shape = changes + 0.5
    return Spread(*(float(special.gammaincinv(shape, p)) / years for p in (0.05, 0.25, 0.5, 0.75, 0.95)))


def _five(spread: Spread) -> tuple[float, float, float, float, float]:
    return spread.p5, spread.p25, spread.p50, spread.p75, spread.p95


def fit_data(fit: PriceFit) -> dict[str, Any]:
    """The fit as plain data."""
    return {
        name: dict(zip(("p5", "p25", "p50", "p75", "p95"), _five(value), strict=True))
        if isinstance(value, Spread)
        else value
        for name, value in vars(fit).items()
    }

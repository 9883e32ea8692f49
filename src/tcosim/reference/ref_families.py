"""Slow twin of `tcosim.sampling.families`: scipy.stats, one value at a time, quantiles by root finding.

Obvious rather than fast: truncation and mixtures act on distribution functions, never on quantiles.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import NormalDist
from typing import Any

import numpy as np
from scipy import integrate, optimize, stats

FROZEN: dict[str, Callable[[Any], Any]] = {
    "uniform": lambda d: stats.uniform(d.low, d.high - d.low),
    "triangular": lambda d: stats.triang((d.mode - d.low) / (d.high - d.low), d.low, d.high - d.low),
    "pert": lambda d: stats.beta(
        1 + d.shape * (d.mode - d.low) / (d.high - d.low),
        1 + d.shape * (d.high - d.mode) / (d.high - d.low),
        d.low,
        d.high - d.low,
    ),
    "normal": lambda d: stats.norm(d.mean, d.sd),
    "lognormal": lambda d: stats.lognorm(d.sigma, scale=d.median),
    "beta": lambda d: stats.beta(d.alpha, d.beta, d.low, d.high - d.low),
    "gamma": lambda d: stats.gamma(d.shape, scale=d.scale),
    "weibull": lambda d: stats.weibull_min(d.shape, scale=d.scale),
    "pareto": lambda d: stats.pareto(d.exponent, scale=d.minimum),
}


class Twin:
    """A distribution by its two tail functions; `ref_of` builds one."""

    def __init__(
        self, cdf: Callable[[float], float], sf: Callable[[float], float], edges: Sequence[float]
    ) -> None:
        self.cdf, self.sf, self.edges = cdf, sf, tuple(edges)

    def ppf(self, u: float) -> float:
        """Quantile by bisection on whichever tail is the smaller."""

        def short(x: float) -> bool:
            return self.cdf(x) < u if u <= 0.5 else self.sf(x) > 1 - u

        finite = [edge for edge in self.edges if math.isfinite(edge)]
        low = high = finite[0] if finite else 0.0
        step = 1.0
        while not short(low) and low > self.edges[0]:
            low, step = max(low - step, self.edges[0]), 2 * step
        step = 1.0
        while short(high) and high < self.edges[-1]:
            high, step = min(high + step, self.edges[-1]), 2 * step
        if not short(low):
            return low
        while low < (middle := low + (high - low) / 2) < high:
            low, high = (middle, high) if short(middle) else (low, middle)
        return high

    def mean(self) -> float:
        """Mean from the areas under the two tail functions."""
        start = self.ppf(0.5)
        cuts = sorted(
            {*self.edges, start, *(self.ppf(u) for u in (1e-9, 1e-4, 0.05, 0.95, 1 - 1e-4, 1 - 1e-9))}
        )
        below = sum(_area(self.cdf, a, b) for a, b in pairwise(cuts) if b <= start)
        above = sum(_area(self.sf, a, b) for a, b in pairwise(cuts) if start <= a and b < math.inf)
        if cuts[-1] == math.inf:
            # The far tail, in logarithms of the distance from the median.
            log = math.log(cuts[-2] - start)
            while log < 650:
                part = _area(lambda t: self.sf(start + math.exp(t)) * math.exp(t), log, log + 5)
                above, log = above + part, log + 5
                if part < 1e-13 * above:
                    break
        return start + above - below


def _area(curve: Callable[[float], float], low: float, high: float) -> float:
    with warnings.catch_warnings():
        # It is asked for more digits than it can have, so as to get those that it can.
        warnings.simplefilter("ignore", integrate.IntegrationWarning)
        return float(integrate.quad(curve, low, high, epsabs=0, epsrel=1e-10, limit=200)[0])


def _untruncated(dist: Any) -> Twin:
    if dist.dist == "point":
        return _steps([dist.value], [1.0])
    if dist.dist == "empirical":
        return _steps(dist.values, dist.weights or [1.0] * len(dist.values))
    if dist.dist == "quantiles":
        return _through_percentiles(dist)
    if dist.dist == "mixture":
        parts = [
            (share, ref_of(c.distribution)) for share, c in zip(dist.shares, dist.components, strict=True)
        ]
        return Twin(
            lambda x: sum(share * part.cdf(x) for share, part in parts),
            lambda x: sum(share * part.sf(x) for share, part in parts),
            sorted({edge for _, part in parts for edge in part.edges}),
        )
    frozen = FROZEN[dist.dist](dist)
    return Twin(lambda x: float(frozen.cdf(x)), lambda x: float(frozen.sf(x)), frozen.support())


def _steps(values: Sequence[float], weights: Sequence[float]) -> Twin:
    total = math.fsum(weights)
    pairs = list(zip(values, weights, strict=True))
    return Twin(
        lambda x: math.fsum(weight for value, weight in pairs if value <= x) / total,
        lambda x: math.fsum(weight for value, weight in pairs if value > x) / total,
        sorted(set(values)),
    )


def ref_curve(dist: Any, z: float) -> float:
    """Value of the percentile curve at normal score z; see the docstring of `QuantilesLaw`."""
    scaled = math.log if dist.on_log_scale else float
    knots = [(NormalDist().inv_cdf(p), scaled(value)) for p, value in dist.percentiles]
    chords = [(y1 - y0) / (z1 - z0) for (z0, y0), (z1, y1) in pairwise(knots)]
    widths = [z1 - z0 for (z0, _), (z1, _) in pairwise(knots)]
    # Fritsch and Carlson (1980) slopes as in PCHIP: a weighted harmonic mean of the adjoining chords.
    slopes = [chords[0]]
    for k in range(1, len(knots) - 1):
        one, two = 2 * widths[k] + widths[k - 1], widths[k] + 2 * widths[k - 1]
        slopes.append((one + two) / (one / chords[k - 1] + two / chords[k]))
    slopes.append(chords[-1])
    (first_z, first_y), (last_z, last_y) = knots[0], knots[-1]
    if z <= first_z:
        y = first_y + slopes[0] * (z - first_z)
        if dist.minimum is not None:
            room = first_y - scaled(dist.minimum)
            y = scaled(dist.minimum) + room * math.exp(slopes[0] * (z - first_z) / room)
    elif z >= last_z:
        y = last_y + slopes[-1] * (z - last_z)
        if dist.maximum is not None:
            room = scaled(dist.maximum) - last_y
            y = scaled(dist.maximum) - room * math.exp(-slopes[-1] * (z - last_z) / room)
    else:
        k = max(k for k, (knot, _) in enumerate(knots[:-1]) if knot <= z)
        (z0, y0), (_, y1), h = knots[k], knots[k + 1], widths[k]
        t = (z - z0) / h
        y = (
            y0 * (1 + 2 * t) * (1 - t) ** 2
            + y1 * t * t * (3 - 2 * t)
            + h * slopes[k] * t * (1 - t) ** 2
            - h * slopes[k + 1] * t * t * (1 - t)
        )
    return math.exp(y) if dist.on_log_scale else y


def _through_percentiles(dist: Any) -> Twin:
    low, high = dist._untruncated()

    def score(x: float) -> float:
        if x <= low:
            return -math.inf
        if x >= high:
            return math.inf
        ends = [-38.0, 38.0]
        for k, sign in ((0, 1), (1, -1)):
            if sign * (ref_curve(dist, ends[k]) - x) >= 0:
                return ends[k]
        return float(optimize.brentq(lambda z: ref_curve(dist, z) - x, ends[0], ends[1], xtol=1e-14))

    return Twin(lambda x: _below(score(x)), lambda x: _below(-score(x)), (low, high))


def _below(z: float) -> float:
    return math.erfc(-z / math.sqrt(2)) / 2


def ref_of(dist: Any) -> Twin:
    """Return the twin of a declared distribution, truncation included."""
    whole = _untruncated(dist)
    low = -math.inf if dist.low_limit is None else dist.low_limit
    high = math.inf if dist.high_limit is None else dist.high_limit
    if low == -math.inf and high == math.inf:
        return whole
    before = float(np.nextafter(low, -math.inf))
    in_upper_half = whole.cdf(before) > 0.5
    mass = whole.sf(before) - whole.sf(high) if in_upper_half else whole.cdf(high) - whole.cdf(before)

    def cdf(x: float) -> float:
        if x < low:
            return 0.0
        x = min(x, high)
        return (
            (whole.sf(before) - whole.sf(x)) if in_upper_half else (whole.cdf(x) - whole.cdf(before))
        ) / mass

    def sf(x: float) -> float:
        if x >= high:
            return 0.0
        x = max(x, before)
        # Differences of the smaller tail keep their digits.
        tail = whole.sf(x) - whole.sf(high) if whole.sf(x) <= 0.5 else None
        return (tail if tail is not None else mass - (whole.cdf(x) - whole.cdf(before))) / mass

    edges = sorted({max(low, min(high, edge)) for edge in (*whole.edges, low, high)})
    return Twin(cdf, sf, edges)

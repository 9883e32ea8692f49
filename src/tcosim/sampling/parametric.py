"""The laws with a formula for their quantiles, and the two (beta, gamma) whose formula is too slow to draw by.

Knows parameters as floats; nothing of declarations, truncation or tables.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from tcosim.sampling.law import Floats, Law, normal_score


class PointLaw(Law):
    """All mass at one value."""

    def __init__(self, value: float) -> None:
        self.value = value
        self.support = value, value

    def at(self, p: Floats, q: Floats) -> Floats:
        return np.full_like(p, self.value)

    def cdf(self, x: Floats) -> Floats:
        return np.where(x >= self.value, 1.0, 0.0)

    def sf(self, x: Floats) -> Floats:
        return np.where(x >= self.value, 0.0, 1.0)

    def mean(self) -> float:
        return self.value

    def edges(self) -> tuple[float, ...]:
        return (self.value,)

    def atom(self, x: float) -> float:
        return 1.0 if x == self.value else 0.0

    def mass(self, low: float, high: float) -> float:
        return 1.0 if low <= self.value <= high else 0.0

    def restricted(self, low: float, high: float) -> Law:
        return self


class UniformLaw(Law):
    """Every value from ``low`` to ``high`` alike."""

    def __init__(self, low: float, high: float) -> None:
        self.support = low, high
        self._width = high - low

    def at(self, p: Floats, q: Floats) -> Floats:
        low, high = self.support
        values = p * self._width
        values += low
        return np.minimum(values, high, out=values)

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(np.clip((x - self.support[0]) / self._width, 0.0, 1.0))

    def sf(self, x: Floats) -> Floats:
        return np.asarray(np.clip((self.support[1] - x) / self._width, 0.0, 1.0))

    def mean(self) -> float:
        return self.support[0] + self._width / 2

    def restricted(self, low: float, high: float) -> Law:
        return UniformLaw(max(low, self.support[0]), min(high, self.support[1]))


class TriangularLaw(Law):
    """A straight rise from ``low`` to ``mode``, a straight fall to ``high``."""

    def __init__(self, low: float, mode: float, high: float) -> None:
        self.support = low, high
        self._mode = mode
        width = high - low
        self._rise, self._fall = width * (mode - low), width * (high - mode)
        self._turn = (mode - low) / width

    def at(self, p: Floats, q: Floats) -> Floats:
        low, high = self.support
        rising = low + np.sqrt(p * self._rise)
        falling = high - np.sqrt(q * self._fall)
        values = np.where(p < self._turn, rising, falling)
        return np.clip(values, low, high, out=values)

    def cdf(self, x: Floats) -> Floats:
        low, high = self.support
        x = np.clip(x, low, high)
        below = (x - low) ** 2 / self._rise if self._rise > 0 else np.zeros_like(x)
        above = (high - x) ** 2 / self._fall if self._fall > 0 else np.zeros_like(x)
        return np.where(x < self._mode, below, 1 - above)

    def sf(self, x: Floats) -> Floats:
        low, high = self.support
        x = np.clip(x, low, high)
        below = (x - low) ** 2 / self._rise if self._rise > 0 else np.zeros_like(x)
        above = (high - x) ** 2 / self._fall if self._fall > 0 else np.zeros_like(x)
        return np.where(x < self._mode, 1 - below, above)

    def mean(self) -> float:
        return (self.support[0] + self._mode + self.support[1]) / 3

    def edges(self) -> tuple[float, ...]:
        return tuple(sorted({*self.support, self._mode}))


class NormalLaw(Law):
    """Normal with mean and standard deviation."""

    def __init__(self, mean: float, sd: float) -> None:
        self.support = -math.inf, math.inf
        self._mean, self._sd = mean, sd

    def at(self, p: Floats, q: Floats) -> Floats:
        values = normal_score(p, q)
        values *= self._sd
        values += self._mean
        return values

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(special.ndtr((x - self._mean) / self._sd))

    def sf(self, x: Floats) -> Floats:
        return np.asarray(special.ndtr((self._mean - x) / self._sd))

    def mean(self) -> float:
        return self._mean


class LognormalLaw(Law):
    """Lognormal with median and standard deviation of the logarithm."""

    def __init__(self, median: float, sigma: float) -> None:
        self.support = 0.0, math.inf
        self._median, self._sigma = median, sigma

    def at(self, p: Floats, q: Floats) -> Floats:
        values = normal_score(p, q)
        values *= self._sigma
        np.exp(values, out=values)
        values *= self._median
        return values

    def _score(self, x: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(np.maximum(x, 0.0) / self._median) / self._sigma)

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(special.ndtr(self._score(x)))

    def sf(self, x: Floats) -> Floats:
        return np.asarray(special.ndtr(-self._score(x)))

    def mean(self) -> float:
        return self._median * math.exp(self._sigma**2 / 2)


def _exceedance(p: Floats, q: Floats) -> Floats:
    """Return -ln(q), exact in both tails: the quantile of the unit exponential."""
    logs = np.log1p(-np.minimum(p, 0.5))
    np.log(q, out=logs, where=p > 0.5)
    return np.negative(logs, out=logs)


class WeibullLaw(Law):
    """Weibull with shape and scale."""

    def __init__(self, shape: float, scale: float) -> None:
        self.support = 0.0, math.inf
        self._shape, self._scale = shape, scale

    def at(self, p: Floats, q: Floats) -> Floats:
        values = _exceedance(p, q)
        np.power(values, 1 / self._shape, out=values)
        values *= self._scale
        return values

    def _exponent(self, x: Floats) -> Floats:
        return np.asarray((np.maximum(x, 0.0) / self._scale) ** self._shape)

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(-np.expm1(-self._exponent(x)))

    def sf(self, x: Floats) -> Floats:
        return np.asarray(np.exp(-self._exponent(x)))

    def mean(self) -> float:
        return self._scale * float(special.gamma(1 + 1 / self._shape))


class ParetoLaw(Law):
    """Pareto with its minimum and the exponent of its tail."""

    def __init__(self, minimum: float, exponent: float) -> None:
        self.support = minimum, math.inf
        self._exponent = exponent

    def at(self, p: Floats, q: Floats) -> Floats:
        values = _exceedance(p, q)
        values *= 1 / self._exponent
        np.exp(values, out=values)
        values *= self.support[0]
        return values

    def _logs(self, x: Floats) -> Floats:
        return np.asarray(-self._exponent * np.log(np.maximum(x, self.support[0]) / self.support[0]))

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(-np.expm1(self._logs(x)))

    def sf(self, x: Floats) -> Floats:
        return np.asarray(np.exp(self._logs(x)))

    def mean(self) -> float:
        return self._exponent * self.support[0] / (self._exponent - 1) if self._exponent > 1 else math.inf


class BetaLaw(Law):
    """Beta on ``[low, high]``; its quantiles take 370 to 1,300 ns each, so it is drawn through a table."""

    def __init__(self, alpha: float, beta: float, low: float, high: float) -> None:
        self.support = low, high
        self._alpha, self._beta = alpha, beta
        self._width = high - low

    def at(self, p: Floats, q: Floats) -> Floats:
        low, high = self.support
        # betaincinv gives NaN for some probabilities below 1e-120.
        p, q = np.maximum(p, 1e-100), np.maximum(q, 1e-100)
        lower = p <= 0.5
        values = np.empty_like(p)
        values[lower] = low + self._width * special.betaincinv(self._alpha, self._beta, p[lower])
        values[~lower] = high - self._width * special.betaincinv(self._beta, self._alpha, q[~lower])
        return np.clip(values, low, high, out=values)

    def _tails(self, x: Floats) -> tuple[Floats, Floats]:
        x = np.clip(x, *self.support)
        below, above = (x - self.support[0]) / self._width, (self.support[1] - x) / self._width
        lower = below <= 0.5
        near = np.empty_like(below)
        near[lower] = special.betainc(self._alpha, self._beta, below[lower])
        near[~lower] = special.betainc(self._beta, self._alpha, above[~lower])
        # The complement loses its digits where it is small; betaincc would not, but takes 15 times as long.
        far = 1 - near
        for side, alpha, beta, share in (
            (lower, self._beta, self._alpha, above),
            (~lower, self._alpha, self._beta, below),
        ):
            small = side & (far < 0.1)
            far[small] = special.betainc(alpha, beta, share[small])
        return np.where(lower, near, far), np.where(lower, far, near)

    def cdf(self, x: Floats) -> Floats:
        return self._tails(x)[0]

    def sf(self, x: Floats) -> Floats:
        return self._tails(x)[1]

    def mean(self) -> float:
        return self.support[0] + self._width * self._alpha / (self._alpha + self._beta)


class GammaLaw(Law):
    """Gamma with shape and scale; its quantiles take 350 to 1,500 ns each, so it is drawn through a table."""

    def __init__(self, shape: float, scale: float) -> None:
        self.support = 0.0, math.inf
        self._shape, self._scale = shape, scale

    def at(self, p: Floats, q: Floats) -> Floats:
        lower = p <= 0.5
        values = np.empty_like(p)
        values[lower] = special.gammaincinv(self._shape, p[lower])
        values[~lower] = special.gammainccinv(self._shape, q[~lower])
        values *= self._scale
        return values

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(special.gammainc(self._shape, np.maximum(x, 0.0) / self._scale))

    def sf(self, x: Floats) -> Floats:
        return np.asarray(special.gammaincc(self._shape, np.maximum(x, 0.0) / self._scale))

    def mean(self) -> float:
        return self._shape * self._scale

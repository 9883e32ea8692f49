"""The families with a handful of parameters: from a plain number to the Pareto tail.

Frozen data only: knows nothing of drawing numbers, of scenarios or of files.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar, Literal

from tcosim.scenario import elicit
from tcosim.scenario.elicit import Refused
from tcosim.scenario.family import INFINITY, WIDE_Z, Family, above_zero, in_order


class Point(Family):
    """One plain number."""

    dist: Literal["point"] = "point"
    value: float

    def _check(self) -> None:
        if self.low_limit is not None or self.high_limit is not None:
            raise Refused(
                "value", "a plain number takes no limits", None, "take low_limit and high_limit out"
            )

    def _untruncated(self) -> tuple[float, float]:
        return self.value, self.value


class Uniform(Family):
    """Every value between ``low`` and ``high`` alike."""

    dist: Literal["uniform"] = "uniform"
    low: float
    high: float

    def _check(self) -> None:
        in_order(self.low, self.high)

    def _untruncated(self) -> tuple[float, float]:
        return self.low, self.high


class Triangular(Family):
    """A straight rise from ``low`` to ``mode`` and a straight fall to ``high``."""

    dist: Literal["triangular"] = "triangular"
    low: float
    mode: float
    high: float

    def _check(self) -> None:
        in_order(self.low, self.high)
        elicit.rising((("low", self.low), ("mode", self.mode), ("high", self.high)))

    def _untruncated(self) -> tuple[float, float]:
        return self.low, self.high


class Pert(Family):
    """A beta on ``[low, high]`` with the stated mode; ``shape`` says how strongly it gathers there."""

    dist: Literal["pert"] = "pert"
    low: float
    mode: float
    high: float
    shape: float = 4.0

    def _check(self) -> None:
        in_order(self.low, self.high)
        elicit.rising((("low", self.low), ("mode", self.mode), ("high", self.high)))
        above_zero(shape=self.shape)

    @property
    def alpha(self) -> float:
        """First shape parameter of the underlying beta."""
        return 1 + self.shape * (self.mode - self.low) / (self.high - self.low)

    @property
    def beta(self) -> float:
        """Second shape parameter of the underlying beta."""
        return 1 + self.shape * (self.high - self.mode) / (self.high - self.low)

    def _untruncated(self) -> tuple[float, float]:
        return self.low, self.high


class Normal(Family):
    """Normal with ``mean`` and ``sd``, or through two percentiles."""

    dist: Literal["normal"] = "normal"
    takes_percentiles: ClassVar[bool] = True
    mean: float
    sd: float

    @classmethod
    def _from_stated(cls, stated: dict[str, float], rest: Mapping[str, object]) -> dict[str, object]:
        mean, sd = elicit.normal_from_percentiles(stated)
        return {"mean": mean, "sd": sd}

    def _check(self) -> None:
        above_zero(sd=self.sd)

    def _untruncated(self) -> tuple[float, float]:
        return -INFINITY, INFINITY

    def _middle(self) -> tuple[float, float]:
        return self.mean - WIDE_Z * self.sd, self.mean + WIDE_Z * self.sd


class Lognormal(Family):
    """Lognormal with ``median`` and ``sigma`` (of the logarithm), or by mean and sd, or two percentiles."""

    dist: Literal["lognormal"] = "lognormal"
    takes_percentiles: ClassVar[bool] = True
    alternatives: ClassVar[tuple[tuple[str, ...], ...]] = (("mean", "sd"),)
    median: float
    sigma: float

    @classmethod
    def _from_stated(cls, stated: dict[str, float], rest: Mapping[str, object]) -> dict[str, object]:
        if "mean" in stated:
            median, sigma = elicit.lognormal_from_mean(stated["mean"], stated["sd"])
        else:
            median, sigma = elicit.lognormal_from_percentiles(stated)
        return {"median": median, "sigma": sigma}

    def _check(self) -> None:
        above_zero(median=self.median, sigma=self.sigma)

    def _untruncated(self) -> tuple[float, float]:
        return 0.0, INFINITY

    def _middle(self) -> tuple[float, float]:
        reach = math.exp(min(WIDE_Z * self.sigma, 700.0))
        return self.median / reach, self.median * reach


class Beta(Family):
    """Beta on ``[low, high]`` with ``alpha`` and ``beta``, or by mean and sd."""

    dist: Literal["beta"] = "beta"
    alternatives: ClassVar[tuple[tuple[str, ...], ...]] = (("mean", "sd"),)
    alpha: float
    beta: float
    low: float = 0.0
    high: float = 1.0

    @classmethod
    def _from_stated(cls, stated: dict[str, float], rest: Mapping[str, object]) -> dict[str, object]:
        low = elicit.as_number("low", rest.get("low", 0.0))
        high = elicit.as_number("high", rest.get("high", 1.0))
        in_order(low, high)
        alpha, beta = elicit.beta_from_mean(stated["mean"], stated["sd"], low, high)
        return {"alpha": alpha, "beta": beta}

    def _check(self) -> None:
        in_order(self.low, self.high)
        above_zero(alpha=self.alpha, beta=self.beta)

    def _untruncated(self) -> tuple[float, float]:
        return self.low, self.high


class Gamma(Family):
    """Gamma with ``shape`` and ``scale``, or by mean and sd."""

    dist: Literal["gamma"] = "gamma"
    alternatives: ClassVar[tuple[tuple[str, ...], ...]] = (("mean", "sd"),)
    shape: float
    scale: float

    @classmethod
    def _from_stated(cls, stated: dict[str, float], rest: Mapping[str, object]) -> dict[str, object]:
        shape, scale = elicit.gamma_from_mean(stated["mean"], stated["sd"])
        return {"shape": shape, "scale": scale}

    def _check(self) -> None:
        above_zero(shape=self.shape, scale=self.scale)

    def _untruncated(self) -> tuple[float, float]:
        return 0.0, INFINITY

    def _middle(self) -> tuple[float, float]:
        # Wilson and Hilferty (1931): the cube root of a gamma is close to normal.
        spread = 1 / (9 * self.shape)
        ends = (max(0.0, 1 - spread + sign * WIDE_Z * math.sqrt(spread)) ** 3 for sign in (-1, 1))
        low, high = (self.shape * self.scale * end for end in ends)
        return low, high


class Weibull(Family):
    """Weibull with ``shape`` and ``scale``."""

    dist: Literal["weibull"] = "weibull"
    shape: float
    scale: float

    def _check(self) -> None:
        above_zero(shape=self.shape, scale=self.scale)

    def _untruncated(self) -> tuple[float, float]:
        return 0.0, INFINITY

    def _middle(self) -> tuple[float, float]:
        low, high = (math.log(-math.log1p(-p)) / self.shape for p in (0.001, 0.999))
        return self.scale * math.exp(max(low, -700.0)), self.scale * math.exp(min(high, 700.0))


class Pareto(Family):
    """Pareto: above ``minimum`` the tail falls as value to the power of minus ``exponent``."""

    dist: Literal["pareto"] = "pareto"
    minimum: float
    exponent: float

    def _check(self) -> None:
        above_zero(minimum=self.minimum, exponent=self.exponent)
        if self.exponent <= 1 and self.high_limit is None:
            raise Refused(
                "exponent",
                "at 1 or below the mean is infinite",
                self.exponent,
                "raise it or state a high_limit",
            )

    def _untruncated(self) -> tuple[float, float]:
        return self.minimum, INFINITY

    def _middle(self) -> tuple[float, float]:
        return self.minimum, self.minimum * math.exp(min(math.log(1000) / self.exponent, 700.0))

"""The families that are drawn rather than parametrized: stated quantiles, observed values, mixtures.

Frozen data only: knows nothing of drawing numbers, of scenarios or of files.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, Field, model_validator

from tcosim.scenario import elicit
from tcosim.scenario.elicit import Percentiles, Refused
from tcosim.scenario.family import INFINITY, Family
from tcosim.scenario.parametric import (
    Beta,
    Gamma,
    Lognormal,
    Normal,
    Pareto,
    Pert,
    Point,
    Triangular,
    Uniform,
    Weibull,
)
from tcosim.units import format_stated


class Quantiles(Family):
    """Three or more stated percentiles, joined smoothly and monotonically.

    Attributes
    ----------
    percentiles : tuple of (probability, value)
        Rising in both; only inner ones, 0 < probability < 1.
    minimum, maximum : float or None
        Smallest and largest value (also stated as ``p0`` and ``p100``); the tails are open without them.
    """

    dist: Literal["quantiles"] = "quantiles"
    takes_percentiles: ClassVar[bool] = True
    percentiles: Percentiles
    minimum: float | None = None
    maximum: float | None = None

    @classmethod
    def _from_stated(cls, stated: dict[str, float], rest: Mapping[str, object]) -> dict[str, object]:
        pairs = elicit.percentiles(stated)
        ends: dict[str, object] = {}
        for name, end in (("minimum", 0.0), ("maximum", 1.0)):
            found = [value for p, value in pairs if p == end]
            if found and name in rest:
                raise Refused(name, f"is also stated as p{end * 100:g}", None, "state it once")
            if found:
                ends[name] = found[0]
        return {**ends, "percentiles": tuple(pair for pair in pairs if 0 < pair[0] < 1)}

    def _check(self) -> None:
        pairs = self.percentiles
        if len(pairs) < 3:
            raise Refused("", "needs three or more percentiles", None, "state p5, p50 and p95")
        if any(not 0 < p < 1 for p, _ in pairs):
            raise Refused("percentiles", "must lie between p0 and p100", None, "use minimum and maximum")
        if any(p >= q or a >= b for (p, a), (q, b) in pairwise(pairs)):
            raise Refused("percentiles", "values must rise with their percentile", None, "sort them")
        if self.minimum is not None and self.minimum >= pairs[0][1]:
            raise Refused(
                "minimum",
                f"must be below the lowest percentile = {format_stated(pairs[0][1])}",
                self.minimum,
                "lower it",
            )
        if self.maximum is not None and self.maximum <= pairs[-1][1]:
            raise Refused(
                "maximum",
                f"must be above the highest percentile = {format_stated(pairs[-1][1])}",
                self.maximum,
                "raise it",
            )

    @property
    def on_log_scale(self) -> bool:
        """Whether the curve is drawn through logarithms: every stated value is above 0."""
        lowest = self.percentiles[0][1] if self.minimum is None else self.minimum
        return lowest > 0

    def _untruncated(self) -> tuple[float, float]:
        open_low = 0.0 if self.on_log_scale else -INFINITY
        return (
            open_low if self.minimum is None else self.minimum,
            INFINITY if self.maximum is None else self.maximum,
        )

    def _middle(self) -> tuple[float, float]:
        low, high = self.percentiles[0][1], self.percentiles[-1][1]
        return low if self.minimum is None else self.minimum, high if self.maximum is None else self.maximum


class Empirical(Family):
    """Observed values, each with its weight (all alike if no weights are given)."""

    dist: Literal["empirical"] = "empirical"
    largest: ClassVar[int] = 5000
    values: tuple[float, ...]
    weights: tuple[float, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}

    def _check(self) -> None:
        if not 2 <= len(self.values) <= self.largest:
            raise Refused(
                "values",
                f"must hold 2 to {self.largest} numbers",
                len(self.values),
                "thin them out, or use quantiles",
            )
        if self.weights and len(self.weights) != len(self.values):
            raise Refused(
                "weights", f"must be as many as values = {len(self.values)}", len(self.weights), "match them"
            )
        if self.weights and (min(self.weights) < 0 or sum(self.weights) <= 0):
            raise Refused(
                "weights", "must not be negative, and some must be above 0", None, "correct the weights"
            )
        if min(self.values) == max(self.values):
            raise Refused("values", "are all the same", self.values[0], "write the plain number")

    def _untruncated(self) -> tuple[float, float]:
        return min(self.values), max(self.values)


Simple = Annotated[
    Point
    | Uniform
    | Triangular
    | Pert
    | Normal
    | Lognormal
    | Beta
    | Gamma
    | Weibull
    | Pareto
    | Quantiles
    | Empirical,
    Field(discriminator="dist"),
]


class Component(BaseModel):
    """One part of a mixture: a weight, and a distribution that is no mixture itself."""

    model_config = Family.model_config

    weight: float
    distribution: Simple

    @model_validator(mode="before")
    @classmethod
    def _split(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and "distribution" not in data:
            inner = {key: value for key, value in data.items() if key != "weight"}
            outer = {"weight": data["weight"]} if "weight" in data else {}
            return {**outer, "distribution": inner}
        return data


class Mixture(Family):
    """One of several distributions, drawn by weight; weights need not sum to 1."""

    dist: Literal["mixture"] = "mixture"
    components: tuple[Component, ...]

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and isinstance(data.get("components"), list):
            return {**data, "components": tuple(data["components"])}
        return data

    def _check(self) -> None:
        if len(self.components) < 2:
            raise Refused(
                "components", "needs two or more", len(self.components), "state the distribution itself"
            )
        for part in self.components:
            if part.weight <= 0:
                raise Refused("weight", "must be above 0", part.weight, "take the component out")

    @property
    def shares(self) -> tuple[float, ...]:
        """Weights scaled to sum to 1."""
        total = math.fsum(part.weight for part in self.components)
        return tuple(part.weight / total for part in self.components)

    def _untruncated(self) -> tuple[float, float]:
        supports = [part.distribution.declared_support() for part in self.components]
        return min(low for low, _ in supports), max(high for _, high in supports)

    def _middle(self) -> tuple[float, float]:
        ranges = [part.distribution.central_range() for part in self.components]
        return min(low for low, _ in ranges), max(high for _, high in ranges)

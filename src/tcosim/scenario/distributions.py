"""Every family of distributions under one roof, and the way from a table to a declared distribution.

Frozen data only: knows nothing of drawing numbers, of scenarios or of files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, TypeAdapter

from tcosim.scenario.family import Family
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
from tcosim.scenario.shaped import Component, Empirical, Mixture, Quantiles

__all__ = [
    "FAMILIES",
    "Beta",
    "Component",
    "Distribution",
    "Empirical",
    "Family",
    "Gamma",
    "Lognormal",
    "Mixture",
    "Normal",
    "Pareto",
    "Pert",
    "Point",
    "Quantiles",
    "Triangular",
    "Uniform",
    "Weibull",
    "distribution",
]

Distribution = (
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
    | Empirical
    | Mixture
)
"""Any declared distribution."""

FAMILIES: dict[str, type[Family]] = {
    family.model_fields["dist"].default: family
    for family in (
        Point,
        Uniform,
        Triangular,
        Pert,
        Normal,
        Lognormal,
        Beta,
        Gamma,
        Weibull,
        Pareto,
        Quantiles,
        Empirical,
        Mixture,
    )
}
"""Family by the name that stands in ``dist``."""

_ADAPTER: TypeAdapter[Distribution] = TypeAdapter(Annotated[Distribution, Field(discriminator="dist")])


def distribution(table: Mapping[str, object]) -> Distribution:
    """Build the distribution that a table declares, for example ``{"dist": "normal", "p5": 1, "p95": 3}``.

    Raises
    ------
    pydantic.ValidationError
        If it declares none; `tcosim.scenario.load` turns this into problems with a place.
    """
    return _ADAPTER.validate_python(dict(table))

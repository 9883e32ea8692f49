"""Quantiles, probabilities, mean, median and support of every declared distribution.

Knows declarations and turns them into laws; nothing of seeds, points or scenarios.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tcosim.errors import InputError, Problem
from tcosim.sampling.combined import EmpiricalLaw, MixtureLaw
from tcosim.sampling.law import Floats, Law
from tcosim.sampling.parametric import (
    BetaLaw,
    GammaLaw,
    LognormalLaw,
    NormalLaw,
    ParetoLaw,
    PointLaw,
    TriangularLaw,
    UniformLaw,
    WeibullLaw,
)
from tcosim.sampling.quantiles import QuantilesLaw
from tcosim.sampling.table import PROMISE, Tabulated
from tcosim.scenario.distributions import Distribution, Mixture

SMALLEST_MASS = 1e-12
"""A truncation that keeps less than this is taken for a mistake."""


def _mixture(dist: Mixture) -> Law:
    return MixtureLaw([exact_law(part.distribution) for part in dist.components], dist.shares)


LAWS: dict[str, Callable[[Any], Law]] = {
    "point": lambda d: PointLaw(d.value),
    "uniform": lambda d: UniformLaw(d.low, d.high),
    "triangular": lambda d: TriangularLaw(d.low, d.mode, d.high),
    "pert": lambda d: BetaLaw(d.alpha, d.beta, d.low, d.high),
    "normal": lambda d: NormalLaw(d.mean, d.sd),
    "lognormal": lambda d: LognormalLaw(d.median, d.sigma),
    "beta": lambda d: BetaLaw(d.alpha, d.beta, d.low, d.high),
    "gamma": lambda d: GammaLaw(d.shape, d.scale),
    "weibull": lambda d: WeibullLaw(d.shape, d.scale),
    "pareto": lambda d: ParetoLaw(d.minimum, d.exponent),
    "quantiles": lambda d: QuantilesLaw(d.percentiles, d.minimum, d.maximum, d.on_log_scale),
    "empirical": lambda d: EmpiricalLaw(np.array(d.values), np.array(d.weights or np.ones(len(d.values)))),
    "mixture": _mixture,
}
"""The untruncated law of every family, by the name that stands in ``dist``."""


TABULATED = frozenset(("pert", "beta", "gamma", "mixture"))
"""Families that are drawn through a table."""


@lru_cache(maxsize=512)
def exact_law(dist: Distribution) -> Law:
    """Return the law that a distribution declares, truncation included; slow to draw from for some families.

    Raises
    ------
    InputError
        If the truncation leaves (nearly) no mass.
    """
    law = LAWS[dist.dist](dist)
    low = -math.inf if dist.low_limit is None else dist.low_limit
    high = math.inf if dist.high_limit is None else dist.high_limit
    if low <= law.support[0] and law.support[1] <= high:
        return law
    mass = law.mass(low, high)
    if mass < SMALLEST_MASS:
        raise InputError(
            Problem(
                "low_limit, high_limit",
                f"must leave at least {SMALLEST_MASS:g} of the {dist.dist} distribution, they leave {mass:.3g}",
                [dist.low_limit, dist.high_limit],
                "widen the limits, or state a distribution whose values lie between them",
            )
        )
    return law.restricted(low, high)


@lru_cache(maxsize=512)
def law_of(dist: Distribution) -> Law:
    """Return the law to draw from: as `exact_law`, through a table where that is slow. Safe to call from threads.

    Raises
    ------
    InputError
        If the truncation leaves (nearly) no mass.
    """
    law = exact_law(dist)
    if dist.dist not in TABULATED:
        return law
    table = Tabulated(law)
    # No table holds a law over hundreds of orders of magnitude. Rather slow, then, than wrong.
    return table if table.worst <= PROMISE else law


def ppf(dist: Distribution, u: ArrayLike) -> Floats:
    """Inverse distribution function.

    Parameters
    ----------
    dist : Distribution
    u : array_like
        Probabilities, all inside (0, 1).

    Returns
    -------
    ndarray
        Same shape as ``u``; rises with ``u`` and stays within the support. PERT, beta, gamma and mixtures come
        from a table whose error is below 1e-6 of the distribution's scale.

    Raises
    ------
    ValueError
        If a probability lies outside (0, 1).
    InputError
        If the truncation leaves (nearly) no mass.
    """
    p = np.asarray(u, dtype=np.float64)
    if p.size and not (p.min() > 0 and p.max() < 1):
        raise ValueError(f"probabilities must lie inside (0, 1), got {p.min()} to {p.max()}")
    flat = np.ascontiguousarray(p.ravel())
    return law_of(dist).at(flat, 1 - flat).reshape(p.shape)


def cdf(dist: Distribution, x: ArrayLike) -> Floats:
    """Probability of a value at or below ``x``; exact, of the same shape as ``x``.

    Raises
    ------
    InputError
        If the truncation leaves (nearly) no mass.
    """
    values = np.asarray(x, dtype=np.float64)
    return exact_law(dist).cdf(values.ravel()).reshape(values.shape)


def mean(dist: Distribution) -> float:
    """Mean; infinite where the distribution has none (a Pareto with an exponent of 1 or less)."""
    return exact_law(dist).mean()


def median(dist: Distribution) -> float:
    """Median: the smallest value with at least half of the probability at or below it."""
    half = np.array([0.5])
    return float(exact_law(dist).at(half, half)[0])


def support(dist: Distribution) -> tuple[float, float]:
    """Smallest and largest value that can occur, truncation included; possibly infinite."""
    return exact_law(dist).support

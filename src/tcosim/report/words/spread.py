"""A declared distribution in figures that can be shown: percentiles, mean, and a sample of evenly spread values.

Knows distributions; draws nothing at random.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.sampling import families
from tcosim.scenario.distributions import Distribution

PERCENTILES = (1, 5, 25, 50, 75, 95, 99)
POINTS = 20_000


@dataclass(frozen=True)
class Spread:
    """Figures of one distribution.

    Attributes
    ----------
    percentiles : dict of int to float
    mean : float
    low, high : float
        What can occur; possibly infinite.
    """

    percentiles: dict[int, float]
    mean: float
    low: float
    high: float


def spread(distribution: Distribution) -> Spread:
    """Return the figures of a distribution."""
    at = families.ppf(distribution, np.array(PERCENTILES) / 100)
    low, high = families.support(distribution)
    return Spread(
        percentiles=dict(zip(PERCENTILES, map(float, at), strict=True)),
        mean=float(families.mean(distribution)),
        low=float(low),
        high=float(high),
    )


def even_values(distribution: Distribution, points: int = POINTS) -> NDArray[Any]:
    """Return the quantiles at evenly spaced probabilities: a histogram of them is the density."""
    values: NDArray[Any] = families.ppf(distribution, (np.arange(points) + 0.5) / points)
    return values

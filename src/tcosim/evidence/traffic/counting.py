"""A log counts whole requests: few an hour scatter by chance beyond what the model says (docs/evidence.md, T3).

Arrays in, arrays out: knows nothing of the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]

MANY = 10_000.0
"""With so many requests an hour, whole requests scatter by one per cent: nothing beside any burst."""
_MEDIAN_OF_SQUARED_NORMAL = 0.4549
_TINY = 1e-9


@dataclass(frozen=True)
class Counting:
    """How the traffic of a log is made up of requests.

    Attributes
    ----------
    requests_per_hour : float
        On the mean over the collected hours.
    size_cv : float
        Coefficient of variation of the tokens of a request; 0 where the log counts requests.
    """

    requests_per_hour: float
    size_cv: float

    @classmethod
    def of(cls, traffic: Floats, requests: Floats | None, collected: NDArray[np.bool_]) -> Counting | None:
        """Read it off a log; None where it does not say, or where it does not matter."""
        if requests is None:
            return None
        counts, sums = requests[collected], traffic[collected]
        mean = float(counts.mean())
        if not 0 < mean < MANY:
            return None
        busy = counts > 0
        size = float(sums[busy].sum() / counts[busy].sum())
        apart = counts[busy] * np.square(sums[busy] / counts[busy] / max(size, _TINY) - 1.0)
        return cls(mean, float(np.sqrt(np.median(apart) / _MEDIAN_OF_SQUARED_NORMAL)))

    def counted(self, expected: Floats, requests: Floats, rng: np.random.Generator) -> NDArray[np.float32]:
        """Traffic as a log would show it.

        Parameters
        ----------
        expected : ndarray
            Traffic of each hour as the model says, any unit.
        requests : ndarray
            Requests that it is made up of on the mean, same shape.
        """
        drawn = rng.poisson(np.minimum(requests, 1e9)).astype(np.float32)
        scattered = drawn + np.sqrt(drawn) * self.size_cv * rng.standard_normal(drawn.shape, np.float32)
        size = expected / np.maximum(requests, _TINY)
        return np.asarray(np.where(requests > 0, np.maximum(scattered, 0.0) * size, 0.0), np.float32)

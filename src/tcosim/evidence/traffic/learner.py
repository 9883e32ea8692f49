"""What statistics say about parameters, learned from simulated pairs of both (docs/evidence.md, T4).

Arrays in, arrays out: knows neither logs nor the model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]

COMPONENTS = 20
"""Principal components of the statistics that enter with their products."""
FARTHEST = 4.0
"""Statistics farther from the middle than so many standard deviations say no more than that."""
RIDGE = 1e-3
_LEARNED_FROM = 4_096
_TINY = 1e-9


class Learner:
    """Posterior means as a quadratic regression on statistics.

    Parameters
    ----------
    statistics : ndarray, shape (n, k)
    parameters : ndarray, shape (n, d)

    Notes
    -----
    Semi-automatic summaries of Fearnhead and Prangle (2012): the best summary of a log for a parameter is its
    posterior mean, and a regression on simulated logs is close enough to that.
    """

    def __init__(self, statistics: Floats, parameters: Floats) -> None:
        self._middle = np.median(statistics, axis=0)
        self._scale = statistics.std(axis=0) + _TINY
        standard = self._standard(statistics)
        self._mean = standard.mean(axis=0)
        _, sizes, directions = np.linalg.svd((standard - self._mean)[:_LEARNED_FROM], full_matrices=False)
        kept = min(COMPONENTS, int((sizes > _TINY * sizes[0]).sum()))
        rows = min(len(standard), _LEARNED_FROM)
        self._directions = directions[:kept].T / (sizes[:kept] / np.sqrt(rows))
        features = self._features(standard)
        gram = features.T @ features
        gram[np.diag_indices_from(gram)] += RIDGE * len(standard)
        gram[0, 0] -= RIDGE * len(standard)
        self._weights = np.linalg.solve(gram, features.T @ parameters)

    def __call__(self, statistics: Floats) -> Floats:
        """Posterior means, shape (n, d)."""
        return np.asarray(self._features(self._standard(statistics)) @ self._weights)

    def _standard(self, statistics: Floats) -> Floats:
        return np.asarray(np.clip((statistics - self._middle) / self._scale, -FARTHEST, FARTHEST))

    def _features(self, standard: Floats) -> Floats:
        main = np.clip((standard - self._mean) @ self._directions, -FARTHEST - 1, FARTHEST + 1)
        first, second = np.triu_indices(main.shape[1])
        one = np.ones((len(standard), 1))
        return np.concatenate([one, main, main[:, first] * main[:, second], standard], axis=1)

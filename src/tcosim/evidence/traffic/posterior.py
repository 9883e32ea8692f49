"""Which futures could have made this log: the nearest of those simulated (docs/evidence.md, T4).

Arrays in, arrays out: knows neither logs nor the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.evidence.traffic.learner import Learner

Floats = NDArray[Any]

ACCEPTED = 0.04
"""Share of the simulated logs that is taken as near."""
NEIGHBOURS = 20
USUAL = 0.95
"""A log farther from its nearest simulated ones than this share of simulated logs is called unusual."""
TRIED = 200
_TINY = 1e-9


@dataclass(frozen=True)
class Nearest:
    """Simulated futures near an observed one.

    Attributes
    ----------
    rows : ndarray of int64, shape (k,)
        Their numbers.
    weights : ndarray, shape (k,)
        Summing to 1.
    parameters : ndarray, shape (k, d)
        Theirs, moved to where they would lie had they shown exactly what was observed.
    misfit : float
        Distance of the observed from its nearest, over the distance that is usual among the simulated; above 1 the
        model makes nothing like this log, and the nearest that it makes is taken.
    """

    rows: NDArray[np.int64]
    weights: Floats
    parameters: Floats
    misfit: float


class Nearness:
    """How near simulated logs are to an observed one.

    Parameters
    ----------
    statistics : ndarray, shape (n, k)
        Of simulated logs.
    parameters : ndarray, shape (n, d)
    checks : ndarray, shape (n, c)
        Further statistics, in units in which 1 is a difference that matters.
    rng : numpy.random.Generator
        Chooses the simulated logs that say what is usual.

    Notes
    -----
    Approximate Bayesian computation: the accepted share of nearest futures, with Epanechnikov weights and a local
    linear correction (Beaumont, Zhang and Balding 2002). What enters the distance changes how wide the posterior is,
    not whether it covers.
    """

    def __init__(
        self, statistics: Floats, parameters: Floats, checks: Floats, rng: np.random.Generator
    ) -> None:
        self._parameters = parameters
        self._learner = Learner(statistics, parameters)
        means = self._learner(statistics)
        self._spread = (parameters - means).std(axis=0) + _TINY
        self._places = np.concatenate([means / self._spread, checks], axis=1)
        tried = rng.choice(len(self._places), min(TRIED, len(self._places)), replace=False)
        away = [_from_nearest(self._places, self._places[row], row)[1] for row in tried]
        self._usual = float(np.quantile(away, USUAL))

    def nearest(self, observed: Floats, checks: Floats) -> Nearest:
        """Approximate the posterior of the parameters.

        Parameters
        ----------
        observed, checks : ndarray, shapes (k,), (c,)
            Of the observed log.
        """
        places, parameters = self._places, self._parameters
        place = np.concatenate([self._learner(observed[None])[0] / self._spread, checks])
        close, distance = _from_nearest(places, place)
        if distance > self._usual:
            place = close
        away = np.sqrt(np.square(places - place).sum(axis=1))
        count = min(len(places) - 1, max(int(ACCEPTED * len(places)), 5 * places.shape[1]))
        rows = np.argpartition(away, count)[:count]
        weights = 1.0 - np.square(away[rows] / max(float(away[rows].max()), _TINY))
        moved = np.concatenate([np.ones((count, 1)), places[rows] - place], axis=1)
        gram = (moved * weights[:, None]).T @ moved
        gram[np.diag_indices_from(gram)] += 1e-6 * count
        slopes = np.linalg.solve(gram, (moved * weights[:, None]).T @ parameters[rows])
        accepted = parameters[rows]
        # never beyond what some accepted future had: a line says nothing out there
        corrected = np.clip(accepted - moved[:, 1:] @ slopes[1:], accepted.min(axis=0), accepted.max(axis=0))
        misfit = float(distance / max(self._usual, _TINY))
        return Nearest(rows, weights / weights.sum(), corrected, misfit)


def _from_nearest(places: Floats, place: Floats, itself: int | None = None) -> tuple[Floats, float]:
    """Middle of the nearest places, and how far it is."""
    away = np.square(places - place).sum(axis=1)
    if itself is not None:
        away[itself] = np.inf
    middle = places[np.argpartition(away, NEIGHBOURS)[:NEIGHBOURS]].mean(axis=0)
    return middle, float(np.sqrt(np.square(middle - place).sum()))

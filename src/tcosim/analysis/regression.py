"""Expected costs given several statistics at once: penalized regression, fitted scramble by scramble.

Knows columns of numbers; knows nothing of options, prices or Datasets.

Legend: ``n`` futures, ``q`` statistics, ``m`` responses, ``p`` columns of the regression, ``k`` scrambles.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tcosim.analysis.features import Features
from tcosim.analysis.jackknife import Floats, left_out
from tcosim.analysis.threads import in_threads
from tcosim.analysis.tiles import applied, products, solved
from tcosim.results.schema import SCRAMBLES

MOST_FUTURES = 2**17
"""Regressions use at most this many futures, the first: their own error is no longer what limits them."""
ROWS = 8192
STRENGTHS = np.geomspace(1e-6, 1e3, 28)
"""Penalty weights to choose from; of columns of equal spread, 1 halves what a column by itself explains."""
TINY = 1e-9
"""Relative ridge that makes a Gram matrix definite where columns coincide."""


class Regression:
    """Responses regressed on `Features` of some statistics.

    Parameters
    ----------
    statistics : ndarray, shape (n, q)
    responses : ndarray, shape (m, n)
        Of mean about 0.

    Attributes
    ----------
    coefficients : ndarray, shape (p, m)
    without : ndarray, shape (k, p, m)
        Coefficients with one scramble left out at a time, penalties kept.
    """

    def __init__(self, statistics: NDArray[np.floating], responses: Floats) -> None:
        self._features = Features(statistics)
        self._n, m = len(statistics), len(responses)
        penalized = self._features.penalized
        p = len(penalized)
        grams, crosses = np.zeros((SCRAMBLES, p, p)), np.zeros((SCRAMBLES, p, m))
        self._futures = np.zeros(SCRAMBLES)

        def add(scramble: int) -> None:
            for rows in self._parts(scramble):
                columns = self._features.columns(rows)
                both = np.hstack([columns, responses[:, rows].T])
                summed = products(both)
                grams[scramble] += summed[:p, :p]
                crosses[scramble] += summed[:p, p:]
                self._futures[scramble] += len(columns)

        in_threads(add, range(SCRAMBLES))
        gram, cross = grams.sum(axis=0) / self._n, crosses.sum(axis=0) / self._n
        # Columns of unequal spread would be penalized unequally.
        penalty = np.diag(penalized * np.diag(gram))
        squares = np.einsum("mn,mn->m", responses, responses) / self._n
        chosen = _strengths(gram, penalty, cross, squares, self._n)
        self.coefficients = np.stack([found for _, found in chosen], axis=1)
        self.without = np.empty((SCRAMBLES, p, m))
        remaining = left_out(self._futures)[:, None, None]
        grams, crosses = left_out(grams) / remaining, left_out(crosses) / remaining

        def leave_out(scramble: int) -> None:
            for strength in {strength for strength, _ in chosen}:
                same = [i for i, (other, _) in enumerate(chosen) if other == strength]
                penalized_gram = grams[scramble] + strength * penalty + tiny_ridge(gram)
                self.without[scramble][:, same] = solved(penalized_gram, crosses[scramble][:, same])[0]

        in_threads(leave_out, range(SCRAMBLES))

    def _parts(self, scramble: int) -> Iterator[slice]:
        """Futures of one scramble, some thousand at a time."""
        for first in range(scramble, self._n, ROWS * SCRAMBLES):
            yield slice(first, min(self._n, first + ROWS * SCRAMBLES), SCRAMBLES)

    def over(self, scramble: int) -> Iterator[Floats]:
        """Predictions of a scramble's futures by the other scrambles, some thousand at a time, shape (futures, m)."""
        for rows in self._parts(scramble):
            yield applied(self._features.columns(rows), self.without[scramble])

    def index(self) -> Floats:
        """Prediction of each future by the other scrambles' futures, shape (m, n): free of its own noise.

        A scramble's mean prediction is that of the whole fit. By the mean of the others alone, which is low where its
        own is high, the predictions would tell the scrambles apart.
        """
        m = self.coefficients.shape[1]
        found = np.empty((m, self._n))

        def predict(scramble: int) -> None:
            stacked, total = np.hstack([self.without[scramble], self.coefficients]), np.zeros(2 * m)
            for rows in self._parts(scramble):
                both = applied(self._features.columns(rows), stacked)
                found[:, rows] = both[:, :m].T
                total += both.sum(axis=0)
            found[:, scramble::SCRAMBLES] += ((total[m:] - total[:m]) / self._futures[scramble])[:, None]

        in_threads(predict, range(SCRAMBLES))
        return found


def _strengths(
    gram: Floats, penalty: Floats, cross: Floats, squares: Floats, observations: int
) -> list[tuple[float, Floats]]:
    """Penalty weight of each response by generalized cross-validation, and its coefficients, shape (p,).

    Argmin of RSS / (1 - degrees of freedom / observations)^2 (Craven and Wahba 1979, doi:10.1007/BF01404567) over a
    logarithmic grid. The degrees of freedom are p less the slope of ln det(gram + strength * penalty) in ln strength.
    """
    tried = in_threads(
        lambda strength: solved(gram + strength * penalty + tiny_ridge(gram), cross), STRENGTHS
    )
    degrees = len(gram) - np.gradient([log_det for _, log_det in tried], np.log(STRENGTHS))
    scores = np.empty((len(STRENGTHS), len(squares)))
    for row, (strength, (found, _), free) in enumerate(zip(STRENGTHS, tried, degrees, strict=True)):
        bent = strength * np.einsum("pm,p->m", np.square(found), np.diag(penalty))
        residual = np.maximum(squares - np.einsum("pm,pm->m", cross, found) - bent, 0.0)
        scores[row] = residual / (1 - free / observations) ** 2
    best = scores.argmin(axis=0)
    return [(float(STRENGTHS[row]), tried[row][0][:, i]) for i, row in enumerate(best)]


def tiny_ridge(gram: Floats) -> Floats:
    """What is added to a Gram matrix so that columns that coincide do no harm, shape (p, p)."""
    return TINY * np.diag(np.maximum(np.diag(gram), TINY))


def ordered_by_effect(statistics: NDArray[np.floating], responses: Floats) -> NDArray[np.intp]:
    """Order of the statistics by how much of the responses each explains by itself, largest first, shape (q,).

    By rank correlation of a subsample: it decides only what is left out where there are too many for all products.
    """
    step = max(1, len(statistics) // ROWS) | 1
    ranks = np.argsort(np.argsort(statistics[::step], axis=0, kind="stable"), axis=0).astype(np.float64)
    ranks -= ranks.mean(axis=0)
    some = np.argsort(np.argsort(responses[:, ::step], axis=1, kind="stable"), axis=1).astype(np.float64)
    some -= some.mean(axis=1, keepdims=True)
    explained = np.square(np.einsum("mn,nq->mq", some, ranks)).max(axis=0)
    return np.argsort(-explained, kind="stable")

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
from tcosim.analysis.smoothing import Smoother, tiny_ridge
from tcosim.analysis.threads import in_threads
from tcosim.results.schema import SCRAMBLES

MOST_FUTURES = 2**17
"""Regressions use at most this many futures, the first: their own error is no longer what limits them."""
ROWS = 8192
TILE = 64


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
                products = _products(both)
                grams[scramble] += products[:p, :p]
                crosses[scramble] += products[:p, p:]
                self._futures[scramble] += len(columns)

        in_threads(add, range(SCRAMBLES))
        gram, cross = grams.sum(axis=0) / self._n, crosses.sum(axis=0) / self._n
        # Columns of unequal spread would be penalized unequally.
        penalty = np.diag(penalized * np.diag(gram))
        smoother = Smoother.of(gram, penalty)
        squares = np.einsum("mn,mn->m", responses, responses) / self._n
        strengths = smoother.strengths(cross, squares, observations=self._n)
        self.coefficients = np.stack(
            [smoother.fit(cross[:, i], float(strength)) for i, strength in enumerate(strengths)], axis=1
        )
        self.without = np.empty((SCRAMBLES, p, m))
        remaining = left_out(self._futures)[:, None, None]
        grams, crosses = left_out(grams) / remaining, left_out(crosses) / remaining
        for i, strength in enumerate(strengths):
            penalized_grams = grams + strength * penalty + tiny_ridge(gram)
            self.without[:, :, i] = np.linalg.solve(penalized_grams, crosses[:, :, i, None])[:, :, 0]

    def _parts(self, scramble: int) -> Iterator[slice]:
        """Futures of one scramble, some thousand at a time."""
        for first in range(scramble, self._n, ROWS * SCRAMBLES):
            yield slice(first, min(self._n, first + ROWS * SCRAMBLES), SCRAMBLES)

    def over(self, scramble: int) -> Iterator[tuple[Floats, Floats]]:
        """Predictions of a scramble's futures (futures, m), and those with one scramble left out at a time.

        The latter has the shape (futures, k, m).
        """
        stacked = np.hstack([self.coefficients, *self.without])
        m = self.coefficients.shape[1]
        for rows in self._parts(scramble):
            found = _applied(self._features.columns(rows), stacked)
            yield found[:, :m], found[:, m:].reshape(len(found), SCRAMBLES, m)

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
                both = _applied(self._features.columns(rows), stacked)
                found[:, rows] = both[:, :m].T
                total += both.sum(axis=0)
            found[:, scramble::SCRAMBLES] += ((total[m:] - total[:m]) / self._futures[scramble])[:, None]

        in_threads(predict, range(SCRAMBLES))
        return found


def _products(columns: Floats) -> Floats:
    """X'X of X, shape (n, p), in tiles of 64.

    OpenBLAS computes such tiles without threads of its own. These wait for each other, which on a machine that has
    other work to do takes up to ten times as long; the threads of `in_threads` do not.
    """
    n, p = columns.shape
    padded = np.zeros((-(-n // TILE) * TILE, p))
    padded[:n] = columns
    blocks = padded.reshape(-1, TILE, p)
    products = np.empty((p, p))
    for i in range(0, p, TILE):
        left = np.ascontiguousarray(blocks[:, :, i : i + TILE].transpose(0, 2, 1))
        for j in range(0, i + 1, TILE):
            tile = (left @ blocks[:, :, j : j + TILE]).sum(axis=0)
            products[i : i + TILE, j : j + TILE] = tile
            products[j : j + TILE, i : i + TILE] = tile.T
    return products


def _applied(columns: Floats, coefficients: Floats) -> Floats:
    """Columns (n, p) times coefficients (p, r), in as small pieces as `_products`."""
    n, p = columns.shape
    r = coefficients.shape[1]
    rows = max(1, TILE**3 // (p * r))
    padded = np.zeros((-(-n // rows) * rows, p))
    padded[:n] = columns
    applied: Floats = (padded.reshape(-1, rows, p) @ coefficients).reshape(-1, r)[:n]
    return applied


def ordered_by_effect(statistics: NDArray[np.floating], responses: Floats) -> NDArray[np.intp]:
    """Order of the statistics by how much of the responses each explains by itself, largest first, shape (q,).

    By rank correlation of a subsample: it decides only what is left out where there are too many for all products.
    """
    step = max(1, len(statistics) // ROWS) | 1
    ranks = np.argsort(np.argsort(statistics[::step], axis=0, kind="stable"), axis=0).astype(np.float64)
    ranks -= ranks.mean(axis=0)
    some = np.argsort(np.argsort(responses[:, ::step], axis=1, kind="stable"), axis=1).astype(np.float64)
    some -= some.mean(axis=1, keepdims=True)
    explained = np.square(some @ ranks).max(axis=0)
    return np.argsort(-explained, kind="stable")

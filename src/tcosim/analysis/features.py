"""Columns of a regression on several statistics: a line, a spline and all pairs of products, in normal scores.

Knows columns of numbers; knows nothing of what is regressed on them.

Legend: ``n`` futures, ``q`` statistics, ``p`` columns.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tcosim.analysis.bins import normal_scores
from tcosim.analysis.jackknife import Floats
from tcosim.analysis.threads import in_threads

KNOTS = (-2.2, -1.2, -0.4, 0.4, 1.2, 2.2)
"""Of the natural cubic spline of each statistic, in normal scores."""
SPLINE_COLUMNS = len(KNOTS) - 1
MOST_COLUMNS = 400
ROWS_PER_COLUMN = 10
"""A regression has no more columns than a tenth of the futures."""
SCORE_PLACES = 1025
"""Ranks at which the normal score is computed; linear in the value between them."""


class Features:
    """Columns of a regression: 1, each statistic's value, its score and spline of the score, products of scores.

    Parameters
    ----------
    statistics : ndarray, shape (n, q)
        Constant ones are left out. With so many that they would need more than a tenth of the futures, or 400, the
        last ones lose first the products, then the splines, then their place: put the important ones first.
    """

    def __init__(self, statistics: NDArray[np.floating]) -> None:
        n = len(statistics)
        budget = min(MOST_COLUMNS, n // ROWS_PER_COLUMN) - 1
        varied = [j for j in range(statistics.shape[1]) if np.ptp(statistics[:, j]) > 0]
        varied = varied[: max(0, budget // 2)]
        self._lines = len(varied)
        self._splines = min(self._lines, (budget - 2 * self._lines) // (SPLINE_COLUMNS - 1))
        left = budget - 2 * self._lines - (SPLINE_COLUMNS - 1) * self._splines
        paired = min(self._lines, int((1 + (1 + 8 * left) ** 0.5) / 2))
        self._pairs = [(i, j) for i in range(paired) for j in range(i)]
        self._values = np.empty((self._lines, n), dtype=np.float32)
        self._scores = np.empty((self._lines, n), dtype=np.float32)

        def fill(row: int) -> None:
            column = np.ascontiguousarray(statistics[:, varied[row]])
            middle = float(column.mean(dtype=np.float64))
            self._values[row] = (column - middle) / float(column.std(dtype=np.float64))
            self._scores[row] = _scores(column)

        in_threads(fill, range(self._lines))
        free, bent = 1 + 2 * self._lines, (SPLINE_COLUMNS - 1) * self._splines + len(self._pairs)
        self.penalized = np.repeat([0.0, 1.0], [free, bent])

    def columns(self, rows: slice) -> Floats:
        """Columns of some futures, shape (futures, p); the constant first, the unpenalized ones before the others."""
        values, scores = self._values[:, rows], self._scores[:, rows].astype(np.float64)
        out = np.empty((len(self.penalized), values.shape[1]))
        out[0] = 1.0
        out[1 : 1 + self._lines] = values
        out[1 + self._lines : 1 + 2 * self._lines] = scores
        at = 1 + 2 * self._lines
        for row in range(self._splines):
            out[at : at + SPLINE_COLUMNS - 1] = _bends(scores[row])
            at += SPLINE_COLUMNS - 1
        for i, j in self._pairs:
            np.multiply(scores[i], scores[j], out=out[at])
            at += 1
        return out.T


def _scores(column: NDArray[np.floating]) -> Floats:
    """Normal score of each value's rank; ties get the score of their middle rank."""
    ordered = np.sort(column)
    n = len(ordered)
    places = np.linspace(0, n - 1, min(n, SCORE_PLACES)).round().astype(np.intp)
    values = np.unique(ordered[places])
    ranks = (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / (2 * n)
    scores: Floats = np.interp(column, values, normal_scores(ranks))
    return scores


def _bends(score: Floats) -> Floats:
    """Nonlinear part of the natural cubic spline, orthonormal for a standard normal score, shape (4, n)."""
    bends: Floats = _orthonormal() @ np.stack([np.ones_like(score), score, *_natural(score)])
    return bends


def _natural(score: Floats) -> list[Floats]:
    """Natural cubic spline without its line (Hastie, Tibshirani and Friedman 2009, equation 5.4)."""
    hinges = [np.maximum(score - knot, 0.0) for knot in KNOTS]
    cubes = [hinge * hinge * hinge for hinge in hinges]  # a power takes ten times as long
    last = KNOTS[-1]
    slopes = [(cube - cubes[-1]) / (last - knot) for cube, knot in zip(cubes[:-1], KNOTS[:-1], strict=True)]
    return [slope - slopes[-1] for slope in slopes[:-1]]


@lru_cache(maxsize=1)
def _orthonormal() -> Floats:
    ranks = (np.arange(20_000) + 0.5) / 20_000
    score = normal_scores(ranks)
    raw = np.stack([np.ones_like(score), score, *_natural(score)])
    lower = np.linalg.cholesky(np.einsum("in,jn->ij", raw, raw) / len(score))
    inverse: Floats = np.linalg.inv(lower)[2:]
    return inverse

"""Penalized least squares in one form for splines over bins and for regressions, its strength by cross-validation.

Knows Gram matrices and penalties; knows nothing of futures or costs.

Legend: ``p`` coefficients, ``m`` responses, ``b`` bins.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.linalg import solveh_banded

from tcosim.analysis.bins import Binned, normal_scores, planned_shares
from tcosim.analysis.jackknife import Floats
from tcosim.results.schema import SCRAMBLES

STRENGTHS = 60
FEWEST_SMOOTHED_BINS = 12
"""With fewer bins, as few-valued inputs have, each bin keeps its own mean."""
SAME_SHARES = 0.1
TINY = 1e-9
"""Relative ridge that makes a Gram matrix definite where columns coincide."""

_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Smoother:
    """Penalized least squares in the basis that makes Gram matrix and penalty diagonal (Demmler and Reinsch).

    Attributes
    ----------
    directions : ndarray, shape (p, p)
        T with T'GT = 1 and T'PT = diag(roughness).
    roughness : ndarray, shape (p,)
        0 for what is not penalized.
    """

    directions: Floats
    roughness: Floats

    @classmethod
    def of(cls, gram: Floats, penalty: Floats) -> Smoother:
        inverse = np.linalg.inv(np.linalg.cholesky(gram + tiny_ridge(gram)))
        roughness, vectors = np.linalg.eigh(inverse @ penalty @ inverse.T)
        directions = inverse.T @ vectors
        return cls(directions, _penalties(roughness))

    def grid(self) -> Floats:
        """Penalty weights to choose from, from almost none to almost nothing left but what is not penalized."""
        rough = self.roughness[self.roughness > 0]
        return np.geomspace(0.03 / rough.max(), 30 / rough.min(), STRENGTHS) if len(rough) else np.zeros(1)

    def strengths(self, cross: Floats, squares: Floats, observations: float) -> Floats:
        """Penalty weight of each response by generalized cross-validation.

        Parameters
        ----------
        cross : ndarray, shape (p, m)
            X'y, divided by the number of observations like the Gram matrix.
        squares : ndarray, shape (m,)
            y'y, divided likewise.
        observations : float
            To which the degrees of freedom are compared.

        Returns
        -------
        ndarray, shape (m,)
            Argmin of RSS / (1 - degrees of freedom / observations)^2 (Craven and Wahba 1979,
            doi:10.1007/BF01404567) over a logarithmic grid.
        """
        grid = self.grid()
        kept = 1 / (1 + np.outer(grid, self.roughness))
        parts = np.square(self.directions.T @ cross)
        outside = np.maximum(squares - parts.sum(axis=0), 0.0)
        residual = outside + np.square(1 - kept) @ parts
        score = residual / np.square(1 - kept.sum(axis=1) / observations)[:, None]
        best: Floats = grid[score.argmin(axis=0)]
        return best

    def fit(self, cross: Floats, strength: float) -> Floats:
        """Coefficients from X'y, shape (p,)."""
        weighted = self.directions / (1 + strength * self.roughness)
        coefficients: Floats = weighted @ (self.directions.T @ cross)
        return coefficients


def _penalties(roughness: Floats) -> Floats:
    """Eigenvalues in ascending order, those that are rounding errors set to 0."""
    return np.where(roughness > 1e-12 * max(roughness[-1], TINY), roughness, 0.0)


def tiny_ridge(gram: Floats) -> Floats:
    """What is added to a Gram matrix so that columns that coincide do no harm, shape (p, p)."""
    return TINY * np.diag(np.maximum(np.diag(gram), TINY))


def smoothed_bins(binned: Binned) -> tuple[Floats, Floats]:
    """Smooth the bin means of each column over the normal score of the bins' ranks.

    A cubic smoothing spline on the bins, weighted by their futures. Its strength, one for each column, is that with
    which the other scrambles predict each scramble best: futures of one scramble are not independent of each other,
    and generalized cross-validation, which takes them to be, follows their pattern.

    Returns
    -------
    curves : ndarray, shape (m, b)
        With the column's exact mean.
    without : ndarray, shape (k, m, b)
        The same with one scramble left out at a time, strengths and bins kept.
    """
    shares, means = binned.shares, binned.means
    counts, sums = binned.counts, binned.sums
    # How far each scramble's mean lies from the bin's, to first order: defined where it has no future in the bin.
    apart = (sums - counts * means[:, :, None]) * SCRAMBLES / counts.sum(axis=1)[:, None]
    curves, without = means, np.moveaxis(means[:, :, None] - apart / (SCRAMBLES - 1), 2, 0)
    if len(shares) >= FEWEST_SMOOTHED_BINS:
        n, planned = int(counts.sum()), planned_shares(int(counts.sum()))
        # The bins of continuous columns differ by a few ties alone: one basis serves them all.
        even = len(planned) == len(shares) and np.allclose(shares, planned, rtol=SAME_SHARES, atol=0)
        smoother, by = (_even_smoother(n), planned) if even else (_smoother(shares), shares)
        curves, without = np.empty_like(means), np.empty_like(without)
        for column, mean in enumerate(means):
            both = np.column_stack([mean, apart[column]]) * by[:, None]
            # By einsum: the threads of BLAS would get in the way of ours.
            parts = np.einsum("bp,bk->pk", smoother.directions, both)
            kept = 1 / (1 + _strength(smoother, parts) * smoother.roughness)
            fitted = np.einsum("bp,pk->bk", smoother.directions * kept, parts)
            curves[column] = fitted[:, 0]
            without[:, column] = (fitted[:, :1] - fitted[:, 1:] / (SCRAMBLES - 1)).T
    left = counts.sum(axis=1, keepdims=True) - counts
    exact = (sums.sum(axis=(1, 2))[:, None] - sums.sum(axis=1)) / left.sum(axis=0)
    shift = exact.T - np.einsum("kmb,bk->km", without, left / left.sum(axis=0))
    return curves + ((means - curves) @ shares)[:, None], without + shift[:, :, None]


def _strength(smoother: Smoother, parts: Floats) -> float:
    """Strength with which the other scrambles predict each scramble best, from mean and deviations, (p, 1 + k)."""
    each = parts[:, :1] + parts[:, 1:]
    others = parts[:, :1] - parts[:, 1:] / (SCRAMBLES - 1)
    grid = smoother.grid()
    kept = 1 / (1 + np.outer(grid, smoother.roughness))
    score = np.square(kept) @ np.square(others).sum(axis=1) - 2 * kept @ (each * others).sum(axis=1)
    return float(grid[score.argmin()])


def _even_smoother(n: int) -> Smoother:
    with _ONE_AT_A_TIME:  # or every thread that comes first would compute it
        return _computed_once(n)


@lru_cache(maxsize=4)
def _computed_once(n: int) -> Smoother:
    return _smoother(planned_shares(n))


def _smoother(shares: Floats) -> Smoother:
    """Smoothing spline on bins of some shares, over the normal scores of their middle ranks."""
    scale = 1 / np.sqrt(shares)
    bending = _bending(normal_scores(np.cumsum(shares) - shares / 2))
    roughness, vectors = np.linalg.eigh(scale[:, None] * bending * scale)
    return Smoother(scale[:, None] * vectors, _penalties(roughness))


def _bending(places: Floats) -> Floats:
    """Integral of the squared second derivative of the natural cubic spline through values at ``places``, (b, b).

    Q R^-1 Q' of Green and Silverman 1994, section 2.1.
    """
    gaps, b = np.diff(places), len(places)
    second = np.zeros((b - 2, b))
    inner = np.arange(b - 2)
    second[inner, inner] = 1 / gaps[:-1]
    second[inner, inner + 2] = 1 / gaps[1:]
    second[inner, inner + 1] = -1 / gaps[:-1] - 1 / gaps[1:]
    band = np.zeros((2, b - 2))
    band[1] = (gaps[:-1] + gaps[1:]) / 3
    band[0, 1:] = gaps[1:-1] / 6
    bending: Floats = second.T @ solveh_banded(band, second)
    return bending

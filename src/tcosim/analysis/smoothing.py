"""Smoothing splines over bins, their strength by cross-validation between scrambles.

Knows sums over bins; knows nothing of costs or inputs. Nothing here depends on the number of processors: systems
are banded, and products are small enough for BLAS not to share them out.

Legend: ``m`` columns, ``b`` bins, ``k`` scrambles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solveh_banded

from tcosim.analysis.bins import Binned, normal_scores
from tcosim.analysis.jackknife import Floats
from tcosim.results.schema import SCRAMBLES

STRENGTHS = 24
FEWEST_SMOOTHED_BINS = 12
"""With fewer bins, as few-valued inputs have, each bin keeps its own mean."""


@dataclass(frozen=True)
class Spline:
    """Cubic smoothing spline on bins of some shares, over the normal scores of their middle ranks.

    Green and Silverman 1994, section 2.3: values y become y - s W^-1 Q c, where (R + s Q' W^-1 Q) c = Q' y.

    Attributes
    ----------
    shares : ndarray, shape (b,)
        W.
    second : ndarray, shape (3, b - 2)
        The three entries of each column of Q: second differences.
    roughness : ndarray, shape (3, b - 2)
        R, banded.
    noise : ndarray, shape (3, b - 2)
        Q' W^-1 Q, banded.
    """

    shares: Floats
    second: Floats
    roughness: Floats
    noise: Floats

    @classmethod
    def of(cls, shares: Floats) -> Spline:
        gaps = np.diff(normal_scores(np.cumsum(shares) - shares / 2))
        b = len(shares)
        second = np.stack([1 / gaps[:-1], -1 / gaps[:-1] - 1 / gaps[1:], 1 / gaps[1:]])
        roughness, noise = np.zeros((3, b - 2)), np.zeros((3, b - 2))
        roughness[2] = (gaps[:-1] + gaps[1:]) / 3
        roughness[1, 1:] = gaps[1:-1] / 6
        for apart in range(3):
            for row in range(3 - apart):
                left, right = second[row + apart, : b - 2 - apart], second[row, apart:]
                weight = shares[row + apart : row + b - 2]
                noise[2 - apart, apart:] += left * right / weight
        return cls(shares, second, roughness, noise)

    def strengths(self) -> Floats:
        """From almost none to almost nothing left but a line."""
        noisy = np.abs(self.noise).sum(axis=0) / self.roughness[2]
        score = normal_scores(np.cumsum(self.shares) - self.shares / 2)
        bent = self._differences(np.square(score)[:, None])
        bending = float(np.einsum("pr,pr->", bent, solveh_banded(self.roughness, bent)))
        spread = float(np.einsum("b,b->", self.shares, np.square(np.square(score) - 1)))
        return np.geomspace(0.01 / float(noisy.max()), 30 * spread / bending, STRENGTHS)

    def fit(self, values: Floats, strength: float) -> Floats:
        """Smoothed values, shape (b, r) -> (b, r)."""
        bends = solveh_banded(self.roughness + strength * self.noise, self._differences(values))
        out = np.zeros_like(values)
        inner = len(bends)
        for row in range(3):
            out[row : row + inner] += self.second[row][:, None] * bends
        smooth: Floats = values - strength * out / self.shares[:, None]
        return smooth

    def _differences(self, values: Floats) -> Floats:
        inner = len(values) - 2
        rows = [self.second[row][:, None] * values[row : row + inner] for row in range(3)]
        differences: Floats = rows[0] + rows[1] + rows[2]
        return differences


def curves_without(binned: Binned) -> Floats:
    """Bin means of each column without one scramble at a time, smoothed over the normal score of the bins' ranks.

    A cubic smoothing spline on the bins, weighted by their futures. Its strength, one for each column and scramble
    left out, is that with which the remaining scrambles predict each other best: futures of one scramble are not
    independent of each other, and generalized cross-validation, which takes them to be, follows their pattern.

    Returns
    -------
    ndarray, shape (k, m, b)
        With the exact means of the remaining scrambles.
    """
    shares, means = binned.shares, binned.means
    counts, sums = binned.counts, binned.sums
    # How far each scramble's mean lies from the bin's, to first order: defined where it has no future in the bin.
    apart = (sums - counts * means[:, :, None]) * SCRAMBLES / counts.sum(axis=1)[:, None]
    if len(shares) >= FEWEST_SMOOTHED_BINS:
        without = _fitted(Spline.of(shares), means[:, :, None] + apart)
    else:
        without = np.moveaxis(means[:, :, None] - apart / (SCRAMBLES - 1), 2, 0)
    left = counts.sum(axis=1, keepdims=True) - counts
    exact = (sums.sum(axis=(1, 2))[:, None] - sums.sum(axis=1)) / left.sum(axis=0)
    shift = exact.T - np.einsum("kmb,bk->km", without, left / left.sum(axis=0))
    curves: Floats = without + shift[:, :, None]
    return curves


def _fitted(spline: Spline, values: Floats) -> Floats:
    """Bin means of each scramble, (m, b, k), to smooth means without one scramble at a time, (k, m, b).

    The strength without scramble k is that with which the scrambles other than j and k predict j best.
    """
    columns, bins, _ = values.shape
    # all columns are solved for at once: their bins, and so the matrices, are the same
    side_by_side = values.transpose(1, 0, 2).reshape(bins, columns * SCRAMBLES)
    smooth = np.stack([spline.fit(side_by_side, float(strength)) for strength in spline.strengths()])
    without = np.empty((SCRAMBLES, columns, bins))
    for column in range(columns):
        own = np.ascontiguousarray(smooth[:, :, column * SCRAMBLES : (column + 1) * SCRAMBLES])
        # products of 16 x b x 16: BLAS does these without threads of its own (`tcosim.analysis.tiles`)
        weighted = np.ascontiguousarray((own * spline.shares[:, None]).transpose(0, 2, 1))
        scores = _scores(weighted @ own, weighted @ values[column], np.eye(SCRAMBLES))
        chosen = scores.argmin(axis=0)
        total = own.sum(axis=2)
        without[:, column] = (total[chosen] - own[chosen, :, np.arange(SCRAMBLES)]) / (SCRAMBLES - 1)
    return without


def _scores(of_both: Floats, with_raw: Floats, dropped: Floats) -> Floats:
    """Squared error, less what no strength changes, in predicting each scramble by the others.

    Parameters
    ----------
    of_both, with_raw : ndarray, shape (strengths, k, k)
        Products of smoothed scrambles with each other, and with scrambles as they are.
    dropped : ndarray, shape (r, k)
        Scrambles that neither predict nor are predicted.

    Returns
    -------
    ndarray, shape (strengths, r)
    """
    kept = 1.0 - dropped
    others = kept[:, None, :] * (1.0 - np.eye(SCRAMBLES))
    others /= others.sum(axis=2, keepdims=True)
    squares = np.einsum("rji,lih->lrjh", others, of_both)
    squares = np.einsum("lrjh,rjh->lrj", squares, others)
    cross = np.einsum("rji,lij->lrj", others, with_raw)
    score: Floats = np.einsum("lrj,rj->lr", squares - 2 * cross, kept)
    return score

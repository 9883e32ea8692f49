"""Smoothing splines over bins, their strength by cross-validation between scrambles.

Knows sums over bins; knows nothing of costs or inputs. Nothing here depends on the number of processors: systems are
banded, and sums are taken without BLAS.

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
        spline = Spline.of(shares)
        curves, without = np.empty_like(means), np.empty_like(without)
        for column, mean in enumerate(means):
            curves[column], without[:, column] = _fitted(spline, mean[:, None], apart[column])
    left = counts.sum(axis=1, keepdims=True) - counts
    exact = (sums.sum(axis=(1, 2))[:, None] - sums.sum(axis=1)) / left.sum(axis=0)
    shift = exact.T - np.einsum("kmb,bk->km", without, left / left.sum(axis=0))
    return curves + np.einsum("mb,b->m", means - curves, shares)[:, None], without + shift[:, :, None]


def _fitted(spline: Spline, mean: Floats, apart: Floats) -> tuple[Floats, Floats]:
    """Bin means, from mean and deviations, (b, 1) and (b, k), smoothed: of all and without each scramble, (b), (k, b).

    The strength without scramble k is that with which the scrambles other than j and k predict j best.
    """
    values = mean + apart
    strengths = spline.strengths()
    smooth = np.stack([spline.fit(values, float(strength)) for strength in strengths])
    weighted = smooth * spline.shares[:, None]
    of_both = np.einsum("lbi,lbj->lij", weighted, smooth)
    with_raw = np.einsum("lbi,bj->lij", weighted, values)
    every = _scores(of_both, with_raw, np.zeros((1, SCRAMBLES)))
    each = _scores(of_both, with_raw, np.eye(SCRAMBLES))
    total = smooth.sum(axis=2)
    curve: Floats = total[every.argmin(axis=0)[0]] / SCRAMBLES
    chosen = each.argmin(axis=0)
    without = (total[chosen] - smooth[chosen, :, np.arange(SCRAMBLES)]) / (SCRAMBLES - 1)
    return curve, without


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

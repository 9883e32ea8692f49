"""First-order and total Sobol indices of any figure, from its evaluations, with intervals.

Arrays in, indices out: knows nothing of scenarios.

Legend: ``f`` factors, ``n`` points; point s belongs to scramble s % 16.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from tcosim.analysis.interval import student
from tcosim.analysis.jackknife import left_out
from tcosim.results.schema import SCRAMBLES

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Indices:
    """Shares of the variance, by factor.

    Attributes
    ----------
    first, total : ndarray, shape (f,)
        What the factor explains by itself, and with everything that it acts on together. Estimates may lie a little
        outside of [0, 1]. All 0 if nothing varies.
    first_error, total_error : ndarray, shape (f,)
        Standard errors.
    """

    first: Floats
    total: Floats
    first_error: Floats
    total_error: Floats

    def first_ci95(self, factor: int) -> list[float]:
        return _around(self.first[factor], self.first_error[factor])

    def total_ci95(self, factor: int) -> list[float]:
        return _around(self.total[factor], self.total_error[factor])


def sobol_indices(f_a: Floats, f_b: Floats, f_ab: Floats) -> Indices:
    """Sobol indices after Saltelli et al. (2010), doi:10.1016/j.cpc.2009.09.018, as in `scipy.stats.sobol_indices`.

    Errors come from leaving out one of the 16 independent scrambles at a time (jackknife), and not from the bootstrap
    of scipy's result: that takes Sobol points for independent ones, which made intervals up to half as wide again in
    tests, takes time with the square of the points, and has no interval for a factor without any effect.

    Parameters
    ----------
    f_a, f_b : ndarray, shape (n,)
        The figure at two independent sets of points; n a power of two, at least 32.
    f_ab : ndarray, shape (f, n)
        At the points of A with one factor taken from B.

    Returns
    -------
    Indices
    """
    if np.ptp(f_a) == 0 and np.ptp(f_b) == 0:
        zeros = np.zeros(len(f_ab))
        return Indices(zeros, zeros, zeros, zeros)
    if len(f_ab) == 1:  # A with its only factor from B is B: nothing is left to estimate
        return Indices(np.ones(1), np.ones(1), np.zeros(1), np.zeros(1))
    found = stats.sobol_indices(func={"f_A": f_a[None], "f_B": f_b[None], "f_AB": f_ab[:, None]}, n=len(f_a))
    first, total = _without_each_scramble(f_a, f_b, f_ab)
    return Indices(
        found.first_order,
        found.total_order,
        _errors(first),
        _errors(total),
    )


def _without_each_scramble(f_a: Floats, f_b: Floats, f_ab: Floats) -> tuple[Floats, Floats]:
    """First and total indices from all points but those of one scramble, shapes (16, f)."""
    center = (f_a.mean() + f_b.mean()) / 2
    a, b = f_a - center, f_b - center
    n = left_out(_sums(np.ones(len(a))))
    mean = left_out(_sums(a + b)) / (2 * n)
    variance = left_out(_sums(a * a + b * b)) / (2 * n) - mean**2
    first, total = np.empty((SCRAMBLES, len(f_ab))), np.empty((SCRAMBLES, len(f_ab)))
    for factor, page in enumerate(f_ab):
        step = page - f_a
        # b is centered anew on the mean of the points that are left
        first[:, factor] = (left_out(_sums(b * step)) - mean * left_out(_sums(step))) / (n * variance)
        total[:, factor] = left_out(_sums(step * step)) / (2 * n * variance)
    return first, total


def _sums(values: Floats) -> Floats:
    """Sums over scrambles, shape (n,) -> (16,)."""
    sums: Floats = values.reshape(-1, SCRAMBLES).sum(axis=0)
    return sums


def _errors(without: Floats) -> Floats:
    """Jackknife standard errors, shape (16, f) -> (f,)."""
    apart = without - without.mean(axis=0)
    errors: Floats = np.sqrt((SCRAMBLES - 1) / SCRAMBLES * np.square(apart).sum(axis=0))
    return errors


def _around(value: float, error: float) -> list[float]:
    half = student(SCRAMBLES - 1) * float(error)
    return [float(value) - half, float(value) + half]

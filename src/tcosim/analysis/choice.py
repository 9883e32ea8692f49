"""Options as a choice to be made: what they cost more than the one to take today, and what hindsight would save.

Knows costs, option by option and future by future; knows nothing of inputs or Datasets.

Legend: ``n`` futures, ``o`` options, ``k`` scrambles, ``b`` bins.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tcosim.analysis.bins import binned
from tcosim.analysis.jackknife import Estimate, Floats, left_out, standard_error
from tcosim.analysis.regression import MOST_FUTURES, Regression, ordered_by_effect
from tcosim.analysis.smoothing import smoothed_bins
from tcosim.analysis.threads import in_threads
from tcosim.results.schema import SCRAMBLES

FEWEST_FUTURES = 1024
"""Below this, 64 futures of each scramble, no conditional expectation and no error is estimated."""


class Choice:
    """Which option to take: costs in excess of the option with the lowest mean.

    Parameters
    ----------
    costs : ndarray, shape (n, o)
        Lower is better. Future ``s`` belongs to scramble ``s % 16``.

    Attributes
    ----------
    best : int
        Option with the lowest mean cost.
    excess : ndarray, shape (o - 1, n)
        Cost of each other option less that of the best, less the mean of this difference. Only differences
        matter for a choice, and they vary less than the costs.
    means : ndarray, shape (o - 1,)
        The means taken out; none is negative.
    """

    def __init__(self, costs: NDArray[np.floating]) -> None:
        n, options = costs.shape
        columns = np.empty((options, n))
        for option in range(options):
            columns[option] = costs[:, option]
        self.best = int(columns.mean(axis=1).argmin())
        best = columns[self.best].copy()
        self.excess = columns[[option for option in range(options) if option != self.best]]
        self.excess -= best
        self.means: Floats = self.excess.mean(axis=1)
        self.excess -= self.means[:, None]

    @property
    def futures(self) -> int:
        return int(self.excess.shape[1])

    def first(self, futures: int) -> Choice:
        """The same choice by its first futures alone, or itself if there are no more."""
        if futures >= self.futures:
            return self
        absolute = self.excess[:, :futures] + self.means[:, None]
        return Choice(np.vstack([np.zeros(futures), absolute]).T)

    def perfect(self) -> Estimate:
        """Expected value of perfect information (EVPI)."""
        lowest = np.zeros(self.futures)
        for row, mean in zip(self.excess, self.means, strict=True):
            np.minimum(lowest, row + mean, out=lowest)
        value = -float(lowest.mean())
        if self.futures < FEWEST_FUTURES:
            return Estimate(value, None)
        scramble = np.arange(self.futures) % SCRAMBLES
        futures = left_out(np.bincount(scramble).astype(np.float64))
        sums = np.zeros((SCRAMBLES, len(self.excess)))
        for column, row in enumerate(self.excess):
            sums[:, column] = np.bincount(scramble, row)
        means = left_out(sums) / futures[:, None] + self.means
        without = _lowest(means) - left_out(np.bincount(scramble, lowest).astype(np.float64)) / futures
        return Estimate(value, standard_error(without))

    def given_column(self, column: NDArray[np.floating]) -> Estimate:
        """Expected value of knowing one column, shape (n,), before choosing (EVPPI, or EVSI of a statistic).

        Bins of equal probability, smoothed over the column's ranks; the futures' number must be at least 1024.
        """
        sums = binned(column, self.excess)
        curves, without = smoothed_bins(sums)
        left = sums.counts.sum(axis=1, keepdims=True) - sums.counts
        shares = (left / left.sum(axis=0)).T
        value = _value((curves + self.means[:, None])[None], sums.shares[None])
        leave_one = _value(without + self.means[:, None], shares)
        return Estimate(float(value[0]), standard_error(leave_one))

    def given_columns(self, columns: NDArray[np.floating]) -> Estimate:
        """Expected value of knowing several columns together, shape (n, q), before choosing.

        The costs are regressed on the columns, each scramble predicted by the others, and what is valued is the
        prediction as a statistic of its own: by bins with two options, by a second regression with more. A
        statistic of the columns is worth no more than they are, so what the first regression misses (docs/decision.md,
        D2, says what) makes the value too low. Uses the first 2^17 futures; at least 1024 are needed.
        """
        if not len(self.excess):
            return Estimate(0.0, 0.0)
        if columns.shape[1] == 1:
            return self.given_column(np.ascontiguousarray(columns[:, 0]))
        choice = self.first(MOST_FUTURES)
        columns = columns[: choice.futures]
        if not np.ptp(columns, axis=0).any():
            return Estimate(0.0, 0.0)
        order = ordered_by_effect(columns, choice.excess)
        index = Regression(columns[:, order], choice.excess).index()
        if len(index) == 1:
            return choice.given_column(index[0])
        return choice._regressed(index)

    def _regressed(self, index: Floats) -> Estimate:
        """Value of knowing an index of each option's excess cost, shape (o - 1, n)."""
        lead = np.minimum(0.0, (index + self.means[:, None]).min(axis=0))
        regression = Regression(np.vstack([index, lead]).T, self.excess)
        lowest, futures = np.zeros(SCRAMBLES), np.zeros(SCRAMBLES)
        leave_one, means = np.zeros((SCRAMBLES, SCRAMBLES)), np.zeros((SCRAMBLES, SCRAMBLES, len(index)))

        def add(scramble: int) -> None:
            for prediction, without in regression.over(scramble):
                lowest[scramble] += _lowest(prediction + self.means).sum()
                leave_one[scramble] += _lowest(without + self.means).sum(axis=0)
                means[scramble] += (without + self.means).sum(axis=0)
                futures[scramble] += len(prediction)

        in_threads(add, range(SCRAMBLES))
        # Entry (i, j): the sum over scramble i by the fit without scramble j; what counts is i != j.
        off = 1.0 - np.eye(SCRAMBLES)
        remaining = left_out(futures)
        errors = _lowest(np.einsum("ij,ijm->jm", off, means) / remaining[:, None])
        errors = errors - (off * leave_one).sum(axis=0) / remaining
        return Estimate(-float(lowest.sum() / futures.sum()), standard_error(errors))


def _lowest(excess: Floats) -> Floats:
    """Lowest along the last axis, or 0, the excess of the best option itself, shape (..., o - 1) -> (...)."""
    lowest: Floats = np.minimum(0.0, excess.min(axis=-1, initial=0.0))
    return lowest


def _value(curves: Floats, shares: Floats) -> Floats:
    """Value of choosing bin by bin over choosing once, shapes (k, o - 1, b) and (k, b) -> (k,)."""
    once = _lowest(np.einsum("kmb,kb->km", curves, shares))
    each = np.minimum(0.0, curves.min(axis=1, initial=0.0))
    value: Floats = once - np.einsum("kb,kb->k", each, shares)
    return value

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
from tcosim.analysis.smoothing import curves_without
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

        Bins of equal probability, smoothed over the column's ranks; the futures' number must be at least 1024. Each
        scramble's choice is made by the others' curves: who chooses by the noise that he is then paid by gains from
        knowing what means nothing. The error is None if the column varies in too few futures to tell.
        """
        if not len(self.excess):
            return Estimate(0.0, 0.0)
        sums = binned(column, self.excess)
        if len(sums.shares) == 1:
            return Estimate(0.0, 0.0 if np.ptp(column) == 0 else None)
        without = curves_without(sums)
        # Excess of the best option itself is 0: the choice is among one row more.
        excess = np.concatenate(
            [sums.sums + sums.counts * self.means[:, None, None], np.zeros_like(sums.sums[:1])]
        )
        curves = np.concatenate([without + self.means[:, None], np.zeros_like(without[:, :1])], axis=1)
        chosen = curves.argmin(axis=1).T
        informed = np.take_along_axis(excess, chosen[None], axis=0)[0].sum(axis=0)
        found = _saved(excess.sum(axis=1), informed, sums.counts.sum(axis=0))
        # Near a tie scrambles agree by chance on what to choose; how the curve's own value varies knows more of it.
        left = sums.counts.sum(axis=1, keepdims=True) - sums.counts
        once = _lowest(np.einsum("kmb,bk->km", curves[:, :-1], left / left.sum(axis=0)))
        each = np.einsum("kb,bk->k", curves.min(axis=1), left / left.sum(axis=0))
        return Estimate(found.value, max(found.error or 0.0, standard_error(once - each)))

    def given_columns(self, columns: NDArray[np.floating]) -> Estimate:
        """Expected value of knowing several columns together, shape (n, q), before choosing.

        The costs are regressed on the columns; in each scramble the option is taken that the fit to the others
        predicts to be the cheapest, and costs what it does there. What the regression misses (docs/decision.md, D2)
        makes the value too low. Uses the first 2^17 futures; at least 1024 are needed.
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
        return choice._regressed(Regression(columns[:, order], choice.excess))

    def _regressed(self, regression: Regression) -> Estimate:
        """Value of choosing by predictions of each option's excess cost."""
        every, informed = np.zeros((len(self.excess) + 1, SCRAMBLES)), np.zeros(SCRAMBLES)
        futures = np.bincount(np.arange(self.futures) % SCRAMBLES, minlength=SCRAMBLES).astype(np.float64)

        def add(scramble: int) -> None:
            excess = self.excess[:, scramble::SCRAMBLES] + self.means[:, None]
            every[:-1, scramble] = excess.sum(axis=1)
            at = 0
            for found in regression.over(scramble):
                part = np.vstack([excess[:, at : at + len(found)], np.zeros(len(found))])
                chosen = np.hstack([found + self.means, np.zeros((len(found), 1))]).argmin(axis=1)
                informed[scramble] += part[chosen, np.arange(len(found))].sum()
                at += len(found)

        in_threads(add, range(SCRAMBLES))
        return _saved(every, informed, futures)


def _saved(every: Floats, informed: Floats, futures: Floats) -> Estimate:
    """What knowing saves, from each scramble's sums where the other scrambles have made the choices.

    Parameters
    ----------
    every : ndarray, shape (o, k)
        Excess cost of each option; that of the best one last.
    informed : ndarray, shape (k,)
        Excess cost of what is chosen future by future.
    futures : ndarray, shape (k,)
    """
    once = (left_out(every.T) / left_out(futures)[:, None])[:, ::-1].argmin(axis=1)
    saved = every[::-1][once, np.arange(SCRAMBLES)] - informed
    value = float(saved.sum() / futures.sum())
    without = left_out(saved) / left_out(futures)
    return Estimate(value, standard_error(without))


def futures_for(columns: int, futures: int) -> int:
    """Of so many futures, how many value so many columns together."""
    return futures if columns <= 1 else min(futures, MOST_FUTURES)


def _lowest(excess: Floats) -> Floats:
    """Lowest along the last axis, or 0, the excess of the best option itself, shape (..., o - 1) -> (...)."""
    lowest: Floats = np.minimum(0.0, excess.min(axis=-1, initial=0.0))
    return lowest

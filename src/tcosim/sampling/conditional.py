"""The other inputs given the value of one of them: what is correlated with it follows, the rest stays.

Knows inputs, correlations and points; nothing of scenarios or of what is simulated.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import special

from tcosim.sampling.copula import Block, build_copula
from tcosim.sampling.families import law_of
from tcosim.sampling.law import Floats
from tcosim.scenario.correlation import Correlation
from tcosim.scenario.uncertain import Uncertain

UNCORRELATED = 1e-12
"""A correlation below this is rounding of the product of two Cholesky factors."""


class ConditionalSampler:
    """Moves drawn futures to where one input has a given quantile.

    Under a Gaussian copula with normal scores ``z`` of Pearson correlation ``R``, the law of all scores given
    ``z_i = c`` is that of ``z + R[:, i] (c - z_i)`` (Matheron's rule): exact, one future into one future, and a
    score without correlation to ``z_i`` does not move.

    Parameters
    ----------
    uncertain : sequence of Uncertain
        The d inputs, each name once.
    correlations : sequence of Correlation
        Rank correlations among them.

    Raises
    ------
    InputError
        If a truncation leaves no mass, or the correlations cannot hold together.
    """

    def __init__(self, uncertain: Sequence[Uncertain], correlations: Sequence[Correlation]) -> None:
        self._laws = [law_of(quantity.distribution) for quantity in uncertain]
        copula = build_copula([quantity.name for quantity in uncertain], correlations)
        self._block: dict[int, Block] = {column: block for block in copula.blocks for column in block.columns}

    def quantile(self, column: int, p: float) -> float:
        """Quantile of one input's own law, 0 < p < 1."""
        return float(self._laws[column].at(np.array([p]), np.array([1 - p]))[0])

    def moving_with(self, column: int) -> tuple[int, ...]:
        """Other inputs that follow this one, the most strongly correlated first."""
        correlated = self._correlated(column)
        others = [other for other in correlated if other != column]
        return tuple(sorted(others, key=lambda other: -abs(correlated[other])))

    def given(self, points: Floats, values: Floats, column: int, p: float) -> Floats:
        """Values of all inputs in the same futures with one input at its quantile ``p``.

        Parameters
        ----------
        points : ndarray, shape (n, d)
            Independent uniforms that the values were drawn from.
        values : ndarray, shape (d, n)
            What `InputSampler.values` makes of them.
        column : int
            The input that is given.
        p : float
            0 < p < 1. If the input is discrete, what follows it is given its score, not all scores of that value.

        Returns
        -------
        ndarray, shape (d, n)
            A new array; rows that do not follow are those of ``values`` to the last bit.
        """
        moved = values.copy()
        moved[column] = self.quantile(column, p)
        correlated = self._correlated(column)
        if len(correlated) < 2:
            return moved
        block = self._block[column]
        scores = [special.ndtri(np.ascontiguousarray(points[:, member])) for member in block.columns]
        step = special.ndtri(p) - _mixed(block, column, scores)
        for other, correlation in correlated.items():
            if other != column:
                z = _mixed(block, other, scores) + correlation * step
                moved[other] = self._laws[other].at(special.ndtr(z), special.ndtr(-z))
        return moved

    def _correlated(self, column: int) -> dict[int, float]:
        """Pearson correlation of the scores of an input with those of its group, itself included, without zeros."""
        block = self._block.get(column)
        if block is None:
            return {column: 1.0}
        row = block.factor @ block.factor[block.columns.index(column)]
        return {
            other: float(value)
            for other, value in zip(block.columns, row, strict=True)
            if abs(value) > UNCORRELATED
        }


def _mixed(block: Block, column: int, scores: Sequence[Floats]) -> Floats:
    """Score of one input from the independent scores of its group, summed in a fixed order as in the copula."""
    weights = block.factor[block.columns.index(column)]
    mixed: Floats = weights[0] * scores[0]
    for weight, score in zip(weights[1:], scores[1:], strict=True):
        if weight != 0:
            mixed = mixed + weight * score
    return mixed

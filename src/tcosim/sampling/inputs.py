"""From a future's index to the values of all uncertain inputs.

Knows inputs, correlations and a seed; nothing of scenarios or of what is simulated.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tcosim.errors import InputError, Problem
from tcosim.sampling.copula import build_copula
from tcosim.sampling.design import SobolDesign
from tcosim.sampling.families import law_of
from tcosim.sampling.law import Floats, Law
from tcosim.scenario.correlation import Correlation
from tcosim.scenario.uncertain import Uncertain


class InputSampler:
    """Draws all uncertain inputs of a scenario.

    Parameters
    ----------
    uncertain : sequence of Uncertain
        The d inputs, each name once.
    correlations : sequence of Correlation
        Rank correlations among them.
    seed : int
        At least 0.

    Attributes
    ----------
    names : tuple of str
        Names of the inputs, in the order of the columns of `uniforms` and the rows of `values`.
    tied : tuple of int
        For each input the number of its group of correlated inputs, -1 if it is alone.

    Raises
    ------
    InputError
        If a truncation leaves no mass, or the correlations cannot hold together; all problems at once.
    """

    def __init__(
        self, uncertain: Sequence[Uncertain], correlations: Sequence[Correlation], seed: int
    ) -> None:
        self.names = tuple(quantity.name for quantity in uncertain)
        if len(set(self.names)) < len(self.names):
            raise ValueError("every input is to be given once")
        problems: list[Problem] = []
        self._laws: list[Law] = []
        for quantity in uncertain:
            try:
                self._laws.append(law_of(quantity.distribution))
            except InputError as error:
                problems.extend(
                    Problem(f"{quantity.name}.{p.field}", p.rule, p.value, p.way_out, p.place)
                    for p in error.problems
                )
        try:
            self._copula = build_copula(self.names, correlations)
        except InputError as error:
            problems.extend(error.problems)
        if problems:
            raise InputError(problems)
        groups = {column: k for k, block in enumerate(self._copula.blocks) for column in block.columns}
        self.tied = tuple(groups.get(column, -1) for column in range(len(self.names)))
        self._design = SobolDesign(len(self.names), seed)

    def uniforms(self, first_future: int, count: int) -> Floats:
        """Points of futures ``first_future`` to ``first_future + count - 1``, shape (count, d), in (0, 1).

        Cheap in order; one caller at a time. A future's point depends on the seed, its index and d alone.
        """
        return self._design.points(first_future, count)

    def values(self, u: Floats) -> Floats:
        """Values of the inputs at the points of some futures.

        Parameters
        ----------
        u : ndarray, shape (n, d)
            From `uniforms`.

        Returns
        -------
        ndarray, shape (d, n)
            C-contiguous. A future's values do not depend on the other rows. May be called from many threads.
        """
        columns = np.ascontiguousarray(self._copula.transform(u).T)
        values = np.empty_like(columns)
        for law, p, row in zip(self._laws, columns, values, strict=True):
            row[:] = law.at(p, 1 - p)
        return values

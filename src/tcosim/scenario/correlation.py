"""A declared rank correlation among uncertain inputs.

Frozen data only: knows neither the inputs' distributions nor the copula that will tie them together.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from pydantic import BaseModel, ConfigDict, model_validator

from tcosim.scenario.elicit import Refused

Matrix = tuple[tuple[float, ...], ...]


class Correlation(BaseModel):
    """Spearman rank correlation of two or more inputs.

    Attributes
    ----------
    inputs : tuple of str
        Names of uncertain inputs, all different.
    rank_correlation : float or None
        One value in (-1, 1) for every pair of ``inputs``.
    matrix : tuple of tuples of float, or None
        Instead: the full symmetric matrix, ones on its diagonal, in the order of ``inputs``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    inputs: tuple[str, ...]
    rank_correlation: float | None = None
    matrix: Matrix | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Correlation:
        if len(self.inputs) < 2:
            raise Refused(
                "inputs", "needs two or more names", list(self.inputs), "name the inputs that move together"
            )
        if len(set(self.inputs)) < len(self.inputs):
            raise Refused("inputs", "names an input twice", list(self.inputs), "name each once")
        if (self.rank_correlation is None) == (self.matrix is None):
            raise Refused("", "needs either rank_correlation or matrix", None, "state one of the two")
        if self.rank_correlation is not None and not -1 < self.rank_correlation < 1:
            raise Refused(
                "rank_correlation",
                "must lie between -1 and 1, both excluded",
                self.rank_correlation,
                "for inputs that move as one, give both the same input name",
            )
        if self.matrix is not None:
            self._check_matrix(self.matrix)
        return self

    def _check_matrix(self, matrix: Matrix) -> None:
        size = len(self.inputs)
        if len(matrix) != size or any(len(row) != size for row in matrix):
            rows = "x".join(str(n) for n in (len(matrix), max((len(row) for row in matrix), default=0)))
            raise Refused(
                "matrix", f"must be {size}x{size}, one row for each input", rows, "add or take out rows"
            )
        if any(matrix[i][i] != 1 for i in range(size)):
            raise Refused("matrix", "must have 1 on its diagonal", None, "correct the diagonal")
        for i, j in combinations(range(size), 2):
            if matrix[i][j] != matrix[j][i]:
                raise Refused(
                    "matrix",
                    f"must be symmetric: row {i + 1}, column {j + 1} is not row {j + 1}, column {i + 1}",
                    (matrix[i][j], matrix[j][i]),
                    "make both the same",
                )
            if not -1 < matrix[i][j] < 1:
                raise Refused(
                    "matrix",
                    "must lie between -1 and 1 off its diagonal",
                    matrix[i][j],
                    "state a smaller one",
                )

    def pairs(self) -> Iterator[tuple[str, str, float]]:
        """Yield every pair of inputs with its rank correlation."""
        for (i, first), (j, second) in combinations(enumerate(self.inputs), 2):
            if self.matrix is not None:
                yield first, second, self.matrix[i][j]
            elif self.rank_correlation is not None:
                yield first, second, self.rank_correlation

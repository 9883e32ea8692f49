"""Ties uncertain inputs together by the declared rank correlations, leaving each one's own distribution alone.

Knows names and correlations; nothing of distributions, seeds or points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import special

from tcosim.errors import InputError, Problem
from tcosim.sampling.law import Floats
from tcosim.scenario.correlation import Correlation

SMALLEST_EIGENVALUE = 1e-9
"""A matrix counts as positive definite above this: below it, rounding decides."""
_SMALLEST_U = 2.0**-60
_LARGEST_U = 1 - 2.0**-53


def pearson(spearman: float) -> float:
    """Pearson correlation of two normals whose ranks correlate by `spearman`: 2 sin(pi rho / 6)."""
    return 2 * math.sin(math.pi * spearman / 6)


@dataclass(frozen=True)
class Block:
    """Inputs that are tied to each other, directly or through others.

    Attributes
    ----------
    columns : tuple of int
        Their positions among all inputs, k of them.
    factor : ndarray, shape (k, k)
        Lower Cholesky factor of their correlation matrix (Pearson, of normal scores).
    """

    columns: tuple[int, ...]
    factor: Floats


class GaussianCopula:
    """Independent uniforms into uniforms with the declared rank correlations.

    Parameters
    ----------
    names : sequence of str
        All d inputs, in the order of the columns.
    blocks : sequence of Block
        Tied inputs; no column in two blocks.
    """

    def __init__(self, names: Sequence[str], blocks: Sequence[Block]) -> None:
        self.names = tuple(names)
        self.blocks = tuple(blocks)

    def transform(self, u: Floats) -> Floats:
        """Tie the correlated columns.

        Parameters
        ----------
        u : ndarray, shape (n, d)
            Independent uniforms in (0, 1).

        Returns
        -------
        ndarray, shape (n, d)
            Correlated uniforms in (0, 1); `u` itself if nothing is correlated. Columns outside every block, and
            the first of each block, are those of `u`, and a row's values do not depend on the other rows.
        """
        if not self.blocks:
            return u
        tied = u.copy()
        for block in self.blocks:
            scores = [special.ndtri(np.ascontiguousarray(u[:, column])) for column in block.columns]
            # A matrix product would be shorter, but BLAS sums in an order that depends on the number of rows.
            for i, column in enumerate(block.columns[1:], start=1):
                mixed = block.factor[i, 0] * scores[0]
                for j in range(1, i + 1):
                    mixed += block.factor[i, j] * scores[j]
                tied[:, column] = np.clip(special.ndtr(mixed), _SMALLEST_U, _LARGEST_U)
        return tied


def build_copula(names: Sequence[str], correlations: Sequence[Correlation]) -> GaussianCopula:
    """Build the copula of all declared correlations; pairs that nobody declares are independent.

    Parameters
    ----------
    names : sequence of str
        All uncertain inputs.
    correlations : sequence of Correlation
        Spearman rank correlations; a pair may be stated twice only with the same value.

    Raises
    ------
    InputError
        If an input is unknown, a pair is stated twice with different values, or a group of inputs cannot be
        correlated like this (its matrix is not positive definite).
    """
    position = {name: k for k, name in enumerate(names)}
    problems: list[Problem] = []
    stated: dict[tuple[int, int], float] = {}
    for correlation in correlations:
        unknown = [name for name in correlation.inputs if name not in position]
        if unknown:
            problems.append(
                Problem(
                    "correlation.inputs",
                    "must name uncertain inputs of the scenario",
                    ", ".join(unknown),
                    "take the name out, or state a distribution for it",
                )
            )
            continue
        for first, second, rho in correlation.pairs():
            i, j = sorted((position[first], position[second]))
            if stated.setdefault((i, j), rho) != rho:
                problems.append(
                    Problem(
                        "correlation",
                        f"{first} and {second} are correlated twice, by {stated[i, j]:g} and by {rho:g}",
                        None,
                        "state the pair once",
                    )
                )
    blocks: list[Block] = []
    for columns in _components(len(position), stated):
        matrix = _matrix(columns, stated)
        if _smallest_eigenvalue(matrix) > SMALLEST_EIGENVALUE:
            blocks.append(Block(columns, np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)))
        else:
            problems.append(_impossible(names, columns, stated))
    if problems:
        raise InputError(problems)
    return GaussianCopula(names, blocks)


def _components(d: int, pairs: dict[tuple[int, int], float]) -> list[tuple[int, ...]]:
    """Groups of two or more inputs that hang together, each in the order of the inputs."""
    group = list(range(d))
    for (i, j), rho in sorted(pairs.items()):
        if rho != 0 and group[i] != group[j]:
            keep, drop = sorted((group[i], group[j]))
            group = [keep if g == drop else g for g in group]
    members = [tuple(k for k in range(d) if group[k] == g) for g in sorted(set(group))]
    return [columns for columns in members if len(columns) > 1]


def _matrix(columns: Sequence[int], pairs: dict[tuple[int, int], float], shrink: float = 1.0) -> Floats:
    matrix = np.eye(len(columns))
    for (a, i), (b, j) in combinations(enumerate(columns), 2):
        matrix[a, b] = matrix[b, a] = pearson(shrink * pairs.get((i, j), 0.0))
    return matrix


def _smallest_eigenvalue(matrix: Floats) -> float:
    return float(np.linalg.eigvalsh(matrix)[0])


def _impossible(
    names: Sequence[str], columns: tuple[int, ...], pairs: dict[tuple[int, int], float]
) -> Problem:
    """Say which few inputs contradict each other, by how much, and what would resolve it."""
    few = list(columns)
    for column in columns:
        fewer = [k for k in few if k != column]
        if len(fewer) > 1 and _smallest_eigenvalue(_matrix(fewer, pairs)) <= SMALLEST_EIGENVALUE:
            few = fewer
    shrink = next(
        (
            percent / 100
            for percent in range(99, 0, -1)
            if _smallest_eigenvalue(_matrix(columns, pairs, percent / 100)) > SMALLEST_EIGENVALUE
        ),
        0.0,
    )
    unstated = [f"{names[i]} with {names[j]}" for i, j in combinations(few, 2) if (i, j) not in pairs]
    way_out = f"multiply the group's rank correlations by {shrink:g} or less"
    if unstated:
        way_out = f"state the missing correlation of {', '.join(unstated[:3])} (now 0), or {way_out}"
    rule = f"{', '.join(names[k] for k in few)} cannot be correlated like this: the matrix is not positive definite"
    if len(few) < len(columns):
        rule += f" (in the group {', '.join(names[k] for k in columns)})"
    return Problem(
        "correlation", rule, f"smallest eigenvalue {_smallest_eigenvalue(_matrix(few, pairs)):.3g}", way_out
    )

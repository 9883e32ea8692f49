"""Ties uncertain inputs together by the declared rank correlations, leaving each one's own distribution alone.

Knows names and correlations; nothing of distributions, seeds or points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations, product

import numpy as np
from scipy import special

from tcosim.errors import InputError, Problem
from tcosim.sampling.law import Floats
from tcosim.scenario.correlation import Correlation
from tcosim.scenario.library import default_library

SMALLEST_EIGENVALUE = 1e-9
"""A matrix counts as positive definite above this: below it, rounding decides."""
_SMALLEST_U = 2.0**-60
_LARGEST_U = 1 - 2.0**-53
_MOST_SUBSETS = 200_000
"""So many subsets of inputs are searched for the smallest contradiction, in seconds at most."""

Pairs = dict[tuple[int, int], float]
"""Spearman rank correlation by the positions of two inputs, the lower one first."""


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
    stated: Pairs = {}
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


def _components(d: int, pairs: Pairs) -> list[tuple[int, ...]]:
    """Groups of two or more inputs that hang together, each in the order of the inputs."""
    group = list(range(d))
    for (i, j), rho in sorted(pairs.items()):
        if rho != 0 and group[i] != group[j]:
            keep, drop = sorted((group[i], group[j]))
            group = [keep if g == drop else g for g in group]
    members = [tuple(k for k in range(d) if group[k] == g) for g in sorted(set(group))]
    return [columns for columns in members if len(columns) > 1]


def _matrix(columns: Sequence[int], pairs: Pairs) -> Floats:
    matrix = np.eye(len(columns))
    for (a, i), (b, j) in combinations(enumerate(columns), 2):
        matrix[a, b] = matrix[b, a] = pearson(pairs.get((i, j), 0.0))
    return matrix


def _possible(columns: Sequence[int], pairs: Pairs) -> bool:
    return _smallest_eigenvalue(_matrix(columns, pairs)) > SMALLEST_EIGENVALUE


def _smallest_eigenvalue(matrix: Floats) -> float:
    return float(np.linalg.eigvalsh(matrix)[0])


def _impossible(names: Sequence[str], columns: tuple[int, ...], pairs: Pairs) -> Problem:
    """Say which few inputs contradict each other, what is stated about them, and what would resolve it."""
    few = _fewest(columns, pairs)
    inside = list(combinations(few, 2))
    origins = {pair: _origin(names, pair, pairs) for pair in inside}
    told = [
        f"{names[i]} with {names[j]} is {pairs.get((i, j), 0.0):g}{origins[i, j].words}" for i, j in inside
    ]
    rule = f"{', '.join(names[k] for k in few)} cannot be correlated like this: {'; '.join(told)}"
    ways: list[str] = []
    # Rather one change that settles everything tied to these inputs, then one that settles at least these.
    for among, origin in product((columns, few), _Origin):
        change = _single_change([pair for pair in inside if origins[pair] is origin], among, pairs)
        if change is not None:
            (i, j), low, high = change
            others = (
                "" if among == columns else " first, which settles these but not all that they are tied to"
            )
            ways.append(f"state {low:g} to {high:g} for {names[i]} with {names[j]}{others}")
            break
    ways.append(_shrunk({pair for pair in inside if pair in pairs}, columns, pairs))
    return Problem("correlation", rule, None, ", or ".join(ways))


class _Origin(Enum):
    """Who says how a pair is correlated; what is to be changed first comes first."""

    NOBODY = " as nothing is stated"
    SCENARIO = ""
    LIBRARY = " by the library"

    @property
    def words(self) -> str:
        return str(self.value)


def _origin(names: Sequence[str], pair: tuple[int, int], pairs: Pairs) -> _Origin:
    if pair not in pairs:
        return _Origin.NOBODY
    first, second = (names[k] for k in pair)
    of_library = default_library().states_correlation(first, second, pairs[pair])
    return _Origin.LIBRARY if of_library else _Origin.SCENARIO


def _fewest(columns: tuple[int, ...], pairs: Pairs) -> tuple[int, ...]:
    """Return the smallest subset that is impossible by itself; of several, the one that is so the most."""
    few = list(columns)
    for column in columns:
        fewer = [k for k in few if k != column]
        if len(fewer) > 1 and not _possible(fewer, pairs):
            few = fewer
    whole = _matrix(columns, pairs)
    for size in range(3, len(few) + 1):
        if math.comb(len(columns), size) > _MOST_SUBSETS:
            break  # what was found by leaving out one after the other is small enough
        subsets = np.array(list(combinations(range(len(columns)), size)))
        lowest = np.linalg.eigvalsh(whole[subsets[:, :, None], subsets[:, None, :]])[:, 0]
        worst = int(np.argmin(lowest))
        if lowest[worst] <= SMALLEST_EIGENVALUE:
            return tuple(columns[k] for k in subsets[worst])
    return tuple(few)


def _single_change(
    some: Sequence[tuple[int, int]], columns: tuple[int, ...], pairs: Pairs
) -> tuple[tuple[int, int], float, float] | None:
    """Return the pair whose change alone helps and is the smallest, with the range that it may lie in."""
    best: tuple[float, tuple[int, int], float, float] | None = None
    for pair in some:
        grid = (percent / 100 for percent in range(-99, 100))
        good = [value for value in grid if _possible(columns, {**pairs, pair: value})]
        step = min((abs(value - pairs.get(pair, 0.0)) for value in good), default=math.inf)
        if good and (best is None or step < best[0]):
            best = step, pair, good[0], good[-1]
    return None if best is None else best[1:]


def _shrunk(some: set[tuple[int, int]], columns: tuple[int, ...], pairs: Pairs) -> str:
    """Say by how much to multiply the stated pairs of a few inputs; of the whole group, if that is not enough."""
    for which, chosen in (
        ("these", some),
        (f"all correlations of the {len(columns)} inputs tied", set(pairs)),
    ):
        for percent in range(99, 0, -1):
            weaker = {pair: rho * percent / 100 if pair in chosen else rho for pair, rho in pairs.items()}
            if _possible(columns, weaker):
                return f"multiply {which} by {percent / 100:g} or less"
    return "take one of them out"

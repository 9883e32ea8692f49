"""Which fitted quantities move together, as correlations that a scenario can state.

Arrays in, pairs out: knows nothing of logs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

NOTABLE = 0.3
"""Correlations below this size are left out, unless something else would be assumed in their place."""
_LEAST_EIGENVALUE = 0.02

Pair = tuple[str, str]


def correlations(
    draws: Mapping[str, NDArray[Any]], assumed: Collection[frozenset[str]] = ()
) -> dict[Pair, float]:
    """Rank correlations of draws that belong together.

    Parameters
    ----------
    draws : mapping of str to ndarray, shape (n,)
        By name of the input; those that do not vary are left out by the caller.
    assumed : collection of frozenset
        Pairs for which a correlation would be assumed if none is stated.

    Returns
    -------
    dict of (str, str) to float
        Rounded to two digits, the strongest first taken, as far as a joint distribution has them all.
    """
    names = list(draws)
    if len(names) < 2:
        return {}
    ranks = np.corrcoef([rankdata(draws[name]) for name in names])
    found = {
        (names[i], names[j]): round(float(ranks[i, j]), 2)
        for i, j in combinations(range(len(names)), 2)
        if abs(ranks[i, j]) >= NOTABLE or frozenset((names[i], names[j])) in assumed
    }
    kept: dict[Pair, float] = {}
    scores = np.eye(len(names))
    for pair, value in sorted(found.items(), key=lambda item: -abs(item[1])):
        i, j = names.index(pair[0]), names.index(pair[1])
        tried = scores.copy()
        tried[i, j] = tried[j, i] = 2 * np.sin(np.pi * value / 6)
        if np.linalg.eigvalsh(tried)[0] > _LEAST_EIGENVALUE:
            scores, kept[pair] = tried, value
    return kept

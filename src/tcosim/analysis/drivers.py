"""How much of the saving's variance each input explains, read off the futures of a run.

Knows the Dataset of a run; knows nothing of scenarios, of words or of files. What inputs do together, and the exact
total effects, need simulations of their own.

Legend: ``n`` futures, ``b`` bins, ``k`` scrambles.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from tcosim.analysis.bins import Binned, binned
from tcosim.analysis.choice import FEWEST_FUTURES
from tcosim.analysis.information import digits, digits_of_error
from tcosim.analysis.jackknife import Estimate, Floats, standard_error
from tcosim.analysis.regression import MOST_FUTURES, Regression
from tcosim.analysis.saving import savings
from tcosim.analysis.threads import in_threads
from tcosim.results.schema import SCRAMBLES

MOST_BINS = 1024
"""More than for a smoothed curve: within a bin the effect must not vary, and noise is taken out."""


def given_data_drivers(dataset: xr.Dataset, option: str, *, most: int | None = None) -> list[dict[str, Any]]:
    """First-order Sobol index of every input for the saving of an option against the baseline.

    Correlated inputs are one driver together: by itself each of them would also claim what moves with it.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of a run.
    option : str
    most : int, optional
        Use at most this many futures, the first.

    Returns
    -------
    list of dict
        The largest first: ``input`` (``"a + b"`` for correlated ones), ``inputs``, ``first_order``, ``se``. An index
        that comes out below 0 is 0. Empty below 1024 futures, and if the saving never varies.
    """
    saving = savings(dataset, option)[:most]
    if len(saving) < FEWEST_FUTURES or np.ptp(saving) == 0:
        return []
    names, inputs = [str(name) for name in dataset["name"].values], dataset["input"].values[:most]
    drivers = _drivers(dataset["tied"].values)
    alone = [columns[0] for columns in drivers if len(columns) == 1]
    found: dict[int, Estimate] = dict(
        zip(
            alone,
            in_threads(lambda column: first_order(inputs[:, column], saving), alone),
            strict=True,
        )
    )
    rows = []
    for columns in drivers:
        estimate = found.get(columns[0]) or first_order_together(inputs[:, columns], saving)
        members = [names[column] for column in columns]
        rows.append(
            {
                "input": " + ".join(members),
                "inputs": members,
                "first_order": digits(max(0.0, estimate.value)),
                "se": digits_of_error(estimate.error),
            }
        )
    return sorted(rows, key=lambda row: -row["first_order"])


def first_order(column: NDArray[np.floating], response: Floats) -> Estimate:
    """Var(E[Y | x]) / Var(Y) of a response Y, shape (n,), given a column x, shape (n,), with its standard error.

    The variance of bin means, less what of it is noise. The noise is that between scrambles, which are
    independent, rather than that between futures, which are not. May come out a little below 0. The error is None if
    the column varies in too few futures to tell.
    """
    centered = response - response.mean()
    sums = binned(np.ascontiguousarray(column), centered[None], MOST_BINS)
    if len(sums.shares) == 1:
        return Estimate(0.0, 0.0 if np.ptp(column) == 0 else None)
    scramble = np.arange(len(centered)) % SCRAMBLES
    squares = np.bincount(scramble, np.square(centered)).astype(np.float64)
    if not squares.sum():
        return Estimate(0.0, 0.0)
    keep = np.ones((SCRAMBLES + 1, SCRAMBLES), dtype=bool)
    keep[np.arange(SCRAMBLES) + 1, np.arange(SCRAMBLES)] = False
    shares = [_share(sums, squares, scrambles) for scrambles in keep]
    return Estimate(shares[0], standard_error(shares[1:]))


def first_order_together(columns: NDArray[np.floating], response: Floats) -> Estimate:
    """Var(E[Y | x]) / Var(Y) given several columns x, shape (n, q), together: that of Y's regression on them.

    Each scramble is predicted by the others, so noise adds nothing, and what the regression misses makes the index too
    low. Uses the first 2^17 futures.
    """
    some = np.ascontiguousarray(response[:MOST_FUTURES])
    index = Regression(columns[:MOST_FUTURES], (some - some.mean())[None]).index()
    return first_order(index[0], some)


def _share(binned_sums: Binned, squares: Floats, keep: NDArray[np.bool_]) -> float:
    """Variance of the bin means over the whole variance, of some scrambles alone."""
    counts, sums = binned_sums.counts[:, keep], binned_sums.sums[0][:, keep]
    n, k = counts.sum(), int(keep.sum())
    size = np.maximum(counts.sum(axis=1), 1)
    means, mean = sums.sum(axis=1) / size, sums.sum() / n
    between = float((size * np.square(means - mean)).sum()) / n
    # A bin's mean is one of ratios: the variance of the scrambles' residual sums, over the bin's size.
    residuals = np.square(sums - counts * means[:, None]).sum(axis=1)
    noise = k / (k - 1) * float((residuals / size).sum()) / n
    whole = np.square(sums.sum(axis=0) - counts.sum(axis=0) * mean).sum()
    noise_of_mean = k / (k - 1) * float(whole) / n**2
    variance = float(squares[keep].sum()) / n - mean**2
    return (between - noise + noise_of_mean) / variance if variance > 0 else 0.0


def _drivers(tied: Iterable[int]) -> list[list[int]]:
    """Columns of each driver: one input, or all of a group of correlated ones."""
    groups: dict[tuple[str, int], list[int]] = {}
    for column, number in enumerate(tied):
        key = ("alone", column) if number < 0 else ("tied", int(number))
        groups.setdefault(key, []).append(column)
    return list(groups.values())

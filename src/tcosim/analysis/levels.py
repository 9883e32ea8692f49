"""The expected saving with one input at its p10 and at its p90, read off the futures of a run.

Knows the Dataset of a run; knows nothing of scenarios, of words or of files. What is correlated with an input follows
it, everything else stays uncertain: the same question as the tornado of `tcosim.studies.drivers`, which simulates.

Legend: ``n`` futures, ``b`` bins, ``k`` scrambles.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from tcosim.analysis.bins import binned, normal_scores
from tcosim.analysis.information import digits, digits_of_error
from tcosim.analysis.jackknife import Floats, standard_error
from tcosim.analysis.saving import savings
from tcosim.analysis.smoothing import FEWEST_SMOOTHED_BINS, curves_without
from tcosim.analysis.threads import in_threads
from tcosim.results.schema import SCRAMBLES

LEVELS = (0.1, 0.9)
FEWEST_FUTURES = 2**14
"""From here on the intervals hold what they promise; of a linear effect they held the truth in 76 to 81 % of the cases
at 1,024 futures and in 84 to 86 % at 4,096, as the smoothed curve's own error is not in them."""
FEWEST_AT_A_VALUE = 16 * SCRAMBLES


def given_data_tornado(dataset: xr.Dataset, option: str, *, most: int | None = None) -> list[dict[str, Any]]:
    """Expected saving of an option against the baseline given each input's p10 and its p90.

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
        The largest swing first: ``input``, ``p10`` and ``p90`` in the input's unit, ``saving_at_p10_usd``,
        ``saving_at_p90_usd`` and ``swing_usd`` with their standard errors, ``moves_with``: inputs correlated with it.
        Empty below 16,384 futures. An input that varies in too few futures to tell is left out.
    """
    saving = savings(dataset, option)[:most].astype(np.float64)
    if len(saving) < FEWEST_FUTURES:
        return []
    names, inputs = [str(name) for name in dataset["name"].values], dataset["input"].values[:most]
    tied = [int(number) for number in dataset["tied"].values]

    def row(column: int) -> dict[str, Any] | None:
        values = np.ascontiguousarray(inputs[:, column])
        without = savings_at(values, saving)
        if without is None:
            return None
        low, high = np.quantile(values, LEVELS, method="inverted_cdf")
        figures = {"saving_at_p10": without[:, 0], "saving_at_p90": without[:, 1]}
        swing = without[:, 1] - without[:, 0]
        return {
            "input": names[column],
            "p10": float(low),
            "p90": float(high),
            **{f"{key}_usd": digits(float(of_each.mean())) for key, of_each in figures.items()},
            **{f"{key}_se_usd": digits_of_error(standard_error(of_each)) for key, of_each in figures.items()},
            "swing_usd": digits(abs(float(swing.mean()))),
            "se_usd": digits_of_error(standard_error(swing)),
            "moves_with": [
                name
                for other, name in enumerate(names)
                if other != column and tied[column] >= 0 and tied[other] == tied[column]
            ],
        }

    rows = [found for found in in_threads(row, range(len(names))) if found is not None]
    return sorted(rows, key=lambda one: -float(one["swing_usd"]))


def savings_at(column: NDArray[np.floating], saving: Floats) -> Floats | None:
    """Mean saving given the column's p10 and p90, without one scramble at a time, shape (k, 2).

    Where many futures have the very value of the quantile it is their mean. Elsewhere a curve through bin means,
    smoothed over the ranks (`tcosim.analysis.smoothing`), is read at the level. None if the column varies in too few
    futures to tell.
    """
    sums = binned(column, saving[None])
    if len(sums.shares) == 1:
        return None
    curves = curves_without(sums)[:, 0]
    ends = np.cumsum(sums.shares)
    if len(sums.shares) < FEWEST_SMOOTHED_BINS:
        held: Floats = curves[:, np.searchsorted(ends, LEVELS)]
        return held
    middles = normal_scores(ends - sums.shares / 2)
    levels = normal_scores(np.array(LEVELS))
    read = np.stack([np.interp(levels, middles, curve) for curve in curves])
    for place, value in enumerate(np.quantile(column, LEVELS, method="inverted_cdf")):
        shared = np.flatnonzero(column == value)
        if len(shared) >= FEWEST_AT_A_VALUE:
            counts = np.bincount(shared % SCRAMBLES, minlength=SCRAMBLES)
            totals = np.bincount(shared % SCRAMBLES, saving[shared], SCRAMBLES)
            read[:, place] = (totals.sum() - totals) / (counts.sum() - counts)
    return read

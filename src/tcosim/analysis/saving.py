"""The saving of an option against the baseline: its expectation with an interval, and single futures.

Positive is money saved; knows no words and no files.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from tcosim.analysis.eligible import eligible
from tcosim.analysis.interval import FEWEST_FUTURES, Interval, mean_interval, mean_of_futures


def savings(dataset: xr.Dataset, option: str) -> NDArray[Any]:
    """NPV of the baseline less NPV of the option, in each kept future, shape (futures,) [USD]."""
    npv, names = dataset["npv"].values, [str(name) for name in dataset["option"].values]
    difference: NDArray[Any] = npv[:, names.index(dataset.attrs["baseline"])] - npv[:, names.index(option)]
    return difference


def expected_saving(dataset: xr.Dataset, option: str) -> Interval:
    """Mean saving over all futures with its 95 % interval [USD]."""
    if int(dataset.attrs["samples"]) < FEWEST_FUTURES:
        return mean_of_futures(savings(dataset, option))
    sums = dataset["scramble_npv_sum"]
    difference = sums.sel(option=dataset.attrs["baseline"]) - sums.sel(option=option)
    return mean_interval(difference.values, dataset["scramble_futures"].values)


def excess_over_best(dataset: xr.Dataset) -> dict[str, Interval]:
    """Mean NPV of each option over that of the eligible option with the lowest, with its 95 % interval [USD].

    Of the option itself it is 0. NaN ends where the futures are too few for an interval.
    """
    sums, futures = (
        dataset["scramble_npv_sum"].transpose("scramble", "option").values,
        dataset["scramble_futures"].values,
    )
    best = int(np.where(eligible(dataset), sums.sum(axis=0), np.inf).argmin())
    apart = sums - sums[:, [best]]
    names = [str(name) for name in dataset["option"].values]
    if int(dataset.attrs["samples"]) < FEWEST_FUTURES:
        return {
            name: Interval(float(apart[:, o].sum() / futures.sum()), math.nan, math.nan, "none")
            for o, name in enumerate(names)
        }
    return {name: mean_interval(apart[:, o], futures) for o, name in enumerate(names)}

"""What the kept futures cannot say of a longer run: figures over all futures, from their counts by bins, with errors.

Knows sketches, arrays and the Dataset; knows no words and no files.

Legend: ``n`` kept futures, ``o`` options.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from tcosim.analysis.interval import (
    FEW_HITS_PER_SCRAMBLE,
    FEWEST_FUTURES,
    Interval,
    clopper_pearson,
    mean_interval,
)
from tcosim.results.schema import SCRAMBLES
from tcosim.results.sketch import RELATIVE_ERROR, Sketch, counted_above


def sketch_of(dataset: xr.Dataset, figure: Literal["npv", "total", "saving"]) -> Sketch | None:
    """Counts of a figure over all futures, one column an option; None where every future is kept one by one."""
    keys = dataset["sketch_key"].values
    return Sketch(keys, dataset[f"{figure}_count"].values) if len(keys) else None


def loss_sketch(dataset: xr.Dataset, option: str) -> Sketch | None:
    """Counts of the loss of one option against the baseline over all futures, one column; None as `sketch_of`."""
    savings = sketch_of(dataset, "saving")
    if savings is None:
        return None
    names = [str(name) for name in dataset["option"].values]
    return savings.column(names.index(option)).negated()


def error_of_all(error: float | None, figure: float, kept: int, samples: int) -> float | None:
    """Standard error of a quantile or tail mean over all futures, from that over the kept ones.

    It falls with the root of the number of futures, which is what independent futures do and scrambled Sobol points
    at least; and the figure is moved within `RELATIVE_ERROR` of itself by its bin, evenly distributed.
    (docs/model.md, 5.6)
    """
    if error is None or samples == kept:
        return error
    return math.hypot(error * math.sqrt(kept / samples), RELATIVE_ERROR * figure / math.sqrt(3))


def chance_above(losses: NDArray[Any], counts: Sketch, threshold: float) -> Interval:
    """Probability that a loss passes a threshold, over all futures.

    Parameters
    ----------
    losses : ndarray, shape (n,)
        Of the kept futures, whose scrambles say how sure it is.
    counts : Sketch
        Of all futures, one column.

    Returns
    -------
    Interval
        As `probability_interval`, whose width falls with the root of the number of futures, and wide enough for the
        threshold's bin to lie on either side. With few hits or misses the hull of that and of Clopper-Pearson.
    """
    samples, kept = int(counts.counts.sum()), len(losses)
    least, likely, most = counted_above(counts, 0, threshold)
    scramble, passed = np.arange(kept) % SCRAMBLES, losses > threshold
    low, high = clopper_pearson(least, samples).low, clopper_pearson(most, samples).high
    if kept < FEWEST_FUTURES:
        return Interval(likely / samples, low, high, "clopper-pearson")
    spread = mean_interval(
        np.bincount(scramble, passed, SCRAMBLES), np.bincount(scramble, minlength=SCRAMBLES)
    )
    half = spread.half_width * math.sqrt(kept / samples)
    near, far = max(0.0, least / samples - half), min(1.0, most / samples + half)
    hits = int(passed.sum())
    if min(hits, kept - hits, least, samples - most) < FEW_HITS_PER_SCRAMBLE * SCRAMBLES or half == 0:
        return Interval(likely / samples, min(near, low), max(far, high), "both")
    return Interval(likely / samples, near, far, "scrambles")

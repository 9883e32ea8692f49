"""Which option the headline is about: the eligible self-hosted one with the lowest expected cost.

Chosen before the dice fall; choosing per future would be hindsight (docs/model.md, section 5).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from tcosim.analysis.eligible import eligible, self_hosted


def mean_npv(dataset: xr.Dataset) -> dict[str, float]:
    """Mean NPV over all futures, by option [USD]."""
    sums = dataset["scramble_npv_sum"].values.sum(axis=0) / int(dataset.attrs["samples"])
    return {str(name): float(mean) for name, mean in zip(dataset["option"].values, sums, strict=True)}


def lowest(candidates: Sequence[bool], means: ArrayLike) -> int | None:
    """Index of the candidate with the lowest mean, the first of several; None without a candidate."""
    masked = np.where(np.asarray(candidates, dtype=bool), np.asarray(means, dtype=float), np.inf)
    return int(masked.argmin()) if np.isfinite(masked).any() else None


def headline_option(dataset: xr.Dataset) -> str | None:
    """Name of the eligible self-hosted option (rented or owned, hybrids included) with the lowest mean NPV, or None.

    Where nothing that is bought is eligible, the baseline is self-hosted too; it is no candidate then.
    """
    names = [str(name) for name in dataset["option"].values]
    candidates = eligible(dataset) & self_hosted(dataset)
    found = lowest(list(candidates), list(mean_npv(dataset).values()))
    return None if found is None else names[found]

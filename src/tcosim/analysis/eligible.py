"""Which options may be chosen: those that no gate shuts out, and among them the self-hosted ones.

Knows the Dataset of a run or of a curve; knows nothing of scenarios or of what the gates ask.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from tcosim.results.schema import SELF_HOSTED


def eligible(dataset: xr.Dataset) -> NDArray[np.bool_]:
    """Whether each option may be chosen, shape (o,)."""
    found: NDArray[np.bool_] = dataset["eligible"].values.astype(bool)
    return found


def eligible_names(dataset: xr.Dataset) -> list[str]:
    """Names of the options that may be chosen."""
    return [str(name) for name in dataset["option"].values[eligible(dataset)]]


def self_hosted(dataset: xr.Dataset) -> NDArray[np.bool_]:
    """Whether each option is self-hosted and not itself the baseline, eligible or not, shape (o,)."""
    hosted: NDArray[np.bool_] = np.isin(dataset["kind"].values.astype(str), SELF_HOSTED)
    hosted[dataset["option"].values.astype(str) == str(dataset.attrs["baseline"])] = False
    return hosted


def eligible_columns(dataset: xr.Dataset, array: NDArray[Any]) -> NDArray[Any]:
    """Columns of the options that may be chosen, shape (n, o) -> (n, e); the array itself if these are all."""
    may = eligible(dataset)
    return array if may.all() else array[:, may]

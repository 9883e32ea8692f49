"""The arrays behind the charts of a run: what its Dataset holds beyond the summary.

Knows the Dataset; computes nothing but the saving of single futures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from tcosim.analysis.saving import savings

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Series:
    """What charts show and the summary does not hold.

    Attributes
    ----------
    savings : ndarray, shape (futures,), or None
        Saving of the headline option in single futures, present value [USD]; None without a headline.
    quantiles : tuple of float
        Probabilities of the quantiles, the median in the middle.
    cost : dict of str to ndarray, shape (months, quantiles)
        Nominal cost of each month by option [USD].
    load : dict of str to ndarray, shape (168,)
        Mean share of the paid capacity in use by hour of the week, Monday 00:00 first; options with a fleet only.
    """

    savings: Floats | None
    quantiles: tuple[float, ...]
    cost: dict[str, Floats]
    load: dict[str, Floats]


def series(dataset: xr.Dataset, summary: dict[str, Any]) -> Series:
    """Read the arrays behind the charts out of the Dataset of a run."""
    headline = summary["headline"]
    names = [str(name) for name in dataset["option"].values]
    cost = dataset["cost"].transpose("option", "month", "quantile").values
    load = dataset["load"].transpose("option", "hour_of_week").values
    return Series(
        savings=None if headline is None else savings(dataset, headline["option"]),
        quantiles=tuple(float(value) for value in dataset["quantile"].values),
        cost=dict(zip(names, cost, strict=True)),
        load={name: hours for name, hours in zip(names, load, strict=True) if np.isfinite(hours).all()},
    )

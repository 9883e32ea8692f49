"""How a fleet does its work: utilization and the hours in which demand passes capacity.

Knows the Dataset; knows no words and no files.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import xarray as xr


@dataclass(frozen=True)
class Service:
    """Means over all futures; None for an option without a fleet.

    Attributes
    ----------
    utilization : float or None
        Served over paid capacity, weighted by paid hours.
    hours_over_capacity_per_month : float or None
        Hours a month in which demand passes what the fleet can serve [hour/month].
    replicas : float or None
        Replicas while launched.
    """

    utilization: float | None
    hours_over_capacity_per_month: float | None
    replicas: float | None


def option_service(dataset: xr.Dataset) -> dict[str, Service]:
    """Service of each option."""
    months = int(dataset.attrs["months"])
    found = {}
    for index, name in enumerate(dataset["option"].values):
        utilization, hours, replicas = (
            float(dataset[variable].values[index])
            for variable in ("mean_utilization", "mean_hours_over_capacity", "mean_replicas")
        )
        found[str(name)] = Service(_or_none(utilization), _or_none(hours / months), _or_none(replicas))
    return found


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value

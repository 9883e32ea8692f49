"""From which month on an option has cost less than the baseline for good, over futures.

Knows the Dataset; knows no words and no files.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from tcosim.analysis.interval import probability_interval

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)


def option_payback(dataset: xr.Dataset) -> dict[str, dict[str, Any] | None]:
    """Distribution of the month of payback over all futures, by option; None for the baseline.

    An option has paid back from the end of the month on after which the present value of its costs so far stays below
    the baseline's up to the horizon. So it pays back within the horizon exactly where it beats the baseline; what
    hardware is still worth then counts in the last month.

    Returns
    -------
    dict
        ``never`` and ``never_ci95``: share of the futures that never pay back, with its 95 % interval;
        ``by_month``: share that has paid back by the end of each month, shape (m,); ``p10_months`` to ``p90_months``:
        months after which that share has paid back, None if fewer ever do.
    """
    futures = dataset["scramble_futures"].values
    total = float(futures.sum())
    found: dict[str, dict[str, Any] | None] = {}
    for index, name in enumerate(dataset["option"].values):
        if str(name) == dataset.attrs["baseline"]:
            found[str(name)] = None
            continue
        counts = dataset["scramble_paid_back"].values[:, index]
        by_month = np.cumsum(counts.sum(axis=0)) / total
        never = probability_interval(futures - counts.sum(axis=1), futures)
        found[str(name)] = {
            "never": never.value,
            "never_ci95": [never.low, never.high],
            "by_month": [float(share) for share in by_month],
            **{f"p{100 * share:g}_months": _month_of(by_month, share) for share in SHARES},
        }
    return found


def _month_of(by_month: Any, share: float) -> int | None:
    """Months after which at least this share has paid back."""
    reached = by_month >= share
    return int(np.argmax(reached)) + 1 if reached.any() else None

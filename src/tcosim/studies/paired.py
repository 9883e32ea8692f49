"""How much a probability and a mean change between two versions of the same futures, with intervals.

Arrays in, figures out: knows nothing of scenarios.

Legend: ``n`` futures; future s belongs to scramble s % 16; a saving above 0 is a win.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.analysis.interval import (
    FEW_HITS_PER_SCRAMBLE,
    FEWEST_FUTURES,
    Interval,
    clopper_pearson,
    mean_interval,
    mean_of_futures,
    probability_interval,
)
from tcosim.results.schema import SCRAMBLES

Floats = NDArray[np.float64]

NO_CHANGE: dict[str, Any] = {
    "probability_change": 0.0,
    "probability_change_ci95": [0.0, 0.0],
    "saving_change_usd": 0.0,
    "saving_change_ci95_usd": [0.0, 0.0],
}
"""What `change` gives for two equal versions."""


def win_probability(saving: Floats) -> Interval:
    """Share of futures that win, with its interval; saving has shape (n,) [USD]."""
    return probability_interval(_sums(saving > 0), _counts(len(saving)))


def mean_saving(saving: Floats) -> Interval:
    """Mean over futures with its interval, shape (n,) [USD]."""
    if len(saving) < FEWEST_FUTURES:
        return mean_of_futures(saving)
    return mean_interval(_sums(saving), _counts(len(saving)))


def change(before: Floats, after: Floats) -> dict[str, Any]:
    """Change of the probability to win and of the mean saving between two versions of the same futures.

    Both intervals are over the scrambles' *differences*: what both versions share cancels out.

    Parameters
    ----------
    before, after : ndarray, shape (n,)
        Saving in each future [USD].
    """
    if np.array_equal(before, after):
        return dict(NO_CHANGE)
    share, saving = _share_change(before > 0, after > 0), mean_saving(after - before)
    return {
        "probability_change": share.value,
        "probability_change_ci95": bounds(share),
        "saving_change_usd": saving.value,
        "saving_change_ci95_usd": bounds(saving),
    }


def _share_change(won: NDArray[np.bool_], wins: NDArray[np.bool_]) -> Interval:
    """Change of the share of wins; where few futures change sides, the hull with an exact interval of each way."""
    n = len(won)
    gained, lost = int(np.sum(wins & ~won)), int(np.sum(won & ~wins))
    up, down = clopper_pearson(gained, n), clopper_pearson(lost, n)
    value, low, high = (gained - lost) / n, up.low - down.high, up.high - down.low
    if n < FEWEST_FUTURES:
        return Interval(value, low, high, "clopper-pearson")
    spread = mean_interval(_sums(wins) - _sums(won), _counts(n))
    if gained + lost >= FEW_HITS_PER_SCRAMBLE * SCRAMBLES and spread.high > spread.low:
        return Interval(value, spread.low, spread.high, "scrambles")
    return Interval(value, min(low, spread.low), max(high, spread.high), "both")


def bounds(interval: Interval) -> list[float] | None:
    """Both ends, or None if nothing can be said."""
    return None if np.isnan(interval.low) else [interval.low, interval.high]


def _sums(values: NDArray[Any]) -> Floats:
    sums: Floats = np.bincount(np.arange(len(values)) % SCRAMBLES, values, SCRAMBLES).astype(np.float64)
    return sums


def _counts(n: int) -> NDArray[np.int64]:
    return np.bincount(np.arange(n) % SCRAMBLES, minlength=SCRAMBLES)

"""How far each input moves the expected saving, from futures with the input at its p10 and at its p90.

Savings in, figures out: knows nothing of scenarios and simulates nothing.

Legend: ``n`` futures of the plain saving, ``m <= n`` of them with an input moved; future s belongs to scramble s % 16.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.results.schema import SCRAMBLES

Floats = NDArray[np.float64]


def moved_savings(plain: Floats, others: Floats, moved: Floats) -> dict[str, Any]:
    """Expected saving with one input held at either level.

    The saving at a level is the mean of all plain futures plus the mean of what changes in the futures that were moved:
    what moved and plain futures share cancels out, so a few futures are enough.

    Parameters
    ----------
    plain, others : ndarray, shape (n,)
        Saving in two independent sets of futures [USD]; the first m of ``plain`` are those that were moved.
    moved : ndarray, shape (2, m)
        Saving in the first m futures with the input at either level [USD].

    Returns
    -------
    dict
        The two savings and the distance between them, with the standard errors of all three [USD].
    """
    m = moved.shape[1]
    mean = _by_scramble((plain + others) / 2)
    low, high = (mean + _by_scramble(row - plain[:m]) for row in moved)
    return {
        "saving_at_p10_usd": float(low.mean()),
        "saving_at_p10_se_usd": _error(low),
        "saving_at_p90_usd": float(high.mean()),
        "saving_at_p90_se_usd": _error(high),
        "swing_usd": abs(float((high - low).mean())),
        "se_usd": _error(high - low),
    }


def _by_scramble(values: Floats) -> Floats:
    """Mean of each scramble; all have as many futures."""
    means: Floats = values.reshape(-1, SCRAMBLES).mean(axis=0)
    return means


def _error(means: Floats) -> float:
    return float(means.std(ddof=1)) / math.sqrt(SCRAMBLES)

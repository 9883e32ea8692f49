"""What each fleet has to do at each hour of the week, over the futures of a block (docs/model.md, 5.4).

Knows nothing of money and of what becomes of the sums.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tcosim.kernels.trace import HOUR_ROWS, walk_hours


def week_hours(
    seed: Any, first_future: int, count: int, world: Any, swings: Any, fleets: Any, policies: Any, levels: Any,
    replicas: Any, capacity: Any, busy: Any, paid: Any,
) -> None:  # fmt: skip
    """Run one block of lanes and add up the replica-hours of its first futures by hour of the week.

    Parameters
    ----------
    seed, first_future, world, swings, fleets, policies, levels, replicas, capacity
        As for `tcosim.kernels.hours.simulate_hours`, for one block of `LANES` futures.
    count : int
        Futures to add up, the first of the block.
    busy, paid : ndarray of float64, shape (k, HOURS_PER_WEEK)
        Added to: replica-hours at full load (as in the ledger, docs/model.md, 4.5) and replica-hours paid, Monday
        midnight first. Both are 0 before launch.
    """
    no_tokens, no_hours = np.empty(0), np.empty((policies.shape[0], 0, len(HOUR_ROWS)))
    walk_hours(
        seed, first_future, 0, count, world, swings, fleets, policies, levels, replicas, capacity,
        no_tokens, no_hours, busy, paid,
    )  # fmt: skip

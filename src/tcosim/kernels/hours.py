"""The hour loop: every hour of every month for blocks of lanes, all fleets on the same traffic (docs/model.md, 2, 3).

Knows nothing of money. float32 inside a month, float64 for what a month hands on.
"""

from __future__ import annotations

import numpy as np

from tcosim.kernels import demand, fleet
from tcosim.kernels.demand import TOKENS, at, demand_pair, even_day, odd_day, start_month, start_traffic
from tcosim.kernels.fleet import (
    BACKLOG,
    HOURS_OVER,
    OVERFLOW,
    PAID_HOURS,
    autoscaled_pair,
    fixed_pair,
    queueing_pair,
    start_fleet,
    start_fleet_month,
)  # fmt: skip
from tcosim.kernels.jit import kernel
from tcosim.kernels.layout import HOURS_PER_DAY, HOURS_PER_MONTH, HOURS_PER_WEEK, LANES, F, H, P
from tcosim.kernels.streams import seed_lanes


@kernel
def start_block(b, states, seed, first_future, world, fleets, levels, first):
    """Seed the streams of a block of lanes and clear its state.

    Parameters
    ----------
    b, states : ndarray of float32
        Traffic of the block, and one row for each fleet.
    seed, first_future : int
        Key of the streams; number of the future that is lane 0.
    first : int
        Where that future stands in `world`, `fleets` and `levels`.
    """
    words = np.empty((4, LANES), np.uint32)
    seed_lanes(seed, first_future, words)
    b[: 4 * LANES] = words.reshape(-1).view(np.float32)
    b[4 * LANES :] = 0.0
    start_traffic(b, world, first)
    for k in range(states.shape[0]):
        start_fleet(states[k], fleets[:, k], levels[0], first)


@kernel
def hand_on_month(b, state, fleet_row, policy, replicas, backlog_before, first, tokens, fleet_month):
    """Turn a month's float32 sums into what the ledger reads; served tokens follow from conservation.

    Parameters
    ----------
    tokens : ndarray of float64, shape (futures,)
        Tokens demanded in the month.
    fleet_month : ndarray of float64, shape (len(FLEET_MONTH), futures)
    """
    for lane in range(LANES):
        j = np.uintp(lane)
        i = first + lane
        eligible = fleet_row[F.share, i] * fleet_row[F.token_ratio, i] * tokens[i]
        if replicas[i] == 0.0:  # before launch, everything goes elsewhere
            fleet_month[H.served, i] = 0.0
            fleet_month[H.overflow, i] = eligible
            fleet_month[H.paid_replica_hours, i] = 0.0
            fleet_month[H.hours_over_capacity, i] = 0.0
            continue
        overflow = np.float64(state[at(OVERFLOW, j)])
        queued = np.float64(state[at(BACKLOG, j)]) - np.float64(backlog_before[lane])
        # the two float32 sums differ by rounding where all or nothing overflows
        fleet_month[H.served, i] = max(eligible - overflow - queued, 0.0)
        fleet_month[H.overflow, i] = overflow
        fleet_month[H.hours_over_capacity, i] = np.float64(state[at(HOURS_OVER, j)])
        if policy[P.autoscale]:
            fleet_month[H.paid_replica_hours, i] = np.float64(state[at(PAID_HOURS, j)])
        else:
            fleet_month[H.paid_replica_hours, i] = replicas[i] * HOURS_PER_MONTH


@kernel
def begin_day(b, hour):
    """Move the day-to-day part of the burst on where `hour` is the first of a day."""
    if hour % HOURS_PER_DAY == 0:
        if (hour // HOURS_PER_DAY) % 2 == 0:
            even_day(b)
        else:
            odd_day(b)


@kernel
def fleet_pair(b, state, policy):
    """Two hours of one fleet, by the loop of its kind."""
    if policy[P.autoscale]:
        autoscaled_pair(b, state)
    elif policy[P.waits]:
        queueing_pair(b, state)
    else:
        fixed_pair(b, state)


@kernel
def simulate_hours(
    seed, first_future, world, swings, fleets, policies, levels, replicas, capacity, tokens, fleet_months
):
    """Run every hour of every month for a block of futures.

    Parameters
    ----------
    seed : int
        Seed of the run.
    first_future : int
        Number of the first future of the block, a multiple of `LANES`.
    world : ndarray of float64, shape (len(WORLD), n)
        n futures, a multiple of `LANES`.
    swings : ndarray of float32, shape (168,)
        Weekly shape of mean 1, less 1; Monday midnight first.
    fleets : ndarray of float64, shape (len(FLEET), k, n)
    policies : ndarray of int64, shape (k, len(POLICY))
    levels : ndarray of float64, shape (m, n)
        Tokens a month in expectation.
    replicas, capacity : ndarray of float64, shape (k, m, n)
        Replicas of each month, and the tokens an hour that one sustains.
    tokens : ndarray of float64, shape (m, n)
        Written: tokens demanded.
    fleet_months : ndarray of float64, shape (k, m, len(FLEET_MONTH), n)
        Written: what the ledger needs of each fleet.
    """
    n_months = levels.shape[0]
    n_fleets = policies.shape[0]
    b = np.empty(demand.QUANTITIES * LANES, np.float32)
    states = np.empty((n_fleets, fleet.QUANTITIES * LANES), np.float32)
    backlog_before = np.empty((n_fleets, LANES), np.float32)
    for first in range(0, world.shape[1], LANES):
        start_block(b, states, seed, first_future + first, world, fleets, levels, first)
        for m in range(n_months):
            start_month(b, world, levels[m], first)
            for k in range(n_fleets):
                start_fleet_month(states[k], fleets[:, k], policies[k], replicas[k, m], capacity[k, m], first)
                backlog_before[k] = states[k, BACKLOG * LANES : (BACKLOG + 1) * LANES]
            # a month is an even number of hours, so a pair never lies across two months or days
            for hour in range(m * HOURS_PER_MONTH, (m + 1) * HOURS_PER_MONTH, 2):
                begin_day(b, hour)
                demand_pair(b, swings[hour % HOURS_PER_WEEK], swings[(hour + 1) % HOURS_PER_WEEK])
                for k in range(n_fleets):
                    fleet_pair(b, states[k], policies[k])
            for lane in range(LANES):
                tokens[m, first + lane] = b[TOKENS * LANES + lane]
            for k in range(n_fleets):
                hand_on_month(
                    b, states[k], fleets[:, k], policies[k], replicas[k, m], backlog_before[k], first,
                    tokens[m], fleet_months[k, m],
                )  # fmt: skip

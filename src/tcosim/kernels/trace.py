"""Futures hour by hour: what the hour loop sums up, looked at or kept (docs/model.md, 2 and 3).

Knows nothing of money. The block that holds the futures runs through the very loops of a run; the two hours of a pair
are told apart with the same expressions in the same order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tcosim.kernels import demand, fleet
from tcosim.kernels.demand import (
    DEMAND_0,
    DEMAND_1,
    FAILING_0,
    MENDING_0,
    SPIKE_CHANCE,
    at,
    demand_pair,
    start_month,
)
from tcosim.kernels.fleet import (
    BACKLOG,
    CAPACITY,
    DOWN,
    ELIGIBLE,
    FAILURE,
    FULL_CAPACITY,
    LAST_DEMAND,
    PACK,
    PER_REPLICA,
    REACH,
    REPAIR,
    REPLICAS,
    REPLICAS_LEAST,
    WAIT_HOURS,
    WAIT_TOKENS,
    left_over,
    next_down,
    scaled_replicas,
)  # fmt: skip
from tcosim.kernels.fleet_start import start_fleet_month
from tcosim.kernels.hours import begin_day, fleet_kinds, fleet_pair, start_block
from tcosim.kernels.jit import kernel
from tcosim.kernels.layout import HOURS_PER_DAY, HOURS_PER_MONTH, HOURS_PER_WEEK, LANES, F, P

HOUR_ROWS = ("demand", "served", "backlog", "overflow", "replicas", "replicas_down")
"""Rows of what is kept of a fleet each hour."""

SERVED, STANDING = HOUR_ROWS.index("served"), HOUR_ROWS.index("replicas")

ZERO = np.float32(0.0)


@kernel(fastmath=True)
def trace_hour(hour_demand, failing, mending, chance, f, lane, policy, before, out):
    """One hour of one lane of one fleet.

    Parameters
    ----------
    before : ndarray of float32, shape (3,)
        Replicas down, backlog and demand of the hour before; updated.
    out : ndarray of float64, shape (len(HOUR_ROWS),)
    """
    j = np.uintp(lane)
    capacity = f[at(CAPACITY, j)]
    eligible_demand = f[at(ELIGIBLE, j)] * hour_demand
    if policy[P.autoscale]:
        replicas = scaled_replicas(
            before[2], f[at(PER_REPLICA, j)], f[at(REPLICAS_LEAST, j)], f[at(REPLICAS, j)]
        )
        reach = chance + replicas * f[at(FAILURE, j)]
        full = replicas * capacity
        room = f[at(WAIT_HOURS, j)] * capacity * replicas
    else:
        replicas = f[at(REPLICAS, j)]
        reach = f[at(REACH, j)]
        full = f[at(FULL_CAPACITY, j)]
        room = f[at(WAIT_TOKENS, j)]
    if not policy[P.waits]:
        room = ZERO
    down = next_down(
        True, failing, mending, reach, f[at(FAILURE, j)], f[at(REPAIR, j)], f[at(PACK, j)],
        replicas, min(before[0], replicas),
    )  # fmt: skip
    rest = left_over(eligible_demand + before[1], full, down, capacity)
    backlog = min(rest, room)
    out[0] = eligible_demand
    out[1] = max(np.float64(eligible_demand) + np.float64(before[1]) - np.float64(rest), 0.0)
    out[2] = backlog
    out[3] = np.float64(rest) - np.float64(backlog)
    out[4] = replicas
    out[5] = down
    before[0] = down
    before[1] = backlog
    before[2] = eligible_demand


@kernel
def walk_hours(
    seed, first_future, first_lane, end_lane, world, swings, fleets, policies, levels, replicas, capacity,
    tokens, hours, busy, paid,
):  # fmt: skip
    """Run one block of lanes and look into every hour of some of them.

    One kernel for all who look: the loops of the fleets are most of what there is to compile.

    Parameters
    ----------
    seed, first_future, world, swings, fleets, policies, levels, replicas, capacity
        As for `tcosim.kernels.hours.simulate_hours`, for one block of `LANES` futures.
    first_lane, end_lane : int
        The futures of the block to look at.
    tokens, hours : ndarray of float64, shapes (hours,) and (k, hours, len(HOUR_ROWS)), or without an hour
        Written, if there is room for hours: those of the last of these futures, as `trace_hours` says.
    busy, paid : ndarray of float64, shape (k, HOURS_PER_WEEK)
        Added to, over all of these futures: as `tcosim.kernels.week.week_hours` says.
    """
    n_fleets = policies.shape[0]
    keeps = tokens.shape[0] > 0
    b = np.empty(demand.QUANTITIES * LANES, np.float32)
    states = np.empty((n_fleets, fleet.QUANTITIES * LANES), np.float32)
    flat = states.reshape(-1)
    kinds = fleet_kinds(policies)
    before = np.empty(3, np.float32)
    row = np.empty(len(HOUR_ROWS))
    most_down = np.empty(n_fleets, np.float32)
    packs = np.empty(n_fleets, np.bool_)
    start_block(b, states, seed, first_future, world, fleets, np.ones(1), levels, 0)
    for m in range(levels.shape[1]):
        start_month(b, world, levels[:, m], 0)
        for k in range(n_fleets):
            most_down[k], packs[k] = start_fleet_month(
                states[k], world, fleets[:, k], policies[k], replicas[k, :, m], capacity[k, :, m], 0
            )
        for hour in range(m * HOURS_PER_MONTH, (m + 1) * HOURS_PER_MONTH, 2):
            if hour % HOURS_PER_DAY == 0:
                begin_day(b, hour)
            demand_pair(b, swings[hour % HOURS_PER_WEEK], swings[(hour + 1) % HOURS_PER_WEEK])
            if keeps:
                tokens[hour] = b[DEMAND_0 * LANES + end_lane - 1]
                tokens[hour + 1] = b[DEMAND_1 * LANES + end_lane - 1]
            for k in range(n_fleets):
                state, policy = states[k], policies[k]
                for lane in range(first_lane, end_lane):
                    before[0] = state[DOWN * LANES + lane]
                    before[1] = state[BACKLOG * LANES + lane]
                    before[2] = state[LAST_DEMAND * LANES + lane]
                    chance = b[SPIKE_CHANCE * LANES + lane]
                    full_load = fleets[F.latency_utilization, k, lane] / capacity[k, lane, m]
                    for half in range(2):
                        d = b[(DEMAND_0 + half) * LANES + lane]
                        failing = b[(FAILING_0 + half) * LANES + lane]
                        mending = b[(MENDING_0 + half) * LANES + lane]
                        trace_hour(d, failing, mending, chance, state, lane, policy, before, row)
                        if keeps:
                            hours[k, hour + half] = row
                        if row[SERVED] > 0.0:  # never before launch, when a capacity may be 0
                            busy[k, (hour + half) % HOURS_PER_WEEK] += row[SERVED] * full_load
                        paid[k, (hour + half) % HOURS_PER_WEEK] += row[STANDING]
                fleet_pair(b, flat, k, kinds[k], most_down, packs[k])


def trace_hours(
    seed: Any, first_future: int, lane: int, world: Any, swings: Any, fleets: Any, policies: Any, levels: Any,
    replicas: Any, capacity: Any, tokens: Any, hours: Any,
) -> None:  # fmt: skip
    """Run one block of lanes and keep every hour of one of its futures.

    Parameters
    ----------
    seed, first_future, world, swings, fleets, policies, levels, replicas, capacity
        As for `tcosim.kernels.hours.simulate_hours`, for one block of `LANES` futures.
    lane : int
        The future of the block to keep.
    tokens : ndarray of float64, shape (hours,)
        Written: tokens demanded in each hour.
    hours : ndarray of float64, shape (k, hours, len(HOUR_ROWS))
        Written: what each fleet did in each hour.
    """
    unused = np.zeros((2, policies.shape[0], HOURS_PER_WEEK))
    walk_hours(
        seed, first_future, lane, lane + 1, world, swings, fleets, policies, levels, replicas, capacity,
        tokens, hours, unused[0], unused[1],
    )  # fmt: skip

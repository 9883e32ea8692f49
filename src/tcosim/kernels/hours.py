"""The hour loop: every hour of every month for blocks of lanes, all fleets on the same traffic (docs/model.md, 2, 3).

Knows nothing of money. float32 inside a day, float64 for the sums of a month.
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
    fails_somewhere,
    fixed_pair,
    queueing_pair,
    quiet_pair,
)  # fmt: skip
from tcosim.kernels.fleet_start import start_fleet, start_fleet_month
from tcosim.kernels.jit import kernel
from tcosim.kernels.layout import HOURS_PER_DAY, HOURS_PER_MONTH, HOURS_PER_WEEK, LANES, F, H, P
from tcosim.kernels.streams import seed_lanes

FIXED, QUEUEING, AUTOSCALED = range(3)


@kernel
def start_block(b, states, seed, first_future, world, fleets, scales, levels, first):
    """Seed the streams of a block of lanes and clear its state.

    Parameters
    ----------
    b, states : ndarray of float32
        Traffic of the block, and one row for each fleet.
    seed, first_future : int
        Key of the streams; number of the future that is lane 0.
    scales : ndarray of float64, shape (v,)
    first : int
        Where that future stands in `world`, `fleets` and `levels`.
    """
    words = np.empty((4, LANES), np.uint32)
    seed_lanes(seed, first_future, words)
    b[: 4 * LANES] = words.reshape(-1).view(np.float32)
    b[4 * LANES :] = 0.0
    start_traffic(b, world, first)
    n_fleets = fleets.shape[1]
    for f in range(states.shape[0]):
        start_fleet(states[f], fleets[:, f % n_fleets], scales[f // n_fleets], levels[:, 0], first)


@kernel
def hand_on_month(
    state, fleet_row, scale, policy, replicas, backlog_before, first, demanded, overflows, paid_hours, fleet_month
):  # fmt: skip
    """Turn a month's sums into what the ledger reads; served tokens follow from conservation.

    Parameters
    ----------
    scale : float
        Traffic of this fleet over that of the block.
    demanded, overflows : ndarray of float64, shape (LANES,)
        Tokens demanded, and not served by this fleet, in the month.
    paid_hours : ndarray of float64, shape (LANES,)
        Replica-hours of the month, if the fleet is autoscaled.
    fleet_month : ndarray of float64, shape (len(FLEET_MONTH), futures)
    """
    for lane in range(LANES):
        j = np.uintp(lane)
        i = first + lane
        eligible = fleet_row[F.share, i] * fleet_row[F.token_ratio, i] * scale * demanded[lane]
        if replicas[i] == 0.0:  # before launch, everything goes elsewhere
            fleet_month[H.served, i] = 0.0
            fleet_month[H.overflow, i] = eligible
            fleet_month[H.paid_replica_hours, i] = 0.0
            fleet_month[H.hours_over_capacity, i] = 0.0
            continue
        overflow = overflows[lane]
        fleet_month[H.overflow, i] = overflow
        queued = np.float64(state[at(BACKLOG, j)]) - np.float64(backlog_before[lane])
        # the two sums differ by rounding where all or nothing overflows
        fleet_month[H.served, i] = max(eligible - overflow - queued, 0.0)
        fleet_month[H.hours_over_capacity, i] = np.float64(state[at(HOURS_OVER, j)])
        if policy[P.autoscale]:
            fleet_month[H.paid_replica_hours, i] = paid_hours[lane]
        else:
            fleet_month[H.paid_replica_hours, i] = replicas[i] * HOURS_PER_MONTH


@kernel
def add_to_month(b, states, sums, paid_hours, kinds):
    """Move the sums since the last call from float32 to float64, so that none grows beyond a day.

    Sums of a whole month in float32 were off by up to 5e-6, as equal hours round the same way.

    Parameters
    ----------
    sums : ndarray of float64, shape (1 + fleets, LANES)
        Tokens demanded, and overflow of each fleet, in the month so far.
    paid_hours : ndarray of float64, shape (fleets, LANES)
        Replica-hours of each autoscaled fleet in the month so far.
    kinds : ndarray of int64, shape (fleets at one volume,)
    """
    for lane in range(LANES):
        sums[0, lane] += b[TOKENS * LANES + lane]
        b[TOKENS * LANES + lane] = 0.0
    for k in range(states.shape[0]):
        for lane in range(LANES):
            sums[1 + k, lane] += states[k, OVERFLOW * LANES + lane]
            states[k, OVERFLOW * LANES + lane] = 0.0
        if kinds[k % kinds.shape[0]] == AUTOSCALED:
            for lane in range(LANES):
                paid_hours[k, lane] += states[k, PAID_HOURS * LANES + lane]
                states[k, PAID_HOURS * LANES + lane] = 0.0


@kernel
def begin_day(b, hour):
    """Move the day-to-day part of the burst on; `hour` is the first of a day."""
    if (hour // HOURS_PER_DAY) % 2 == 0:
        even_day(b)
    else:
        odd_day(b)


@kernel
def fleet_pair(b, states, k, kind, most_down, packs):
    """Two hours of fleet k, by the loop of its kind.

    Parameters
    ----------
    most_down : ndarray of float32, shape (fleets,)
        Largest DOWN of all lanes; kept up to date for fixed fleets without a queue, which use it.
    packs : bool
        Whether replicas fail several at a time in any lane this month.
    """
    base = np.uintp(k * fleet.QUANTITIES * LANES)
    if kind == AUTOSCALED:
        if packs:
            autoscaled_pair(b, states, base, True)
        else:
            autoscaled_pair(b, states, base, None)
    elif kind == QUEUEING:
        if packs:
            queueing_pair(b, states, base, True)
        else:
            queueing_pair(b, states, base, None)
    elif most_down[k] > 0 or fails_somewhere(b, states, base):
        if packs:
            most_down[k] = fixed_pair(b, states, base, True)
        else:
            most_down[k] = fixed_pair(b, states, base, None)
    else:
        quiet_pair(b, states, base)


@kernel
def fleet_kinds(policies):
    """Which loop each fleet takes."""
    kinds = np.empty(policies.shape[0], np.int64)
    for k in range(policies.shape[0]):
        if policies[k, P.autoscale]:
            kinds[k] = AUTOSCALED
        else:
            kinds[k] = QUEUEING if policies[k, P.waits] else FIXED
    return kinds


@kernel
def simulate_hours(
    seed,
    first_future,
    world,
    swings,
    fleets,
    policies,
    scales,
    levels,
    replicas,
    capacity,
    tokens,
    fleet_months,
):
    """Run every hour of every month for a block of futures, at one volume or at several.

    Traffic is proportional to the volume, so its noise is drawn once and each fleet serves it at v scales: what v - 1
    further volumes cost is their fleets' part of the hour alone.

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
    scales : ndarray of float64, shape (v,)
        Volumes over the one that `levels` is of; 1 alone for a run.
    levels : ndarray of float64, shape (n, m)
        Tokens a month in expectation.
    replicas : ndarray of float64, shape (v * k, n, m)
        Replicas of each month; all fleets at the first volume, then all at the second.
    capacity : ndarray of float64, shape (k, n, m)
        Tokens an hour that one replica sustains.
    tokens : ndarray of float64, shape (n, m)
        Written: tokens demanded at a scale of 1.
    fleet_months : ndarray of float64, shape (v * k, len(FLEET_MONTH), n, m)
        Written: what the ledger needs of each fleet at each volume.
    """
    n_months = levels.shape[1]
    n_kinds = policies.shape[0]
    n_fleets = replicas.shape[0]
    b = np.empty(demand.QUANTITIES * LANES, np.float32)
    states = np.empty((n_fleets, fleet.QUANTITIES * LANES), np.float32)
    flat = states.reshape(-1)
    kinds = fleet_kinds(policies)
    backlog_before = np.empty((n_fleets, LANES), np.float32)
    sums = np.empty((1 + n_fleets, LANES))
    paid_hours = np.empty((n_fleets, LANES))
    most_down = np.empty(n_fleets, np.float32)
    packs = np.empty(n_fleets, np.bool_)
    for first in range(0, world.shape[1], LANES):
        start_block(b, states, seed, first_future + first, world, fleets, scales, levels, first)
        for m in range(n_months):
            start_month(b, world, levels[:, m], first)
            for f in range(n_fleets):
                k = f % n_kinds
                most_down[f], packs[f] = start_fleet_month(
                    states[f], world, fleets[:, k], policies[k], replicas[f, :, m], capacity[k, :, m], first
                )
                backlog_before[f] = states[f, BACKLOG * LANES : (BACKLOG + 1) * LANES]
            sums[:] = 0.0
            paid_hours[:] = 0.0
            # a month is an even number of hours, so a pair never lies across two months or days
            for hour in range(m * HOURS_PER_MONTH, (m + 1) * HOURS_PER_MONTH, 2):
                if hour % HOURS_PER_DAY == 0:
                    add_to_month(b, states, sums, paid_hours, kinds)
                    begin_day(b, hour)
                demand_pair(b, swings[hour % HOURS_PER_WEEK], swings[(hour + 1) % HOURS_PER_WEEK])
                for f in range(n_fleets):
                    fleet_pair(b, flat, f, kinds[f % n_kinds], most_down, packs[f])
            add_to_month(b, states, sums, paid_hours, kinds)
            tokens[first : first + LANES, m] = sums[0]
            for f in range(n_fleets):
                k = f % n_kinds
                hand_on_month(
                    states[f], fleets[:, k], scales[f // n_kinds], policies[k], replicas[f, :, m], backlog_before[f],
                    first, sums[0], sums[1 + f], paid_hours[f], fleet_months[f, :, :, m],
                )  # fmt: skip

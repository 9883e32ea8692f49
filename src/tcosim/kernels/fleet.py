"""One fleet of one block of lanes, two hours at a time: failures, repairs, queue, overflow (docs/model.md, 3.6-3.10).

Knows nothing of money. A loop for each kind of fleet, so that none pays for what it does not do: 0.09 ns a sample-hour
on two cores for a fixed fleet without a queue (half of that in hours without an event), 0.11 with one, 0.16 autoscaled.
"""

from __future__ import annotations

import numpy as np

from tcosim.kernels.bits import ceil32, float_as_int, int_as_float, prefer_wide_vectors
from tcosim.kernels.demand import (
    DEMAND_0,
    DEMAND_1,
    FAILING_0,
    FAILING_1,
    MENDING_0,
    MENDING_1,
    SOONEST,
    SPIKE_CHANCE,
    at,
)
from tcosim.kernels.jit import inlined, kernel
from tcosim.kernels.layout import LANES

# fmt: off
(ELIGIBLE,                 # q chi, times the scale of the volume
 CAPACITY, FULL_CAPACITY,  # tokens an hour of one replica, kappa_m, and of all, N kappa
 REPLICAS, REPLICAS_LEAST, # N_m; what autoscaling keeps at least
 PER_REPLICA,              # headroom / kappa_m
 PACK,                     # replicas that fail or are repaired at a time, w
 FAILURE, REPAIR,          # chance an hour for each replica, f / w and r / w, x 2^32
 REACH,                    # chance of a spike or a failure with no replica down, x 2^32
 DOWN,                     # replicas that are down
 WAIT_HOURS, WAIT_TOKENS,  # W; W N kappa of this month
 BACKLOG, LAST_DEMAND,
 OVERFLOW, HOURS_OVER, PAID_HOURS,  # sums over the month
 ) = range(18)
# fmt: on
QUANTITIES = 18

ONE = np.float32(1.0)
ZERO = np.float32(0.0)
ZERO_BITS = np.int32(0)
HALF_SCALE = np.float32(2.0**31)


@inlined
def next_down(packs, failing, mending, reach, failure, repair, pack, replicas, down):
    """Replicas that are down after this hour's event (docs/model.md, 3.6 and 3.7). All chances are x 2^32.

    A replica that is down cannot fail. `failing` is U, or out of reach after a spike; `mending` is 1 - U.
    """
    if packs is None:
        fails = failing < reach - down * failure
        repaired = mending < min(down * repair, HALF_SCALE)
        return down + (ONE if fails else ZERO) - (ONE if repaired else ZERO)
    # a last pack that is not full has the chance of one replica; the limits of the sum see to its size
    fails = failing < reach - min(down, replicas - pack) * failure
    repaired = mending < min(max(down, pack) * repair, HALF_SCALE)
    after = down + (pack if fails else ZERO) - (pack if repaired else ZERO)
    return min(max(after, ZERO), replicas)


@inlined
def left_over(eligible_demand, full_capacity, down, capacity):
    """Work beyond what the replicas that are up can do in an hour."""
    return max(eligible_demand - full_capacity + down * capacity, ZERO)


@kernel(fastmath=True)
def fixed_pair(b, f, base, packs):
    """Two hours of a fleet whose replicas stand for the month and that keeps nobody waiting.

    Parameters
    ----------
    b : ndarray of float32, shape (demand.QUANTITIES * LANES,)
        Traffic of the block; read only.
    f : ndarray of float32, shape (fleets * QUANTITIES * LANES,)
        State of all fleets; of this one DOWN, OVERFLOW and HOURS_OVER are written.
    base : uintp
        Where this fleet begins in `f`. A view of its part would be counted up and down in each pair of hours, which
        took half as long as the loop itself.
    packs : None or True
        None where no lane's replicas fail several at a time. The compiler makes a loop for each: with packs it takes
        a tenth longer, and its numbers are the same where a pack is one.

    Returns
    -------
    float32
        The largest DOWN of all lanes.
    """
    prefer_wide_vectors()
    most_down = ZERO_BITS
    for lane in range(LANES):
        j = np.uintp(lane)
        i = base + j
        eligible = f[at(ELIGIBLE, i)]
        capacity = f[at(CAPACITY, i)]
        full = f[at(FULL_CAPACITY, i)]
        reach = f[at(REACH, i)]
        replicas = f[at(REPLICAS, i)]
        failure = f[at(FAILURE, i)]
        repair = f[at(REPAIR, i)]
        pack = f[at(PACK, i)]
        down_0 = next_down(
            packs, b[at(FAILING_0, j)], b[at(MENDING_0, j)], reach, failure, repair, pack, replicas, f[at(DOWN, i)]
        )  # fmt: skip
        down_1 = next_down(
            packs, b[at(FAILING_1, j)], b[at(MENDING_1, j)], reach, failure, repair, pack, replicas, down_0
        )
        over_0 = left_over(eligible * b[at(DEMAND_0, j)], full, down_0, capacity)
        over_1 = left_over(eligible * b[at(DEMAND_1, j)], full, down_1, capacity)
        f[at(DOWN, i)] = down_1
        f[at(OVERFLOW, i)] += over_0 + over_1
        f[at(HOURS_OVER, i)] += (ONE if over_0 > ZERO else ZERO) + (ONE if over_1 > ZERO else ZERO)
        down_bits = float_as_int(down_1)
        most_down = down_bits if down_bits > most_down else most_down
    return int_as_float(most_down)


@kernel(fastmath=True)
def fails_somewhere(b, f, base):
    """Whether a replica fails in either hour in any lane in which none is down.

    With `quiet_pair` after it, a pair of hours without an event (most are) takes half as long as in `fixed_pair`. The
    bits are joined as integers, because LLVM does not vectorize a minimum over floats.
    """
    prefer_wide_vectors()
    found = np.int32(0)
    for lane in range(LANES):
        j = np.uintp(lane)
        found |= np.int32(1) if b[at(SOONEST, j)] < f[at(REACH, base + j)] else np.int32(0)
    return found != 0


@kernel(fastmath=True)
def quiet_pair(b, f, base):
    """As `fixed_pair`, for two hours in which no replica of any lane is down or fails; the numbers are the same."""
    prefer_wide_vectors()
    for lane in range(LANES):
        j = np.uintp(lane)
        i = base + j
        eligible = f[at(ELIGIBLE, i)]
        full = f[at(FULL_CAPACITY, i)]
        over_0 = max(eligible * b[at(DEMAND_0, j)] - full, ZERO)
        over_1 = max(eligible * b[at(DEMAND_1, j)] - full, ZERO)
        f[at(OVERFLOW, i)] += over_0 + over_1
        f[at(HOURS_OVER, i)] += (ONE if over_0 > ZERO else ZERO) + (ONE if over_1 > ZERO else ZERO)


@kernel(fastmath=True)
def queueing_pair(b, f, base, packs):
    """As `fixed_pair`, for a fleet where work may wait; BACKLOG is written too."""
    prefer_wide_vectors()
    for lane in range(LANES):
        j = np.uintp(lane)
        i = base + j
        eligible = f[at(ELIGIBLE, i)]
        capacity = f[at(CAPACITY, i)]
        full = f[at(FULL_CAPACITY, i)]
        reach = f[at(REACH, i)]
        replicas = f[at(REPLICAS, i)]
        failure = f[at(FAILURE, i)]
        repair = f[at(REPAIR, i)]
        pack = f[at(PACK, i)]
        room = f[at(WAIT_TOKENS, i)]
        down_0 = next_down(
            packs, b[at(FAILING_0, j)], b[at(MENDING_0, j)], reach, failure, repair, pack, replicas, f[at(DOWN, i)]
        )  # fmt: skip
        down_1 = next_down(
            packs, b[at(FAILING_1, j)], b[at(MENDING_1, j)], reach, failure, repair, pack, replicas, down_0
        )
        rest_0 = left_over(eligible * b[at(DEMAND_0, j)] + f[at(BACKLOG, i)], full, down_0, capacity)
        backlog_0 = min(rest_0, room)
        rest_1 = left_over(eligible * b[at(DEMAND_1, j)] + backlog_0, full, down_1, capacity)
        backlog_1 = min(rest_1, room)
        f[at(DOWN, i)] = down_1
        f[at(BACKLOG, i)] = backlog_1
        f[at(OVERFLOW, i)] += (rest_0 - backlog_0) + (rest_1 - backlog_1)
        f[at(HOURS_OVER, i)] += (ONE if rest_0 > ZERO else ZERO) + (ONE if rest_1 > ZERO else ZERO)


@inlined
def scaled_replicas(last_demand, per_replica, least, most):
    """What the autoscaler sets for an hour, having seen the hour before."""
    return min(max(ceil32(last_demand * per_replica), least), most)


@kernel(fastmath=True)
def autoscaled_pair(b, f, base, packs):
    """As `queueing_pair`, for a fleet that follows the demand; LAST_DEMAND and PAID_HOURS are written too."""
    prefer_wide_vectors()
    for lane in range(LANES):
        j = np.uintp(lane)
        i = base + j
        chance = b[at(SPIKE_CHANCE, j)]
        eligible = f[at(ELIGIBLE, i)]
        capacity = f[at(CAPACITY, i)]
        most = f[at(REPLICAS, i)]
        least = f[at(REPLICAS_LEAST, i)]
        per_replica = f[at(PER_REPLICA, i)]
        failure = f[at(FAILURE, i)]
        repair = f[at(REPAIR, i)]
        pack = f[at(PACK, i)]
        wait = f[at(WAIT_HOURS, i)] * capacity
        demand_0 = eligible * b[at(DEMAND_0, j)]
        demand_1 = eligible * b[at(DEMAND_1, j)]

        replicas_0 = scaled_replicas(f[at(LAST_DEMAND, i)], per_replica, least, most)
        down_0 = next_down(
            packs, b[at(FAILING_0, j)], b[at(MENDING_0, j)], chance + replicas_0 * failure, failure, repair, pack,
            replicas_0, min(f[at(DOWN, i)], replicas_0),
        )  # fmt: skip
        rest_0 = left_over(demand_0 + f[at(BACKLOG, i)], replicas_0 * capacity, down_0, capacity)
        backlog_0 = min(rest_0, wait * replicas_0)

        replicas_1 = scaled_replicas(demand_0, per_replica, least, most)
        down_1 = next_down(
            packs, b[at(FAILING_1, j)], b[at(MENDING_1, j)], chance + replicas_1 * failure, failure, repair, pack,
            replicas_1, min(down_0, replicas_1),
        )  # fmt: skip
        rest_1 = left_over(demand_1 + backlog_0, replicas_1 * capacity, down_1, capacity)
        backlog_1 = min(rest_1, wait * replicas_1)

        f[at(DOWN, i)] = down_1
        f[at(BACKLOG, i)] = backlog_1
        f[at(LAST_DEMAND, i)] = demand_1
        f[at(OVERFLOW, i)] += (rest_0 - backlog_0) + (rest_1 - backlog_1)
        f[at(HOURS_OVER, i)] += (ONE if rest_0 > ZERO else ZERO) + (ONE if rest_1 > ZERO else ZERO)
        f[at(PAID_HOURS, i)] += replicas_0 + replicas_1

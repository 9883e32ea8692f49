"""What a fleet of one block of lanes begins the horizon and each month with (docs/model.md, 3.5 to 3.7).

Knows nothing of hours and of money.
"""

from __future__ import annotations

import math

import numpy as np

from tcosim.kernels.demand import at
from tcosim.kernels.fleet import (
    CAPACITY,
    DOWN,
    ELIGIBLE,
    FAILURE,
    FULL_CAPACITY,
    HOURS_OVER,
    LAST_DEMAND,
    OVERFLOW,
    PACK,
    PAID_HOURS,
    PER_REPLICA,
    REACH,
    REPAIR,
    REPLICAS,
    REPLICAS_LEAST,
    WAIT_HOURS,
    WAIT_TOKENS,
    ZERO,
)
from tcosim.kernels.jit import kernel
from tcosim.kernels.layout import HOURS_PER_MONTH, LANES, F, P, W
from tcosim.kernels.streams import FULL_SCALE

LARGEST_CHANCE = 0.25
"""Failures of a fleet come with at most this chance an hour; beyond, several replicas fail at a time."""


@kernel
def start_fleet(f, fleet, scale, levels, first):
    """Clear a fleet's state before the first hour.

    Parameters
    ----------
    f : ndarray of float32, shape (QUANTITIES * LANES,)
    fleet : ndarray of float64, shape (len(FLEET), futures)
    scale : float
        Traffic of this fleet over that of the block.
    levels : ndarray of float64, shape (futures,)
        Expected tokens of the first month; an autoscaler begins as if the hour before had been an average one.
    first : int
        The future that is lane 0.
    """
    f[:] = 0.0
    for lane in range(LANES):
        j = np.uintp(lane)
        i = first + lane
        eligible = fleet[F.share, i] * fleet[F.token_ratio, i] * scale
        f[at(ELIGIBLE, j)] = eligible
        f[at(WAIT_HOURS, j)] = fleet[F.longest_wait_hours, i]
        f[at(LAST_DEMAND, j)] = eligible * levels[i] / HOURS_PER_MONTH


@kernel
def pack_size(replicas, failures):
    """Replicas that fail or are repaired at a time: one as long as the hourly event has room for their failures."""
    return max(math.ceil(replicas * failures / LARGEST_CHANCE), 1.0)


@kernel
def set_chances(f, j, replicas, spikes, failures, repairs):
    """Set what of a lane decides over failures and repairs in a month (docs/model.md, 3.6 and 3.7).

    Parameters
    ----------
    replicas, spikes : float
        Replicas of the month; spikes an hour.
    failures, repairs : float
        An hour, of each replica that is up and that is down.

    Returns
    -------
    float
        Replicas that fail or are repaired at a time.
    """
    # what fails more often than the hour can tell is down as much of the time, in fewer and longer spells
    slower = LARGEST_CHANCE / max(failures, LARGEST_CHANCE)
    failures *= slower
    repairs *= slower
    pack = pack_size(replicas, failures)
    f[at(PACK, j)] = pack
    f[at(FAILURE, j)] = failures / pack * FULL_SCALE
    f[at(REPAIR, j)] = repairs / pack * FULL_SCALE
    f[at(REACH, j)] = (spikes + replicas * failures / pack) * FULL_SCALE
    return pack


@kernel
def start_fleet_month(f, world, fleet, policy, replicas, capacity, first):
    """Set a fleet's size and speed for a month and clear its sums; replicas that are down stay down.

    Parameters
    ----------
    policy : ndarray of int64, shape (len(POLICY),)
    replicas, capacity : ndarray of float64, shape (futures,)
        Replicas of the month; tokens an hour that one sustains.

    Returns
    -------
    most_down : float32
        The largest DOWN of all lanes.
    packs : bool
        Whether replicas fail several at a time in any lane.
    """
    most_down = ZERO
    packs = False
    for lane in range(LANES):
        j = np.uintp(lane)
        i = first + lane
        now = replicas[i]
        failures, repairs = fleet[F.failures_per_replica_hour, i], fleet[F.repairs_per_hour, i]
        pack = set_chances(f, j, now, world[W.spikes_per_hour, i], failures, repairs)
        f[at(DOWN, j)] = min(np.float64(f[at(DOWN, j)]), now)
        f[at(FULL_CAPACITY, j)] = now * capacity[i]
        f[at(REPLICAS, j)] = now
        f[at(REPLICAS_LEAST, j)] = min(np.float64(policy[P.min_replicas]), now)
        f[at(CAPACITY, j)] = capacity[i]
        f[at(PER_REPLICA, j)] = fleet[F.headroom, i] / capacity[i]
        f[at(WAIT_TOKENS, j)] = fleet[F.longest_wait_hours, i] * now * capacity[i]
        f[at(OVERFLOW, j)] = 0.0
        f[at(HOURS_OVER, j)] = 0.0
        f[at(PAID_HOURS, j)] = 0.0
        most_down = max(most_down, f[at(DOWN, j)])
        packs = packs or pack > 1.0
    return most_down, packs

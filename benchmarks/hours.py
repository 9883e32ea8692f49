"""Plain futures for the hour loop and the call that runs them, on one thread or on all usable processors.

The one place of the benchmarks that knows how the kernel is called; knows nothing of times.
"""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np

from tcosim import kernels
from tcosim.kernels import layout
from tcosim.kernels.layout import HOURS_PER_MONTH
from tcosim.processors import usable_processors

CORES = usable_processors()

WORLD = {
    "profile_following": 0.8, "burst_sigma": 0.4, "burst_hours": 4.0, "burst_daily_share": 0.3, "burst_days": 2.0,
    "silent_score": -np.inf, "spikes_per_hour": 0.003, "spike_size": 2.0, "spike_hours": 3.0,
}  # fmt: skip
"""Traffic of 1 token an hour in the mean, with everything switched on."""

FLEET = {
    "share": 1.0, "token_ratio": 1.2, "headroom": 1.2, "longest_wait_hours": 1.5,
    "failures_per_replica_hour": 4e-5, "repairs_per_hour": 0.2,
}  # fmt: skip
"""Failures and repairs as in the middle of the library (replicas of two GPUs): most hours have no event, and the loop
is made for that. With 25 times as many failures and four times as long repairs a fixed fleet takes 0.04 ns more."""
REPLICAS, CAPACITY = 3.0, 0.6
"""Replicas of a fleet, and tokens an hour of one: enough for most hours, not for all."""

KINDS = {
    "fixed": {},
    "queueing": {"waits": 1},
    "autoscaled": {"waits": 1, "autoscale": 1, "min_replicas": 1},
}
"""The three loops over fleets, by the policies that lead to them."""


def weekly_shape():
    """168 numbers of mean 1: busy office hours."""
    hour = np.arange(168)
    busy = (hour % 24 >= 8) & (hour % 24 < 18) & (hour < 120)
    shape = np.where(busy, 2.0, 0.4)
    return shape / shape.mean()


def plain_futures(n, months, kinds, *, world=None, fleet=None):
    """Arguments of `tcosim.kernels.simulate_hours` for n equal futures with fleets of the given kinds.

    Parameters
    ----------
    n, months : int
        Futures, a multiple of `LANES`; months of 730 hours.
    kinds : sequence of str
        From `KINDS`; may be empty.
    world, fleet : dict, optional
        Quantities that differ from `WORLD` and `FLEET`.
    """
    traffic = dict.fromkeys(layout.WORLD, 0.0) | WORLD | (world or {})
    service = dict.fromkeys(layout.FLEET, 0.0) | FLEET | (fleet or {})
    policies = [dict.fromkeys(layout.POLICY, 0) | KINDS[kind] for kind in kinds]
    k = len(kinds)
    column = np.array([traffic[name] for name in layout.WORLD])
    fleet_column = np.array([service[name] for name in layout.FLEET])
    return SimpleNamespace(
        world=np.repeat(column[:, None], n, axis=1),
        swings=(weekly_shape() - 1).astype(np.float32),
        fleets=np.broadcast_to(fleet_column[:, None, None], (len(layout.FLEET), k, n)).copy(),
        policies=np.array([[p[name] for name in layout.POLICY] for p in policies], np.int64).reshape(k, -1)
        if k
        else np.zeros((0, len(layout.POLICY)), np.int64),
        levels=np.full((n, months), float(HOURS_PER_MONTH)),
        replicas=np.full((k, n, months), REPLICAS),
        capacity=np.full((k, n, months), CAPACITY),
    )


def outputs(a):
    """Room for what the kernel writes."""
    n, months = a.levels.shape
    return np.zeros((n, months)), np.zeros((len(a.policies), len(layout.FLEET_MONTH), n, months))


def run_hours(a, seed, first, out):
    """Run the kernel, on the calling thread."""
    kernels.simulate_hours(
        np.uint64(seed),
        first,
        a.world,
        a.swings,
        a.fleets,
        a.policies,
        np.ones(1),
        a.levels,
        a.replicas,
        a.capacity,
        *out,
    )
    return out


def runner(a, threads):
    """A function that runs one block of futures on each of `threads` threads, and the sample-hours that it runs."""
    n, months = a.levels.shape
    sample_hours = n * months * HOURS_PER_MONTH * threads
    rooms = [outputs(a) for _ in range(threads)]
    if threads == 1:
        return lambda: run_hours(a, 0, 0, rooms[0]), sample_hours
    pool = ThreadPoolExecutor(threads)

    def on_threads():
        for done in [pool.submit(run_hours, a, 0, n * t, room) for t, room in enumerate(rooms)]:
            done.result()

    return on_threads, sample_hours

"""The same hour in plain NumPy: the yardstick of the hour loop, written to be as fast as NumPy reasonably gets.

Burst over hours and days, spikes, weekly profile, failures and repairs, one fixed fleet without a queue, for a vector
of futures; float32, every array written in place. Knows nothing of the kernels.

What was measured on the way (Xeon with AVX-512, 2,048 futures, ns a value): a float32 normal of SFC64 takes 7, a
uniform 1.8, a product 0.18, exp2 0.27 (exp 0.46), a comparison 0.17, a sum of float32 and bool 0.37. So two thirds of
the hour are some twenty cheap passes, and a third is the normal.
"""

from typing import NamedTuple

import numpy as np

F = np.float32
HOURS_PER_DAY, HOURS_PER_WEEK, HOURS_PER_MONTH = 24, 168, 730
LOG2_E = 1.0 / np.log(2.0)


class Sums(NamedTuple):
    """Sums over all hours of each future, float64, shape (n,)."""

    tokens: np.ndarray
    overflow: np.ndarray
    hours_over: np.ndarray


def draw_normals(rng, out):
    """Standard normals as numpy.random makes them (ziggurat)."""
    rng.standard_normal(dtype=F, out=out)


def draw_normals_in_pairs(rng, out):
    """Standard normals by a vectorized Box-Muller: half the time of the ziggurat, which goes number by number."""
    half = out.shape[0] // 2
    radius, angle = rng.random((2, half, *out.shape[1:]), dtype=F)
    np.subtract(F(1), radius, out=radius)  # in (0, 1]
    np.log2(radius, out=radius)
    radius *= F(-2 * np.log(2))
    np.sqrt(radius, out=radius)
    angle *= F(2 * np.pi)
    np.cos(angle, out=out[:half])
    np.sin(angle, out=out[half:])
    out[:half] *= radius
    out[half:] *= radius


def simulate(
    seed, n, months, *, world, fleet, shape, level, replicas, capacity, draw=draw_normals
):  # fmt: skip
    """Run every hour of every month for n equal futures.

    Parameters
    ----------
    seed, n, months : int
        The yardstick is stated for about 2,000; 4,000 and more take some 0.85 as long a future, 1,000 take 1.3 x.
    world, fleet : dict of str to float
        Quantities by the names of `tcosim.kernels.layout`.
    shape : ndarray, shape (168,)
        Weekly shape of mean 1.
    level : float
        Tokens an hour in the mean.
    replicas, capacity : float
        Replicas of the fleet, and tokens an hour of one.
    draw : callable
        `draw_normals` or `draw_normals_in_pairs`.

    Notes
    -----
    The vectors of parameters are full vectors although the futures are equal here, as in a run they are not.
    """
    rng = np.random.Generator(np.random.SFC64(seed))

    def vector(value):
        return np.full(n, value, F)

    sigma, daily = world["burst_sigma"], world["burst_daily_share"]
    hourly_sd, daily_sd = sigma * np.sqrt(1 - daily) * LOG2_E, sigma * np.sqrt(daily) * LOG2_E
    hourly_phi, daily_phi = np.exp(-1 / world["burst_hours"]), np.exp(-1 / world["burst_days"])
    phi, psi = vector(hourly_phi), vector(hourly_sd * np.sqrt(1 - hourly_phi**2))
    phi_day, psi_day = vector(daily_phi), vector(daily_sd * np.sqrt(1 - daily_phi**2))
    mean_exponent = vector(-0.5 * sigma**2 * LOG2_E)
    decay_value = np.exp(-1 / world["spike_hours"])
    decay, size, chance = vector(decay_value), vector(world["spike_size"]), vector(world["spikes_per_hour"])
    base = level / (1 + world["spikes_per_hour"] * world["spike_size"] / (1 - decay_value))
    base_level, swing = vector(base), vector(base * world["profile_following"])
    eligible, most = vector(fleet["share"] * fleet["token_ratio"]), vector(replicas)
    failure, repair = vector(fleet["failures_per_replica_hour"]), vector(fleet["repairs_per_hour"])
    per_replica, half, zero, one = vector(capacity), vector(0.5), vector(0), vector(1)

    hourly_state, daily_state, day_exponent = (np.empty(n, F) for _ in range(3))
    draw(rng, normals := np.empty((2, n), F))
    np.multiply(normals[0], F(hourly_sd), out=hourly_state)
    np.multiply(normals[1], F(daily_sd), out=daily_state)
    spike, up = np.zeros(n, F), most.copy()
    tokens, overflow, hours_over = np.zeros(n, F), np.zeros(n, F), np.zeros(n, F)
    sums = Sums(np.zeros(n), np.zeros(n), np.zeros(n))
    demand, work = np.empty(n, F), np.empty(n, F)
    spiked, event = np.empty(n, bool), np.empty(n, bool)
    # a day of draws at a time: fewer calls, and still within the second-level cache
    day_normals = np.empty((HOURS_PER_DAY + 2, n), F)
    day_uniforms = np.empty((HOURS_PER_DAY, n), F)
    swings = (np.asarray(shape) - 1).astype(F)

    for hour in range(months * HOURS_PER_MONTH):
        h = hour % HOURS_PER_DAY
        if h == 0:
            draw(rng, day_normals)
            rng.random(dtype=F, out=day_uniforms)
            np.multiply(daily_state, phi_day, out=daily_state)
            np.multiply(day_normals[HOURS_PER_DAY], psi_day, out=work)
            np.add(daily_state, work, out=daily_state)
            np.add(daily_state, mean_exponent, out=day_exponent)
            _add_up(sums, tokens, overflow, hours_over)
        normal, u = day_normals[h], day_uniforms[h]

        # burst
        np.multiply(normal, psi, out=normal)
        np.multiply(hourly_state, phi, out=hourly_state)
        np.add(hourly_state, normal, out=hourly_state)
        np.add(hourly_state, day_exponent, out=demand)
        np.exp2(demand, out=demand)
        # spikes: few futures have one, and only those are touched
        np.multiply(spike, decay, out=spike)
        np.less(u, chance, out=spiked)
        hit = spiked.nonzero()[0]
        if hit.size:
            spike[hit] += size[hit]
        np.multiply(demand, spike, out=work)
        np.add(demand, work, out=demand)
        # profile
        np.multiply(swing, swings[hour % HOURS_PER_WEEK], out=work)
        np.add(work, base_level, out=work)
        np.multiply(demand, work, out=demand)
        np.add(tokens, demand, out=tokens)

        # failures: chance <= U < chance + up * failure
        np.multiply(up, failure, out=work)
        np.add(work, chance, out=work)
        np.less(u, work, out=event)
        np.not_equal(event, spiked, out=event)
        failed = event.nonzero()[0]
        # repairs: 1 - U < min(down * repair, 1/2)
        np.subtract(most, up, out=work)
        np.multiply(work, repair, out=work)
        np.minimum(work, half, out=work)
        np.subtract(one, u, out=normal)  # the normal has been used up
        np.less(normal, work, out=event)
        mended = event.nonzero()[0]
        if failed.size:
            up[failed] -= F(1)
        if mended.size:
            up[mended] += F(1)

        # overflow
        np.multiply(demand, eligible, out=demand)
        np.multiply(up, per_replica, out=work)
        np.subtract(demand, work, out=demand)
        np.maximum(demand, zero, out=demand)
        np.add(overflow, demand, out=overflow)
        np.greater(demand, zero, out=event)
        np.add(hours_over, event, out=hours_over)
    _add_up(sums, tokens, overflow, hours_over)
    return sums


def _add_up(sums, *parts):
    """Move sums to float64, once a day."""
    for total, part in zip(sums, parts, strict=True):
        np.add(total, part, out=total)
        part[:] = 0

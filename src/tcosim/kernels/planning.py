"""How much traffic is expected each month and how many replicas stand ready for it (docs/model.md, 2.1 and 3.1 to 3.5).

Knows nothing of hours and of money.
"""

from __future__ import annotations

import math

import numpy as np

from tcosim.kernels.jit import kernel
from tcosim.kernels.layout import HOURS_PER_MONTH, ON_DEMAND, RESERVED, F, P, W

SECONDS_PER_HOUR = 3600.0


@kernel
def tuned_tokens_per_hour(fleet, i, input_share):
    """Tokens an hour of one replica at full tuning and full load, kappa^0."""
    mixed = fleet[F.mixed_tokens_per_second, i]
    if mixed > 0.0:
        return SECONDS_PER_HOUR * mixed
    prefill = input_share * (1.0 - fleet[F.fleet_cached_share, i]) / fleet[F.prefill_tokens_per_second, i]
    decode = (1.0 - input_share) / fleet[F.decode_tokens_per_second, i]
    return SECONDS_PER_HOUR / (prefill + decode)


@kernel
def follow_capacity(fleet, i, tuned, launch, sustained, best):
    """Tokens an hour that one replica sustains in each month.

    Parameters
    ----------
    tuned : float
        kappa^0, tokens an hour.
    sustained : ndarray of float64, shape (n, m)
        Written: kappa_m, with the tuning done by then.
    best : ndarray of float64, shape (m,)
        Written: the same as if all tuning were done.
    """
    gain_step = (1.0 + fleet[F.software_gain_per_year, i]) ** (1.0 / 12.0)
    tuning_step = math.exp(-1.0 / fleet[F.tuning_months, i])
    usable = tuned * fleet[F.latency_utilization, i]
    untuned = 1.0 - fleet[F.out_of_the_box_share, i]
    for m in range(best.shape[0]):
        best[m] = usable
        sustained[i, m] = usable * (1.0 - untuned)
        usable *= gain_step
        if m >= launch:
            untuned *= tuning_step


@kernel
def needed_replicas(level, peak_factor, policy, capacity):
    """Replicas for a monthly level: its busiest hour of the week with headroom, the least number, and spares."""
    needed = math.ceil(level / HOURS_PER_MONTH * peak_factor / capacity)
    return max(float(policy[P.min_replicas]), needed) + policy[P.spare_replicas]


@kernel
def plan_fleets(world, largest_swing, fleets, policies, growth_walk, levels, replicas, capacity, orders):
    """Monthly levels of traffic, and each fleet's replicas, speed and orders.

    Parameters
    ----------
    world : ndarray of float64, shape (len(WORLD), n)
    largest_swing : float
        Largest value of the weekly shape, less 1.
    fleets : ndarray of float64, shape (len(FLEET), k, n)
    policies : ndarray of int64, shape (k, len(POLICY))
    growth_walk : ndarray of float64, shape (n, m)
    levels : ndarray of float64, shape (n, m)
        Written: expected tokens of each month, V_m.
    replicas : ndarray of float64, shape (k, n, m)
        Written: N_m, 0 before launch.
    capacity : ndarray of float64, shape (k, n, m)
        Written: tokens an hour that one replica sustains, kappa_m.
    orders : ndarray of float64, shape (k, n, m)
        Written: replicas ordered in each month; an order arrives after the lead time.
    """
    n, n_months = levels.shape
    best = np.empty(n_months)
    for i in range(n):
        plan = world[W.planned_tokens, i]
        peak = 1.0 + world[W.profile_following, i] * largest_swing
        for m in range(n_months):
            drift = world[W.log_growth, i] * m / 12.0 + world[W.growth_volatility, i] * growth_walk[i, m]
            levels[i, m] = plan * world[W.forecast_ratio, i] * math.exp(drift)
        for k in range(policies.shape[0]):
            fleet = fleets[:, k]
            policy = policies[k]
            tuned = tuned_tokens_per_hour(fleet, i, world[W.input_share, i])
            peak_factor = fleet[F.share, i] * fleet[F.token_ratio, i] * fleet[F.headroom, i] * peak
            launch = math.floor(fleet[F.launch_months, i] + 0.5)
            lead = math.floor(fleet[F.lead_months, i] + 0.5)
            every = policy[P.resize_every_months]
            term = policy[P.term_months]
            locked = policy[P.ownership] != ON_DEMAND
            follow_capacity(fleet, i, tuned, launch, capacity[k], best)
            for m in range(n_months):
                replicas[k, i, m] = 0.0
                orders[k, i, m] = 0.0
            if launch >= n_months:
                continue
            # What cannot shrink is sized on the throughput it will have once tuned: a planner who bought for the
            # out-of-the-box throughput would lock three to five times too many GPUs in.
            sizing = best[launch] if locked else capacity[k, i, launch]
            planned_level = plan * math.exp(world[W.log_growth_median, i] * launch / 12.0)
            ordered = needed_replicas(planned_level, peak_factor, policy, sizing)
            orders[k, i, max(launch - lead, 0)] += ordered
            for m in range(launch, n_months):
                replicas[k, i, m] = ordered
            for m in range(launch + 1, n_months):
                new_term = policy[P.ownership] == RESERVED and (m - launch) % term == 0
                if every == 0 or not (new_term or (m - launch) % every == 0):
                    continue
                sizing = best[m] if locked else capacity[k, i, m]
                target = needed_replicas(levels[i, m], peak_factor, policy, sizing)
                if target > ordered and m + lead < n_months:  # what cannot arrive any more is not ordered
                    orders[k, i, m] += target - ordered
                    for later in range(m + lead, n_months):
                        replicas[k, i, later] += target - ordered
                    ordered = target
                elif target < ordered and (not locked or new_term):
                    # less is there at once, but nothing that has not yet arrived can leave
                    for later in range(m, n_months):
                        replicas[k, i, later] = min(replicas[k, i, later], target)
                    ordered = target

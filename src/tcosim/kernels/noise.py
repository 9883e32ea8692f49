"""Monthly noise of each future: growth, price and list walks, API price jumps, incidents (docs/model.md, 1 and 4.1).

Knows only keys and rates; every draw has its own place in the future's monthly stream, so nothing shifts when a fleet
or a managed option is added, or an api option after the others.
"""

from __future__ import annotations

import math

import numpy as np

from tcosim.kernels.jit import kernel
from tcosim.kernels.layout import R
from tcosim.kernels.streams import MONTHLY, normal_pair_at, stream_key, uniform_at

# walks 0 and 1, incidents 2, routes from 8 on, 4 places for each: count of jumps, two numbers for a pair of normals
DRAWS_PER_MONTH = 4096
FIRST_ROUTE_DRAW = 8
DRAWS_PER_ROUTE = 4
MOST_ROUTES = (DRAWS_PER_MONTH - FIRST_ROUTE_DRAW) // DRAWS_PER_ROUTE
MOST_EVENTS_A_MONTH = 1000


@kernel
def poisson_at(u, none_chance, rate):
    """Poisson count by inversion of `u`; `none_chance` is exp(-rate), which the caller has at hand."""
    count = 0
    term = none_chance
    total = term
    while u > total and count < MOST_EVENTS_A_MONTH:
        count += 1
        term *= rate / count
        total += term
    return count


@kernel
def draw_monthly_noise(
    seed, first_future, routes, growth_walk, gpu_walk, log_jumps, log_lists, incident_uniforms
):
    """Draw the monthly noise of a block of futures.

    Parameters
    ----------
    seed, first_future : int
        Key of the streams; number of the first future of the block.
    routes : ndarray of float64, shape (len(ROUTE), r, n)
        API routes with their jump rates and sizes, and how far their lists wander.
    growth_walk, gpu_walk : ndarray of float64, shape (n, m)
        Written: W_m and W^G_m, standard random walks scaled to a variance of 1 a year, 0 in month 0.
    log_jumps : ndarray of float64, shape (r, n, m)
        Written: sum of the logarithms of all jumps of a route up to and including the month; 0 in month 0.
    log_lists : ndarray of float64, shape (r, n, m)
        Written: how far the list of a route's tier has wandered, in logarithms, a walk of its own; 0 in month 0.
    incident_uniforms : ndarray of float64, shape (n, m)
        Written: one uniform a month that all fleets share, so that they meet the same bad months.
    """
    n, n_months = growth_walk.shape
    step = 1.0 / math.sqrt(12.0)
    for i in range(n):
        key = stream_key(seed, np.uint64(first_future) + np.uint64(i), MONTHLY)
        growth = 0.0
        gpu = 0.0
        for m in range(n_months):
            place = m * DRAWS_PER_MONTH
            if m > 0:
                growth_normal, gpu_normal = normal_pair_at(key, place)
                growth += step * growth_normal
                gpu += step * gpu_normal
            growth_walk[i, m] = growth
            gpu_walk[i, m] = gpu
            incident_uniforms[i, m] = uniform_at(key, place + 2)
        for r in range(routes.shape[1]):
            rate = routes[R.jumps_per_year, r, i] / 12.0
            none_chance = math.exp(-rate)
            volatility = routes[R.list_price_volatility, r, i]
            log_jump = 0.0
            list_walk = 0.0
            for m in range(n_months):
                place = m * DRAWS_PER_MONTH + FIRST_ROUTE_DRAW + r * DRAWS_PER_ROUTE
                if m > 0:
                    count = poisson_at(uniform_at(key, place), none_chance, rate)
                    # a pair costs more than all else here, and a list that does not wander needs none
                    if count > 0 or volatility > 0.0:
                        size, wander = normal_pair_at(key, place + 1)
                        list_walk += step * wander
                        if count > 0:
                            log_jump += count * routes[R.jump_log_mean, r, i]
                            log_jump += math.sqrt(count) * routes[R.jump_log_sd, r, i] * size
                log_jumps[r, i, m] = log_jump
                log_lists[r, i, m] = volatility * list_walk

"""What the API charges month by month: moves along the list, jumps, the mix of routes (docs/model.md, 4.1, 4.2).

Knows nothing of who pays.
"""

from __future__ import annotations

import math

from tcosim.kernels.jit import kernel
from tcosim.kernels.layout import A, R, W


@kernel
def blended_price(route, i, input_share, cached_share):
    """USD per million tokens of the traffic's mix at month 0: input, cached input and output, part of it by batch."""
    inputs = (1.0 - cached_share) * route[R.usd_per_million_input, i]
    inputs += cached_share * route[R.usd_per_million_cached_input, i]
    price = input_share * inputs + (1.0 - input_share) * route[R.usd_per_million_output, i]
    return price * (1.0 - route[R.batch_share, i] * (1.0 - route[R.batch_price_ratio, i]))


@kernel
def follow_prices(i, world, routes, route_api, apis, log_jumps, log_lists, unit_price, migration_hours):
    """Price and migration work of every api option in every month, for one future.

    Parameters
    ----------
    i : int
        Position of the future.
    world, routes, apis : ndarray of float64
        Rows of `WORLD`, `ROUTE` and `API`.
    route_api : ndarray of int64, shape (r,)
        The api option to which each route belongs.
    log_jumps, log_lists : ndarray of float64, shape (r, n, m)
        Jumps so far, met at once; how far the list has wandered, met at the next move.
    unit_price : ndarray of float64, shape (apis, m)
        Written: USD per million tokens, retries and development included.
    migration_hours : ndarray of float64, shape (apis, m)
        Written: engineer hours of moves made in the month.
    """
    n_months = unit_price.shape[1]
    unit_price[:] = 0.0
    migration_hours[:] = 0.0
    for r in range(routes.shape[1]):
        route = routes[:, r]
        api = route_api[r]
        interval = route[R.months_between_moves, i]
        first_price = blended_price(route, i, world[W.input_share, i], world[W.cached_share, i])
        log_decline = math.log1p(-route[R.annual_decline, i]) * interval / 12.0
        moves = 0
        factor = 1.0
        for m in range(n_months):
            moves_so_far = math.floor(m / interval)
            if moves_so_far != moves:
                migration_hours[api, m] += (moves_so_far - moves) * route[R.migration_hours, i]
                moves = moves_so_far
                factor = math.exp(log_decline * moves + log_lists[r, i, m])
            jumped = log_jumps[r, i, m]
            price = route[R.share, i] * first_price * factor
            unit_price[api, m] += price * math.exp(jumped) if jumped != 0.0 else price
    for a in range(apis.shape[1]):
        extra = 1.0 + apis[A.retry_share, a, i] + apis[A.development_share, a, i]
        for m in range(n_months):
            unit_price[a, m] *= extra


@kernel
def api_fixed_costs(i, a, apis, migration_hours, wage):
    """What an api option costs in a month beside its tokens: fees, its engineers, moves to successor models, in USD.

    `wage` is the growth of wages since month 0 as a factor.
    """
    hour_usd = apis[A.engineer_usd_per_hour, a, i] * wage
    fees = apis[A.fees_usd_per_month, a, i]
    return fees, apis[A.engineer_hours_per_month, a, i] * hour_usd, migration_hours * hour_usd

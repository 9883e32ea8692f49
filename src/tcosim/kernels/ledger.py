"""Money, month by month, of every option in one future after the other (docs/model.md, 4).

Knows nothing of hours: it reads what a month handed on. float64 throughout, no fast-math.
"""

from __future__ import annotations

import numpy as np

from tcosim.kernels.fleet_books import fleet_books
from tcosim.kernels.jit import kernel
from tcosim.kernels.layout import A, C, G, W
from tcosim.kernels.prices import api_fixed_costs, follow_prices

PER_MILLION = 1e-6


@kernel
def api_books(i, a, apis, tokens, unit_price, migration_hours, mid_factors, cost, cumulated, component):
    """Months of an api option in future i: tokens, fees, engineers, moves to successor models, outages."""
    wage = 1.0
    wage_step = (1.0 + apis[A.wage_growth_per_year, a, i]) ** (1.0 / 12.0)
    setup = apis[A.setup_usd, a, i]
    outage = apis[A.outage_usd_per_month, a, i]
    bills = 0.0
    fees = setup
    engineers = 0.0
    migrations = 0.0
    outages = 0.0
    present = setup
    for m in range(tokens.shape[1]):
        bill = tokens[i, m] * unit_price[a, m] * PER_MILLION
        fee, engineer, migration = api_fixed_costs(i, a, apis, migration_hours[a, m], wage)
        usd = bill + fee + engineer + migration + outage
        cost[i, m] = usd + setup if m == 0 else usd
        present += usd * mid_factors[m]
        cumulated[i, m] = present
        outages += outage * mid_factors[m]
        bills += bill * mid_factors[m]
        fees += fee * mid_factors[m]
        engineers += engineer * mid_factors[m]
        migrations += migration * mid_factors[m]
        wage *= wage_step
    component[C.api_tokens, i] = bills
    component[C.api_fees, i] = fees
    component[C.api_engineers, i] = engineers
    component[C.migrations, i] = migrations
    component[C.incidents, i] = outages


@kernel
def managed_books(
    i, managed, a, apis, tokens, unit_price, migration_hours, mid_factors, cost, cumulated, component
):
    """Months of a managed option in future i: the bill of api option `a` with a markup, overhead, own engineers."""
    wage = managed[G.engineer_usd_per_hour, i]
    wage_step = (1.0 + managed[G.wage_growth_per_year, i]) ** (1.0 / 12.0)
    fee = apis[A.fees_usd_per_month, a, i]
    setup = managed[G.setup_usd, i]
    outage = managed[G.outage_usd_per_month, i]
    bills = 0.0
    markups = setup
    fees = 0.0
    engineers = 0.0
    migrations = 0.0
    outages = 0.0
    present = setup
    for m in range(tokens.shape[1]):
        bill = tokens[i, m] * unit_price[a, m] * PER_MILLION
        markup = bill * managed[G.markup_share, i] + managed[G.overhead_usd_per_month, i]
        engineer = managed[G.engineer_hours_per_month, i] * wage
        migration = migration_hours[a, m] * wage
        usd = bill + markup + fee + engineer + migration + outage
        cost[i, m] = usd + setup if m == 0 else usd
        present += usd * mid_factors[m]
        cumulated[i, m] = present
        outages += outage * mid_factors[m]
        bills += bill * mid_factors[m]
        markups += markup * mid_factors[m]
        fees += fee * mid_factors[m]
        engineers += engineer * mid_factors[m]
        migrations += migration * mid_factors[m]
        wage *= wage_step
    component[C.api_tokens, i] = bills
    component[C.managed_markup, i] = markups
    component[C.api_fees, i] = fees
    component[C.api_engineers, i] = engineers
    component[C.migrations, i] = migrations
    component[C.incidents, i] = outages


@kernel
def keep_books(
    world, routes, route_api, apis, manageds, managed_api, fleets, policies, tokens, replicas, capacity, orders,
    fleet_months, gpu_walk, log_jumps, log_lists, incident_uniforms, costs, cumulated, components, use,
):  # fmt: skip
    """Cost of every option in every month, and its present value by component.

    Options stand in the order api, managed, fleet.

    Parameters
    ----------
    world, routes, apis, manageds, fleets : ndarray of float64, shapes (rows, things, n); world (rows, n)
        Parameters, rows by `tcosim.kernels.layout`.
    route_api, managed_api : ndarray of int64
        The api option that a route belongs to; whose prices a managed option follows.
    policies : ndarray of int64, shape (k, len(POLICY))
    tokens : ndarray of float64, shape (n, m)
    replicas, capacity, orders : ndarray of float64, shape (k, n, m)
    fleet_months : ndarray of float64, shape (k, len(FLEET_MONTH), n, m)
    gpu_walk, incident_uniforms : ndarray of float64, shape (n, m)
    log_jumps, log_lists : ndarray of float64, shape (r, n, m)
    costs : ndarray of float64, shape (options, n, m)
        Written: USD, nominal.
    cumulated : ndarray of float64, shape (options, n, m)
        Written: USD, present value of all costs up to the end of each month; NPV in the last one.
    components : ndarray of float64, shape (options, len(COMPONENTS), n)
        Written: USD, present value; must be zero where an option has no such component.
    use : ndarray of float64, shape (k, len(FLEET_USE), n)
        Written: how each fleet was used over the horizon.
    """
    n, n_months = tokens.shape
    n_apis = apis.shape[1]
    n_manageds = manageds.shape[1]
    unit_price = np.zeros((n_apis, n_months))
    migration_hours = np.zeros((n_apis, n_months))
    mid_factors = np.zeros(n_months)
    for i in range(n):
        follow_prices(i, world, routes, route_api, apis, log_jumps, log_lists, unit_price, migration_hours)
        month_factor = (1.0 + world[W.discount_rate_per_year, i]) ** (-1.0 / 12.0)
        factor = month_factor**0.5
        for m in range(n_months):
            mid_factors[m] = factor
            factor *= month_factor
        for a in range(n_apis):
            api_books(
                i,
                a,
                apis,
                tokens,
                unit_price,
                migration_hours,
                mid_factors,
                costs[a],
                cumulated[a],
                components[a],
            )
        for k in range(n_manageds):
            option = n_apis + k
            managed_books(
                i, manageds[:, k], managed_api[k], apis, tokens, unit_price, migration_hours, mid_factors,
                costs[option], cumulated[option], components[option],
            )  # fmt: skip
        for k in range(policies.shape[0]):
            option = n_apis + n_manageds + k
            fleet_books(
                i, fleets[:, k], policies[k], apis, tokens, replicas[k], capacity[k], orders[k], fleet_months[k],
                unit_price, migration_hours, gpu_walk, incident_uniforms, month_factor, mid_factors,
                costs[option], cumulated[option], components[option], use[k],
            )  # fmt: skip

"""Money of one self-hosted fleet in one future, month by month (docs/model.md, 4.3 to 4.9).

Knows nothing of hours: it reads what a month handed on.
"""

from __future__ import annotations

import math

from tcosim.kernels.hardware import energy_kwh, purchase_usd, rent_of_month
from tcosim.kernels.jit import kernel
from tcosim.kernels.layout import HOURS_PER_MONTH, HOURS_PER_WEEK, OWNED, A, C, F, H, P, U
from tcosim.kernels.noise import poisson_at
from tcosim.kernels.prices import api_fixed_costs

PER_MILLION = 1e-6


@kernel
def fleet_books(
    i, fleet, policy, apis, tokens, replicas, capacity, orders, fleet_month, unit_price, migration_hours,
    gpu_walk, incident_uniforms, month_factor, mid_factors, cost, cumulated, component, use,
):  # fmt: skip
    """Months of one fleet in future i.

    Parameters
    ----------
    fleet : ndarray of float64, shape (len(FLEET), n)
    policy : ndarray of int64, shape (len(POLICY),)
    tokens, replicas, capacity, orders, gpu_walk, incident_uniforms : ndarray of float64, shape (n, m)
    fleet_month : ndarray of float64, shape (len(FLEET_MONTH), n, m)
    unit_price, migration_hours : ndarray of float64, shape (apis, m)
    month_factor : float
        Discount factor of one month.
    mid_factors : ndarray of float64, shape (m,)
        Discount factor of the middle of each month.
    cost : ndarray of float64, shape (n, m)
        Written: USD, nominal.
    cumulated : ndarray of float64, shape (n, m)
        Written: USD, present value of all costs up to the end of each month.
    component : ndarray of float64, shape (len(COMPONENTS), n)
        Written: USD, present value.
    use : ndarray of float64, shape (len(FLEET_USE), n)
        Written.
    """
    n_months = tokens.shape[1]
    a = policy[P.api]
    owned = policy[P.ownership] == OWNED
    lost = policy[P.overflow_is_lost]
    share = fleet[F.share, i]
    launch = math.floor(fleet[F.launch_months, i] + 0.5)
    launch_hours = fleet[F.launch_hours, i] / (launch + 1)
    people = 1.0 + fleet[F.underestimate_share, i]
    wage = fleet[F.engineer_usd_per_hour, i]
    wage_step = (1.0 + fleet[F.wage_growth_per_year, i]) ** (1.0 / 12.0)
    api_wage = 1.0
    api_wage_step = (1.0 + apis[A.wage_growth_per_year, a, i]) ** (1.0 / 12.0)
    kwh_usd = fleet[F.usd_per_kwh, i]
    kwh_step = (1.0 + fleet[F.energy_price_growth_per_year, i]) ** (1.0 / 12.0)
    no_incident = math.exp(-fleet[F.incidents_per_month, i])
    # what stays over the months is read once: the compiler must assume that writing a cost could change it
    ratio = fleet[F.token_ratio, i]
    loss_usd = fleet[F.lost_usd_per_million_tokens, i] * PER_MILLION
    utilization = fleet[F.latency_utilization, i]
    base_hours = fleet[F.engineer_hours_per_month, i] * people
    replica_hour_hours = fleet[F.engineer_hours_per_replica_month, i] * people / HOURS_PER_MONTH
    refreshes_a_month = HOURS_PER_MONTH / HOURS_PER_WEEK / fleet[F.refresh_weeks, i]
    refresh_hours = fleet[F.refresh_hours, i]
    refresh_usd = fleet[F.refresh_usd, i]
    finetune_hours = fleet[F.finetune_hours_per_month, i]
    finetune_usd = fleet[F.finetune_usd_per_month, i]
    incidents_per_month = fleet[F.incidents_per_month, i]
    incident_usd = fleet[F.incident_usd, i]
    upkeep = fleet[F.platform_usd_per_month, i] + fleet[F.audit_usd_per_year, i] / 12.0
    outage_usd = apis[A.outage_usd_per_month, a, i]
    # whoever sends the API more than overflow has opened its door first
    api_setup = apis[A.setup_usd, a, i] if share < 1.0 or (launch > 0 and not lost) else 0.0
    at_first_usd = fleet[F.launch_usd, i] + fleet[F.setup_usd, i] + api_setup
    renewed = 0

    # present values, by component
    api_tokens = 0.0
    api_fees = api_setup
    api_engineers = 0.0
    migrations = 0.0
    lost_work = 0.0
    gpus = 0.0
    hosting = 0.0
    engineers = 0.0
    launch_pv = fleet[F.launch_usd, i]
    refresh = 0.0
    incidents = 0.0
    platform = fleet[F.setup_usd, i]

    busy_hours = 0.0
    paid_hours = 0.0
    hours_over = 0.0
    capacity_usd = 0.0  # nominal, for GPUs that stand ready, busy or idle
    locked_usd = 0.0
    standing_usd = 0.0  # what was paid for the hardware that stands
    residual = 0.0
    start_factor = 1.0
    present = 0.0
    for m in range(n_months):
        mid = mid_factors[m]
        at_start = at_first_usd if m == 0 else 0.0
        usd = 0.0

        # work that the fleet does not do
        displaced = fleet_month[H.overflow, i, m] / ratio
        to_api = (1.0 - share) * tokens[i, m]
        if lost:
            loss = displaced * loss_usd
            lost_work += loss * mid
            usd += loss
        else:
            to_api += displaced
        bill = to_api * unit_price[a, m] * PER_MILLION
        outage = outage_usd * to_api / tokens[i, m]
        api_tokens += bill * mid
        incidents += outage * mid
        usd += bill + outage
        if share < 1.0 or (m < launch and not lost):
            fee, engineer, migration = api_fixed_costs(i, a, apis, migration_hours[a, m], api_wage)
            api_fees += fee * mid
            api_engineers += engineer * mid
            migrations += migration * mid
            usd += fee + engineer + migration

        # GPUs
        paid = fleet_month[H.paid_replica_hours, i, m]
        busy = fleet_month[H.served, i, m] / capacity[i, m] * utilization
        if owned:
            bought = purchase_usd(m, i, fleet, policy, orders[i, m], gpu_walk[i, m])
            if bought > 0.0:
                standing_usd += bought
                residual += bought * fleet[F.residual_share_36_months, i] ** ((n_months - m) / 36.0)
            gpus += bought * start_factor
            kw = replicas[i, m] * policy[P.gpus_per_replica] * fleet[F.provisioned_kw_per_gpu, i]
            hosted = kw * fleet[F.colocation_usd_per_kw_month, i]
            if replicas[i, m] > 0.0:
                hosted += standing_usd * fleet[F.support_share_per_year, i] / 12.0
            energy = energy_kwh(i, fleet, policy, replicas[i, m], busy) * kwh_usd
            hosting += (hosted + energy) * mid
            at_start += bought
            usd += hosted + energy
            capacity_usd += bought + hosted
        else:
            before = replicas[i, m - 1] if m > 0 else 0.0
            rent, locked_usd = rent_of_month(
                m, launch, i, fleet, policy, before, replicas[i, m], paid, locked_usd, gpu_walk[i, m]
            )
            gpus += rent * mid
            usd += rent
            capacity_usd += rent
        busy_hours += busy
        paid_hours += paid
        hours_over += fleet_month[H.hours_over_capacity, i, m]

        # people and platform
        if m <= launch:
            work = launch_hours * wage
            launch_pv += work * mid
            usd += work
        if m >= launch:
            labor = (base_hours + replica_hour_hours * paid) * wage
            renewals = math.floor((m - launch + 1) * refreshes_a_month)
            renewal = (renewals - renewed) * (refresh_hours * wage + refresh_usd)
            renewed = renewals
            renewal += finetune_hours * wage + finetune_usd
            incident = poisson_at(incident_uniforms[i, m], no_incident, incidents_per_month) * incident_usd
            engineers += labor * mid
            refresh += renewal * mid
            incidents += incident * mid
            platform += upkeep * mid
            usd += labor + renewal + incident + upkeep
        cost[i, m] = at_start + usd
        present += at_start * start_factor + usd * mid
        cumulated[i, m] = present
        wage *= wage_step
        api_wage *= api_wage_step
        kwh_usd *= kwh_step
        start_factor *= month_factor

    if owned:  # what the hardware is still worth, at the end of the last month
        cost[i, n_months - 1] -= residual
        cumulated[i, n_months - 1] -= residual * start_factor
        gpus -= residual * start_factor
        capacity_usd -= residual
    component[C.api_tokens, i] = api_tokens
    component[C.api_fees, i] = api_fees
    component[C.api_engineers, i] = api_engineers
    component[C.migrations, i] = migrations
    component[C.lost_work, i] = lost_work
    component[C.gpus, i] = gpus
    component[C.hosting, i] = hosting
    component[C.engineers, i] = engineers
    component[C.launch, i] = launch_pv
    component[C.refresh, i] = refresh
    component[C.incidents, i] = incidents
    component[C.platform, i] = platform
    use[U.busy_replica_hours, i] = busy_hours
    use[U.paid_replica_hours, i] = paid_hours
    use[U.hours_over_capacity, i] = hours_over
    use[U.launched_months, i] = max(n_months - launch, 0)
    use[U.idle_usd, i] = capacity_usd * (1.0 - busy_hours / paid_hours) if paid_hours > 0.0 else 0.0

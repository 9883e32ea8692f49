"""What GPUs cost in a month: rent, reservation, or purchase, hosting and energy (docs/model.md, 4.4 and 4.5).

Knows nothing of traffic beyond busy hours.
"""

from __future__ import annotations

import math

from tcosim.kernels.jit import kernel
from tcosim.kernels.layout import HOURS_PER_MONTH, RESERVED, F, P

WATTS_PER_KW = 1000.0


@kernel
def rent_of_month(m, launch, i, fleet, policy, replicas_before, replicas, paid_hours, locked_usd, walk):
    """Rent of a fleet's GPUs in one month, and what its reservation costs an hour.

    Parameters
    ----------
    replicas_before, replicas : float
        Replicas in the month before and in this one.
    paid_hours : float
        Replica-hours paid; a reservation is paid whether it works or not.
    locked_usd : float
        USD an hour of the whole reservation as of the month before.
    walk : float
        W^G of the month.

    Returns
    -------
    rent, locked_usd : float
        USD of the month; USD an hour of the reservation from this month on.
    """
    if replicas == 0.0:
        return 0.0, 0.0
    reserved = policy[P.ownership] == RESERVED
    new_term = reserved and (m - launch) % policy[P.term_months] == 0
    if reserved and not new_term and replicas == replicas_before:
        return locked_usd * HOURS_PER_MONTH, locked_usd
    drift = fleet[F.gpu_price_drift, i] * m / 12.0 + fleet[F.gpu_price_volatility, i] * walk
    replica_hour_usd = fleet[F.usd_per_gpu_hour, i] * math.exp(drift) * policy[P.gpus_per_replica]
    if not reserved:
        return paid_hours * replica_hour_usd, 0.0
    replica_hour_usd *= 1.0 - fleet[F.reserved_discount, i]
    if new_term:
        locked_usd = replicas * replica_hour_usd  # a new term locks the price of its first month
    else:
        locked_usd += (
            replicas - replicas_before
        ) * replica_hour_usd  # growth is added at the price of its month
    return locked_usd * HOURS_PER_MONTH, locked_usd


@kernel
def purchase_usd(m, i, fleet, policy, ordered, walk):
    """USD for `ordered` replicas with their servers at the hardware price of month m."""
    if ordered == 0.0:
        return 0.0
    drift = fleet[F.hardware_price_drift, i] * m / 12.0 + fleet[F.hardware_price_volatility, i] * walk
    price = fleet[F.usd_per_gpu, i] * math.exp(drift) * (1.0 + fleet[F.server_share, i])
    return ordered * policy[P.gpus_per_replica] * price


@kernel
def energy_kwh(i, fleet, policy, replicas, busy_hours):
    """Kilowatt-hours at the meter of a month: idle power always, the rest of the load power in busy hours."""
    idle = fleet[F.idle_watts_per_gpu, i]
    watt_hours = idle * replicas * HOURS_PER_MONTH + (fleet[F.load_watts_per_gpu, i] - idle) * busy_hours
    at_the_meter = fleet[F.pue, i] * fleet[F.host_power_ratio, i] / WATTS_PER_KW
    return watt_hours * policy[P.gpus_per_replica] * at_the_meter

"""A fleet on owned GPUs: purchase, hosting, energy and what is left at the end.

Declarations only: knows nothing of rents.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import InstanceOf

from tcosim.scenario.fields import (
    DRIFT,
    MONEY,
    REQUIRED,
    SHARE,
    Use,
    at_least,
    between,
    plausible,
    text,
    uncertain,
)
from tcosim.scenario.models.fleet import FleetOption
from tcosim.scenario.models.option import KINDS
from tcosim.scenario.uncertain import Uncertain

U = InstanceOf[Uncertain]


class OwnedOption(FleetOption):
    """kind = "owned": GPUs bought, in a colocation."""

    kind: Annotated[Literal["owned"], text(REQUIRED, "Serve an open model on bought GPUs.", choices=KINDS)]
    launch_months: Annotated[
        U,
        uncertain(
            "months",
            Use("serving.owned_launch_months"),
            at_least(0, 240),
            "Months until the fleet serves: hiring, procurement, installation; rounded to whole months.",
        ),
    ]
    launch_hours: Annotated[
        U,
        uncertain(
            "hours",
            Use("people.owned_launch_hours"),
            at_least(0, 1e5),
            "Engineer hours until launch, racks and network included.",
        ),
    ]
    engineer_hours_per_replica_month: Annotated[
        U,
        uncertain(
            "hours/replica/month",
            Use("people.owned_engineer_hours_per_replica_month"),
            at_least(0, 1e5),
            "Engineer hours a month for each replica: failed parts, returns, remote hands.",
        ),
    ]
    repair_hours: Annotated[
        U,
        uncertain(
            "hours",
            Use("failures.owned_repair_hours"),
            between(2, 8760),
            "Hours until a failed replica serves again; at least two, as the simulation steps by the hour.",
        ),
    ]
    usd_per_gpu: Annotated[
        U,
        uncertain(
            "USD/GPU",
            REQUIRED,
            plausible(100, 500000),
            "Price of a GPU at the start, without its server.",
            example=Use("gpu.h100.usd_per_gpu"),
        ),
    ]
    server_share: Annotated[
        U,
        uncertain(
            "share",
            Use("gpu.server_share"),
            at_least(0, 5),
            "Server and network, over the price of the GPUs.",
        ),
    ]
    hardware_price_drift: Annotated[
        U,
        uncertain("log change/year", Use("gpu.hardware_price_drift"), DRIFT, "Drift of the purchase price."),
    ]
    hardware_price_volatility: Annotated[
        U,
        uncertain(
            "log sd per square root of a year",
            Use("gpu.hardware_price_volatility"),
            at_least(0, 3),
            "How far the purchase price wanders from its drift.",
        ),
    ]
    residual_share_36_months: Annotated[
        U,
        uncertain(
            "share",
            Use("gpu.residual_share_36_months"),
            SHARE,
            "What 36-month-old hardware sells for, over its price.",
        ),
    ]
    support_share_per_year: Annotated[
        U,
        uncertain(
            "share/year",
            Use("gpu.support_share_per_year"),
            SHARE,
            "Support contract a year, over the purchase price.",
        ),
    ]
    colocation_usd_per_kw_month: Annotated[
        U,
        uncertain(
            "USD/kW/month", Use("energy.colocation_usd_per_kw_month"), MONEY, "Colocation per provisioned kW."
        ),
    ]
    provisioned_kw_per_gpu: Annotated[
        U,
        uncertain(
            "kW/GPU",
            Use("energy.provisioned_kw_per_gpu"),
            at_least(0, 100),
            "Power provisioned for each GPU.",
        ),
    ]
    idle_watts_per_gpu: Annotated[
        U,
        uncertain(
            "W/GPU", Use("energy.idle_watts_per_gpu"), at_least(0, 10000), "Power of a GPU that waits."
        ),
    ]
    load_watts_per_gpu: Annotated[
        U,
        uncertain(
            "W/GPU", Use("energy.load_watts_per_gpu"), at_least(0, 10000), "Power of a GPU that serves."
        ),
    ]
    pue: Annotated[
        U,
        uncertain(
            "ratio", Use("energy.pue"), at_least(1, 4), "Power of the building over that of the hardware."
        ),
    ]
    host_power_ratio: Annotated[
        U,
        uncertain(
            "ratio",
            Use("energy.host_power_ratio"),
            at_least(1, 5),
            "Power of the whole server over that of its GPUs.",
        ),
    ]
    usd_per_kwh: Annotated[
        U,
        uncertain("USD/kWh", Use("energy.usd_per_kwh"), at_least(0, 5), "Price of electricity at the start."),
    ]
    energy_price_growth_per_year: Annotated[
        U,
        uncertain(
            "share/year",
            Use("energy.price_growth_per_year"),
            plausible(-0.5, 2),
            "Growth of the price of electricity.",
        ),
    ]

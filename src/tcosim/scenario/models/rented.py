"""A fleet on rented GPUs: contract, price and how the price moves.

Declarations only: knows nothing of purchases.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import InstanceOf

from tcosim.scenario.fields import (
    DRIFT,
    REQUIRED,
    Only,
    Use,
    at_least,
    between,
    flag,
    integer,
    plausible,
    text,
    uncertain,
)
from tcosim.scenario.models.fleet import FleetOption
from tcosim.scenario.models.option import KINDS
from tcosim.scenario.uncertain import Uncertain

U = InstanceOf[Uncertain]

RESERVED = Only("contract", ("reserved",))
SPOT = Only("contract", ("spot",))
BY_THE_HOUR = Only("contract", ("on-demand", "spot"))


class RentedOption(FleetOption):
    """kind = "rented": GPUs by the hour or reserved."""

    kind: Annotated[Literal["rented"], text(REQUIRED, "Serve an open model on rented GPUs.", choices=KINDS)]
    lead_months: Annotated[
        U,
        uncertain(
            "months",
            Use("serving.lead_months"),
            at_least(0, 24),
            "Months from ordering more GPUs to having them; 0 for on-demand and spot if left out.",
            default_elsewhere=(BY_THE_HOUR, 0.0),
        ),
    ]
    contract: Annotated[
        str,
        text("on-demand", "How the GPUs are rented.", choices=("on-demand", "spot", "reserved")),
    ]
    autoscale: Annotated[bool, flag(False, "Follow demand by the hour; not with a reserved contract.")]
    usd_per_gpu_hour: Annotated[
        U,
        uncertain(
            "USD/GPU/hour",
            REQUIRED,
            plausible(0.05, 100),
            "Price of a GPU-hour at the start, on demand or spot; a reserved discount comes off it.",
            example=Use("gpu.h100.usd_per_gpu_hour_on_demand"),
        ),
    ]
    reserved_discount: Annotated[
        U,
        uncertain(
            "share",
            Use("gpu.reserved_discount"),
            between(0, 0.95),
            "Discount for reserving; only with a reserved contract.",
            only=RESERVED,
        ),
    ]
    term_months: Annotated[
        int,
        integer(
            "months",
            12,
            between(1, 60),
            "Length of a reservation; only with a reserved contract.",
            only=RESERVED,
        ),
    ]
    gpu_price_drift: Annotated[
        U,
        uncertain(
            "log change/year",
            Use("gpu.price_drift"),
            DRIFT,
            "Drift of the GPU-hour's price; below 0 is falling.",
        ),
    ]
    gpu_price_volatility: Annotated[
        U,
        uncertain(
            "log sd per square root of a year",
            Use("gpu.price_volatility"),
            at_least(0, 3),
            "How far the price of a GPU-hour wanders from its drift.",
        ),
    ]
    spot_interruptions_per_gpu_year: Annotated[
        U,
        uncertain(
            "interruptions/GPU/year",
            Use("gpu.spot_interruptions_per_gpu_year"),
            at_least(0, 10000),
            "How often a spot GPU is taken away; only with a spot contract.",
            only=SPOT,
        ),
    ]

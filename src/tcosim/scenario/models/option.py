"""What every option has: a kind, a name, and people who cost money.

Declarations only: knows nothing of the other options.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import InstanceOf

from tcosim.scenario.fields import (
    ABSENT,
    REQUIRED,
    Declared,
    Use,
    above,
    flag,
    name,
    number,
    plausible,
    text,
    uncertain,
)
from tcosim.scenario.models.constraints import LATENCY
from tcosim.scenario.uncertain import Uncertain

U = InstanceOf[Uncertain]

KINDS = ("api", "managed", "rented", "owned")

AGREEMENT = "A data agreement (BAA, DPA) covers it."
RESIDENCY = "It keeps data in a stated region."
INSIDE = "Data stays within the company's own boundary, its cloud included."
FRONTIER = "It serves models of frontier quality."


class Option(Declared):
    """One way to serve the traffic; what it offers to ``[constraints]`` is by default that of a public API."""

    kind: Annotated[str, text(REQUIRED, "How the traffic is served.", choices=KINDS)]
    name: Annotated[str, name(REQUIRED, "Short unique name: letters, digits, - and _.")]
    label: Annotated[str, text("", "What the option is, shown beside its name in reports.")]
    has_agreement: Annotated[bool, flag(False, AGREEMENT)]
    has_residency: Annotated[bool, flag(False, RESIDENCY)]
    keeps_data_inside: Annotated[bool, flag(False, INSIDE)]
    has_frontier_quality: Annotated[bool, flag(True, FRONTIER)]
    latency_p99_ms: Annotated[
        float | None,
        number(
            "ms",
            ABSENT,
            LATENCY,
            "99th percentile of its latency; left out, it passes the gate of latency unseen.",
            example=1500.0,
        ),
    ]
    engineer_usd_per_hour: Annotated[
        U,
        uncertain(
            "USD/hour",
            Use("people.engineer_usd_per_hour"),
            above(0, 2000),
            "Full cost of an engineer's hour at the start.",
        ),
    ]
    wage_growth_per_year: Annotated[
        U,
        uncertain(
            "share/year",
            Use("people.wage_growth_per_year"),
            plausible(-0.2, 0.5),
            "Growth of the hourly cost in a year.",
        ),
    ]

    @property
    def is_fleet(self) -> bool:
        """Whether the option runs GPUs of its own, rented or owned."""
        return self.kind in ("rented", "owned")

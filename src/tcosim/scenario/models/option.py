"""What every option has: a kind, a name, and people who cost money.

Declarations only: knows nothing of the other options.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import InstanceOf

from tcosim.scenario.fields import REQUIRED, Declared, Use, above, name, plausible, text, uncertain
from tcosim.scenario.uncertain import Uncertain

U = InstanceOf[Uncertain]

KINDS = ("api", "managed", "rented", "owned")


class Option(Declared):
    """One way to serve the traffic."""

    kind: Annotated[str, text(REQUIRED, "How the traffic is served.", choices=KINDS)]
    name: Annotated[str, name(REQUIRED, "Short unique name: letters, digits, - and _.")]
    label: Annotated[str, text("", "What the option is, shown beside its name in reports.")]
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

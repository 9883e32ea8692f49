"""What an option must offer to be eligible at all, before money is compared.

Declarations only: knows nothing of the options; what shuts which of them out is `tcosim.scenario.gates`.
"""

from __future__ import annotations

from typing import Annotated

from tcosim.scenario.fields import ABSENT, Declared, between, flag, number

LATENCY = between(0, 3.6e6, low_open=True)
"""Milliseconds; nobody waits an hour for an answer."""


class Constraints(Declared):
    """[constraints]: gates that shut options out; each is off unless it is stated."""

    data_may_leave: Annotated[
        bool,
        flag(True, "Data may leave the company's own boundary; false shuts out what does not keep it in."),
    ]
    agreement_needed: Annotated[
        bool, flag(False, "A data agreement (BAA, DPA) is needed; shuts out what has none.")
    ]
    residency_needed: Annotated[
        bool, flag(False, "Data must stay in a stated region; shuts out what cannot promise it.")
    ]
    frontier_quality_needed: Annotated[
        bool, flag(False, "The work needs a frontier model; shuts out what serves an open model alone.")
    ]
    latency_p99_ms: Annotated[
        float | None,
        number(
            "ms",
            ABSENT,
            LATENCY,
            "The longest acceptable 99th percentile of latency; shuts out what states a longer one.",
            example=2000.0,
        ),
    ]
    platform_team: Annotated[
        bool, flag(True, "Somebody can run GPUs; false shuts out rented and owned ones.")
    ]
    volume_measured: Annotated[
        bool,
        flag(
            True,
            "The volume is measured, not guessed; false shuts out bought GPUs and reserved ones.",
        ),
    ]
    air_gap: Annotated[
        bool, flag(False, "The network is closed: nothing passes but owned GPUs that send no work out.")
    ]


NO_CONSTRAINTS = Constraints(
    data_may_leave=True,
    agreement_needed=False,
    residency_needed=False,
    frontier_quality_needed=False,
    latency_p99_ms=None,
    platform_team=True,
    volume_measured=True,
    air_gap=False,
)
"""Every gate off."""

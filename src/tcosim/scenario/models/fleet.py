"""What rented and owned fleets share: how they serve, how they are sized, who runs them.

Declarations only: knows nothing of how the GPUs are paid for.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import InstanceOf

from tcosim.scenario.fields import (
    ABSENT,
    MONEY,
    REQUIRED,
    Only,
    Use,
    above,
    at_least,
    between,
    flag,
    integer,
    name,
    plausible,
    text,
    uncertain,
)
from tcosim.scenario.models.option import AGREEMENT, FRONTIER, INSIDE, RESIDENCY, Option
from tcosim.scenario.uncertain import Uncertain
from tcosim.units import ENGINEER_HOURS_PER_FTE_MONTH

U = InstanceOf[Uncertain]

RATE = above(0, 1e7)
HOURS = at_least(0, 1e5)


class FleetOption(Option):
    """A fleet of replicas of an open model.

    Attributes
    ----------
    mixed_tokens_per_second, prefill_tokens_per_second, decode_tokens_per_second : Uncertain or None
        Either the mixed rate, or the other two; what was not stated is None.
    engineer_hours_per_month, engineer_fte : Uncertain or None
        Exactly one of them; see `monthly_engineer_hours`.
    """

    api: Annotated[str, name("api", "Name of the api option where overflow and the remaining share go.")]
    has_agreement: Annotated[bool, flag(True, AGREEMENT)]
    has_residency: Annotated[bool, flag(True, RESIDENCY)]
    keeps_data_inside: Annotated[bool, flag(True, INSIDE)]
    has_frontier_quality: Annotated[bool, flag(False, FRONTIER)]
    share: Annotated[
        U,
        uncertain(
            "share",
            1.0,
            between(0, 1, low_open=True),
            "Share of the work that the fleet may serve; below 1 is a hybrid.",
        ),
    ]
    token_ratio: Annotated[
        U,
        uncertain(
            "ratio",
            Use("serving.token_ratio"),
            above(0, 20),
            "Tokens the open model needs for work that costs the API model one.",
        ),
    ]
    overflow: Annotated[
        str, text("api", "Where work goes that the fleet cannot serve.", choices=("api", "lost"))
    ]
    lost_usd_per_million_tokens: Annotated[
        U,
        uncertain(
            "USD/million tokens",
            REQUIRED,
            MONEY,
            'What lost work costs; needed with overflow = "lost".',
            only=Only("overflow", ("lost",)),
        ),
    ]
    gpus_per_replica: Annotated[
        int, integer("GPUs", REQUIRED, between(1, 1024), "GPUs that hold one copy of the model.", example=2)
    ]
    mixed_tokens_per_second: Annotated[
        U | None,
        uncertain(
            "tokens/second/replica",
            ABSENT,
            RATE,
            "Sustained input and output tokens together; instead of the prefill and decode rates.",
            instead_of=("prefill_tokens_per_second", "decode_tokens_per_second"),
        ),
    ]
    prefill_tokens_per_second: Annotated[
        U | None,
        uncertain(
            "tokens/second/replica",
            REQUIRED,
            RATE,
            "Sustained input tokens of a tuned replica.",
            example=Use("serving.llama-70b-h100x2.prefill_tokens_per_second"),
        ),
    ]
    decode_tokens_per_second: Annotated[
        U | None,
        uncertain(
            "tokens/second/replica",
            REQUIRED,
            RATE,
            "Sustained output tokens of a tuned replica.",
            example=Use("serving.llama-70b-h100x2.decode_tokens_per_second"),
        ),
    ]
    fleet_cached_share: Annotated[
        U,
        uncertain(
            "share",
            Use("serving.fleet_cached_share"),
            between(0, 1, high_open=True),
            "Share of the input tokens that hit the fleet's own prefix cache.",
        ),
    ]
    latency_utilization: Annotated[
        U,
        uncertain(
            "share",
            Use("serving.latency_utilization"),
            between(0, 1, low_open=True),
            "Utilization beyond which latency breaks.",
        ),
    ]
    out_of_the_box_share: Annotated[
        U,
        uncertain(
            "share",
            Use("serving.out_of_the_box_share"),
            between(0, 1, low_open=True),
            "Throughput at launch over that of a tuned fleet.",
        ),
    ]
    tuning_months: Annotated[
        U,
        uncertain(
            "months",
            Use("serving.tuning_months"),
            above(0, 240),
            "Months that tuning takes to close the gap.",
        ),
    ]
    software_gain_per_year: Annotated[
        U,
        uncertain(
            "share/year",
            Use("serving.software_gain_per_year"),
            at_least(-0.5, 5),
            "Throughput that better serving software adds in a year.",
        ),
    ]
    launch_months: Annotated[
        U,
        uncertain(
            "months",
            Use("serving.launch_months"),
            at_least(0, 240),
            "Months until the fleet serves: hiring and set-up; rounded to whole months.",
        ),
    ]
    headroom: Annotated[
        U,
        uncertain(
            "ratio",
            Use("serving.headroom"),
            plausible(0.1, 20),
            "Capacity planned over the planned peak of the week.",
        ),
    ]
    min_replicas: Annotated[int, integer("replicas", 2, between(0, 100000), "Replicas that are always kept.")]
    spare_replicas: Annotated[
        int, integer("replicas", 0, between(0, 100000), "Replicas on top of those needed.")
    ]
    resize_every_months: Annotated[
        int, integer("months", 3, between(0, 240), "Months from one resizing to the next; 0 is never.")
    ]
    longest_wait_hours: Annotated[
        U, uncertain("hours", 0.0, between(0, 24), "How long work may wait for capacity before it overflows.")
    ]
    lead_months: Annotated[
        U,
        uncertain(
            "months",
            Use("serving.lead_months"),
            at_least(0, 24),
            "Months from ordering more GPUs to having them.",
        ),
    ]
    gpu_failures_per_gpu_year: Annotated[
        U,
        uncertain(
            "failures/GPU/year",
            Use("failures.gpu_failures_per_gpu_year"),
            at_least(0, 100),
            "Failures of a GPU that take its replica down.",
        ),
    ]
    repair_hours: Annotated[
        U,
        uncertain(
            "hours",
            Use("failures.repair_hours"),
            between(2, 8760),
            "Hours until a failed replica serves again; at least two, as the simulation steps by the hour.",
        ),
    ]
    engineer_hours_per_month: Annotated[
        U | None,
        uncertain(
            "hours/month",
            Use("people.engineer_hours_per_month"),
            HOURS,
            "Engineer hours that the fleet takes.",
        ),
    ]
    engineer_fte: Annotated[
        U | None,
        uncertain(
            "full-time engineers",
            ABSENT,
            at_least(0, 1000),
            f"Instead of hours: full-time engineers, {ENGINEER_HOURS_PER_FTE_MONTH} hours a month each.",
            instead_of=("engineer_hours_per_month",),
        ),
    ]
    engineer_hours_per_replica_month: Annotated[
        U,
        uncertain(
            "hours/replica/month",
            Use("people.engineer_hours_per_replica_month"),
            HOURS,
            "Engineer hours that each replica adds.",
        ),
    ]
    underestimate_share: Annotated[
        U,
        uncertain(
            "share",
            Use("people.underestimate_share"),
            at_least(-0.9, 10),
            "By how much the planned hours fall short.",
        ),
    ]
    launch_hours: Annotated[
        U, uncertain("hours", Use("people.launch_hours"), HOURS, "Engineer hours until launch.")
    ]
    launch_usd: Annotated[U, uncertain("USD", Use("people.launch_usd"), MONEY, "Other cost of the launch.")]
    refresh_weeks: Annotated[
        U,
        uncertain(
            "weeks", Use("models.refresh_weeks"), above(0, 1000), "Weeks from one model refresh to the next."
        ),
    ]
    refresh_hours: Annotated[
        U,
        uncertain("hours", Use("models.refresh_hours"), HOURS, "Engineer hours that a model refresh takes."),
    ]
    refresh_usd: Annotated[
        U, uncertain("USD", Use("models.refresh_usd"), MONEY, "Other cost of a model refresh.")
    ]
    finetune_runs_per_year: Annotated[
        U,
        uncertain("runs/year", 0.0, at_least(0, 10000), "Fine-tuning runs a year; 0 for an untouched model."),
    ]
    finetune_hours: Annotated[
        U,
        uncertain(
            "hours", Use("models.finetune_hours"), HOURS, "Engineer hours that a fine-tuning run takes."
        ),
    ]
    finetune_usd: Annotated[
        U,
        uncertain(
            "USD",
            Use("models.finetune_usd"),
            MONEY,
            "GPU-hours of a fine-tuning run, on GPUs besides the fleet.",
        ),
    ]
    incidents_per_month: Annotated[
        U,
        uncertain(
            "incidents/month",
            Use("failures.incidents_per_month"),
            at_least(0, 100),
            "How often service breaks.",
        ),
    ]
    incident_usd: Annotated[U, uncertain("USD", Use("failures.incident_usd"), MONEY, "Cost of an incident.")]
    monitoring_usd_per_month: Annotated[
        U, uncertain("USD/month", Use("platform.monitoring_usd_per_month"), MONEY, "Monitoring and logs.")
    ]
    storage_usd_per_month: Annotated[
        U,
        uncertain(
            "USD/month", Use("platform.storage_usd_per_month"), MONEY, "Storage of weights, logs and data."
        ),
    ]
    networking_usd_per_month: Annotated[
        U,
        uncertain("USD/month", Use("platform.networking_usd_per_month"), MONEY, "Network and data transfer."),
    ]
    load_balancer_usd_per_month: Annotated[
        U, uncertain("USD/month", Use("platform.load_balancer_usd_per_month"), MONEY, "Load balancers.")
    ]
    backup_usd_per_month: Annotated[
        U, uncertain("USD/month", Use("platform.backup_usd_per_month"), MONEY, "Backups.")
    ]
    security_usd_per_month: Annotated[
        U, uncertain("USD/month", Use("platform.security_usd_per_month"), MONEY, "Security tools and scans.")
    ]
    audit_usd_per_year: Annotated[
        U, uncertain("USD/year", Use("platform.audit_usd_per_year"), MONEY, "Compliance audits.")
    ]
    setup_usd: Annotated[
        U, uncertain("USD", Use("platform.setup_usd"), MONEY, "Setting the platform up, once.")
    ]

    @property
    def is_hybrid(self) -> bool:
        """Whether some of the work goes to the API by plan, in some futures at least."""
        return not (self.share.is_point and self.share.point_value == 1)

    @property
    def sends_work_to_api(self) -> bool:
        """Whether any work may go to the API option: by plan, as overflow or before launch."""
        return self.is_hybrid or self.overflow == "api"

    @property
    def monthly_engineer_hours(self) -> tuple[Uncertain, float]:
        """The stated quantity, and the factor that turns it into hours a month."""
        if self.engineer_fte is not None:
            return self.engineer_fte, float(ENGINEER_HOURS_PER_FTE_MONTH)
        if self.engineer_hours_per_month is None:
            raise ValueError(f"option {self.name} states neither engineer_hours_per_month nor engineer_fte")
        return self.engineer_hours_per_month, 1.0

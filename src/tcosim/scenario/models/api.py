"""Options that pay by the token: an API with its routes, and a managed service priced after one.

Declarations only: knows nothing of GPUs.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import InstanceOf

from tcosim.scenario.fields import (
    ABSENT,
    MONEY,
    REQUIRED,
    SHARE,
    Bounds,
    Declared,
    Use,
    above,
    at_least,
    between,
    flag,
    name,
    number,
    plausible,
    text,
    uncertain,
)
from tcosim.scenario.models.option import AGREEMENT, INSIDE, KINDS, RESIDENCY, Option
from tcosim.scenario.uncertain import Uncertain

U = InstanceOf[Uncertain]

TOKEN_PRICE = at_least(0, 10000)
HOURS = at_least(0, 1e5)
OUTAGE = between(0, 8760)


class Route(Declared):
    """[[option.route]]: one model behind an API option, with its prices and how they move."""

    name: Annotated[str, name("", "Short name, unique within the option; route-1, route-2 ... if left out.")]
    share: Annotated[float, number("share", 1.0, SHARE, "Share of the option's tokens; all routes sum to 1.")]
    model: Annotated[
        str | None,
        text(
            ABSENT,
            "Model of the price catalogue, as provider:model (see tcosim prices); it fills the prices and the "
            "batch_price_ratio that are not stated here, as of prices_on.",
            example="anthropic:claude-sonnet-5-5",
        ),
    ]
    usd_per_million_input: Annotated[
        U,
        uncertain(
            "USD/million tokens",
            REQUIRED,
            TOKEN_PRICE,
            "Price of input tokens.",
            example=Use("api.frontier.usd_per_million_input"),
        ),
    ]
    usd_per_million_cached_input: Annotated[
        U,
        uncertain(
            "USD/million tokens",
            REQUIRED,
            TOKEN_PRICE,
            "Price of input tokens that hit the prompt cache.",
            example=Use("api.frontier.usd_per_million_cached_input"),
        ),
    ]
    usd_per_million_output: Annotated[
        U,
        uncertain(
            "USD/million tokens",
            REQUIRED,
            TOKEN_PRICE,
            "Price of output tokens.",
            example=Use("api.frontier.usd_per_million_output"),
        ),
    ]
    batch_share: Annotated[U, uncertain("share", 0.0, SHARE, "Share of the tokens sent at the batch price.")]
    batch_price_ratio: Annotated[
        U, uncertain("ratio", Use("api.batch_price_ratio"), SHARE, "Batch price over the usual price.")
    ]
    annual_decline: Annotated[
        U,
        uncertain(
            "share/year",
            Use("api.annual_decline"),
            Bounds(-5, 0.99, low_open=True, high_open=True, firm_low=False),
            "Yearly fall of the price at fixed quality, by moving to successors; may be negative.",
        ),
    ]
    list_price_volatility: Annotated[
        U,
        uncertain(
            "log sd per square root of a year",
            Use("api.list_price_volatility"),
            at_least(0, 3),
            "How far the list price of a tier wanders from its fall, from model to successor; met at a move.",
        ),
    ]
    months_between_moves: Annotated[
        U,
        uncertain(
            "months",
            Use("api.months_between_moves"),
            above(0, 240),
            "Months from one move to a successor to the next.",
        ),
    ]
    migration_hours: Annotated[
        U, uncertain("hours", Use("api.migration_hours"), HOURS, "Engineer hours that a move takes.")
    ]
    jumps_per_year: Annotated[
        U,
        uncertain(
            "jumps/year",
            Use("api.jumps_per_year"),
            at_least(0, 12),
            "How often the price of the model itself jumps.",
        ),
    ]
    jump_log_mean: Annotated[
        U,
        uncertain(
            "log ratio",
            Use("api.jump_log_mean"),
            plausible(-3, 3),
            "Mean logarithm of a jump; below 0 is down.",
        ),
    ]
    jump_log_sd: Annotated[
        U, uncertain("log sd", Use("api.jump_log_sd"), at_least(0, 3), "Spread of the logarithm of a jump.")
    ]


class ApiOption(Option):
    """kind = "api": pay by the token."""

    kind: Annotated[Literal["api"], text(REQUIRED, "Pay a provider by the token.", choices=KINDS)]
    routes: tuple[Route, ...]
    retry_share: Annotated[
        U, uncertain("share", Use("api.retry_share"), SHARE, "Tokens paid twice because a call was repeated.")
    ]
    development_share: Annotated[
        U,
        uncertain(
            "share",
            Use("api.development_share"),
            at_least(0, 5),
            "Tokens for development and tests, over production's.",
        ),
    ]
    gateway_usd_per_month: Annotated[
        U,
        uncertain(
            "USD/month", Use("api.gateway_usd_per_month"), MONEY, "Gateway, logging and key management."
        ),
    ]
    rate_limit_usd_per_month: Annotated[
        U, uncertain("USD/month", Use("api.rate_limit_usd_per_month"), MONEY, "Fees for higher rate limits.")
    ]
    data_transfer_usd_per_month: Annotated[
        U,
        uncertain(
            "USD/month", Use("api.data_transfer_usd_per_month"), MONEY, "Egress to and from the provider."
        ),
    ]
    audit_usd_per_year: Annotated[
        U, uncertain("USD/year", Use("api.audit_usd_per_year"), MONEY, "Compliance audits of the API's use.")
    ]
    setup_usd: Annotated[
        U,
        uncertain(
            "USD", Use("api.setup_usd"), MONEY, "Contract, legal and security review of the provider, once."
        ),
    ]
    outage_hours_per_year: Annotated[
        U,
        uncertain(
            "hours/year", Use("api.outage_hours_per_year"), OUTAGE, "Hours a year without the provider."
        ),
    ]
    outage_usd_per_hour: Annotated[
        U,
        uncertain(
            "USD/hour", Use("api.outage_usd_per_hour"), MONEY, "What an hour without the provider costs."
        ),
    ]
    engineer_hours_per_month: Annotated[
        U,
        uncertain(
            "hours/month", Use("api.engineer_hours_per_month"), HOURS, "Engineer hours that the API takes."
        ),
    ]


class ManagedOption(Option):
    """kind = "managed": the same tokens through a cloud provider's managed service."""

    kind: Annotated[
        Literal["managed"], text(REQUIRED, "Pay a cloud provider's managed service.", choices=KINDS)
    ]
    api: Annotated[str, name("api", "Name of the api option whose prices the service follows.")]
    has_agreement: Annotated[bool, flag(True, AGREEMENT)]
    has_residency: Annotated[bool, flag(True, RESIDENCY)]
    keeps_data_inside: Annotated[bool, flag(True, INSIDE)]
    markup_share: Annotated[
        U, uncertain("share", Use("api.managed_markup_share"), at_least(0, 5), "Markup on the API's bill.")
    ]
    overhead_usd_per_month: Annotated[
        U,
        uncertain(
            "USD/month",
            Use("api.managed_overhead_usd_per_month"),
            MONEY,
            "Infrastructure around the service.",
        ),
    ]
    setup_usd: Annotated[
        U,
        uncertain(
            "USD",
            Use("api.managed_setup_usd"),
            MONEY,
            "Agreements, legal and security review, private endpoints, once.",
        ),
    ]
    outage_hours_per_year: Annotated[
        U,
        uncertain(
            "hours/year",
            Use("api.managed_outage_hours_per_year"),
            OUTAGE,
            "Hours a year without the service.",
        ),
    ]
    outage_usd_per_hour: Annotated[
        U,
        uncertain(
            "USD/hour", Use("api.outage_usd_per_hour"), MONEY, "What an hour without the service costs."
        ),
    ]
    engineer_hours_per_month: Annotated[
        U,
        uncertain(
            "hours/month",
            Use("api.engineer_hours_per_month"),
            HOURS,
            "Engineer hours that the service takes.",
        ),
    ]

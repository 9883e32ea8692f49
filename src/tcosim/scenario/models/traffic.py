"""Volume and traffic: how many tokens a month, how they grow, how they spread over the hours.

Declarations only: knows nothing of the options that serve the traffic.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import InstanceOf

from tcosim.scenario.fields import (
    REQUIRED,
    SHARE,
    Bounds,
    Declared,
    Use,
    above,
    at_least,
    between,
    number,
    profile,
    text,
    uncertain,
)
from tcosim.scenario.uncertain import Uncertain

U = InstanceOf[Uncertain]


class Volume(Declared):
    """[volume]: the planned volume, and how the actual one may differ."""

    tokens_per_month: Annotated[
        float,
        number(
            "tokens/month",
            REQUIRED,
            between(0, 1e15, low_open=True),
            "Planned tokens in the first month, input and output together, as the API model counts them.",
            example=2e9,
        ),
    ]
    forecast_ratio: Annotated[
        U,
        uncertain(
            "ratio", 1.0, above(0, 100), "Actual over planned volume; 1 asks about exactly this volume."
        ),
    ]
    annual_growth: Annotated[
        U,
        uncertain(
            "share/year",
            Use("traffic.annual_growth"),
            Bounds(-0.95, 20, low_open=True, firm_high=False),
            "Growth of the volume in a year; 0.4 is 40 % more.",
        ),
    ]
    growth_volatility: Annotated[
        U,
        uncertain(
            "log sd per square root of a year",
            Use("traffic.growth_volatility"),
            at_least(0, 3),
            "How far the monthly level wanders from its growth path.",
        ),
    ]


class Traffic(Declared):
    """[traffic]: how the tokens of a month spread over its hours, and what they consist of.

    Attributes
    ----------
    weekly_profile : tuple of 168 floats
        Hours of the week from Monday 00:00, mean 1.
    weekly_profile_name : str
        What the profile is called; ``""`` if it was stated without a name.
    """

    weekly_profile: Annotated[
        tuple[float, ...],
        profile(
            "office-hours", "Shape of the week from Monday 00:00; 168 stated numbers are scaled to mean 1."
        ),
    ]
    weekly_profile_name: Annotated[str, text("", "What 168 stated numbers are called; left out for a shape.")]
    profile_following: Annotated[
        U,
        uncertain(
            "share",
            Use("traffic.profile_following"),
            SHARE,
            "How far the traffic follows the profile: 0 is flat, 1 fully.",
        ),
    ]
    burst_sigma: Annotated[
        U,
        uncertain(
            "log sd",
            Use("traffic.burst_sigma"),
            at_least(0, 3),
            "Log sd of the random swings of hourly demand around the profile, before the silent hours are cut off.",
        ),
    ]
    burst_hours: Annotated[
        U,
        uncertain(
            "hours", Use("traffic.burst_hours"), above(0, 1000), "How long a swing within a day lasts."
        ),
    ]
    burst_daily_share: Annotated[
        U,
        uncertain(
            "share",
            Use("traffic.burst_daily_share"),
            SHARE,
            "Share of the swings' variance that lies between days.",
        ),
    ]
    burst_days: Annotated[
        U,
        uncertain("days", Use("traffic.burst_days"), above(0, 1000), "How long a swing between days lasts."),
    ]
    silent_share: Annotated[
        U,
        uncertain(
            "share",
            Use("traffic.silent_share"),
            between(0, 0.95),
            "Share of hours in which no traffic at all comes.",
        ),
    ]
    spikes_per_month: Annotated[
        U,
        uncertain(
            "spikes/month", Use("traffic.spikes_per_month"), at_least(0, 300), "How often demand spikes."
        ),
    ]
    spike_size: Annotated[
        U,
        uncertain(
            "ratio",
            Use("traffic.spike_size"),
            at_least(0, 100),
            "Extra demand at the top of a spike; 2 is three times the usual.",
        ),
    ]
    spike_hours: Annotated[
        U, uncertain("hours", Use("traffic.spike_hours"), above(0, 1000), "How long a spike takes to fade.")
    ]
    input_share: Annotated[
        U,
        uncertain(
            "share",
            Use("traffic.input_share"),
            SHARE,
            "Share of the tokens that is input; the rest is output.",
        ),
    ]
    cached_share: Annotated[
        U,
        uncertain(
            "share",
            Use("traffic.cached_share"),
            SHARE,
            "Share of the input tokens that the API bills at its cached price.",
        ),
    ]

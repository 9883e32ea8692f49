"""A fit of traffic made by hand: reports and files of fits are tested without fitting."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from tcosim.evidence.hourly import Finding, HourlyLog
from tcosim.evidence.traffic.calendar import Calendar
from tcosim.evidence.traffic.data import fit_data
from tcosim.evidence.traffic.fit import TrafficFit
from tcosim.evidence.traffic.goodness import HOURLY, Compared, HeldOut, HourlyDistribution
from tcosim.evidence.traffic.quantity import Quantity, quantity

HOURS, FIRST = 336, 270
SCENARIO = """
[scenario]
name = "fitted"
include = "fitted.toml"

[[option]]
name = "api"
kind = "api"
usd_per_million_input = 1
usd_per_million_cached_input = 0.1
usd_per_million_output = 4

[[option]]
name = "other"
kind = "api"
usd_per_million_input = 2
usd_per_million_cached_input = 0.2
usd_per_million_output = 3
"""
MONDAY = datetime(2024, 5, 6, tzinfo=UTC)


def a_log(hours: int = HOURS, **changed: Any) -> HourlyLog:
    """Requests of 1,000 tokens, busy by day; one hour was not collected."""
    hour = np.arange(hours)
    requests = 100.0 + 80.0 * np.sin(hour / 24 * 2 * np.pi)
    requests[5] = np.nan
    made = HourlyLog(
        start=MONDAY, zone="Europe/Berlin", hour_of_week=hour % 168, requests=requests, tokens=requests * 1_000,
        input_tokens=requests * 900, cached_tokens=requests * 450, output_tokens=requests * 100,
        collected=np.isfinite(requests), rows=33_500, format="generic", sources=("gateway.csv",),
        findings=(Finding("gateway.csv read", 1), Finding("an hour is missing", 1, "warning")),
    )  # fmt: skip
    return replace(made, **changed)


def quantities() -> tuple[Quantity, ...]:
    """One of each kind: from the log, narrower, nothing new, a plain number."""
    rng = np.random.default_rng(1)
    return (
        quantity("volume.forecast_ratio", np.exp(rng.normal(0, 0.1, 2_000)), 0.01, 100),
        quantity("volume.annual_growth", rng.normal(0.3, 0.4, 2_000), -0.9, 19, 0.02),
        quantity("traffic.burst_sigma", np.exp(rng.normal(-1, 0.2, 2_000)), 0, 3, 0.76),
        quantity("traffic.silent_share", np.zeros(9), 0, 0.95, 1.0),
        quantity("traffic.spikes_per_month", np.exp(rng.normal(0, 1, 2_000)), 0, 300, 0.08),
        quantity("traffic.profile_following", np.minimum(rng.normal(1, 0.02, 2_000), 1), 0, 1),
    )


def a_fit(**changed: Any) -> TrafficFit:
    """A fit of `a_log` that misses one figure and one range."""
    log = changed.get("log", a_log())
    hours = len(log.hour_of_week)
    shape = 1 + 0.8 * np.sin(np.arange(168) / 24 * 2 * np.pi)
    share = np.array(HOURLY)
    seen = 2 * share**2
    unseen = log.traffic[FIRST:]
    made = TrafficFit(
        log=log, calendar=Calendar(log.hour_of_week, log.collected), shape=shape / shape.mean(), shape_name="fitted",
        tokens_per_month=7.3e7, traffic_per_month=7.3e7, quantities=quantities(),
        correlations={
            ("traffic.burst_sigma", "traffic.spikes_per_month"): -0.06,
            ("volume.forecast_ratio", "volume.annual_growth"): 0.33,
        },
        silent_chance=0.002,
        compared=(
            Compared("mean", 1e5, 8e4, 1.01e5, 1.2e5, None),
            Compared("peak_over_mean", 4.2, 4.4, 5.3, 8.4, False),
            Compared("p99_over_mean", 3.25, 3.0, 3.3, 3.9, True),
            Compared("residual_cv", 0.3, 0.27, 0.31, 0.37, True),
            Compared("lag_1", 0.48, 0.3, 0.35, 0.49, False),
            Compared("lag_24", 0.27, 0.0, 0.13, 0.32, None),
            Compared("silent_share", 0.027, 0.0, 0.002, 0.005, None),
        ),
        hourly=HourlyDistribution(share, seen, 0.9 * seen, 1.02 * seen, 1.2 * seen),
        held_out=HeldOut(
            FIRST, hours - FIRST, 0.91, 0.8, 0.97, FIRST, unseen, 0.8 * unseen, unseen * 1.01, 1.3 * unseen
        ),
        misfit=0.6, logs=12_288, findings=log.findings,
    )  # fmt: skip
    return replace(made, **changed)


def found(**changed: Any) -> dict[str, Any]:
    """What reports are made from, as it comes back from JSON."""
    import json

    from tcosim.results.summary import to_json

    data: dict[str, Any] = json.loads(to_json(fit_data(a_fit(**changed), 0)))
    return data

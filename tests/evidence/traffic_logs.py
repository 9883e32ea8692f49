"""Makes hourly logs with known parameters, and the beliefs to fit them with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from tcosim.evidence.hourly import HourlyLog
from tcosim.evidence.traffic.belief import NEVER, Settings
from tcosim.evidence.traffic.calendar import Calendar
from tcosim.evidence.traffic.simulated import simulated_logs

WEEK = 168
MONDAY = datetime(2024, 5, 6, tzinfo=UTC)


def calendar_of(hours: int, first: int = 0, collected: np.ndarray | None = None) -> Calendar:
    """Hours without a clock change, from an hour of the week on."""
    return Calendar(
        (first + np.arange(hours)) % WEEK, np.ones(hours, bool) if collected is None else collected
    )


def settings_of(n: int = 1, **changed: float) -> Settings:
    """The same parameters for n futures: a calm pool unless changed."""
    values = {
        "burst_cv": np.sqrt(np.expm1(changed.get("burst_sigma", 0.3) ** 2)),
        "silent_score": NEVER,
        "burst_sigma": 0.3,
        "burst_hours": 2.0,
        "burst_daily_share": 0.3,
        "burst_days": 1.5,
        "spikes_per_month": 0.0,
        "spike_size": 1.0,
        "spike_hours": 2.0,
        "profile_following": 1.0,
        "log_growth": 0.0,
        "growth_volatility": 0.0,
    } | changed
    return Settings(**{name: np.full(n, float(value)) for name, value in values.items()})


def week_shape(night: float = 0.2, weekend: float = 0.4) -> np.ndarray:
    """Days with a hump at noon, quieter weekends."""
    hour = np.arange(WEEK)
    shape = night + np.exp(-(((hour % 24 - 13) / 4.0) ** 2))
    shape = shape * np.where(hour // 24 >= 5, weekend, 1.0)
    return shape / shape.mean()


def made(settings: Settings, hours: int, shape: np.ndarray, seed: int, first: int = 0) -> np.ndarray:
    """Logs at a level of 1,000 tokens an hour."""
    levels = np.full((len(settings), -(-(hours + 24) // 730)), 1_000.0)
    return simulated_logs(settings, levels, calendar_of(hours, first), shape, seed).astype(np.float64)


def log_of(tokens: np.ndarray, first: int = 0, **parts: np.ndarray) -> HourlyLog:
    """A log that was read."""
    hours = len(tokens)
    collected = parts.pop("collected", np.ones(hours, bool))
    return HourlyLog(
        start=MONDAY + timedelta(hours=first),
        zone="UTC",
        hour_of_week=(first + np.arange(hours)) % WEEK,
        requests=parts.get("requests"),
        tokens=tokens,
        input_tokens=parts.get("input_tokens"),
        cached_tokens=parts.get("cached_tokens"),
        output_tokens=parts.get("output_tokens"),
        collected=collected,
    )

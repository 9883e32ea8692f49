"""The fields of a scenario that a fit speaks of, each as a quantity with what was learned of it.

Knows estimates and fields; simulates nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.evidence.hourly import HourlyLog
from tcosim.evidence.traffic.belief import COORDINATES, Settings
from tcosim.evidence.traffic.calendar import Calendar
from tcosim.evidence.traffic.estimate import Estimate
from tcosim.evidence.traffic.quantity import Quantity, narrower, quantity
from tcosim.evidence.traffic.shares import following_draws, share_draws

Floats = NDArray[Any]

MOSTLY = 0.5
FEWEST_DRAWS = 200
"""Fewer draws than these say nothing of their percentiles."""


def is_cut_off(found: Estimate, traffic: Floats) -> bool:
    """Whether the burst is cut off: some hour is silent, and that hours are so by themselves is likelier than not."""
    return bool((traffic == 0).any()) and float((found.settings.silent_share > 0).mean()) >= MOSTLY


def draws_kept(found: Estimate, *, cut_off: bool) -> NDArray[np.int64]:
    """Numbers of the draws whose burst is the one that is taken; all of them, by size, should hardly any be left."""
    kept = np.flatnonzero((found.settings.silent_share > 0) == cut_off)
    return kept if len(kept) >= FEWEST_DRAWS else np.arange(len(found.settings))


def draws_of(settings: Settings, level: Floats, *, cut_off: bool) -> dict[str, Floats]:
    """Draws by field, all of one order: those at one place belong together.

    Parameters
    ----------
    settings : Settings
    level : ndarray, same shape
    cut_off : bool
        Whether the burst that is taken is cut off.
    """
    sigma = settings.burst_sigma if cut_off else np.sqrt(np.log1p(settings.burst_cv**2))
    return {
        "volume.forecast_ratio": level / np.median(level),
        "volume.annual_growth": np.expm1(settings.log_growth),
        "traffic.profile_following": settings.profile_following,
        "traffic.burst_sigma": sigma,
        "traffic.burst_hours": settings.burst_hours,
        "traffic.burst_daily_share": settings.burst_daily_share,
        "traffic.burst_days": settings.burst_days,
        "traffic.silent_share": settings.silent_share if cut_off else np.zeros(len(settings)),
        "traffic.spikes_per_month": settings.spikes_per_month,
        "traffic.spike_size": settings.spike_size,
        "traffic.spike_hours": settings.spike_hours,
    }


LIMITS = {
    "volume.forecast_ratio": (0.01, 100.0),
    "volume.annual_growth": (-0.9, 19.0),
    "traffic.burst_sigma": (0.0, 3.0),
    "traffic.burst_daily_share": (0.0, 1.0),
    "traffic.silent_share": (0.0, 0.95),
    "traffic.spikes_per_month": (0.0, 300.0),
    "traffic.spike_size": (0.0, 100.0),
}
"""What the fields allow; the times have bounds of their own in what was believed."""


def quantities_of(found: Estimate, draws: dict[str, Floats]) -> list[Quantity]:
    """Every parameter of the model."""
    quantities = []
    for field, values in draws.items():
        name = field.rpartition(".")[2]
        coordinate = {"burst_sigma": "burst_cv", "annual_growth": "log_growth"}.get(name, name)
        learned = None
        if coordinate in COORDINATES:
            column = COORDINATES.index(coordinate)
            learned = narrower(found.learned[:, column], found.believed[:, column])
        if coordinate == "profile_following" and learned is None:
            continue  # a shape that was taken from the log: its days say how far it is followed
        low, high = LIMITS.get(field, (0.0, float("inf")))
        quantities.append(quantity(field, values, low, high, learned))
    return quantities


def quantities_of_days(
    log: HourlyLog,
    traffic: Floats,
    calendar: Calendar,
    is_given: bool,
    rng: np.random.Generator,
) -> list[Quantity]:
    """What a bootstrap over days says."""
    found: dict[str, Floats | None] = {}
    if not is_given:
        found["traffic.profile_following"] = following_draws(traffic, calendar, rng)
    if log.input_tokens is not None and log.tokens is not None:
        found["traffic.input_share"] = share_draws(log.input_tokens, log.tokens, calendar, rng)
        if log.cached_tokens is not None:
            found["traffic.cached_share"] = share_draws(log.cached_tokens, log.input_tokens, calendar, rng)
    return [quantity(field, drawn, 0.0, 1.0) for field, drawn in found.items() if drawn is not None]

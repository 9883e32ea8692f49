"""Logs as the model makes them: the kernel's demand over the hours of a log.

Knows the kernel's arrays; knows nothing of what is estimated from them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.evidence.traffic.belief import Settings, months_of
from tcosim.evidence.traffic.calendar import HOURS_PER_DAY, Calendar
from tcosim.kernels.demand_hours import demand_hours
from tcosim.kernels.layout import LANES, WORLD, W
from tcosim.units import HOURS_PER_MONTH, HOURS_PER_WEEK

Floats = NDArray[Any]
Floats32 = NDArray[np.float32]


def simulated_logs(
    settings: Settings, levels: Floats, calendar: Calendar, shape: Floats, seed: int, first: int = 0
) -> Floats32:
    """Simulate a log of each future.

    Parameters
    ----------
    settings : Settings
        n futures.
    levels : ndarray, shape (n, months)
        Traffic of each month, in any unit; months are 730 hours from the beginning of the log's first day.
    calendar : Calendar
        The hours of the log; gaps are simulated like any other hour.
    shape : ndarray, shape (168,)
        Weekly shape of mean 1.
    seed, first : int
        Key of the streams, and number of the first future; a multiple of the kernel's lanes.

    Returns
    -------
    ndarray of float32, shape (n, hours)
    """
    n, hours = len(settings), calendar.hours
    skip = int(calendar.hour_of_week[0]) % HOURS_PER_DAY
    drawn = skip + hours + (skip + hours) % 2
    week = int(calendar.hour_of_week[0]) - skip + np.arange(drawn)
    by_hour = shape[week % HOURS_PER_WEEK]
    by_hour[skip : skip + hours] = shape[calendar.hour_of_week]
    padded = -(-n // LANES) * LANES
    fill = np.minimum(np.arange(padded), n - 1)
    months = months_of(drawn)
    by_month = np.empty((padded, months))
    by_month[:] = levels[fill][:, np.minimum(np.arange(months), levels.shape[1] - 1)] * HOURS_PER_MONTH
    tokens = np.empty((padded, hours), np.float32)
    world = _world(settings, fill)
    demand_hours(seed, first, world, (by_hour - 1.0).astype(np.float32), by_month, skip, tokens)
    return tokens[:n]


def _world(settings: Settings, fill: NDArray[np.int64]) -> Floats:
    world = np.zeros((len(WORLD), len(fill)))
    rows = {
        W.profile_following: settings.profile_following,
        W.burst_sigma: settings.burst_sigma,
        W.burst_hours: settings.burst_hours,
        W.burst_daily_share: settings.burst_daily_share,
        W.burst_days: settings.burst_days,
        W.silent_score: settings.silent_score,
        W.spikes_per_hour: settings.spikes_per_month / HOURS_PER_MONTH,
        W.spike_size: settings.spike_size,
        W.spike_hours: settings.spike_hours,
    }
    for row, values in rows.items():
        world[row] = values[fill]
    return world

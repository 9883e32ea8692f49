"""Parameters of a log's traffic as draws from what the log leaves possible (docs/evidence.md, T4).

Simulates logs from what was believed and keeps those that are like the one observed.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.evidence.traffic.belief import Belief, Settings, level_at_end, levels, months_of
from tcosim.evidence.traffic.calendar import Calendar
from tcosim.evidence.traffic.counting import Counting
from tcosim.evidence.traffic.posterior import Nearness
from tcosim.evidence.traffic.simulated import simulated_logs
from tcosim.evidence.traffic.summaries import Shown, Summarizer
from tcosim.kernels.layout import LANES

Floats = NDArray[Any]
Progress = Callable[[float], None]

SIMULATED_HOURS = 24_000_000
FEWEST, MOST = 12_288, 61_440
"""Logs to simulate: so many hours' worth, between these numbers."""
CHUNK = 2 * LANES
DRAWS = 2_048
"""Draws that stand for the posterior."""
LEAST_BUSY_HOURS = 6
"""A simulated log with fewer hours of traffic is no log that anyone would fit."""
_SEED_OF_USUAL = 5
_SMALL = 0.01
_TINY = 1e-9

MATTERS = {
    "residual_cv": 0.06,
    "lag_1": 0.1,
    "p99_over_mean": 0.1,
    "peak_over_mean": 0.25,
    "silent_share": 0.06,
}
"""A difference (of the log, but for the correlation and the root of the silent share) that is worth one standard
deviation of a parameter when logs are compared: these decide what a fleet costs, and a log that the model cannot make
exactly is matched where it matters."""


@dataclass(frozen=True)
class Estimate:
    """What a log leaves possible.

    Attributes
    ----------
    settings : Settings
        Draws, shape (DRAWS,).
    log_level : ndarray, shape (DRAWS,)
        Log of the level over the last 730 hours of the log over its mean traffic.
    believed, learned : ndarray
        Coordinates before the log, shape (n, d), and after, shape (DRAWS, d).
    misfit : float
        See `tcosim.evidence.traffic.posterior.Nearest`.
    logs : int
        Simulated logs that were compared.
    """

    settings: Settings
    log_level: Floats
    believed: Floats
    learned: Floats
    misfit: float
    logs: int


@dataclass(frozen=True)
class Pool:
    """Simulated logs over the hours of an observed one, with what they were made from.

    Attributes
    ----------
    belief : Belief
    summarize : Summarizer
    settings : Settings
        n logs.
    believed : ndarray, shape (n, d)
        Their coordinates.
    log_level : ndarray, shape (n,)
        Log of the level over the last 730 hours over the mean traffic.
    statistics, checks : ndarray, shapes (n, k), (n, c)
    """

    belief: Belief
    summarize: Summarizer
    settings: Settings
    believed: Floats
    log_level: Floats
    statistics: Floats
    checks: Floats

    @cached_property
    def _parameters(self) -> Floats:
        return np.column_stack([self.believed, self.log_level])

    @cached_property
    def _varies(self) -> NDArray[np.bool_]:
        return np.asarray(self._parameters.std(axis=0) > 0)

    @cached_property
    def _nearness(self) -> Nearness:
        usual = np.random.default_rng(_SEED_OF_USUAL)
        return Nearness(self.statistics, self._parameters[:, self._varies], self.checks, usual)

    def estimate(self, traffic: Floats, rng: np.random.Generator) -> Estimate:
        """Estimate the parameters of a log over the same hours.

        Parameters
        ----------
        traffic : ndarray, shape (hours,)
            Observed; anything in gaps.
        rng : numpy.random.Generator
            Picks the draws.
        """
        observed = self.summarize(np.nan_to_num(traffic)[None].astype(np.float32))
        found = self._nearness.nearest(observed.statistics[0], _checks(observed)[0])
        full = self._parameters[found.rows]
        full[:, self._varies] = found.parameters
        pick = rng.choice(len(found.rows), DRAWS, p=found.weights)
        settings = self.belief.settings(full[pick, :-1], self.settings[found.rows[pick]])
        learned = self.belief.coordinates(settings)
        return Estimate(settings, full[pick, -1], self.believed, learned, found.misfit, len(self.believed))


def simulate_pool(
    calendar: Calendar,
    shape: Floats,
    belief: Belief,
    *,
    shape_is_given: bool,
    counting: Counting | None = None,
    seed: int = 0,
    threads: int = 1,
    progress: Progress | None = None,
) -> Pool:
    """Simulate logs from what is believed.

    Parameters
    ----------
    calendar : Calendar
        Hours of the log that is to be estimated.
    shape : ndarray, shape (168,)
        Weekly shape that the traffic follows.
    belief : Belief
    shape_is_given : bool
        Whether the shape was stated rather than taken from the log.
    counting : Counting, optional
        How the log's traffic is made up of requests, if they are so few that it matters.
    seed, threads : int
    progress : callable, optional
        Called with the share that is done.
    """
    rng = np.random.default_rng([seed, 1])
    n = max(1, int(np.clip(SIMULATED_HOURS // calendar.hours, FEWEST, MOST)) // CHUNK) * CHUNK
    drawn = belief.draw(n, rng)
    level = levels(drawn, months_of(calendar.hours), rng)
    summarize = Summarizer(calendar, shape if shape_is_given else None)

    def look(first: int) -> tuple[Shown, NDArray[np.bool_]]:
        rows = slice(first, first + CHUNK)
        logs = simulated_logs(drawn[rows], level[rows], calendar, shape, seed, first)
        if counting is not None:
            mean = np.maximum(logs[:, calendar.collected].mean(axis=1, keepdims=True), _TINY)
            requests = logs / mean * counting.requests_per_hour
            logs = counting.counted(logs, requests, np.random.default_rng([seed, 2, first]))
        busy: NDArray[np.bool_] = (logs[:, calendar.collected] > 0).sum(axis=1) >= LEAST_BUSY_HOURS
        return summarize(logs), busy

    shown: list[Shown] = []
    kept: list[NDArray[np.bool_]] = []
    with ThreadPoolExecutor(threads) as pool:
        for one, busy in pool.map(look, range(0, n, CHUNK)):
            shown.append(one)
            kept.append(busy)
            if progress is not None:
                progress(len(shown) * CHUNK / n)
    keep = np.flatnonzero(np.concatenate(kept))
    mean = np.concatenate([one.mean for one in shown])[keep]
    return Pool(
        belief,
        summarize,
        drawn[keep],
        belief.coordinates(drawn[keep]),
        np.log(level_at_end(level[keep], calendar.hours) / mean),
        np.concatenate([one.statistics for one in shown])[keep],
        np.concatenate([_checks(one) for one in shown])[keep],
    )


def _checks(shown: Shown) -> Floats:
    columns = {
        "residual_cv": np.log(shown.residual_cv + _SMALL),
        "lag_1": shown.lag_1,
        "p99_over_mean": np.log(shown.p99_over_mean + _SMALL),
        "peak_over_mean": np.log(shown.peak_over_mean + _SMALL),
        "silent_share": np.sqrt(shown.silent_share),
    }
    return np.stack([columns[name] / size for name, size in MATTERS.items()], axis=1)

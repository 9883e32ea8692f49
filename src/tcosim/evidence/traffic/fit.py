"""A log's hourly traffic as the traffic part of a scenario, with how well it fits (docs/evidence.md, T).

Puts the estimates together; knows nothing of files or of how a fit is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.errors import InputError, Problem
from tcosim.evidence.hourly import Finding, HourlyLog
from tcosim.evidence.traffic.belief import Belief, months_of
from tcosim.evidence.traffic.calendar import HOURS_PER_DAY, Calendar
from tcosim.evidence.traffic.counting import Counting
from tcosim.evidence.traffic.estimate import Estimate, simulate_pool
from tcosim.evidence.traffic.fields import draws_kept, draws_of, is_cut_off, quantities_of, quantities_of_days
from tcosim.evidence.traffic.goodness import Compared, HeldOut, HourlyDistribution, compared, held_out
from tcosim.evidence.traffic.profile import weekly_profile
from tcosim.evidence.traffic.quantity import Quantity, rounded
from tcosim.evidence.traffic.together import Pair, correlations
from tcosim.processors import usable_processors
from tcosim.scenario.library import default_library
from tcosim.units import HOURS_PER_MONTH, HOURS_PER_WEEK

Floats = NDArray[Any]
Progress = Callable[[float], None]

FEWEST_HOURS = 24
UNUSUAL = 1.25
"""A misfit from which on it is warned of: one in twenty simulated logs is above 1."""
HELD_OUT = 0.2
FEWEST_FITTED, FEWEST_HELD_OUT = 72, 12
LONGEST_HOURS = 52 * HOURS_PER_WEEK
"""Traffic of longer ago says little of what comes, and the whole of it would take minutes."""
_SEED_OF_DAYS, _SEED_OF_NEAREST = 3, 4


@dataclass(frozen=True)
class TrafficFit:
    """What a log says of traffic.

    Attributes
    ----------
    log : HourlyLog
        What was fitted, of at most a year.
    calendar : Calendar
    shape : ndarray, shape (168,)
        Weekly shape, mean 1.
    shape_name : str
        ``"fitted"``, or the library's name of it.
    tokens_per_month : float or None
        Level at the end of the log; None if it counts requests alone.
    traffic_per_month : float
        The same in the log's own measure.
    quantities : tuple of Quantity
        Fields of [volume] and [traffic] that the log tells something about.
    correlations : dict of (str, str) to float
        Rank correlations of these.
    silent_chance : float
        Probability that some hours are silent by themselves, 0 if none is silent at all; above a half the burst is cut
        off (docs/model.md, 2.4).
    compared : tuple of Compared
    hourly : HourlyDistribution
    held_out : HeldOut or None
        None where the log is too short to spare its end.
    misfit : float
        Above 1 the model makes no log like this one, and the nearest that it makes is taken.
    logs : int
        Simulated logs that the log was compared with.
    findings : tuple of Finding
        Of the log and of the fit.
    """

    log: HourlyLog
    calendar: Calendar
    shape: Floats
    shape_name: str
    tokens_per_month: float | None
    traffic_per_month: float
    quantities: tuple[Quantity, ...]
    correlations: dict[Pair, float]
    silent_chance: float
    compared: tuple[Compared, ...]
    hourly: HourlyDistribution
    held_out: HeldOut | None
    misfit: float
    logs: int
    findings: tuple[Finding, ...]

    @property
    def is_cut_off(self) -> bool:
        """Whether the burst that was taken is cut off."""
        silent = self.quantity("traffic.silent_share")
        return silent is not None and silent.maximum > 0

    def quantity(self, field: str) -> Quantity | None:
        """A fitted field by its path; None if the log says nothing of it."""
        return next((one for one in self.quantities if one.field == field), None)


def fit_traffic(
    log: HourlyLog,
    *,
    shape: str | None = None,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
) -> TrafficFit:
    """Fit the traffic part of a scenario to a log.

    Parameters
    ----------
    log : HourlyLog
    shape : str, optional
        Name of a weekly shape of the library; taken from the log itself if left out.
    seed : int
        Of the simulated logs.
    threads : int, optional
        As many as there are processors if left out.
    progress : callable, optional
        Called with the share that is done.

    Raises
    ------
    InputError
        If the log has too few hours or no traffic, or there is no such shape.
    """
    log, cut = _recent(log)
    calendar = Calendar(log.hour_of_week, log.collected)
    traffic = np.where(log.collected, log.traffic, np.nan)
    _check(calendar, traffic)
    library = default_library()
    stated = np.asarray(library.shape(shape).values) if shape is not None else None
    belief = Belief(library, shape_is_given=stated is not None)
    workers = threads or usable_processors()
    spare = _spared(calendar)
    parts = 1.0 if spare is None else 0.6

    def counted(hours: int) -> Counting | None:
        requests = None if log.requests is None else log.requests[:hours]
        return Counting.of(traffic[:hours], requests, log.collected[:hours])

    def run(hours: int, begin: float, end: float) -> tuple[Estimate, Floats, Calendar]:
        part = Calendar(calendar.hour_of_week[:hours], calendar.collected[:hours])
        week = stated if stated is not None else _shape_of(traffic[:hours], part)
        pool = simulate_pool(
            part,
            week,
            belief,
            shape_is_given=stated is not None,
            counting=counted(hours),
            seed=seed,
            threads=workers,
            progress=None if progress is None else lambda done: progress(begin + (end - begin) * done),
        )
        found = pool.estimate(traffic[:hours], np.random.default_rng([seed, _SEED_OF_NEAREST]))
        return found, week, part

    found, week, _ = run(calendar.hours, 0.0, parts)
    behind = None
    if spare is not None:
        earlier, earlier_week, part = run(spare, parts, 1.0)
        behind = held_out(earlier, traffic, calendar, earlier_week, part, counted(spare))
    rows, hourly = compared(
        found, traffic, calendar, week, shape_is_given=stated is not None, counting=counted(calendar.hours)
    )
    level = float(np.mean(traffic[calendar.collected])) * np.exp(found.log_level) * HOURS_PER_MONTH
    rng = np.random.default_rng([seed, _SEED_OF_DAYS])
    cut_off = is_cut_off(found, traffic)
    kept = draws_kept(found, cut_off=cut_off)
    level = level[kept]
    draws = draws_of(found.settings[kept], level, cut_off=cut_off)
    silent = float((found.settings.silent_share > 0).mean()) if (traffic == 0).any() else 0.0
    quantities = quantities_of(found, draws)
    quantities += quantities_of_days(log, traffic, calendar, stated is not None, rng)
    varying = {one.field: draws[one.field] for one in quantities if np.ptp(draws.get(one.field, 0.0)) > 0}
    assumed = [frozenset(pair) for one in library.correlations for *pair, _ in one.pairs()]
    per_month = rounded(float(np.median(level)))
    return TrafficFit(
        log, calendar, week, shape or "fitted", per_month if log.measure == "tokens" else None, per_month,
        tuple(quantities), correlations(varying, assumed), silent, rows, hourly, behind, found.misfit, found.logs,
        (*log.findings, *cut, *_said(calendar, found)),
    )  # fmt: skip


def _recent(log: HourlyLog) -> tuple[HourlyLog, tuple[Finding, ...]]:
    hours = len(log.hour_of_week)
    if hours <= LONGEST_HOURS:
        return log, ()
    return log.since(hours - LONGEST_HOURS), (
        Finding(
            f"the log has {hours / HOURS_PER_WEEK:.0f} weeks; the last {LONGEST_HOURS // HOURS_PER_WEEK} are fitted",
            hours - LONGEST_HOURS,
        ),
    )


def _check(calendar: Calendar, traffic: Floats) -> None:
    if calendar.collected_hours < FEWEST_HOURS:
        raise InputError(
            Problem(
                "log",
                f"must hold at least {FEWEST_HOURS} collected hours",
                calendar.collected_hours,
                "log for some weeks; three days already say something, wide as it is",
            )
        )
    if not np.nansum(traffic) > 0:
        raise InputError(
            Problem("log", "must hold traffic", "0 in every hour", "check which columns were read (--map)")
        )


def _spared(calendar: Calendar) -> int | None:
    """Hours of the log whose last fifth stays unseen; None where too little would be left on either side."""
    hours = int(np.ceil(calendar.hours * (1 - HELD_OUT)))
    behind = int(calendar.collected[hours:].sum())
    enough = int(calendar.collected[:hours].sum()) >= FEWEST_FITTED and behind >= FEWEST_HELD_OUT
    return hours if enough else None


def _shape_of(traffic: Floats, calendar: Calendar) -> Floats:
    week = weekly_profile(np.nan_to_num(traffic)[None].astype(np.float32), calendar)[0].astype(np.float64)
    return np.asarray(np.maximum(week, 0.0) / np.maximum(week, 0.0).mean())


def _said(calendar: Calendar, found: Estimate) -> tuple[Finding, ...]:
    findings = []
    days = calendar.collected_hours / HOURS_PER_DAY
    if days < 7:
        findings.append(
            Finding(
                f"{days:.1f} days are no week: hours of the week that were not seen follow those that were, and most "
                "of what is shown below is what was believed before",
                calendar.collected_hours,
                "warning",
            )
        )
    if found.misfit > UNUSUAL:
        findings.append(
            Finding(
                "the model hardly makes a log like this one; the nearest that it makes was taken, and the table of "
                "what was simulated against observed says where they differ",
                1,
                "warning",
            )
        )
    if months_of(calendar.hours) < 3:
        findings.append(Finding("growth cannot be told from so short a log", calendar.hours))
    return tuple(findings)

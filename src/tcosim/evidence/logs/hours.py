"""Quarters of an hour into the hourly series: partial ends cut, gaps found, and all of it said.

Knows arrays, zones and gaps; knows nothing of files.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tcosim.errors import InputError, Problem
from tcosim.evidence.hourly import Finding
from tcosim.evidence.logs.bins import Bins
from tcosim.evidence.logs.gaps import Silence, gaps, silences
from tcosim.evidence.logs.words import counted, listed, moment
from tcosim.evidence.logs.zone import EPOCH, MOST_HOURS, Zone, local_hours, phase, to_utc

GapRule = Literal["auto", "traffic", "gap"]
GAP_RULES: tuple[GapRule, ...] = ("auto", "traffic", "gap")

FEWEST_HOURS, FEW_HOURS = 24, 72
"""Fewer hours are refused, fewer are warned of."""
COMPLETE_US = 60_000_000
"""An hour at an end of the log is whole if the log reaches to this from its edge."""
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
_SUMS = 5


@dataclass(frozen=True)
class Hours:
    """Sums by the hour, without holes.

    Attributes
    ----------
    start : datetime.datetime
        Beginning of the first hour, in the zone.
    hour_of_week : ndarray of int64, shape (n,)
    sums : ndarray of float64, shape (5, n)
        Input, output, cached and all tokens, and requests; NaN in gaps.
    collected : ndarray of bool, shape (n,)
    findings : tuple of Finding
    """

    start: datetime
    hour_of_week: NDArray[np.int64]
    sums: NDArray[np.float64]
    collected: NDArray[np.bool_]
    findings: tuple[Finding, ...]


def hourly(bins: Bins, zone: Zone, width_us: int | None, gap_rule: GapRule) -> Hours:
    """Turn quarters of an hour into hours.

    Parameters
    ----------
    bins : Bins
    zone : Zone
    width_us : int or None
        Width of the buckets that rows stand for [us]; None if rows are requests.
    gap_rule : {"auto", "traffic", "gap"}
        What hours without rows are.

    Raises
    ------
    tcosim.errors.InputError
        If the log is too long, too short or empty, or its clock does not fit the zone.
    """
    _refuse_days(bins)
    place, utc, weight, findings = _absolute(bins, zone)
    shift = _phase(utc, zone, width_us)
    hour = (utc - shift) // 4
    base, n = int(hour.min()), int(hour.max() - hour.min()) + 1
    if n > MOST_HOURS:
        raise InputError(
            Problem(
                "log",
                "must span twenty years at most",
                f"{n / 8766:.0f} years",
                "mend or leave out its odd times",
            )
        )
    sums = np.zeros((_SUMS, n))
    rows, empty = np.zeros(n), np.zeros(n)
    np.add.at(rows, hour - base, bins.rows[place] * weight)
    np.add.at(empty, hour - base, bins.empty[place] * weight)
    for measure in range(_SUMS):
        np.add.at(sums[measure], hour - base, bins.sums[measure, place] * weight)
    low, high, cut = _partial_ends(bins, utc, place, (base * 4 + shift, n), zone, width_us)
    kept = slice(low, n - high)
    start = (EPOCH + timedelta(minutes=15 * ((base + low) * 4 + shift))).astimezone(zone.info)
    n = max(0, n - low - high)
    seen = rows[kept] > 0
    # With the partial ends gone, hours without rows at the new ends tell nothing.
    whole = np.flatnonzero(seen)
    if len(whole) < FEWEST_HOURS:
        raise InputError(
            Problem(
                "log", f"must hold at least {FEWEST_HOURS} whole hours with rows", counted(len(whole), "whole hour"),
                "read more of it: a week shows a week's pattern, four weeks how far it can be trusted",
            )
        )  # fmt: skip
    week, changes = local_hours(start, n, zone)
    writes_nothing = width_us is not None and bool(empty.any())
    collected, said = _collected(seen, week, start, zone, gap_rule, writes_nothing)
    sums = sums[:, kept]
    sums[:, ~collected] = np.nan
    findings = [*findings, *cut, *changes, *said]
    if collected.sum() < FEW_HOURS:
        what = f"only {counted(int(collected.sum()), 'hour')} were collected: too few to tell a day's pattern from luck"
        findings.append(Finding(what, int(collected.sum()), "warning"))
    return Hours(start, week, sums, collected, tuple(findings))


def _refuse_days(bins: Bins) -> None:
    """Refuse a log whose times are days: nothing tells the hours."""
    times = np.unique(np.concatenate((bins.first, bins.last)) % DAY_US)
    if len(times) == 1 and len(bins.first) > 1:
        raise InputError(
            Problem(
                "log",
                "must tell the time of the day",
                f"the same time on each of {counted(len(bins.first), 'day')}",
                "export it by the hour or the minute, or the requests themselves",
            )
        )


def _absolute(
    bins: Bins, zone: Zone
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], list[Finding]]:
    if bins.naive:
        return to_utc(bins.quarter, zone)
    n = len(bins.quarter)
    return np.arange(n), bins.quarter, np.ones(n), []


def _phase(utc: NDArray[np.int64], zone: Zone, width_us: int | None) -> int:
    """Return at which quarter hours begin: by the zone's clock, or as hourly counts are written."""
    phases = np.unique(utc % 4)
    if width_us == HOUR_US and len(phases) == 1:
        return int(phases[0])
    return phase(int(utc.min()), zone)


def _partial_ends(
    bins: Bins,
    utc: NDArray[np.int64],
    place: NDArray[np.int64],
    grid: tuple[int, int],
    zone: Zone,
    width_us: int | None,
) -> tuple[int, int, list[Finding]]:
    """Return how many hours to cut at either end, 0 or 1, and say so.

    An hour in which the log begins or ends is not whole, unless it begins or ends within a minute of its edge.
    """
    begin, n = grid
    quarter_us = HOUR_US // 4
    at_first, at_last = int(np.argmin(utc)), int(np.argmax(utc))
    first = int(utc[at_first]) * quarter_us + int(bins.first[place[at_first]] % quarter_us)
    last = int(utc[at_last]) * quarter_us + int(bins.last[place[at_last]] % quarter_us) + (width_us or 0)
    low = int(first - begin * quarter_us > COMPLETE_US)
    high = int(n > low and (begin + 4 * n) * quarter_us - last > COMPLETE_US)
    cut = [
        moment((EPOCH + timedelta(minutes=15 * (begin + 4 * hour))).astimezone(zone.info))
        for hour, gone in ((0, low), (n - 1, high))
        if gone
    ]
    if not cut:
        return low, high, []
    what = f"the log covers a part only of the {'hours' if len(cut) > 1 else 'hour'} from {' and '.join(cut)}; left out"
    return low, high, [Finding(what, len(cut))]


def _collected(
    seen: NDArray[np.bool_],
    week: NDArray[np.int64],
    start: datetime,
    zone: Zone,
    gap_rule: GapRule,
    writes_nothing: bool,
) -> tuple[NDArray[np.bool_], list[Finding]]:
    collected = np.ones(len(seen), dtype=bool)
    runs = silences(seen)
    if not runs:
        return collected, []
    undecided: list[Silence] = []
    if gap_rule == "gap" or (gap_rule == "auto" and writes_nothing):
        found = [Silence(first, end, float("nan")) for first, end in runs]
        why = "as stated" if gap_rule == "gap" else "the log writes a row for hours without traffic"
    elif gap_rule == "auto":
        found, undecided = gaps(seen, week)
        why = "silence too long to be chance, given how often such hours are silent in the rest of the log"
    else:
        found, why = [], ""
    for gap in found:
        collected[gap.first : gap.end] = False
    findings = []
    if found:
        lost = counted(int((~collected).sum()), "hour")
        what = f"{counted(len(found), 'gap')} of {lost} in which nothing was collected"
        findings.append(
            Finding(f"{what} ({why}): {_named(found, start, zone)}", int((~collected).sum()), "warning")
        )
    if undecided:
        what = "no row in, and nothing like it in the log to compare with, so taken for no traffic: "
        hours = sum(gap.end - gap.first for gap in undecided)
        findings.append(Finding(what + _named(undecided, start, zone), hours, "warning"))
    silent = int((collected & ~seen).sum())
    if silent:
        findings.append(Finding(f"{counted(silent, 'hour')} without a row, taken for no traffic", silent))
    return collected, findings


def _named(found: list[Silence], start: datetime, zone: Zone) -> str:
    def at(hour: int) -> datetime:
        return (start.astimezone(EPOCH.tzinfo) + timedelta(hours=hour)).astimezone(zone.info)

    return listed([f"{moment(at(gap.first))} to {moment(at(gap.end))}" for gap in found])

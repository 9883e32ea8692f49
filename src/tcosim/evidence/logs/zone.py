"""Quarters of an hour into hours of the traffic's own clock: zones, clock changes, the hour of the week.

Knows zones and arrays; knows nothing of files or tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import numpy as np
from numpy.typing import NDArray

from tcosim.errors import InputError, Problem
from tcosim.evidence.hourly import Finding
from tcosim.evidence.logs.words import counted, listed, moment
from tcosim.scenario.near import closest, did_you_mean

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_HOURS = 20 * 8766
"""A log spans twenty years at most."""
_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Zone:
    """Whose clock the hours of the week are.

    Attributes
    ----------
    name : str
    info : datetime.tzinfo
    """

    name: str
    info: tzinfo


def zone_named(name: str) -> Zone:
    """Find a zone by its name, such as ``Europe/Berlin`` or ``UTC``.

    Raises
    ------
    tcosim.errors.InputError
        If there is none.
    """
    from zoneinfo import ZoneInfo, available_timezones

    if name.strip().upper() in ("UTC", "Z", "GMT"):
        return Zone("UTC", UTC)
    known = available_timezones()
    if name not in known:
        cities = {zone.rpartition("/")[2].lower(): zone for zone in sorted(known)}
        near = [cities[name.lower()]] if name.lower() in cities else closest(name, sorted(known))
        raise InputError(
            Problem(
                "zone",
                "must be the name of a time zone",
                name,
                did_you_mean(near) or "such as Europe/Berlin or UTC",
            )
        )
    return Zone(name, ZoneInfo(name))


def zone_of(offsets: Sequence[int | None], stated: str | None) -> tuple[Zone, list[Finding]]:
    """Decide whose clock the hours of the week are.

    Parameters
    ----------
    offsets : sequence of int or None
        Offsets in which the times are written [s]; None for times without one.
    stated : str or None
        What the user says.

    Raises
    ------
    tcosim.errors.InputError
        If nothing tells.
    """
    if stated is not None:
        return zone_named(stated), []
    way_out = "say whose clock the traffic follows with --zone Europe/Berlin, or with --zone UTC"
    if None in offsets:
        raise InputError(
            Problem("zone", "must be stated, for the log's times have no offset from UTC", way_out=way_out)
        )
    if len(offsets) > 1:
        shown = ", ".join(_offset_name(offset or 0) for offset in offsets[:6])
        raise InputError(
            Problem("zone", "must be stated, for the log's times have different offsets", shown, way_out)
        )
    offset = offsets[0] or 0
    if offset == 0:
        what = (
            "times are UTC and so are the hours of the week; if the traffic follows another clock, say --zone"
        )
        return Zone("UTC", UTC), [Finding(what, 0)]
    name = _offset_name(offset)
    what = f"hours of the week are in {name}, as the log writes them, without clock changes; --zone says otherwise"
    return Zone(name, timezone(timedelta(seconds=offset), name)), [Finding(what, 0)]


def _offset_name(offset: int) -> str:
    hours, minutes = divmod(abs(offset) // 60, 60)
    return f"UTC{'-' if offset < 0 else '+'}{hours:02d}:{minutes:02d}" if offset else "UTC"


def to_utc(quarter: Ints, zone: Zone) -> tuple[Ints, Ints, Floats, list[Finding]]:
    """Place quarters of a local clock in absolute time.

    Parameters
    ----------
    quarter : ndarray of int64, shape (n,)
        Quarters of an hour of the local clock, in order.
    zone : Zone

    Returns
    -------
    place : ndarray of int64, shape (m,)
        Index into `quarter`; those that the clock shows twice come twice.
    utc : ndarray of int64, shape (m,)
        Quarters since 1970, UTC.
    weight : ndarray of float64, shape (m,)
        Share of what the quarter holds: one half where the clock shows it twice.
    findings : list of Finding

    Raises
    ------
    tcosim.errors.InputError
        If there is something at a time that the zone's clock skips.
    """
    place: list[int] = []
    utc: list[int] = []
    weight: list[float] = []
    twice: list[datetime] = []
    for at, count in enumerate(quarter.tolist()):
        wall = (EPOCH + count * _QUARTER).replace(tzinfo=zone.info)
        early, late = _quarters(wall.utcoffset()), _quarters(wall.replace(fold=1).utcoffset())
        if early < late:
            raise InputError(
                Problem(
                    "zone", f"the clock of {zone.name} skips the hour in which the log has rows",
                    f"{wall:%Y-%m-%d %H:%M}", "the log is in another zone, UTC perhaps: --zone UTC",
                )
            )  # fmt: skip
        ways = [early] if early == late else [early, late]
        if len(ways) > 1:
            twice.append(wall)
        for offset in ways:
            place.append(at)
            utc.append(count - offset)
            weight.append(1.0 / len(ways))
    findings = []
    if twice:
        days = listed(sorted({f"{wall:%Y-%m-%d}" for wall in twice}))
        what = f"the clock of {zone.name} shows an hour twice on {days}; times without offset do not tell which, so "
        findings.append(Finding(what + "what is in it is split evenly", len({wall.date() for wall in twice})))
    return np.array(place, dtype=np.int64), np.array(utc, dtype=np.int64), np.array(weight), findings


def _quarters(offset: timedelta | None) -> int:
    return round((offset or timedelta()) / _QUARTER)


def phase(utc_quarter: int, zone: Zone) -> int:
    """Return at which quarter of a UTC hour the zone's hours begin, 0 to 3, at that time."""
    return -_quarters((EPOCH + utc_quarter * _QUARTER).astimezone(zone.info).utcoffset()) % 4


def local_hours(start: datetime, hours: int, zone: Zone) -> tuple[Ints, list[Finding]]:
    """Return the local hour of the week of each hour, and the clock changes on the way.

    Parameters
    ----------
    start : datetime.datetime
        Beginning of the first hour, aware.
    hours : int
    zone : Zone
    """
    week = np.empty(hours, dtype=np.int64)
    changes: list[str] = []
    before: timedelta | None = None
    begin = start.astimezone(UTC)
    for hour in range(hours):
        local = (begin + timedelta(hours=hour)).astimezone(zone.info)
        week[hour] = local.weekday() * 24 + local.hour
        offset = local.utcoffset()
        if before is not None and offset != before:
            changes.append(moment(local))
        before = offset
    if not changes:
        return week, []
    what = f"{counted(len(changes), 'clock change')} of {zone.name} within the log: {listed(changes)}"
    return week, [Finding(what, len(changes))]

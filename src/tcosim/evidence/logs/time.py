"""Times as logs write them, as microseconds: ISO with and without offset, counts since 1970, hours since the start.

Knows times and SQL; knows nothing of zones with clock changes or of tokens.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tcosim.errors import InputError, Problem
from tcosim.evidence.logs.formats import RELATIVE_SECONDS, Layout, plain

MICROSECONDS = 1_000_000
EPOCH = datetime(1970, 1, 1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
STAND_IN = datetime(1970, 1, 5)
"""The Monday that stands for any Monday where only the weekday of the start is stated."""
_OFFSET = r"'([zZ]| ?UTC| ?GMT|[+-][0-9]{2}(:?[0-9]{2})?)$'"
_MOST_OFFSET = 18 * 3600
"""Seconds; a time with a larger offset cannot be read."""
_EARLIEST = 1e8
"""Numbers below are no seconds since 1970 of any log (1973), but counts since the start of the log."""
_UNITS = ((1e11, 1e6), (1e14, 1e3), (1e17, 1.0), (math.inf, 1e-3))
"""Up to which size a number is seconds, milli-, micro- or nanoseconds since 1970, and its microseconds."""

MACROS = (
    f"CREATE MACRO log_zone(v) AS trim(regexp_extract(v[11:], {_OFFSET}))",
    "CREATE MACRO log_clock(v) AS replace(rtrim(v[:length(v) - length(regexp_extract(v[11:], "
    f"{_OFFSET}))]), ',', '.')",
    "CREATE MACRO log_wall(c) AS CASE WHEN c[1] BETWEEN '0' AND '9' THEN "
    "epoch_us(TRY_CAST(CASE WHEN length(c) = 13 THEN c || ':00' ELSE c END AS TIMESTAMP)) END",
    "CREATE MACRO log_offset(z) AS CASE WHEN z = '' THEN NULL WHEN z[1] NOT IN ('+', '-') THEN 0 ELSE "
    "(CASE z[1] WHEN '-' THEN -1 ELSE 1 END) * (CAST(z[2:3] AS INTEGER) * 3600 + "
    "coalesce(TRY_CAST(replace(z[4:], ':', '') AS INTEGER), 0) * 60) END",
)
"""Offset as written, the time before it, microseconds of that as if it were UTC, seconds of the offset."""


@dataclass(frozen=True)
class Clock:
    """How a source writes its times.

    Attributes
    ----------
    time, offset : str
        SQL of the time in microseconds since 1970, UTC where there is an offset, and of the offset in seconds (NULL
        where the time has none), over a column ``vt``.
    relative : bool
        Whether times are counted from the start of the log.
    """

    time: str
    offset: str
    relative: bool = False


def clock_of(about: str, kind: str, sample: Sequence[str], layout: Layout) -> Clock:
    """Tell how a source writes its times.

    Parameters
    ----------
    about : str
        Name of the file.
    kind : str
        duckdb's type of the column.
    sample : sequence
        The first values of the column that are not missing, as text.
    layout : Layout

    Raises
    ------
    tcosim.errors.InputError
        If times are counted from a start that is not stated, or it is stated and not needed.
    """
    numbers = [number for number in map(_number, sample) if number is not None]
    counted = bool(sample) and len(numbers) > len(sample) / 2
    size = sorted(map(abs, numbers))[len(numbers) // 2] if counted else 0.0
    if counted and size < _EARLIEST:
        return _relative(about, kind, layout)
    if layout.start is not None:
        raise InputError(
            Problem(
                "map",
                f"start is only for logs without dates; {about} has dates",
                layout.start,
                "leave it out",
            )
        )
    if counted:
        factor = next(factor for limit, factor in _UNITS if size < limit)
        return Clock(f"TRY_CAST(round({_as_double(kind)} * {factor!r}) AS BIGINT)", "0")
    if kind.startswith("TIMESTAMP") and "TIME ZONE" in kind:
        return Clock("epoch_us(vt)", "0")
    if kind.startswith("TIMESTAMP"):
        return Clock("epoch_us(CAST(vt AS TIMESTAMP))", _naive(layout))
    text_of = "trim(CAST(vt AS VARCHAR))"
    zone = f"log_zone({text_of})"
    offset = f"log_offset({zone})"
    wall = f"log_wall(log_clock({text_of}))"
    return Clock(
        f"CASE WHEN abs(coalesce({offset}, 0)) <= {_MOST_OFFSET} THEN "
        f"{wall} - CAST(coalesce({offset}, 0) AS BIGINT) * {MICROSECONDS} END",
        f"coalesce({offset}, {_naive(layout)})",
    )


def _naive(layout: Layout) -> str:
    return "0" if layout.utc else "CAST(NULL AS INTEGER)"


def _as_double(kind: str) -> str:
    return "TRY_CAST(trim(vt) AS DOUBLE)" if kind == "VARCHAR" else "CAST(vt AS DOUBLE)"


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _relative(about: str, kind: str, layout: Layout) -> Clock:
    if plain(layout.time) == "day":
        raise InputError(
            Problem(
                about,
                "must count by the hour or finer",
                f"days, in column {layout.time}",
                "export it by the hour or the minute, or the requests themselves",
            )
        )
    if layout.start is None:
        raise InputError(
            Problem(
                "start", f"must be stated: {about} counts {layout.time} from its own beginning and has no dates",
                way_out="--map start=2024-03-04T00:00 with --zone, or --map start=monday if all that is known is that "
                "its hour 0 is a Monday 00:00",
            )
        )  # fmt: skip
    seconds = RELATIVE_SECONDS.get(plain(layout.time), 1.0)
    begin, offset = started(layout.start)
    micro = round((begin - EPOCH) / timedelta(microseconds=1)) - (offset or 0) * MICROSECONDS
    shown = "CAST(NULL AS INTEGER)" if offset is None else str(offset)
    return Clock(
        f"{micro} + TRY_CAST(round({_as_double(kind)} * {seconds * MICROSECONDS!r}) AS BIGINT)", shown, True
    )


def started(stated: str) -> tuple[datetime, int | None]:
    """Read the stated start of a log without dates.

    Returns
    -------
    (datetime.datetime, int or None)
        The time without its offset, and the offset in seconds; a weekday is in no zone and counts as UTC.
    """
    lowered = stated.strip().lower()
    if lowered in WEEKDAYS:
        return STAND_IN + timedelta(days=WEEKDAYS.index(lowered)), 0
    try:
        begin = datetime.fromisoformat(re.sub(r"(?i)z$", "+00:00", stated.strip()))
    except ValueError:
        raise InputError(
            Problem(
                "start", "must be a date and time or a weekday", stated, "write 2024-03-04T00:00 or monday"
            )
        ) from None
    offset = begin.utcoffset()
    return begin.replace(tzinfo=None), None if offset is None else round(offset.total_seconds())


def sampled(relation: str, expression: str, missing: str) -> str:
    """SQL of the first values of a column that are not missing."""
    shown = f"SELECT CAST(vt AS VARCHAR) FROM (SELECT {expression} AS vt FROM {relation})"
    return f"{shown} WHERE NOT ({missing}) LIMIT 1000"


def said(micro: int, offset: int | None) -> str:
    """Write a time of the log in a message, in its own offset: ``"2024-05-10 13:20:05"``."""
    return f"{EPOCH + timedelta(microseconds=micro) + timedelta(seconds=offset or 0):%Y-%m-%d %H:%M:%S}"

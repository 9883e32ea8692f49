"""The table of rows summed by the quarter of an hour, and the times in it that lie years off the rest.

Knows the table and quarters of hours: every zone's clock differs from UTC by a whole number of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tcosim.errors import InputError, Problem
from tcosim.evidence.hourly import Finding
from tcosim.evidence.logs.clean import HANDFUL
from tcosim.evidence.logs.session import Session
from tcosim.evidence.logs.time import said
from tcosim.evidence.logs.words import counted

QUARTER = 900_000_000
"""Microseconds."""
DAY = 96
FAR = 10
"""Rows are years off if a gap of more than so many times the span of the rest parts them from it."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bins:
    """Sums by quarter of an hour, in the order of time; shape (n,).

    Attributes
    ----------
    quarter : ndarray of int64
        Since 1970; of UTC, or of the local clock where times have no offset.
    first, last : ndarray of int64
        Earliest and latest time [us].
    rows, empty : ndarray of int64
        Rows, and those of them that say that there was nothing.
    sums : ndarray of float64, shape (5, n)
        Input, output, cached and all tokens, and requests.
    offsets : tuple of int or None
        Offsets in which times are written [s]; None for times without one.
    """

    quarter: Ints
    first: Ints
    last: Ints
    rows: Ints
    empty: Ints
    sums: Floats
    offsets: tuple[int | None, ...]

    @property
    def naive(self) -> bool:
        """Whether times have no offset."""
        return None in self.offsets

    def without(self, low: int, high: int) -> Bins:
        """Leave out so many bins at the beginning and at the end."""
        kept = slice(low, len(self.quarter) - high)
        return Bins(
            self.quarter[kept], self.first[kept], self.last[kept], self.rows[kept], self.empty[kept],
            self.sums[:, kept], self.offsets,
        )  # fmt: skip


def binned(session: Session) -> Bins:
    """Sum the table by quarters of an hour.

    Raises
    ------
    tcosim.errors.InputError
        If some times have an offset and some have none.
    """
    offsets = tuple(
        offset for (offset,) in session.run("SELECT DISTINCT zone FROM log_row ORDER BY zone NULLS FIRST")
    )
    if None in offsets and len(offsets) > 1:
        aware, naive = (
            said(*session.run(f"SELECT t, zone FROM log_row WHERE zone IS {which} ORDER BY rowid LIMIT 1")[0])
            for which in ("NOT NULL", "NULL")
        )
        shown = f"{aware} with and {naive} without"
        raise InputError(
            Problem(
                "log", "times must all have an offset from UTC, or none may", shown,
                "write all of them in one way, or read the files one by one",
            )
        )  # fmt: skip
    rows = session.run(
        f"""SELECT CAST(floor(t / {QUARTER}.0) AS BIGINT) AS q, min(t), max(t), count(*),
            count(*) FILTER (WHERE coalesce(req, 1) = 0 AND coalesce(tok, 0) = 0),
            sum(i), sum(o), sum(k), sum(tok), sum(req) FROM log_row GROUP BY q ORDER BY q"""
    )
    whole = np.array([row[:5] for row in rows], dtype=np.int64).reshape(-1, 5).T
    sums = np.array([[float(value or 0) for value in row[5:]] for row in rows]).reshape(-1, 5).T
    return Bins(whole[0], whole[1], whole[2], whole[3], whole[4], sums, offsets)


def near(bins: Bins) -> tuple[Bins, list[Finding]]:
    """Set aside a handful of rows that lie years off the rest.

    Raises
    ------
    tcosim.errors.InputError
        If more than a handful does.
    """
    ends = _loose_ends(bins)
    low, high = max(ends, key=sum, default=(0, 0))
    kept = bins.without(low, high)
    gap, at = _widest(kept)
    if gap > FAR * max(_span(kept, 0, at), _span(kept, at, len(kept.quarter)), DAY):
        beside = min(int(kept.rows[:at].sum()), int(kept.rows[at:].sum()))
        zone = _only(bins.offsets)
        raise InputError(
            Problem(
                "log", f"must be one stretch of time, or have at most {HANDFUL} rows far off",
                f"{counted(beside, 'row')} on one side of the gap from {said(int(kept.last[at - 1]), zone)} to "
                f"{said(int(kept.first[at]), zone)}",
                "read the two stretches one by one",
            )
        )  # fmt: skip
    if not low + high:
        return bins, []
    off = [*range(low), *range(len(bins.quarter) - high, len(bins.quarter))]
    count = int(sum(bins.rows[place] for place in off))
    times = ", ".join(said(int(bins.first[place]), _only(bins.offsets)) for place in off)
    what = f"{counted(count, 'row')} set aside: at {times}, more than {FAR} times the span of all others away from them"
    return kept, [Finding(what, count, "warning")]


def _loose_ends(bins: Bins) -> list[tuple[int, int]]:
    """List how many bins at either end could go as a handful that lies far off what is left."""
    n = len(bins.quarter)
    from_low, from_high = np.cumsum(bins.rows), np.cumsum(bins.rows[::-1])
    found = []
    for low in range(min(HANDFUL, n - 1) + 1):
        for high in range(min(HANDFUL, n - 1 - low) + 1):
            rows = (from_low[low - 1] if low else 0) + (from_high[high - 1] if high else 0)
            if not 0 < rows <= HANDFUL:
                continue
            far = FAR * max(_span(bins, low, n - high), DAY)
            before = not low or bins.quarter[low] - bins.quarter[low - 1] > far
            after = not high or bins.quarter[n - high] - bins.quarter[n - high - 1] > far
            if before and after:
                found.append((low, high))
    return found


def _span(bins: Bins, start: int, end: int) -> int:
    return int(bins.quarter[end - 1] - bins.quarter[start]) + 1 if end > start else 0


def _widest(bins: Bins) -> tuple[int, int]:
    """Return the widest gap between bins [quarters], and the bin after it."""
    steps = np.diff(bins.quarter)
    if not len(steps):
        return 0, 0
    at = int(np.argmax(steps))
    return int(steps[at]), at + 1


def _only(offsets: tuple[int | None, ...]) -> int | None:
    return offsets[0] if len(offsets) == 1 else None

"""What a log says once it is read: one row for each hour, and what was found on the way.

Knows arrays and times; knows nothing of files or of how they are read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tcosim.units import HOURS_PER_WEEK

Floats = NDArray[np.float64]

Measure = Literal["tokens", "requests"]


@dataclass(frozen=True)
class Finding:
    """One thing that was found in a log and what was done about it.

    Attributes
    ----------
    what : str
        A sentence for the reader, with figures and places.
    count : int
        Rows, hours or events concerned.
    severity : {"note", "warning"}
    """

    what: str
    count: int
    severity: Literal["note", "warning"] = "note"


@dataclass(frozen=True)
class HourlyLog:
    """Traffic by the hour, in absolute time, without holes in the row of hours.

    Attributes
    ----------
    start : datetime.datetime
        Beginning of the first hour, aware, in the traffic's own zone.
    zone : str
        Name of that zone, as stated or found.
    hour_of_week : ndarray of int64, shape (n,)
        Local hour of the week of each hour; 0 is Monday 00:00 to 01:00. Steps by one but for clock changes.
    requests : ndarray of float64, shape (n,), or None
        Requests; NaN in hours that were not collected.
    tokens : ndarray of float64, shape (n,), or None
        Input and output tokens together; None if the log counts requests alone.
    input_tokens, cached_tokens, output_tokens : ndarray of float64, shape (n,), or None
        None where the log does not part them.
    collected : ndarray of bool, shape (n,)
        False in a gap of the collection; an hour without traffic is collected and 0.
    findings : tuple of Finding
    rows : int
        Rows read.
    format : str
        Name of the format.
    sources : tuple of str
        Names of the files, without their folders.
    """

    start: datetime
    zone: str
    hour_of_week: NDArray[np.int64]
    requests: Floats | None
    tokens: Floats | None
    input_tokens: Floats | None
    cached_tokens: Floats | None
    output_tokens: Floats | None
    collected: NDArray[np.bool_]
    findings: tuple[Finding, ...] = ()
    rows: int = 0
    format: str = ""
    sources: tuple[str, ...] = field(default=())

    @property
    def measure(self) -> Measure:
        """What the traffic is counted in."""
        return "requests" if self.tokens is None else "tokens"

    @property
    def traffic(self) -> Floats:
        """Tokens of each hour, or requests where the log has no tokens; NaN where nothing was collected."""
        found = self.requests if self.tokens is None else self.tokens
        assert found is not None
        return found

    def since(self, hour: int) -> HourlyLog:
        """The same log from an hour on."""

        def cut(values: Floats | None) -> Floats | None:
            return None if values is None else values[hour:]

        return replace(
            self,
            start=(self.start.astimezone(UTC) + timedelta(hours=hour)).astimezone(self.start.tzinfo),
            hour_of_week=self.hour_of_week[hour:],
            requests=cut(self.requests),
            tokens=cut(self.tokens),
            input_tokens=cut(self.input_tokens),
            cached_tokens=cut(self.cached_tokens),
            output_tokens=cut(self.output_tokens),
            collected=self.collected[hour:],
        )

    @property
    def weeks(self) -> float:
        """Length of the log in weeks, gaps included."""
        return len(self.hour_of_week) / HOURS_PER_WEEK

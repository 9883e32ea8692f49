"""Dated prices as one reading a month for each series, cleaned, with what was found on the way.

Knows months and prices; knows nothing of files, of distributions or of forecasts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tcosim.evidence.hourly import Finding

Floats = NDArray[np.float64]
Kind = Literal["walk", "tier"]
Family = Literal["api", "rental", "purchase"]
KIND_OF: dict[Family, Kind] = {"api": "tier", "rental": "walk", "purchase": "walk"}

MONTHS_PER_YEAR = 12
CORRECTION_FACTOR = 6.0
"""A price of the same thing that moves further between readings is taken for a correction of data."""
STALE_MONTHS = 12
"""A list on which nothing moved for so long, from its first to its last reading, is taken to be no longer kept."""


@dataclass(frozen=True)
class PriceSeries:
    """One price over time, at most one reading a month.

    Attributes
    ----------
    name : str
    group : str
        What moves together with it besides the whole market: the vendor or provider.
    months : ndarray of int64, shape (k,)
        Rising; month 0 is January of the year 0.
    log_prices : ndarray of float64, shape (k,)
    """

    name: str
    group: str
    months: NDArray[np.int64]
    log_prices: Floats

    @property
    def years(self) -> float:
        """From the first reading to the last."""
        return float(self.months[-1] - self.months[0]) / MONTHS_PER_YEAR

    @property
    def steps(self) -> Floats:
        """Years between readings, shape (k - 1,)."""
        return np.diff(self.months) / MONTHS_PER_YEAR

    @property
    def moves(self) -> Floats:
        """Moves of the logarithm between readings, shape (k - 1,)."""
        return np.diff(self.log_prices)

    def until(self, month: int) -> PriceSeries:
        """What was known at the end of a month."""
        known = self.months <= month
        return replace(self, months=self.months[known], log_prices=self.log_prices[known])


@dataclass(frozen=True)
class PriceHistory:
    """Several series of one family, cleaned.

    Attributes
    ----------
    family : str
    kind : str
        ``"walk"``: readings of a price. ``"tier"``: list prices that stand until the next one.
    series : tuple of PriceSeries
        Each with two readings or more.
    findings : tuple of Finding
    rows : int
        Rows read.
    source : str
        Name of the file, without its folder.
    """

    family: Family
    kind: Kind
    series: tuple[PriceSeries, ...]
    findings: tuple[Finding, ...] = ()
    rows: int = 0
    source: str = ""

    def until(self, month: int) -> PriceHistory:
        """What was known at the end of a month: the series with two readings by then."""
        known = (one.until(month) for one in self.series)
        return replace(self, series=tuple(one for one in known if len(one.months) > 1))


@dataclass(frozen=True)
class Reading:
    """One row of a file: a series, its group, a day (months, with the day as the fraction), a price."""

    name: str
    group: str
    when: float
    price: float


def clean(readings: Sequence[Reading], family: Family, kind: Kind, source: str) -> PriceHistory:
    """Make monthly series of readings; what is set aside is counted.

    Parameters
    ----------
    readings : sequence of Reading
        Prices above 0, each series and day once.
    """
    by_name: dict[str, list[Reading]] = {}
    for one in readings:
        by_name.setdefault(one.name, []).append(one)
    end = max(math.floor(one.when) for one in readings)
    found: list[Finding] = []
    rows = [sorted(by_name[name], key=lambda one: one.when) for name in sorted(by_name)]
    single = [one[0].name for one in rows if len(one) == 1]
    kept: list[PriceSeries] = []
    corrected: list[str] = []
    for several in (one for one in rows if len(one) > 1):
        monthly = _monthly(several, end if kind == "tier" else None)
        parts = [monthly] if kind == "tier" else _without_corrections(monthly)
        if len(parts) > 1:
            corrected.append(monthly.name)
        kept.extend(parts)
    short = [one.name for one in kept if len(one.months) < 2]
    kept = [one for one in kept if len(one.months) > 1]
    stale = [one.name for one in kept if _is_stale(one)] if kind == "walk" else []
    found += _told(single + short, "read in one month only, which says nothing about moves: set aside")
    found += _told(
        corrected,
        f"with a move by more than a factor of {CORRECTION_FACTOR:g} between readings: taken for a"
        " correction of data, the series is cut there",
    )
    found += _told(stale, f"unchanged for {STALE_MONTHS} months and more: a list nobody keeps, set aside")
    series = tuple(one for one in kept if not (kind == "walk" and _is_stale(one)))
    return PriceHistory(family, kind, series, tuple(found), len(readings), source)


def _monthly(readings: Sequence[Reading], end: int | None) -> PriceSeries:
    """Last reading of each month; with `end`, a price stands until the next one, and until `end`."""
    last = {math.floor(one.when): math.log(one.price) for one in readings}
    months = np.array(sorted(last), dtype=np.int64)
    values = np.array([last[int(month)] for month in months])
    if end is not None:
        grid = np.arange(months[0], end + 1)
        filled = values[np.searchsorted(months, grid, side="right") - 1]
        return PriceSeries(readings[0].name, readings[0].group, grid, filled)
    return PriceSeries(readings[0].name, readings[0].group, months, values)


def _without_corrections(series: PriceSeries) -> list[PriceSeries]:
    cuts = np.flatnonzero(np.abs(series.moves) > math.log(CORRECTION_FACTOR)) + 1
    bounds = [0, *cuts.tolist(), len(series.months)]
    return [
        replace(
            series,
            name=series.name if part == 0 else f"{series.name} ({part + 1})",
            months=series.months[low:high],
            log_prices=series.log_prices[low:high],
        )
        for part, (low, high) in enumerate(pairwise(bounds))
    ]


def _is_stale(series: PriceSeries) -> bool:
    return series.years * MONTHS_PER_YEAR >= STALE_MONTHS and not series.moves.any()


def _told(names: Iterable[str], what: str) -> list[Finding]:
    listed = list(names)
    if not listed:
        return []
    shown = ", ".join(listed[:3]) + (", ..." if len(listed) > 3 else "")
    return [Finding(f"{len(listed)} series {what} ({shown})", len(listed), "warning")]

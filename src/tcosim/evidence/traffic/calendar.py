"""Which hour of a log belongs to which day and which cell of the week.

Knows hours; knows nothing of traffic.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tcosim.units import HOURS_PER_WEEK

HOURS_PER_DAY = 24
DAYS_PER_WEEK = 7
FIRST_WEEKEND_DAY = 5
WHOLE_DAY = 0.5
"""A day counts where at least this share of its hours was collected."""

Ints = NDArray[np.int64]
Floats32 = NDArray[np.float32]


@dataclass(frozen=True)
class Calendar:
    """The hours of a log.

    Attributes
    ----------
    hour_of_week : ndarray of int64, shape (n,)
        Local; 0 is Monday 00:00 to 01:00.
    collected : ndarray of bool, shape (n,)
        False in gaps.
    """

    hour_of_week: Ints
    collected: NDArray[np.bool_]

    @property
    def hours(self) -> int:
        """Hours of the log, gaps included."""
        return len(self.hour_of_week)

    @cached_property
    def collected_hours(self) -> int:
        """Hours that were collected."""
        return int(self.collected.sum())

    @cached_property
    def day(self) -> Ints:
        """Number of the local day of each hour, from 0."""
        before = np.arange(self.hours) + int(self.hour_of_week[0]) % HOURS_PER_DAY
        return np.asarray(before // HOURS_PER_DAY)

    @cached_property
    def of_day(self) -> Grouping:
        """Hours by day."""
        return Grouping.of(self.day, int(self.day[-1]) + 1, self.collected)

    @cached_property
    def whole_days(self) -> NDArray[np.bool_]:
        """Days of which enough hours were collected, shape (days,)."""
        found: NDArray[np.bool_] = self.of_day.counts >= WHOLE_DAY * HOURS_PER_DAY
        return found

    def grouped(self, cell_of_hour: Ints) -> Grouping:
        """Hours by a grouping of the hours of the week, given as the group of each of the 168."""
        return Grouping.of(cell_of_hour[self.hour_of_week], int(cell_of_hour.max()) + 1, self.collected)

    def days_in(self, cell_of_hour: Ints) -> Ints:
        """How many days of the log have a collected hour in each group."""
        groups = cell_of_hour[self.hour_of_week][self.collected]
        pairs = np.unique(np.stack([groups, self.day[self.collected]]), axis=1)
        return np.bincount(pairs[0], minlength=int(cell_of_hour.max()) + 1)


@dataclass(frozen=True)
class Grouping:
    """Sums over groups of hours, for many series at once.

    Attributes
    ----------
    members : ndarray of float32, shape (n, k)
        1 where a collected hour belongs to a group.
    counts : ndarray, shape (k,)
        Collected hours of each group.
    """

    members: Floats32
    counts: Floats32

    @classmethod
    def of(cls, groups: Ints, n_groups: int, collected: NDArray[np.bool_]) -> Grouping:
        """Group the collected hours."""
        members = np.zeros((len(groups), n_groups), np.float32)
        kept = np.flatnonzero(collected)
        members[kept, groups[kept]] = 1.0
        return cls(members, members.sum(axis=0))

    def mean(self, series: Floats32) -> Floats32:
        """Mean of each group, shape (..., k); 0 for a group without an hour."""
        return np.asarray((series @ self.members) / np.maximum(self.counts, 1.0))


HOUR_OF_WEEK = np.arange(HOURS_PER_WEEK)
WEEKEND = (HOUR_OF_WEEK // HOURS_PER_DAY >= FIRST_WEEKEND_DAY).astype(np.int64)
HOUR_OF_DAY = HOUR_OF_WEEK % HOURS_PER_DAY
DAY_OF_WEEK = HOUR_OF_WEEK // HOURS_PER_DAY
HOUR_BY_WEEKEND = HOUR_OF_DAY + HOURS_PER_DAY * WEEKEND
"""Groupings of the 168 hours of the week, from coarse to fine."""

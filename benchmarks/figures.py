"""Figures of one run, with their bars, as a table; and timing of rivals in turn.

Knows nothing of what is measured.
"""

import time
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Figure:
    """One figure of a group, and the bar that it should clear.

    Attributes
    ----------
    at_most, at_least : float or None
        The bar, if there is one.
    """

    group: str
    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def missed(self):
        """Whether there is a bar and the figure does not clear it."""
        too_much = self.at_most is not None and not self.value <= self.at_most
        too_little = self.at_least is not None and not self.value >= self.at_least
        return too_much or too_little

    @property
    def bar(self):
        """The bar and the verdict, in words."""
        if self.at_most is None and self.at_least is None:
            return ""
        limit = f"at least {self.at_least:g}" if self.at_most is None else f"at most {self.at_most:g}"
        return f"{limit}: {'MISSED' if self.missed else 'met'}"


class Figures:
    """Figures in the order in which they were measured."""

    def __init__(self):
        self.rows = []

    def add(self, group, name, value, unit, *, at_most=None, at_least=None):
        """Keep a figure."""
        self.rows.append(Figure(group, name, value, unit, at_most, at_least))

    def table(self):
        """All figures, group by group; a ratio stands beside those in the unit of their group's first."""
        first, lines = {}, []
        for row in sorted(self.rows, key=lambda row: list({r.group: 0 for r in self.rows}).index(row.group)):
            if row.group not in first:
                first[row.group] = row
                lines += ["", row.group]
            to = first[row.group]
            ratio = f"{row.value / to.value:8.2f} x" if row.unit == to.unit and to.value else " " * 10
            lines.append(f"  {row.name:<54} {row.value:10.4g} {row.unit:<18} {ratio}   {row.bar}".rstrip())
        return "\n".join(lines)


class Time(NamedTuple):
    """The shortest of several rounds, and how many processors it kept busy: fewer than wanted on a shared machine."""

    seconds: float
    processors: float


def race(rivals, rounds):
    """Shortest time of each of several functions that take turns, so that a busy machine slows all of them.

    Parameters
    ----------
    rivals : dict of str to callable
    rounds : int
        After one round that does not count.

    Returns
    -------
    dict of str to Time
    """
    best = {}
    for turn in range(rounds + 1):
        for name, function in rivals.items():
            started, worked = time.perf_counter(), time.process_time()
            function()
            seconds = time.perf_counter() - started
            took = Time(seconds, (time.process_time() - worked) / seconds)
            if turn:
                best[name] = min(best.get(name, took), took)
    return best

"""Hours without a row: was nothing collected, or was there no traffic?

Knows which hours have rows and where they lie in the week; knows nothing of files or tokens.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SHORTEST = 3
"""Hours; a shorter silence is taken for no traffic whatever the odds."""
UNLIKELY = 1e-3
"""A silence is a gap if fewer than one in a thousand logs like this one would have one as unlikely."""
MOSTLY = 0.5
RARE = 0.02
"""A log is almost never silent if a smaller share of its hours is, those apart that mostly are."""
LONGEST = 5
"""So many of the longest silences do not show how long silence usually lasts."""
_MOST_WORTH = 1000.0
_FRIDAY_END = 120


@dataclass(frozen=True)
class Silence:
    """A run of hours without rows.

    Attributes
    ----------
    first, end : int
        Hours, `end` not included.
    expected : float
        Silences as unlikely to be expected in a log of this length if nothing failed; NaN if nothing tells.
    """

    first: int
    end: int
    expected: float


def silences(seen: Bools) -> list[tuple[int, int]]:
    """List runs of hours without rows as (first, end), `end` not included."""
    edges = np.flatnonzero(np.diff(np.concatenate(([True], seen, [True])).astype(np.int8)))
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]


def gaps(seen: Bools, hour_of_week: Ints) -> tuple[list[Silence], list[Silence]]:
    """Tell gaps of the collection from silences of the traffic, by likelihood.

    An hour is silent with probability kappa if the hour before was, and else with the share e of silent hours at its
    hour of the week in the rest of the log. In a log that is almost never silent kappa is 0 and no long run counts for
    e, so outages do not excuse each other; elsewhere both are estimated without the run that is judged.

    Parameters
    ----------
    seen : ndarray of bool, shape (n,)
        Whether an hour has a row.
    hour_of_week : ndarray of int64, shape (n,)

    Returns
    -------
    gaps : list of Silence
        Cut to the hours that are not mostly silent anyway.
    undecided : list of Silence
        Nothing in the log can be compared with these; they are taken for no traffic.
    """
    every = sorted(silences(seen), key=lambda run: run[1] - run[0])
    runs = sorted(run for run in every if run[1] - run[0] >= SHORTEST)
    busy = _busy(seen, hour_of_week)
    rare = bool((~seen & busy).sum() < RARE * busy.sum())
    long = np.zeros(len(seen), dtype=bool)
    for first, end in runs:
        long[first:end] = True
    found: list[Silence] = []
    undecided: list[Silence] = []
    for first, end in runs:
        rest = ~(long & busy) if rare else np.ones(len(seen), dtype=bool)
        rest[first:end] = False
        share, known = _usual(seen, hour_of_week, rest, slice(first, end))
        if not known.any():
            undecided.append(Silence(first, end, float("nan")))
            continue
        kappa = 0.0 if rare else _persistence(seen, hour_of_week, every, (first, end))
        stays = share + kappa * (1.0 - share)
        # What nothing can be compared with says nothing either way.
        log_odds = np.where(known, np.log(np.concatenate((share[:1], stays[1:]))), 0.0)
        expected = float(len(seen) * np.exp(log_odds.sum()))
        odd = np.flatnonzero(known & (share < MOSTLY))
        if expected < UNLIKELY and len(odd):
            found.append(Silence(first + int(odd[0]), first + int(odd[-1]) + 1, expected))
    return found, undecided


def _kind(hour_of_week: Ints) -> Ints:
    """Hour of the day, and 24 more at weekends."""
    return np.asarray(hour_of_week % 24 + 24 * (hour_of_week >= _FRIDAY_END))


def _busy(seen: Bools, hour_of_week: Ints) -> Bools:
    """Whether an hour is of a kind that is not mostly silent."""
    kind = _kind(hour_of_week)
    n, silent = np.bincount(kind, minlength=48), np.bincount(kind[~seen], minlength=48)
    return np.asarray((silent < MOSTLY * n)[kind])


def _usual(seen: Bools, hour_of_week: Ints, rest: Bools, run: slice) -> tuple[NDArray[np.float64], Bools]:
    """Return how often hours like those of a run are silent in the rest of the log, and whether there are any.

    Counts at the hour of the week, on top of some hours' worth of the share at that hour of any day of its kind
    (working day or weekend), on top of as many hours' worth of the share of all: the more, the less kinds of hours
    differ.
    """
    silent = rest & ~seen
    of_all = (silent.sum() + 0.5) / (rest.sum() + 1.0)
    kind = _kind(hour_of_week)
    n_kind, s_kind = np.bincount(kind[rest], minlength=48), np.bincount(kind[silent], minlength=48)
    worth = _alike(s_kind, n_kind)
    of_kind = (s_kind + worth * of_all) / (n_kind + worth)
    n_week = np.bincount(hour_of_week[rest], minlength=168)
    s_week = np.bincount(hour_of_week[silent], minlength=168)
    at, like = hour_of_week[run], kind[run]
    return (s_week[at] + worth * of_kind[like]) / (n_week[at] + worth), n_kind[like] > 0


def _alike(silent: Ints, n: Ints) -> float:
    """Return how many hours' worth the share of all is for one kind of hours: the prior's weight in a beta-binomial.

    By the analysis of variance between kinds; 1 where they differ most, a thousand where chance explains all.
    """
    silent, n = silent[n > 0], n[n > 0]
    cells, total = len(n), float(n.sum())
    share, pooled = silent / n, float(silent.sum()) / total
    within = float((n * share * (1.0 - share)).sum()) / max(1.0, total - cells)
    if cells < 2:
        return _MOST_WORTH
    between = float((n * (share - pooled) ** 2).sum()) / (cells - 1)
    size = (total - float((n.astype(float) ** 2).sum()) / total) / (cells - 1)
    if between <= within:
        return _MOST_WORTH
    likeness = (between - within) / (between + (size - 1.0) * within)
    return float(np.clip(1.0 / likeness - 1.0, 1.0, _MOST_WORTH))


def _persistence(
    seen: Bools, hour_of_week: Ints, every: list[tuple[int, int]], judged: tuple[int, int]
) -> float:
    """Return how much likelier than usual silence is after a silent hour.

    The run that is judged does not count, and the longest of the others (`every` is in order of length) only up to the
    length of those below them, as runs that were still going on: a few outages would else make long silence look usual.
    """
    counted = np.ones(len(seen), dtype=bool)
    others = [run for run in every if run != judged]
    usual = others[-1 - LONGEST][1] - others[-1 - LONGEST][0] if len(others) > LONGEST else 0
    for first, end in others[-LONGEST:]:
        counted[first + usual : end + 1] = False
    counted[judged[0] : judged[1] + 1] = False
    kind = _kind(hour_of_week)
    n = np.bincount(kind[counted], minlength=48)
    silent = np.bincount(kind[counted & ~seen], minlength=48)
    # Hours that are always silent, as nights may be, say nothing of what silence does to the next hour.
    after = np.flatnonzero(counted[1:] & ~seen[:-1] & (silent < n)[kind[1:]]) + 1
    share = silent[kind[after]] / n[kind[after]]
    excess, fresh = float((~seen[after]).sum() - share.sum()), float((1.0 - share).sum())
    return min(1.0, max(0.0, excess / (fresh + 1.0)))

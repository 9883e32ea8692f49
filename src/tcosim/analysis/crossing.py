"""Where a curve over volumes crosses a level, as a volume with its 95 % interval.

Arrays in, crossings out: knows nothing of Datasets, options or words (docs/decision.md, D1).

Legend: ``v`` volumes, ``k`` scrambles.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from tcosim.analysis.interval import student

CLIFF = 0.5
"""A probability that changes by more than this between two volumes says nothing of where between them it does."""
EDGE = 1e-4
"""Probabilities nearer to 0 or 1 count as this far from it where a curve is drawn in probits, which end there."""
A_STEP = 0.9
"""A volume this share of a step away counts as a step away: grids are rounded to three digits."""
SLACK = 1e-9
"""In log volume: an end of an interval at the very first or last volume may come out beside it by this."""

Reading = Callable[[float, float, float, float], float]
"""Share of a step in log volume at which a curve from y0 to y1 meets a level: (y0, y1, level, step) -> [0, 1]."""
Side = Literal["below", "above", "crosses"]


@dataclass(frozen=True)
class Line:
    """A curve over volumes with what is needed for the error of its crossings.

    Attributes
    ----------
    values, low, high : ndarray, shape (v,)
        Estimate and 95 % interval at each volume; ``low`` and ``high`` are NaN if nothing can be said.
    left_out : ndarray, shape (k, v)
        The same estimate without each of the scrambles.
    unresolved : ndarray of bool, shape (v - 1,)
        Steps within which the curve may do anything; a crossing there is known no better than the step.
    """

    values: NDArray[Any]
    low: NDArray[Any]
    high: NDArray[Any]
    left_out: NDArray[Any]
    unresolved: NDArray[Any]


@dataclass(frozen=True)
class Crossing:
    """One crossing.

    Attributes
    ----------
    volume : float
    low, high : float or None
        95 % interval, for the error of simulating and of reading between volumes; None where it is open, since it may
        reach beyond the volumes of the curve.
    rises : bool
        Whether the curve is above the level at larger volumes.
    """

    volume: float
    low: float | None
    high: float | None
    rises: bool


@dataclass(frozen=True)
class Level:
    """How a curve lies to a level.

    Attributes
    ----------
    level : float
    side : {"below", "above", "crosses"}
        On which side it is at all volumes, or that it crosses.
    sure : bool
        Whether the intervals at all volumes are on that side too; False for a curve that crosses.
    crossings : tuple of Crossing
        From the smallest volume to the largest.
    """

    level: float
    side: Side
    sure: bool
    crossings: tuple[Crossing, ...]


def straight(y0: float, y1: float, level: float, step: float) -> float:
    """Read a curve as straight over log volume."""
    return (level - y0) / (y1 - y0)


def probit(y0: float, y1: float, level: float, step: float) -> float:
    """Read a probability as one whose normal score is straight over log volume."""
    start, end, wanted = (float(special.ndtri(min(max(y, EDGE), 1 - EDGE))) for y in (y0, y1, level))
    return straight(start, end, wanted, step)


def in_volume(y0: float, y1: float, level: float, step: float) -> float:
    """Read a sum of money as straight over volume: costs that are fixed, and costs in proportion."""
    return math.log1p(straight(y0, y1, level, step) * math.expm1(step)) / step


def per_token(y0: float, y1: float, level: float, step: float) -> float:
    """Read a sum of money, divided by volume, as straight over log volume."""
    return straight(y0 - level, (y1 - level) * math.exp(-step), 0.0, step)


PROBABILITY: tuple[Reading, Reading] = (probit, straight)
MONEY: tuple[Reading, Reading] = (in_volume, per_token)
"""Two readings of what lies between two volumes: the first one gives the estimate, the interval holds both."""


def cliffs(probabilities: NDArray[Any]) -> NDArray[Any]:
    """Steps, shape (v - 1,), in which a probability changes by more than `CLIFF`."""
    steps: NDArray[Any] = np.abs(np.diff(probabilities)) > CLIFF
    return steps


def level_of(
    volumes: Sequence[float] | NDArray[Any], line: Line, level: float, readings: tuple[Reading, Reading]
) -> Level:
    """Find where a curve crosses a level, and how sure that is.

    Parameters
    ----------
    volumes : array_like, shape (v,)
        Increasing [token/month].
    line : Line
    level : float
        A curve that equals the level counts as above it.
    readings : (Reading, Reading)
        `PROBABILITY` or `MONEY`.

    Returns
    -------
    Level
        The interval of a crossing is the hull of three: Student's t over the delete-one-scramble jackknife of the log
        volume, about all that may be read between the volumes (`_readable`); the volumes at which the interval of the
        curve holds the level; and the whole step where that is unresolved. It is open on a side where the curve without
        some scramble does not cross, or where the interval of the curve holds the level up to the last volume.
    """
    x = np.log(np.asarray(volumes, dtype=float))
    found = _crossings(x, line.values, level, readings[0])
    if not found:
        above = bool(line.values[0] >= level)
        sure = bool(np.all(line.low >= level) if above else np.all(line.high < level))
        return Level(level, "above" if above else "below", sure, ())
    return Level(
        level, "crosses", False, tuple(_with_interval(x, line, level, readings, one, found) for one in found)
    )


@dataclass(frozen=True)
class _Place:
    x: float
    rises: bool
    step: int


def _crossings(x: NDArray[Any], y: NDArray[Any], level: float, reading: Reading) -> list[_Place]:
    above = y >= level
    return [
        _Place(_within(x, y, level, reading, int(step)), bool(above[step + 1]), int(step))
        for step in np.flatnonzero(above[1:] != above[:-1])
    ]


def _within(x: NDArray[Any], y: NDArray[Any], level: float, reading: Reading, step: int) -> float:
    return _read(x, y, level, reading, step, step + 1)


def _between(
    x: NDArray[Any], y: NDArray[Any], level: float, reading: Reading, first: int, last: int
) -> float | None:
    """Log volume of the crossing between two volumes, None if they are on one side."""
    if (y[first] >= level) == (y[last] >= level):
        return None
    return _read(x, y, level, reading, first, last)


def _read(x: NDArray[Any], y: NDArray[Any], level: float, reading: Reading, first: int, last: int) -> float:
    width = float(x[last] - x[first])
    return float(x[first]) + width * reading(float(y[first]), float(y[last]), level, width)


def _with_interval(
    x: NDArray[Any],
    line: Line,
    level: float,
    readings: tuple[Reading, Reading],
    place: _Place,
    found: list[_Place],
) -> Crossing:
    ends = [
        _jackknife(x, line, level, readings, place, found),
        _held(x, line, level, readings[0], place),
    ]
    if line.unresolved[place.step]:
        ends.append(_ends(x, place.step))
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    # What lies beyond the volumes of the curve was not simulated.
    return Crossing(
        math.exp(place.x),
        math.exp(low) if low > float(x[0]) - SLACK else None,
        math.exp(high) if high < float(x[-1]) + SLACK else None,
        place.rises,
    )


def _jackknife(
    x: NDArray[Any],
    line: Line,
    level: float,
    readings: tuple[Reading, Reading],
    place: _Place,
    found: list[_Place],
) -> tuple[float, float]:
    """Ends in log volume, infinite where a curve without one scramble has no such crossing."""
    low = high = 0.0
    places = []
    for without in line.left_out:
        others = _crossings(x, without, level, readings[0])
        same = [other for other in others if other.rises == place.rises]
        if len(others) == len(found) and others[0].rises == found[0].rises:
            places.append(others[found.index(place)].x)
        elif same:
            places.append(min((other.x for other in same), key=lambda at: abs(at - place.x)))
        elif (without[-1] >= level) == place.rises:  # it has crossed before the first volume
            low = -math.inf
        else:
            high = math.inf
    scrambles = len(line.left_out)
    if len(places) < 2:
        return place.x + low, place.x + high
    apart = np.asarray(places) - np.mean(places)
    half = student(scrambles - 1) * math.sqrt((scrambles - 1) / len(places) * float(apart @ apart))
    first, last = _readable(x, line.values, level, readings, place.step)
    return first - half + low, last + half + high


def _readable(
    x: NDArray[Any], y: NDArray[Any], level: float, readings: tuple[Reading, Reading], step: int
) -> tuple[float, float]:
    """Ends in log volume of where the curve without any error may cross within a step.

    The hull of the second reading and of the first one give or take what it moves by if the volume at one end of the
    step is left out, and with it those nearer than a step. For a curve that bends evenly that is at least twice what
    the first reading is wrong by: t(1 - t) of the bend in a step, against 1 - t and t. Without a volume to spare it is
    the whole step.
    """
    start, end = _ends(x, step)
    near = A_STEP * (end - start)
    at, second = (_within(x, y, level, reading, step) for reading in readings)
    moves = [
        _between(x, y, level, readings[0], first, last)
        for first, last in (
            (int(np.searchsorted(x, start - near, side="right")) - 1, step + 1),
            (step, int(np.searchsorted(x, end + near))),
        )
        if first >= 0 and last < len(x)
    ]
    if not moves or None in moves:
        return start, end
    move = max(abs(moved - at) for moved in moves if moved is not None)
    return max(start, min(at - move, second)), min(end, max(at + move, second))


def _ends(x: NDArray[Any], step: int) -> tuple[float, float]:
    return float(x[step]), float(x[step + 1])


def _held(x: NDArray[Any], line: Line, level: float, reading: Reading, place: _Place) -> tuple[float, float]:
    """Ends of the volumes around a crossing at which the interval of the curve holds the level; maybe infinite."""
    if np.isnan(line.low).any() or np.isnan(line.high).any():
        return -math.inf, math.inf
    left, right = (line.high, line.low) if place.rises else (line.low, line.high)
    before, after = (
        [other.x for other in _crossings(x, y, level, reading) if other.rises == place.rises]
        for y in (left, right)
    )
    return (
        max((other for other in before if other <= place.x), default=-math.inf),
        min((other for other in after if other >= place.x), default=math.inf),
    )

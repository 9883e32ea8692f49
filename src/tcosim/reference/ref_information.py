"""Twins of analysis/bins.py, analysis/choice.py and analysis/drivers.py: plain loops over futures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

SCRAMBLES = 16


def bin_places(n: int) -> list[int]:
    bins = max(1, min(256, n // 64))
    places = [round(i * n / bins) for i in range(1, bins)]
    size = n / bins / 2
    while bins > 1 and size >= 64:
        places += [round(size), n - round(size)]
        size /= 2
    return sorted(set(places))


def bins(column: Sequence[float]) -> list[int]:
    """Bin of each future: edges around values that 16 futures share, then at the places, 16 futures apart."""
    ordered = sorted(column)
    n = len(ordered)
    shared = [value for value in sorted(set(column)) if column.count(value) >= 16]
    around: list[int] = []
    for value in shared if len(shared) <= 256 else []:
        around += [ordered.index(value), ordered.index(value) + column.count(value)]
    edges: list[int] = []
    for wished in (sorted(set(around)), [ordered.index(ordered[place]) for place in bin_places(n)]):
        before = [0, *edges, n]
        for begin in wished:
            # What was there before stands; of those wished now, the first come first.
            ahead = min(edge for edge in before if edge > begin) if begin < n else begin
            behind = max([edge for edge in [0, *edges] if edge <= begin])
            if begin - behind >= 16 and ahead - begin >= 16:
                edges = sorted([*edges, begin])
    begins = [ordered[edge] for edge in edges]
    return [sum(value >= begin for begin in begins) for value in column]


def binned_sums(
    column: Sequence[float], values: Sequence[float]
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], float]]:
    """Futures and sum of the values, by (bin, scramble)."""
    counts: dict[tuple[int, int], int] = {}
    sums: dict[tuple[int, int], float] = {}
    for future, (where, value) in enumerate(zip(bins(column), values, strict=True)):
        cell = (where, future % SCRAMBLES)
        counts[cell] = counts.get(cell, 0) + 1
        sums[cell] = sums.get(cell, 0.0) + value
    return counts, sums


def value_by_bin_means(column: Sequence[float], costs: Sequence[Sequence[float]]) -> float:
    """EVPPI of a column by the plain means of its bins: what few-valued columns get."""
    n, options = len(costs), range(len(costs[0]))
    once = min(sum(row[i] for row in costs) / n for i in options)
    total = 0.0
    where = bins(column)
    for b in sorted(set(where)):
        inside = [row for row, other in zip(costs, where, strict=True) if other == b]
        total += min(sum(row[i] for row in inside) for i in options)
    return once - total / n


def perfect(costs: Sequence[Sequence[float]]) -> float:
    n = len(costs)
    before: float = min(sum(column) / n for column in zip(*costs, strict=True))
    return before - sum(map(min, costs)) / n


def jackknife(figure: Callable[[list[int]], float], futures: int) -> float:
    """Standard error of a figure of a list of futures, leaving out one scramble at a time."""
    without = [figure([f for f in range(futures) if f % SCRAMBLES != k]) for k in range(SCRAMBLES)]
    mean = sum(without) / SCRAMBLES
    squares: float = sum((value - mean) ** 2 for value in without)
    return math.sqrt((SCRAMBLES - 1) / SCRAMBLES * squares)

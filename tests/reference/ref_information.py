"""Twins of analysis/bins.py, analysis/choice.py and analysis/drivers.py: plain loops over futures."""

import math

SCRAMBLES = 16


def bin_places(n):
    bins = max(1, min(256, n // 64))
    places = [round(i * n / bins) for i in range(1, bins)]
    size = n / bins / 2
    while bins > 1 and size >= 64:
        places += [round(size), n - round(size)]
        size /= 2
    return sorted(set(places))


def bins(column):
    """Bin of each future: a new one begins at the value in each place, if 16 futures have passed and 16 remain."""
    ordered = sorted(column)
    begins, last = [], 0
    for place in bin_places(len(ordered)):
        first = ordered.index(ordered[place])
        if first - last >= 16 and len(ordered) - first >= 16:
            begins.append(ordered[place])
            last = first
    return [sum(value >= begin for begin in begins) for value in column]


def binned_sums(column, values):
    """Futures and sum of the values, by (bin, scramble)."""
    counts, sums = {}, {}
    for future, (where, value) in enumerate(zip(bins(column), values, strict=True)):
        cell = (where, future % SCRAMBLES)
        counts[cell] = counts.get(cell, 0) + 1
        sums[cell] = sums.get(cell, 0.0) + value
    return counts, sums


def value_by_bin_means(column, costs):
    """EVPPI of a column by the plain means of its bins: what few-valued columns get."""
    n, options = len(costs), range(len(costs[0]))
    once = min(sum(row[i] for row in costs) / n for i in options)
    total = 0.0
    where = bins(column)
    for b in sorted(set(where)):
        inside = [row for row, other in zip(costs, where, strict=True) if other == b]
        total += min(sum(row[i] for row in inside) for i in options)
    return once - total / n


def perfect(costs):
    n = len(costs)
    return min(sum(column) / n for column in zip(*costs, strict=True)) - sum(map(min, costs)) / n


def jackknife(figure, futures):
    """Standard error of a figure of a list of futures, leaving out one scramble at a time."""
    without = [figure([f for f in range(futures) if f % SCRAMBLES != k]) for k in range(SCRAMBLES)]
    mean = sum(without) / SCRAMBLES
    return math.sqrt((SCRAMBLES - 1) / SCRAMBLES * sum((value - mean) ** 2 for value in without))

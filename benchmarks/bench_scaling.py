"""Time grows no faster than the number of futures, and than the number of months."""

import numpy as np
import pytest

from benchmarks.figures import race
from tcosim import load, simulate
from tcosim.kernels.layout import LANES

LARGEST_EXPONENT = 1.1
GRIDS = {
    "futures": [(8192 * factor, 12) for factor in (1, 2, 4, 8)],
    "months": [(16384, months) for months in (6, 12, 24, 48)],
}
"""Futures and months. Points are drawn 4,096 at a time, so fewer futures cost no less. What a run costs whatever its
size pulls the exponent below 1; an exponent above 1 would still show."""
SMOKE_GRIDS = {"futures": [(LANES, 1), (2 * LANES, 1)], "months": [(LANES, 1), (LANES, 2)]}


def exponent(sizes, seconds):
    """Slope of a straight line through logarithms."""
    return float(np.polynomial.Polynomial.fit(np.log(sizes), np.log(seconds), 1).convert().coef[1])


def test_exponent_of_a_known_law():
    sizes = np.array([1.0, 2.0, 4.0])
    assert exponent(sizes, 3 * sizes**1.5) == pytest.approx(1.5)


@pytest.mark.parametrize("axis", GRIDS)
def test_scaling(axis, figures, smoke):
    grid = (SMOKE_GRIDS if smoke else GRIDS)[axis]

    def run(futures, months):
        scenario = load(overrides=[f"scenario.months={months}"])
        return lambda: simulate(scenario, samples=futures, threads=1)

    times = race({point: run(*point) for point in grid}, rounds=1 if smoke else 3)
    sizes = [point[0 if axis == "futures" else 1] for point in grid]
    found = exponent(sizes, [took.seconds for took in times.values()])
    group = "scaling of a whole run: exponent of time"
    figures.add(group, f"in {axis}, {sizes[0]} to {sizes[-1]}", found, "", at_most=LARGEST_EXPONENT)
    if not smoke:
        assert found <= LARGEST_EXPONENT

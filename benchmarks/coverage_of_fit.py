"""How often the intervals of `tcosim fit` hold the truth: synthetic logs of eight weeks with known parameters.

Prints coverage of the 90 % intervals and bias over width, by parameter, with standard errors. Run by hand:
``python benchmarks/coverage_of_fit.py [--settings 200] [--weeks 8]``.
"""

from __future__ import annotations

import argparse

import numpy as np

from tcosim.evidence.traffic.belief import COORDINATES, Belief, levels, months_of
from tcosim.evidence.traffic.calendar import Calendar
from tcosim.evidence.traffic.estimate import LEAST_BUSY_HOURS, simulate_pool
from tcosim.evidence.traffic.simulated import simulated_logs
from tcosim.processors import usable_processors
from tcosim.scenario.library import default_library
from tcosim.units import HOURS_PER_WEEK

TRUTH_SEED = 12_345
NAMES = (*COORDINATES, "level")
PERCENTS = (5, 30, 50, 70, 95)
MIDDLE = PERCENTS.index(50)
FIRST = 1 << 24
"""Futures of the truth are none of the pool's."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=int, default=200)
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--shape", default="office-hours")
    arguments = parser.parse_args()
    right, found = fits_of_known(arguments.settings, arguments.weeks, arguments.shape)
    n = len(right)
    print(
        f"{n} settings, {arguments.weeks} weeks, shape {arguments.shape}; s.e. of 90 %: {30 / np.sqrt(n):.1f} points"
    )
    width = (found[:, :, -1] - found[:, :, 0]).mean(axis=0)
    bias = (found[:, :, MIDDLE] - right).mean(axis=0) / width
    for name, share, off, wide in zip(NAMES, covered(right, found, 5, 95), bias, width, strict=True):
        print(f"{name:20} coverage {100 * share:5.1f} %   bias / width {off:+.3f}   width {wide:.3g}")


def fits_of_known(settings: int, weeks: int, shape_name: str) -> tuple[np.ndarray, np.ndarray]:
    """Fit logs whose parameters are known.

    Returns
    -------
    (ndarray, ndarray)
        True coordinates and log level, shape (n, d); percentiles of what is left possible, shape (n, d, PERCENTS).
    """
    library = default_library()
    shape = np.asarray(library.shape(shape_name).values)
    hours = weeks * HOURS_PER_WEEK
    calendar = Calendar(np.arange(hours) % HOURS_PER_WEEK, np.ones(hours, bool))
    belief = Belief(library, shape_is_given=True)
    pool = simulate_pool(calendar, shape, belief, shape_is_given=True, seed=0, threads=usable_processors())
    rng = np.random.default_rng(TRUTH_SEED)
    truth = belief.draw(2 * settings, rng)
    level = levels(truth, months_of(hours), rng)
    logs = simulated_logs(truth, level, calendar, shape, TRUTH_SEED, FIRST)
    busy = np.flatnonzero((logs > 0).sum(axis=1) >= LEAST_BUSY_HOURS)[:settings]
    right = np.column_stack([belief.coordinates(truth), np.log(level[:, -1])])[busy]
    found = []
    for log in logs[busy]:
        one = pool.estimate(log, rng)
        draws = np.column_stack([one.learned, one.log_level + np.log(log.mean())])
        found.append(np.percentile(draws, PERCENTS, axis=0).T)
    return right, np.array(found)


def covered(right: np.ndarray, found: np.ndarray, low: int, high: int) -> np.ndarray:
    """Share of logs whose truth lies between two of `PERCENTS`, by parameter."""
    slack = 1e-9 * np.maximum(1.0, np.abs(right))
    ends = (found[:, :, PERCENTS.index(one)] for one in (low, high))
    below, above = ends
    return ((below - slack <= right) & (right <= above + slack)).mean(axis=0)


if __name__ == "__main__":
    main()

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
FIRST = 1 << 24
"""Futures of the truth are none of the pool's."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=int, default=200)
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--shape", default="office-hours")
    arguments = parser.parse_args()
    coverage, bias, width = coverage_of_fit(arguments.settings, arguments.weeks, arguments.shape)
    names = [*COORDINATES, "level"]
    n = arguments.settings
    print(
        f"{n} settings, {arguments.weeks} weeks, shape {arguments.shape}; s.e. of 90 %: {30 / np.sqrt(n):.1f} points"
    )
    for name, share, off, wide in zip(names, coverage, bias, width, strict=True):
        print(f"{name:20} coverage {100 * share:5.1f} %   bias / width {off / wide:+.3f}   width {wide:.3g}")


def coverage_of_fit(settings: int, weeks: int, shape_name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coverage, mean error of the median and mean width, by coordinate and for the level."""
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
    held, off, wide = np.zeros((3, right.shape[1]))
    for log, true in zip(logs[busy], right, strict=True):
        found = pool.estimate(log, rng)
        draws = np.column_stack([found.learned, found.log_level + np.log(log.mean())])
        low, middle, high = np.percentile(draws, (5, 50, 95), axis=0)
        slack = 1e-9 * np.maximum(1.0, np.abs(true))
        held += (low - slack <= true) & (true <= high + slack)
        off += middle - true
        wide += high - low
    return held / len(busy), off / len(busy), wide / len(busy)


if __name__ == "__main__":
    main()

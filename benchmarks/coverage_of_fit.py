"""How often the intervals of `tcosim fit` hold the truth: synthetic logs of eight weeks with known parameters.

Prints coverage of the 90 % intervals and bias over width, by parameter, with standard errors. Run by hand:
``python benchmarks/coverage_of_fit.py [--settings 200] [--weeks 8]``.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

import numpy as np

from tcosim.evidence.hourly import HourlyLog
from tcosim.evidence.traffic.belief import COORDINATES, Belief, level_at_end, levels, months_of
from tcosim.evidence.traffic.calendar import Calendar
from tcosim.evidence.traffic.estimate import LEAST_BUSY_HOURS, simulate_pool
from tcosim.evidence.traffic.fit import fit_traffic
from tcosim.evidence.traffic.simulated import simulated_logs
from tcosim.processors import usable_processors
from tcosim.scenario.library import default_library
from tcosim.units import HOURS_PER_MONTH, HOURS_PER_WEEK

TRUTH_SEED = 12_345
NAMES = (*COORDINATES, "level")
FIELDS = (
    "burst_sigma", "burst_hours", "burst_daily_share", "burst_days", "silent_share", "spikes_per_month", "spike_size",
    "spike_hours",
)  # fmt: skip
PERCENTS = (5, 30, 50, 70, 95)
MIDDLE = PERCENTS.index(50)
FIRST = 1 << 24
"""Futures of the truth are none of the pool's."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=int, default=200)
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--shape", default="office-hours")
    parser.add_argument(
        "--whole", action="store_true", help="through the whole fit, the shape taken from each log"
    )
    arguments = parser.parse_args()
    if arguments.whole:
        _print_whole(arguments.settings, arguments.weeks, arguments.shape)
        return
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
    right = np.column_stack([belief.coordinates(truth), np.log(level_at_end(level, hours))])[busy]
    found = []
    for log in logs[busy]:
        one = pool.estimate(log, rng)
        draws = np.column_stack([one.learned, one.log_level + np.log(log.mean())])
        found.append(np.percentile(draws, PERCENTS, axis=0).T)
    return right, np.array(found)


def _print_whole(settings: int, weeks: int, shape_name: str) -> None:
    """Fit logs as `tcosim fit` does, and hold what it writes against the truth."""
    shape = np.asarray(default_library().shape(shape_name).values)
    hours = weeks * HOURS_PER_WEEK
    rng = np.random.default_rng(TRUTH_SEED + 1)
    truth = Belief(default_library(), shape_is_given=False).draw(2 * settings, rng)
    level = levels(truth, months_of(hours), rng) * 1e6  # tokens an hour
    calendar = Calendar(np.arange(hours) % HOURS_PER_WEEK, np.ones(hours, bool))
    logs = simulated_logs(truth, level, calendar, shape, TRUTH_SEED, FIRST)
    busy = np.flatnonzero((logs > 0).sum(axis=1) >= LEAST_BUSY_HOURS)[:settings]
    held: dict[str, list[bool]] = {}
    for row in busy:
        tokens = logs[row].astype(np.float64)
        start = datetime(2024, 5, 6, tzinfo=UTC)
        log = HourlyLog(
            start, "UTC", calendar.hour_of_week, None, tokens, None, None, None, calendar.collected
        )
        found = fit_traffic(log)
        right = {f"traffic.{name}": float(getattr(truth, name)[row]) for name in FIELDS}
        right["volume.annual_growth"] = float(np.expm1(truth.log_growth[row]))
        at_end = float(level_at_end(level, hours)[row]) * HOURS_PER_MONTH
        right["volume.forecast_ratio"] = at_end / found.traffic_per_month
        for field, true in right.items():
            one = found.quantity(field)
            assert one is not None
            inside = one.percentiles["p5"] * 0.999 <= true <= one.percentiles["p95"] * 1.001
            held.setdefault(field, []).append(inside)
    n = len(busy)
    print(
        f"{n} logs of {weeks} weeks through the whole fit; s.e. of 90 % of one field: {30 / np.sqrt(n):.0f} points"
    )
    for field, inside_of in held.items():
        print(f"{field:28} {100 * np.mean(inside_of):5.1f} %")
    print(f"{'all':28} {100 * np.mean(list(held.values())):5.1f} %")


def covered(right: np.ndarray, found: np.ndarray, low: int, high: int) -> np.ndarray:
    """Share of logs whose truth lies between two of `PERCENTS`, by parameter."""
    slack = 1e-9 * np.maximum(1.0, np.abs(right))
    ends = (found[:, :, PERCENTS.index(one)] for one in (low, high))
    below, above = ends
    return ((below - slack <= right) & (right <= above + slack)).mean(axis=0)


if __name__ == "__main__":
    main()

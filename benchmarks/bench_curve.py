"""The curve over volumes against as many runs: noise is drawn once for all volumes, only fleets are simulated anew.

TCOSIM_BENCH_CURVE is the number of futures, 1e4 if unset. The bar is stated for 1e5.
"""

import os
import statistics

import numpy as np

from benchmarks.figures import race
from tcosim import curve, load, simulate

VOLUMES = np.geomspace(1e8, 1e11, 25)
BAR = 0.6
"""At most this share of the time of 25 runs."""
RUNS = VOLUMES[[2, 12, 22]]
"""A run costs more at a large volume, where some fleet always has a failure; these three stand for the 25."""
ROUNDS = 3


def test_curve(figures, smoke):
    scenario = load(overrides=["scenario.months=1"] if smoke else [])
    samples = 256 if smoke else float(os.environ.get("TCOSIM_BENCH_CURVE", "1e4"))
    rivals = {
        f"a run at {volume:.3g} tokens a month": (
            lambda volume=volume: simulate(scenario.with_volume(float(volume)), samples=samples)
        )
        for volume in RUNS
    }
    took = race(
        rivals | {"25 volumes": lambda: curve(scenario, VOLUMES, samples=samples)}, 1 if smoke else ROUNDS
    )
    single = statistics.fmean(took[name].seconds for name in rivals)
    group = f"curve, {samples:,.0f} futures"
    figures.add(group, "a run, mean of three volumes", single, "s")
    figures.add(group, "25 volumes", took["25 volumes"].seconds, "s")
    group = "curve over 25 runs"
    figures.add(group, "25 volumes over 25 runs", took["25 volumes"].seconds / 25 / single, "x", at_most=BAR)

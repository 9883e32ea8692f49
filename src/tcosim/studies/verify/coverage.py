"""How often the 95 % intervals hold the truth: many small runs with seeds of their own against a known answer.

Knows what is simulated and the interval that is told of it; the rival is an interval of half the width.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from tcosim.analysis import interval
from tcosim.analysis.interval import Interval
from tcosim.sampling.design import SobolDesign
from tcosim.sampling.law import Floats
from tcosim.scenario.load import load
from tcosim.studies.sobol import sobol_indices
from tcosim.studies.verify import outcomes
from tcosim.studies.verify.check import Checks, Group, Outcome

if TYPE_CHECKING:
    from tcosim.studies.verify.setting import Setting

CHECKS = Checks()
RUNS = 300
LEVEL = interval.LEVEL
LONG_SEED = 2**40
"""Far from those of the small runs, so that the long run shares no scramble with them."""
BINOMIAL = "4 standard errors of a binomial share"


@dataclass
class Count:
    """How often intervals held the truth, and how often they would have at half their width."""

    held: int = 0
    held_by_half: int = 0

    def add(self, found: Interval, truth: float) -> None:
        """Count an interval."""
        low, high = (found.value + (end - found.value) / 2 for end in (found.low, found.high))
        self.held += found.low <= truth <= found.high
        self.held_by_half += low <= truth <= high

    def outcome(self) -> Outcome:
        """Compare with what 95 % intervals do."""
        tolerance = outcomes.Z * math.sqrt(LEVEL * (1 - LEVEL) / RUNS)
        share, half = self.held / RUNS, self.held_by_half / RUNS
        told = abs(half - LEVEL) > tolerance
        plain = outcomes.within(LEVEL, share, tolerance, BINOMIAL, f"share of {RUNS} runs")
        return outcomes.with_rival(plain, half, "intervals of half the width", told)


def _seeds(setting: Setting) -> range:
    start = setting.seed * RUNS % 2**39
    return range(start, start + RUNS)


# ---- against a long run of the simulation

MONTHS, VOLUME, SMALL, LONG = 3, 2e10, 512, 2**18
OPTION = "rented-h100"


def _simulated(setting: Setting) -> dict[str, Count]:
    """Coverage of the intervals of a run of the default scenario, shortened and larger, where neither side wins."""

    def make() -> dict[str, Count]:
        fixed = [f"scenario.months={MONTHS}", f"option.{OPTION}.launch_months=0"]
        scenario = load(overrides=fixed, volume=VOLUME)
        names = [option.name for option in scenario.options]
        at, baseline = names.index(OPTION), names.index(scenario.baseline)

        def told(samples: int, seed: int) -> dict[str, Interval]:
            futures, beats, npv = setting.sums(scenario, samples, seed)
            return {
                "probability": interval.probability_interval(beats[:, at], futures),
                "saving": interval.mean_interval(npv[:, baseline] - npv[:, at], futures),
            }

        truth = told(LONG, LONG_SEED)
        counts = {name: Count() for name in truth}
        for seed in _seeds(setting):
            for name, found in told(SMALL, seed).items():
                counts[name].add(found, truth[name].value)
        return counts

    return setting.once("simulated coverage", make)


@CHECKS.check(
    "probability-of-a-run",
    f"The interval of a run's probability holds that of a run {LONG // SMALL:,} times as long in 95 of 100 runs.",
    f"a run of {LONG:,} futures",
)
def probability_of_a_run(setting: Setting) -> Outcome:
    return _simulated(setting)["probability"].outcome()


@CHECKS.check(
    "saving-of-a-run",
    "So does the interval of its mean saving.",
    f"a run of {LONG:,} futures",
)
def saving_of_a_run(setting: Setting) -> Outcome:
    return _simulated(setting)["saving"].outcome()


# ---- against answers that are known exactly

FUTURES, INPUTS = 1024, 8


def _known(setting: Setting, weight: float, score: float) -> Outcome:
    """P(weighted sum of normal scores < score), a smooth boundary through eight inputs."""
    weights = weight ** np.arange(INPUTS)
    weights /= math.sqrt(float(weights @ weights))
    truth, count = float(special.ndtr(score)), Count()
    scramble = np.arange(FUTURES) % 16
    for seed in _seeds(setting):
        setting.refuse_if_cancelled()
        hits = special.ndtri(SobolDesign(INPUTS, seed).points(0, FUTURES)) @ weights < score
        count.add(interval.probability_interval(np.bincount(scramble, hits), np.bincount(scramble)), truth)
    return count.outcome()


@CHECKS.check(
    "known-probability",
    "The interval of a probability that is known exactly holds it in 95 of 100 runs.",
    "P = Φ(z) of a sum of normal inputs",
)
def known_probability(setting: Setting) -> Outcome:
    return _known(setting, 0.7, -0.4)


@CHECKS.check(
    "rare-event",
    "So does the interval of an event that comes a few times in a run, where Clopper and Pearson join in.",
    "P = Φ(z) of a sum of normal inputs, 2 %",
)
def rare_event(setting: Setting) -> Outcome:
    return _known(setting, 0.9, float(special.ndtri(0.02)))


@CHECKS.check(
    "sobol-indices",
    "So does the interval of a Sobol index, for a function as skewed as savings are.",
    "product of lognormals: (exp s² − 1)/(exp Σs² − 1)",
)
def sobol_coverage(setting: Setting) -> Outcome:
    sigma, points = np.array([0.6, 0.4, 0.05]), 512
    truth = math.expm1(sigma[0] ** 2) / math.expm1(float(sigma @ sigma))
    count = Count()

    def function(u: Floats) -> Floats:
        found: Floats = np.exp(special.ndtri(u) @ sigma)
        return found

    for seed in _seeds(setting):
        setting.refuse_if_cancelled()
        drawn = SobolDesign(6, seed).points(0, points)
        a, b = drawn[:, :3], drawn[:, 3:]
        mixed = np.array([function(np.where(np.arange(3) == k, b, a)) for k in range(3)])
        found = sobol_indices(function(a), function(b), mixed)
        low, high = found.first_ci95(0)
        count.add(Interval(float(found.first[0]), low, high, "scrambles"), truth)
    return count.outcome()


GROUP = Group("coverage", "How often the 95 % intervals hold the truth", tuple(CHECKS))

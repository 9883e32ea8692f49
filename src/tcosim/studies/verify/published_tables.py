"""Mathematical tables and test vectors as they were published, each with its citation.

Holds constants of mathematics alone, to the digits that were printed; nothing about the world.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import qmc

from tcosim.analysis.interval import clopper_pearson, student
from tcosim.kernels import streams
from tcosim.sampling import families
from tcosim.sampling.design import SobolDesign
from tcosim.sampling.law import Floats
from tcosim.scenario.distributions import distribution
from tcosim.studies.sobol import Indices, sobol_indices
from tcosim.studies.verify import outcomes
from tcosim.studies.verify.check import Checks, Outcome

if TYPE_CHECKING:
    from tcosim.studies.verify.setting import Setting

CHECKS = Checks()

SPLITMIX_SEED = 1234567
SPLITMIX = (
    6457827717110365317,
    3203168211198807973,
    9817491932198370423,
    4593380528125082431,
    16408922859458223821,
)
XOSHIRO_STATE = (1, 2, 3, 4)
XOSHIRO = (
    5, 12295, 25178119, 27286542, 39879690, 1140358681, 3276312097, 4110231701, 399823256, 2144435200,
)  # fmt: skip


def _listed(words: tuple[int, ...]) -> str:
    return " ".join(f"{word:x}" for word in words)


@CHECKS.check(
    "splitmix64",
    "The hash behind every stream of random numbers gives the published sequence.",
    "SplitMix64, seed 1234567: Rosetta Code, Pseudo-random numbers/Splitmix64, after Vigna's splitmix64.c",
)
def splitmix64(setting: Setting) -> Outcome:
    golden = int(streams.GOLDEN)
    states = ((SPLITMIX_SEED + (k + 1) * golden) % 2**64 for k in range(len(SPLITMIX)))
    got = tuple(int(streams.mix(np.uint64(state))) for state in states)
    return outcomes.same(_listed(SPLITMIX), _listed(got), "hexadecimal words")


@CHECKS.check(
    "xoshiro128+",
    "The generator behind the hours gives the published sequence.",
    "xoshiro128+ from state 1, 2, 3, 4: test of the Rust crate rand_xoshiro, from the authors' xoshiro128plus.c",
)
def xoshiro128plus(setting: Setting) -> Outcome:
    state = tuple(np.uint32(word) for word in XOSHIRO_STATE)
    got = []
    for _ in XOSHIRO:
        word, *after = streams.next_word(*state)
        state = tuple(np.uint32(one) for one in after)
        got.append(int(word))
    return outcomes.same(_listed(XOSHIRO), _listed(tuple(got)), "hexadecimal words")


SOBOL = (
    (0, 0, 0), (0.5, 0.5, 0.5), (0.75, 0.25, 0.25), (0.25, 0.75, 0.75), (0.375, 0.375, 0.625),
    (0.875, 0.875, 0.125), (0.625, 0.125, 0.875), (0.125, 0.625, 0.375), (0.1875, 0.3125, 0.9375),
    (0.6875, 0.8125, 0.4375),
)  # fmt: skip


@CHECKS.check(
    "sobol-points",
    "The sequence that inputs are drawn by, before it is scrambled, is the published one.",
    "Joe and Kuo (2008), doi:10.1137/070709359: first ten points in three dimensions",
)
def sobol_points(setting: Setting) -> Outcome:
    drawn = np.concatenate(
        [qmc.Sobol(3, scramble=False).random(8), qmc.Sobol(3, scramble=False).random(16)[8:]]
    )
    apart = float(np.abs(drawn[: len(SOBOL)] - np.array(SOBOL)).max())
    return outcomes.at_most(apart, 0.0, outcomes.EXACT, "largest difference")


@CHECKS.check(
    "student-t",
    "The quantile behind every 95 % interval is that of Student's t with 15 degrees of freedom.",
    "NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2",
)
def student_t(setting: Setting) -> Outcome:
    return outcomes.to_digits(2.131, student(15), 3)


@CHECKS.check(
    "normal-quantile",
    "The 97.5 % quantile of a standard normal input is the tabulated one.",
    "Abramowitz and Stegun (1964), table 26.5",
)
def normal_quantile(setting: Setting) -> Outcome:
    normal = distribution({"dist": "normal", "mean": 0.0, "sd": 1.0})
    return outcomes.to_digits(1.95996, float(families.ppf(normal, np.array([0.975]))[0]), 5)


NEWCOMBE = {
    (81, 263): (0.2527, 0.3676),
    (15, 148): (0.0578, 0.1617),
    (0, 20): (0.0, 0.1684),
    (1, 29): (0.0009, 0.1776),
}
"""Exact 95 % intervals: hits and trials, and both ends."""


def _interval(hits: int, trials: int) -> None:
    low, high = NEWCOMBE[hits, trials]

    def ask(setting: Setting) -> Outcome:
        found = clopper_pearson(hits, trials)
        return outcomes.same(
            f"{low:.4f} to {high:.4f}", f"{found.low:.4f} to {found.high:.4f}", "probability"
        )

    CHECKS.check(
        f"exact-interval-{hits}-of-{trials}",
        f"The interval of a rare event is Clopper and Pearson's: {hits} of {trials}.",
        "Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 5",
    )(ask)


for _hits, _trials in NEWCOMBE:
    _interval(_hits, _trials)

ISHIGAMI = {"first": (0.3139, 0.4424, 0.0), "total": (0.5576, 0.4424, 0.2437)}
"""Indices of sin x1 + 7 sin² x2 + 0.1 x3⁴ sin x1, x uniform from -pi to pi."""


def _ishigami(setting: Setting) -> Indices:
    def function(u: Floats) -> Floats:
        x = math.pi * (2 * u - 1)
        found: Floats = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
        return found

    def make() -> Indices:
        points = SobolDesign(6, setting.seed).points(0, 2**15)
        a, b = points[:, :3], points[:, 3:]
        mixed = [np.where(np.arange(3) == k, b, a) for k in range(3)]
        return sobol_indices(function(a), function(b), np.array([function(one) for one in mixed]))

    return setting.once("ishigami", make)


def _index(order: str, factor: int) -> None:
    expected = ISHIGAMI[order][factor]
    # the wrong estimator that is made most easily: first order and total mistaken for each other
    other = ISHIGAMI["total" if order == "first" else "first"][factor]

    def ask(setting: Setting) -> Outcome:
        found = _ishigami(setting)
        got, error = getattr(found, order)[factor], getattr(found, f"{order}_error")[factor]
        tolerance = outcomes.scramble_z() * error + 0.5e-4
        rival = None if other == expected else other
        return outcomes.within(
            expected, got, tolerance, outcomes.BY_SCRAMBLES, "share of the variance", rival=rival,
            rival_is="" if rival is None else "the other order",
        )  # fmt: skip

    CHECKS.check(
        f"sobol-index-{order}-{factor + 1}",
        f"The {order} order Sobol index of factor {factor + 1} of a known function is the published one.",
        "Saltelli et al. (2008), Global Sensitivity Analysis; function of Ishigami and Homma (1990)",
    )(ask)


for _order in ISHIGAMI:
    for _factor in range(3):
        _index(_order, _factor)

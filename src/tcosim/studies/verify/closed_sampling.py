"""How inputs are drawn: quantiles of every family, correlations that were asked for, evenly spread points.

Knows declared distributions and scipy.stats; every family is compared with a definition of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special, stats

from tcosim.sampling import families
from tcosim.sampling.copula import build_copula
from tcosim.sampling.design import SobolDesign
from tcosim.sampling.table import PROMISE, scale_of
from tcosim.scenario.correlation import Correlation
from tcosim.scenario.distributions import distribution
from tcosim.studies.verify import outcomes
from tcosim.studies.verify.check import Checks, Outcome

if TYPE_CHECKING:
    from tcosim.studies.verify.setting import Setting

CHECKS = Checks()
AT = np.array([1e-6, 0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1 - 1e-6])
"""Probabilities of the quantiles compared."""
DIRECT = 1e-9
"""Of a family's scale, where it is computed directly."""
PARAMETRIC: dict[str, tuple[dict[str, float], Callable[[Any], Any]]] = {
    "uniform": ({"low": -1.0, "high": 3.0}, lambda d: stats.uniform(d.low, d.high - d.low)),
    "triangular": (
        {"low": 1.0, "mode": 2.0, "high": 5.0},
        lambda d: stats.triang((d.mode - d.low) / (d.high - d.low), d.low, d.high - d.low),
    ),
    "pert": ({"low": 1.0, "mode": 2.0, "high": 5.0}, lambda d: stats.beta(2, 4, d.low, d.high - d.low)),
    "normal": ({"mean": 2.0, "sd": 3.0}, lambda d: stats.norm(d.mean, d.sd)),
    "lognormal": ({"median": 2.0, "sigma": 0.8}, lambda d: stats.lognorm(d.sigma, scale=d.median)),
    "beta": ({"alpha": 2.0, "beta": 3.0}, lambda d: stats.beta(d.alpha, d.beta)),
    "gamma": ({"shape": 2.5, "scale": 2.0}, lambda d: stats.gamma(d.shape, scale=d.scale)),
    "weibull": ({"shape": 1.5, "scale": 2.0}, lambda d: stats.weibull_min(d.shape, scale=d.scale)),
    "pareto": ({"minimum": 1.0, "exponent": 2.5}, lambda d: stats.pareto(d.exponent, scale=d.minimum)),
}
"""Parameters of each family, and what scipy calls it."""


def _family(name: str) -> Callable[[Setting], Outcome]:
    parameters, law = PARAMETRIC[name]

    def ask(setting: Setting) -> Outcome:
        declared = distribution({"dist": name, **parameters})
        apart = np.abs(families.ppf(declared, AT) - law(declared).ppf(AT)).max()
        scale = scale_of(families.exact_law(declared))
        tabulated = name in families.TABULATED
        return outcomes.at_most(
            float(apart / scale),
            PROMISE if tabulated else DIRECT,
            "error promised of its table" if tabulated else outcomes.BY_ROUNDING,
            "of its scale",
        )

    return ask


for _name in PARAMETRIC:
    CHECKS.check(
        f"quantiles-{_name}",
        f"Values of the {_name} family are drawn at its quantiles, from one in a million up.",
        "scipy.stats",
    )(_family(_name))

STATED = {
    "normal": {"p5": 1.0, "p95": 3.0},
    "lognormal": {"p5": 10.0, "p95": 20.0},
    "quantiles": {"p5": 1.0, "p25": 2.0, "p50": 3.0, "p95": 20.0, "minimum": 0.0, "maximum": 40.0},
}


@CHECKS.check(
    "stated-percentiles",
    "A distribution that is declared by percentiles has these percentiles.",
    "its own declaration",
)
def stated_percentiles(setting: Setting) -> Outcome:
    worst = 0.0
    for family, stated in STATED.items():
        percentiles = {name: value for name, value in stated.items() if name[1:].isdigit()}
        declared = distribution({"dist": family, **stated})
        got = families.ppf(declared, np.array([int(name[1:]) / 100 for name in percentiles]))
        worst = max(worst, float(np.abs(got / np.array(list(percentiles.values())) - 1).max()))
    return outcomes.at_most(worst, 1e-12, outcomes.BY_ROUNDING, "relative")


@CHECKS.check(
    "mean-of-a-lognormal",
    "The mean over drawn futures is the mean of the distribution.",
    "exp(mu + sigma²/2)",
)
def mean_of_a_lognormal(setting: Setting) -> Outcome:
    sigma, futures = 0.8, 2**14
    points = SobolDesign(1, setting.seed).points(0, futures)[:, 0]
    drawn = families.ppf(distribution({"dist": "lognormal", "median": 1.0, "sigma": sigma}), points)
    means = drawn.reshape(-1, 16).mean(axis=0)
    error = float(means.std(ddof=1)) / 4
    expected = math.exp(sigma**2 / 2)
    return outcomes.scrambled(
        expected, float(means.mean()), error, rival=math.exp((1.02 * sigma) ** 2 / 2),
        rival_is="a spread larger by a fiftieth",
    )  # fmt: skip


RANKS = ((1.0, 0.8, -0.3), (0.8, 1.0, 0.1), (-0.3, 0.1, 1.0))


@CHECKS.check(
    "rank-correlation",
    "Inputs that are declared correlated have that rank correlation.",
    "Kruskal (1958), doi:10.1080/01621459.1958.10501481; error after Bonett and Wright (2000)",
)
def rank_correlation(setting: Setting) -> Outcome:
    futures = 2**16
    tied = build_copula(("a", "b", "c"), [Correlation(inputs=("a", "b", "c"), matrix=RANKS)])
    drawn = tied.transform(SobolDesign(3, setting.seed).points(0, futures))
    got = float(stats.spearmanr(drawn[:, 0], drawn[:, 1]).statistic)
    rho = RANKS[0][1]
    # the error on Fisher's scale, back on that of the correlation
    error = math.sqrt((1 + rho**2 / 2) / (futures - 3)) * (1 - rho**2)
    unconverted = 6 / math.pi * math.asin(rho / 2)
    return outcomes.estimated(
        rho, got, error, "correlation", rival=unconverted, rival_is="a copula that takes it for Pearson's"
    )


@CHECKS.check(
    "correlation-leaves-margins",
    "Correlating inputs leaves the distribution of each of them alone.",
    "mean and variance of a normal score are 0 and 1",
)
def correlation_leaves_margins(setting: Setting) -> Outcome:
    futures = 2**14
    tied = build_copula(("a", "b", "c"), [Correlation(inputs=("a", "b", "c"), matrix=RANKS)])
    scores = special.ndtri(tied.transform(SobolDesign(3, setting.seed).points(0, futures)))
    # independent futures would know a variance of normals to its root of 2 / n; Sobol points know it better
    apart = float(np.abs(scores.var(axis=0) - 1).max())
    tolerance = outcomes.Z * math.sqrt(2 / futures)
    return outcomes.at_most(apart, tolerance, outcomes.BY_ERRORS, "variance")


@CHECKS.check(
    "points-are-even",
    "Of 1,024 points of a scramble one lies in each 1,024th of every input's range.",
    "Sobol' (1967), doi:10.1016/0041-5553(67)90144-9: one-dimensional projections of a (t, m, s)-net",
)
def points_are_even(setting: Setting) -> Outcome:
    inputs, per_scramble = 12, 1024
    points = SobolDesign(inputs, setting.seed).points(0, 16 * per_scramble).reshape(per_scramble, 16, inputs)
    cells = np.sort(np.floor(points * per_scramble), axis=0)
    wrong = int(np.count_nonzero(cells != np.arange(per_scramble)[:, None, None]))
    return outcomes.none_of(wrong, "points out of place")

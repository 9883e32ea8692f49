"""Sobol points, copula and inverse distribution functions: per value, and whole for the default scenario."""

import numpy as np
import pytest

from tcosim import load
from tcosim.sampling.copula import build_copula
from tcosim.sampling.design import SobolDesign
from tcosim.sampling.families import ppf
from tcosim.sampling.inputs import InputSampler
from tcosim.scenario.distributions import distribution

FAMILIES = {
    "normal": {"mean": 0.0, "sd": 1.0},
    "lognormal": {"p5": 10.0, "p95": 20.0},
    "uniform": {"low": 0.0, "high": 1.0},
    "triangular": {"low": 1.0, "mode": 2.0, "high": 5.0},
    "pert": {"low": 1.0, "mode": 2.0, "high": 5.0},
    "beta": {"alpha": 2.0, "beta": 3.0},
    "gamma": {"mean": 3.0, "sd": 2.0},
    "weibull": {"shape": 1.5, "scale": 2.0},
    "pareto": {"minimum": 1.0, "exponent": 2.5},
    "quantiles": {"p5": 1.0, "p50": 3.0, "p95": 20.0},
    "empirical": {"values": list(range(1, 101))},
    "mixture": {
        "components": [
            {"weight": 7, "dist": "lognormal", "p5": 10.0, "p95": 20.0},
            {"weight": 3, "dist": "triangular", "low": 30.0, "mode": 35.0, "high": 60.0},
        ]
    },
}


def count(smoke):
    """Futures drawn at a time: what the engine takes, so that a future costs what it costs in a run."""
    return 256 if smoke else 1024


@pytest.fixture(scope="module")
def scenario():
    return load()


def points_in_order(design, n):
    """A function that draws the next n futures at each call, as a run does."""
    first = iter(range(0, 10**9, n))
    return lambda: design(next(first), n)


@pytest.mark.parametrize("family", FAMILIES)
def test_inverse_distribution_function(family, best_of, figures, smoke):
    n = count(smoke)
    dist = distribution({"dist": family, **FAMILIES[family]})
    u = np.random.default_rng(0).random(n)
    ppf(dist, u)  # tables are built once
    figures.add(
        "inverse distribution function", family, best_of(lambda: ppf(dist, u), 50) / n * 1e9, "ns/value"
    )


def test_sobol_points(scenario, best_of, figures, smoke):
    # a chunk holds 4,096 futures; the mean over whole chunks is what a run pays
    n, d = 4096, len(scenario.uncertain_inputs())
    seconds = best_of(points_in_order(SobolDesign(d, 0).points, n), rounds=3 if smoke else 20)
    figures.add("points and copula", f"Sobol, {d} dimensions", seconds / n / d * 1e9, "ns/value")


def test_copula(scenario, best_of, figures, smoke):
    n = count(smoke)
    names = [quantity.name for quantity in scenario.uncertain_inputs()]
    copula = build_copula(names, scenario.correlations)
    u = np.random.default_rng(0).random((n, len(names)))
    figures.add(
        "points and copula",
        "copula of the default scenario",
        best_of(lambda: copula.transform(u), rounds=20) / u.size * 1e9,
        "ns/value",
    )


def test_default_scenario(scenario, best_of, figures, smoke):
    n = 4096
    sampler = InputSampler(scenario.uncertain_inputs(), scenario.correlations, 0)
    draw = points_in_order(sampler.uniforms, n)
    seconds = best_of(lambda: sampler.values(draw()), rounds=3 if smoke else 20)
    group = f"all {len(sampler.names)} inputs of the default scenario, 1 thread"
    figures.add(group, "points, copula and values", seconds / n * 1e6, "us/future")

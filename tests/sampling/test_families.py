"""Every family keeps one contract, and agrees with a slow twin that works on distribution functions."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcosim.errors import InputError
from tcosim.reference.ref_families import ref_curve, ref_of
from tcosim.sampling import families
from tcosim.sampling.law import Floats
from tcosim.sampling.table import Tabulated, scale_of
from tcosim.scenario.distributions import FAMILIES, Distribution, distribution
from tests.sampling.cases import CASES, TABLES

TAIL = 2.0**-31
FEW = (
    np.floor(np.array([0, 1e-6, 0.01, 0.2, 0.437, 0.5, 0.61, 0.93, 0.999, 1 - 1e-6, 1 - TAIL]) * 2**30) + 0.5
) / 2**30
MANY = np.sort(
    np.concatenate(
        [
            (np.random.default_rng(3).integers(0, 2**30, 20_000) + 0.5) / 2**30,
            FEW,
            1 - TAIL * np.arange(1, 99),
        ]
    )
)
EPS = float(np.finfo(np.float64).eps)
ROUNDING = 1e-11
"""Relative error allowed where there is no table: a few hundred roundings, as far tails lose two digits."""
TABLE = 1e-6

each_case = pytest.mark.parametrize("name", CASES)


def test_every_family_is_under_the_contract_also_truncated() -> None:
    assert set(TABLES) == set(FAMILIES) == set(families.LAWS)
    without_truncation = {family for family in TABLES if "truncated" not in TABLES[family]}
    assert without_truncation == {"point"}, "a plain number takes no limits; every other family does"


def is_smooth(dist: Distribution) -> bool:
    """Whether no value has a probability of its own."""
    parts = [c.distribution.dist for c in dist.components] if dist.dist == "mixture" else [dist.dist]
    return not {"point", "empirical"} & set(parts)


def distance(dist: Distribution, found: Floats, expected: Floats) -> float:
    """Return the largest error in units of scale; of the distance from the median where that is larger."""
    exact = families.exact_law(dist)
    scale = scale_of(exact)
    if dist.dist in ("pert", "beta", "gamma"):  # light tails: the plain promise
        return float(np.max(np.abs(found - expected)) / scale)
    return float(
        np.max(np.abs(found - expected) / np.maximum(scale, np.abs(expected - families.median(dist))))
    )


@each_case
class TestContract:
    def test_quantiles_agree_with_the_twin_down_to_the_last_point(self, name: str) -> None:
        dist = CASES[name]
        twin = ref_of(dist)
        expected = np.array([twin.ppf(float(u)) for u in FEW])
        tolerance = TABLE if dist.dist in families.TABULATED else 1e-9
        assert distance(dist, families.ppf(dist, FEW), expected) < tolerance

    def test_probabilities_agree_with_the_twin(self, name: str) -> None:
        dist = CASES[name]
        twin = ref_of(dist)
        x = np.unique(families.ppf(dist, FEW))
        x = np.concatenate([x, (x[1:] + x[:-1]) / 2, [x[0] - 1, x[-1] + 1]])
        expected = np.array([twin.cdf(float(value)) for value in x])
        np.testing.assert_allclose(families.cdf(dist, x), expected, rtol=1e-8, atol=1e-12)
        above = np.array([twin.sf(float(value)) for value in x])
        np.testing.assert_allclose(families.exact_law(dist).sf(x), above, rtol=1e-6, atol=1e-12)

    def test_rises_within_its_support(self, name: str) -> None:
        dist = CASES[name]
        x = families.ppf(dist, MANY)
        low, high = families.support(dist)
        assert low <= x[0] and x[-1] <= high
        # A cubic evaluated in floating point can fall back by some last digits where the curve is flat.
        assert np.all(np.diff(x) >= -64 * EPS * np.abs(x[1:]))
        declared = dist.declared_support()
        assert declared[0] <= low and high <= declared[1]

    def test_quantile_and_probability_undo_each_other(self, name: str) -> None:
        dist = CASES[name]
        exact = families.exact_law(dist)
        x = exact.at(MANY, 1 - MANY)
        if is_smooth(dist):
            inside = (
                (x > exact.support[0]) & (x < exact.support[1]) & (np.abs(x) > 1e-300)
            )  # subnormals: few digits
            # What one rounding of x does to its probability is allowed for on both sides.
            for tail, expected, sign in ((exact.cdf, MANY, 1), (exact.sf, 1 - MANY, -1)):
                less, more = (tail(x * (1 + k * 8 * EPS)) for k in (-sign, sign))
                less, more = np.minimum(less, more), np.maximum(less, more)
                assert np.all((less * (1 - ROUNDING) - 4 * EPS <= expected)[inside])
                assert np.all((more * (1 + ROUNDING) + 4 * EPS >= expected)[inside])
        else:
            before = exact.cdf(np.nextafter(x, -math.inf))
            assert np.all(exact.cdf(x) * (1 + ROUNDING) + 4 * EPS >= MANY)
            assert np.all(before * (1 - ROUNDING) - 4 * EPS <= MANY)

    def test_mean_agrees_with_the_area_under_the_twin(self, name: str) -> None:
        dist = CASES[name]
        expected = ref_of(dist).mean()
        scale = max(scale_of(families.exact_law(dist)), abs(expected))
        assert families.mean(dist) == pytest.approx(expected, abs=2e-7 * scale)

    def test_median_is_the_quantile_of_a_half(self, name: str) -> None:
        dist = CASES[name]
        median = families.median(dist)
        assert families.cdf(dist, median) >= 0.5 - ROUNDING
        assert families.cdf(dist, np.nextafter(median, -math.inf)) <= 0.5 + ROUNDING
        assert distance(dist, families.ppf(dist, np.array([0.5])), np.array([median])) < TABLE

    def test_a_value_does_not_depend_on_its_neighbors(self, name: str) -> None:
        dist = CASES[name]
        whole = families.ppf(dist, MANY[::7])
        for start, stop in ((0, 1), (1, 14), (14, 500), (500, len(whole))):
            np.testing.assert_array_equal(families.ppf(dist, MANY[::7][start:stop]), whole[start:stop])
        assert families.ppf(dist, MANY[:6].reshape(2, 3)).shape == (2, 3)
        assert families.ppf(dist, 0.25).shape == ()


@pytest.mark.parametrize("name", [name for name, dist in CASES.items() if dist.dist in families.TABULATED])
def test_a_table_is_within_a_millionth_of_the_scale(name: str) -> None:
    dist = CASES[name]
    law = families.law_of(dist)
    assert isinstance(law, Tabulated)
    u = MANY[:: 1 if dist.dist != "mixture" else 10]
    assert distance(dist, law.at(u, 1 - u), law.exact.at(u, 1 - u)) < TABLE
    again = Tabulated(law.exact)
    np.testing.assert_array_equal(again.at(u, 1 - u), law.at(u, 1 - u))


def test_a_coarse_table_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcosim.sampling.table.TOLERANCE", 1e-4)
    dist = CASES["gamma: plain"]
    coarse = Tabulated(families.exact_law(dist))
    exact = coarse.exact.at(MANY, 1 - MANY)
    assert distance(dist, coarse.at(MANY, 1 - MANY), exact) > TABLE


@pytest.mark.parametrize(
    "table",
    [
        {"dist": "normal", "p5": -3.0, "p95": 7.0},
        {"dist": "normal", "p10": 1.0, "p50": 2.0},
        {"dist": "lognormal", "p5": 0.1, "p95": 70.0},
        {"dist": "lognormal", "p50": 4.0, "p99.9": 9.0},
        {"dist": "quantiles", "p1": 1.0, "p5": 1.5, "p50": 3.0, "p80": 3.1, "p95": 20.0},
        {"dist": "quantiles", "p5": -1.0, "p50": 3.0, "p95": 4.0},
        {"dist": "quantiles", "p5": 1.0, "p50": 3.0, "p95": 20.0, "p0": 0.9, "p100": 20.5},
        {"dist": "quantiles", "p5": 1.0, "p50": 3.0, "p95": 20.0, "minimum": 0.0},
    ],
)
def test_stated_percentiles_are_reproduced(table: dict[str, Any]) -> None:
    dist = distribution(table)
    stated = {key: value for key, value in table.items() if key[0] == "p" and key not in ("p0", "p100")}
    for key, value in stated.items():
        assert families.ppf(dist, float(key[1:]) / 100) == pytest.approx(value, rel=1e-9)
        assert families.cdf(dist, value) == pytest.approx(float(key[1:]) / 100, rel=1e-9)


@pytest.mark.parametrize(
    ("table", "mean", "sd"),
    [
        ({"dist": "lognormal", "mean": 5.0, "sd": 4.0}, 5.0, 4.0),
        ({"dist": "gamma", "mean": 5.0, "sd": 4.0}, 5.0, 4.0),
        ({"dist": "beta", "mean": 0.3, "sd": 0.2}, 0.3, 0.2),
        ({"dist": "beta", "mean": 12.0, "sd": 1.0, "low": 10.0, "high": 20.0}, 12.0, 1.0),
    ],
)
def test_stated_mean_and_spread_are_reproduced(table: dict[str, Any], mean: float, sd: float) -> None:
    dist = distribution(table)
    assert families.mean(dist) == pytest.approx(mean, rel=1e-12)
    u = (np.arange(2**18) + 0.5) / 2**18
    # The midpoint rule loses the outermost 2^-19 of the lognormal's tail: 1e-3 of its sd.
    assert np.std(families.ppf(dist, u)) == pytest.approx(sd, rel=2e-3)


def test_percentiles_of_a_normal_and_a_lognormal_give_them_back() -> None:
    normal = distribution({"dist": "normal", "mean": 2.0, "sd": 3.0})
    lognormal = distribution({"dist": "lognormal", "median": 2.0, "sigma": 0.7})
    for dist in (normal, lognormal):
        stated = {f"p{p}": float(families.ppf(dist, p / 100)) for p in (5, 25, 50, 75, 95)}
        drawn = distribution({"dist": "quantiles", **stated})
        np.testing.assert_allclose(families.ppf(drawn, FEW), families.ppf(dist, FEW), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    "name", [name for name in CASES if name.startswith("quantiles") and "trunc" not in name]
)
def test_the_percentile_curve_is_smooth(name: str) -> None:
    dist = CASES[name]
    for p, _ in dist.percentiles:
        z = NormalDist().inv_cdf(p)
        h = 1e-5
        before, here, after = (ref_curve(dist, z + k * h) for k in (-1, 0, 1))
        assert (after - here) == pytest.approx(here - before, rel=1e-3)


@pytest.mark.parametrize(
    "table",
    [
        {"dist": "normal", "mean": 0.0, "sd": 1.0, "low_limit": 9.0},
        {"dist": "gamma", "shape": 2.0, "scale": 1.0, "low_limit": 200.0},
        {"dist": "empirical", "values": [1.0, 2.0, 5.0], "low_limit": 3.0, "high_limit": 4.0},
        {
            "dist": "mixture",
            "components": [
                {"weight": 1, "dist": "uniform", "low": 0.0, "high": 1.0},
                {"weight": 1, "dist": "uniform", "low": 2.0, "high": 3.0},
            ],
            "low_limit": 1.2,
            "high_limit": 1.8,
        },
    ],
)
def test_a_truncation_that_leaves_nothing_is_refused(table: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"low_limit, high_limit: must leave .* widen the limits"):
        families.ppf(distribution(table), 0.5)


@pytest.mark.parametrize("u", [0.0, 1.0, -0.1, math.nan])
def test_a_probability_outside_is_refused(u: float) -> None:
    with pytest.raises(ValueError, match="inside"):
        families.ppf(CASES["normal: plain"], [0.5, u])


def test_a_truncation_without_effect_changes_nothing() -> None:
    plain = distribution({"dist": "lognormal", "p5": 10.0, "p95": 20.0})
    cut = distribution({"dist": "lognormal", "p5": 10.0, "p95": 20.0, "low_limit": 0.0})
    np.testing.assert_array_equal(families.ppf(cut, MANY), families.ppf(plain, MANY))


def test_a_mixture_of_one_thing_is_that_thing() -> None:
    part = {"dist": "gamma", "shape": 2.0, "scale": 3.0}
    mixture = distribution({"dist": "mixture", "components": [{"weight": 1, **part}, {"weight": 3, **part}]})
    assert distance(mixture, families.ppf(mixture, MANY), families.ppf(distribution(part), MANY)) < TABLE


def test_hundreds_of_orders_of_magnitude_are_drawn_as_promised() -> None:
    absurd = {"dist": "quantiles", "p5": 1e-300, "p40": 4.0, "p80": 7.0, "p95": 15.0}
    ordinary = {"dist": "normal", "mean": 1.0, "sd": 2.0}
    dist = distribution(
        {"dist": "mixture", "components": [{"weight": 1, **absurd}, {"weight": 1, **ordinary}]}
    )
    x = families.ppf(dist, FEW)
    assert np.all(np.diff(x) > 0)
    exact = families.exact_law(dist).at(FEW, 1 - FEW)
    assert distance(dist, x, exact) < TABLE


def test_a_law_that_no_table_holds_is_drawn_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    dist = distribution({"dist": "gamma", "shape": 2.25, "scale": 1.5})
    monkeypatch.setattr(families, "PROMISE", 1e-12)
    families.law_of.cache_clear()
    assert families.law_of(dist) is families.exact_law(dist)
    families.law_of.cache_clear()


def test_an_infinite_mean_is_said_to_be_infinite() -> None:
    dist = distribution({"dist": "pareto", "minimum": 1.0, "exponent": 0.9, "high_limit": 1e300})
    assert math.isfinite(families.mean(dist))
    assert families.LAWS["pareto"](dist).mean() == math.inf


parameter = st.floats(0.05, 50.0)


@st.composite
def anything(draw: st.DrawFn) -> Distribution:
    """Draw a continuous distribution of any shape."""
    # Not 1e-300: percentiles of 1e-300 and 1 declare 300 orders of magnitude; that has a test of its own.
    low, width, share = draw(st.integers(-1000, 1000)) / 10, draw(parameter), draw(st.integers(0, 10)) / 10
    ends = {"low": low, "high": low + width}
    a, b = draw(parameter), draw(parameter)
    family = draw(st.sampled_from(sorted(set(FAMILIES) - {"point", "empirical", "mixture"})))
    tables: dict[str, dict[str, Any]] = {
        "uniform": ends,
        "triangular": {**ends, "mode": low + share * width},
        "pert": {**ends, "mode": low + share * width, "shape": a},
        "normal": {"mean": low, "sd": width},
        "lognormal": {"median": width, "sigma": min(a, 5.0)},
        "beta": {**ends, "alpha": a, "beta": b},
        "gamma": {"shape": a, "scale": b},
        "weibull": {"shape": max(a, 0.2), "scale": b},
        "pareto": {"minimum": b, "exponent": 1 + a},
        "quantiles": {"p5": low, "p40": low + a, "p80": low + a + b, "p95": low + a + b + width},
    }
    return distribution({"dist": family, **tables[family]})


@settings(deadline=None, max_examples=60)
@given(dist=anything(), cuts=st.tuples(st.floats(0, 0.98), st.floats(0.01, 1)))
def test_any_truncation_keeps_to_its_limits_and_its_shape(
    dist: Distribution, cuts: tuple[float, float]
) -> None:
    below = cuts[0]
    above = below + (1 - below) * cuts[1]
    exact = families.exact_law(dist)
    ends = np.clip([below, above], 1e-3, 1 - 1e-3)
    low, high = exact.at(ends, 1 - ends).tolist()
    if not low < high:
        return
    cut = distribution({**dist.model_dump(exclude={"stated"}), "low_limit": low, "high_limit": high})
    u = np.linspace(0.001, 0.999, 301)
    x = families.ppf(cut, u)
    assert low <= x[0] and x[-1] <= high and np.all(np.diff(x) >= -64 * EPS * np.abs(x[1:]))
    share = families.cdf(dist, [low, high])
    expected = exact.at(p := share[0] + u * (share[1] - share[0]), 1 - p)
    assert np.max(np.abs(x - expected)) <= TABLE * max(
        scale_of(exact), np.max(np.abs(x - families.median(dist)))
    )


@settings(deadline=None, max_examples=12)
@given(parts=st.lists(st.tuples(st.floats(0.1, 10), anything()), min_size=2, max_size=3))
def test_any_mixture_undoes_its_own_probabilities(parts: list[tuple[float, Distribution]]) -> None:
    mixture = distribution(
        {
            "dist": "mixture",
            "components": [{"weight": w, "distribution": d.model_dump(exclude={"stated"})} for w, d in parts],
        }
    )
    u = np.linspace(1e-6, 1 - 1e-6, 101)
    x = families.ppf(mixture, u)
    assert np.all(np.diff(x) >= -64 * EPS * np.abs(x[1:]))
    slack = TABLE * np.maximum(scale_of(families.exact_law(mixture)), np.abs(x - families.median(mixture)))
    assert np.all(families.cdf(mixture, x - slack) <= u + 1e-12)
    assert np.all(families.cdf(mixture, x + slack) >= u - 1e-12)

"""Declared distributions: what each family takes, computes and refuses."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest
from pydantic import ValidationError

from tcosim.scenario.distributions import (
    FAMILIES,
    Beta,
    Gamma,
    Lognormal,
    Mixture,
    Normal,
    Pert,
    Quantiles,
    distribution,
)
from tcosim.scenario.problems import Fault, declared, known_keys, needs

GOOD: dict[str, list[dict[str, object]]] = {
    "point": [{"value": 3}],
    "uniform": [{"low": 1, "high": 2}, {"low": -1, "high": 2, "low_limit": 0, "high_limit": 1}],
    "triangular": [{"low": 1, "mode": 1, "high": 2}],
    "pert": [{"low": 1, "mode": 2, "high": 4}, {"low": 1, "mode": 2, "high": 4, "shape": 2}],
    "normal": [
        {"mean": 1, "sd": 2},
        {"p5": 1, "p95": 3},
        {"p10": 1, "p50": 3},
        {"p5": 1, "p95": 3, "low_limit": 0},
    ],
    "lognormal": [
        {"median": 1, "sigma": 0.5},
        {"mean": 1, "sd": 2},
        {"p5": 1, "p95": 3},
        {"p50": 1, "p99.5": 3},
    ],
    "beta": [{"alpha": 2, "beta": 3}, {"mean": 0.3, "sd": 0.1}, {"mean": 3, "sd": 1, "low": 0, "high": 10}],
    "gamma": [{"shape": 2, "scale": 3}, {"mean": 2, "sd": 1}],
    "weibull": [{"shape": 1.5, "scale": 3}],
    "pareto": [{"minimum": 1, "exponent": 2.5}, {"minimum": 1, "exponent": 0.8, "high_limit": 100}],
    "quantiles": [
        {"p5": 1, "p50": 2, "p95": 9},
        {"p0": 0, "p5": 1, "p50": 2, "p95": 9, "p100": 20},
        {"p5": -1, "p50": 2, "p95": 9, "maximum": 20},
    ],
    "empirical": [{"values": [1, 2.5, 2]}, {"values": [1, 2], "weights": [0, 3]}],
    "mixture": [
        {
            "components": [
                {"weight": 3, "dist": "point", "value": 0},
                {"weight": 1, "dist": "lognormal", "p5": 1, "p95": 3},
            ]
        }
    ],
}

BAD: list[tuple[dict[str, object], str, str]] = [
    ({"dist": "normal", "p5": 3, "p95": 1}, "p5", "below p95"),
    ({"dist": "normal", "p5": 1, "p95": 1}, "p5", "both are the same"),
    ({"dist": "normal", "p5": 1}, "", "exactly two percentiles"),
    ({"dist": "normal", "p5": 1, "p50": 2, "p95": 3}, "", "exactly two percentiles"),
    ({"dist": "normal", "p5": 1, "p95": 2, "mean": 3}, "", "stated twice over"),
    ({"dist": "normal", "mean": 1, "sd": -1}, "sd", "above 0"),
    ({"dist": "normal", "mean": 1, "sd": 0}, "sd", "above 0"),
    ({"dist": "normal", "mean": math.nan, "sd": 1}, "mean", "finite"),
    ({"dist": "normal", "mean": 1, "sd": math.inf}, "sd", "finite"),
    ({"dist": "normal", "p5": math.nan, "p95": 1}, "p5", "finite"),
    ({"dist": "normal", "mean": True, "sd": 1}, "mean", "number"),
    ({"dist": "normal", "mean": "3", "sd": 1}, "mean", "number"),
    ({"dist": "normal", "mean": 1}, "", "sd is missing"),
    ({"dist": "normal", "p0": 1, "p95": 2}, "p0", "between p0 and p100"),
    ({"dist": "normal", "p5": 1, "p95": 2, "low_limit": 3, "high_limit": 2}, "low_limit", "below high_limit"),
    ({"dist": "lognormal", "p5": -1, "p95": 2}, "p5", "above 0"),
    ({"dist": "lognormal", "median": 1, "sigma": 1, "mean": 2, "sd": 1}, "", "stated twice over"),
    ({"dist": "lognormal", "mean": 1}, "mean", "needs mean and sd together"),
    ({"dist": "lognormal", "median": 1, "sigma": 1, "high_limit": -1}, "high_limit", "cuts everything off"),
    ({"dist": "uniform", "low": 2, "high": 1}, "low", "below high"),
    ({"dist": "uniform", "low": 2, "high": 2}, "low", "both are the same"),
    ({"dist": "uniform", "p5": 1, "p95": 2}, "p5", "no percentiles"),
    ({"dist": "triangular", "low": 1, "mode": 5, "high": 2}, "mode", "not be above high"),
    ({"dist": "pert", "low": 1, "mode": 0, "high": 2}, "low", "not be above mode"),
    ({"dist": "beta", "mean": 0.5, "sd": 0.5}, "sd", "below 0.5"),
    ({"dist": "beta", "mean": 1.5, "sd": 0.1}, "mean", "between low"),
    ({"dist": "beta", "alpha": 0, "beta": 1}, "alpha", "above 0"),
    ({"dist": "beta", "alpha": 1, "beta": "x"}, "beta", "must be a number"),
    ({"dist": "gamma", "mean": -1, "sd": 1}, "mean", "above 0"),
    ({"dist": "pareto", "minimum": 1, "exponent": 1}, "exponent", "mean is infinite"),
    ({"dist": "quantiles", "p5": 1, "p95": 2}, "", "three or more"),
    ({"dist": "quantiles"}, "", "percentiles is missing"),
    ({"dist": "quantiles", "p5": 1, "p50": 3, "p95": 2}, "p50", "below p95"),
    ({"dist": "quantiles", "p5": 1, "p50": 2, "p95": 3, "minimum": 1.5}, "minimum", "below the lowest"),
    (
        {"dist": "quantiles", "p0": 0, "p5": 1, "p50": 2, "p95": 3, "minimum": 0},
        "minimum",
        "also stated as p0",
    ),
    ({"dist": "quantiles", "percentiles": [[0.5, 1]]}, "percentiles", "no parameter"),
    ({"dist": "empirical", "values": [1]}, "values", "2 to"),
    ({"dist": "empirical", "values": [1, 1]}, "values", "all the same"),
    ({"dist": "empirical", "values": [1, math.nan]}, "values.2", "finite"),
    ({"dist": "empirical", "values": 3}, "values", "list"),
    ({"dist": "empirical", "values": [1, 2], "weights": [1]}, "weights", "as many"),
    ({"dist": "empirical", "values": [1, 2], "weights": [1, -1]}, "weights", "negative"),
    ({"dist": "mixture", "components": []}, "components", "two or more"),
    ({"dist": "mixture", "components": [{"dist": "point", "value": 1}, 3]}, "components.1.weight", "missing"),
    ({"dist": "mixture", "components": "x"}, "components", "list of tables"),
    (
        {
            "dist": "mixture",
            "components": [{"weight": 1, "dist": "mixture"}, {"weight": 1, "dist": "point", "value": 1}],
        },
        "components.1",
        "no mixture",
    ),
    (
        {
            "dist": "mixture",
            "components": [
                {"weight": 0, "dist": "point", "value": 1},
                {"weight": 1, "dist": "point", "value": 2},
            ],
        },
        "weight",
        "above 0",
    ),
    ({"dist": "point", "value": 1, "low_limit": 0}, "value", "no limits"),
    ({"dist": "normal", "meen": 1, "sd": 1}, "meen", "no parameter"),
    ({"dist": "nrmal", "mean": 1}, "dist", "one of point"),
    ({"mean": 1}, "dist", "missing"),
    ({}, "", "empty table"),
]


def test_every_family_has_good_cases() -> None:
    assert set(GOOD) == set(FAMILIES)


@pytest.mark.parametrize(
    ("dist", "table"), [(name, table) for name, tables in GOOD.items() for table in tables]
)
def test_a_good_declaration_has_a_support_around_its_central_range(
    dist: str, table: dict[str, object]
) -> None:
    made = distribution({"dist": dist, **table})
    assert declared({"dist": dist, **table}) == made
    low, high = made.declared_support()
    near, far = made.central_range()
    assert low <= near <= far <= high
    assert math.isfinite(near)
    assert math.isfinite(far)
    with pytest.raises(ValidationError):
        made.low_limit = 1.0


@pytest.mark.parametrize(("table", "key", "rule"), BAD)
def test_a_bad_declaration_names_the_key_and_the_rule(table: dict[str, object], key: str, rule: str) -> None:
    faults = declared(table)
    assert isinstance(faults, list)
    assert any(fault.key == key and rule in fault.rule for fault in faults), faults
    assert all(fault.way_out for fault in faults), faults


def test_misspelled_keys_have_their_closest_match() -> None:
    assert declared({"dist": "normal", "meen": 1, "sd": 1}) == [
        Fault("meen", "is no parameter of this family", None, "did you mean mean?")
    ]
    faults = declared({"dist": "lognorml", "median": 1, "sigma": 1})
    assert isinstance(faults, list)
    assert faults[0].way_out == "did you mean lognormal?"


def test_two_percentiles_are_met_exactly() -> None:
    made = distribution({"dist": "normal", "p10": -1, "p75": 4})
    assert isinstance(made, Normal)
    exact = NormalDist(made.mean, made.sd)
    assert exact.cdf(-1) == pytest.approx(0.10, abs=1e-12)
    assert exact.cdf(4) == pytest.approx(0.75, abs=1e-12)
    made = distribution({"dist": "lognormal", "p5": 10, "p50": 20})
    assert isinstance(made, Lognormal)
    assert made.median == pytest.approx(20, rel=1e-12)
    assert NormalDist().cdf(math.log(10 / made.median) / made.sigma) == pytest.approx(0.05, abs=1e-12)


def test_mean_and_sd_give_the_familys_own_parameters() -> None:
    lognormal = distribution({"dist": "lognormal", "mean": 5, "sd": 2})
    assert isinstance(lognormal, Lognormal)
    mean = lognormal.median * math.exp(lognormal.sigma**2 / 2)
    assert mean == pytest.approx(5)
    assert mean * math.sqrt(math.expm1(lognormal.sigma**2)) == pytest.approx(2)
    gamma = distribution({"dist": "gamma", "mean": 5, "sd": 2})
    assert isinstance(gamma, Gamma)
    assert (gamma.shape * gamma.scale, gamma.shape * gamma.scale**2) == pytest.approx((5, 4))
    beta = distribution({"dist": "beta", "mean": 3, "sd": 1, "low": 1, "high": 9})
    assert isinstance(beta, Beta)
    total = beta.alpha + beta.beta
    assert 1 + 8 * beta.alpha / total == pytest.approx(3)
    assert 64 * beta.alpha * beta.beta / (total**2 * (total + 1)) == pytest.approx(1)


def test_a_pert_is_a_beta_with_the_stated_mode() -> None:
    made = Pert(low=1, mode=2, high=5)
    assert 1 + 4 * (made.alpha - 1) / (made.alpha + made.beta - 2) == pytest.approx(2)


def test_quantiles_are_on_a_log_scale_only_if_all_is_above_zero() -> None:
    assert Quantiles(percentiles=((0.05, 1.0), (0.5, 2.0), (0.95, 9.0))).on_log_scale
    assert not Quantiles(percentiles=((0.05, 0.0), (0.5, 2.0), (0.95, 9.0))).on_log_scale
    assert not Quantiles(percentiles=((0.05, 1.0), (0.5, 2.0), (0.95, 9.0)), minimum=0.0).on_log_scale


def test_the_shares_of_a_mixture_sum_to_one() -> None:
    made = distribution({"dist": "mixture", **GOOD["mixture"][0]})
    assert isinstance(made, Mixture)
    assert made.shares == (0.75, 0.25)
    assert made.declared_support() == (0, math.inf)


def test_every_family_says_what_it_needs() -> None:
    for name, family in FAMILIES.items():
        assert needs(family)
        assert "stated" not in known_keys(family), name

"""Payback and the budget: shares over all futures that agree with the headline."""

from __future__ import annotations

import numpy as np
import pytest
from datasets import synthetic
from scipy import stats

from tcosim.analysis.payback import option_payback
from tcosim.analysis.probability import probability_beats_baseline
from tcosim.analysis.risk import loss_over, option_risk, var
from tcosim.analysis.summarize import summarize


def test_who_never_pays_back_never_beats_the_baseline():
    dataset = synthetic(5000)
    found = option_payback(dataset)
    for name, beats in probability_beats_baseline(dataset).items():
        payback = found[name]
        if beats is None:
            assert payback is None
            continue
        assert payback is not None
        assert payback["never"] == pytest.approx(1 - beats.value)
        assert payback["by_month"][-1] == pytest.approx(beats.value)
        assert payback["by_month"] == sorted(payback["by_month"])


def test_months_of_payback_are_counted_from_one():
    dataset = synthetic(1600)
    counts = np.zeros_like(dataset["scramble_paid_back"].values)
    futures = dataset["scramble_futures"].values
    counts[:, 1, 0] = futures // 4  # a quarter at the end of the first month
    counts[:, 1, 9] = futures // 4  # half by the tenth
    dataset["scramble_paid_back"].values[:] = counts
    payback = option_payback(dataset)[str(dataset["option"].values[1])]
    assert payback is not None
    keys = ("p10_months", "p25_months", "p50_months", "p75_months")
    assert [payback[key] for key in keys] == [1, 1, 10, None]
    assert payback["never"] == 0.5


@pytest.mark.parametrize("n", [20_000, 500_000])
def test_value_at_risk_of_a_normal(n):
    losses = np.random.default_rng(2).standard_normal(n)
    quantile = stats.norm.ppf(0.95)
    error = np.sqrt(0.05 * 0.95 / n) / stats.norm.pdf(quantile)
    assert abs(var(losses) - quantile) < 4 * error
    assert abs(var(losses) - stats.norm.ppf(0.94)) > 4 * error  # another tail would be seen


def test_the_loss_over_a_budget_is_the_share_of_such_futures():
    dataset = synthetic(3000)
    npv = dataset["npv"].values
    expected = np.mean(npv[:, 2] - npv[:, 0] > 1e5)
    found = loss_over(dataset, "rented-h100", 1e5)
    assert found.value == pytest.approx(expected)
    assert found.low < expected < found.high
    options = {option["name"]: option for option in summarize(dataset, budget_usd=1e5)["options"]}
    assert options["rented-h100"]["loss_over_budget"]["probability"] == pytest.approx(expected)
    assert options["api"]["loss_over_budget"] is None
    assert "loss_over_budget" not in summarize(dataset)["options"][1]


def test_the_tail_is_ordered():
    risk = option_risk(synthetic(3000))["owned-h100"]
    assert risk is not None
    saving = risk["saving_usd"]
    assert saving["p5"] < saving["p50"] < saving["p95"]
    assert risk["var95_loss_usd"] == pytest.approx(-saving["p5"])
    assert risk["cvar95_loss_usd"] > risk["var95_loss_usd"]

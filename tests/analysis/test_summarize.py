"""The figures of a run: which option, how likely, how much, and at what cost per token."""

from __future__ import annotations

import numpy as np
import pytest
from datasets import synthetic
from scipy import stats

from tcosim.analysis.headline import headline_option, lowest, mean_npv
from tcosim.analysis.probability import probability_beats_baseline, probability_cheapest
from tcosim.analysis.saving import expected_saving, savings
from tcosim.analysis.service import option_service
from tcosim.analysis.summarize import summarize
from tcosim.analysis.unit_cost import option_usd_per_million_tokens


def two_sided(samples, mean, spread, seed=0):
    """Baseline costs exactly 1000, the rented option normally distributed about 1000 + mean."""
    npv = np.full((samples, 4), 1000.0)
    npv[:, 1] = npv[:, 3] = 5000.0
    npv[:, 2] += np.random.default_rng(seed).normal(mean, spread, samples)
    return synthetic(samples, npv=npv)


@pytest.mark.parametrize("samples", [3200, 51_200])
def test_probability_of_a_normal_saving(samples):
    summary = summarize(two_sided(samples, 30.0, 100.0))
    expected = stats.norm.cdf(-0.3)
    error = np.sqrt(expected * (1 - expected) / samples)
    assert abs(summary["headline"]["probability"] - expected) < 4 * error
    assert abs(summary["headline"]["expected_saving_usd"] + 30.0) < 4 * 100 / np.sqrt(samples)
    low, high = summary["headline"]["expected_saving_ci95_usd"]
    assert low < summary["headline"]["expected_saving_usd"] < high


def test_headline_is_the_self_hosted_option_with_the_lowest_mean():
    assert headline_option(synthetic(4096)) == "rented-h100"
    npv = np.full((32, 4), 1e6)
    npv[:, 3] = 9e5
    assert headline_option(synthetic(32, npv=npv)) == "owned-h100"
    npv[:, 2] = 9e5
    assert headline_option(synthetic(32, npv=npv)) == "rented-h100", "a tie goes to the first"


def test_headline_is_chosen_by_the_mean_and_not_by_the_futures_won():
    npv = np.full((100, 4), 1e6)
    npv[:, 2] = 9e5
    npv[:10, 2] = 9e6  # wins 90 of 100 futures and costs more on average
    npv[:, 3] = 9.9e5
    assert headline_option(synthetic(100, npv=npv)) == "owned-h100"


def test_managed_is_not_self_hosted():
    npv = np.full((32, 4), 1e6)
    npv[:, 1] = 1.0
    assert headline_option(synthetic(32, npv=npv)) == "rented-h100"
    assert headline_option(synthetic(32, options={"api": "api", "managed": "managed"})) is None


def test_lowest_without_candidates():
    assert lowest([False, False], [1.0, 2.0]) is None
    assert lowest([False, True], [1.0, 2.0]) == 1


def test_probabilities_sum_to_one_over_the_cheapest():
    found = probability_cheapest(synthetic(1000))
    assert sum(interval.value for interval in found.values()) == pytest.approx(1)


def test_a_tie_is_no_win():
    npv = np.full((320, 4), 1e6)
    found = probability_beats_baseline(synthetic(320, npv=npv))
    assert found["api"] is None
    assert found["rented-h100"].value == 0
    assert found["rented-h100"].high > 0
    assert probability_cheapest(synthetic(320, npv=npv))["api"].value == 1


def test_savings_are_positive_when_money_is_saved():
    npv = np.full((32, 4), 1e6)
    npv[:, 2] = 4e5
    dataset = synthetic(32, npv=npv)
    assert (savings(dataset, "rented-h100") == 6e5).all()
    assert expected_saving(dataset, "rented-h100").value == pytest.approx(6e5)


@pytest.mark.parametrize("samples", [1, 2, 31])
def test_short_runs_have_a_saving_too(samples):
    found = expected_saving(synthetic(samples), "rented-h100")
    assert found.method == ("none" if samples == 1 else "futures")
    assert np.isnan(found.low) == (samples == 1)


def test_mean_npv_runs_over_all_futures():
    dataset = synthetic(500)
    np.testing.assert_allclose(list(mean_npv(dataset).values()), dataset["npv"].mean("future"))


def test_cost_per_million_tokens_on_both_bases():
    dataset = synthetic(64)
    reserved, usage = option_usd_per_million_tokens(dataset)["rented-h100"]
    total = float(dataset["mean_total"].sel(option="rented-h100"))
    idle = float(dataset["mean_idle"].sel(option="rented-h100"))
    assert reserved == pytest.approx(total / 108_000)
    assert usage == pytest.approx((total - idle) / 108_000)
    assert usage < reserved


def test_service_is_per_month_and_none_without_a_fleet():
    found = option_service(synthetic(64))
    assert found["rented-h100"].hours_over_capacity_per_month == 2.0
    assert found["rented-h100"].utilization == 0.25
    assert found["api"].utilization is None
    assert found["api"].hours_over_capacity_per_month is None


def test_usd_per_month_is_the_total_over_the_months():
    dataset = synthetic(501)
    api = summarize(dataset)["options"][0]
    expected = np.median(dataset["total"].sel(option="api").values.astype(float)) / 36
    assert api["usd_per_month"]["p50"] == pytest.approx(expected)
    assert api["usd_per_month"]["mean"] == pytest.approx(float(dataset["mean_total"][0]) / 36)


def test_components_sum_to_the_mean_npv():
    for option in summarize(synthetic(64))["options"]:
        assert sum(option["components_usd"].values()) == pytest.approx(option["npv_usd"]["mean"])


def test_the_same_dataset_gives_the_same_summary():
    assert summarize(synthetic(2000)) == summarize(synthetic(2000))

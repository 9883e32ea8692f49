"""Figures of runs beyond what is kept one by one: over all futures, within the stated error, with honest errors."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
from datasets import keep_few, synthetic
from jsonschema import Draft202012Validator
from scipy import stats

from tcosim.analysis.counted import chance_above, error_of_all, sketch_of
from tcosim.analysis.risk import (
    cvar,
    loss_over,
    option_quantiles,
    option_regret,
    option_risk,
    scramble_error,
    var,
)
from tcosim.analysis.summarize import summarize
from tcosim.results.sketch import RELATIVE_ERROR, Sketch
from tcosim.results.summary import summary_schema

KEPT, SAMPLES, BUDGET = 1600, 16_000, 1e5
COUNTED = ("npv_usd", "usd_per_month")


@pytest.fixture
def both(monkeypatch):
    """The same futures with all of them kept, and with a tenth of them."""
    exact = synthetic(SAMPLES)
    keep_few(monkeypatch, KEPT)
    return exact, synthetic(SAMPLES)


def test_what_is_kept_whole_does_not_look_at_counts(both):
    exact, _ = both
    assert sketch_of(exact, "npv") is None
    assert option_risk(exact)["managed"]["saving_usd"]["p5"] == np.quantile(
        exact["npv"].values[:, 0] - exact["npv"].values[:, 1], 0.05
    )


def test_figures_of_a_long_run_are_those_of_all_its_futures(both):
    exact, counted = (summarize(dataset, budget_usd=BUDGET) for dataset in both)
    for expected, found in zip(exact["options"], counted["options"], strict=True):
        close = partial(pytest.approx, rel=RELATIVE_ERROR)
        for key in COUNTED:
            assert found[key]["mean"] == expected[key]["mean"]
            assert {p: found[key][p] for p in ("p5", "p50", "p95")} == close(
                {p: expected[key][p] for p in ("p5", "p50", "p95")}
            )
        if found["risk"] is not None:
            assert found["risk"]["saving_usd"] == close(expected["risk"]["saving_usd"])
            assert found["risk"]["saving_usd"] != expected["risk"]["saving_usd"]
            for key in ("var95_loss_usd", "cvar95_loss_usd"):
                assert found["risk"][key] == close(expected["risk"][key])
            over, truth = found["loss_over_budget"], expected["loss_over_budget"]
            assert over["ci95"][0] <= truth["probability"] <= over["ci95"][1]
        for key in ("probability_cheapest", "probability_beats_baseline_ci95", "excess_usd", "payback"):
            assert found[key] == expected[key]
    assert counted["headline"]["cvar95_loss_usd"] == pytest.approx(
        exact["headline"]["cvar95_loss_usd"], rel=RELATIVE_ERROR
    )
    Draft202012Validator(summary_schema()).validate(counted)


def test_the_kept_futures_alone_would_be_seen_to_miss(both):
    exact, counted = both
    kept = np.quantile(counted["npv"].values[:, 3], 0.05)
    p5 = option_quantiles(exact, "npv")["owned-h100"]["p5"]
    assert abs(kept - p5) > RELATIVE_ERROR * p5


def test_regret_stays_with_the_kept_futures(both):
    _, counted = both
    npv = counted["npv"].values
    assert option_regret(counted)["api"] == pytest.approx(npv[:, 0].mean() - npv.min(axis=1).mean())


@pytest.mark.parametrize("times", [4, 16])
@pytest.mark.parametrize("statistic", [var, cvar])
def test_the_error_of_all_futures_is_that_of_repeated_runs(times, statistic):
    """Squared errors, on average over runs, are the variance of the figure over these runs."""
    runs, kept = 300, 1600
    losses = 1e3 * np.random.default_rng(6).standard_normal((runs, times * kept))
    figures = np.array([statistic(row) for row in losses])
    over_kept = [scramble_error(row[:kept], statistic) for row in losses]
    errors = np.array(
        [
            error_of_all(one, figure, kept, times * kept)
            for one, figure in zip(over_kept, figures, strict=True)
        ]
    )
    ratio = np.mean(errors**2) / figures.var(ddof=1)
    spread = math.sqrt(2 / (runs - 1) + 2 / (15 * runs))
    assert abs(ratio - 1) < 4 * spread
    assert np.mean(np.square(over_kept)) / figures.var(ddof=1) - 1 > 4 * spread, (
        "unscaled errors are too wide"
    )


def test_the_error_never_falls_below_that_of_the_bins():
    assert error_of_all(1.0, 1e6, 10**6, 10**6) == 1.0
    assert error_of_all(None, 1e6, 10**6, 10**9) is None
    assert error_of_all(1.0, 1e6, 10**6, 10**9) == pytest.approx(
        RELATIVE_ERROR * 1e6 / math.sqrt(3), rel=1e-4
    )


@pytest.mark.parametrize(("kept", "samples"), [(800, 12_800), (3200, 12_800)])
@pytest.mark.parametrize("share", [0.3, 0.01])
def test_the_interval_of_a_chance_covers_as_often_as_it_says(kept, samples, share):
    runs, sd = 400, 1e5
    threshold = sd * stats.norm.ppf(1 - share)
    losses = sd * np.random.default_rng(7).standard_normal((runs, samples))
    found = [chance_above(row[:kept], Sketch.of(row[None]), threshold) for row in losses]
    covered = np.mean([one.low <= share <= one.high for one in found])
    error = math.sqrt(0.05 * 0.95 / runs)
    assert covered > 0.95 - 4 * error
    if share == 0.3:  # a rarer one is a hull, which covers more often
        assert covered < 0.95 + 4 * error + 0.01
        half = [(one.high - one.low) / 4 for one in found]
        narrow = np.mean([abs(one.value - share) < h for one, h in zip(found, half, strict=True)])
        assert narrow < 0.95 - 4 * error, "an interval of half the width must fail"


def test_a_chance_is_never_surer_than_the_bin_of_its_threshold():
    losses = np.full(3200, 1000.4)
    found = chance_above(losses[:1600], Sketch.of(losses[None]), 1000.4)
    assert (found.low, found.high) == (0.0, 1.0)
    assert found.method == "both"
    surely = chance_above(losses[:1600], Sketch.of(losses[None]), 990.0)
    assert surely.value == 1.0
    assert 0.99 < surely.low < surely.high == 1.0


def test_many_hits_do_not_hide_the_bin_of_the_threshold():
    losses = np.random.default_rng(8).normal(1000.0, 200.0, 16_000)
    losses[np.random.default_rng(9).random(16_000) < 0.2] = 1000.4
    found = chance_above(losses[:8000], Sketch.of(losses[None]), 1000.4)
    assert found.method == "scrambles"
    assert found.low < np.mean(losses > 1000.4) < found.value < np.mean(losses >= 1000.4) < found.high


def test_a_loss_of_nothing_does_not_pass_a_budget_of_nothing(monkeypatch):
    keep_few(monkeypatch, KEPT)
    npv = np.full((SAMPLES, 4), 1e6)
    npv[: SAMPLES // 4, 2] += 1.0
    found = loss_over(synthetic(SAMPLES, npv=npv), "rented-h100", 0.0)
    assert found.value == 0.25

"""Intervals: closed forms, coverage over many seeds, and the ends of the scale."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from tcosim.analysis.interval import (
    clopper_pearson,
    mean_interval,
    mean_of_futures,
    probability_interval,
)

EQUAL = np.full(16, 1000)


def test_equal_scrambles_give_the_textbook_interval():
    hits = np.arange(300, 332, 2)
    found = probability_interval(hits, EQUAL)
    shares = hits / 1000
    half = stats.t.ppf(0.975, 15) * shares.std(ddof=1) / 4
    assert found.value == pytest.approx(shares.mean(), rel=1e-12)
    assert found.low == pytest.approx(shares.mean() - half, rel=1e-12)
    assert found.high == pytest.approx(shares.mean() + half, rel=1e-12)
    assert found.method == "scrambles"


@pytest.mark.parametrize(("hits", "futures"), [(0, 10), (3, 10), (10, 10), (5, 1_000_000)])
def test_clopper_pearson_is_that_of_scipy(hits, futures):
    expected = stats.binomtest(hits, futures).proportion_ci(0.95, method="exact")
    found = clopper_pearson(hits, futures)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-6)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_no_hits_and_only_hits_still_have_a_width(share):
    found = probability_interval(EQUAL * share, EQUAL)
    assert found.value == share
    assert 0 <= found.low <= share <= found.high <= 1
    assert found.high - found.low > 1e-5
    assert found.method == "both"


def test_scrambles_that_all_agree_still_have_a_width():
    found = probability_interval(EQUAL / 2, EQUAL)
    assert found.low < 0.5 < found.high
    assert found.method == "both"


def test_few_hits_use_the_wider_of_both():
    hits = np.array([4] * 8 + [5] * 8)  # 72 hits, almost no spread
    found = probability_interval(hits, EQUAL)
    exact = clopper_pearson(72, 16_000)
    assert found.low <= exact.low
    assert found.high >= exact.high
    misses = probability_interval(EQUAL - hits, EQUAL)
    assert misses.low == pytest.approx(1 - found.high)
    assert misses.high == pytest.approx(1 - found.low)


@pytest.mark.parametrize("samples", [1, 5, 16, 31])
def test_short_runs_use_clopper_pearson_alone(samples):
    futures = np.bincount(np.arange(samples) % 16, minlength=16)
    hits = (futures > 0).astype(int)
    found = probability_interval(hits, futures)
    assert found.method == "clopper-pearson"
    assert (found.low, found.high) == (
        clopper_pearson(hits.sum(), samples).low,
        clopper_pearson(hits.sum(), samples).high,
    )


def test_unequal_scrambles_weigh_by_their_futures():
    futures = np.array([2] * 15 + [3])
    hits = np.array([1] * 16)
    assert probability_interval(hits, futures).value == 16 / 33
    sums = 5.0 * futures
    found = mean_interval(sums, futures)
    assert (found.value, found.low, found.high) == pytest.approx((5.0, 5.0, 5.0))


@pytest.mark.parametrize("probability", [0.001, 0.02, 0.3, 0.97])
@pytest.mark.parametrize("per_scramble", [50, 500])
def test_the_interval_covers(probability, per_scramble):
    rng = np.random.default_rng(11)
    futures = np.full(16, per_scramble)
    runs = 600
    covered = 0
    for _ in range(runs):
        found = probability_interval(rng.binomial(per_scramble, probability, 16), futures)
        covered += found.low <= probability <= found.high
    # At least 95 % up to 4 standard errors; rare events may be covered more often.
    assert covered / runs >= 0.95 - 4 * math.sqrt(0.95 * 0.05 / runs)


def test_a_normal_interval_of_one_standard_error_would_not_cover():
    rng = np.random.default_rng(11)
    runs, futures = 600, np.full(16, 500)
    covered = 0
    for _ in range(runs):
        found = probability_interval(rng.binomial(500, 0.3, 16), futures)
        half = found.half_width / stats.t.ppf(0.975, 15)
        covered += abs(found.value - 0.3) <= half
    assert covered / runs < 0.95 - 4 * math.sqrt(0.95 * 0.05 / runs)


def test_mean_of_futures_is_that_of_scipy():
    values = np.random.default_rng(0).normal(3, 2, 20)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    found = mean_of_futures(values)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_one_future_has_no_interval():
    found = mean_of_futures([3.0])
    assert found.value == 3.0
    assert math.isnan(found.low)

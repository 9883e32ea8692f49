"""The pieces of a fit, each against what it should find."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate
from scipy.special import ndtr

from tcosim.evidence.traffic.burst_size import (
    NEVER,
    SMALLEST_SIGMA,
    coefficient_of_variation,
    of_displacement,
    sigma_of,
)
from tcosim.evidence.traffic.counting import Counting
from tcosim.evidence.traffic.posterior import Nearness
from tcosim.evidence.traffic.profile import weekly_profile
from tcosim.evidence.traffic.quantity import narrower, quantity
from tcosim.evidence.traffic.shares import following_draws, share_draws
from tcosim.evidence.traffic.summaries import Summarizer
from tcosim.evidence.traffic.together import correlations
from tcosim.reference.ref_hours import traffic
from tests.evidence.traffic_logs import WEEK, calendar_of, made, settings_of, week_shape

Z = 4.0


class TestBurstSize:
    @pytest.mark.parametrize(("sigma", "score"), [(0.3, -2.8), (1.3, 0.0), (0.6, -1.0), (2.0, 0.9)])
    def test_the_closed_form_is_the_integral(self, sigma, score):
        floor = math.exp(sigma * score - sigma**2 / 2)

        def moment(power):
            def at(x):
                return (math.exp(sigma * x - sigma**2 / 2) - floor) ** power * NormalDist().pdf(x)

            return integrate.quad(at, score, score + 25, limit=200)[0]

        wanted = math.sqrt(moment(2) / moment(1) ** 2 - 1)
        assert coefficient_of_variation(sigma, score) == pytest.approx(wanted, rel=1e-6)

    def test_without_silence_it_is_a_lognormal(self):
        assert coefficient_of_variation(0.5, NEVER) == pytest.approx(math.sqrt(math.expm1(0.25)))
        assert coefficient_of_variation(0.5, -30.0) == pytest.approx(math.sqrt(math.expm1(0.25)))

    @given(st.floats(0.05, 3.0), st.floats(-3.5, 1.0))
    def test_sigma_gives_back_its_size(self, cv, score):
        sigma = float(sigma_of(cv, score))
        if sigma > SMALLEST_SIGMA * 1.001:  # else the zeros alone make it vary more
            assert coefficient_of_variation(sigma, score) == pytest.approx(cv, rel=1e-6)

    @given(st.floats(0.05, 4.0), st.floats(0.0, 0.97))
    def test_a_displacement_gives_back_its_size(self, cv, floor):
        sigma, score = of_displacement(cv, floor)
        if SMALLEST_SIGMA * 1.001 < sigma < 2.999:
            assert coefficient_of_variation(sigma, score) == pytest.approx(cv, rel=1e-5)


class TestSimulatedLogs:
    @pytest.mark.parametrize("first", [0, 5, 101])
    def test_they_are_the_demand_of_the_twin(self, first):
        """From any hour of the week on: the twin runs from the midnight before."""
        hours, shape = 300, week_shape()
        one = settings_of(3, spikes_per_month=20.0, silent_score=-1.0)
        logs = made(one, hours, shape, seed=9, first=first)
        skip = first % 24
        world = {
            "burst_hours": 2.0, "burst_days": 1.5, "spike_hours": 2.0, "burst_daily_share": 0.3,
            "burst_sigma": 0.3, "spikes_per_hour": 20.0 / 730, "spike_size": 1.0, "profile_following": 1.0,
            "silent_share": NormalDist().cdf(-1.0),
        }  # fmt: skip
        turned = np.roll(shape, -(first - skip))
        for future in range(3):
            demand, _ = traffic(9, future, world, turned, [730_000.0])
            np.testing.assert_allclose(logs[future], demand[skip : skip + hours], rtol=2e-4, atol=0.05)

    def test_gaps_do_not_move_what_is_around_them(self):
        shape = week_shape()
        logs = made(settings_of(1), 200, shape, seed=2)
        assert np.array_equal(logs, made(settings_of(1), 200, shape, seed=2))


class TestProfile:
    def test_a_long_log_gives_the_shape_back(self):
        shape = week_shape()
        logs = made(settings_of(32, burst_sigma=0.2), 26 * WEEK, shape, seed=1).astype(np.float32)
        found = weekly_profile(logs, calendar_of(26 * WEEK))
        error = found.mean(axis=0) - shape
        se = found.std(axis=0) / math.sqrt(32)
        assert (np.abs(error) < Z * se + 0.02 * shape).all()

    def test_a_short_log_is_smoother_than_its_own_means(self):
        """Twenty logs of two weeks: shrunk profiles lie nearer to the truth than cell means do."""
        shape = week_shape()
        logs = made(settings_of(64, burst_sigma=0.6), 2 * WEEK, shape, seed=3).astype(np.float32)
        calendar = calendar_of(2 * WEEK)
        shrunk = weekly_profile(logs, calendar)
        cells = logs.reshape(64, 2, WEEK).mean(axis=1)
        cells /= cells.mean(axis=1, keepdims=True)
        off = [np.square(one - shape).mean(axis=1) for one in (shrunk, cells)]
        gain = off[1] - off[0]
        assert gain.mean() > Z * gain.std() / 8

    def test_three_days_know_no_weekend(self):
        logs = made(settings_of(1), 72, week_shape(), seed=1).astype(np.float32)
        found = weekly_profile(logs, calendar_of(72))[0]
        assert np.isfinite(found).all()
        assert found.mean() == pytest.approx(1.0, rel=1e-5)
        assert found[120:144] == pytest.approx(found[:24], rel=1e-5)

    def test_no_traffic_at_all_is_flat(self):
        found = weekly_profile(np.zeros((2, 100), np.float32), calendar_of(100))
        assert np.isfinite(found).all()


class TestSummaries:
    @settings(max_examples=20, deadline=None)
    @given(st.integers(26, 400), st.integers(0, 167), st.integers(0, 9))
    def test_statistics_are_finite_and_know_no_unit(self, hours, first, seed):
        rng = np.random.default_rng(seed)
        collected = rng.random(hours) < 0.9
        collected[:24] = True
        calendar = calendar_of(hours, first, collected)
        series = rng.lognormal(size=(3, hours)).astype(np.float32) * (rng.random((3, hours)) < 0.7)
        summarize = Summarizer(calendar)
        one, other = summarize(series), summarize(series * np.float32(1024.0))
        assert np.isfinite(one.statistics).all()
        assert one.statistics.shape == (3, len(one.names))
        np.testing.assert_allclose(one.statistics, other.statistics, rtol=1e-3, atol=1e-3)

    def test_what_stands_in_a_gap_is_not_looked_at(self):
        collected = np.ones(400, bool)
        collected[100:130] = False
        series = made(settings_of(2), 400, week_shape(), seed=5).astype(np.float32)
        other = series.copy()
        other[:, 100:130] = 1e9
        summarize = Summarizer(calendar_of(400, 0, collected))
        assert np.array_equal(summarize(series).statistics, summarize(other).statistics)

    def test_size_and_memory_are_what_was_put_in(self):
        """A flat week, swings of hours alone: the residual varies and remembers as the model says."""
        made_of = settings_of(256, burst_sigma=0.4, burst_daily_share=0.0, burst_hours=3.0)
        shown = Summarizer(calendar_of(8 * WEEK), np.ones(WEEK))(
            made(made_of, 8 * WEEK, np.ones(WEEK), seed=8).astype(np.float32)
        )
        variance = math.expm1(0.16)
        lagged = math.expm1(0.16 * math.exp(-1 / 3)) / variance
        for found, wanted in ((shown.residual_cv, math.sqrt(variance)), (shown.lag_1, lagged)):
            # a finite log loses about its share of one correlation time
            assert abs(found.mean() - wanted) < Z * found.std() / 16 + 0.02 * wanted


class TestPosterior:
    @pytest.mark.parametrize("size", [2_000, 8_000])
    def test_a_normal_problem_has_its_known_answer(self, size):
        """theta ~ N(0, 1), s = theta + N(0, 0.5^2): the posterior is N(0.8 s, 0.2)."""
        rng = np.random.default_rng(4)
        theta = rng.standard_normal((size, 1))
        statistics = np.column_stack(
            [theta[:, 0] + 0.5 * rng.standard_normal(size), rng.standard_normal((size, 3))]
        )
        checks = np.zeros((size, 1))
        nearness = Nearness(statistics, theta, checks, rng)
        for seen in (-1.0, 0.0, 1.5):
            found = nearness.nearest(np.array([seen, 0.0, 0.0, 0.0]), np.zeros(1))
            values, weights = found.parameters[:, 0], found.weights
            mean = float(weights @ values)
            sd = math.sqrt(float(weights @ (values - mean) ** 2))
            n = 1 / float(np.square(weights).sum())
            assert abs(mean - 0.8 * seen) < Z * math.sqrt(0.2 / n) + 0.02
            assert sd == pytest.approx(math.sqrt(0.2), rel=Z / math.sqrt(2 * n) + 0.03)
            assert found.misfit < 1.5

    def test_what_the_model_cannot_make_is_said(self):
        rng = np.random.default_rng(4)
        theta = rng.standard_normal((3_000, 1))
        statistics = theta + 0.1 * rng.standard_normal((3_000, 1))
        checks = np.zeros((3_000, 1))
        found = Nearness(statistics, theta, checks, rng).nearest(np.zeros(1), np.full(1, 30.0))
        assert found.misfit > 3
        assert np.abs(found.parameters).max() < 5


class TestCounting:
    def test_whole_requests_scatter_as_poisson(self):
        rng = np.random.default_rng(1)
        counted = Counting(25.0, 0.0).counted(np.full(40_000, 5.0), np.full(40_000, 25.0), rng)
        assert counted.mean() == pytest.approx(5.0, abs=Z * 1.0 / 200)
        assert counted.std() == pytest.approx(1.0, rel=Z / math.sqrt(80_000) + 0.01)

    def test_sizes_are_read_off_the_hours(self):
        rng = np.random.default_rng(2)
        requests = rng.poisson(50.0, 2_000).astype(float)
        tokens = np.array([rng.gamma(4.0, 25.0, int(n)).sum() for n in requests])
        found = Counting.of(tokens, requests, np.ones(2_000, bool))
        assert found is not None
        assert found.size_cv == pytest.approx(0.5, rel=0.1)
        assert found.requests_per_hour == pytest.approx(requests.mean())

    def test_many_requests_do_not_matter(self):
        assert Counting.of(np.ones(10), np.full(10, 1e6), np.ones(10, bool)) is None
        assert Counting.of(np.ones(10), None, np.ones(10, bool)) is None


class TestDays:
    def test_shares_cover_the_truth(self):
        """Daily shares around 0.8: the 90 % interval of the bootstrap holds it in about 90 % of logs."""
        rng = np.random.default_rng(6)
        held, logs = 0, 200
        for _ in range(logs):
            share = np.clip(0.8 + 0.05 * rng.standard_normal(28), 0, 1).repeat(24)
            whole = rng.lognormal(3, 0.3, 28 * 24)
            low, high = np.percentile(share_draws(share * whole, whole, calendar_of(28 * 24), rng), (5, 95))
            held += low <= 0.8 <= high
        se = math.sqrt(0.9 * 0.1 / logs)
        assert 0.9 - Z * se < held / logs < 0.995

    def test_fewer_days_are_wider(self):
        """Three days against thirty: more than the root of ten, as three days hardly know how days differ."""
        rng = np.random.default_rng(7)
        widths = np.zeros((2, 40))
        for row, days in enumerate((3, 30)):
            for log in range(40):
                share = np.clip(0.8 + 0.02 * rng.standard_normal(days), 0, 1).repeat(24)
                drawn = share_draws(share, np.ones(days * 24), calendar_of(days * 24), rng)
                widths[row, log] = np.ptp(np.percentile(drawn, (5, 95)))
        ratio = widths[0] / widths[1].mean()
        assert ratio.mean() > math.sqrt(10) - Z * ratio.std() / math.sqrt(40)
        assert ratio.mean() > 2.5

    def test_there_may_be_nothing_to_share(self):
        nothing = np.zeros(48)
        assert share_draws(nothing, nothing, calendar_of(48), np.random.default_rng(1)) is None
        assert following_draws(nothing + 1, calendar_of(48), np.random.default_rng(1)) is None

    def test_a_week_that_repeats_is_followed_and_noise_is_not(self):
        """A shape that other weeks show again, and one that each week has for itself."""
        rng = np.random.default_rng(1)
        calendar = calendar_of(8 * WEEK)
        same = following_draws(np.tile(week_shape(), 8), calendar, rng)
        assert np.percentile(same, 5) > 0.98
        new = following_draws(rng.lognormal(0, 0.5, 8 * WEEK), calendar, rng)
        assert new is None or np.percentile(new, 5) < 0.5


class TestQuantity:
    def test_percentiles_are_those_of_the_draws(self):
        drawn = np.random.default_rng(1).lognormal(0, 1, 10_000)
        found = quantity("traffic.burst_days", drawn, 0.0, math.inf)
        for name, at in (("p5", 5), ("p50", 50), ("p95", 95)):
            assert found.percentiles[name] == pytest.approx(np.percentile(drawn, at), rel=5e-3)
        assert found.minimum <= found.percentiles["p5"] < found.percentiles["p95"] <= found.maximum

    def test_what_hardly_varies_is_a_point(self):
        found = quantity("traffic.input_share", 0.9 + 1e-6 * np.arange(10), 0, 1)
        assert found.is_point
        assert found.median == 0.9

    def test_learning_is_how_much_narrower(self):
        wide = np.random.default_rng(1).standard_normal(10_000)
        assert narrower(wide / 4, wide) == pytest.approx(0.75)
        assert narrower(2 * wide, wide) == 0.0
        assert narrower(wide, np.ones(3)) is None


def test_correlations_are_those_of_the_draws_and_hold_together():
    rng = np.random.default_rng(3)
    x, y, z = rng.standard_normal((3, 5_000))
    found = correlations({"a": x, "b": 0.8 * x + 0.6 * y, "c": z}, [frozenset(("a", "c"))])
    assert found[("a", "b")] == pytest.approx(6 / math.pi * math.asin(0.4), abs=Z / math.sqrt(5_000) + 0.01)
    assert abs(found[("a", "c")]) < 0.06
    assert ("b", "c") not in found


def test_scores_of_silence_are_shares():
    one = settings_of(1, silent_score=0.5)
    assert one.silent_share[0] == pytest.approx(ndtr(0.5))
    assert settings_of(1).silent_share[0] == 0.0

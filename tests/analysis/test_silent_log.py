"""How much less a log tells where hours are silent: against slopes of the likelihood and simulated hours."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from datasets import synthetic
from scipy.stats import norm
from test_traffic_log import BURSTS, USUAL, burst_of, hours

from tcosim.analysis import traffic_log
from tcosim.analysis.drawn_log import SimulatedTraffic, shown
from tcosim.analysis.silent_log import Silence, information
from tcosim.sampling.inputs import InputSampler
from tcosim.scenario.load import load

Z = 4.0
TENANT = (1.3, 0.5)


def floor_and_mean(sigma: float, score: float) -> tuple[float, float]:
    floor = math.exp(sigma * score - sigma**2 / 2)
    return floor, float(norm.sf(score - sigma) - floor * norm.sf(score))


def log_likelihood(tokens: Any, level: float, sigma: float, score: float) -> Any:
    """Of hours of docs/model.md, 2.4, some of them silent, from their density alone."""
    floor, mean = floor_and_mean(sigma, score)
    heard = tokens > 0
    y = np.where(heard, tokens, 1.0) * mean / level + floor
    z = (np.log(y) + sigma**2 / 2) / sigma
    return np.where(heard, norm.logpdf(z) - np.log(sigma * y) + math.log(mean / level), norm.logcdf(score))


@pytest.mark.parametrize("n", [20_000, 80_000])
@pytest.mark.parametrize(("sigma", "share"), [TENANT, (0.5, 0.1), (0.8, 0.8)])
def test_information_is_the_variance_of_the_slopes_of_the_likelihood(
    sigma: float, share: float, n: int
) -> None:
    score, step = float(norm.ppf(share)), 1e-4
    floor, mean = floor_and_mean(sigma, score)
    x = np.random.default_rng(1).standard_normal(n)
    tokens = np.maximum(np.exp(sigma * x - sigma**2 / 2) - floor, 0.0) / mean
    ends = [
        [
            log_likelihood(
                tokens,
                math.exp(by if k == 0 else 0.0),
                sigma * math.exp(by if k == 1 else 0.0),
                score + (by if k == 2 else 0.0),
            )
            for by in (step, -step)
        ]
        for k in range(3)
    ]
    slopes = np.array([(up - down) / (2 * step) for up, down in ends])
    stated = information(np.array(sigma), np.array(score))
    products = slopes[:, None] * slopes
    errors = products.std(axis=2) / math.sqrt(n)
    assert np.all(np.abs(products.mean(axis=2) - stated) <= Z * errors)
    assert np.all(np.abs(slopes.mean(axis=1)) <= Z * slopes.std(axis=1) / math.sqrt(n))
    # as if the hours that are not silent told of sigma as those of a lognormal do: the wrong number
    assert abs(products[1, 1].mean() - 2 * (1 - share)) > Z * errors[1, 1]


def test_without_silence_a_log_tells_what_it_told() -> None:
    found = Silence(np.array([0.0, 0.5]), np.zeros(1))
    assert all(np.array_equal(factor, [1.0]) for factor in (found.level, found.swings, found.mean))
    sigma = np.array([1.5, 2.5])  # what a share of next to 0 cuts off is next to nothing only of large swings
    assert 1 / information(sigma, np.full(2, -12.0))[:, 0, 0] == pytest.approx(sigma**2, rel=1e-6)


@pytest.mark.parametrize("sigma", [0.1, 0.5, 1.3, 2.5])
def test_no_level_is_known_better_than_from_all_there_is_and_silence_costs_knowledge(sigma: float) -> None:
    shares = np.array([0.001, 0.01, 0.1, 0.4, 0.8, 0.95])
    found = Silence(np.full(shares.size, sigma), shares)
    for share, level in zip(shares, found.level, strict=True):
        floor, mean = floor_and_mean(sigma, score := float(norm.ppf(share)))
        squares = math.exp(sigma**2) * norm.sf(score - 2 * sigma) - 2 * floor * norm.sf(score - sigma)
        cv2 = (squares + floor**2 * norm.sf(score)) / mean**2 - 1
        assert level * sigma**2 <= 1.01 * cv2  # the mean of the hours can be no better; 1 % of the table
    assert np.all(np.diff(found.swings) < 0) and np.all(found.swings < 1)
    exact = information(found.sigma, norm.ppf(shares))
    assert found.swings == pytest.approx(0.5 / np.linalg.inv(exact)[:, 1, 1], rel=0.03)
    assert found.level == pytest.approx(1 / exact[:, 0, 0] / sigma**2, rel=0.03)


@pytest.mark.parametrize("figures", BURSTS)
@pytest.mark.parametrize(("days", "logs"), [(7, 600), (30, 2400)])
def test_the_silent_share_is_known_as_well_as_from_simulated_hours(
    figures: tuple[float, ...], days: int, logs: int
) -> None:
    share = 0.4
    x = hours(figures, days, logs, seed=6) / figures[0]
    seen = (x < norm.ppf(share)).mean(axis=(1, 2))
    assert abs(seen.mean() - share) <= Z * seen.std() / math.sqrt(logs)
    stated = share * (1 - share) / traffic_log.independent_hours(burst_of(figures), days)[0]
    # at least as well as stated, and no better than if swings and silence went together in a straight line
    straight, error = norm.pdf(norm.ppf(share)) ** 2 / (share * (1 - share)), Z * math.sqrt(2 / logs)
    assert straight * (1 - error) < seen.var() / stated < 1 + error
    if figures[1] > 1:  # every hour of the log counted as one of its own, where swings last: the wrong number
        assert seen.var() > share * (1 - share) / (24 * days) * (1 + error)


def traffic_of(*settings: str, samples: int = 2048) -> SimulatedTraffic:
    scenario = load(overrides=settings)
    sampler = InputSampler(scenario.uncertain_inputs(), scenario.correlations, 0)
    drawn = sampler.values(sampler.uniforms(0, samples))
    dataset = synthetic(
        samples, options={"api": "api", "rented-h100": "rented"}, inputs=sampler.names
    )  # fmt: skip
    dataset["input"] = (("future", "name"), drawn.T.astype(np.float32))
    return SimulatedTraffic(dataset, scenario)


UNSURE = "traffic.silent_share={dist='uniform',low=0,high=0.8}"


def test_a_log_shows_the_silent_share_and_the_longer_the_better() -> None:
    month, year = (shown(traffic_of(UNSURE), days, 0) for days in (30, 365))
    assert 0.5 < month[1]["traffic.silent_share"] < year[1]["traffic.silent_share"] < 1
    assert np.isfinite(month[0]).all() and np.isfinite(year[0]).all()
    assert "traffic.silent_share" not in shown(traffic_of(), 30, 0)[1]


def test_silent_hours_hide_the_swings_the_profile_and_the_spikes() -> None:
    heard, silent = (
        shown(traffic_of(f"traffic.silent_share={share}", "volume.forecast_ratio={dist='lognormal',p5=0.4,p95=1.6}"),
              30, 0)[1]
        for share in (0.0, 0.5)
    )  # fmt: skip
    for field in ("burst_sigma", "profile_following", "spikes_per_month", "spike_size"):
        assert silent[f"traffic.{field}"] < heard[f"traffic.{field}"], field
    assert silent["volume.forecast_ratio"] < heard["volume.forecast_ratio"]
    assert silent["traffic.input_share"] == heard["traffic.input_share"]


@pytest.mark.parametrize(
    "share", ["0.95", "{dist='uniform',low=0,high=0.95}", "{dist='empirical',values=[0,0.4]}"]
)
@pytest.mark.parametrize("sigma", ["0.02", "3", "{dist='uniform',low=0.02,high=3}"])
def test_what_a_log_shows_is_finite_at_every_edge(share: str, sigma: str) -> None:
    traffic = traffic_of(f"traffic.silent_share={share}", f"traffic.burst_sigma={sigma}", samples=256)
    for days in (2, 1000):
        assert np.isfinite(shown(traffic, days, 0)[0]).all()


def test_the_usual_month_is_some_thirty_hours_worth_of_a_share() -> None:
    """Days move together for days: a month is 720 hours, not 720 pieces of evidence."""
    assert 20 < traffic_log.independent_hours(burst_of(USUAL), 30)[0] < 60

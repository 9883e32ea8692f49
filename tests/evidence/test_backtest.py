"""Backtests: the model's own prices are covered, forecasts see no future, and the shipped distributions hold."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tcosim.errors import InputError
from tcosim.evidence.prices import backtest as module
from tcosim.evidence.prices.backtest import BAR, backtest, own_drift, shipped_distributions, windows_of
from tcosim.evidence.prices.files import read_prices
from tcosim.evidence.prices.paths import log_ratios
from tcosim.evidence.prices.series import PriceHistory, PriceSeries
from tcosim.scenario.distributions import distribution
from tcosim.scenario.library import default_library
from tests.evidence.price_data import PURCHASE, RENTAL, TIERS, needs_data
from tests.evidence.price_worlds import world

Z = 4.0


def history(paths, family="purchase", start=24_000):
    """One series for each row of log prices."""
    kind = "tier" if family == "api" else "walk"
    months = start + np.arange(paths.shape[1])
    return PriceHistory(
        family, kind, tuple(PriceSeries(f"s{k}", f"g{k}", months, row) for k, row in enumerate(paths))
    )


@pytest.mark.parametrize("futures", [2_000, 20_000])
def test_paths_are_those_of_the_model(futures):
    """Mean and spread of the logarithm in closed form: 4.4 for a GPU, 4.1 for a list that wanders, with jumps."""
    walk = {
        "gpu_price_drift": distribution({"dist": "normal", "mean": -0.1, "sd": 0.2}),
        "gpu_price_volatility": distribution({"dist": "point", "value": 0.4}),
    }
    (found,) = log_ratios("rental", walk, (24,), futures, 1)
    sd = math.sqrt((2 * 0.2) ** 2 + 0.4**2 * 2)
    assert abs(found.mean() + 0.2) < Z * sd / math.sqrt(futures)
    assert abs(found.std() - sd) < Z * sd / math.sqrt(2 * futures)
    listed = {
        "annual_decline": distribution({"dist": "point", "value": 0.3}),
        "jumps_per_year": distribution({"dist": "point", "value": 2.0}),
        "jump_log_mean": distribution({"dist": "point", "value": 0.1}),
        "jump_log_sd": distribution({"dist": "point", "value": 0.5}),
        "list_price_volatility": distribution({"dist": "point", "value": 0.8}),
    }
    (found,) = log_ratios("api", listed, (12,), futures, 1)
    sd = math.sqrt(2.0 * (0.1**2 + 0.5**2) + 0.8**2)
    assert abs(found.mean() - (math.log(0.7) + 0.2)) < Z * sd / math.sqrt(futures)
    assert abs(found.std() - sd) < Z * sd / math.sqrt(futures)  # heavier than normal


def test_windows_are_all_pairs_and_skip_gaps():
    months = np.array([0, 1, 3, 4]) + 24_000
    one = PriceSeries("a", "a", months, np.array([0.0, 1.0, 5.0, 7.0]))
    found = windows_of(PriceHistory("rental", "walk", (one,)), (1, 3))
    assert sorted(found.move.tolist()) == [1.0, 2.0, 5.0, 6.0]


def test_prices_drawn_from_the_library_are_covered_and_others_are_not():
    """Series drawn with the shipped distributions; then with twice their volatility, and with none of their drift."""
    said = shipped_distributions(PriceHistory("purchase", "walk", ()), default_library(), "x")
    rng = np.random.default_rng(5)
    n, months = 200, 13
    drift = rng.permutation(
        log_ratios(
            "purchase",
            {**said, "hardware_price_volatility": distribution({"dist": "point", "value": 0.0})},
            (12,),
            n,
            3,
        )[0]
    )
    noise = np.cumsum(rng.normal(size=(n, months)) / math.sqrt(12), axis=1)
    sigma = said["hardware_price_volatility"].value
    years = np.arange(months) / 12
    right = backtest(history(drift[:, None] * years + sigma * (noise - noise[:, :1])), horizons=(12,))
    error = math.sqrt(0.9 * 0.1 / n)
    assert abs(right["overall"]["coverage"]["90"]["value"] - 0.9) < Z * error
    assert right["verdict"] == {"coverage_90": "inside", "better_than_naive": True}
    wild = backtest(history(drift[:, None] * years + 4 * sigma * (noise - noise[:, :1])), horizons=(12,))
    assert wild["verdict"]["coverage_90"] == "below"
    calm = backtest(history(drift[:, None] * 0 - 0.15 * years + 0 * noise), horizons=(12,))
    assert calm["verdict"]["coverage_90"] == "above"  # covering everything fails as well


def test_a_fitted_forecast_sees_no_future():
    """Prices that change after month 13 change no score of a window that ended before, and do change later ones."""
    paths = np.array([one.log_prices for one in world(4, series=6, months=24).history.series])
    changed = paths.copy()
    changed[:, 13:] += np.arange(6)[:, None]
    scores, ends = [], []
    for values in (paths, changed):
        found = windows_of(history(values), (3,))
        scored, order, _ = module._fitted(history(values), found, (3,), default_library(), 256, 0, None)
        scores.append(scored.crps)
        ends.append(found.origin[order] + 3)
    np.testing.assert_array_equal(*ends)
    early = ends[0] <= 24_012
    assert early.sum() > 20
    np.testing.assert_array_equal(scores[0][early], scores[1][early])
    began_later = ends[0] > 24_019
    assert (scores[0][began_later] != scores[1][began_later]).all()


def test_fitted_forecasts_of_the_model_are_covered():
    paths = np.array([one.log_prices for one in world(11, series=12, months=30, market=0.1).history.series])
    found = backtest(history(paths), horizons=(3, 6), forecaster="fitted", futures=512)
    assert found["windows_without_forecast"] > 0
    row = found["overall"]["coverage"]["90"]
    assert abs(row["value"] - 0.9) < Z * max(row["se"], 0.02)


def test_a_series_gets_the_drift_of_its_own_gpu():
    library = default_library()
    assert own_drift("runpod A100_SXM_80GB", library) == "gpu.a100-80.price_drift"
    assert own_drift("aws L40S", library) == "gpu.l40s.price_drift"
    assert own_drift("aws H100_SXM", library) is None
    assert own_drift("aws L40", library) is None


def test_too_short_for_every_horizon():
    with pytest.raises(InputError, match="longest series 3 months"):
        backtest(history(np.zeros((2, 4))), horizons=(6, 12))


def test_the_same_seed_gives_the_same_result():
    paths = np.array([one.log_prices for one in world(2, series=4, months=12).history.series])
    first, second = (backtest(history(paths), horizons=(3,), futures=512, seed=3) for _ in range(2))
    assert first == second


@needs_data
@pytest.mark.parametrize(
    ("path", "horizons"), [(TIERS, (3, 6, 12, 24)), (RENTAL, (1, 2, 3, 4, 5)), (PURCHASE, (3, 6, 12, 24))]
)
def test_the_shipped_distributions_hold_on_public_prices(path, horizons):
    found = backtest(read_prices(path), horizons=horizons)
    assert found["verdict"] == {"coverage_90": "inside", "better_than_naive": True}
    for row in found["horizons"]:
        assert BAR[0] <= row["coverage"]["90"]["value"] <= BAR[1], row["months"]


@needs_data
def test_a_wide_distribution_fails_on_public_prices(tmp_path):
    """Covering everything is no virtue: with a volatility of 2 the rental forecasts say nothing."""
    from tcosim.evidence.prices import scores as scoring

    history_ = read_prices(RENTAL)
    found = windows_of(history_, (3,))
    said = shipped_distributions(history_, default_library(), "x")
    wide = {**said, "gpu_price_volatility": distribution({"dist": "point", "value": 2.0})}
    scores = scoring.score(log_ratios("rental", wide, (3,), 2_000, 0)[0], found.move)
    assert scores.covered[2].mean() > BAR[1]
    assert scores.crps.mean() > scores.naive.mean()

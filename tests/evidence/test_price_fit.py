"""The fit of prices recovers what is true of synthetic series, and wrong estimators do not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcosim.errors import InputError
from tcosim.evidence.prices.fit import fit_prices
from tcosim.evidence.prices.quantities import fitted_distributions, fitted_tables, fitted_toml
from tcosim.evidence.prices.series import PriceHistory, PriceSeries
from tests.evidence.price_worlds import world

BAR = (0.80, 0.97)
Z = 4.0


def inside(spread, value):
    return spread.p5 <= value <= spread.p95


def share_inside(settings_, **kind):
    """Shares of worlds whose truth lies inside: mean drift, scale, another drift, another volatility; widths."""
    hits, widths = np.zeros(4), []
    for seed in range(settings_):
        one = world(seed, **kind)
        fit = fit_prices(one.history)
        hits += [
            inside(fit.drift_mean, one.drift_mean),
            inside(fit.volatility_typical, one.scale),
            inside(fit.drift, one.next_drift),
            inside(fit.volatility, one.next_volatility),
        ]
        widths.append(fit.drift_mean.p95 - fit.drift_mean.p5)
    return hits / settings_, float(np.median(widths))


@pytest.mark.parametrize(
    "kind",
    [
        {"series": 6, "months": 24},
        {"series": 8, "months": 36, "irregular": True},
        {"series": 6, "months": 24, "market": 0.6},
    ],
    ids=["monthly", "irregular", "market"],
)
def test_intervals_hold_what_is_true(kind):
    n = 100
    shares, _ = share_inside(n, **kind)
    error = math.sqrt(0.9 * 0.1 / n)  # 3 percentage points
    assert (shares >= 0.90 - Z * error).all(), shares
    assert (shares <= 1.0).all()
    assert BAR[0] <= shares.mean() <= BAR[1], shares


def test_more_series_know_more():
    few, many = (share_inside(12, series=n, months=24, market=0.0)[1] for n in (4, 16))
    assert many < few / 1.3


def test_series_taken_for_independent_are_too_sure():
    """The mean of the slopes with the spread of the slopes as its error: what forgets the shared market."""
    n, hits, ours = 60, 0, 0
    for seed in range(n):
        one = world(seed, series=12, months=24, market=0.6)
        slopes = np.array([s.moves.sum() / s.years for s in one.history.series])
        half = 1.796 * slopes.std(ddof=1) / math.sqrt(len(slopes))  # Student's t, 11 degrees, 90 %
        hits += abs(slopes.mean() - one.drift_mean) <= half
        ours += inside(fit_prices(one.history).drift_mean, one.drift_mean)
    error = math.sqrt(0.9 * 0.1 / n)
    assert hits / n < 0.9 - Z * error
    assert ours / n >= 0.9 - Z * error


def test_a_price_in_steps_is_no_calm_price():
    """Three months in four have no move; a normal likelihood of the months would be far too sure of the volatility."""
    hits = 0
    for seed in range(50):
        one = world(seed, series=6, months=24, steps=True)
        fit = fit_prices(one.history)
        hits += inside(fit.volatility_typical, one.scale)
        assert 0.5 < fit.unchanged_share < 0.95
    assert hits / 50 >= 0.9 - Z * math.sqrt(0.09 / 50)


def test_the_shared_market_is_found():
    apart, together = (
        np.mean(
            [
                fit_prices(world(seed, series=8, months=36, market=share).history).market_correlation
                for seed in range(8)
            ]
        )
        for share in (0.0, 0.7)
    )
    assert apart < 0.2
    assert together > 0.45
    alone = fit_prices(world(3, series=8, months=36, market=0.0).history).effective_series
    crowd = fit_prices(world(3, series=8, months=36, market=0.7).history).effective_series
    assert crowd < alone / 2


def test_one_short_series_is_wide():
    drifts, volatilities = [], []
    for seed in range(9):
        short = fit_prices(world(seed, series=1, months=6).history)
        long = fit_prices(world(seed, series=8, months=36, market=0.2).history)
        drifts.append((short.drift.p95 - short.drift.p5) / (long.drift.p95 - long.drift.p5))
        volatilities.append(
            short.volatility.p95 / short.volatility.p5 * long.volatility.p5 / long.volatility.p95
        )
    assert np.median(drifts) > 1.5
    assert np.median(volatilities) > 1.5


@settings(max_examples=25, deadline=None)
@given(shift=st.floats(-5, 5), seed=st.integers(0, 50))
def test_currency_and_order_do_not_matter(shift, seed):
    history = world(seed, series=4, months=12).history
    turned = tuple(PriceSeries(s.name, s.group, s.months, s.log_prices + shift) for s in history.series[::-1])
    one, other = fit_prices(history), fit_prices(PriceHistory("rental", "walk", turned))
    assert other.drift.p50 == pytest.approx(one.drift.p50, abs=1e-6)
    assert other.volatility.p95 == pytest.approx(one.volatility.p95, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000), family=st.sampled_from(["api", "rental", "purchase"]), n=st.integers(1, 5)
)
def test_what_is_fitted_can_be_declared(seed, family, n):
    history = world(seed, series=n, months=10, steps=seed % 2 == 0).history
    if not any(one.moves.any() for one in history.series):
        return
    fit = fit_prices(PriceHistory(family, "tier" if family == "api" else "walk", history.series))
    assert set(fitted_distributions(fit)) == set(fitted_tables(fit))
    for spread in (fit.drift, fit.volatility, fit.drift_between, fit.drift_mean):
        assert spread.p5 <= spread.p25 <= spread.p50 <= spread.p75 <= spread.p95


def test_the_lines_load_into_a_scenario():
    from tcosim.scenario.load import load

    fit = fit_prices(world(0, series=6, months=24).history)
    lines = [line for line in fitted_toml(fit, "x.csv").splitlines() if not line.startswith("#")]
    option = "support-assistant"
    names = [one.name for one in load(option).options if one.kind == "rented"]
    overrides = [f"option.{names[0]}.{line.split('  #')[0]}".replace(" = {", "={", 1) for line in lines]
    loaded = load(option, overrides=overrides)
    rented = next(one for one in loaded.options if one.name == names[0])
    assert rented.gpu_price_drift.library_key is None


def test_a_tier_gets_its_volatility_as_it_was_fitted():
    """The list wanders by the volatility itself; how often a model's own price jumps is not fitted."""
    from tcosim.scenario.load import load

    fit = fit_prices(PriceHistory("api", "tier", world(0, series=6, months=24, steps=True).history.series))
    lines = [line for line in fitted_toml(fit, "x.csv").splitlines() if not line.startswith("#")]
    overrides = [
        f"option.api.route.default.{line.split('  #')[0]}".replace(" = {", "={", 1) for line in lines
    ]
    (route,) = load("support-assistant", overrides=overrides).options[0].routes
    assert route.annual_decline.library_key is None
    assert route.jumps_per_year.library_key == "api.jumps_per_year"
    stated = dict(fitted_tables(fit)["list_price_volatility"])
    for name in ("p5", "p50", "p95"):
        assert stated[name] == pytest.approx(getattr(fit.volatility, name), abs=0.01)
    assert fitted_tables(fit)["annual_decline"]["p50"] == pytest.approx(-math.expm1(fit.drift.p50), abs=0.01)


def test_a_straight_line_is_not_taken_for_certain():
    line = PriceSeries("a", "a", 24_000 + np.arange(7), 0.05 * np.arange(7))
    fit = fit_prices(PriceHistory("rental", "walk", (line,)))
    assert fit.drift.p5 < 0.6 < fit.drift.p95
    assert fit.volatility.p50 > 0.05


def test_two_moves_are_too_few():
    short = PriceSeries("a", "a", 24_000 + np.arange(3), np.array([0.0, 0.1, 0.1]))
    with pytest.raises(InputError, match="3 moves or more"):
        fit_prices(PriceHistory("rental", "walk", (short,)))


def test_prices_that_never_move_are_refused():
    still = PriceSeries("a", "a", np.arange(5), np.zeros(5))
    with pytest.raises(InputError, match="a price that changes"):
        fit_prices(PriceHistory("rental", "walk", (still,)))

"""Cases with exact answers (docs/model.md, 6), each within z = 4 standard errors at two sizes.

Where an answer is statistical, the same check with a slightly wrong model must fail.
"""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import norm

from tcosim import kernels
from tcosim.engine import simulate
from tcosim.kernels import layout
from tcosim.kernels.layout import HOURS_PER_MONTH, H
from tests.engine.scenarios import scenario, without_uncertainty
from tests.kernels.scenes import pack_policies, scene

Z = 4.0
SIZES = (1024, 8192)


def hours_of(
    n,
    seed,
    *,
    months=1,
    capacity=1.0,
    replicas=1.0,
    shape=None,
    kind="on-demand",
    fleet=(),
    silent=0.0,
    **world,
):
    """Run the hour loop for n equal futures; levels are 730 a month, so demand is 1 token an hour in the mean."""
    s = scene(0, [kind], n_distinct=1)
    settings = dict.fromkeys(layout.WORLD, 0.0)
    settings |= {"burst_hours": 5.0, "burst_days": 2.0, "spike_hours": 3.0, "burst_daily_share": 0.3} | world
    settings["silent_score"] = norm.ppf(silent)
    columns = np.repeat(np.array([settings[name] for name in layout.WORLD])[:, None], n, axis=1)
    fleets = np.zeros((len(layout.FLEET), 1, n))
    defaults = {"share": 1.0, "token_ratio": 1.0, "headroom": 1.0, "repairs_per_hour": 0.1} | dict(fleet)
    for name, value in defaults.items():
        fleets[layout.FLEET.index(name)] = value
    levels = np.full((n, months), float(HOURS_PER_MONTH))
    tokens = np.zeros((n, months))
    out = np.zeros((1, len(layout.FLEET_MONTH), n, months))
    swings = np.zeros(168, np.float32) if shape is None else (shape - 1).astype(np.float32)
    kernels.simulate_hours(
        np.uint64(seed), 0, columns, swings, fleets, pack_policies(s.policies), np.ones(1), levels,
        np.full((1, n, months), replicas), np.full((1, n, months), capacity), tokens, out,
    )  # fmt: skip
    return SimpleNamespace(tokens=tokens, fleet=out[0])


def estimate(per_future):
    """Mean over independent futures and its standard error."""
    return per_future.mean(), per_future.std(ddof=1) / math.sqrt(per_future.size)


# ---- 1. spreadsheet arithmetic


def test_with_nothing_random_every_figure_is_spreadsheet_arithmetic():
    months = 5
    plain = without_uncertainty(
        scenario("managed", "rented", months=months, volume=2e9),
        "traffic.burst_sigma=0.0", "traffic.spikes_per_month=0.0", "traffic.profile_following=0.0",
        "volume.annual_growth=0.44", "volume.growth_volatility=0.0", "volume.forecast_ratio=0.9",
        "traffic.input_share=0.8", "traffic.cached_share=0.25", "scenario.discount_rate_per_year=0.1",
        "option.api.route.default.batch_share=0.5", "option.api.route.default.batch_price_ratio=0.6",
        "option.api.route.default.annual_decline=0.19", "option.api.route.default.months_between_moves=2.0",
        "option.api.route.default.migration_hours=30.0", "option.api.route.default.jumps_per_year=0.0",
        "option.api.route.default.list_price_volatility=0.0",
        "option.api.retry_share=0.02", "option.api.development_share=0.03", "option.api.gateway_usd_per_month=100.0",
        "option.api.rate_limit_usd_per_month=50.0", "option.api.engineer_hours_per_month=5.0",
        "option.api.engineer_usd_per_hour=100.0", "option.api.wage_growth_per_year=0.0",
        "option.api.data_transfer_usd_per_month=20.0", "option.api.audit_usd_per_year=360.0",
        "option.api.setup_usd=800.0", "option.api.outage_hours_per_year=24.0", "option.api.outage_usd_per_hour=75.0",
        "option.managed.markup_share=0.2", "option.managed.overhead_usd_per_month=500.0",
        "option.managed.setup_usd=1500.0", "option.managed.outage_hours_per_year=12.0",
        "option.managed.outage_usd_per_hour=75.0",
        "option.managed.engineer_hours_per_month=6.0", "option.managed.engineer_usd_per_hour=100.0",
        "option.managed.wage_growth_per_year=0.0",
        "option.rented.launch_months=1.0", "option.rented.token_ratio=1.25",
        "option.rented.prefill_tokens_per_second=10000.0", "option.rented.decode_tokens_per_second=4000.0",
        "option.rented.fleet_cached_share=0.5", "option.rented.latency_utilization=0.8",
        "option.rented.out_of_the_box_share=1.0", "option.rented.software_gain_per_year=0.0",
        "option.rented.headroom=1.0", "option.rented.min_replicas=1", "option.rented.spare_replicas=1",
        "option.rented.gpu_failures_per_gpu_year=0.0", "option.rented.usd_per_gpu_hour=2.5",
        "option.rented.gpu_price_drift=0.12", "option.rented.gpu_price_volatility=0.0",
        "option.rented.engineer_usd_per_hour=120.0", "option.rented.wage_growth_per_year=0.1",
        "option.rented.engineer_hours_per_month=20.0", "option.rented.engineer_hours_per_replica_month=2.0",
        "option.rented.underestimate_share=0.5", "option.rented.launch_hours=200.0", "option.rented.launch_usd=7000.0",
        "option.rented.refresh_weeks=8.0", "option.rented.refresh_hours=25.0", "option.rented.refresh_usd=300.0",
        "option.rented.finetune_runs_per_year=6.0", "option.rented.finetune_hours=10.0",
        "option.rented.finetune_usd=400.0",
        "option.rented.incidents_per_month=0.0", "option.rented.setup_usd=9000.0",
        "option.rented.audit_usd_per_year=12000.0", "option.rented.monitoring_usd_per_month=100.0",
        "option.rented.storage_usd_per_month=50.0", "option.rented.networking_usd_per_month=60.0",
        "option.rented.load_balancer_usd_per_month=20.0", "option.rented.backup_usd_per_month=30.0",
        "option.rented.security_usd_per_month=200.0",
    )  # fmt: skip
    dataset = simulate(plain, samples=3, seed=9)

    present = [1.1 ** (-(m + 0.5) / 12) for m in range(months)]
    tokens = [2e9 * 0.9 * 1.44 ** (m / 12) for m in range(months)]
    blend = (0.8 * (0.75 * 3 + 0.25 * 0.3) + 0.2 * 15) * (0.5 + 0.5 * 0.6)
    price = [blend * 0.81 ** (2 * (m // 2) / 12) * 1.05 for m in range(months)]
    moved = [1 if m in (2, 4) else 0 for m in range(months)]
    bill = [t * p / 1e6 for t, p in zip(tokens, price, strict=True)]
    fees, outages = 100 + 50 + 20 + 360 / 12, 24 * 75 / 12
    api = [b + fees + outages + 500 + 3000 * move for b, move in zip(bill, moved, strict=True)]
    managed = [
        b * 1.2 + 500 + fees + 12 * 75 / 12 + 600 + 3000 * move for b, move in zip(bill, moved, strict=True)
    ]

    kappa = 3600 / (0.8 * 0.5 / 10000 + 0.2 / 4000) * 0.8
    replicas = [0, *(1 + max(1, math.ceil(1.25 * t / 730 / kappa)) for t in tokens[1:])]
    # the fleet is sized at launch for the plan, without the forecast ratio, and then every three months
    replicas[1] = 1 + max(1, math.ceil(1.25 * 2e9 * 1.44 ** (1 / 12) / 730 / kappa))
    replicas[2] = replicas[3] = replicas[1]
    wage = [120 * 1.1 ** (m / 12) for m in range(months)]
    refreshes = [
        0,
        *(math.floor((m + 1) * 730 / 168 / 8) - math.floor(m * 730 / 168 / 8) for m in range(months - 1)),
    ]
    # before launch all the work is with the API, and its outages with it; afterwards nothing overflows
    rented = [bill[0] + fees + outages + 500 + 100 * wage[0]]
    for m in range(1, months):
        cost = replicas[m] * 730 * 2 * 2.5 * math.exp(0.12 * m / 12)
        cost += (20 + 2 * replicas[m]) * 1.5 * wage[m]
        cost += refreshes[m] * (25 * wage[m] + 300) + 460 + 1000
        cost += 6 / 12 * (10 * wage[m] + 400)
        cost += 100 * wage[m] if m == 1 else 0
        rented.append(cost)
    at_once = np.array([800, 1500, 7000 + 9000 + 800])

    def npv(costs):
        return sum(c * p for c, p in zip(costs, present, strict=True))

    expected = np.array([npv(api), npv(managed), npv(rented)]) + at_once
    for future in range(3):
        # tokens pass through float32 hours and days; everything else is float64
        np.testing.assert_allclose(dataset["npv"].values[future], expected, rtol=3e-7)
    np.testing.assert_allclose(dataset["tokens"].values[:, 2], tokens, rtol=3e-7)
    monthly = dataset["cost"].values[:, :, 2]
    for option, costs in enumerate((api, managed, rented)):
        np.testing.assert_allclose(monthly[:, option], [costs[0] + at_once[option], *costs[1:]], rtol=3e-7)
    used = 1.25 * sum(tokens[1:]) / (kappa / 0.8 * 730 * sum(replicas))
    assert dataset["mean_utilization"].values[2] == pytest.approx(used, rel=3e-7)


# ---- 2. overflow of a lognormal burst


def expected_overflow(sigma, capacity):
    """E[(D - K)+] for D lognormal of mean 1."""
    d1 = (math.log(1 / capacity) + sigma**2 / 2) / sigma
    return norm.cdf(d1) - capacity * norm.cdf(d1 - sigma)


def test_the_closed_form_itself():
    assert expected_overflow(0.5, 1.5) == pytest.approx(0.070881, abs=5e-7)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(("sigma", "capacity"), [(0.5, 1.5), (1.2, 1.0), (0.2, 1.1)])
def test_overflow_of_a_lognormal_burst(n, sigma, capacity):
    out = hours_of(n, seed=n, burst_sigma=sigma, capacity=capacity)
    got, error = estimate(out.fleet[H.overflow, :, 0] / HOURS_PER_MONTH)
    assert abs(got - expected_overflow(sigma, capacity)) < Z * error
    served, served_error = estimate(out.fleet[H.served, :, 0] / HOURS_PER_MONTH)
    assert abs(served - (1 - expected_overflow(sigma, capacity))) < Z * served_error
    over, over_error = estimate(out.fleet[H.hours_over_capacity, :, 0] / HOURS_PER_MONTH)
    assert abs(over - norm.sf((math.log(capacity) + sigma**2 / 2) / sigma)) < Z * over_error
    if n == max(SIZES):  # a burst 5 % too large would not pass
        assert abs(got - expected_overflow(1.05 * sigma, capacity)) > Z * error


# ---- 2b. the same with silent hours: what is cut off a lognormal is a call on it, and a call on a call is a call


def silenced(sigma, share):
    """Floor K that silences a share of the hours, and the mean E of what is left of a lognormal of mean 1."""
    floor = math.exp(sigma * norm.ppf(share) - sigma**2 / 2)
    return floor, expected_overflow(sigma, floor)


def second_moment(sigma, share):
    """E[B^2] of a burst with silent hours; 1 + CV^2."""
    (floor, mean), score = silenced(sigma, share), norm.ppf(share)
    squares = math.exp(sigma**2) * norm.cdf(2 * sigma - score)
    return (squares - 2 * floor * norm.cdf(sigma - score) + floor**2 * norm.cdf(-score)) / mean**2


SILENCED = [(1.3, 0.5), (0.38, 0.003), (0.6, 0.3)]


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(("sigma", "share"), SILENCED)
def test_overflow_of_a_burst_with_silent_hours(n, sigma, share):
    capacity = 1.5
    out = hours_of(n, seed=n, burst_sigma=sigma, silent=share, capacity=capacity)
    floor, mean = silenced(sigma, share)
    expected = expected_overflow(sigma, floor + capacity * mean) / mean
    got, error = estimate(out.fleet[H.overflow, :, 0] / HOURS_PER_MONTH)
    assert abs(got - expected) < Z * error
    over, over_error = estimate(out.fleet[H.hours_over_capacity, :, 0] / HOURS_PER_MONTH)
    beyond = norm.sf((math.log(floor + capacity * mean) + sigma**2 / 2) / sigma)
    assert abs(over - beyond) < Z * over_error
    if (
        n == max(SIZES) and share > 0.1
    ):  # a lognormal of the same sigma, and one of the same CV, would not pass
        alike = math.sqrt(math.log(second_moment(sigma, share)))
        assert abs(got - expected_overflow(sigma, capacity)) > Z * error
        assert abs(over - norm.sf((math.log(capacity) + alike**2 / 2) / alike)) > Z * over_error


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(("sigma", "share"), SILENCED)
def test_hours_are_silent_as_often_as_stated_and_cost_no_tokens(n, sigma, share):
    out = hours_of(n, seed=n, burst_sigma=sigma, silent=share, capacity=1e-30)
    busy, error = estimate(out.fleet[H.hours_over_capacity, :, 0] / HOURS_PER_MONTH)
    assert abs(busy - (1 - share)) < Z * error
    tokens, error = estimate(out.tokens[:, 0] / HOURS_PER_MONTH)
    assert abs(tokens - 1) < Z * error
    if n == max(SIZES) and share > 0.1:  # without E
        assert abs(tokens * silenced(sigma, share)[1] - 1) > Z * error


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(("sigma", "share"), SILENCED)
def test_an_hour_of_a_burst_with_silent_hours_has_its_law(n, sigma, share):
    """Swings that never end make a month one hour: its tokens are independent draws of B."""
    out = hours_of(n, seed=n, burst_sigma=sigma, silent=share, burst_hours=1e9, burst_days=1e9)
    burst = out.tokens[:, 0] / HOURS_PER_MONTH
    floor, mean = silenced(sigma, share)
    squares, error = estimate(burst**2)
    assert abs(squares - second_moment(sigma, share)) < Z * error
    for at in (0.0, 0.5, 1.0, 2.0, 4.0):
        below = norm.cdf((math.log(floor + at * mean) + sigma**2 / 2) / sigma)
        error = math.sqrt(below * (1 - below) / n)
        assert abs(np.mean(burst <= at) - below) < Z * error
    if n == max(SIZES) and share > 0.1:
        assert abs(
            np.mean(burst <= 0.5) - norm.cdf((math.log(0.5) + sigma**2 / 2) / sigma)
        ) > Z * 0.5 / math.sqrt(n)


def test_a_share_of_0_is_the_lognormal_to_the_last_bit():
    """Also where nothing swings, and the score of a share of 0 times a sigma of 0 is no number."""
    for sigma in (0.0, 0.7):
        plain = hours_of(256, seed=5, burst_sigma=sigma)
        assert np.all(np.isfinite(plain.tokens)) and np.all(plain.tokens > 0)
        least = hours_of(256, seed=5, burst_sigma=max(sigma, 0.02), silent=1e-300)
        if sigma > 0:
            np.testing.assert_array_equal(plain.tokens, least.tokens)


# ---- 3. tokens in expectation, and the lone replica


@pytest.mark.parametrize("n", SIZES)
def test_expected_tokens_are_the_stated_volume(n):
    """Burst and spikes move tokens in time and add none; the profile's mean over a month is that of its hours."""
    shape = np.random.default_rng(3).uniform(0, 2, 168)
    shape /= shape.mean()
    months = 3
    out = hours_of(
        n, seed=n, months=months, shape=shape, profile_following=0.7, burst_sigma=0.4,
        spikes_per_hour=0.01, spike_size=2.0,
    )  # fmt: skip
    profile = 0.3 + 0.7 * shape[np.arange(months * HOURS_PER_MONTH) % 168]
    decay = math.exp(-1 / 3)
    spiked = 1 + 0.01 * 2 / (1 - decay) * (
        1 - decay ** (np.arange(profile.size) + 1)
    )  # spikes build up from none
    expected = profile * spiked / (1 + 0.01 * 2 / (1 - decay))
    for m in range(months):
        got, error = estimate(out.tokens[:, m])
        assert abs(got - expected[m * HOURS_PER_MONTH : (m + 1) * HOURS_PER_MONTH].sum()) < Z * error
    if n == max(SIZES):
        got, error = estimate(out.tokens[:, 2])
        assert abs(got - profile[2 * HOURS_PER_MONTH :].sum() * (1 + 0.01 * 2 / (1 - decay))) > Z * error


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(("failure", "repair"), [(0.01, 0.1), (0.002, 0.02)])
def test_a_lone_replica_is_down_its_stationary_share_of_the_time(n, failure, repair):
    """f / (f + r), after the months in which it settles; demand is constant, so what overflows tells."""
    out = hours_of(
        n, seed=n, months=4, capacity=2.0,
        fleet={"failures_per_replica_hour": failure, "repairs_per_hour": repair},
    )  # fmt: skip
    down, error = estimate(out.fleet[H.hours_over_capacity, :, 1:].mean(axis=1) / HOURS_PER_MONTH)
    assert abs(down - failure / (failure + repair)) < Z * error
    if n == max(SIZES):  # repairs that take a tenth longer would not pass
        assert abs(down - failure / (failure + repair / 1.1)) > Z * error


def shares_down(n, seed, *, replicas, serving, failure, repair, kind="on-demand"):
    """Mean share of `serving` replicas that are down in each future, after a month in which it settles.

    Demand is constant and beyond what all of them can do, so what overflows tells how many are down.
    """
    capacity = 0.9 / serving
    out = hours_of(
        n, seed, months=4, capacity=capacity, replicas=replicas, kind=kind,
        fleet={"failures_per_replica_hour": failure, "repairs_per_hour": repair,
               "headroom": (serving - 0.5) * capacity},
    )  # fmt: skip
    return (out.fleet[H.overflow, :, 1:].mean(axis=1) / HOURS_PER_MONTH - 0.1) / 0.9


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("kind", ["on-demand", "queueing", "autoscaled"])
@pytest.mark.parametrize(
    ("replicas", "failure", "repair"),
    [
        (40, 0.05, 0.08),  # packs of 8
        (10, 0.06, 0.05),  # packs of 3, and so a last one of 1
        (6, 1.0, 0.1),  # beyond the hour: all 6 at a time
    ],
)
def test_replicas_that_fail_in_packs_are_down_the_stationary_share_of_the_time(
    n, kind, replicas, failure, repair
):
    """f / (f + r) of them at any size of pack, as long as repairs stay below their largest chance of 1/2."""
    down, error = estimate(
        shares_down(n, n, replicas=replicas, serving=replicas, failure=failure, repair=repair, kind=kind)
    )
    assert abs(down - failure / (failure + repair)) < Z * error
    if n == max(SIZES):  # repairs that take a twentieth longer would not pass
        assert abs(down - failure / (failure + repair / 1.05)) > Z * error


@pytest.mark.parametrize("n", SIZES)
def test_an_autoscaled_fleet_smaller_than_a_pack_fails_at_the_same_rate(n):
    """5 of at most 40 replicas are set, where packs are 8."""
    down, error = estimate(
        shares_down(n, n, replicas=40, serving=5, failure=0.05, repair=0.08, kind="autoscaled")
    )
    assert abs(down - 0.05 / 0.13) < Z * error
    if n == max(SIZES):  # were a pack of 8 to count as 8 where there are 5
        assert abs(down - 0.05 * 5 / 8 / (0.05 * 5 / 8 + 0.08)) > Z * error


# ---- 4. two options, one normal


@pytest.mark.parametrize("samples", [4096, 65536])
@pytest.mark.parametrize("standardized", [-1.0, 0.3])
def test_a_normal_saving_wins_with_its_normal_probability_and_is_worth_its_evpi(samples, standardized):
    """P(win) = Phi(mu / sigma); EVPI = mu Phi + sigma phi - max(0, mu)."""
    sigma = 1e5
    plain = without_uncertainty(
        scenario("rented", months=1, volume=1e9), "traffic.burst_sigma=0.0", "traffic.spikes_per_month=0.0",
        "option.rented.incidents_per_month=0.0", "option.rented.gpu_failures_per_gpu_year=0.0",
        "option.api.route.default.jumps_per_year=0.0", "volume.growth_volatility=0.0",
        "option.rented.setup_usd=0.0", "option.rented.launch_months=0.0", "option.api.gateway_usd_per_month=1e7",
    )  # fmt: skip
    npv = simulate(plain, samples=1, seed=0)["npv"].values[0]
    # the set-up cost at which the saving is mu in the mean
    mean = float(npv[0] - npv[1] - standardized * sigma)
    assert mean > 10 * sigma
    normal = plain.with_overrides(
        [f'option.rented.setup_usd={{dist = "normal", mean = {mean!r}, sd = {sigma!r}, low_limit = 0.0}}']
    )
    dataset = simulate(normal, samples=samples, seed=3)
    npv = dataset["npv"].values
    mu = standardized * sigma

    wins = dataset["scramble_beats"].values[:, 1] / dataset["scramble_futures"].values
    error = wins.std(ddof=1) / 4
    assert abs(wins.mean() - norm.cdf(standardized)) < Z * error
    assert abs(wins.mean() - norm.cdf(standardized + 0.05)) > Z * error

    saving = np.stack([(npv[:, 0] - npv[:, 1])[r::16] for r in range(16)])
    evpi = np.maximum(saving, 0).mean(axis=1) - max(0.0, mu)
    expected = mu * norm.cdf(standardized) + sigma * norm.pdf(standardized) - max(0.0, mu)
    assert abs(evpi.mean() - expected) < Z * evpi.std(ddof=1) / 4

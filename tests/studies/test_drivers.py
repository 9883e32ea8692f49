"""Drivers: indices and tornado against closed forms, against other estimates, and on real small scenarios."""

from __future__ import annotations

import json
import math
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from tcosim.engine import simulate
from tcosim.errors import Cancelled, InputError
from tcosim.sampling.copula import pearson
from tcosim.sampling.design import SobolDesign
from tcosim.scenario.load import load_text
from tcosim.scenario.write import resolved_toml
from tcosim.studies import drivers as module
from tcosim.studies.driver_plan import LUCK, plan_drivers
from tcosim.studies.drivers import drivers
from tcosim.studies.sobol import _without_each_scramble, sobol_indices
from tests.engine.scenarios import scenario, without_uncertainty

FIRST = np.array([0.313905, 0.442411, 0.0])
TOTAL = np.array([0.557589, 0.442411, 0.243684])


def ishigami(u):
    x = math.pi * (2 * u - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def evaluations(f, d, n, seed=0):
    """The function at A, at B and at A with one column of B."""
    points = SobolDesign(2 * d, seed).points(0, n)
    a, b = points[:, :d], points[:, d:]
    pages = []
    for column in range(d):
        mixed = a.copy()
        mixed[:, column] = b[:, column]
        pages.append(f(mixed))
    return f(a), f(b), np.array(pages)


def within(found, z=4):
    return bool(
        np.all(np.abs(found.first - FIRST) < z * found.first_error)
        and np.all(np.abs(found.total - TOTAL) < z * found.total_error)
    )


@pytest.mark.parametrize("n", [2**12, 2**18])
def test_ishigami(n):
    f_a, f_b, f_ab = evaluations(ishigami, 3, n)
    found = sobol_indices(f_a, f_b, f_ab)
    assert within(found)
    assert not within(sobol_indices(f_b, f_a, f_ab))  # the roles of A and B are not to be mistaken
    if n == 2**18:  # 1.3 million evaluations
        np.testing.assert_allclose(found.first[:2], FIRST[:2], rtol=0.02)
        np.testing.assert_allclose(found.total, TOTAL, rtol=0.02)
        assert np.all(found.first_error < 0.003)


def test_leaving_a_scramble_out_is_estimating_without_it():
    f_a, f_b, f_ab = evaluations(ishigami, 3, 256)
    first, total = _without_each_scramble(f_a, f_b, f_ab)
    for scramble in (0, 7, 15):
        kept = np.arange(256) % 16 != scramble
        a, b, ab = f_a[kept], f_b[kept], f_ab[:, kept]
        mean, variance = np.mean([a, b]), np.var([a, b])
        np.testing.assert_allclose(first[scramble], ((b - mean) * (ab - a)).mean(axis=1) / variance)
        np.testing.assert_allclose(total[scramble], 0.5 * ((ab - a) ** 2).mean(axis=1) / variance)


@pytest.mark.parametrize("n", [256, 1024])
def test_intervals_cover(n):
    """For a product of lognormals, whose indices are known, as skewed as savings are."""
    sigma = np.array([0.6, 0.4, 0.05])
    variance = math.expm1(sigma @ sigma)
    exact = np.expm1(sigma**2) / variance
    held = np.zeros(3)
    seeds = 150
    for seed in range(seeds):
        found = sobol_indices(*evaluations(lambda u: np.exp(special.ndtri(u) @ sigma), 3, n, seed))
        ends = np.array([found.first_ci95(k) for k in range(3)])
        held += (ends[:, 0] <= exact) & (exact <= ends[:, 1])
    # 4 standard errors of a count of 95 %; half as wide an interval would cover 69 %
    assert np.all(held / seeds > 0.95 - 4 * math.sqrt(0.95 * 0.05 / seeds))


def test_nothing_varies():
    flat = sobol_indices(np.ones(64), np.ones(64), np.ones((2, 64)))
    assert not flat.first.any()
    assert not flat.total.any()
    assert flat.first_ci95(0) == [0, 0]


# A model that is linear in its inputs, in place of the simulation.

WEIGHTS = {
    "volume.annual_growth": 3e5,
    "option.rented.gpu_price_drift": -2e5,
    "option.owned.hardware_price_drift": 4e5,
    "traffic.input_share": 0.0,
}
SD = {
    "volume.annual_growth": math.sqrt(1 / 12),
    "option.rented.gpu_price_drift": 0.5,
    "option.owned.hardware_price_drift": 0.25,
}
RHO, LUCK_SD = 0.6, 5e4


@pytest.fixture(scope="module")
def uncertain():
    """Three uncertain inputs, two of them normal and correlated, and one that changes nothing."""
    fixed = without_uncertainty(scenario("rented", "owned", months=1)).with_overrides(
        [
            "volume.annual_growth={dist='uniform',low=0,high=1}",
            "option.rented.gpu_price_drift={dist='normal',mean=0.1,sd=0.5}",
            "option.owned.hardware_price_drift={dist='normal',mean=-0.1,sd=0.25}",
            "traffic.input_share={dist='empirical',values=[0.5,0.6,0.9]}",
        ]
    )
    names = '"option.rented.gpu_price_drift", "option.owned.hardware_price_drift"'
    return load_text(
        f"{resolved_toml(fixed)}\n[[correlation]]\ninputs = [{names}]\nrank_correlation = {RHO}\n"
    )


@pytest.fixture
def linear(monkeypatch, uncertain):
    """The saving of `owned` is linear in the inputs and in one normal of luck; `rented` costs more."""
    weights = np.array([WEIGHTS[one.name] for one in uncertain.uncertain_inputs()])

    def simulated(variants, *, dimensions, samples, seed, progress, **where):
        points = SobolDesign(dimensions, seed).points(0, samples)
        npv = np.zeros((len(variants), samples, 3))
        for v, variant in enumerate(variants):
            luck = np.random.default_rng([seed, variant.noise]).standard_normal(samples)
            npv[v, :, 0] = weights @ variant.values(points) + LUCK_SD * luck
            npv[v, :, 1] = 1e9
        progress(len(variants) * samples, len(variants) * samples)
        return npv

    monkeypatch.setattr(module, "simulate_variants", simulated)
    return uncertain


def close(value, exact, interval, z=4):
    return abs(value - exact) < z * (interval[1] - interval[0]) / 2 / 2.13


@pytest.mark.parametrize("samples", [6e3, 1e5])
def test_sobol_of_a_linear_model(linear, samples):
    found = drivers(linear, samples=samples)
    assert found["option"] == "owned"
    r = pearson(RHO)
    drifts = "option.rented.gpu_price_drift", "option.owned.hardware_price_drift"
    x, y = (WEIGHTS[name] * SD[name] for name in drifts)
    parts = {
        "volume.annual_growth": (WEIGHTS["volume.annual_growth"] * SD["volume.annual_growth"]) ** 2,
        " + ".join(drifts): x * x + y * y + 2 * r * x * y,
        LUCK: LUCK_SD**2,
        "traffic.input_share": 0.0,
    }
    variance = sum(parts.values())
    rows = {row["driver"]: row for row in found["sobol"]}
    assert set(rows) == set(parts)
    for name, part in parts.items():
        row = rows[name]
        for order in ("first_order", "total_order"):  # equal: nothing acts together
            if part:
                assert close(row[order], part / variance, row[f"{order}_ci95"]), (name, order)
            else:
                assert row[order] == 0
    group = rows[" + ".join(drifts)]
    assert not close(group["first_order"], (x * x + y * y) / variance, group["first_order_ci95"])
    assert [row["total_order"] for row in found["sobol"]] == sorted(
        (row["total_order"] for row in found["sobol"]), reverse=True
    )
    assert abs(found["sd_saving_usd"] / math.sqrt(variance) - 1) < 4 / math.sqrt(found["base_points"])


@pytest.mark.parametrize("samples", [6e3, 1e5])
def test_tornado_of_a_linear_model(linear, samples):
    """What is correlated follows: the distance has its share of the other input's weight."""
    found = drivers(linear, samples=samples)
    c = float(special.ndtri(0.9))
    r = pearson(RHO)
    first, second = "option.rented.gpu_price_drift", "option.owned.hardware_price_drift"
    x, y = (WEIGHTS[name] * SD[name] for name in (first, second))
    exact = {"volume.annual_growth": 0.8 * 3e5, first: 2 * c * (x + r * y), second: 2 * c * (y + r * x)}
    exact["traffic.input_share"] = 0.0
    mean = 3e5 * 0.5 - 2e5 * 0.1 + 4e5 * -0.1
    rows = {row["input"]: row for row in found["tornado"]}
    assert [row["input"] for row in found["tornado"]] == sorted(exact, key=lambda name: -abs(exact[name]))
    for name, swing in exact.items():
        row = rows[name]
        # a step is the same in all futures, so the distance has no error but rounding
        assert row["swing_usd"] == pytest.approx(abs(swing), abs=1e-3), name
        for end, sign in (("p10", -1), ("p90", 1)):
            expected = mean + sign * swing / 2
            error = row[f"saving_at_{end}_se_usd"]
            assert abs(row[f"saving_at_{end}_usd"] - expected) < 4 * error, (name, end)
    assert rows[first]["moves_with"] == [second]
    assert rows["volume.annual_growth"]["moves_with"] == []
    assert rows[first]["p10"] == pytest.approx(0.1 - 0.5 * c)
    assert (rows["traffic.input_share"]["p10"], rows["traffic.input_share"]["p90"]) == (0.5, 0.9)
    assert rows["traffic.input_share"]["unit"] == "share"
    assert abs(rows[first]["swing_usd"] - abs(2 * c * x)) > 1e4  # as if it were independent


# The simulation itself.

NOISE = {
    "growth_volatility", "burst_sigma", "spikes_per_month", "jumps_per_year", "gpu_price_volatility",
    "gpu_failures_per_gpu_year", "incidents_per_month",
}  # fmt: skip
THROUGHPUT = "serving.llama-70b-h100x2.decode_tokens_per_second"


@pytest.fixture(scope="module")
def small():
    return scenario("rented", months=2, volume=3e10, overrides=["option.rented.launch_months=0"])


def test_tornado_is_the_conditional_mean_of_a_run(small):
    """Against the futures of a plain run whose input happens to be near its p10 or its p90."""
    found = drivers(small, samples=8e4, seed=3)
    row = next(one for one in found["tornado"] if one["input"] == THROUGHPUT)
    assert row["moves_with"] == [THROUGHPUT.replace("decode", "prefill")]
    run = simulate(small, samples=2**15, seed=5)
    saving = run["npv"].sel(option="api").values - run["npv"].sel(option="rented").values
    value = run["input"].sel(name=THROUGHPUT).values
    rank = value.argsort().argsort() / len(value)
    for end, level in (("p10", 0.1), ("p90", 0.9)):
        near = saving[np.abs(rank - level) < 0.02]
        error = math.hypot(near.std() / math.sqrt(len(near)), row[f"saving_at_{end}_se_usd"])
        assert abs(near.mean() - row[f"saving_at_{end}_usd"]) < 4 * error
        assert abs(saving.mean() - row[f"saving_at_{end}_usd"]) > 4 * error


def test_the_result_is_plain_data_and_the_same_for_any_threads(small):
    told = []
    fewest = plan_drivers(small, 1e6)
    found = [
        drivers(small, samples=4e4, seed=9, threads=t, progress=lambda done, of: told.append((done, of)))
        for t in (1, 2)
    ]
    assert json.dumps(found[0], allow_nan=False) == json.dumps(found[1], allow_nan=False)
    assert found[0]["samples"] <= 4e4
    assert told[-1] == (found[0]["samples"], found[0]["samples"])
    assert [done for done, _ in told[: len(told) // 2]] == sorted(done for done, _ in told[: len(told) // 2])
    assert len(found[0]["sobol"]) == len(fewest.factors)
    assert found[0]["sobol"] != drivers(small, samples=4e4, seed=10)["sobol"]


def test_luck_alone(small):
    found = drivers(without_uncertainty(small), samples=1e4)
    assert found["tornado"] == []
    (luck,) = found["sobol"]
    assert luck["driver"] == LUCK
    assert luck["inputs"] == []
    assert (luck["first_order"], luck["total_order"]) == (1, 1)
    assert found["sd_saving_usd"] > 0


def test_not_even_luck(small):
    noise = [
        f"{path}=0" for path, _ in without_uncertainty(small).fields() if path.rsplit(".", 1)[1] in NOISE
    ]
    found = drivers(without_uncertainty(small, *noise), samples=1e4)
    assert found["sd_saving_usd"] == 0
    assert found["sobol"][0]["total_order_ci95"] == [0, 0]


@pytest.mark.parametrize(
    ("option", "words"),
    [("rentde", "did you mean rented"), ("api", "other than the baseline"), ("zzz", "choose rented")],
)
def test_options_that_cannot_be_compared(small, option, words):
    with pytest.raises(InputError, match=words) as caught:
        drivers(small, samples=1e5, option=option)
    assert caught.value.problems[0].field == "option"


def test_without_a_fleet_the_option_must_be_named():
    managed = scenario("managed", months=1)
    with pytest.raises(InputError, match="no rented or owned option; choose managed"):
        drivers(managed, samples=1e5)
    found = drivers(managed, samples=3e4, option="managed")
    assert found["option"] == "managed"
    assert found["mean_saving_usd"] < 0


def test_too_few_futures_say_how_many_are_needed(small):
    with pytest.raises(InputError, match="must be at least") as caught:
        plan_drivers(small, 1000)
    needed = int(caught.value.problems[0].rule.split()[4].replace(",", ""))
    assert plan_drivers(small, needed).futures == needed
    with pytest.raises(InputError):
        plan_drivers(small, needed - 1)
    assert float(caught.value.problems[0].way_out.split()[2]) >= needed


@settings(max_examples=50, deadline=None)
@given(samples=st.floats(4e4, 1e9))
def test_a_plan_stays_within_what_was_asked_for(small, samples):
    plan = plan_drivers(small, samples)
    assert plan.futures <= samples
    assert plan.base_points & (plan.base_points - 1) == 0
    assert plan.base_points // 8 <= plan.tornado_points <= plan.base_points
    sets = plan.base_points * (len(plan.factors) + 2)
    assert 8 * sets * len(small.options) <= 2**29


def test_stopping(small):
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        drivers(small, samples=1e5, cancel=stop)

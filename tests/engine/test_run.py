"""A run is a function of scenario, seed and number of futures, and of nothing else."""

import threading

import numpy as np
import pytest

from tcosim.engine import replay, simulate
from tcosim.errors import Cancelled, InputError, TcosimError
from tcosim.kernels.layout import HOURS_PER_MONTH
from tests.engine.scenarios import every_kind, scenario, without_uncertainty


@pytest.fixture(scope="module")
def mixed():
    return every_kind(months=3)


@pytest.fixture(scope="module")
def run(mixed):
    return simulate(mixed, samples=1500, seed=5)


def assert_same_bytes(first, second):
    for name in first.variables:
        assert first[name].values.tobytes() == second[name].values.tobytes(), name
    assert first.attrs == second.attrs


@pytest.mark.parametrize(
    "how", [{"threads": 1}, {"threads": 2}, {"threads": 5}, {"block_futures": 256}, {"block_futures": 700}]
)
def test_threads_and_blocks_change_no_byte(mixed, run, how):
    assert_same_bytes(run, simulate(mixed, samples=1500, seed=5, **how))


@pytest.mark.parametrize("shorter", [1, 15, 255, 257, 1024])
def test_a_longer_run_extends_a_shorter_one(mixed, run, shorter):
    short = simulate(mixed, samples=shorter, seed=5)
    for name in ("npv", "total", "input", "utilization"):
        np.testing.assert_array_equal(short[name].values, run[name].values[:shorter])


def test_sums_over_scrambles_are_those_of_the_futures(run):
    npv = run["npv"].values
    baseline = list(run["option"].values).index("api")
    for r in range(16):
        of_scramble = npv[r::16]
        assert run["scramble_futures"].values[r] == len(of_scramble)
        np.testing.assert_allclose(run["scramble_npv_sum"].values[r], of_scramble.sum(axis=0), rtol=1e-12)
        beats = (of_scramble < of_scramble[:, [baseline]]).sum(axis=0)
        np.testing.assert_array_equal(run["scramble_beats"].values[r], beats)
        cheapest = np.bincount(of_scramble.argmin(axis=1), minlength=npv.shape[1])
        np.testing.assert_array_equal(run["scramble_cheapest"].values[r], cheapest)
    np.testing.assert_allclose(run["component"].values.sum(axis=1), npv.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(
        run["mean_total"].values, run["total"].values.mean(axis=0, dtype=float), rtol=1e-6
    )


def test_every_seed_is_a_seed(mixed):
    runs = [simulate(mixed, samples=64, seed=seed)["npv"].values for seed in (0, 1, 2, 2**63 - 1)]
    for i, first in enumerate(runs):
        for second in runs[:i]:
            assert not np.any(first == second)
    np.testing.assert_array_equal(runs[0], simulate(mixed, samples=64, seed=0)["npv"].values)


@pytest.mark.parametrize("future", [0, 1, 255, 256, 777, 1499])
def test_replay_is_the_run_to_the_last_digit(mixed, run, future):
    again = replay(mixed, seed=5, future=future)
    for k, name in enumerate(run["option"].values):
        assert again.npv[str(name)] == run["npv"].values[future, k]
    for k, name in enumerate(run["name"].values):
        assert np.float32(again.inputs[str(name)]) == run["input"].values[future, k]
    np.testing.assert_array_equal(
        again.months["cost"].sum("month").values.astype(np.float32), run["total"].values[future]
    )


def test_the_hours_of_a_replay_add_up_to_its_months(mixed):
    again = replay(mixed, seed=5, future=31)
    hours = again.hours
    tokens = hours["tokens"].values.reshape(-1, HOURS_PER_MONTH).sum(axis=1)
    # a day is summed in float32: 24 roundings of 2^-24 at most
    np.testing.assert_allclose(tokens, again.months["tokens"].values, rtol=24 * 2**-24)
    left = hours["demand"] - hours["served"] - hours["overflow"]
    np.testing.assert_allclose(left.sum("hour"), hours["backlog"].isel(hour=-1), atol=1e-6 * tokens.sum())
    for fleet in hours["fleet"].values:
        most = again.months["replicas"].sel(option=fleet).values.repeat(HOURS_PER_MONTH)
        assert np.all(hours["replicas"].sel(fleet=fleet).values <= most)


def test_a_scenario_without_uncertain_inputs_runs():
    dataset = simulate(without_uncertainty(scenario("rented", months=2)), samples=40, seed=0)
    assert dataset.sizes["name"] == 0
    assert np.ptp(dataset["npv"].values[:, 0]) > 0  # the traffic is still random


def test_progress_and_cancel(mixed):
    seen = []
    simulate(
        mixed,
        samples=1100,
        seed=1,
        block_futures=256,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(256, 1100), (512, 1100), (768, 1100), (1024, 1100), (1100, 1100)]
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        simulate(mixed, samples=10**7, seed=1, cancel=cancel, progress=lambda done, total: cancel.set())


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"samples": 0}, "samples"),
        ({"samples": 1.5}, "samples"),
        ({"samples": True}, "samples"),
        ({"samples": "1e3"}, "samples"),
        ({"samples": float("nan")}, "samples"),
        ({"samples": 1e300}, "samples"),
        ({"samples": 2e10}, "samples"),
        ({"samples": 10, "seed": 0.5}, "seed"),
        ({"samples": 10, "seed": -1}, "seed"),
        ({"samples": 10, "seed": 2**63}, "seed"),
        ({"samples": 10, "threads": 0}, "threads"),
        ({"samples": 10, "block_futures": 0}, "block_futures"),
    ],
)
def test_arguments_beyond_reason_are_refused(mixed, arguments, field):
    with pytest.raises(InputError) as raised:
        simulate(mixed, **arguments)
    assert [problem.field for problem in raised.value.problems] == [field]


LARGE = {
    "rented": ["option.rented.gpu_failures_per_gpu_year=90"],
    "reserved": ["option.reserved.lead_months=0.0"],
    "owned": ["option.owned.lead_months=0.0", "option.owned.repair_hours=48.0"],
    "autoscaled": ["option.autoscaled.spot_interruptions_per_gpu_year=500"],
}


@pytest.mark.parametrize("kind", LARGE)
def test_a_fleet_of_any_size_runs_and_is_replayed_to_the_last_digit(kind):
    """Tens of thousands of replicas, which fail several at a time."""
    large = scenario(
        kind, volume=1e14, months=2, overrides=[f"option.{kind}.launch_months=0.0", *LARGE[kind]]
    )
    dataset = simulate(large, samples=300, seed=0)
    assert np.all(np.isfinite(dataset["npv"].values))
    again = replay(large, seed=0, future=299)
    assert again.npv[kind] == dataset["npv"].values[299, 1]
    hours = {name: values.values[0] for name, values in again.hours.drop_vars("tokens").items()}
    down = hours["replicas_down"]
    assert np.diff(down).max() > 1
    assert np.all((down >= 0) & (down <= hours["replicas"]))
    came = hours["demand"] + np.concatenate([[0.0], hours["backlog"][:-1]])
    np.testing.assert_allclose(hours["served"] + hours["backlog"] + hours["overflow"], came, rtol=1e-6)


def test_failures_fill_the_months_of_a_large_fleet_as_they_do_those_of_a_small_one():
    """The mean share of replicas that are down does not depend on how many there are."""
    shares = []
    for volume in (1e10, 1e13):
        plain = scenario(
            "rented", volume=volume, months=2, overrides=["option.rented.launch_months=0.0",
            "option.rented.gpu_failures_per_gpu_year=40.0", "option.rented.repair_hours=20.0"]
        )  # fmt: skip
        settled = [replay(plain, seed=0, future=k).hours.isel(hour=slice(200, None)) for k in range(12)]
        shares.append([float(h["replicas_down"].sum() / h["replicas"].sum()) for h in settled])
    small, large = np.array(shares)
    error = np.sqrt((small.var(ddof=1) + large.var(ddof=1)) / 12)
    assert abs(small.mean() - large.mean()) < 4 * error
    failure = 40 * 2 / 8760
    assert abs(large.mean() - failure / (failure + 1 / 20)) < 4 * large.std(ddof=1) / np.sqrt(12)


def test_a_future_that_cannot_be_computed_stops_the_run_and_is_named():
    extreme = scenario(
        "rented", months=240, overrides=["option.rented.gpu_price_volatility=3.0", "option.rented.gpu_price_drift=2.0",
                                         "volume.annual_growth=0.0", "volume.growth_volatility=0.0"]
    )  # fmt: skip
    dataset = simulate(extreme, samples=32, seed=0)  # e^40 x: large, and still a number
    assert np.all(np.isfinite(dataset["npv"].values))
    route = "option.api.route.default"
    hopeless = scenario(
        "rented", months=240, overrides=["volume.annual_growth=0.0", "volume.growth_volatility=0.0",
                                         f"{route}.jumps_per_year=12.0", f"{route}.jump_log_mean=3.0"]
    )  # fmt: skip
    with pytest.raises(TcosimError, match=r"future 0: the api_tokens of option 'api' come to inf"):
        simulate(hopeless, samples=2000, seed=0)

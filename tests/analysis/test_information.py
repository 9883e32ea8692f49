"""The value of information against closed forms, slow twins and what must hold for any costs."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from datasets import synthetic
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from tcosim.analysis.bins import bin_codes, binned
from tcosim.analysis.choice import Choice, futures_for
from tcosim.analysis.drivers import first_order
from tcosim.analysis.features import MOST_COLUMNS, Features
from tcosim.analysis.information import value_of_information, value_of_statistic
from tcosim.analysis.interval import probability_interval, student
from tcosim.analysis.jackknife import CERTAIN, Estimate
from tcosim.errors import InputError
from tcosim.reference import ref_information as ref
from tcosim.sampling.design import SobolDesign

SIZES = (10_000, 1_000_000)
Z = 4.0
WITHIN = 0.02
"""Share of a known answer that a million futures may miss it by."""


@lru_cache(maxsize=4)
def scores(n: int, dimensions: int = 3, seed: int = 5) -> np.ndarray:
    return special.ndtri(SobolDesign(dimensions, seed).points(0, n))


@lru_cache(maxsize=2)
def two_options(n: int) -> Choice:
    """Costs 0 and -(p1 - p2), p1 ~ N(1, 1), p2 ~ N(0, 2)."""
    z = scores(n)
    return Choice(np.stack([np.zeros(n), 2 * z[:, 1] - 1 - z[:, 0]], axis=1))


def is_right(found, expected, n):
    assert found.error > 0
    assert abs(found.value - expected) < Z * found.error
    if n == 1_000_000:
        assert abs(found.value / expected - 1) < WITHIN


def wrong(found, expected):
    return abs(found - expected) > Z * expected * WITHIN


@pytest.mark.parametrize("n", SIZES)
def test_perfect_information(n):
    is_right(two_options(n).perfect(), 0.479811, n)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(("column", "expected"), [(0, 0.083315), (1, 0.395593)])
def test_perfect_information_on_one_input(n, column, expected):
    is_right(two_options(n).given_column(scores(n)[:, column].astype(np.float32)), expected, n)


@pytest.mark.parametrize("n", SIZES)
def test_what_means_nothing_is_worth_nothing(n):
    assert two_options(n).given_column(scores(n)[:, 2]).value < 1e-3


@pytest.mark.parametrize("n", SIZES)
def test_both_inputs_together_are_everything(n):
    is_right(two_options(n).given_columns(scores(n)[:, :2]), 0.479811, n)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(("observations", "expected"), [(10, 0.072325), (100, 0.082118), (1000, 0.083195)])
def test_what_a_measurement_is_worth(n, observations, expected):
    z = scores(n)
    seen = 1 + z[:, 0] + z[:, 2] / np.sqrt(observations)
    is_right(two_options(n).given_column(seen), expected, n)
    costs = np.stack([np.zeros(n), 2 * z[:, 1] - 1 - z[:, 0]], axis=1)
    value, error = value_of_statistic(costs, seen)
    assert abs(value - expected) < Z * error


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(("mean", "sd"), [(0.5, 1.0), (-0.5, 1.0), (0.0, 3.0), (2.0, 1.0)])
def test_a_normal_saving(n, mean, sd):
    saving = mean + sd * scores(n)[:, 0]
    expected = mean * stats.norm.cdf(mean / sd) + sd * stats.norm.pdf(mean / sd) - max(0.0, mean)
    is_right(Choice(np.stack([np.zeros(n), -saving], axis=1)).perfect(), expected, n)


def test_unsmoothed_bins_of_too_few_futures_would_be_wrong():
    n = 10_000
    costs, x = two_options(n).excess[0] + two_options(n).means[0], scores(n)[:, 0]
    cells = np.argsort(x, kind="stable").reshape(-1, 4)
    raw = -np.minimum(0.0, costs[cells].mean(axis=1)).mean() + min(0.0, costs.mean())
    assert wrong(raw, 0.083315)


@pytest.mark.parametrize(("n", "runs"), [(1024, 300), (2048, 300)])
def test_the_standard_error_is_that_of_repeated_runs(n, runs):
    values, errors = [], []
    for seed in range(runs):
        z = np.random.default_rng(seed).standard_normal((n, 2))
        choice = Choice(np.stack([np.zeros(n), 2 * z[:, 1] - 1 - z[:, 0]], axis=1))
        found = choice.given_column(z[:, 1])
        values.append(found.value)
        errors.append(found.error)
    # The standard deviation of the runs is itself uncertain by 4 %, the mean of their errors by 1 %.
    slack = Z * np.hypot(1 / np.sqrt(2 * runs), 0.01)
    ratio = np.mean(errors) / np.std(values, ddof=1)
    assert abs(ratio - 1) < slack
    assert abs(0.75 * ratio - 1) > slack, "errors a quarter too small would be found out"
    assert abs(np.mean(values) - 0.395593) < Z * np.std(values) / np.sqrt(runs) + 0.005


@pytest.mark.parametrize("n", SIZES)
def test_the_probability_of_a_net_benefit(n):
    pays = 1 + scores(n)[:, 0] - 2 * scores(n)[:, 1] > 0
    scramble = np.arange(n) % 16
    found = probability_interval(np.bincount(scramble, pays), np.bincount(scramble))
    error = found.half_width / student(15)
    assert found.method == "scrambles"
    assert abs(found.value - 0.672640) < Z * error
    assert abs(found.value - stats.norm.cdf(1 / np.sqrt(3))) > Z * error, "with a variance of 2"


@pytest.mark.parametrize("options", [2, 4])
@pytest.mark.parametrize("n", [1024, 4096])
def test_at_an_exact_tie_what_means_nothing_is_seldom_told(n, options):
    told, plain, tried = 0, 0, 60
    for seed in range(tried // 3):
        z = scores.__wrapped__(n, options + 3, seed)
        choice = Choice(z[:, :options])
        for column in range(3):
            found = choice.given_column(z[:, options + column])
            told += found.value > CERTAIN * found.error
            # Who is paid by the noise that he chose by always gains.
            bins = np.array_split(np.argsort(z[:, options + column]), 16)
            plain += (
                z[:, :options].mean(axis=0).min() - np.mean([z[b, :options].mean(axis=0).min() for b in bins])
                > 0
            )
    assert told / tried < 0.06 + Z * np.sqrt(0.06 / tried)
    assert plain == tried


@pytest.mark.parametrize("hits", [16, 20, 60, 135])
@pytest.mark.parametrize("n", [4096, 20_000])
@pytest.mark.parametrize("atom", [-1.0, 0.5, 2.0])
def test_a_rare_value_counts(n, hits, atom):
    rng = np.random.default_rng(hits)
    column = rng.choice([0.0, 1.0], n)
    column[rng.permutation(n)[:hits]] = atom
    costs = np.stack([np.zeros(n), 1.0 - 3.0 * n / hits * (column == atom) + rng.standard_normal(n)], axis=1)
    found = Choice(costs).given_column(column)
    # Conditional means of the three values.
    each = [
        costs[column == value].mean(axis=0).min() * (column == value).mean() for value in np.unique(column)
    ]
    assert found.value == pytest.approx(costs.mean(axis=0).min() - sum(each), rel=1e-6)
    assert found.error > 0


@pytest.mark.parametrize("hits", [1, 15])
def test_too_few_to_tell_is_not_nothing(hits):
    column = np.zeros(4096)
    column[:hits] = 1.0
    costs = np.stack([np.zeros(4096), 1.0 - 2000 * column], axis=1)
    assert Choice(costs).given_column(column) == Estimate(0.0, None)
    assert first_order(column, costs[:, 1]) == Estimate(0.0, None)
    assert Choice(costs).given_column(0 * column) == Estimate(0.0, 0.0)


@pytest.mark.parametrize(
    ("name", "excess"),
    [
        ("exponential of a sum", lambda z: np.exp(0.5 * z.sum(axis=1)) - 1.4),
        ("kink", lambda z: np.maximum(0.0, z[:, 0] + z[:, 1] - 0.5) - 0.5),
    ],
)
def test_functions_that_the_regression_does_not_hold(name, excess):
    n = 16_384
    z = scores(n, 6)
    truth = excess(z[:, :3])
    expected = min(0.0, truth.mean()) - np.minimum(0.0, truth).mean()
    noisy = truth + truth.std() * z[:, 3]
    found = Choice(np.stack([np.zeros(n), noisy], axis=1)).given_columns(z[:, :3].astype(np.float32))
    assert abs(found.value / expected - 1) < 0.02 + Z * found.error / expected, name
    # One line through all of it, as a regression without bends and products would draw, is worth something else.
    line = np.column_stack([np.ones(n), z[:, :3]])
    flat = line @ np.linalg.lstsq(line, truth, rcond=None)[0]
    assert abs((min(0.0, flat.mean()) - np.minimum(0.0, flat).mean()) / expected - 1) > 0.02


def test_correlated_inputs_are_worth_what_they_tell_of_each_other():
    n, rho = 65_536, 0.8
    z = scores(n)
    other = rho * z[:, 0] + np.sqrt(1 - rho**2) * z[:, 1]
    choice = Choice(np.stack([np.zeros(n), -z[:, 0]], axis=1))
    found = choice.given_column(other)
    expected = rho * stats.norm.pdf(0)
    assert abs(found.value - expected) < Z * found.error
    assert wrong(0.0, expected), (
        "what does not enter the cost would be worth nothing if they were independent"
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(64, 900), st.integers(1, 400))
def test_binned_sums_equal_their_slow_twin(seed, n, distinct):
    rng = np.random.default_rng(seed)
    column = rng.integers(0, distinct, n).astype(np.float32)
    values = rng.integers(-9, 9, (2, n)).astype(float)
    found = binned(column, values)
    for row, sums in zip(values, found.sums, strict=True):
        counts, expected = ref.binned_sums(column.tolist(), row.tolist())
        for b in range(len(sums)):
            for k in range(16):
                assert found.counts[b, k] == counts.get((b, k), 0)
                assert sums[b, k] == expected.get((b, k), 0.0)
    assert (found.counts.sum(axis=1) > 0).all()


@pytest.mark.parametrize("n", [64, 1024, 16_384, 50_000])
def test_bins_are_equal_but_at_the_ends(n):
    sizes = np.bincount(bin_codes(np.random.default_rng(0).permutation(n)))
    middle = sizes[len(sizes) // 2 - len(sizes) // 4 : len(sizes) // 2 + len(sizes) // 4 + 1]
    assert np.ptp(middle) <= 1
    assert sizes.min() >= min(n, 32)
    assert sizes.sum() == n


def test_few_values_keep_a_bin_each_and_their_plain_means():
    rng = np.random.default_rng(3)
    column = rng.choice([0.0, 1.0, 5.0, 7.0], 2048, p=[0.5, 0.2, 0.2, 0.1])
    costs = np.stack([np.zeros(2048), np.cos(3 * column) + 0.1 * rng.standard_normal(2048)], axis=1)
    assert bin_codes(column).max() == 3
    expected = ref.value_by_bin_means(column.tolist(), costs.tolist())
    assert Choice(costs).given_column(column).value == pytest.approx(expected)


def test_errors_equal_their_slow_twin():
    costs = np.random.default_rng(4).standard_normal((1040, 3))
    rows = costs.tolist()
    expected = ref.jackknife(lambda futures: ref.perfect([rows[f] for f in futures]), 1040)
    found = Choice(costs).perfect()
    assert found.value == pytest.approx(ref.perfect(rows))
    assert found.error == pytest.approx(expected)


COSTS = {
    "linear": lambda z: z @ np.array([1.0, 0.7, -0.4, 0.2]),
    "exponential": lambda z: np.exp(0.4 * z[:, 0] + 0.3 * z[:, 1]) - 1 - 0.3 * z[:, 2],
    "steps": lambda z: np.sign(z[:, 0]) + (z[:, 1] > 1) * z[:, 2],
}


def run_of(seed: int, shape: str, options: int = 3, n: int = 2048) -> xr.Dataset:
    z = np.random.default_rng(seed).standard_normal((n, 5))
    z[:, 3] = np.round(z[:, 3])
    parts = [COSTS[shape](np.roll(z[:, :4], i, axis=1)) + 0.5 * z[:, 4] * i for i in range(options)]
    names = dict.fromkeys(("a", "b", "c", "d")[:options], "api")
    dataset = synthetic(
        n, npv=np.stack(parts, axis=1), options=names, baseline="a", inputs=("w", "x", "y", "z")
    )
    dataset["input"].values[:] = z[:, :4]
    return dataset


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.sampled_from(sorted(COSTS)), st.integers(2, 4))
def test_more_knowledge_is_never_worth_less(seed, shape, options):
    groups = {"two": ["w", "x"], "three": ["w", "y", "x"], "all": ["z", "y", "x", "w"], "one": ["z"]}
    found = value_of_information(run_of(seed, shape, options), groups)
    single = {row["input"]: row["usd"] for row in found["evppi_usd"]}
    group = {row["group"]: row["usd"] for row in found["groups"]}
    assert min(single.values()) >= 0
    assert group["one"] == single["z"]
    assert max(single["w"], single["x"]) <= group["two"] <= group["three"] <= group["all"]
    assert max(single["y"], single["z"]) <= group["all"] <= found["evpi_usd"]
    assert [row["usd"] for row in found["evppi_usd"]] == sorted(single.values(), reverse=True)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.permutations(range(3)), st.floats(0.01, 1e6), st.floats(-1e6, 1e6))
def test_only_differences_between_options_count_whatever_their_order_and_unit(seed, order, scale, shift):
    dataset = run_of(seed, "exponential")
    costs, inputs = dataset["npv"].values, dataset["input"].values
    for columns in (inputs[:, :1], inputs[:, :2]):
        value, error = value_of_statistic(costs, columns)
        changed, _ = value_of_statistic(scale * costs[:, order] + scale * shift, columns)
        assert changed == pytest.approx(scale * value, rel=1e-3, abs=scale * error / 10)


def test_everything_that_enters_smooth_costs_is_worth_perfect_information():
    n = 16_384
    z = scores(n, 4)
    costs = np.stack([np.zeros(n), z[:, 0] + 0.3, z[:, 1] * np.exp(0.2 * z[:, 2]) + 0.2], axis=1)
    choice = Choice(costs)
    found, perfect = choice.given_columns(z.astype(np.float32)), choice.perfect()
    assert abs(found.value - perfect.value) < Z * found.error + 0.01 * perfect.value
    part = choice.given_columns(z[:, 1:3].astype(np.float32))
    assert part.value < perfect.value - Z * part.error, "less than everything is worth less"


def test_a_run_by_topics():
    dataset = run_of(1, "linear")
    dataset = dataset.assign_coords(topic=("name", ["people", "traffic", "people", "energy"]))
    found = value_of_information(dataset)
    assert {row["group"]: row["inputs"] for row in found["groups"]} == {
        "people": ["w", "y"],
        "traffic": ["x"],
    }
    assert [row["futures"] for row in found["groups"]] == [2048, 2048]
    assert found["futures"] == 2048
    assert found["best_option"] in "abc"
    own = value_of_information(dataset, {"traffic": ["z", "z"]})
    assert {row["group"]: row["inputs"] for row in own["groups"]} == {"people": ["w", "y"], "traffic": ["z"]}


def test_unknown_inputs_and_empty_groups_are_refused_together():
    with pytest.raises(InputError) as caught:
        value_of_information(
            synthetic(64), {"g": ["traffic.burst_sigm"], "h": [], "i": ["traffic.burst_sigma"]}
        )
    text = str(caught.value)
    assert "group.g: must name uncertain inputs of the run, got traffic.burst_sigm; did you mean" in text
    assert "group.h: must name at least one" in text
    assert "group.i" not in text


@pytest.mark.parametrize("n", [1, 2, 15, 64, 1023])
def test_short_runs_say_only_what_they_can(n):
    found = value_of_information(synthetic(n), {"g": ["traffic.burst_sigma"]})
    assert found["evpi_usd"] >= 0
    assert (found["evpi_se_usd"], found["evppi_usd"], found["groups"]) == (None, [], [])
    assert value_of_statistic(synthetic(n), np.zeros((n, 2))) == (0.0, None)


def test_the_shortest_run_that_says_all():
    found = value_of_information(synthetic(1024), {"g": ["traffic.burst_sigma", "volume.annual_growth"]})
    assert len(found["evppi_usd"]) == 3
    assert found["evpi_se_usd"] > 0
    assert {row["group"] for row in found["groups"]} >= {"g", "traffic"}


def test_without_a_choice_or_without_a_difference_nothing_is_worth_anything():
    alone = synthetic(1024, options={"api": "api"})
    same = synthetic(1024, npv=np.full((1024, 4), 5.0))
    nothing_uncertain = synthetic(1024, inputs=())
    for dataset in (alone, same):
        found = value_of_information(dataset, {"g": list(dataset["name"].values[:2])})
        assert found["evpi_usd"] == 0
        assert all(row["usd"] == 0 for row in (*found["evppi_usd"], *found["groups"]))
    assert value_of_information(nothing_uncertain)["evppi_usd"] == []


def test_an_input_that_never_varies_is_worth_nothing():
    dataset = run_of(0, "linear")
    dataset["input"].values[:, 1:3] = 7.0
    single = {row["input"]: row["usd"] for row in value_of_information(dataset)["evppi_usd"]}
    assert single["x"] == single["y"] == 0 < single["w"]
    costs = dataset["npv"].values
    assert value_of_statistic(costs, dataset["input"].values[:, 1:3])[0] == 0


@pytest.mark.parametrize("n", [1024, 8192])
def test_a_group_that_means_nothing_is_worth_little(n):
    rng = np.random.default_rng(6)
    costs = rng.standard_normal((n, 3)) + np.array([0.0, 0.3, 0.3])
    found = Choice(costs).given_columns(rng.standard_normal((n, 6)))
    # A fit that kept its own noise would be worth about the root of columns over futures.
    assert found.value < 0.25 * np.sqrt(43 / n)


def test_the_same_run_gives_the_same_figures():
    assert value_of_information(run_of(5, "steps")) == value_of_information(run_of(5, "steps"))


@pytest.mark.parametrize(("n", "statistics"), [(1024, 3), (1024, 60), (4096, 49), (8192, 300)])
def test_a_regression_never_has_more_columns_than_futures_support(n, statistics):
    values = np.random.default_rng(0).standard_normal((n, statistics)).astype(np.float32)
    features = Features(values)
    columns = features.columns(slice(0, 32))
    assert columns.shape == (32, len(features.penalized))
    assert 1 < columns.shape[1] <= min(MOST_COLUMNS, n // 10)


def test_columns_that_coincide_do_no_harm():
    n = 4096
    z = scores(n).astype(np.float32)
    choice = Choice(np.stack([np.zeros(n), z[:, 0].astype(float)], axis=1))
    once, twice = choice.given_columns(z[:, :2]), choice.given_columns(z[:, [0, 0, 1, 1]])
    assert twice.value == pytest.approx(once.value, rel=0.01)


@pytest.mark.parametrize("columns", [1, 2])
def test_groups_say_by_how_many_futures(columns):
    assert futures_for(columns, 2**18) == (2**18 if columns == 1 else 2**17)
    assert futures_for(columns, 2048) == 2048


SAME_BYTES = """
import json, sys
import numpy as np
sys.path[:0] = ["tests", "tests/analysis"]
from tcosim.analysis import drivers, information
information.digits = drivers.digits = float  # unrounded: rounding would hide a difference
information.digits_of_error = drivers.digits_of_error = lambda error: error
from tcosim.analysis.drivers import given_data_drivers
from tcosim.analysis.information import value_of_information
from tcosim.analysis.measurement import measuring_traffic
from test_measurement import FORECAST, run_of

def costs(drawn):
    x = np.stack([v for v in drawn.values() if np.ptp(v) > 0])[:20].astype(float)
    x = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
    return 1e6 * drawn["volume.forecast_ratio"] + 1e5 * x[::2].sum(axis=0), 1e6 + 1e5 * x[1::2].sum(axis=0)

scenario, dataset = run_of((FORECAST,), 8192, npv=costs)
some = [str(name) for name in dataset["name"].values[:20]]
print(json.dumps([
    value_of_information(dataset, {"twenty": some}),
    given_data_drivers(dataset, "rented-h100"),
    measuring_traffic(dataset, scenario, (30, 90)),
]))
"""


def test_the_number_of_processors_changes_no_byte():
    found = [
        subprocess.run(
            [sys.executable, "-c", SAME_BYTES],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads, "PYTHONPATH": os.pathsep.join(sys.path)},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    ]
    assert len(found[0]) > 1000
    assert found[0] == found[1]

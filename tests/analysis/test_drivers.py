"""First-order indices from the futures of a run: Ishigami, correlated inputs, and the ends of the scale."""

from __future__ import annotations

import numpy as np
import pytest
from datasets import synthetic
from scipy import special

from tcosim.analysis.drivers import first_order, first_order_together, given_data_drivers
from tcosim.sampling.design import SobolDesign

SIZES = (10_000, 1_000_000)
Z = 4.0


def ishigami(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Points and values with a = 7, b = 0.1 (Ishigami and Homma 1990)."""
    x = np.pi * (2 * SobolDesign(3, seed=1).points(0, n) - 1)
    y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    return x.astype(np.float32), y


@pytest.mark.parametrize("n", SIZES)
def test_ishigami(n):
    x, y = ishigami(n)
    for column, expected in enumerate((0.313905, 0.442411, 0.0)):
        found = first_order(x[:, column], y)
        assert abs(found.value - expected) < Z * found.error, column
        if n == 1_000_000 and expected:
            assert abs(found.value / expected - 1) < 0.02
        assert found.error < 0.02
    # The variance of a line through it, which is what a correlation coefficient squared says, misses the second.
    assert np.corrcoef(x[:, 1], y)[0, 1] ** 2 < 0.01


@pytest.mark.parametrize("n", [1024, 10_000])
def test_the_noise_of_bin_means_is_taken_out(n):
    found, raw = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        x, y = rng.standard_normal(n), rng.standard_normal(n)
        found.append(first_order(x, y).value)
        cells = y[np.argsort(x)][: n // 64 * 64].reshape(-1, 64).mean(axis=1)
        raw.append(cells.var() / y.var())
    error = np.std(found, ddof=1) / np.sqrt(60)
    assert abs(np.mean(found)) < Z * error
    assert np.mean(raw) > Z * error, "bin means as they are would explain something"


@pytest.mark.parametrize("n", [4096, 65_536])
def test_correlated_inputs_are_one_driver(n):
    rho, weights = 0.6, np.array([1.0, 0.5, 0.8])
    z = special.ndtri(SobolDesign(4, seed=2).points(0, n))
    x = np.column_stack([z[:, 0], rho * z[:, 0] + np.sqrt(1 - rho**2) * z[:, 1], z[:, 2]])
    saving = x @ weights + 0.5 * z[:, 3]
    dataset = synthetic(
        n,
        npv=np.stack([saving, np.zeros(n)], axis=1),
        options={"api": "api", "own": "owned"},
        inputs=("a", "b", "c"),
    )
    dataset["input"].values[:] = x
    dataset = dataset.assign_coords(tied=("name", np.array([0, 0, -1], dtype=np.int32)))
    variance = 1 + 0.25 + 2 * rho * 0.5 + 0.64 + 0.25
    expected = {"a + b": (1 + 0.25 + 2 * rho * 0.5) / variance, "c": 0.64 / variance}
    found = given_data_drivers(dataset, "own")
    assert [row["input"] for row in found] == ["a + b", "c"]
    assert found[0]["inputs"] == ["a", "b"]
    for row in found:
        assert abs(row["first_order"] - expected[row["input"]]) < Z * row["se"]
    # One by one they would claim the same variance twice.
    one_by_one = [first_order(x[:, column], saving).value for column in range(3)]
    assert sum(one_by_one) > 1.1


@pytest.mark.parametrize("n", [4096, 65_536])
def test_together_is_more_than_one_by_one(n):
    z = special.ndtri(SobolDesign(3, seed=4).points(0, n))
    y = z[:, 0] + z[:, 0] * z[:, 1] + z[:, 2]
    found = first_order_together(z[:, :2].astype(np.float32), y)
    assert abs(found.value - 2 / 3) < Z * found.error + 0.002
    assert first_order(z[:, 0], y).value < 0.4


def test_a_skewed_effect_is_not_lost_in_the_last_bin():
    n = 65_536
    z = special.ndtri(SobolDesign(1, seed=0).points(0, n))[:, 0]
    found = first_order(z.astype(np.float32), np.exp(z))
    assert found.value > 0.97
    assert found.value <= 1 + Z * found.error


def test_less_than_nothing_is_shown_as_nothing():
    rng = np.random.default_rng(0)
    dataset = synthetic(2048, npv=rng.standard_normal((2048, 4)))
    rows = given_data_drivers(dataset, "owned-h100")
    raw = [
        first_order(
            dataset["input"].values[:, column], dataset["npv"].values[:, 0] - dataset["npv"].values[:, 3]
        )
        for column in range(3)
    ]
    assert min(estimate.value for estimate in raw) < 0
    assert min(row["first_order"] for row in rows) == 0


@pytest.mark.parametrize("n", [1, 31, 1023])
def test_short_runs_have_no_drivers(n):
    assert given_data_drivers(synthetic(n), "owned-h100") == []


def test_nothing_drives_what_never_varies():
    assert given_data_drivers(synthetic(1024, npv=np.ones((1024, 4))), "owned-h100") == []
    assert given_data_drivers(synthetic(1024, inputs=()), "owned-h100") == []
    dataset = synthetic(1024)
    dataset["input"].values[:, 1] = 3.0
    rows = {row["input"]: row["first_order"] for row in given_data_drivers(dataset, "managed")}
    assert rows["traffic.burst_sigma"] == 0

"""The tornado that is read off the futures of a run: known conditional means, and what must not be told."""

from __future__ import annotations

import math

import numpy as np
import pytest
from datasets import synthetic
from scipy import stats

from tcosim.analysis.levels import FEWEST_FUTURES, given_data_tornado, savings_at

Z10 = float(stats.norm.ppf(0.1))


def sobol_normals(n: int, d: int, seed: int) -> np.ndarray:
    """Standard normals, shape (n, d): future s takes point s // 16 of scramble s % 16."""
    scrambles = [stats.qmc.Sobol(d, rng=1000 * seed + k).random(n // 16) for k in range(16)]
    return stats.norm.ppf(np.clip(np.stack(scrambles, axis=1).reshape(n, d), 1e-9, 1 - 1e-9))


def estimate(without: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean = without.mean(axis=0)
    return mean, np.sqrt(15 / 16 * ((without - mean) ** 2).sum(axis=0))


@pytest.mark.parametrize("n", [16384, 131072])
@pytest.mark.parametrize(
    ("response", "known"),
    [
        (lambda x: 100 * x[:, 0] + 30 * x[:, 1], [100 * Z10, -100 * Z10]),
        (lambda x: 50 * x[:, 0] ** 2 + 30 * x[:, 1], [50 * Z10**2] * 2),
        (lambda x: 40 * np.exp(x[:, 0] + 0.5 * x[:, 1]), [40 * math.exp(z + 0.125) for z in (Z10, -Z10)]),
        (lambda x: 100 * x[:, 1], [0.0, 0.0]),
    ],
)
def test_known_conditional_means(n, response, known):
    x = sobol_normals(n, 2, seed=n)
    saving = response(x)
    mean, error = estimate(savings_at(x[:, 0], saving))
    scale = float(np.std(saving))
    assert np.all(np.abs(mean - known) < 4 * error + 1e-9)
    assert np.all(error < 8 * scale / math.sqrt(n))


def test_what_is_correlated_follows():
    n, rho = 65536, 0.8
    z = sobol_normals(n, 2, seed=3)
    x = z[:, 0]
    other = rho * z[:, 0] + math.sqrt(1 - rho**2) * z[:, 1]
    mean, error = estimate(savings_at(x, 100 * other))
    assert np.all(np.abs(mean - [100 * rho * Z10, -100 * rho * Z10]) < 4 * error)


def test_a_column_of_few_values_takes_the_mean_of_the_value():
    n = 16384
    z = sobol_normals(n, 2, seed=5)
    coin = (z[:, 0] > 0.3).astype(float)
    mean, error = estimate(savings_at(coin, 1000 * coin + 10 * z[:, 1]))
    assert np.all(np.abs(mean - [0, 1000]) < 4 * error + 1e-9)


def test_a_wrong_estimator_would_be_caught():
    """The mean over the lower fifth is not the mean at the p10."""
    n = 65536
    z = sobol_normals(n, 2, seed=7)
    saving = 40 * np.exp(z[:, 0])
    mean, error = estimate(savings_at(z[:, 0], saving))
    lower_fifth = saving[z[:, 0] < stats.norm.ppf(0.2)].mean()
    assert abs(lower_fifth - 40 * math.exp(Z10)) > 8 * error[0]
    assert abs(mean[0] - 40 * math.exp(Z10)) < 4 * error[0]


@pytest.mark.parametrize("n", [16384, 65536])
def test_a_value_that_many_futures_share_at_the_quantile(n):
    """Continuous below its 5 % quantile and above its 40 % quantile, one value between: the p10 is that value."""
    z = sobol_normals(n, 2, seed=11)
    u = stats.norm.cdf(z[:, 0])
    column = np.where(u < 0.05, u, np.where(u < 0.4, 0.2, u))
    saving = np.where(column == 0.2, 10.5, 4 * column) + 0.5 * z[:, 1]
    mean, error = estimate(savings_at(column, saving))
    assert abs(mean[0] - 10.5) < 4 * error[0]
    assert abs(mean[1] - 3.6) < 4 * error[1]


def test_intervals_hold_the_truth_where_they_are_first_told():
    """95 % intervals of a linear effect, 50 repetitions at the fewest futures."""
    n, repetitions, held = FEWEST_FUTURES, 50, 0
    for seed in range(repetitions):
        x = sobol_normals(n, 2, seed=seed)
        mean, error = estimate(savings_at(x[:, 0], 100 * x[:, 0] + 100 * x[:, 1]))
        held += int(np.sum(np.abs(mean - [100 * Z10, -100 * Z10]) < stats.t.ppf(0.975, 15) * error))
    share, se = held / (2 * repetitions), math.sqrt(0.95 * 0.05 / repetitions)  # both ends share a repetition
    assert abs(share - 0.95) < 4 * se


def test_a_constant_column_tells_nothing():
    assert savings_at(np.ones(2048), np.arange(2048.0)) is None


def test_rows_of_a_run():
    dataset = synthetic(FEWEST_FUTURES)
    option = next(
        str(n) for n, k in zip(dataset["option"].values, dataset["kind"].values, strict=True) if k == "rented"
    )
    rows = given_data_tornado(dataset, option)
    assert {row["input"] for row in rows} == {str(name) for name in dataset["name"].values}
    assert [row["swing_usd"] for row in rows] == sorted((row["swing_usd"] for row in rows), reverse=True)
    tied = dict(zip(dataset["name"].values, dataset["tied"].values, strict=True))
    for row in rows:
        assert row["p10"] <= row["p90"]
        assert row["swing_usd"] == pytest.approx(
            abs(row["saving_at_p90_usd"] - row["saving_at_p10_usd"]), rel=1e-4, abs=1
        )
        assert all(tied[name] == tied[row["input"]] >= 0 for name in row["moves_with"])
    assert given_data_tornado(synthetic(FEWEST_FUTURES - 16), option) == []

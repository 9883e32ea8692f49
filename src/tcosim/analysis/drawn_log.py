"""What a log of T days would have shown in each simulated future: drawn, with the errors that such a log has.

Knows the Dataset and its scenario; values nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.stats import rankdata

from tcosim.analysis import traffic_log
from tcosim.analysis.silent_log import Silence
from tcosim.analysis.traffic_log import Burst
from tcosim.errors import InputError, Problem
from tcosim.scenario.models import Scenario
from tcosim.scenario.uncertain import Uncertain
from tcosim.units import HOURS_PER_MONTH

Floats = NDArray[Any]

EXPLAINING = 65_536
"""As many futures say what a log explains to a fraction of a percent; ranking a million takes seconds."""
_TINY = 1e-12


class SimulatedTraffic:
    """The traffic of every kept future.

    Parameters
    ----------
    dataset : xarray.Dataset
    scenario : Scenario
    """

    def __init__(self, dataset: xr.Dataset, scenario: Scenario) -> None:
        self._dataset = dataset
        self.scenario = scenario
        self._columns = {str(name): k for k, name in enumerate(dataset["name"].values)}
        self._drawn: dict[str, Floats] = {}
        self.futures = int(dataset.sizes["future"])
        volume, traffic = scenario.volume, scenario.traffic
        self.burst = Burst(
            sigma=self.of(traffic.burst_sigma),
            hours=self.of(traffic.burst_hours),
            daily_share=self.of(traffic.burst_daily_share),
            days=self.of(traffic.burst_days),
        )
        self.silent = self.of(traffic.silent_share)
        self.silence = Silence(self.burst.sigma, self.silent)
        self.noise = replace(self.burst, sigma=self.burst.sigma * np.sqrt(self.silence.level))
        """The burst as it blurs a level: silent hours make the same swings blur it more (M7)."""
        self.growth = np.log1p(self.of(volume.annual_growth))
        self.volatility = self.of(volume.growth_volatility)

    def of(self, quantity: Uncertain) -> Floats:
        """Drawn values, shape (n,), or the one value of a point mass, shape (1,).

        Raises
        ------
        InputError
            If the run has no such input.
        """
        if quantity.is_point:
            return np.array([quantity.point_value])
        if quantity.name not in self._columns:
            raise InputError(
                Problem(
                    "scenario",
                    "must be the one that was simulated: the run has no such input",
                    quantity.name,
                    "take the scenario of the run folder",
                )
            )
        if quantity.name not in self._drawn:
            column = self._dataset["input"].values[:, self._columns[quantity.name]]
            self._drawn[quantity.name] = column.astype(np.float64)
        return self._drawn[quantity.name]


def shown(traffic: SimulatedTraffic, days: int, seed: int) -> tuple[Floats, dict[str, float]]:
    """Draw what the log of so many days shows in each future.

    Returns
    -------
    (ndarray, dict of str to float)
        Summaries of the log, shape (n, k), k possibly 0; and, for each uncertain field that they tell about, the
        share of the variance of its ranks that they explain, in [0, 1]. The errors depend on the seed and the
        field alone: a longer log has the same ones, scaled (docs/decision.md, D5).
    """
    uncertain = {path: quantity for path, quantity in traffic.scenario.fields() if not quantity.is_point}
    columns: list[Floats] = []
    learned: dict[str, float] = {}
    for number, (fields, show) in enumerate(_SHOWN):
        found = [path for path in fields if path in uncertain]
        if not found:
            continue
        # A stream for each summary: another uncertain field does not change its errors.
        rng = np.random.default_rng([seed, number])
        seen = [np.broadcast_to(column, traffic.futures) for column in show(traffic, days, rng, found)]
        seen = [column for column in seen if np.ptp(column) > 0]
        columns.extend(seen)
        for path in found if seen else []:
            learned[path] = _explained(traffic.of(uncertain[path]), seen)
    return np.column_stack(columns) if columns else np.empty((traffic.futures, 0)), learned


def _explained(values: Floats, columns: list[Floats]) -> float:
    """Share of the variance of the ranks that the ranks of some columns explain linearly, in the first futures."""
    ranks = rankdata(np.stack([column[:EXPLAINING] for column in (values, *columns)]), axis=1)
    ranks -= ranks.mean(axis=1, keepdims=True)
    covariance = np.einsum("in,jn->ij", ranks, ranks)  # BLAS adds up as it has threads
    if covariance[0, 0] == 0:
        return 0.0
    explained = covariance[0, 1:] @ np.linalg.pinv(covariance[1:, 1:], hermitian=True) @ covariance[1:, 0]
    return round(float(np.clip(explained / covariance[0, 0], 0.0, 1.0)), 3)


Show = Callable[[SimulatedTraffic, int, np.random.Generator, list[str]], list[Floats]]


def _level(traffic: SimulatedTraffic, days: int, rng: np.random.Generator, found: list[str]) -> list[Floats]:
    """Level at the end of the log and growth, with correlated errors (M3); the level of the plan is given."""
    level, growth, lean = traffic_log.level_and_growth(traffic.noise, traffic.volatility, days)
    first, second = rng.standard_normal((2, traffic.futures))
    grows, has_level = "volume.annual_growth" in found, "volume.forecast_ratio" in found
    slope_error = np.sqrt(growth) * second
    level_error = np.sqrt(level) * first + (lean * slope_error if grows else 0.0)
    columns = []
    if has_level:
        table = traffic.scenario.traffic
        chance = traffic_log.spike_variance(
            traffic.of(table.spikes_per_month),
            traffic.of(table.spike_size),
            traffic.of(table.spike_hours),
            days,
        )
        if not (table.burst_sigma.is_point and table.silent_share.is_point):
            of_mean = traffic_log.half_variance_variance(traffic.burst, days)
            chance = chance + traffic.silence.mean * of_mean
        planned = np.log(traffic.of(traffic.scenario.volume.forecast_ratio))
        columns.append(planned + level_error + np.sqrt(chance) * rng.standard_normal(traffic.futures))
    if grows:
        columns.append(traffic.growth + slope_error)
    return columns


def _burst(traffic: SimulatedTraffic, days: int, rng: np.random.Generator, found: list[str]) -> list[Floats]:
    """Log variance of the swings, and the log ratio of its parts between and within days (M4, M7)."""
    burst = traffic.burst
    parts = zip((burst.within, burst.between), traffic_log.degrees_of_freedom(burst, days), strict=True)
    within, between = (
        np.maximum(true * _chi_square_ratio(degrees * traffic.silence.swings, traffic.futures, rng), _TINY)
        for true, degrees in parts
    )
    return [np.log(within + between), np.log(between / within)]


def _chi_square_ratio(degrees: Floats, n: int, rng: np.random.Generator) -> Floats:
    """chi2(nu) / nu, of mean 1."""
    half = np.broadcast_to(np.maximum(degrees, 1.0) / 2, n)
    return np.asarray(rng.standard_gamma(half) / half)


def _memory(of_days: bool) -> Show:
    """Correlation of a part of the burst from one hour, or day, to the next (M4)."""

    def show(
        traffic: SimulatedTraffic, days: int, rng: np.random.Generator, found: list[str]
    ) -> list[Floats]:
        true = traffic.burst.phi_days if of_days else traffic.burst.phi
        heard = 1.0 - traffic.silent
        values = days * heard if of_days else days * traffic_log.DAY * heard**2
        return [true + np.sqrt((1 - true**2) / values) * rng.standard_normal(traffic.futures)]

    return show


def _profile(
    traffic: SimulatedTraffic, days: int, rng: np.random.Generator, found: list[str]
) -> list[Floats]:
    """How far the traffic follows its profile (M5); a flat profile shows nothing."""
    table = traffic.scenario.traffic
    true = traffic.of(table.profile_following)
    variance = traffic_log.profile_variance(table.weekly_profile, true, traffic.noise, days)
    if not np.isfinite(variance).all():
        return []
    return [true + np.sqrt(variance) * rng.standard_normal(traffic.futures)]


def _spikes(traffic: SimulatedTraffic, days: int, rng: np.random.Generator, found: list[str]) -> list[Floats]:
    """Number of spikes, and their size shrunk to what is believed of it: not seen, nothing is learned (M6, M7)."""
    table = traffic.scenario.traffic
    months = days * traffic_log.DAY / HOURS_PER_MONTH
    heard = traffic.of(table.spikes_per_month) * months * (1.0 - traffic.silent)
    expected = np.broadcast_to(heard, traffic.futures)
    count = rng.poisson(expected).astype(np.float64)
    columns = [count] if "traffic.spikes_per_month" in found else []
    if "traffic.spike_size" in found:
        true = np.log1p(traffic.of(table.spike_size))
        error = np.sqrt(traffic.noise.hourly / np.maximum(count, 1.0))
        seen = true + error * rng.standard_normal(traffic.futures)
        belief = true.var()
        weight = np.where(count > 0, belief / np.maximum(belief + error**2, _TINY), 0.0)
        columns.append(true.mean() + weight * (seen - true.mean()))
    return columns


def _silence(
    traffic: SimulatedTraffic, days: int, rng: np.random.Generator, found: list[str]
) -> list[Floats]:
    """Share of silent hours among as many as are worth the log's (M7)."""
    hours = np.maximum(np.round(traffic_log.independent_hours(traffic.burst, days)), 1.0).astype(np.int64)
    hours, share = (np.broadcast_to(values, traffic.futures) for values in (hours, traffic.silent))
    return [rng.binomial(hours, share) / hours]


def _exact(path: str) -> Show:
    """Shares of tokens, as the bill states them: over a month's tokens their sampling error is nothing."""

    def show(
        traffic: SimulatedTraffic, days: int, rng: np.random.Generator, found: list[str]
    ) -> list[Floats]:
        return [traffic.of(getattr(traffic.scenario.traffic, path.rpartition(".")[2]))]

    return show


_SHOWN: tuple[tuple[tuple[str, ...], Show], ...] = (
    (("volume.forecast_ratio", "volume.annual_growth"), _level),
    (("traffic.burst_sigma", "traffic.burst_daily_share"), _burst),
    (("traffic.burst_hours",), _memory(of_days=False)),
    (("traffic.burst_days",), _memory(of_days=True)),
    (("traffic.profile_following",), _profile),
    (("traffic.spikes_per_month", "traffic.spike_size"), _spikes),
    (("traffic.input_share",), _exact("traffic.input_share")),
    (("traffic.cached_share",), _exact("traffic.cached_share")),
    (("traffic.silent_share",), _silence),
)
"""Fields that a log tells about together, and what it shows of them; the order numbers the random streams."""

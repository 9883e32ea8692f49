"""What a measurement of the traffic shows of a run, what it is worth and what it costs: against closed forms."""

from __future__ import annotations

import itertools
import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from datasets import synthetic

from tcosim.analysis import traffic_log
from tcosim.analysis.drawn_log import SimulatedTraffic, shown
from tcosim.analysis.information import value_of_statistic
from tcosim.analysis.measurement import measuring_traffic
from tcosim.analysis.traffic_log import Burst
from tcosim.errors import InputError
from tcosim.sampling import families
from tcosim.sampling.inputs import InputSampler
from tcosim.scenario.library import default_library
from tcosim.scenario.load import load

Z = 4.0
CERTAIN = (
    "traffic.burst_sigma=0.5",
    "traffic.burst_daily_share=0.33",
    "traffic.profile_following=0.8",
    "traffic.spikes_per_month=0",
    "traffic.spike_size=1",
    "traffic.input_share=0.8",
    "traffic.cached_share=0.3",
    "volume.annual_growth=0",
)
"""Nothing about the traffic is uncertain."""


def run_of(settings: tuple[str, ...], samples: int, seed: int = 0, npv: Any = None) -> tuple[Any, Any]:
    """A scenario and a Dataset with its inputs drawn; ``npv`` makes the costs (samples, 2) of them."""
    scenario = load(overrides=settings)
    sampler = InputSampler(scenario.uncertain_inputs(), scenario.correlations, seed)
    drawn = sampler.values(sampler.uniforms(0, samples))
    values = {name: drawn[k] for k, name in enumerate(sampler.names)}
    costs = None if npv is None else np.column_stack(npv(values))
    dataset = synthetic(
        samples,
        seed=seed,
        npv=costs,
        options={"api": "api", "rented-h100": "rented"},
        inputs=sampler.names,
    )
    dataset["input"] = (("future", "name"), drawn.T.astype(np.float32))
    return scenario, dataset


FORECAST = 'volume.forecast_ratio={dist="lognormal", p5=0.4, p95=1.6}'
SPREAD = math.log(1.6 / 0.4) / (2 * NormalDist().inv_cdf(0.95))
MEDIAN = math.sqrt(1.6 * 0.4)
NOISY = ("traffic.burst_sigma=2", "traffic.burst_daily_share=0.7", "traffic.burst_days=6")
HOST = 9e5


def pays(drawn: dict[str, Any], host: float = HOST) -> tuple[Any, Any]:
    """An API that costs 1 M at the planned volume, and a fleet that costs the same whatever comes."""
    level = drawn["volume.forecast_ratio"]
    return 1e6 * level, np.full(len(level), host)


def value_of_a_level(error_variance: float) -> float:
    """Exact value of ln(ratio) + N(0, error) for `pays`: what is expected of a lognormal is lognormal."""
    s = SPREAD * math.sqrt(SPREAD**2 / (SPREAD**2 + error_variance))
    mean = 1e6 * MEDIAN * math.exp(SPREAD**2 / 2)
    d = (math.log(mean / HOST) + s**2 / 2) / s
    expected_excess = mean * NormalDist().cdf(d) - HOST * NormalDist().cdf(d - s)
    return min(mean, HOST) - (mean - expected_excess)


@pytest.mark.parametrize("samples", [16_384, 131_072])
@pytest.mark.parametrize("days", [30, 90])
def test_measuring_the_level_is_worth_what_the_closed_form_says(samples: int, days: int) -> None:
    scenario, dataset = run_of((*CERTAIN, *NOISY, FORECAST), samples, npv=pays)
    (found,) = measuring_traffic(dataset, scenario, [days])
    assert found["learns"] == ["volume.forecast_ratio"]
    error = traffic_log.level_and_growth(
        Burst(*map(np.array, ([2.0], [1.5], [0.7], [6.0]))), np.array([0.2]), days
    )[0][0]
    exact = value_of_a_level(error)
    assert abs(found["usd"] - exact) <= Z * found["se"] + 0.01 * exact
    assert abs(found["usd"] - value_of_a_level(0.0)) > Z * found["se"] + 0.01 * exact
    assert found["learned_share"]["volume.forecast_ratio"] == pytest.approx(
        SPREAD**2 / (SPREAD**2 + error), abs=0.03
    )


def test_a_log_without_end_is_worth_as_much_as_knowing_what_it_shows() -> None:
    settings = (
        *CERTAIN[2:],
        "volume.growth_volatility=0",
        'traffic.burst_sigma={dist="uniform", low=0.2, high=1.2}',
        'traffic.burst_daily_share={dist="uniform", low=0.2, high=0.6}',
        FORECAST,
    )

    def costs(drawn: dict[str, Any]) -> tuple[Any, Any]:
        level, sigma = drawn["volume.forecast_ratio"], drawn["traffic.burst_sigma"]
        return 1e6 * level, 5e5 + 6e5 * sigma * (0.5 + drawn["traffic.burst_daily_share"])

    scenario, dataset = run_of(settings, 65_536, npv=costs)
    (short,), (endless,) = (measuring_traffic(dataset, scenario, [days]) for days in (7, 1_000_000))
    known = ["volume.forecast_ratio", "traffic.burst_sigma", "traffic.burst_daily_share"]
    assert endless["learns"] == known
    names = [str(name) for name in dataset["name"].values]
    inputs = dataset["input"].values[:, [names.index(name) for name in known]]
    usd, se = value_of_statistic(dataset["npv"].values, inputs.astype(float))
    assert abs(endless["usd"] - usd) <= Z * math.hypot(se, endless["se"]) + 0.01 * usd
    assert short["usd"] < endless["usd"] - Z * endless["se"]
    assert min(endless["learned_share"].values()) > 0.99


def test_more_days_are_never_worth_less() -> None:
    scenario, dataset = run_of((*CERTAIN, *NOISY, FORECAST), 65_536, npv=pays)
    found = measuring_traffic(dataset, scenario, (7, 30, 90, 365))
    for shorter, longer in itertools.pairwise(found):
        assert longer["usd"] >= shorter["usd"]
        assert longer["futures"] == 65_536
    assert found[-1]["usd"] > found[0]["usd"] + Z * found[0]["se"]


def test_a_known_traffic_is_not_worth_measuring() -> None:
    scenario, dataset = run_of(CERTAIN, 2048)
    (found,) = measuring_traffic(dataset, scenario, [30])
    assert (found["usd"], found["se"], found["learns"], found["worth"]) == (0.0, 0.0, [], False)
    assert found["net_usd"] == -found["cost_usd"] < 0


def test_what_it_costs_are_hours_and_the_saving_forgone() -> None:
    settings = (*CERTAIN, FORECAST)
    scenario, dataset = run_of(
        settings, 4096, npv=lambda drawn: (np.full(4096, 9e5), 5e5 + drawn["volume.forecast_ratio"])
    )
    library = default_library()
    hours_each = [
        families.mean(library.quantity(f"measurement.{name}").distribution)
        for name in ("setup_hours", "hours_per_day")
    ]
    names = [str(name) for name in dataset["name"].values]
    rate = float(dataset["input"].values[:, names.index("people.engineer_usd_per_hour")].mean(dtype=float))
    for found in measuring_traffic(dataset, scenario, (30, 90)):
        days = found["days"]
        assert found["cost_setup_usd"] == pytest.approx((hours_each[0] + days * hours_each[1]) * rate)
        assert found["cost_waiting_usd"] == pytest.approx(4e5 * days / (36 * 730 / 24), rel=1e-4)
        assert found["cost_usd"] == found["cost_setup_usd"] + found["cost_waiting_usd"]
        assert found["net_usd"] == pytest.approx(found["usd"] - found["cost_usd"])
        assert found["worth"] is False
    # The fleet is dearer on average: what is forgone is what the log would have made one choose.
    scenario, dataset = run_of((*CERTAIN, FORECAST), 4096, npv=lambda drawn: pays(drawn, host=1.1e6))
    (found,) = measuring_traffic(dataset, scenario, [90])
    assert found["usd"] > 1e4
    assert found["cost_waiting_usd"] == pytest.approx(found["usd"] * 90 / (36 * 730 / 24))
    assert found["worth"] is True
    dearer = run_of(settings, 4096, npv=lambda drawn: (np.full(4096, 9e5), np.full(4096, 1e6)))[1]
    assert measuring_traffic(dearer, scenario, [30])[0]["cost_waiting_usd"] == 0


def test_the_same_run_gives_the_same_number_and_another_field_changes_no_error() -> None:
    scenario, dataset = run_of((*CERTAIN, FORECAST), 512)
    traffic = SimulatedTraffic(dataset, scenario)
    first, again, other, seed = (
        shown(traffic, days, seed)[0] for days, seed in ((30, 1), (30, 1), (31, 1), (30, 2))
    )
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)
    assert not np.allclose(first, seed)
    spiky = tuple(one for one in CERTAIN if "spikes_per_month" not in one)
    wider, more = run_of((*spiky, FORECAST), 512)
    columns, learned = shown(SimulatedTraffic(more, wider), 30, 1)
    assert list(learned) == ["volume.forecast_ratio", "traffic.spikes_per_month"]
    names = [[str(name) for name in one["name"].values] for one in (dataset, more)]
    ratios = [
        np.log(one["input"].values[:, known.index("volume.forecast_ratio")].astype(float))
        for one, known in zip((dataset, more), names, strict=True)
    ]
    few, many = (columns_[:, 0] - ratio for columns_, ratio in zip((first, columns), ratios, strict=True))
    assert np.corrcoef(few, many)[0, 1] > 0.9  # the same errors, scaled by what the spikes add


def test_every_uncertain_field_of_the_default_scenario_is_seen_as_well_as_it_can_be() -> None:
    scenario, dataset = run_of((FORECAST, "traffic.burst_hours={dist='uniform',low=1,high=4}"), 4096)
    traffic = SimulatedTraffic(dataset, scenario)
    month, year = (shown(traffic, days, 0)[1] for days in (30, 365))
    assert month["volume.annual_growth"] < 0.1 < year["volume.annual_growth"]
    for field in ("traffic.burst_sigma", "traffic.profile_following", "traffic.burst_hours"):
        assert month[field] > 0.9
    for field in ("traffic.input_share", "traffic.cached_share"):
        assert month[field] == pytest.approx(1)
    assert 0.2 < month["traffic.spikes_per_month"] < 0.8
    assert all(year[field] > month[field] - 0.02 for field in month)
    columns = shown(traffic, 7, 0)[0]
    assert columns.shape == (4096, len(columns.T))
    assert np.isfinite(columns).all()


@pytest.mark.parametrize(
    "setting",
    [
        "traffic.burst_sigma={dist='uniform',low=0,high=0.5}",
        "traffic.burst_daily_share={dist='uniform',low=0,high=1}",
        "traffic.burst_hours={dist='uniform',low=0.01,high=900}",
        "traffic.burst_days={dist='uniform',low=0.01,high=900}",
        "traffic.profile_following={dist='uniform',low=0,high=1}",
        "traffic.spike_size={dist='uniform',low=0,high=50}",
        "volume.growth_volatility={dist='uniform',low=0,high=3}",
    ],
)
def test_the_edges_of_every_field_give_numbers(setting: str) -> None:
    scenario, dataset = run_of((setting, FORECAST), 512)
    for days in (7, 365):
        columns, learned = shown(SimulatedTraffic(dataset, scenario), days, 0)
        assert np.isfinite(columns).all()
        assert all(0 <= share <= 1 for share in learned.values())


def test_a_week_is_the_least_and_the_scenario_must_be_that_of_the_run() -> None:
    scenario, dataset = run_of((*CERTAIN, FORECAST), 64)
    with pytest.raises(InputError, match="at least 7, got 6"):
        measuring_traffic(dataset, scenario, [30, 6])
    with pytest.raises(InputError, match=r"must be the one that was simulated.*got traffic"):
        measuring_traffic(dataset, load(overrides=(FORECAST,)), [30])


@pytest.mark.parametrize("samples", [1, 2, 100])
def test_few_futures_give_no_verdict(samples: int) -> None:
    scenario, dataset = run_of((FORECAST,), samples)
    (found,) = measuring_traffic(dataset, scenario, [30])
    assert (found["net_se"], found["worth"]) == (None, None)
    assert found["cost_setup_usd"] > 0

"""Load by hour of the week: what the traffic's profile says, and the same however a run came to its futures."""

import numpy as np
import pytest

from tcosim.engine import simulate
from tcosim.engine.executor import executor
from tcosim.engine.pack import pack
from tcosim.engine.run import Run
from tcosim.engine.week import load_by_hour_of_week, replica_hours_by_hour_of_week
from tcosim.results.schema import WEEK_FUTURES
from tcosim.sampling.inputs import InputSampler
from tests.engine.scenarios import every_kind, scenario

TUESDAY_3, TUESDAY_11, SUNDAY_3 = 24 + 3, 24 + 11, 6 * 24 + 3


@pytest.fixture(scope="module")
def mixed():
    return every_kind(months=3)


def of(function, built, futures, seed=0):
    """One of the functions of `engine.week` for the first futures of a run."""
    sampler = InputSampler(built.uncertain_inputs(), built.correlations, seed)
    return function(built, pack(built), sampler, seed, futures)


def tuesday_at_11_over(night, built, futures):
    """Load on Tuesday at 11 less that at an hour of the night, of each of 8 seeds."""
    found = [of(load_by_hour_of_week, built, futures, seed)[1] for seed in range(8)]
    return np.array([load[TUESDAY_11] - load[night] for load in found])


@pytest.mark.parametrize("futures", [64, 256])
def test_the_load_follows_the_profile_and_only_the_profile(futures):
    office = ["option.rented.launch_months=0.0", "traffic.profile_following=1.0"]
    even = ["option.rented.launch_months=0.0", "traffic.profile_following=0.0"]
    with_profile = scenario("rented", months=2, overrides=office)
    without = scenario("rented", months=2, overrides=even)
    for night in (TUESDAY_3, SUNDAY_3):
        higher = tuesday_at_11_over(night, with_profile, futures)
        assert higher.mean() > 4 * higher.std(ddof=1) / np.sqrt(8)
        assert higher.min() > 10 * np.abs(tuesday_at_11_over(night, without, futures)).max()
    # of Tuesdays there is one more in the first month than of Sundays, and months differ: only Tuesdays compare
    even_load = tuesday_at_11_over(TUESDAY_3, without, futures)
    assert abs(even_load.mean()) < 4 * even_load.std(ddof=1) / np.sqrt(8)


def test_busy_and_paid_hours_add_up_to_the_runs(mixed):
    run = simulate(mixed, samples=300, seed=2)
    busy, paid = of(replica_hours_by_hour_of_week, mixed, 300, seed=2)
    fleets = sorted(pack(mixed).fleet_of)
    mean = run["mean_utilization"].values[fleets]
    np.testing.assert_allclose(busy.sum(axis=1) / paid.sum(axis=1), mean, rtol=1e-5)


def test_the_load_is_a_share_and_only_fleets_have_one(mixed):
    load = simulate(mixed, samples=64, seed=1)["load"]
    is_fleet = np.isin(load["kind"], ("rented", "owned"))
    assert load.isel(option=~is_fleet).isnull().all()
    share = load.isel(option=is_fleet).values
    assert np.all((share > 0.0) & (share <= 1.0 + 1e-6))
    assert np.all(np.ptp(share, axis=1) > 0.0)


def test_without_a_fleet_there_is_no_load():
    load = simulate(scenario("managed", months=1), samples=20, seed=0)["load"]
    assert load.isnull().all()


def test_a_fleet_that_never_launches_has_no_load():
    late = scenario("rented", months=1, overrides=["option.rented.launch_months=10.0"])
    assert (simulate(late, samples=20, seed=0)["load"].sel(option="rented") == 0.0).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_the_load_is_the_same_however_a_run_came_to_its_futures(mixed, threads):
    whole = simulate(mixed, samples=1100, seed=4, threads=1)["load"]
    run = Run(mixed, most=1100, seed=4, on=executor(threads))
    for samples in (256, 768, 1100):
        run.extend(samples)
        load = run.dataset()["load"]
        assert load.values.tobytes() == whole.values.tobytes()
        assert load.attrs["futures"] == WEEK_FUTURES


def test_a_short_run_looks_at_the_futures_it_has(mixed):
    short = simulate(mixed, samples=40, seed=4)["load"]
    assert short.attrs["futures"] == 40
    np.testing.assert_array_equal(short, of(load_by_hour_of_week, mixed, 40, seed=4))
    longer = simulate(mixed, samples=48, seed=4)["load"]
    assert np.nanmax(np.abs(longer - short)) > 0.0

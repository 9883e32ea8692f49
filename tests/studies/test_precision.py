"""Simulate until the headline is known well enough: when it stops, what it says, that it is a run like any other."""

import math

import numpy as np
import pytest

from tcosim.analysis.probability import probability_beats_baseline
from tcosim.engine import simulate
from tcosim.errors import InputError
from tcosim.studies.precision import FIRST_LOOK, looks, simulate_to_precision
from tests.engine.scenarios import scenario


@pytest.fixture(scope="module")
def even():
    """A rented fleet that wins in some futures and loses in others."""
    at_once = ["option.rented.launch_months=0", "option.rented.launch_hours=40"]
    return scenario("rented", months=2, volume=2e10, overrides=at_once)


def test_looks_grow_by_a_factor_and_end_at_the_most():
    found = list(looks(10_000_000))
    assert found[0] == FIRST_LOOK
    assert found[-1] == 10_000_000
    assert all(look % 256 == 0 for look in found[:-1])
    ratios = np.divide(found[3:-1], found[2:-2])
    assert np.all(np.abs(ratios - 2**0.25) < 0.15)
    assert list(looks(100)) == [100]
    assert list(looks(FIRST_LOOK)) == [FIRST_LOOK]


def test_it_stops_when_precise_enough_and_is_a_run_like_any_other(even):
    dataset, precision = simulate_to_precision(even, 0.02, seed=3)
    assert precision.met
    assert precision.needed is None
    assert precision.samples == dataset.attrs["samples"]
    interval = probability_beats_baseline(dataset)["rented"]
    assert 0.05 < interval.value < 0.95
    assert precision.reached == interval.half_width <= 0.02
    run = simulate(even, samples=precision.samples, seed=3)
    for name in run.variables:
        assert run[name].values.tobytes() == dataset[name].values.tobytes(), name


def test_more_precision_takes_more_futures(even):
    coarse, fine = (simulate_to_precision(even, asked)[1] for asked in (0.03, 0.004))
    assert coarse.samples < fine.samples
    assert fine.reached <= 0.004


def test_it_stops_at_the_most_and_says_how_many_it_would_take(even):
    dataset, precision = simulate_to_precision(even, 1e-5, most=10_000)
    assert (precision.met, precision.samples, dataset.attrs["samples"]) == (False, 10_000, 10_000)
    assert precision.needed == math.ceil(10_000 * (precision.reached / 1e-5) ** 2)


def test_a_certain_answer_takes_the_first_look_or_so():
    sure = scenario("rented", months=2, volume=1e6)
    _, precision = simulate_to_precision(sure, 0.002)
    assert precision.met
    assert precision.samples <= 2 * FIRST_LOOK


def test_progress_is_told_with_what_is_expected(even):
    told = []
    simulate_to_precision(even, 0.01, progress=lambda done, total: told.append((done, total)))
    assert all(done <= total for done, total in told)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize("asked", [0.0, -0.1, 0.5, math.nan])
def test_a_precision_out_of_range_is_refused(even, asked):
    with pytest.raises(InputError, match="above 0 and below 50 %"):
        simulate_to_precision(even, asked)


def test_without_a_self_hosted_option_there_is_nothing_to_be_precise_about():
    with pytest.raises(InputError, match="no rented or owned option"):
        simulate_to_precision(scenario("managed"), 0.01)

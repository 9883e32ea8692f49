"""Replica-hours by hour of the week, against their slow twin and against what the hour loop itself adds up."""

import inspect

import numpy as np
import pytest

from tcosim.kernels.layout import F, H, U
from tcosim.reference import ref_hours
from tests.kernels.crowds import CROWDS, crowd
from tests.kernels.scenes import FLEET_KINDS, run_kernels, run_trace, run_twin, run_week, scene
from tests.kernels.test_parity import HOURLY, MONTHLY

KINDS = list(FLEET_KINDS)
LANES_COMPARED = 4


@pytest.fixture(scope="module", params=range(2))
def compared(request):
    s = scene(request.param, KINDS)
    a = run_kernels(s)
    return s, run_week(s, a, LANES_COMPARED), [run_twin(s, lane) for lane in range(LANES_COMPARED)]


def twin_week(week_sums, s, twins):
    """Sums of the twins over their lanes, and how far float32 may be off at each hour: three of shape (k, 168)."""
    busy, paid, bound = np.zeros((3, len(KINDS), 168))
    for lane, t in enumerate(twins):
        future = s.futures[lane % len(s.futures)]
        for k, fleet in enumerate(future.fleets):
            found = week_sums(t.hours[k], t.plans[k], fleet["latency_utilization"])
            busy[k] += found[0]
            paid[k] += found[1]
            largest = max(row.demand for row in t.hours[k]) * fleet["latency_utilization"]
            weeks = np.ceil(len(t.hours[k]) / 168)
            bound[k] += 2 * HOURLY * largest / min(t.plans[k].capacity) * weeks
    return busy, paid, bound


def test_hours_of_the_week_are_those_of_the_twin(compared):
    s, (busy, paid), twins = compared
    of_twin, paid_of_twin, bound = twin_week(ref_hours.week_sums, s, twins)
    np.testing.assert_array_equal(paid, paid_of_twin)
    assert np.all(np.abs(busy - of_twin) <= bound)


@pytest.mark.parametrize(
    ("wrong", "right", "replacement"),
    [
        ("the week begins an hour late", "busy[h % 168]", "busy[(h + 1) % 168]"),
        ("a month begins on a Monday", "busy[h % 168]", "busy[h % 730 % 168]"),
        ("the latency target is forgotten", "row.served * latency_utilization", "row.served"),
        ("what is demanded counts as served", "row.served", "row.demand"),
        ("months have the speed of the first", "plan.capacity[h // 730]", "plan.capacity[0]"),
        ("replicas that are down are not paid", "row.replicas", "row.replicas - row.down"),
    ],
)
def test_a_twin_with_one_wrong_line_fails(compared, wrong, right, replacement):
    s, (busy, paid), twins = compared
    source = inspect.getsource(ref_hours.week_sums)
    assert right in source
    module = dict(vars(ref_hours))
    exec(compile(source.replace(right, replacement), "wrong_twin", "exec"), module)
    of_twin, paid_of_twin, bound = twin_week(module["week_sums"], s, twins)
    assert np.any(paid != paid_of_twin) or np.any(np.abs(busy - of_twin) > 100 * bound), wrong


@pytest.mark.parametrize("how", [None, *CROWDS])
@pytest.mark.parametrize("count", [1, 100, 256])
def test_the_week_adds_up_to_what_the_ledger_has(how, count):
    s = scene(7, KINDS, n_months=2)
    if how:
        crowd(s, how)
    a = run_kernels(s)
    busy, paid = run_week(s, a, count)
    use = a.use[:, :, :count].sum(axis=2)
    np.testing.assert_array_equal(paid.sum(axis=1), use[:, U.paid_replica_hours])
    # a day's sums in float32 (as in the ledger's months), and four roundings of an hour's demand and capacity
    months = a.fleet_months[:, :, :count]
    full = months[:, H.paid_replica_hours] * a.capacity[:, :count]
    rounding = 3 * MONTHLY * (months[:, H.served] + months[:, H.overflow]) + 4 * 2**-24 * full
    full_load = a.fleets[F.latency_utilization, :, :count, None] / a.capacity[:, :count]
    launched = months[:, H.paid_replica_hours] > 0.0
    bound = (rounding * full_load * launched).sum(axis=(1, 2))
    assert np.all(np.abs(busy.sum(axis=1) - use[:, U.busy_replica_hours]) <= bound)
    assert np.all(bound <= 1e-4 * paid.sum(axis=1))  # tight enough to tell one hour in ten thousand


def test_lanes_that_were_not_asked_for_add_nothing_and_blocks_add_up():
    s = scene(8, KINDS, n_months=1)
    a = run_kernels(s)
    singly = np.zeros((2, len(KINDS), 168))
    for count in (1, 2, 3):
        so_far = np.array(run_week(s, a, count))
        _, traced = run_trace(s, a, count - 1)
        hours = np.arange(traced.shape[1]) % 168
        one = so_far - singly
        for k in range(len(KINDS)):
            assert np.array_equal(one[1, k], np.bincount(hours, traced[k, :, 4], 168))
            full_load = a.fleets[F.latency_utilization, k, count - 1] / a.capacity[k, count - 1, 0]
            served = np.bincount(hours, traced[k, :, 1], 168) * full_load
            np.testing.assert_allclose(one[0, k], served, rtol=1e-9, atol=1e-9)
        singly = so_far


def test_nothing_is_busy_or_paid_before_launch():
    s = scene(9, KINDS, n_months=1)
    for future in s.futures:
        for fleet in future.fleets:
            fleet["launch_months"] = 2.0
    busy, paid = run_week(s, run_kernels(s))
    assert not busy.any() and not paid.any()

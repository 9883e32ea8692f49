"""Silence in a log: outages are found, and the nights, weekends and idle spells of a tenant are not taken for them."""

from __future__ import annotations

import numpy as np
import pytest

from tcosim.evidence.logs.gaps import gaps, silences
from tcosim.evidence.logs.read import read_log
from tests.evidence import logs
from tests.evidence.logs import HOUR, MONDAY

Z = 4.0


def week_of(hours):
    return np.arange(hours) % 168


def office(weeks, rng):
    """Whether an hour has rows: nearly always from 8 to 18 on working days, seldom in the evening, never at night."""
    hour, day = np.arange(weeks * 168) % 24, np.arange(weeks * 168) // 24 % 7
    chance = np.where((hour >= 8) & (hour < 18), 0.99, np.where((hour >= 18) & (hour < 22), 0.3, 0.0))
    chance = np.where(day >= 5, 0.02, chance)
    return rng.random(len(hour)) < chance


def idle(hours, rng, stays=0.9, share=0.45):
    """A tenant that comes and goes: silent spells of 1 / (1 - stays) hours on average, so `share` of all hours."""
    wakes, sleeps = 1.0 - stays, (1.0 - stays) * share / (1.0 - share)
    seen = np.ones(hours, dtype=bool)
    for hour in range(1, hours):
        chance = 1.0 - sleeps if seen[hour - 1] else wakes
        seen[hour] = rng.random() < chance
    return seen


def ends(seen):
    """Let a log begin and end with rows, as every log does."""
    seen[[0, -1]] = True
    return seen


def test_silences_are_runs():
    assert silences(np.array([1, 0, 0, 1, 1, 0, 1], dtype=bool)) == [(1, 3), (5, 6)]
    assert silences(np.ones(5, dtype=bool)) == []


@pytest.mark.parametrize("length", [1, 2, 3, 10, 24, 100])
def test_a_log_that_is_never_silent(length):
    seen = np.ones(4 * 168, dtype=bool)
    seen[200 : 200 + length] = False
    found, undecided = gaps(seen, week_of(len(seen)))
    assert [(gap.first, gap.end) for gap in found] == ([(200, 200 + length)] if length >= 3 else [])
    assert not undecided


def test_outages_do_not_excuse_each_other():
    seen = np.ones(4 * 168, dtype=bool)
    for first in (100, 250, 400, 530):
        seen[first : first + 10] = False
    found, _ = gaps(seen, week_of(len(seen)))
    assert [(gap.first, gap.end) for gap in found] == [(100, 110), (250, 260), (400, 410), (530, 540)]


@pytest.mark.parametrize("weeks", [3, 8])
def test_nights_and_weekends_are_no_gaps_and_a_working_day_is(weeks):
    rng = np.random.default_rng(5)
    for _ in range(20):
        seen = ends(office(weeks, rng))
        found, _ = gaps(seen, week_of(len(seen)))
        assert found == []
        # Tuesday of the second week: its working hours, and no more than the evenings around them.
        seen[168 + 24 + 7 : 168 + 24 + 23] = False
        found, _ = gaps(seen, week_of(len(seen)))
        (gap,) = found
        assert 168 + 18 <= gap.first <= 168 + 24 + 8 and 168 + 24 + 18 <= gap.end <= 168 + 24 + 22


@pytest.mark.parametrize("weeks", [4, 10])
def test_a_tenant_that_comes_and_goes(weeks):
    rng, logs_with_gap, found_long, n = np.random.default_rng(11), 0, 0, 60
    for _ in range(n):
        seen = ends(idle(weeks * 168, rng))
        logs_with_gap += bool(gaps(seen, week_of(len(seen)))[0])
        seen[200:400] = False
        found_long += any(gap.first <= 210 and gap.end >= 390 for gap in gaps(seen, week_of(len(seen)))[0])
    rate = 0.01  # of a thousand such logs 0.4 % had a false gap at four weeks, none at ten
    assert logs_with_gap <= n * rate + Z * np.sqrt(n * rate * (1 - rate))
    assert found_long >= 0.75 * n
    # The rule for logs that are never silent would fail here: nearly every log has three silent hours in a row.
    assert any(end - first >= 3 for first, end in silences(ends(idle(weeks * 168, rng))))


def test_the_only_weekend_of_a_short_log_decides_nothing():
    seen = np.ones(8 * 24, dtype=bool)
    seen[5 * 24 : 7 * 24] = False  # begins on a Monday
    found, undecided = gaps(seen, week_of(len(seen)))
    assert found == [] and [(gap.first, gap.end) for gap in undecided] == [(120, 168)]
    # With another weekend to compare, the same silence is a gap.
    longer = np.concatenate((np.ones(168, dtype=bool), seen))
    assert [(gap.first, gap.end) for gap in gaps(longer, week_of(len(longer)))[0]] == [(288, 336)]


def test_gaps_in_a_log_are_not_collected_and_said(tmp_path):
    quiet = [100, 101, 102, 103, 200]
    rows = logs.requests(300, quiet=quiet)
    path = logs.write(tmp_path / "a.csv", logs.csv_text(logs.generic(rows)))
    log = read_log([path])
    np.testing.assert_array_equal(np.flatnonzero(~log.collected), quiet[:4])
    assert np.isnan(log.tokens[100:104]).all() and np.isnan(log.requests[100:104]).all()
    assert log.tokens[200] == 0 and not np.isnan(log.tokens).sum() > 4
    said = [f for f in log.findings if "nothing was collected" in f.what]
    assert [f.count for f in said] == [4] and f"{MONDAY + 100 * HOUR:%a %Y-%m-%d %H:%M} to " in said[0].what
    assert [f.count for f in log.findings if "taken for no traffic" in f.what] == [1]
    assert read_log([path], gaps="traffic").collected.all()
    np.testing.assert_array_equal(np.flatnonzero(~read_log([path], gaps="gap").collected), quiet)


def test_counts_that_write_zeros_have_a_gap_where_an_hour_is_missing(tmp_path):
    rows = [
        {"ts_utc": f"{MONDAY + n * HOUR:%Y-%m-%dT%H:%M}", "requests": 0 if n == 7 else 5}
        for n in range(60)
        if n != 30
    ]
    log = read_log([logs.write(tmp_path / "a.csv", logs.csv_text(rows))])
    np.testing.assert_array_equal(np.flatnonzero(~log.collected), [30])
    assert log.requests[7] == 0

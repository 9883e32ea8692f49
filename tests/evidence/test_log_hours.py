"""Hours in absolute time, hours of the week in local time, partial ends, and the shortest log that is taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tcosim.errors import InputError
from tcosim.evidence.logs.read import read_log
from tests.evidence import logs
from tests.evidence.logs import HOUR, MONDAY

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = datetime(2024, 3, 30, tzinfo=BERLIN)
AUTUMN = datetime(2024, 10, 26, tzinfo=BERLIN)
"""Saturdays: the clocks of Berlin change in the night that follows."""


def read(path, rows, **options):
    return read_log([logs.write(path / "a.csv", logs.csv_text(logs.generic(rows)))], **options)


def local(rows):
    """The same rows with times of Berlin's clock, without an offset."""
    return [{**row, "time": row["time"].astimezone(BERLIN).replace(tzinfo=None)} for row in rows]


def weekly(start, hours):
    """Local hours of the week, one by one."""
    times = [(start.astimezone(UTC) + n * HOUR).astimezone(BERLIN) for n in range(hours)]
    return [time.weekday() * 24 + time.hour for time in times]


@pytest.mark.parametrize(
    ("start", "missing", "twice"), [(SPRING, 6 * 24 + 2, None), (AUTUMN, None, 6 * 24 + 2)]
)
def test_hours_of_the_week_follow_the_clock_and_hours_do_not(tmp_path, start, missing, twice):
    begin = start.astimezone(UTC)
    rows = logs.requests(72, start=begin)
    log = read(tmp_path, rows, zone="Europe/Berlin")
    assert log.start == start and log.start.utcoffset() == start.utcoffset()
    np.testing.assert_array_equal(log.requests, np.full(72, 3.0))
    np.testing.assert_array_equal(log.hour_of_week, weekly(start, 72))
    assert (missing is None) or missing not in log.hour_of_week
    assert (twice is None) or (log.hour_of_week == twice).sum() == 2
    assert [f.count for f in log.findings if "clock change" in f.what] == [1]


def test_local_times_without_offset_are_placed_in_absolute_time(tmp_path):
    rows = logs.requests(72, per_hour=4, start=SPRING.astimezone(UTC))
    log = read(tmp_path, local(rows), zone="Europe/Berlin")
    aware = read(tmp_path, rows, zone="Europe/Berlin")
    np.testing.assert_array_equal(log.tokens, aware.tokens)
    np.testing.assert_array_equal(log.hour_of_week, aware.hour_of_week)
    # In autumn an hour comes twice on the clock, and times without offset do not tell which.
    rows = logs.requests(72, per_hour=4, start=AUTUMN.astimezone(UTC))
    log, aware = read(tmp_path, local(rows), zone="Europe/Berlin"), read(tmp_path, rows, zone="Europe/Berlin")
    np.testing.assert_array_equal(log.hour_of_week, aware.hour_of_week)
    assert log.tokens.sum() == aware.tokens.sum()
    different = np.flatnonzero(log.tokens != aware.tokens)
    np.testing.assert_array_equal(log.hour_of_week[different], [146, 146])
    assert log.tokens[different[0]] == log.tokens[different[1]] == aware.tokens[different].mean()
    assert any("twice on 2024-10-27" in finding.what for finding in log.findings)


def test_a_time_that_the_clock_skips_betrays_the_wrong_zone(tmp_path):
    rows = logs.requests(72, start=SPRING.astimezone(UTC))
    utc = [{**row, "time": row["time"].replace(tzinfo=None)} for row in rows]
    with pytest.raises(InputError, match=r"Europe/Berlin skips.*2024-03-31 02:00.*--zone UTC"):
        read(tmp_path, utc, zone="Europe/Berlin")


def test_one_offset_throughout_is_the_zone_and_several_are_not(tmp_path):
    rows = logs.requests(72, start=MONDAY)
    east = [{**row, "time": row["time"].astimezone(BERLIN)} for row in rows]
    log = read(tmp_path, east)
    assert log.zone == "UTC+01:00" and log.hour_of_week[0] == 1 and log.start == MONDAY
    # Berlin writes two offsets over a clock change.
    both = [
        {**row, "time": row["time"].astimezone(BERLIN)}
        for row in logs.requests(72, start=SPRING.astimezone(UTC))
    ]
    with pytest.raises(InputError, match=r"UTC\+01:00, UTC\+02:00"):
        read(tmp_path, both)
    assert read(tmp_path, both, zone="Europe/Berlin").zone == "Europe/Berlin"


@pytest.mark.parametrize("first", [0, 59, 61, 1500])
@pytest.mark.parametrize("last", [1, 59, 61, 1500])
def test_hours_that_the_log_covers_in_part_are_cut(tmp_path, first, last):
    begin, end = MONDAY + timedelta(seconds=first), MONDAY + 30 * HOUR - timedelta(seconds=last)
    rows = logs.requests(30, per_hour=2)
    rows = [row for row in rows if MONDAY + HOUR < row["time"] < MONDAY + 29 * HOUR]
    rows += [{**rows[0], "time": time, "id": str(time)} for time in (begin, end)]
    log = read(tmp_path, rows)
    assert log.start == MONDAY + (HOUR if first > 60 else 0 * HOUR)
    assert len(log.hour_of_week) == 30 - (first > 60) - (last > 60)
    cut = [finding.count for finding in log.findings if "part only" in finding.what]
    assert cut == ([] if len(log.hour_of_week) == 30 else [30 - len(log.hour_of_week)])


def test_the_shortest_logs(tmp_path):
    with pytest.raises(InputError, match="at least 24 whole hours with rows, got 23 whole hours"):
        read(tmp_path, logs.requests(23))
    for hours, warned in ((24, True), (71, True), (72, False)):
        log = read(tmp_path, logs.requests(hours))
        assert len(log.hour_of_week) == hours
        assert any(f.severity == "warning" and "too few" in f.what for f in log.findings) == warned


def test_twenty_years_are_the_most(tmp_path):
    rows = [{"ts_utc": f"{year}-01-01T00:00Z", "requests": 5} for year in range(1980, 2024)]
    rows += [{"ts_utc": f"{MONDAY + n * HOUR:%Y-%m-%dT%H:%M}Z", "requests": 5} for n in range(48)]
    with pytest.raises(InputError, match="twenty years at most"):
        read_log([logs.write(tmp_path / "a.csv", logs.csv_text(rows))])


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_change_nothing(tmp_path, threads):
    rows = logs.requests(400, per_hour=20)
    log = read(tmp_path, [*rows, *rows[5:9]], threads=threads)
    np.testing.assert_array_equal(log.tokens, logs.by_hour(rows, MONDAY, 400)[:2].sum(axis=0))
    assert [f.what for f in log.findings if "earlier" in f.what] == [
        "1 row earlier than the row before; the order does not matter"
    ]

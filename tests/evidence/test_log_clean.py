"""Rows that are odd: each of them counted in what is said, and in or out of the sums as it should be."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tcosim.errors import InputError
from tcosim.evidence.logs.read import read_log
from tests.evidence import logs
from tests.evidence.logs import HOUR, MONDAY

ROWS = logs.requests(60, per_hour=6)
TRUTH = logs.by_hour(ROWS, MONDAY, 60)


def read(path, rows, with_id=True, **options):
    return read_log([logs.write(path / "a.csv", logs.csv_text(logs.generic(rows, with_id)))], **options)


def told(log, words):
    """The count of the one finding that has these words."""
    found = [finding for finding in log.findings if words in finding.what]
    assert len(found) == 1, [finding.what for finding in log.findings]
    return found[0].count


def test_a_row_with_the_id_time_and_tokens_of_another_counts_once(tmp_path):
    again = [*ROWS, ROWS[7], ROWS[7], ROWS[100]]
    log = read(tmp_path, again)
    assert told(log, "counted once") == 3 and log.rows == len(ROWS) + 3
    np.testing.assert_array_equal(log.tokens, TRUTH[0] + TRUTH[1])
    # The same id with other tokens is another call.
    log = read(tmp_path, [*ROWS, {**ROWS[7], "output": 11}])
    assert told(log, "id of another") == 1
    assert log.requests.sum() == len(ROWS) + 1


def test_without_an_id_the_same_row_is_counted_and_said(tmp_path):
    log = read(tmp_path, [*ROWS, ROWS[7], ROWS[7], ROWS[100]], with_id=False)
    assert told(log, "without a request id") == 3
    assert log.requests.sum() == len(ROWS) + 3
    severity = [
        f.severity
        for f in read(tmp_path, ROWS * 2, with_id=False).findings
        if "without a request id" in f.what
    ]
    assert severity == ["warning"]


def test_buckets_that_come_twice_count_once_and_others_are_summed(tmp_path):
    hours = [
        {"ts_utc": f"{MONDAY + n * HOUR:%Y-%m-%dT%H:%M}", "model": "a", "requests": n + 1} for n in range(30)
    ]
    other = [{**hour, "model": "b"} for hour in hours]
    path = logs.write(tmp_path / "a.csv", logs.csv_text([*hours, *other, *hours[:4]]))
    log = read_log([path])
    assert told(log, "in every column; counted once") == 4
    np.testing.assert_array_equal(log.requests, 2.0 * np.arange(1, 31))


def test_order_is_counted_and_does_not_matter(tmp_path):
    log = read(tmp_path, ROWS[::-1])
    assert told(log, "earlier than the row before") == len(ROWS) - 1
    np.testing.assert_array_equal(log.tokens, TRUTH[0] + TRUTH[1])


def test_missing_and_zero_tokens_are_requests(tmp_path):
    rows = [dict(row) for row in ROWS]
    for place in (50, 51):
        rows[place] |= {"input": "NaN", "output": ""}
    rows[60] |= {"input": 0, "output": 0, "cached": 0}
    rows[70]["output"] = "null"
    log = read(tmp_path, rows)
    assert told(log, "without a count of tokens") == 2
    assert told(log, "but 0 tokens") == 1
    np.testing.assert_array_equal(log.requests, TRUTH[3])
    lost = ROWS[50]["input"] + ROWS[51]["input"] + ROWS[60]["input"] + 4 * 10
    assert log.tokens.sum() == (TRUTH[0] + TRUTH[1]).sum() - lost
    with pytest.raises(InputError, match="empty throughout"):
        read(tmp_path, [{**row, "input": "", "output": "NaN"} for row in ROWS])


def test_a_few_rows_that_cannot_be_read_are_left_out_and_said(tmp_path):
    text = logs.csv_text(logs.generic(ROWS)) + "yesterday,1,2,3,x\n,1,2,3,y\n2024-03-05T00:00\n"
    log = read_log([logs.write(tmp_path / "a.csv", text)])
    said = [f for f in log.findings if "left out" in f.what]
    assert [f.count for f in said] == [3]
    assert "1 row cannot be split into the columns" in said[0].what
    assert "1 row without a time" in said[0].what and "such as yesterday" in said[0].what
    np.testing.assert_array_equal(log.requests, TRUTH[3])
    broken = logs.json_lines(logs.generic(ROWS)) + '{"timestamp": "2024-\n[1,2]\n'
    log = read_log([logs.write(tmp_path / "a.jsonl", broken)])
    assert told(log, "no JSON") == 2


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("time", "05/10/2024 1:02", r"4 rows with a time that cannot be read \(such as 05/10/2024 1:02\)"),
        ("time", "", "4 rows without a time"),
        ("input", "many", "4 rows with a count that is no whole number"),
        ("output", "1.5", "4 rows with a count that is no whole number"),
        ("output", "inf", "4 rows with a count that is no whole number"),
    ],
)
def test_more_than_one_in_a_hundred_is_refused(tmp_path, column, value, said):
    def spoiled(count):
        return [{**row, column: value} if 20 <= n < 20 + count else row for n, row in enumerate(ROWS)]

    with pytest.raises(InputError, match=said):
        read(tmp_path, spoiled(4))
    assert told(read(tmp_path, spoiled(3)), "left out") == 3


def test_negative_tokens_are_refused_at_their_first_row(tmp_path):
    rows = [{**row, "output": -5} if n in (40, 90) else row for n, row in enumerate(ROWS)]
    with pytest.raises(
        InputError, match=rf"output -5 at {rows[40]['time']:%Y-%m-%d %H:%M:%S} \(row 41\); 2 such rows"
    ):
        read(tmp_path, rows)
    rows = [{"timestamp": row["time"], "prompt_tokens": 10, "total_tokens": 9} for row in ROWS]
    with pytest.raises(InputError, match=r"output -1 .*total less input"):
        read_log([logs.write(tmp_path / "a.csv", logs.csv_text(rows))])


def test_more_cached_than_input_is_refused(tmp_path):
    with pytest.raises(InputError, match="cached tokens must be part of the input tokens"):
        read(tmp_path, [{**row, "cached": row["input"] + 1} for row in ROWS])


@pytest.mark.parametrize("tokens", [30_000_000, "99999999999999999999999"])
def test_an_absurd_request_is_set_aside_and_named(tmp_path, tokens):
    rows = [{**row, "input": tokens} if n == 40 else row for n, row in enumerate(ROWS)]
    log = read(tmp_path, rows)
    assert told(log, "set aside as absurd") == 1
    assert any("(row 41)" in finding.what for finding in log.findings)
    assert log.tokens.sum() == (TRUTH[0] + TRUTH[1]).sum() - ROWS[40]["input"] - 10
    many = [{**row, "input": tokens} if n % 60 == 40 else row for n, row in enumerate(ROWS)]
    with pytest.raises(InputError, match="more than 5 rows above"):
        read(tmp_path, many)


def test_large_requests_are_not_absurd_where_others_are_large_too(tmp_path):
    rows = [{**row, "input": 9_000_000 + 4_000_000 * (n == 40)} for n, row in enumerate(ROWS)]
    assert read(tmp_path, rows).tokens.sum() == 60 * 6 * 9_000_010 + 4_000_000
    # An hour's worth of tokens is no request.
    hours = [
        {"ts_utc": f"{MONDAY + n * HOUR:%Y-%m-%dT%H:%M}", "tokens": 1 + 10**12 * (n == 20)} for n in range(40)
    ]
    log = read_log([logs.write(tmp_path / "b.csv", logs.csv_text(hours))])
    assert log.tokens.max() == 10**12 + 1


@pytest.mark.parametrize("years", [[1970], [2099], [1970, 2099], [1970, 1971]])
def test_times_years_off_are_set_aside(tmp_path, years):
    odd = [
        {**ROWS[0], "time": datetime(year, 1, 1, 5, tzinfo=MONDAY.tzinfo), "id": f"odd{year}"}
        for year in years
    ]
    log = read(tmp_path, [*odd, *ROWS])
    assert told(log, "set aside: at") == len(years)
    np.testing.assert_array_equal(log.requests, TRUTH[3])


def test_two_stretches_of_time_are_refused(tmp_path):
    late = [{**row, "time": row["time"] + timedelta(days=400), "id": f"late{row['id']}"} for row in ROWS]
    with pytest.raises(
        InputError, match=r"360 rows on one side of the gap from 2024-03-06 11:59:30 to 2025-04-08"
    ):
        read(tmp_path, [*ROWS, *late])


def test_files_that_overlap_without_an_id_are_said(tmp_path):
    first = logs.write(tmp_path / "a.csv", logs.csv_text(logs.generic(ROWS[:200], with_id=False)))
    second = logs.write(tmp_path / "b.csv", logs.csv_text(logs.generic(ROWS[190:], with_id=False)))
    log = read_log([first, second])
    assert told(log, "overlap in time") == 1 and told(log, "without a request id nothing tells") == 10
    named = [
        logs.write(tmp_path / name, logs.csv_text(logs.generic(part)))
        for name, part in (("c.csv", ROWS[:200]), ("d.csv", ROWS[190:]))
    ]
    log = read_log(named)
    assert told(log, "counted once") == 10
    np.testing.assert_array_equal(log.requests, TRUTH[3])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(0, 29 * 3600 + 3599), st.integers(0, 10**6), st.integers(0, 10**5), st.booleans()
        ),
        min_size=1,
        max_size=60,
    )
)
def test_any_requests_in_any_order_give_the_sums_counted_one_by_one(tmp_path, drawn):
    # One request in each hour, so that none is silent; the drawn ones on top, some of them twice.
    rows = logs.requests(30, per_hour=2)
    for number, (second, read_in, written, _) in enumerate(drawn):
        time = MONDAY + timedelta(seconds=second)
        rows.append(
            {"time": time, "input": read_in, "output": written, "cached": read_in // 2, "id": f"d{number}"}
        )
    twice = [row for row, (*_, again) in zip(rows[-len(drawn) :], drawn, strict=True) if again]
    truth = logs.by_hour(rows, MONDAY, 30)
    log = read(tmp_path, [*twice, *rows[::-1]])
    for found, true in zip(
        (log.input_tokens, log.output_tokens, log.cached_tokens, log.requests), truth, strict=True
    ):
        np.testing.assert_array_equal(found, true)
    if twice:
        assert told(log, "counted once") == len(twice)

"""Every shape of log gives the same hours: those counted one by one from the requests it was made of."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from tcosim.errors import InputError
from tcosim.evidence.logs.formats import layout_of, plain
from tcosim.evidence.logs.read import read_log
from tests.evidence import logs
from tests.evidence.logs import HOUR, MONDAY

HOURS = 48
ROWS = logs.requests(HOURS)
TRUTH = logs.by_hour(ROWS, MONDAY, HOURS)


def assert_truth(log, cached=True, parted=True, truth=TRUTH):
    assert log.start == MONDAY
    np.testing.assert_array_equal(log.hour_of_week, np.arange(truth.shape[1]) % 168)
    np.testing.assert_array_equal(log.requests, truth[3])
    np.testing.assert_array_equal(log.tokens, truth[0] + truth[1])
    if parted:
        np.testing.assert_array_equal(log.input_tokens, truth[0])
        np.testing.assert_array_equal(log.output_tokens, truth[1])
    else:
        assert log.input_tokens is None and log.output_tokens is None
    if cached:
        np.testing.assert_array_equal(log.cached_tokens, truth[2])
    else:
        assert log.cached_tokens is None
    assert log.collected.all()


@pytest.mark.parametrize(
    ("name", "style"),
    [
        ("a.csv.gz", {}),
        ("with * and [x]'?.csv", {}),
        ("no_suffix", {"delimiter": ";", "end": "\r\n"}),
        ("a.csv", {"quoted": True}),
        ("a.tsv.gz", {"delimiter": "\t"}),
    ],
)
def test_csv(tmp_path, name, style):
    text = logs.csv_text(logs.generic(ROWS), **style)
    log = read_log([logs.write(tmp_path / name, "\ufeff" + text if style else text)])
    assert_truth(log)
    assert (log.format, log.rows, log.sources) == ("generic", len(ROWS), (name,))


@pytest.mark.parametrize("kind", ["zst", "parquet", "parquet_tz"])
def test_packed_by_duckdb(tmp_path, kind):
    source = logs.write(tmp_path / "a.csv", logs.csv_text(logs.generic(ROWS)))
    if kind == "zst":
        path = logs.packed_by_duckdb(source, tmp_path / "a.csv.zst", "FORMAT csv, HEADER, COMPRESSION zstd")
    else:
        kinds = "* REPLACE (CAST(timestamp AS TIMESTAMP) AS timestamp)" if kind == "parquet" else "*"
        path = logs.packed_by_duckdb(source, tmp_path / "a.parquet", "FORMAT parquet", kinds)
    if kind == "parquet":
        with pytest.raises(InputError, match="--zone Europe/Berlin"):
            read_log([path])
    assert_truth(read_log([path], zone="UTC"))


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_json_lines(tmp_path, name):
    assert_truth(read_log([logs.write(tmp_path / name, logs.json_lines(logs.generic(ROWS)))]))


def test_json_array_of_nested_responses(tmp_path):
    rows = [
        {"created": int(r["time"].timestamp()), "usage": {"prompt_tokens": r["input"], "completion_tokens": 10,
         "prompt_tokens_details": {"cached_tokens": 50}}, "x": {"a/b~c": 1}}
        for r in ROWS
    ]  # fmt: skip
    assert_truth(read_log([logs.write(tmp_path / "a.json", json.dumps(rows, indent=1))]))


@pytest.mark.parametrize("unit", [1, 1e3, 1e6, 1e9])
def test_seconds_since_1970_in_any_unit(tmp_path, unit):
    rows = [{**row, "time": round(row["time"].timestamp() * unit)} for row in ROWS]
    assert_truth(read_log([logs.write(tmp_path / "a.csv", logs.csv_text(logs.generic(rows)))]))


def test_azure(tmp_path):
    rows = [{**row, "time": f"{row['time']:%Y-%m-%d %H:%M:%S}.0099300+00:00"} for row in ROWS]
    names = {"time": "TIMESTAMP", "input": "ContextTokens", "output": "GeneratedTokens"}
    log = read_log([logs.write(tmp_path / "a.csv", logs.csv_text(logs.named(rows, **names)))])
    assert_truth(log, cached=False)
    assert log.format == "azure"


def test_burstgpt_needs_its_start(tmp_path):
    rows = [
        {"Timestamp": (r["time"] - MONDAY).total_seconds(), "Model": "ChatGPT", "Request tokens": r["input"],
         "Response tokens": r["output"], "Total tokens": r["input"] + r["output"], "Log Type": "API log"}
        for r in ROWS
    ]  # fmt: skip
    path = logs.write(tmp_path / "a.csv", logs.csv_text(rows))
    with pytest.raises(InputError, match=r"start: must be stated.*--map start=monday"):
        read_log([path])
    log = read_log([path], columns={"start": "2024-03-04T00:00"}, zone="UTC")
    assert_truth(log, cached=False)
    assert log.format == "burstgpt"
    any_monday = read_log([path], columns={"start": "Tuesday"})
    assert any_monday.hour_of_week[0] == 24
    np.testing.assert_array_equal(any_monday.tokens, log.tokens)
    assert any("clock changes are unknown" in finding.what for finding in any_monday.findings)
    for wrong in ({"columns": {"start": "soon"}}, {"columns": {"start": "monday"}, "zone": "Europe/Berlin"}):
        with pytest.raises(InputError):
            read_log([path], **wrong)


@pytest.mark.parametrize("nested", [True, False])
def test_litellm(tmp_path, nested):
    made = logs.litellm(ROWS, nested)
    hit = {**made[5], "request_id": "r5_cache_hit1", "cache_hit": "True"}
    if nested:
        path = logs.write(tmp_path / "a.jsonl", logs.json_lines([*made, hit]))
    else:
        path = logs.write(tmp_path / "a.csv", logs.csv_text([*made, hit]))
    log = read_log([path])
    assert_truth(log)
    assert log.format == "litellm"
    assert [f.count for f in log.findings if "gateway" in f.what] == [1]


def test_litellm_page_of_the_api(tmp_path):
    path = logs.write(tmp_path / "a.json", json.dumps({"data": logs.litellm(ROWS), "total": len(ROWS)}))
    assert_truth(read_log([path]))


@pytest.mark.parametrize("shape", ["page", "pages", "list", "lines", "csv"])
@pytest.mark.parametrize("seconds", [3600, 60])
def test_openai_usage(tmp_path, shape, seconds):
    quiet = logs.requests(HOURS, quiet=[7, 8, 9, 10])
    made = logs.buckets(quiet, MONDAY, HOURS * 3600 // seconds, seconds)
    text = {
        "page": lambda: json.dumps({"object": "page", "data": made, "has_more": False}, indent=2),
        "pages": lambda: json.dumps({"data": made[:100]}) + "\n" + json.dumps({"data": made[100:]}) + "\n",
        "list": lambda: json.dumps(made),
        "lines": lambda: logs.json_lines(made),
        "csv": lambda: logs.csv_text(logs.bucket_rows(made)),
    }[shape]()
    log = read_log([logs.write(tmp_path / "a.json", text)])
    assert_truth(log, truth=logs.by_hour(quiet, MONDAY, HOURS))
    assert log.format == "openai"


def test_days_are_refused(tmp_path):
    daily = logs.buckets(ROWS, MONDAY, 2, 86400)
    with pytest.raises(InputError, match=r"days at a time.*bucket_width=1h"):
        read_log([logs.write(tmp_path / "a.json", json.dumps({"data": daily}))])
    days = [{"date": f"2024-03-{4 + n:02d}", "total_tokens": 5} for n in range(20)]
    with pytest.raises(InputError, match=r"hour or finer, got days at a time"):
        read_log([logs.write(tmp_path / "b.csv", logs.csv_text(days))], zone="UTC")
    days = [{**day, "tokens": n} for day in days for n in range(3)]
    with pytest.raises(InputError, match=r"the same time on each of 20 days"):
        read_log([logs.write(tmp_path / "b.csv", logs.csv_text(days))], zone="UTC")
    with pytest.raises(InputError, match=r"hour or finer, got days"):
        read_log([logs.write(tmp_path / "c.csv", "day,requests\n" + "".join(f"{n},5\n" for n in range(30)))])


def test_provider_that_counts_cached_input_apart(tmp_path):
    rows = [
        {"timestamp": r["time"], "input_tokens": r["input"] - 70, "output_tokens": 10,
         "cache_read_input_tokens": 50, "cache_creation_input_tokens": 20}
        for r in ROWS
    ]  # fmt: skip
    log = read_log([logs.write(tmp_path / "a.jsonl", logs.json_lines(rows))])
    assert log.format == "anthropic"
    assert_truth(log)


def test_counts_by_hour(tmp_path):
    rows = [
        {
            "hour": n,
            "ts_utc": f"{MONDAY + n * HOUR:%Y-%m-%dT%H:%M}",
            "requests_chat": TRUTH[3, n],
            "requests_api": 2,
        }
        for n in range(HOURS)
    ]
    path = logs.write(tmp_path / "a.csv", logs.csv_text(rows))
    with pytest.raises(InputError, match="--map requests=requests_chat"):
        read_log([path])
    log = read_log([path], columns={"requests": "requests_chat"})
    assert log.tokens is None and log.measure == "requests"
    np.testing.assert_array_equal(log.requests, TRUTH[3])
    with_tokens = read_log([path], columns={"requests": "requests_chat"}, tokens_per_request=500)
    np.testing.assert_array_equal(with_tokens.tokens, 500 * TRUTH[3])
    # A time an hour and tokens alone: rows are hours, not requests.
    alone = [{"time": row["ts_utc"] + "Z", "tokens": 7} for row in rows]
    log = read_log([logs.write(tmp_path / "b.csv", logs.csv_text(alone))])
    assert log.requests is None and log.format == "counts" and (log.tokens == 7).all()


def test_one_series_of_several(tmp_path):
    rows = [{**row, "model": "a" if n % 3 == 1 else "it's b"} for n, row in enumerate(logs.generic(ROWS))]
    path = logs.write(tmp_path / "a.csv", logs.csv_text(rows))
    log = read_log([path], columns={"series": "model:it's b"}, gaps="traffic")
    assert log.requests is not None and log.requests.sum() == len(ROWS) * 2 / 3
    with pytest.raises(InputError, match=r"one of a, it's b.*series=model:a"):
        read_log([path], columns={"series": "model:c"})


def test_files_of_different_formats_are_one_log(tmp_path):
    half = len(ROWS) // 2
    first = logs.write(tmp_path / "a.csv", logs.csv_text(logs.generic(ROWS[:half])))
    second = logs.write(tmp_path / "b.jsonl", logs.json_lines(logs.litellm(ROWS[half:])))
    log = read_log([second, first])
    assert_truth(log)
    assert log.format == "litellm, generic" and log.sources == ("b.jsonl", "a.csv")
    counts = logs.write(tmp_path / "c.csv", "ts_utc,requests\n2024-03-04T00:00,5\n")
    with pytest.raises(InputError, match="in all of its files or in none"):
        read_log([first, counts])


def test_mapped_columns_need_no_quoting_by_the_user(tmp_path):
    odd = {"time": 'when" --', "input": "in; DROP TABLE log_row", "output": "it's out", "cached": "c\\d"}
    path = logs.write(tmp_path / "a.csv", logs.csv_text(logs.named(ROWS, **odd)))
    with pytest.raises(InputError, match=r"must have a column of times.*in; DROP TABLE.*--map time=COLUMN"):
        read_log([path])
    assert_truth(read_log([path], columns=odd))
    series = {**odd, "series": "it's out:1') OR ('1'='1"}
    with pytest.raises(InputError, match="must name a series"):
        read_log([path], columns=series)


def test_a_mapped_total_goes_before_the_columns_that_are_recognised(tmp_path):
    rows = [{**row, "billed": 7} for row in logs.generic(ROWS)]
    log = read_log([logs.write(tmp_path / "a.csv", logs.csv_text(rows))], columns={"total": "billed"})
    assert log.input_tokens is None
    np.testing.assert_array_equal(log.tokens, 7 * TRUTH[3])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"format": "litelm"}, "did you mean litellm"),
        ({"columns": {"inptu": "x"}}, "did you mean input"),
        ({"columns": {"input": "input_token"}}, "did you mean input_tokens"),
        ({"zone": "Europe/Berln"}, "did you mean Europe/Berlin"),
        ({"zone": "berlin"}, "did you mean Europe/Berlin"),
        ({"gaps": "none"}, "auto, traffic, gap"),
        ({"tokens_per_request": 5.0}, "for logs that count requests alone"),
        ({"tokens_per_request": -1.0}, "above 0"),
        ({"threads": 0}, "at least 1"),
        ({"memory": "lots"}, "1GB or 500MB"),
        ({"columns": {"start": "monday"}}, "only for logs without dates"),
    ],
)
def test_wrong_options(tmp_path, arguments, said):
    path = logs.write(tmp_path / "a.csv", logs.csv_text(logs.generic(ROWS)))
    with pytest.raises(InputError, match=said):
        read_log([path], **arguments)


def test_names_are_read_in_any_spelling():
    nested = layout_of("a", ["x.timestamp", "created_at", "user.id", "usage.total_tokens"])
    assert (nested.time, nested.id, nested.total) == ("created_at", None, "usage.total_tokens")
    spellings = ["ContextTokens", "context tokens", "CONTEXT_TOKENS", "context-tokens"]
    assert {plain(name) for name in spellings} == {"context_tokens"}
    assert layout_of(
        "a", ["Timestamp", "usage.input_tokens", "usage.details.input_tokens", "usage.output_tokens"]
    ).input == ("usage.input_tokens")


DATA = Path("../shared/data")


# The traces are public data that the project does not ship; logs of the same shape are made above.
@pytest.mark.skipif(not DATA.exists(), reason="the public traces are not part of the project")
def test_public_traces():
    # The totals are those of the sources of these files, published beside them.
    azure = read_log([DATA / "azure2024_code_hourly.csv"])
    assert azure.requests.sum() == 16_803_695 and azure.hour_of_week[0] == 4 * 24 and len(azure.tokens) == 168
    path = DATA / "burstgpt1_hourly_requests.csv"
    with pytest.raises(InputError, match="requests_conversation, requests_api"):
        read_log([path])
    both = [
        read_log([path], columns={"requests": f"requests_{s}", "start": "monday"})
        for s in ("conversation", "api")
    ]
    assert sum(log.requests.sum() for log in both) == 1_429_737
    assert all(log.collected.all() for log in both)
    week = read_log([DATA / "burstgpt1_week1_hourly_tokens.csv"], columns={"start": "monday"})
    assert week.measure == "tokens" and week.collected.all() and len(week.tokens) == 168


def test_hours_of_a_zone_half_an_hour_off(tmp_path):
    path = logs.write(tmp_path / "a.csv", logs.csv_text(logs.generic(ROWS)))
    log = read_log([path], zone="Asia/Kolkata")
    # Local midnight is 18:30 UTC, and the half hours at both ends are no whole hours there.
    assert log.start == MONDAY + timedelta(minutes=30) and log.start.hour == 6
    truth = logs.by_hour([r for r in ROWS if log.start <= r["time"] < MONDAY + 47.5 * HOUR], log.start, 47)
    np.testing.assert_array_equal(log.input_tokens, truth[0])
    assert log.hour_of_week[0] == 6

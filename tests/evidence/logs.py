"""Logs to test with: requests at known times with known tokens, written in every shape that is read."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

MONDAY = datetime(2024, 3, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)

Row = dict[str, Any]


def requests(
    hours: int = 48, per_hour: int = 3, start: datetime = MONDAY, quiet: Sequence[int] = ()
) -> list[Row]:
    """Requests spread over each hour but those in `quiet`; request n has 100 + n tokens in, 10 out, 50 cached."""
    rows: list[Row] = []
    for hour in range(hours):
        for nth in range(per_hour if hour not in quiet else 0):
            time = start + hour * HOUR + nth * HOUR / per_hour + timedelta(seconds=30)
            if nth == per_hour - 1:
                time = start + (hour + 1) * HOUR - timedelta(seconds=30)
            rows.append(
                {"time": time, "input": 100 + len(rows), "output": 10, "cached": 50, "id": f"r{len(rows)}"}
            )
    return rows


def by_hour(rows: Sequence[Row], start: datetime, hours: int) -> np.ndarray:
    """Input, output and cached tokens and requests of each hour, counted one by one; shape (4, hours)."""
    sums = np.zeros((4, hours))
    for row in rows:
        hour = int((row["time"] - start) // HOUR)
        sums[:, hour] += (row["input"], row["output"], row["cached"], 1)
    return sums


def csv_text(rows: Sequence[Row], delimiter: str = ",", end: str = "\n", quoted: bool = False) -> str:
    """Write rows as CSV; times as ISO with their offset unless they are text already."""
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writeheader()
    writer.writerows(flat(rows))
    return out.getvalue()


def flat(rows: Sequence[Row]) -> list[Row]:
    """Times as text."""
    return [
        {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}
        for row in rows
    ]


def named(rows: Sequence[Row], **names: str) -> list[Row]:
    """Give columns other names; those without one are left out."""
    return [{new: row[old] for old, new in names.items()} for row in rows]


GENERIC = {"time": "timestamp", "input": "input_tokens", "output": "output_tokens", "cached": "cached_tokens"}


def generic(rows: Sequence[Row], with_id: bool = True) -> list[Row]:
    """Rows under the names of the generic format."""
    return named(rows, **GENERIC, **({"id": "request_id"} if with_id else {}))


def write(path: Path, content: str | bytes) -> Path:
    """Write a file, packed if its name ends in gz."""
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def json_lines(rows: Sequence[Row]) -> str:
    """Write a row a line."""
    return "".join(json.dumps(row) + "\n" for row in flat(rows))


def packed_by_duckdb(source: Path, target: Path, options: str, kinds: str = "*") -> Path:
    """Turn a CSV file into Parquet or zst."""
    import duckdb

    with duckdb.connect() as base:
        base.execute(f"COPY (SELECT {kinds} FROM read_csv('{source}')) TO '{target}' ({options})")
    return target


def litellm(rows: Sequence[Row], nested: bool = True) -> list[Row]:
    """Rows as LiteLLM's spend logs; times are UTC without saying so, cached tokens lie in the metadata."""
    made = []
    for row in rows:
        usage = {"prompt_tokens_details": {"cached_tokens": row["cached"]}}
        metadata = {"user_api_key": "k", "usage_object": usage, "additional_usage_values": {}}
        made.append(
            {
                "request_id": row["id"],
                "call_type": "acompletion",
                "api_key": "hash",
                "spend": 0.001,
                "total_tokens": row["input"] + row["output"],
                "prompt_tokens": row["input"],
                "completion_tokens": row["output"],
                "startTime": row["time"].astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3],
                "endTime": (row["time"] + timedelta(seconds=9)).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
                "model": "gpt-4o",
                "model_id": "m",
                "cache_hit": "False",
                "metadata": metadata if nested else json.dumps(metadata),
            }
        )
    return made


def buckets(rows: Sequence[Row], start: datetime, count: int, seconds: int = 3600) -> list[Row]:
    """Buckets of OpenAI's usage API, half of each bucket's requests under another model."""
    made = []
    for number in range(count):
        begin = int(start.timestamp()) + number * seconds
        inside = [row for row in rows if begin <= row["time"].timestamp() < begin + seconds]
        results = [
            {
                "object": "organization.usage.completions.result",
                "input_tokens": sum(row["input"] for row in part),
                "output_tokens": sum(row["output"] for row in part),
                "input_cached_tokens": sum(row["cached"] for row in part),
                "num_model_requests": len(part),
                "model": model,
            }
            for model, part in (("gpt-4o", inside[::2]), ("gpt-4o-mini", inside[1::2]))
            if part
        ]
        made.append(
            {"object": "bucket", "start_time": begin, "end_time": begin + seconds, "results": results}
        )
    return made


def bucket_rows(made: Sequence[Row]) -> list[Row]:
    """The same buckets as rows of the CSV export; a bucket without requests is a row of times alone."""
    fields = ("num_model_requests", "model", "input_tokens", "output_tokens", "input_cached_tokens")
    rows = []
    for bucket in made:
        times = {
            "start_time": bucket["start_time"],
            "end_time": bucket["end_time"],
            "start_time_iso": datetime.fromtimestamp(bucket["start_time"], UTC).isoformat(),
            "end_time_iso": datetime.fromtimestamp(bucket["end_time"], UTC).isoformat(),
        }
        rows += [
            {**times, **{key: result.get(key, "") for key in fields}} for result in bucket["results"] or [{}]
        ]
    return rows

"""Logs and price files that no one wrote: without end, with a thousand columns or times of no clock; refused soon."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tcosim import limits
from tcosim.errors import InputError
from tcosim.evidence.logs import pages
from tcosim.evidence.logs.read import read_log
from tcosim.evidence.prices.files import parse_map, read_prices

SOON_SECONDS = 20
"""A database is started for each log, on a machine that may be busy."""
DEEP = b"[" * 50_000 + b"]" * 50_000


def refused(read: Callable[[], object], rule: str) -> None:
    begin = time.monotonic()
    with pytest.raises(InputError, match=rule):
        read()
    assert time.monotonic() - begin < SOON_SECONDS


def rows(offset: str) -> bytes:
    hours = (f"2024-05-{1 + hour // 24:02d}T{hour % 24:02d}:{hour % 60:02d}:00{offset}" for hour in range(80))
    return "\n".join(["time,tokens", *(f"{hour},5" for hour in hours)]).encode()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (rows("+99:99"), "a time that cannot be read"),
        (rows("+24:00"), "a time that cannot be read"),
        (rows("-24:00"), "a time that cannot be read"),
        (b"\xef\xbb\xbf", "must not be empty"),
        (b'"\n' * 5, "must have a column of times"),
        (b"a" * 200_000 + b"\n1", "field larger than field limit|must be a whole"),
        (",".join(f"c{number}" for number in range(5_000)).encode() + b"\n1\n", "at most 1,000 columns"),
        (
            ("{" + ",".join(f'"c{number}":1' for number in range(5_000)) + "}\n").encode(),
            "at most 1,000 columns",
        ),
        (b"time," + b"t" * 300 + b"\n1,2\n", "at most 200 characters"),
        (b'{"a\\u0000b": 1, "time": 2, "tokens": 3}\n' * 3, "characters of text"),
        (b'{"\\ud800": 1, "time": 2, "tokens": 3}\n' * 3, "must"),
        (b'{"data": ' + DEEP + b"}\n", "JSON objects"),
        (b'{"a":' * 900 + b"1" + b"}" * 900 + b"\n", "must have a column"),
        (b"time,tokens\n2024-05-01T00:00:00Z," + b"9" * 5000 + b"\n", "count that is no whole number"),
    ],
    ids=range(14),
)
def test_odd_logs_are_refused_in_words(tmp_path: Path, content: bytes, rule: str) -> None:
    path = tmp_path / "log"
    path.write_bytes(content)
    refused(lambda: read_log([path], zone="UTC", threads=1), rule)


def test_the_largest_offsets_of_clocks_are_read(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(rows("+14:00"))
    assert read_log([path], threads=1).zone == "UTC+14:00"


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "hole"])
def test_only_regular_files_are_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "odd.csv"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "folder":
            path.mkdir()
        case "hole":
            path.touch()
            os.truncate(path, 2 * limits.PRICES_BYTES)
    refused(lambda: read_log([path], threads=1), "must be a file|not a binary file")
    refused(lambda: read_prices(path), "must be a file|must be a CSV file|must be smaller than 64 MB")


def test_a_record_nested_beyond_any_becomes_an_empty_one() -> None:
    deep: object = 1
    for _ in range(5_000):
        deep = [deep]
    assert pages.written(deep) == "{}"
    assert pages.written({"a": 1}) == '{"a": 1}'


def prices(path: Path, text: str, mapped: str | None = None) -> Callable[[], object]:
    path.write_text(text, encoding="utf-8")
    return lambda: read_prices(path, parse_map(mapped), "api")


def test_odd_prices_are_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    two = "d,i,o\n2025-01,1e308,1e308\n2025-02,1e308,1\n"
    refused(prices(path, two, "date=d,input=i,output=o"), "must be a price above 0")
    for year in ("0001", "1949", "2151", "9999"):
        refused(prices(path, f"date,price\n{year}-01,1\n2025-01,2\n"), "must be a month or a day")
    many = "".join(f"2025-0{month},1,m{number}\n" for number in range(5_100) for month in (1, 2))
    refused(prices(path, f"date,price,model\n{many}"), "at most 5,000 series")
    refused(prices(path, "date,price\n" + '"' + "1" * 200_000), "field larger than field limit")


def test_a_price_stands_until_the_next_one(tmp_path: Path) -> None:
    """Months between the readings of a tier are filled in, also over a century."""
    text = "date,price\n1951-01,2\n2001-01,1\n2051-01,3\n"
    (series,) = prices(tmp_path / "prices.csv", text)().series  # type: ignore[attr-defined]
    assert len(series.months) == 1201
    assert series.moves.nonzero()[0].tolist() == [599, 1199]

"""Files that are no logs: refused by name, with the way out, in the project's own words and without leftovers."""

from __future__ import annotations

import gzip
import os
import tempfile
from pathlib import Path

import pytest

from tcosim.errors import InputError
from tcosim.evidence.logs.read import read_log
from tests.evidence import logs

ROWS = logs.requests(30)
TEXT = logs.csv_text(logs.generic(ROWS))
HEADER = "timestamp,input_tokens,output_tokens\n"


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def cut_parquet(path: Path) -> bytes:
    source = logs.write(path / "whole.csv", TEXT)
    whole = logs.packed_by_duckdb(source, path / "whole.parquet", "FORMAT parquet").read_bytes()
    return whole[: len(whole) // 2]


CASES = {
    "empty": (b"", "must not be empty"),
    "only_blanks.csv": (b"\n\n  \n", "must not be empty"),
    "header_alone.csv": (HEADER.encode(), "must have rows"),
    "no_header.csv": (b"2024-03-04T00:00:00Z,5,6\n" * 50, "must have a column of times"),
    "twice_the_same_name.csv": (b"time,tokens,tokens\n1,2,3\n", "name each column once, got tokens"),
    "no_columns_of_a_log.csv": (b"a,b\n1,2\n", r"columns a, b.*--map time=COLUMN"),
    "only_input.csv": (b"time,input_tokens\n1,2\n", "a column of output tokens beside input_tokens"),
    "cut.csv.gz": (gzip.compress(os.urandom(20_000).hex().encode() + TEXT.encode())[:5000], "whole gz file"),
    "cut.zst": (b"\x28\xb5\x2f\xfd" + bytes(range(200)), "whole zst file|whole CSV"),
    "binary": (bytes(range(256)) * 40, "not a binary file"),
    "noise.csv": (bytes(b for b in os.urandom(5000) if b > 127), "must"),
    "workbook.xlsx": (b"PK\x03\x04" + b"x" * 100, "workbook or zip"),
    "utf16.csv": (TEXT.encode("utf-16"), "UTF-8, not UTF-16"),
    "short.parquet": (b"PAR1" + b"x" * 50, "whole CSV, Parquet or JSON file"),
    "cut.parquet": (cut_parquet, "whole CSV, Parquet or JSON file"),
    "text.json": (b'"just a text"\n', "must have a column"),
    "numbers.json": (b"[1, 2, 3]\n", "JSON objects"),
    "cut.json": (b'[{"timestamp": 1, "tokens": 5}, {"time', "valid JSON"),
    "no_offsets.csv": ((HEADER + "2024-03-04 00:00,1,2\n" * 99).encode(), "zone: must be stated.*--zone Europe/Berlin"),
    "mixed.csv": (
        (HEADER + "2024-03-04T00:00Z,1,2\n2024-03-04T01:00,1,2\n" * 30).encode(),
        "must all have an offset.*with and .*without",
    ),
    "two_offsets.csv": (
        (HEADER + "2024-03-04T00:00+01:00,1,2\n2024-03-04T01:00+02:00,1,2\n" * 30).encode(),
        r"different offsets, got UTC\+01:00, UTC\+02:00",
    ),
    "one_hour.csv": ((HEADER + "2024-03-04T00:05:07Z,1,2\n" * 99).encode(), "at least 24 whole hours"),
    "no_traffic.csv": (
        (HEADER + "".join(f"2024-03-04T{n:02d}:00:01Z,0,0\n" for n in range(24))).encode(),
        "must have traffic",
    ),
    "no_numbers.csv": ((HEADER + "2024-03-04T00:00Z,a,b\n" * 30).encode(), "count that is no whole number"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_refused(tmp_path, name):
    content, said = CASES[name]
    path = tmp_path / name
    path.write_bytes(content(tmp_path) if callable(content) else content)
    with pytest.raises(InputError, match=said) as caught:
        read_log([path])
    for word in ("duckdb", "read_csv", "LINE 1", "store_rejects", str(tempfile.tempdir)):
        assert word not in str(caught.value)
    assert all(problem.field and problem.rule for problem in caught.value.problems)


def test_no_file_a_folder_and_the_same_file_twice(tmp_path):
    path = logs.write(tmp_path / "a.csv", TEXT)
    copy = logs.write(tmp_path / "b.csv", TEXT)
    with pytest.raises(InputError, match="at least one file"):
        read_log([])
    with pytest.raises(InputError) as caught:
        read_log([tmp_path / "none.csv", tmp_path, tmp_path / "*.csv"])
    assert len(caught.value.problems) == 3
    for twice in ([path, path], [path, copy]):
        with pytest.raises(InputError, match="must not be given twice"):
            read_log(twice)


def test_a_parquet_column_of_another_type_is_refused(tmp_path):
    source = logs.write(tmp_path / "a.csv", TEXT)
    kinds = "* REPLACE (input_tokens > 3 AS input_tokens)"
    path = logs.packed_by_duckdb(source, tmp_path / "a.parquet", "FORMAT parquet", kinds)
    with pytest.raises(
        InputError, match="input_tokens must hold whole numbers, got a column of type BOOLEAN"
    ):
        read_log([path])


def test_progress_rises_to_the_end_and_can_stop_the_work(tmp_path):
    path = logs.write(tmp_path / "a.csv", TEXT)
    seen = []
    read_log([path], progress=seen.append)
    assert seen == sorted(seen) and seen[-1] == 1.0

    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_log([path], progress=stop)


def test_addresses_are_file_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="must be a file that exists"):
        read_log([Path("s3://bucket/log.csv")])

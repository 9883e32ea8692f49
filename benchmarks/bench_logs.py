"""Reading a request log as a process of its own: time and peak memory for Parquet, with the search for repeated ids.

TCOSIM_BENCH_ROWS is the number of rows, 1e6 if unset. The bars are stated for 1e7.
"""

import json
import os
import subprocess
import sys

import pytest

from benchmarks.hours import CORES

ROWS, SECONDS, GIGABYTES = 1e7, 15.0, 2.0
"""The bars: so many rows with time, three counts of tokens and an id."""
MAKE = """COPY (
    SELECT TIMESTAMP '2024-03-04' + to_microseconds(CAST(i * {step} + random() * 1e6 AS BIGINT)) AS timestamp,
    CAST(1000 + random() * 3000 AS BIGINT) AS input_tokens, CAST(100 + random() * 300 AS BIGINT) AS output_tokens,
    CAST(random() * 900 AS BIGINT) AS cached_tokens, 'req_' || md5(CAST(i AS VARCHAR)) AS request_id
    FROM range({rows}) AS r(i)) TO '{path}' ({options})"""
FOUR_WEEKS_US = 28 * 24 * 3600 * 1e6

CODE = """
import json, resource, sys, time
from pathlib import Path
from tcosim.evidence.logs.read import read_log
started = time.perf_counter()
log = read_log([Path(sys.argv[1])], zone="UTC")
seconds = time.perf_counter() - started
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit, log.rows]))
"""


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_log(tmp_path, figures, smoke, kind):
    import duckdb

    rows = 20_000 if smoke else int(float(os.environ.get("TCOSIM_BENCH_ROWS", "1e6")))
    path = tmp_path / f"log.{kind}"
    options = "FORMAT parquet" if kind == "parquet" else "FORMAT csv, HEADER"
    with duckdb.connect() as base:
        base.execute(MAKE.format(step=FOUR_WEEKS_US / rows, rows=rows, path=path, options=options))
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ),
    )
    seconds, peak, read = json.loads(done.stdout)
    assert read == rows
    stated = kind == "parquet" and rows == ROWS and CORES == 2
    group = f"a log of {rows:,} rows, {kind}"
    figures.add(group, "reading it", seconds, "s", at_most=SECONDS if stated else None)
    figures.add(group, "peak memory", peak / 1e9, "GB", at_most=GIGABYTES if stated else None)

"""What is read off the futures of a run, as processes of their own: drivers, what is worth knowing, a stated precision.

TCOSIM_BENCH_SAMPLES is the number of futures, 1e5 if unset. The bars are stated for 1e6.
"""

import json
import os
import subprocess
import sys
import time

import pytest

from benchmarks.hours import CORES

FUTURES, SECONDS, GIGABYTES = 1e6, 15.0, 2.0
"""The bars: value of information and given-data drivers of that many futures."""
PRECISION, PRECISION_SECONDS = "0.1%", 20.0

CODE = """
import json, resource, sys, time
import tcosim
from tcosim.analysis.drivers import given_data_drivers
from tcosim.analysis.headline import headline_option
with tcosim.open_run(sys.argv[1]).dataset() as stored:
    dataset = stored.load()
started = time.perf_counter()
given_data_drivers(dataset, headline_option(dataset))
between = time.perf_counter()
tcosim.value(dataset)
ended = time.perf_counter()
unit = 1 if sys.platform == "darwin" else 1024
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
print(json.dumps([between - started, ended - between, peak]))
"""


def cli(*arguments):
    """Run a command, and return its wall time in s and its output."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "tcosim.cli", *arguments], capture_output=True, text=True, check=True
    )
    return time.perf_counter() - started, done.stdout


def test_insight(tmp_path, figures, smoke):
    samples = 2048 if smoke else float(os.environ.get("TCOSIM_BENCH_SAMPLES", "1e5"))
    run = str(tmp_path / "run")
    cli("run", "--samples", f"{samples:.0f}", "--out", run)
    done = subprocess.run([sys.executable, "-c", CODE, run], capture_output=True, text=True, check=True)
    drivers, value, peak = json.loads(done.stdout)
    stated = samples == FUTURES and CORES == 2
    group = f"read off {samples:,.0f} futures"
    figures.add(group, "drivers", drivers, "s")
    figures.add(group, "value of information", value, "s")
    figures.add(group, "both", drivers + value, "s", at_most=SECONDS if stated else None)
    figures.add(
        group, "peak memory, the run's Dataset included", peak / 1e9, "GB",
        at_most=GIGABYTES if stated else None,
    )  # fmt: skip


def test_precision(tmp_path, figures, smoke):
    if smoke:
        pytest.skip("a precision takes as many futures as it takes")
    seconds, text = cli("run", "--precision", PRECISION, "--json", "--out", str(tmp_path / "run"))
    found = json.loads(text)["precision"]
    group = f"tcosim run --precision {PRECISION}"
    figures.add(
        group, f"{found['samples']:,} futures", seconds, "s",
        at_most=PRECISION_SECONDS if CORES == 2 else None,
    )  # fmt: skip

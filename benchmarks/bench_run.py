"""`tcosim run` on the default scenario as a user starts it: wall time and peak memory of the whole process.

TCOSIM_BENCH_SAMPLES is the number of futures, 1e5 if unset. The bars are stated for 1e6.
"""

import os
import subprocess
import sys
import time

from benchmarks.hours import CORES

SECONDS, GIGABYTES, FUTURES = 30.0, 1.5, 1e6
"""The bars: at most this for that many futures on two cores."""


def run_cli(samples, out):
    """Wall time in s, processors kept busy, and peak resident memory in bytes of one run."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tcosim.cli", "run", "--samples", f"{samples:.0f}", "--out", str(out)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    with process.stderr as errors:
        text = errors.read().decode()
    _, status, usage = os.wait4(process.pid, 0)  # of this child alone, unlike getrusage(RUSAGE_CHILDREN)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    assert process.returncode == 0, text
    processors = (usage.ru_utime + usage.ru_stime) / seconds
    return seconds, processors, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def test_whole_run(tmp_path, figures, smoke):
    run_cli(256, tmp_path / "first")  # compiles, if nobody has yet
    if smoke:
        return
    samples = float(os.environ.get("TCOSIM_BENCH_SAMPLES", "1e5"))
    few_seconds, _, few_bytes = run_cli(256, tmp_path / "few")
    seconds, processors, peak = run_cli(samples, tmp_path / "run")
    stated = samples == FUTURES and CORES == 2
    group = f"tcosim run, {CORES} cores"
    figures.add(group, f"{samples:,.0f} futures", seconds, "s", at_most=SECONDS if stated else None)
    figures.add(group, "256 futures", few_seconds, "s")
    figures.add(
        group, "each future beyond those", (seconds - few_seconds) / (samples - 256) * 1e6, "us/future"
    )
    figures.add(group, f"processors that it got for {samples:,.0f} futures", processors, "")
    group = "tcosim run, peak memory"
    figures.add(group, f"{samples:,.0f} futures", peak / 1e9, "GB", at_most=GIGABYTES if stated else None)
    figures.add(group, "256 futures", few_bytes / 1e9, "GB")

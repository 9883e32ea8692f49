"""The page and the sheet for the board, as whole commands from a run folder.

TCOSIM_BENCH_SAMPLES is the number of futures, 1e5 if unset. The bars are stated for 1e6.
"""

import os
import statistics

from benchmarks.bench_insight import cli

FUTURES, PAGE_SECONDS, PAGE_MEGABYTES, SHEET_SECONDS = 1e6, 5.0, 2.5, 2.0
ROUNDS = 5


def test_report(tmp_path, figures, smoke):
    samples = 2048 if smoke else float(os.environ.get("TCOSIM_BENCH_SAMPLES", "1e5"))
    run = str(tmp_path / "run")
    cli("run", "--samples", f"{samples:.0f}", "--out", run)
    stated = samples == FUTURES
    for name, formats, bar in (
        ("page", "html", PAGE_SECONDS),
        ("sheet", "pdf", SHEET_SECONDS),
        ("both", "html,pdf", None),
    ):
        rounds = range(1 if smoke else ROUNDS)
        seconds = [
            cli("report", run, "--format", formats, "--out", str(tmp_path / f"{name}-{k}"))[0] for k in rounds
        ]
        figures.add(
            f"tcosim report, {samples:,.0f} futures",
            f"{name}: median of {len(seconds)} commands",
            statistics.median(seconds),
            "s",
            at_most=bar if stated else None,
        )
    size = (tmp_path / "page-0" / "report.html").stat().st_size
    figures.add("size of the page", "report.html", size / 1e6, "MB", at_most=PAGE_MEGABYTES)

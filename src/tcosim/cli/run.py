"""``tcosim run``: simulate a scenario, print the answer, write the run folder.

Parses, calls and prints; computes nothing.
"""

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from tcosim.cli import options
from tcosim.cli.guard import keeping
from tcosim.cli.parsing import (
    Problems,
    budget_option,
    precision_option,
    samples_option,
    seed_option,
    threads_option,
    volume_option,
)

if TYPE_CHECKING:
    import xarray as xr

    from tcosim.scenario.models import Scenario

MOST_FOR_PRECISION = "1e7"
RUNS = Path("runs")
"""Where run folders go if nothing else is said, below the working directory."""


def run(
    scenario: options.Scenario = None,
    samples: Annotated[
        str | None,
        typer.Option(metavar="COUNT", help="Futures to simulate: 1e6, 250k, 10_000; 1e5 if left out."),
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE",
            help="Simulate until the headline's 95 % interval is at most this much to either side, 0.2%;"
            " --samples is then the most (1e7 if left out).",
        ),
    ] = None,
    volume: options.Volume = None,
    seed: options.Seed = options.DEFAULT_SEED,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Run folder to write; must not exist. Default: below runs/."),
    ] = None,
    threads: options.Threads = None,
    settings: options.Settings = None,
    budget: Annotated[
        str | None,
        typer.Option(
            metavar="USD", help="How likely does the loss against the baseline pass this sum? 500k."
        ),
    ] = None,
    report: Annotated[
        bool, typer.Option("--report", help="Also write report.html and report.pdf into the run folder.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Simulate futures and say how likely it is that self-hosting beats the API."""
    from tcosim.cli.loading import load_scenario

    problems = Problems()
    share = problems.collect(lambda: precision_option(precision), None)
    most = options.DEFAULT_SAMPLES if precision is None else MOST_FOR_PRECISION
    futures = problems.collect(lambda: samples_option(most if samples is None else samples), 0)
    limit_usd = problems.collect(lambda: budget_option(budget), None)
    chosen_seed = problems.collect(lambda: seed_option(seed), 0)
    workers = problems.collect(lambda: threads_option(threads), None)
    tokens = problems.collect(lambda: volume_option(volume), None)
    loaded = problems.collect(lambda: load_scenario(scenario, settings or [], tokens), cast("Scenario", None))
    problems.raise_any()
    target = _default_target(loaded, chosen_seed, futures) if out is None else out
    _check_target(_next_free(target) if out is None else target, loaded, futures)

    from tcosim.cli.console import work_console

    console = work_console()
    started = time.monotonic()
    dataset, reached = _simulate(loaded, futures, share, chosen_seed, workers)
    seconds = time.monotonic() - started
    futures = int(dataset.attrs["samples"])
    by_volume = _other_volumes(loaded, futures, chosen_seed, workers)
    more_seconds = time.monotonic() - started - seconds
    if out is None:
        target = _default_target(loaded, chosen_seed, futures)

    from tcosim.analysis.summarize import summarize
    from tcosim.errors import InputError, TcosimError

    summary = summarize(dataset, budget_usd=limit_usd, curve=by_volume) | (
        {"precision": reached} if reached else {}
    )
    try:
        written, is_new = _write(target, dataset, loaded, summary, reuse=out is None)
    except (InputError, OSError) as error:  # a disk that filled up meanwhile must not cost the answer
        _answer(summary, dataset, as_json=as_json)
        raise TcosimError(
            f"the answer above is complete, but the run folder could not be written: {error}"
        ) from error
    rate = f"{futures / seconds:,.0f} futures/s" if seconds > 0 else ""

    def tell_the_work() -> None:
        console.print(
            f"{futures:,} future{'' if futures == 1 else 's'} in {seconds:.1f} s ({rate});"
            f" {by_volume.attrs['samples']:,} at each of {by_volume.sizes['volume']} volumes in {more_seconds:.1f} s"
        )
        console.print(f"run folder: {written}{'' if is_new else ' (it was there already)'}")

    try:
        with keeping(lambda: f"the run folder {written} is complete"):
            _answer(summary, dataset, as_json=as_json)
    except BrokenPipeError:
        tell_the_work()
        raise
    tell_the_work()
    if report:
        with keeping(lambda: f"the run folder {written} is complete"):
            _report(written)


def _report(folder: Path) -> None:
    """Write the page and the sheet for the board into the run folder, and say so on stderr."""
    from tcosim.cli.report import tell

    tell(folder, err=True)


def _default_target(scenario: Scenario, seed: int, samples: int) -> Path:
    """Name the folder by what determines its content, so that two different runs never share one."""
    from tcosim import __version__

    content = f"{scenario.sha256()} {scenario.library_sha256} {__version__}"
    digest = hashlib.sha256(content.encode()).hexdigest()[:8]
    return RUNS / f"{scenario.name}-{seed}-{_short_count(samples)}-{digest}"


def _short_count(count: int) -> str:
    """``1e6`` for a million; the plain digits of a less round number."""
    digits = str(count)
    zeros = len(digits) - len(digits.rstrip("0"))
    return f"{digits[: len(digits) - zeros]}e{zeros}" if zeros >= 3 else digits


def _check_target(target: Path, scenario: Scenario, samples: int) -> None:
    from tcosim.results.target import check_target
    from tcosim.results.write_folder import expected_bytes

    needed = expected_bytes(samples, len(scenario.options), len(scenario.uncertain_inputs()), scenario.months)
    check_target(target, needed, field="--out")


def _next_free(target: Path) -> Path:
    number, free = 1, target
    while free.exists():
        number += 1
        free = target.with_name(f"{target.name}-{number}")
    return free


def _simulate(
    scenario: Scenario, samples: int, precision: float | None, seed: int, threads: int | None
) -> tuple[xr.Dataset, dict[str, Any] | None]:
    """Simulate so many futures, or as many as a precision takes and then say what it took."""
    from tcosim.cli.console import work_console
    from tcosim.cli.progress import run_with_progress

    def work(progress: Any, cancel: Any) -> tuple[xr.Dataset, dict[str, Any] | None]:
        hooks = {"seed": seed, "threads": threads, "progress": progress, "cancel": cancel}
        if precision is None:
            from tcosim import engine

            return engine.simulate(scenario, samples=samples, **hooks), None
        from tcosim.studies.precision import simulate_to_precision

        dataset, reached = simulate_to_precision(scenario, precision, most=samples, **hooks)
        return dataset, reached.as_dict()

    return run_with_progress(work, samples, work_console(), is_most=precision is not None)


def _other_volumes(scenario: Scenario, samples: int, seed: int, threads: int | None) -> xr.Dataset:
    """The curve of the report, from which volume on: by few futures, as `tcosim curve` is there for more."""
    from tcosim.cli.console import work_console
    from tcosim.cli.progress import run_with_progress
    from tcosim.results.schema import CURVE_FUTURES
    from tcosim.studies import curve as study

    grid, futures = study.default_volumes(scenario), min(samples, CURVE_FUTURES)

    def work(progress: Any, cancel: Any) -> xr.Dataset:
        return study.curve(
            scenario, grid, samples=futures, seed=seed, threads=threads, progress=progress, cancel=cancel
        )

    return run_with_progress(work, futures * len(grid), work_console(), where=" at other volumes")


def _write(
    target: Path, dataset: xr.Dataset, scenario: Scenario, summary: dict[str, Any], *, reuse: bool
) -> tuple[Path, bool]:
    """Write the run folder, and say whether it is new; a default one that holds exactly this run already stays."""
    from tcosim.results.assumptions import assumption_snapshot
    from tcosim.results.write_folder import write_run
    from tcosim.sampling.families import ppf
    from tcosim.scenario.write import resolved_toml

    if reuse and target.exists():
        if _holds(target, summary):
            return target, False
        target = _next_free(target)
    # The folder gets its name in one step, possibly just before the work is stopped.
    with keeping(lambda: f"the run folder {target} is complete" if _holds(target, summary) else ""):
        written = write_run(
            target,
            dataset,
            scenario_toml=resolved_toml(scenario),
            assumptions=assumption_snapshot(scenario, ppf),
            summary=summary,
        )
    return written, True


def _holds(target: Path, summary: dict[str, Any]) -> bool:
    from tcosim.errors import InputError
    from tcosim.results.folder import open_run

    try:
        return open_run(target).summary == summary
    except InputError:
        return False


def _answer(summary: dict[str, Any], dataset: xr.Dataset, *, as_json: bool) -> None:
    """Print the result to stdout, for people or for machines."""
    from tcosim.cli.console import result_console
    from tcosim.results.summary import to_json

    if as_json:
        sys.stdout.write(to_json(summary))
    else:
        _print(summary, dataset, result_console())
    sys.stdout.flush()


def _print(summary: dict[str, Any], dataset: xr.Dataset, console: Any) -> None:
    from tcosim.analysis.saving import savings
    from tcosim.report.content.run import run_report
    from tcosim.report.terminal.run_view import print_report

    headline = summary["headline"]
    single = None if headline is None else savings(dataset, headline["option"])
    print_report(run_report(summary, str(dataset.attrs["baseline"]), single), console)

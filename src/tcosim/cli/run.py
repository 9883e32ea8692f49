"""``tcosim run``: simulate a scenario, print the answer, write the run folder.

Parses, calls and prints; computes nothing.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from tcosim.cli import options, targets, unfinished
from tcosim.cli.console import warn, work_console
from tcosim.cli.guard import keeping
from tcosim.cli.one_run import other_volumes, simulated
from tcosim.cli.parsing import (
    Problems,
    budget_option,
    memory_option,
    precision_option,
    samples_option,
    seed_option,
    volume_option,
)
from tcosim.cli.request import Request
from tcosim.cli.targets import check_target, default_target, write
from tcosim.cli.where import Where, computing, where_options

if TYPE_CHECKING:
    import xarray as xr

    from tcosim.engine.checkpoint import Checkpoint
    from tcosim.results.unfinished import Unfinished
    from tcosim.scenario.models import Scenario

MOST_FOR_PRECISION = "1e7"


def run(
    context: typer.Context,
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
    resume: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Go on with the run into this folder, which was stopped or died; needs no other option.",
        ),
    ] = None,
    memory: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="Memory that the run may take: 2GB. The result is the same."),
    ] = None,
    threads: options.Threads = None,
    workers: options.Workers = None,
    scheduler: options.Scheduler = None,
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

    given = _given(context, scenario, settings, volume)
    problems = Problems()
    share = problems.collect(lambda: precision_option(precision), None)
    most = options.DEFAULT_SAMPLES if precision is None else MOST_FOR_PRECISION
    futures = problems.collect(lambda: samples_option(most if samples is None else samples), 0)
    limit_usd = problems.collect(lambda: budget_option(budget), None)
    chosen_seed = problems.collect(lambda: seed_option(seed), 0)
    limit_bytes = problems.collect(lambda: memory_option(memory), None)
    where = problems.collect(lambda: where_options(threads, workers, scheduler), Where())
    tokens = problems.collect(lambda: volume_option(volume), None)
    loaded = cast("Scenario", None)
    if resume is None or "scenario" in given:
        loaded = problems.collect(lambda: load_scenario(scenario, settings or [], tokens), loaded)
    if resume is not None and out is not None:
        problems.collect(lambda: _refuse_out(out), None)
    if limit_bytes is not None and where.scheduler is not None:
        problems.collect(lambda: _refuse_memory(scheduler), None)
    problems.raise_any()

    asked = Request(
        loaded, futures, chosen_seed, share, limit_usd, is_named=out is not None, is_reported=report
    )
    request = asked
    if resume is not None:
        if (whole := unfinished.finished(resume, asked, given)) is not None:
            _answer(whole.summary, whole.load(), as_json=as_json)
            work_console().print(f"run folder: {whole.path} (it was complete already)")
            if report:
                _report(whole.path)
            return
        request, target, folder = _resumed(resume, asked, given)
    elif out is None:
        target, folder = unfinished.begin_free(asked, default_target(loaded, chosen_seed, futures))
    else:
        target = out
        check_target(target, loaded, futures)
        folder = unfinished.begin(asked, target)
    with unfinished.kept_blocks(folder, request, target, told=warn) as checkpoint:
        written = _run(request, target, folder, checkpoint, where, limit_bytes, as_json=as_json)
    if report or request.is_reported:
        with keeping(lambda: f"the run folder {written} is complete"):
            _report(written)


def _run(
    request: Request,
    target: Path,
    folder: Unfinished,
    checkpoint: Checkpoint | None,
    where: Where,
    limit_bytes: int | None,
    *,
    as_json: bool,
) -> Path:
    """Simulate, write the run folder, print the answer and say on stderr what was done."""
    from tcosim.analysis.summarize import summarize
    from tcosim.errors import InputError, TcosimError

    console = work_console()
    loaded = request.scenario
    block_futures, curve_threads = None, where.threads
    if limit_bytes is not None:
        where, block_futures, curve_threads = _within(limit_bytes, request, where)
    started = time.monotonic()
    with computing(where) as on:
        dataset, reached = simulated(
            request, checkpoint, on if block_futures is None else {**on, "block_futures": block_futures}
        )
    seconds = time.monotonic() - started
    futures = int(dataset.attrs["samples"])
    by_volume = other_volumes(loaded, futures, request.seed, curve_threads)
    more_seconds = time.monotonic() - started - seconds
    if not request.is_named:
        target = default_target(loaded, request.seed, futures, target.parent)
    summary = summarize(dataset, budget_usd=request.budget_usd, curve=by_volume) | (
        {"precision": reached} if reached else {}
    )
    try:
        written, is_new = write(target, dataset, loaded, summary, reuse=not request.is_named)
    except (InputError, OSError) as error:  # a disk that filled up meanwhile must not cost the answer
        _answer(summary, dataset, as_json=as_json)
        raise TcosimError(
            f"the answer above is complete, but the run folder could not be written: {error}"
        ) from error
    except BaseException:
        if targets.holds(target, summary):  # stopped when it had its name
            folder.discard()
        raise
    folder.discard()
    before = 0 if checkpoint is None else checkpoint.restored

    def tell_the_work() -> None:
        console.print(
            f"{_work(futures, before, seconds)};"
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
    return written


def _work(futures: int, before: int, seconds: float) -> str:
    """How many futures were simulated in which time, and how many of them an earlier process had finished."""
    of_them = f", {before:,} of them from before," if before else ""
    rate = f" ({(futures - before) / seconds:,.0f} futures/s)" if futures > before and seconds > 0 else ""
    return f"{futures:,} future{'' if futures == 1 else 's'}{of_them} in {seconds:.1f} s{rate}"


def _resumed(place: Path, asked: Request, given: set[str]) -> tuple[Request, Path, Unfinished]:
    """What an unfinished run was asked for, its run folder to be, and its finished blocks."""
    from tcosim.results.unfinished import finished_path

    request, folder = unfinished.resume(place)
    try:
        with keeping(lambda: f"finished blocks stay in {folder.path}"):
            unfinished.check_same(asked, request, given)
            target = finished_path(folder.path)
            check_target(target, request.scenario, request.samples, kept_bytes=folder.size_bytes())
    except BaseException:
        folder.close()
        raise
    return request, target, folder


def _report(folder: Path) -> None:
    """Write the page and the sheet for the board into the run folder, and say so on stderr."""
    from tcosim.cli.report import tell

    tell(folder, err=True)


def _within(limit_bytes: int, request: Request, where: Where) -> tuple[Where, int, int]:
    """Where to compute, futures a block and threads for other volumes, so that the run stays within its memory."""
    from tcosim.engine.memory import plan_memory
    from tcosim.studies.curve import default_volumes

    plan = plan_memory(
        request.scenario,
        request.samples,
        limit_bytes,
        volumes=len(default_volumes(request.scenario)),
        threads=where.threads,
        workers=where.workers,
    )
    if where.workers is None and where.scheduler is None:
        where = replace(where, threads=plan.threads)
    return replace(where, worker_bytes=plan.worker_bytes), plan.block_futures, plan.curve_threads


def _given(
    context: typer.Context, scenario: str | None, settings: list[str] | None, volume: str | None
) -> set[str]:
    """What the command line says of the run itself, by name."""
    sources = {
        name: context.get_parameter_source(name) for name in ("samples", "precision", "seed", "budget")
    }
    found = {name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"}
    return found | ({"scenario"} if scenario is not None or settings or volume is not None else set())


def _refuse_out(out: Path) -> None:
    from tcosim.errors import InputError, Problem

    raise InputError(
        Problem("--out", "cannot go with --resume, which names the folder", str(out), "leave it out")
    )


def _refuse_memory(scheduler: str | None) -> None:
    from tcosim.errors import InputError, Problem

    rule = "is for threads and processes of this machine, and cannot go with --scheduler"
    way_out = "limit the cluster's own: dask worker --memory-limit 2GB"
    raise InputError(Problem("--memory", rule, scheduler, way_out))


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

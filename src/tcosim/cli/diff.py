"""``tcosim diff``: what moved the probability between two runs, input by input.

Parses, calls and prints; the two run folders alone say what is compared.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from tcosim.cli import options
from tcosim.cli.guard import keeping
from tcosim.cli.parsing import Problems, named, samples_option, seed_option
from tcosim.cli.where import Where, computing, where_options
from tcosim.errors import InputError, Problem
from tcosim.units import parse_count

if TYPE_CHECKING:
    from tcosim.results.folder import Run


def diff(
    run_a: Annotated[Path, typer.Argument(metavar="RUN_A", help="Run folder to start from.")],
    run_b: Annotated[Path, typer.Argument(metavar="RUN_B", help="Run folder to compare with it.")],
    samples: Annotated[
        str | None,
        typer.Option(
            metavar="COUNT",
            help="Futures of each variant; if left out those of the smaller run, 1e5 at most.",
        ),
    ] = None,
    option: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Option to explain; that of RUN_B's headline if left out."),
    ] = None,
    seed: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Seed of the comparison; RUN_A's if left out.")
    ] = None,
    threads: options.Threads = None,
    workers: options.Workers = None,
    scheduler: options.Scheduler = None,
    top: Annotated[
        str, typer.Option(metavar="COUNT", help="Differences to show; the rest in one line.")
    ] = "20",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON, all of it.")] = False,
) -> None:
    """Say what moved the probability between two runs, input by input."""
    problems = Problems()
    futures = problems.collect(lambda: None if samples is None else samples_option(samples), None)
    number = problems.collect(lambda: None if seed is None else seed_option(seed), None)
    where = problems.collect(lambda: where_options(threads, workers, scheduler), Where())
    shown = problems.collect(lambda: parse_count(top, "--top"), 0)
    a = problems.collect(lambda: _opened("RUN_A", run_a), cast("Run", None))
    b = problems.collect(lambda: _opened("RUN_B", run_b, other=run_a), cast("Run", None))
    problems.raise_any()
    with keeping(lambda: "the run folders are unchanged"):
        result = _compare(a, b, samples=futures, option=option, seed=number, where=where)
        _answer(result, shown, as_json=as_json)


def _opened(name: str, path: Path, other: Path | None = None) -> Run:
    """Open a run folder; problems go by the argument's name."""
    from tcosim.results.folder import open_run

    if other is not None and path.exists() and path.resolve() == other.resolve():
        raise InputError(Problem(name, "must be another folder than RUN_A", str(path), "name two runs"))
    try:
        return open_run(path)
    except InputError as error:
        raise InputError(
            Problem(name if p.field == "run" else p.field, p.rule, p.value, p.way_out, p.place)
            for p in error.problems
        ) from error


def _compare(
    a: Run, b: Run, *, samples: int | None, option: str | None, seed: int | None, where: Where
) -> dict[str, Any]:
    from tcosim.cli.console import work_console
    from tcosim.cli.progress import run_with_progress
    from tcosim.studies.diff import compare, split

    with named("option", "--option"):
        comparison = compare(a, b, samples=samples, option=option, seed=seed)
    count = len(comparison.differences)
    if not count:
        return split(comparison)
    console = work_console()
    console.print(
        f"{count} difference{'' if count == 1 else 's'}: {comparison.variants} variants of"
        f" {comparison.samples:,} futures each"
    )
    with computing(where) as on:
        return run_with_progress(
            lambda progress, cancel: split(comparison, progress=progress, cancel=cancel, **on),
            comparison.futures,
            console,
        )


def _answer(result: dict[str, Any], top: int, *, as_json: bool) -> None:
    from tcosim.cli.console import result_console
    from tcosim.report.terminal.diff_view import print_diff
    from tcosim.results.summary import to_json

    if as_json:
        sys.stdout.write(to_json(result))
    else:
        print_diff(result, result_console(), top)
    sys.stdout.flush()

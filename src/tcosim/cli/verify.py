"""``tcosim verify``: the validation pack, on this installation.

Parses, calls and prints; computes nothing.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tcosim.cli import options
from tcosim.cli.guard import FAILED, keeping
from tcosim.cli.parsing import Problems, named, seed_option, threads_option
from tcosim.cli.places import check_new_file
from tcosim.errors import TcosimError

if TYPE_CHECKING:
    from rich.console import Console

TICK_SECONDS, GRACE_SECONDS = 0.1, 0.6


def verify(
    seed: options.Seed = options.DEFAULT_SEED,
    threads: options.Threads = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="GROUP",
            help="Only this group, repeatable: closed-forms, published, twins, invariants, coverage, installation.",
        ),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option("--page", metavar="FILE", help="Write it as a page, FILE.html; must not exist."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Check this installation: formulas, published tables, plain twins of fast code, invariants, intervals.

    Takes a minute or two. Exit code 1 if a check fails.
    """
    problems = Problems()
    chosen_seed = problems.collect(lambda: seed_option(seed), 0)
    workers = problems.collect(lambda: threads_option(threads), None)
    problems.collect(lambda: _check_groups(only), None)
    problems.collect(lambda: check_new_file(page, "--page", ".html"), None)
    problems.raise_any()
    found = _find(chosen_seed, workers, only)
    if page is not None:
        _write(page, found, as_json)
    _answer(found, as_json)
    if found["failed"]:
        raise typer.Exit(FAILED)


def _check_groups(only: list[str] | None) -> None:
    from tcosim.studies.verify.run import chosen_groups

    with named("only", "--only"):
        chosen_groups(only)


def _find(seed: int, threads: int | None, only: list[str] | None) -> dict[str, Any]:
    """Run the checks on a thread of their own, so that Ctrl-C ends them within a second."""
    from tcosim.cli.background import in_background
    from tcosim.cli.console import work_console

    state, cancel = [0, 0], threading.Event()

    def note(done: int, total: int) -> None:
        state[:] = done, total

    def work() -> dict[str, Any]:
        from tcosim.studies.verify import verify as study

        return study(seed=seed, threads=threads, only=only, progress=note, cancel=cancel)

    return in_background(
        work,
        lambda finished: _watch(state, finished, work_console()),
        cancel,
        name="verification",
        grace_seconds=GRACE_SECONDS,
    )


def _watch(state: list[int], finished: threading.Event, console: Console) -> None:
    """Show how many checks are done; without a terminal only that it has begun."""
    if not console.is_terminal:
        console.print("checking this installation: a minute or two")
        finished.wait()
        return
    started = time.monotonic()
    with console.status("compiling kernels (first run only)") as status:
        while not finished.wait(TICK_SECONDS):
            done, total = state
            if total:
                seconds = time.monotonic() - started
                status.update(f"check {min(done + 1, total)} of {total}, {seconds:.0f} s")


def _write(page: Path, found: dict[str, Any], as_json: bool) -> None:
    """Write the page; if it cannot be written, the answer is printed all the same."""
    from tcosim.report.documents.verify_page import verify_page
    from tcosim.report.words.verify import command
    from tcosim.studies.verify import GROUPS

    content = verify_page(found, command(found, GROUPS)).encode()
    try:
        with keeping(lambda: f"{page} may be incomplete" if page.is_file() else ""), page.open("xb") as file:
            file.write(content)
    except OSError as error:
        _answer(found, as_json)
        reason = error.strerror or str(error)
        raise TcosimError(
            f"the answer above is complete, but the page {page} could not be written: {reason}"
        ) from error
    typer.echo(f"page: {page}", err=True)


def _answer(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        from tcosim.results.summary import to_json

        sys.stdout.write(to_json(found))
    else:
        from tcosim.cli.console import result_console
        from tcosim.report.terminal.verify_view import print_verify

        print_verify(found, result_console())
    sys.stdout.flush()

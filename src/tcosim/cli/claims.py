"""``tcosim claims``: the published claims, recomputed.

Parses, calls and prints; computes nothing.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any, cast

import typer

from tcosim.cli import options
from tcosim.cli.parsing import Problems, named, samples_option, seed_option
from tcosim.cli.where import Where, computing, where_options
from tcosim.errors import InputError, Problem


def claims(
    source: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="Only the claims of one source, such as article-marka."),
    ] = None,
    samples: Annotated[
        str, typer.Option(metavar="COUNT", help="Futures for each scenario and volume: 1e5, 20k.")
    ] = "2e4",
    simulation: Annotated[
        bool,
        typer.Option("--simulation/--no-simulation", help="Say how probable the asserted verdicts are."),
    ] = True,
    seed: options.Seed = options.DEFAULT_SEED,
    threads: options.Threads = None,
    workers: options.Workers = None,
    scheduler: options.Scheduler = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the page of the documentation.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Recompute what articles say: does the arithmetic hold, can the hardware do it, who contradicts whom."""
    from tcosim.scenario.claims_file import load_claims
    from tcosim.studies.claims import chosen_claims

    problems = Problems()
    futures = problems.collect(lambda: samples_option(samples), 0)
    chosen_seed = problems.collect(lambda: seed_option(seed), 0)
    where = problems.collect(lambda: where_options(threads, workers, scheduler), Where())
    if markdown and as_json:
        problems.collect(_refuse_both, None)
    stated = problems.collect(load_claims, cast("Any", None))
    if stated is not None:
        problems.collect(lambda: _check_source(chosen_claims, stated, source), None)
    problems.raise_any()
    found = _find(stated, source, futures if simulation else 0, chosen_seed, where)
    _answer(found, markdown=markdown, as_json=as_json)


def _refuse_both() -> None:
    raise InputError(Problem("--markdown", "cannot be joined with --json", None, "ask for one of them"))


def _check_source(chosen: Any, stated: Any, source: str | None) -> None:
    with named("source", "--source"):
        chosen(stated, source)


def _find(stated: Any, source: str | None, samples: int, seed: int, where: Where) -> dict[str, Any]:
    """Recompute, and simulate if any futures are asked for."""
    from tcosim.studies import claims as study
    from tcosim.studies.claims_simulated import simulated_futures

    if samples == 0:
        return study.claims(source, simulation=False, seed=seed, stated=stated)
    from tcosim.cli.console import work_console
    from tcosim.cli.progress import run_with_progress

    def work(progress: Any, cancel: Any) -> dict[str, Any]:
        return study.claims(
            source,
            samples=samples,
            seed=seed,
            progress=progress,
            cancel=cancel,
            stated=stated,
            **on,
        )

    total = simulated_futures(study.chosen_claims(stated, source), samples)
    with computing(where) as on:
        return run_with_progress(work, total, work_console())


def _answer(found: dict[str, Any], *, markdown: bool, as_json: bool) -> None:
    """Print the result to stdout: for people, for machines, or as a page."""
    if as_json:
        from tcosim.results.summary import to_json

        sys.stdout.write(to_json(found))
    elif markdown:
        from tcosim.report.documents.claims_page import claims_page

        sys.stdout.write(claims_page(found))
    else:
        from tcosim.cli.console import result_console
        from tcosim.report.terminal.claims_view import print_claims

        print_claims(found, result_console())
    sys.stdout.flush()

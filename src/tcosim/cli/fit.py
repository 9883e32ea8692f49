"""``tcosim fit``: the hourly traffic of real logs as the traffic part of a scenario.

Parses, calls and prints; reads and fits nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tcosim.cli import options
from tcosim.cli.guard import keeping
from tcosim.cli.parsing import Problems, seed_option, threads_option
from tcosim.cli.pictures import check_picture, kept, write_picture
from tcosim.cli.places import check_new_file
from tcosim.errors import InputError, Problem, TcosimError
from tcosim.units import parse_number

if TYPE_CHECKING:
    from tcosim.evidence.traffic.fit import TrafficFit

READING, FITTING = "reading the log", "simulating logs to compare it with"
OPTION_OF = {
    "log": "LOG", "format": "--format", "map": "--map", "zone": "--zone", "gaps": "--gaps", "memory": "--memory",
    "threads": "--threads", "tokens_per_request": "--tokens-per-request",
}  # fmt: skip
"""What the reading of logs calls an option, and how the command line does."""
HOW_TO_MAP = "write it like --map time=created,input=prompt_tokens,output=completion_tokens"


def fit(
    logs: Annotated[
        list[Path],
        typer.Argument(
            metavar="LOG...",
            help="CSV, Parquet or JSON files, plain, gz or zst: requests or hourly counts. Several files are one log.",
        ),
    ],
    format: Annotated[
        str, typer.Option(metavar="NAME", help="What the columns are; auto goes by their names.")
    ] = "auto",
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="ROLE=COLUMN,...",
            help="Columns: time, input, output, cached, total, requests, id; series=COLUMN:VALUE keeps some rows;"
            " start=monday or a date for a log that counts hours.",
        ),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Whose clock the traffic follows: Europe/Berlin, UTC."),
    ] = None,
    gaps: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Hours without rows: auto tells by likelihood, traffic: none came, gap: not collected.",
        ),
    ] = "auto",
    tokens_per_request: Annotated[
        str | None,
        typer.Option(
            "--tokens-per-request", metavar="TOKENS", help="For a log that counts requests alone: 2k."
        ),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile",
            metavar="NAME",
            help="Weekly shape of the library, office-hours for one; taken from the log if left out.",
        ),
    ] = None,
    seed: options.Seed = options.DEFAULT_SEED,
    threads: options.Threads = None,
    memory: Annotated[
        str | None, typer.Option(metavar="SIZE", help="What reading may hold in memory; 1GB if left out.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the fit to this TOML file, for include; must not exist."),
    ] = None,
    png: options.Picture = None,
    as_json: options.Json = False,
) -> None:
    """Fit volume, growth, weekly shape, bursts and spikes to the log of a real service."""
    problems = Problems()
    nothing: dict[str, str] = {}
    mapped = problems.collect(lambda: map_option(columns or []), nothing)
    per_request = problems.collect(lambda: _tokens_option(tokens_per_request), None)
    problems.collect(lambda: _check_profile(profile), None)
    chosen_seed = problems.collect(lambda: seed_option(seed), 0)
    workers = problems.collect(lambda: threads_option(threads), None)
    problems.collect(lambda: check_new_file(out, "--out", ".toml"), None)
    problems.collect(lambda: check_picture(png), None)
    problems.raise_any()

    reading: dict[str, Any] = {
        "format": format, "columns": mapped, "zone": zone, "gaps": gaps,
        "tokens_per_request": per_request, "threads": workers, "memory": memory,
    }  # fmt: skip
    with _as_options():
        fitted = _fit(logs, reading, profile, chosen_seed, workers)
    _hand_over(fitted, chosen_seed, out, png, as_json=as_json)


def map_option(texts: Sequence[str]) -> dict[str, str]:
    """Roles and their columns; whether there are such is for the reading to say."""
    found: dict[str, str] = {}
    problems = []
    for part in (part.strip() for text in texts for part in text.split(",")):
        role, equals, column = (piece.strip() for piece in part.partition("="))
        if not (role and equals and column):
            problems.append(
                Problem("--map", "must be pairs ROLE=COLUMN with commas between them", part, HOW_TO_MAP)
            )
        elif role in found:
            problems.append(Problem("--map", f"must map {role} once", part, "take one of the two out"))
        found[role] = column
    if problems:
        raise InputError(problems)
    return found  # fmt: skip


def _tokens_option(text: str | None) -> float | None:
    return None if text is None else parse_number(text, "--tokens-per-request")


def _check_profile(name: str | None) -> None:
    if name is None:
        return
    from tcosim.scenario.library import default_library

    try:
        default_library().shape(name)
    except InputError as error:
        raise InputError([replace(one, field="--profile") for one in error.problems]) from None


@contextmanager
def _as_options() -> Iterator[None]:
    """Name what is wrong as the command line calls it."""
    try:
        yield
    except InputError as error:
        raise InputError(
            [replace(one, field=OPTION_OF.get(one.field, one.field)) for one in error.problems]
        ) from error


def _fit(
    logs: Sequence[Path], reading: dict[str, Any], profile: str | None, seed: int, threads: int | None
) -> TrafficFit:
    from tcosim.cli.console import work_console
    from tcosim.cli.fit_work import Hook, run_in_stages

    def work(hook: Hook) -> TrafficFit:
        from tcosim.evidence.logs.read import read_log
        from tcosim.evidence.traffic.fit import fit_traffic

        hook(READING, 0.0)
        log = read_log(logs, **reading, progress=lambda share: hook(READING, share))
        hook(FITTING, 0.0)
        return fit_traffic(
            log, shape=profile, seed=seed, threads=threads, progress=lambda share: hook(FITTING, share)
        )

    return run_in_stages(work, work_console())


def _hand_over(fitted: TrafficFit, seed: int, out: Path | None, png: Path | None, *, as_json: bool) -> None:
    """Write the file and the picture, and print the answer."""
    from tcosim.evidence.traffic.data import fit_data
    from tcosim.evidence.traffic.file import fitted_toml

    found = fit_data(fitted, seed)
    written: list[str] = []
    with keeping(lambda: "; ".join(written)):
        if out is not None:
            _write(out, fitted_toml(fitted, out.name, seed), lambda: _answer(found, None, as_json))
            written.append(f"{out} is complete")
        if png is not None:
            from tcosim.report.charts.fit import fit_png

            write_picture(png, fit_png(found), lambda: _answer(found, out, as_json))
            written.append(kept(png))
        _answer(found, out, as_json)


def _write(out: Path, toml: str, answer: Any) -> None:
    """Write the file; a full disk does not cost the answer, which took long."""
    try:
        opened = out.open("x", encoding="utf-8", newline="\n")
        with keeping(lambda: f"{out} may be incomplete" if out.is_file() else ""), opened as file:
            file.write(toml)
    except OSError as error:
        answer()
        reason = error.strerror or str(error)
        raise TcosimError(
            f"the answer above is complete, but {out} could not be written: {reason}"
        ) from error
    typer.echo(f"wrote {out}", err=True)  # fmt: skip


def _answer(found: dict[str, Any], out: Path | None, as_json: bool) -> None:
    """Print the fit to stdout, for people or for machines."""
    if as_json:
        from tcosim.results.summary import to_json

        sys.stdout.write(to_json(found))
    else:
        from tcosim.cli.console import result_console
        from tcosim.report.terminal.fit_view import print_fit

        print_fit(found, result_console(), None if out is None else out.name)
    sys.stdout.flush()

"""``tcosim new``: start a scenario file, with comments.

Copies a shipped scenario; knows nothing of its fields.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from tcosim.cli.guard import keeping
from tcosim.errors import InputError, Problem


def new(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="File to write, or - for stdout.")] = Path(
        "scenario.toml"
    ),
    template: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="NAME", help="Shipped scenario to start from; the default one if left out."
        ),
    ] = None,
) -> None:
    """Write a scenario file to start from."""
    text = _template(template)
    if str(path) == "-":
        sys.stdout.write(text)
        return
    try:
        path.touch(exist_ok=False)
        with _whole_or_gone(path):
            path.write_text(text, encoding="utf-8", newline="\n")
    except FileExistsError as error:
        raise InputError(
            Problem("path", "must not exist yet", str(path), "remove it or name another file")
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            Problem("path", f"must be a file that can be written ({reason})", str(path), "name another file")
        ) from error
    with keeping(lambda: f"{path} is complete"):
        sys.stdout.write(f"wrote {path}\n")
        sys.stdout.flush()
    typer.echo(f"next: edit it, then tcosim check {path} and tcosim run {path}", err=True)


@contextmanager
def _whole_or_gone(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _template(name: str | None) -> str:
    from tcosim.scenario.library import DEFAULT_SCENARIO, default_library
    from tcosim.scenario.near import closest, did_you_mean

    library = default_library()
    shipped = library.scenarios()
    chosen = name or DEFAULT_SCENARIO
    if chosen not in shipped:
        way_out = did_you_mean(closest(chosen, shipped)) or f"choose one of {', '.join(shipped)}"
        raise InputError(Problem("--from", "must be a shipped scenario", chosen, way_out))
    return library.scenario_path(chosen).read_text(encoding="utf-8")

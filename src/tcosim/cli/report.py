"""``tcosim report``: the page and the board's sheet, from a run folder alone.

Parses, calls and prints; computes nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

FORMATS_HELP = (
    "html (the page), pdf (a sheet for the board), md, json, png (that sheet); several with commas."
)


DEFAULT_FORMATS = "html,pdf"


def report(
    run: Annotated[
        Path, typer.Argument(metavar="RUN", help="Run folder, as tcosim run named it.", show_default=False)
    ],
    formats: Annotated[str, typer.Option("--format", metavar="LIST", help=FORMATS_HELP)] = DEFAULT_FORMATS,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for the files; the run folder if left out.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace reports that are there.")] = False,
) -> None:
    """Write the page that a director reads in two minutes and an auditor can take apart."""
    tell(run, formats, out, overwrite=overwrite)


def tell(
    run: Path,
    formats: str = DEFAULT_FORMATS,
    out: Path | None = None,
    *,
    overwrite: bool = False,
    err: bool = False,
) -> None:
    """Write reports and print where they are, on stdout or stderr."""
    from tcosim.report.documents.write import write_report

    written = write_report(run, [one.strip() for one in formats.split(",")], out=out, overwrite=overwrite)
    for warning in written.warnings:
        typer.echo(f"warning: {warning}", err=True)
    for file, is_new in written.files.items():
        typer.echo(f"{'report: ' if err else ''}{file}{'' if is_new else ' (it was there already)'}", err=err)

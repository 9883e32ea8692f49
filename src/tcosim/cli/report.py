"""``tcosim report``: the page and the board's sheet, from a run folder alone.

Parses, calls and prints; computes nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tcosim.cli.guard import keeping

FORMATS_HELP = (
    "html (the page), pdf (a sheet for the board), md, json, png (that sheet); several with commas."
)


def report(
    run: Annotated[
        Path, typer.Argument(metavar="RUN", help="Run folder, as tcosim run named it.", show_default=False)
    ],
    formats: Annotated[
        list[str] | None, typer.Option("--format", metavar="LIST", help=FORMATS_HELP, show_default="html,pdf")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for the files; the run folder if left out.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace reports that are there.")] = False,
) -> None:
    """Write the page that a director reads in two minutes and an auditor can take apart."""
    tell(run, formats_option(formats), out, overwrite=overwrite)


def formats_option(given: list[str] | None) -> tuple[str, ...]:
    """Formats as they are written: with commas or blanks, in either case, the option once or repeated."""
    from tcosim.report.documents.render import DEFAULT_FORMATS, check_formats

    if given is None:
        return DEFAULT_FORMATS
    return check_formats(part.lower() for text in given for part in text.replace(",", " ").split())


def tell(
    run: Path,
    formats: tuple[str, ...] | None = None,
    out: Path | None = None,
    *,
    overwrite: bool = False,
    err: bool = False,
) -> None:
    """Write reports and print where they are, on stdout or stderr."""
    from tcosim.report.documents.render import DEFAULT_FORMATS
    from tcosim.report.documents.write import write_report

    written = write_report(run, formats or DEFAULT_FORMATS, out=out, overwrite=overwrite)
    for warning in written.warnings:
        typer.echo(f"warning: {warning}", err=True)
    with keeping(lambda: f"the reports are complete: {', '.join(map(str, written.files))}"):
        for file, is_new in written.files.items():
            typer.echo(
                f"{'report: ' if err else ''}{file}{'' if is_new else ' (it was there already)'}", err=err
            )

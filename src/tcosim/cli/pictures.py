"""Pictures that a command draws beside its answer: refused before any work, never in the way of the answer.

Knows files; knows nothing of what is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from tcosim.cli.guard import keeping
from tcosim.cli.places import check_new_file
from tcosim.errors import TcosimError


def check_picture(png: Path | None) -> None:
    """Refuse a place for a picture before simulating, not after.

    Raises
    ------
    InputError
        If there is such a file, its name does not end in .png, or its folder cannot be written.
    """
    check_new_file(png, "--png", ".png")


def write_picture(png: Path, picture: bytes, answer: Callable[[], None]) -> None:
    """Write a picture, and say so.

    Parameters
    ----------
    answer : callable
        Prints the answer; called if the picture cannot be written, so that a full disk does not cost the answer.

    Raises
    ------
    TcosimError
        If it cannot be written.
    """
    try:
        with keeping(lambda: f"{png} may be incomplete" if png.is_file() else ""), png.open("xb") as file:
            file.write(picture)
    except OSError as error:
        answer()
        reason = error.strerror or str(error)
        raise TcosimError(
            f"the answer above is complete, but the picture {png} could not be written: {reason}"
        ) from error
    typer.echo(f"picture: {png}", err=True)


def kept(png: Path | None) -> str:
    """What is kept of a picture if the answer fails; empty without one."""
    return "" if png is None or not png.exists() else f"the picture {png} is complete"

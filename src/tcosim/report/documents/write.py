"""Write reports of a run folder: all of what was asked for, or nothing.

Knows files; knows nothing of what is in them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tcosim.errors import InputError, Problem
from tcosim.report.documents.render import DEFAULT_FORMATS, check_formats, render
from tcosim.results.target import partial_name


@dataclass(frozen=True)
class Written:
    """Files of a report on the disk.

    Attributes
    ----------
    files : dict of Path to bool
        Whether each is new; one that held the same bytes already was left alone.
    warnings : list of str
        What the reader of a file would miss.
    """

    files: dict[Path, bool]
    warnings: list[str]


def write_report(
    path: Path | str,
    formats: Iterable[str] = DEFAULT_FORMATS,
    *,
    out: Path | str | None = None,
    overwrite: bool = False,
) -> Written:
    """Write reports of a run folder.

    Parameters
    ----------
    path : Path or str
        A run folder.
    formats : iterable of {"html", "pdf", "md", "json", "png"}
        The page, the sheet for the board, the page as Markdown and as data, and the sheet as a picture.
    out : Path or str, optional
        Folder for the files, made if it is missing; the run folder if left out.
    overwrite : bool
        Replace files that exist; without it one that differs is refused, and then nothing is written.

    Raises
    ------
    InputError
        If a format is unknown, the folder is no run folder, damaged or of a newer version, or a file is in the way.
    """
    asked = check_formats(formats)
    folder = Path(path if out is None else out)
    if out is not None:
        _check_folder(folder)
    rendered = render(path, asked)
    files = {folder / name: content for name, content in rendered.files.items()}
    there = {file: _holds(file, content) for file, content in files.items()}
    in_the_way = [file for file, same in there.items() if not same and os.path.lexists(file)]
    folders = [file for file in in_the_way if file.is_dir()]
    if folders:
        raise InputError(
            [
                Problem(
                    "out", "must be a file, this is a folder", str(file), "choose another folder with --out"
                )
                for file in folders
            ]
        )
    if in_the_way and not overwrite:
        raise InputError(
            [
                Problem(
                    "out",
                    "must not exist yet, or hold the same report",
                    str(file),
                    "say --overwrite, or choose another folder with --out",
                )
                for file in in_the_way
            ]
        )
    _write({file: content for file, content in files.items() if not there[file]}, folder)
    return Written({file: not same for file, same in there.items()}, rendered.warnings)


def _check_folder(folder: Path) -> None:
    rule = ""
    if os.path.lexists(folder) and not folder.is_dir():
        rule = "must be a folder, this is a file"
    elif folder.is_dir() and not os.access(folder, os.W_OK):
        rule = "must be a folder that can be written"
    if rule:
        raise InputError(Problem("out", rule, str(folder), "choose another folder with --out"))


def _holds(file: Path, content: bytes) -> bool:
    try:
        return file.read_bytes() == content
    except OSError:
        return False


def _write(files: Mapping[Path, bytes], folder: Path) -> None:
    """Write all files beside their places, then give them their names."""
    partial: dict[Path, Path] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            partial[file] = file.with_name(partial_name(file.name))
            partial[file].write_bytes(content)
        for file, written in partial.items():
            written.replace(file)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            Problem(
                "out",
                f"the report could not be written ({reason})",
                str(folder),
                "choose another folder with --out",
            )
        ) from error
    finally:
        for written in partial.values():
            written.unlink(missing_ok=True)

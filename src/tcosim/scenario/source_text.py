"""From a path or a name to the text of a scenario, and from the text to its raw tables.

Knows files and TOML; knows nothing of fields.
"""

from __future__ import annotations

import contextlib
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tcosim.errors import InputError, Problem
from tcosim.files import Unreadable, check_shape, read_bytes, said_bytes
from tcosim.limits import MOST_ENTRIES, SCENARIO_BYTES
from tcosim.scenario.library import Library
from tcosim.scenario.near import closest, did_you_mean
from tcosim.scenario.nesting import check_nesting
from tcosim.scenario.notes import as_written
from tcosim.scenario.syntax import syntax_problem

_START_ONE = "start one with: tcosim new"


@dataclass(frozen=True)
class SourceText:
    """The text of a scenario, what messages call it, and the folder that its file names are relative to."""

    text: str
    origin: str
    folder: Path | None = None


def read_source(path_or_name: str | os.PathLike[str], library: Library) -> SourceText:
    """Read a scenario file, or a scenario that ships with the library.

    Raises
    ------
    tcosim.errors.InputError
        If there is no such file or it cannot be read as text.
    """
    given = os.fspath(path_or_name)
    path = Path(given)
    try:
        is_there = path.exists()
    except (OSError, ValueError):
        is_there = False
    if not is_there or (path.is_dir() and given in library.scenarios()):
        if given not in library.scenarios():
            raise InputError(_not_found(given, library))
        path = library.scenario_path(given)
    if path.is_dir():
        raise InputError(
            Problem(
                "scenario",
                "must be a file, this is a directory",
                given,
                f"name the file in it, or {_START_ONE}",
            )
        )
    return SourceText(read_text(path), str(path), path.parent)


def _not_found(given: str, library: Library) -> Problem:
    folder = Path(given).parent
    beside: list[str] = []
    with contextlib.suppress(OSError, ValueError):
        beside = [str(path) for path in sorted(folder.glob("*.toml"))[:200]]
    # What the names have in common, folder and ending, says nothing about how near they are.
    named = {**{Path(path).stem: path for path in beside}, **{name: name for name in library.scenarios()}}
    near = [named[stem] for stem in closest(Path(given).stem, named, most=2)]
    rule = f"must be a file or a shipped scenario ({', '.join(library.scenarios())})"
    return Problem("scenario", rule, as_written(given), did_you_mean(near) or _START_ONE)


def read_text(path: Path) -> str:
    """Read a file as text.

    Raises
    ------
    tcosim.errors.InputError
        If it is no regular file, cannot be read, is too large or is not UTF-8.
    """
    try:
        return decoded(read_bytes(path, SCENARIO_BYTES), str(path))
    except Unreadable as error:
        raise InputError(Problem("scenario", error.rule, str(path), _way_out(error))) from error


def _way_out(error: Unreadable) -> str:
    if "smaller" in error.rule:
        return "is it a scenario? Put long lists into a file of their own"
    return error.way_out


def decoded(content: bytes, origin: str) -> str:
    """Decode the text of a scenario.

    Raises
    ------
    tcosim.errors.InputError
        If it is not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            Problem("scenario", "must be UTF-8 text", None, "save the file as UTF-8", f"{origin}:{line}")
        ) from error


def parse_toml(source: SourceText) -> dict[str, object]:
    """Parse the text of a scenario.

    Raises
    ------
    tcosim.errors.InputError
        If it is no TOML, with line and column, or goes beyond `tcosim.limits`.
    """
    try:
        if len(source.text) > SCENARIO_BYTES:
            raise Unreadable(f"must be smaller than {said_bytes(SCENARIO_BYTES)}")
        check_nesting(source.text)
        raw = tomllib.loads(source.text)
        check_shape(raw, MOST_ENTRIES)
    except tomllib.TOMLDecodeError as error:
        raise InputError(syntax_problem(str(error), source.text, source.origin)) from error
    except Unreadable as error:
        raise InputError(Problem("scenario", error.rule, None, _way_out(error), source.origin)) from error
    except ValueError as error:  # dates that no calendar has, numbers of thousands of digits
        rule = "is not valid TOML: a number or date in it cannot be read"
        way_out = "write numbers that can occur, and dates of the calendar"
        raise InputError(Problem("scenario", rule, None, way_out, source.origin)) from error
    return raw

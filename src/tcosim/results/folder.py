"""The run folder: what it holds, and reading it back with every check that finds damage.

Knows files; knows nothing of how the content was made, written or what it means.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tcosim.errors import InputError, Problem
from tcosim.files import Unreadable, check_regular, decoded, read_bytes, read_json
from tcosim.limits import ASSUMPTIONS_BYTES, CHECKSUMS_BYTES, RESULT_BYTES, SCENARIO_BYTES, SUMMARY_BYTES
from tcosim.results import checksums
from tcosim.results.schema import COORDINATES, SCHEMA_VERSION, SKETCHES, VARIABLES
from tcosim.results.summary_shape import summary_fault

if TYPE_CHECKING:
    import xarray as xr

SCENARIO, ASSUMPTIONS, SUMMARY, RESULT, CHECKSUMS = (
    "scenario.toml",
    "assumptions.json",
    "summary.json",
    "result.nc",
    "checksums.b2",
)
FILES = (SCENARIO, ASSUMPTIONS, SUMMARY, RESULT)
"""What a run folder holds, beside the checksums of these files."""
LARGEST = {
    SCENARIO: SCENARIO_BYTES, ASSUMPTIONS: ASSUMPTIONS_BYTES, SUMMARY: SUMMARY_BYTES, RESULT: RESULT_BYTES,
    CHECKSUMS: CHECKSUMS_BYTES,
}  # fmt: skip
"""Sizes up to which they are read [byte]; each must be a regular file, for a run folder is data only."""


@dataclass(frozen=True)
class Run:
    """A run folder that was read and found whole.

    Attributes
    ----------
    path : Path
    scenario_toml : str
        The resolved scenario, every field explicit.
    assumptions : dict
        What the run stood on, with its sources: `tcosim.results.assumptions.assumption_snapshot`.
    summary : dict
        The content of ``summary.json``.
    """

    path: Path
    scenario_toml: str
    assumptions: dict[str, Any]
    summary: dict[str, Any]

    @contextmanager
    def dataset(self) -> Iterator[xr.Dataset]:
        """Open ``result.nc`` for the length of a ``with`` block; arrays are read when asked for."""
        from tcosim.results.netcdf import read_dataset

        try:
            check_regular(self.path / RESULT, RESULT_BYTES, links=False)
            opened = read_dataset(self.path / RESULT)
        except Unreadable as error:
            raise _damaged(self.path, f"{RESULT} {error.rule}") from error
        except Exception as error:  # whatever the libraries meet in the file, the file is to blame
            raise _damaged(self.path, f"{RESULT} cannot be read ({_first_line(error)})") from error
        try:
            if fault := _unlike(opened, self.summary):
                raise _damaged(self.path, f"{RESULT} or {SUMMARY} is not what its schema says ({fault})")
            yield opened
        finally:
            opened.close()

    def load(self) -> xr.Dataset:
        """Return the whole Dataset, read into memory and checked against the schema."""
        from tcosim.results.validity import validate

        with self.dataset() as opened:
            try:
                loaded = opened.load()
                validate(loaded)
            except Exception as error:  # as above
                raise _damaged(
                    self.path, f"{RESULT} is not what its schema says ({_first_line(error)})"
                ) from error
        return loaded


def open_run(path: Path | str, *, verify: bool = True) -> Run:
    """Read a run folder.

    Parameters
    ----------
    path : Path or str
    verify : bool
        Compare the checksums of all files (0.3 s for a million futures).

    Raises
    ------
    InputError
        If it is no run folder, was written by a newer version, or is damaged.
    """
    path = Path(path)
    if not path.is_dir():
        rule = "must be a run folder, not a file" if path.exists() else "must exist"
        raise InputError(
            Problem("run", rule, str(path), "give the folder that tcosim run named when it finished")
        )
    missing = [name for name in (*FILES, CHECKSUMS) if not os.path.lexists(path / name)]
    if missing:
        raise InputError(
            Problem(
                "run",
                f"must be a run folder, but {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing",
                str(path),
                "give the folder that tcosim run named when it finished; if this is one, another version of tcosim"
                " wrote it or it is damaged: run its scenario.toml again",
            )
        )
    for name, largest in LARGEST.items():
        try:
            check_regular(path / name, largest, links=False)
        except Unreadable as error:
            raise _damaged(path, f"{name} {error.rule}") from error
    summary = _read_json(path, SUMMARY)
    version = summary.get("schema_version") if isinstance(summary, dict) else None
    if isinstance(version, bool) or not isinstance(version, int):
        raise _damaged(path, f"{SUMMARY} states no schema_version")
    if version > SCHEMA_VERSION:
        raise InputError(
            Problem(
                "run",
                f"must have schema_version {SCHEMA_VERSION} or older",
                f"{path} with {version}",
                "install the newer tcosim that wrote it",
            )
        )
    if fault := summary_fault(summary):
        raise _damaged(path, f"{SUMMARY} is not what its schema says ({fault})")
    if verify:
        try:
            changed = checksums.damaged(path, _read_text(path, CHECKSUMS), FILES)
        except (OSError, ValueError) as error:
            raise _damaged(path, f"{CHECKSUMS} cannot be read ({_first_line(error)})") from error
        if changed:
            raise _damaged(path, f"{', '.join(changed)} changed since it was written")
    return Run(path, _read_text(path, SCENARIO), _read_assumptions(path), summary)


def _unlike(dataset: xr.Dataset, summary: Mapping[str, Any]) -> str:
    """Say what the arrays have otherwise than their schema or the summary, by whose months and options they are read.

    Reads the names of the options and no other array. Runs of before there were sketches are read without them.
    """
    from tcosim.results.validity import shape_problems

    if fault := next(shape_problems(dataset), ""):
        return fault
    absent = [one.name for one in (*COORDINATES, *VARIABLES) if one.name not in dataset.variables]
    if lacking := [name for name in absent if name not in SKETCHES]:
        return f"missing: {', '.join(lacking)}"
    names = ("seed", "samples", "months")
    if "option" not in dataset.variables or any(name not in dataset.attrs for name in names):
        return "it lacks options, seed, samples or months"
    if [str(name) for name in dataset["option"].values.ravel()] != [
        one["name"] for one in summary["options"]
    ]:
        return f"its options are not those of {SUMMARY}"
    other = next((name for name in names if str(dataset.attrs[name]) != str(summary[name])), "")
    return f"its {other} is not that of {SUMMARY}" if other else ""


def _read_assumptions(path: Path) -> dict[str, Any]:
    from tcosim.results.assumptions import shape_fault

    content: dict[str, Any] = _read_json(path, ASSUMPTIONS)
    if fault := shape_fault(content):
        raise _damaged(path, f"{ASSUMPTIONS} does not hold the assumptions of a run ({fault})")
    return content


def _read_json(path: Path, name: str) -> Any:
    try:
        return read_json(path / name, LARGEST[name], links=False)
    except Unreadable as error:
        raise _damaged(path, f"{name} cannot be read ({error.rule})") from error


def _read_text(path: Path, name: str) -> str:
    try:
        return decoded(read_bytes(path / name, LARGEST[name], links=False))
    except Unreadable as error:
        raise _damaged(path, f"{name} cannot be read ({error.rule})") from error


def _damaged(path: Path, what: str) -> InputError:
    return InputError(
        Problem("run", f"must be whole: {what}", str(path), "run the scenario again, same seed, same result")
    )


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]

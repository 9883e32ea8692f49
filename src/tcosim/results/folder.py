"""The run folder: written whole or not at all, and read back with every check that finds damage.

Knows files; knows nothing of how the content was made or what it means.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tcosim.errors import InputError, Problem, TcosimError
from tcosim.results import checksums
from tcosim.results.schema import COMPONENTS, KEPT_FUTURES, QUANTILES, SCHEMA_VERSION
from tcosim.results.summary import plain, to_json
from tcosim.results.target import check_target, partial_name

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
            opened = read_dataset(self.path / RESULT)
        except (OSError, ValueError, KeyError) as error:
            raise _damaged(self.path, f"{RESULT} cannot be read ({_first_line(error)})") from error
        try:
            yield opened
        finally:
            opened.close()

    def load(self) -> xr.Dataset:
        """Return the whole Dataset, read into memory and checked against the schema."""
        from tcosim.results.dataset import validate

        with self.dataset() as opened:
            try:
                loaded = opened.load()
                validate(loaded)
            except (OSError, ValueError, KeyError, TcosimError) as error:
                raise _damaged(
                    self.path, f"{RESULT} is not what its schema says ({_first_line(error)})"
                ) from error
        return loaded


def expected_bytes(samples: int, options: int, inputs: int, months: int) -> int:
    """Size of a run folder on disk, within a few percent [byte]."""
    kept = min(samples, KEPT_FUTURES)
    a_future = options * (8 + 4 + 4) + inputs * 4 + 8
    a_month = (options + 1) * len(QUANTILES) * 8
    return kept * a_future + months * a_month + options * len(COMPONENTS) * 8 + 200_000


def write_run(
    path: Path | str,
    dataset: xr.Dataset,
    *,
    scenario_toml: str,
    assumptions: Mapping[str, object],
    summary: Mapping[str, object],
) -> Path:
    """Write a run folder, whole or not at all.

    The files are written to a hidden sibling, flushed to the disk and given their name in one step, so that a
    reader never sees half a folder. The bytes depend on the arguments alone.

    Parameters
    ----------
    path : Path or str
        A folder that does not exist yet; missing parents are made.
    dataset : xarray.Dataset
        Valid by `tcosim.results.dataset.validate`.
    scenario_toml : str
        The resolved scenario.
    assumptions : mapping
        What `tcosim.results.assumptions.assumption_snapshot` returns.
    summary : mapping
        What `tcosim.analysis.summarize` returns.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        If the place cannot be written, or the assumptions are none; nothing is left behind.
    """
    from tcosim.results.assumptions import shape_fault
    from tcosim.results.netcdf import write_dataset

    path = Path(path)
    if fault := shape_fault(plain(assumptions)):
        raise InputError(
            Problem("assumptions", f"must be a snapshot ({fault})", None, "take it from assumption_snapshot")
        )
    check_target(path)
    partial = path.parent / partial_name(path.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.mkdir()
        _write_text(partial / SCENARIO, scenario_toml)
        _write_text(partial / ASSUMPTIONS, to_json(assumptions))
        _write_text(partial / SUMMARY, to_json(summary))
        write_dataset(dataset, partial / RESULT)
        _write_text(partial / CHECKSUMS, checksums.listing(partial, FILES))
        for name in (*FILES, CHECKSUMS):
            _flush(partial / name)
        _flush(partial)
        if os.path.lexists(path):  # appeared meanwhile: rename() would replace an empty folder
            raise FileExistsError(None, "it appeared during the run")
        partial.rename(path)
        _flush(path.parent)
    except OSError as error:
        reason = error.strerror or _first_line(error)
        raise InputError(
            Problem("out", f"the run folder could not be written ({reason})", str(path), "nothing was kept")
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return path


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
    missing = [name for name in (*FILES, CHECKSUMS) if not (path / name).is_file()]
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
    if verify:
        try:
            changed = checksums.damaged(path, (path / CHECKSUMS).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise _damaged(path, f"{CHECKSUMS} cannot be read ({_first_line(error)})") from error
        if changed:
            raise _damaged(path, f"{', '.join(changed)} changed since it was written")
    try:
        scenario = (path / SCENARIO).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(path, f"{SCENARIO} cannot be read ({_first_line(error)})") from error
    return Run(path, scenario, _read_assumptions(path), summary)


def _read_assumptions(path: Path) -> dict[str, Any]:
    from tcosim.results.assumptions import shape_fault

    content: dict[str, Any] = _read_json(path, ASSUMPTIONS)
    if fault := shape_fault(content):
        raise _damaged(path, f"{ASSUMPTIONS} does not hold the assumptions of a run ({fault})")
    return content


def _read_json(path: Path, name: str) -> Any:
    try:
        return json.loads((path / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(path, f"{name} cannot be read ({_first_line(error)})") from error


def _damaged(path: Path, what: str) -> InputError:
    return InputError(
        Problem("run", f"must be whole: {what}", str(path), "run the scenario again, same seed, same result")
    )


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _flush(path: Path) -> None:
    """Make sure that a file, or the entries of a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

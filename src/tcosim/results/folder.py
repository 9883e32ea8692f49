"""The run folder: what it holds, and reading it back with every check that finds damage.

Knows files; knows nothing of how the content was made, written or what it means.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tcosim.errors import InputError, Problem, TcosimError
from tcosim.results import checksums
from tcosim.results.schema import SCHEMA_VERSION

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

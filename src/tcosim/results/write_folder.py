"""Write a run folder, whole or not at all.

Knows files; knows nothing of how the content was made or what it means.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tcosim.errors import InputError, Problem
from tcosim.results import checksums
from tcosim.results.durable import flush
from tcosim.results.folder import ASSUMPTIONS, CHECKSUMS, FILES, RESULT, SCENARIO, SUMMARY
from tcosim.results.schema import COMPONENTS, KEPT_FUTURES, QUANTILES
from tcosim.results.summary import plain, to_json
from tcosim.results.target import check_target, partial_name

if TYPE_CHECKING:
    import xarray as xr


OVERHEAD_BYTES = 500_000
"""Names, units and other attributes of the arrays take 45 kB in their file, with fifty options ten times as much."""
SKETCH_BINS = 60_000
"""A sketch of 1e7 lognormal futures of four options had 35,000 bins."""


def expected_bytes(samples: int, options: int, inputs: int, months: int) -> int:
    """Size of a run folder on disk, within a few percent [byte]."""
    kept = min(samples, KEPT_FUTURES)
    a_future = options * (8 + 4 + 4) + inputs * 4 + 8
    a_month = (options + 1) * len(QUANTILES) * 8
    sketch = 0 if samples <= KEPT_FUTURES else sketch_bytes(options)
    return kept * a_future + months * a_month + options * len(COMPONENTS) * 8 + sketch + 200_000


def sketch_bytes(options: int) -> int:
    """Size of the sketch of a run, of any number of futures [byte]."""
    return SKETCH_BINS * (3 * 8 * options + 4)


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
    made = [one for one in path.absolute().parents if not one.exists()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.mkdir()
        _write_text(partial / SCENARIO, scenario_toml)
        _write_text(partial / ASSUMPTIONS, to_json(assumptions))
        _write_text(partial / SUMMARY, to_json(summary))
        _reserve(partial / RESULT, dataset.nbytes + OVERHEAD_BYTES)
        write_dataset(dataset, partial / RESULT)
        _write_text(partial / CHECKSUMS, checksums.listing(partial, FILES))
        for name in (*FILES, CHECKSUMS):
            flush(partial / name)
        flush(partial)
        if os.path.lexists(path):  # appeared meanwhile: rename() would replace an empty folder
            raise FileExistsError(None, "it appeared during the run")
        partial.rename(path)
        for folder in (path, *made):
            flush(folder.absolute().parent)
    except (OSError, RuntimeError) as error:  # HDF5 has either
        raise InputError(
            Problem(
                "out",
                f"the run folder could not be written ({_reason(error)})",
                str(path),
                "free some space, or choose another folder",
            )
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return path


def _reserve(path: Path, size: int) -> None:
    """Have a disk that is full say so now: HDF5, which meets it half-way, cannot even close its file then."""
    if not hasattr(os, "posix_fallocate"):
        return
    with path.open("xb") as file:
        try:
            os.posix_fallocate(file.fileno(), 0, size)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):  # this disk cannot tell
                raise
    path.unlink()


def _reason(error: OSError | RuntimeError) -> str:
    """What went wrong, without the state of the HDF5 library."""
    if number := re.search(r"errno = (\d+)", str(error)):
        return os.strerror(int(number[1]))
    text = (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
    return text.splitlines()[0]


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")

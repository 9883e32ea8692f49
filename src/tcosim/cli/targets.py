"""Where a run folder goes, and whether it can be written there.

Knows names and places; knows neither what is simulated nor what is printed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tcosim.cli.guard import keeping

if TYPE_CHECKING:
    import xarray as xr

    from tcosim.scenario.models import Scenario

RUNS = Path("runs")
"""Where run folders go if nothing else is said, below the working directory."""


def default_target(scenario: Scenario, seed: int, samples: int, below: Path = RUNS) -> Path:
    """Name the folder by what determines its content, so that two different runs never share one."""
    from tcosim import __version__

    content = f"{scenario.sha256()} {scenario.library_sha256} {__version__}"
    digest = hashlib.sha256(content.encode()).hexdigest()[:8]
    return below / f"{scenario.name}-{seed}-{_short_count(samples)}-{digest}"


def _short_count(count: int) -> str:
    """``1e6`` for a million; the plain digits of a less round number."""
    digits = str(count)
    zeros = len(digits) - len(digits.rstrip("0"))
    return f"{digits[: len(digits) - zeros]}e{zeros}" if zeros >= 3 else digits


def check_target(target: Path, scenario: Scenario, samples: int, *, kept_bytes: int = 0) -> None:
    """Refuse a place where the folder of a run cannot be written, before hours of work.

    Parameters
    ----------
    kept_bytes : int
        What finished blocks have taken of the disk already.

    Raises
    ------
    InputError
        If it exists, cannot be written, or the disk has too little space.
    """
    from tcosim.engine.shards import WORTH_KEEPING_FUTURES
    from tcosim.results.target import check_target
    from tcosim.results.write_folder import expected_bytes

    needed = expected_bytes(samples, len(scenario.options), len(scenario.uncertain_inputs()), scenario.months)
    # finished blocks lie beside the folder until it is whole
    blocks = max(0, needed - kept_bytes) if samples > WORTH_KEEPING_FUTURES else 0
    check_target(target, needed + blocks, field="--out")


def next_free(target: Path, *, but_own: bool = False) -> Path:
    """The folder itself, or one with a number behind it if it is there or, unless by this process, being written."""
    from tcosim.results.folder_lock import is_written
    from tcosim.results.unfinished import unfinished_path

    number, free = 1, target
    while free.exists() or (not but_own and is_written(unfinished_path(free))):
        number += 1
        free = target.with_name(f"{target.name}-{number}")
    return free


def write(
    target: Path, dataset: xr.Dataset, scenario: Scenario, summary: dict[str, Any], *, reuse: bool
) -> tuple[Path, bool]:
    """Write the run folder, and say whether it is new; a default one that holds exactly this run already stays."""
    from tcosim.results.assumptions import assumption_snapshot
    from tcosim.results.write_folder import write_run
    from tcosim.sampling.families import ppf
    from tcosim.scenario.write import resolved_toml

    if reuse and target.exists():
        if holds(target, summary):
            return target, False
        target = next_free(target, but_own=True)
    # The folder gets its name in one step, possibly just before the work is stopped.
    with keeping(lambda: f"the run folder {target} is complete" if holds(target, summary) else ""):
        written = write_run(
            target,
            dataset,
            scenario_toml=resolved_toml(scenario),
            assumptions=assumption_snapshot(scenario, ppf),
            summary=summary,
        )
    return written, True


def holds(target: Path, summary: dict[str, Any]) -> bool:
    """Whether a folder is the whole one of exactly this run."""
    from tcosim.errors import InputError
    from tcosim.results.folder import open_run

    try:
        return open_run(target).summary == summary
    except InputError:
        return False

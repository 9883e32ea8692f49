"""One run from what was asked for to its folder, or to the folder that holds it already; nothing is printed of it.

Knows requests, places and where to compute; knows no command.
"""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tcosim.cli import unfinished
from tcosim.cli.console import warn, work_console
from tcosim.cli.request import Request
from tcosim.cli.targets import RUNS, check_target, default_target, write

if TYPE_CHECKING:
    import xarray as xr

    from tcosim.engine.checkpoint import Checkpoint
    from tcosim.results.unfinished import Unfinished
    from tcosim.scenario.models import Scenario


@dataclass(frozen=True)
class Finished:
    """A run folder and what is in it.

    Attributes
    ----------
    path : Path
    summary : dict
        The content of ``summary.json``.
    is_new : bool
        Whether it was not there before.
    """

    path: Path
    summary: dict[str, Any]
    is_new: bool


def find(request: Request, below: Path = RUNS) -> Finished | None:
    """The run folder that holds exactly what is asked for, if one is there under the name that it would get."""
    from tcosim.errors import InputError
    from tcosim.results.folder import CHECKSUMS, open_run

    first = default_target(request.scenario, request.seed, request.samples, below)
    start, digest = f"{request.scenario.name}-{request.seed}-", first.name.rpartition("-")[2]
    # with a precision the number of futures is known afterwards; behind the digest there may be a number
    names = f"{glob.escape(start)}*-{digest}*" if request.precision else f"{glob.escape(first.name)}*"
    for path in sorted(below.glob(names)):
        if not (path / CHECKSUMS).is_file():
            continue
        try:
            summary = open_run(path).summary
        except InputError:  # damaged, or another's
            continue
        if _answers(summary, request):
            return Finished(path, summary, False)
    return None


def _answers(summary: dict[str, Any], request: Request) -> bool:
    """Whether a summary is that of the run asked for, and not one with a budget, which says more."""
    from tcosim.engine.identity import identity

    precision = summary.get("precision") or {}
    found = summary | {"samples": precision.get("most", summary.get("samples"))}
    asked = identity(request.scenario, request.samples, request.seed)
    keys = ("tcosim_version", "scenario_sha256", "library_sha256", "seed", "samples")
    return (
        all(found.get(key) == asked[key] for key in keys)
        and precision.get("asked") == request.precision
        and not any("loss_over_budget" in option for option in summary.get("options", ()))
    )


def run_one(request: Request, on: dict[str, Any], below: Path = RUNS, label: str = "") -> Finished:
    """Simulate what is asked for and write its run folder, or go on where an earlier process stopped.

    Parameters
    ----------
    request : Request
    on : dict
        Where to compute, of `tcosim.cli.where.computing`.
    below : Path
        Where the folder goes; it gets the name that ``tcosim run`` gives.
    label : str
        Put behind what is said of the futures.

    Raises
    ------
    InputError, TcosimError
        If the scenario cannot be simulated, or the folder not be written.
    KeyboardInterrupt
        On Ctrl-C; with a note on what is kept.
    """
    from tcosim.analysis.summarize import summarize

    target, folder = _place(request, below)
    with unfinished.kept_blocks(folder, request, target, told=warn) as checkpoint:
        dataset, reached = simulated(request, checkpoint, on, label)
        samples = int(dataset.attrs["samples"])
        by_volume = other_volumes(request.scenario, samples, request.seed, on["threads"], label)
        target = default_target(request.scenario, request.seed, samples, below)
        summary = summarize(dataset, budget_usd=request.budget_usd, curve=by_volume) | (
            {"precision": reached} if reached else {}
        )
        written, is_new = write(target, dataset, request.scenario, summary, reuse=True)
        folder.discard()
    return Finished(written, summary, is_new)


def _place(request: Request, below: Path) -> tuple[Path, Unfinished]:
    """Where the folder goes, and its finished blocks: those of the same run that stopped, if there is one."""
    from tcosim.results.folder_lock import Taken
    from tcosim.results.unfinished import MANIFEST, unfinished_path

    target = default_target(request.scenario, request.seed, request.samples, below)
    if os.path.lexists(unfinished_path(target) / MANIFEST) and not os.path.lexists(target):
        try:
            found, folder = unfinished.resume(target)
        except Taken:  # another process is at it
            return unfinished.begin_free(request, target)
        try:
            if found.manifest() == request.manifest():
                check_target(target, request.scenario, request.samples, kept_bytes=folder.size_bytes())
                return target, folder
        except BaseException:
            folder.close()
            raise
        folder.close()
    return unfinished.begin_free(request, target)


def simulated(
    request: Request, checkpoint: Checkpoint | None, on: dict[str, Any], label: str = ""
) -> tuple[xr.Dataset, dict[str, Any] | None]:
    """Simulate so many futures, or as many as a precision takes and then say what it took."""
    from tcosim.cli.progress import run_with_progress

    def work(progress: Any, cancel: Any) -> tuple[xr.Dataset, dict[str, Any] | None]:
        hooks = {"seed": request.seed, "checkpoint": checkpoint, "progress": progress, "cancel": cancel, **on}
        if request.precision is None:
            from tcosim import engine

            return engine.simulate(request.scenario, samples=request.samples, **hooks), None
        from tcosim.studies.precision import simulate_to_precision

        dataset, reached = simulate_to_precision(
            request.scenario, request.precision, most=request.samples, **hooks
        )
        return dataset, reached.as_dict()

    return run_with_progress(
        work, request.samples, work_console(), is_most=request.precision is not None, where=label
    )


def other_volumes(
    scenario: Scenario, samples: int, seed: int, threads: int | None, label: str = ""
) -> xr.Dataset:
    """The curve of the report, from which volume on: by so few futures that this process is enough for it."""
    from tcosim.cli.progress import run_with_progress
    from tcosim.results.schema import CURVE_FUTURES
    from tcosim.studies import curve as study

    grid, futures = study.default_volumes(scenario), min(samples, CURVE_FUTURES)

    def work(progress: Any, cancel: Any) -> xr.Dataset:
        return study.curve(
            scenario, grid, samples=futures, seed=seed, threads=threads, progress=progress, cancel=cancel
        )

    return run_with_progress(work, futures * len(grid), work_console(), where=f" at other volumes{label}")

"""A run that may die and go on: its finished blocks, and what it was asked for beside them.

Knows folders; simulates and prints nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tcosim.cli.guard import keeping
from tcosim.cli.parsing import named
from tcosim.cli.request import Request, check_same, request_of_manifest, request_of_run
from tcosim.cli.targets import check_target, next_free
from tcosim.errors import InputError, Problem

if TYPE_CHECKING:
    from tcosim.engine.checkpoint import Checkpoint
    from tcosim.results.folder import Run
    from tcosim.results.unfinished import Unfinished

__all__ = ["Request", "begin", "begin_free", "check_same", "finished", "kept_blocks", "resume"]


def begin(request: Request, target: Path) -> Unfinished:
    """Take the place beside a run folder to be, where its finished blocks go.

    Raises
    ------
    InputError
        If another run is writing there or has finished (`Taken`), or an unfinished one or something else lies there.
    """
    from tcosim.engine.shard_files import SUMS
    from tcosim.results.folder import SCENARIO
    from tcosim.results.folder_lock import Taken
    from tcosim.results.unfinished import SUFFIX, Unfinished, foreign_files, unfinished_path
    from tcosim.scenario.write import resolved_toml

    if target.name.endswith(SUFFIX):
        raise InputError(
            Problem(
                "--out", f"must not end in {SUFFIX}", str(target), "that is how unfinished runs are named"
            )
        )
    if others := foreign_files(unfinished_path(target)):
        raise InputError(
            Problem(
                "--out",
                f"must have a place for finished blocks beside it, but {unfinished_path(target)} holds {others[0]}",
                str(target),
                "move that folder, or choose another with --out",
            )
        )
    folder = Unfinished(unfinished_path(target))
    try:
        if folder.names(SUMS):
            raise InputError(
                Problem(
                    "--out",
                    f"must not be that of an unfinished run, whose finished blocks are in {folder.path}",
                    str(target),
                    f"go on with: tcosim run --resume {target}; or remove {folder.path} to start again",
                )
            )
        if os.path.lexists(target):  # another run into it has finished since one looked
            raise Taken(Problem("--out", "must not exist yet", str(target), "choose another folder"))
        folder.clear()
        folder.write_text(SCENARIO, resolved_toml(request.scenario))
        folder.describe(request.manifest())
    except BaseException:
        if not folder.names(SUMS):
            folder.discard()
        folder.close()
        raise
    return folder


def begin_free(request: Request, target: Path) -> tuple[Path, Unfinished]:
    """Take the place of this run folder, or of one with a number behind it if another run has that."""
    from tcosim.results.folder_lock import Taken

    while True:
        free = next_free(target)
        check_target(free, request.scenario, request.samples)
        try:
            return free, begin(request, free)
        except Taken:
            continue


def resume(place: Path) -> tuple[Request, Unfinished]:
    """What an unfinished run was asked for, and its folder.

    Parameters
    ----------
    place : Path
        The run folder to be, or the unfinished one beside it.

    Raises
    ------
    InputError
        If there is none, it is being written, or is of another version of tcosim or of the library.
    """
    from tcosim.results.folder import SCENARIO
    from tcosim.results.unfinished import MANIFEST, Unfinished, unfinished_path

    path = unfinished_path(place)
    if path.is_symlink() or not os.path.lexists(path / MANIFEST):
        raise InputError(
            Problem(
                "--resume",
                "must be an unfinished run",
                str(place),
                "give the folder that the run named when it stopped",
            )
        )
    folder = Unfinished(path)
    try:
        with named("checkpoint", "--resume"):
            return request_of_manifest(folder.manifest() or {}, path / SCENARIO), folder
    except BaseException:
        folder.close()
        raise


def finished(place: Path, asked: Request, given: set[str]) -> Run | None:
    """The run folder that a run has become which was to be resumed, if it has.

    Its finished blocks, which are left where the run died in its last instant, are removed.

    Parameters
    ----------
    given : set of str
        As in `check_same`.

    Raises
    ------
    InputError
        If the folder is damaged, or of another run than was asked for or than the blocks beside it.
    """
    from tcosim.results.folder import CHECKSUMS, open_run
    from tcosim.results.unfinished import MANIFEST, Unfinished, finished_path, unfinished_path

    target, path = finished_path(place), unfinished_path(place)
    if not (target / CHECKSUMS).is_file():
        return None
    run = open_run(target)
    if given:
        check_same(asked, request_of_run(run), given)
    if not path.is_symlink() and os.path.lexists(path / MANIFEST):
        folder = Unfinished(path)
        try:
            manifest = folder.manifest() or {}
            there = request_of_run(run)
            own = {
                "samples": there.samples, "precision": there.precision, "budget_usd": there.budget_usd,
            }  # fmt: skip
            whole = run.summary | own
            keys = ("scenario_sha256", "library_sha256", "tcosim_version", "seed", *own)
            if any(manifest.get(key) != whole.get(key) for key in keys):
                raise InputError(
                    Problem(
                        "--resume",
                        f"must be an unfinished run, but {target} is there and is another run than {path}",
                        str(place),
                        "move one of the two elsewhere",
                    )
                )
            folder.discard()
        finally:
            folder.close()
    return run


@contextmanager
def kept_blocks(
    folder: Unfinished, request: Request, target: Path, *, told: Callable[[str], None] | None = None
) -> Iterator[Checkpoint | None]:
    """Finished blocks of a run that is long enough, for the length of a ``with`` block; gone if it ends well.

    If it does not, they stay and it is said how to go on; where none were finished, nothing is left.

    Parameters
    ----------
    told : callable, optional
        As for `tcosim.engine.checkpoint.Checkpoint`.
    """
    from tcosim.engine.checkpoint import Checkpoint
    from tcosim.engine.shard_files import SUMS
    from tcosim.engine.shards import WORTH_KEEPING_FUTURES

    if request.samples <= WORTH_KEEPING_FUTURES:
        with _left(folder, lambda: ""):
            yield None
        return
    from_futures = 0 if request.precision is None else WORTH_KEEPING_FUTURES
    with Checkpoint(folder, from_futures=from_futures, told=told) as checkpoint:

        def said() -> str:
            checkpoint.stop()
            # before they are read it is not known how many there are
            if folder.is_closed or not (checkpoint.written or folder.names(SUMS)):
                return ""
            count = (
                f"{checkpoint.written:,} of {request.samples:,} futures"
                if checkpoint.written
                else "finished blocks"
            )
            return f"{count} are kept\ngo on with: tcosim run --resume {target}"

        with _left(folder, said), named("checkpoint", "--resume"):
            yield checkpoint


@contextmanager
def _left(folder: Unfinished, said: Callable[[], str]) -> Iterator[None]:
    try:
        with keeping(said):
            yield
    except BaseException:
        if not said():
            folder.discard()
        folder.close()
        raise
    folder.discard()

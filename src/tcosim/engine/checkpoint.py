"""Finished blocks of a run on the disk, so that a run that dies goes on from there, with the same bytes.

A run is cut into shards of `SHARD_FUTURES` futures. The single futures of a finished shard go into a file of their own;
sums, counts and sketches over all finished shards go into one file that replaces the one before. Knows a folder that
holds arrays safely; nothing of how futures are computed.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from tcosim.engine.identity import check_identity, check_own, identity, listed
from tcosim.engine.job import Range
from tcosim.engine.part import Part, Sketches
from tcosim.engine.shard_files import SUMS, newest, pieces, singles_name
from tcosim.engine.shards import SHARD_FUTURES, united
from tcosim.engine.sums_file import packed
from tcosim.engine.totals import Totals
from tcosim.errors import InputError, Problem, TcosimError
from tcosim.results.unfinished import Unfinished
from tcosim.scenario.models import Scenario

STOP_SECONDS = 0.3
"""So long who stops a run waits for the file that is being written."""


@contextmanager
def checkpoint_of(
    given: Path | str | Checkpoint | None, scenario: Scenario, samples: int, seed: int
) -> Iterator[Checkpoint | None]:
    """Open a folder for the blocks of a run, or go on with those of the same run; what is open or None stays so."""
    if given is None or isinstance(given, Checkpoint):
        yield given
        return
    check_own(Path(given))
    folder = Unfinished(Path(given))
    try:
        asked = identity(scenario, samples, seed)
        found = folder.manifest()
        if found is None:
            folder.describe(asked)
        else:
            check_identity(found, asked, folder.path)
        with Checkpoint(folder, told=warnings.warn) as checkpoint:
            yield checkpoint
    finally:
        folder.close()


class _Stopped(Exception):
    """The run is stopped; the file that is being written is of no use."""


@dataclass
class _Shard:
    """A shard some of whose futures are done."""

    left: int
    totals: Totals
    sketches: Sketches


class Checkpoint:
    """What is finished of a run, in memory and on the disk.

    Parameters
    ----------
    folder : Unfinished
        With the manifest of the run.
    from_futures : int
        Nothing is written before so many futures are finished.
    told : callable, optional
        Called with what the user should know of finished blocks that are lost.

    Attributes
    ----------
    covered : list of (int, int)
        Finished futures, as ranges that neither touch nor overlap, in order.
    written : int
        Futures that are safe on the disk.
    restored : int
        Futures that were finished before this process began.
    bare : list of (int, int)
        Finished shards whose single futures are lost, and have to be simulated again; `mended` takes note of it.
    """

    def __init__(
        self, folder: Unfinished, *, from_futures: int = 0, told: Callable[[str], None] | None = None
    ) -> None:
        self.folder = folder
        self.restored = 0
        self.bare: list[Range] = []
        self._told = told
        self.covered: list[Range] = []
        self.written = 0
        self._from = from_futures
        self._done: Part | None = None
        self._most = 0
        self._open: dict[int, _Shard] = {}
        self._pending: list[Range] = []
        self._guard = threading.Lock()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="tcosim-checkpoint")
        self._writing: Future[None] | None = None
        self._latest: Path | None = None
        self._stopped = False

    def __enter__(self) -> Checkpoint:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.stop()
        self._writer.shutdown(wait=kind is None, cancel_futures=True)

    def stop(self) -> None:
        """Write no further; what is half-written is removed."""
        if not self._stopped:
            self._stopped = True
            if self._writing is not None:
                wait([self._writing], STOP_SECONDS)

    @property
    def reached(self) -> int:
        """One more than the last finished future."""
        return self.covered[-1][1] if self.covered else 0

    def restore(self, empty: Part, samples: int, fingerprint: str) -> Part:
        """Read what is finished.

        Parameters
        ----------
        empty : Part
            Of the run, with room for what it keeps; the single futures are read into it.
        samples : int
            Futures that the run may come to.
        fingerprint : str
            What this machine's first futures come to.

        Raises
        ------
        InputError
            If this machine computes other bytes than the one that began.
        """
        self._most = samples
        manifest = self.folder.manifest() or {}
        before = manifest.get("first_futures_digest")
        if before not in (None, fingerprint):
            raise InputError(
                Problem(
                    "checkpoint",
                    f"must go on where futures come to the same bytes; the first had the digest {before}",
                    fingerprint,
                    "take a machine with the same kind of processor and the same versions of numpy, scipy and numba",
                )
            )
        if before is None:
            self._describe({**manifest, "first_futures_digest": fingerprint})
        found = newest(self.folder, empty, samples)
        self._latest, self.covered, self.bare = found.file, found.covered, found.bare
        done = self._done = found.part or Part(Totals(empty.totals.shape), Sketches(), empty.kept)
        self.written = self.restored = sum(end - first for first, end in self.covered)
        if found.lost and self._told is not None:
            self._told(
                f"finished blocks are damaged or missing ({listed(found.lost)}); "
                + ("their futures are simulated again" if self.written else "the run starts over")
            )
        if found.is_unsummed and self._told is not None:
            self._told("no finished block has sums yet; the run starts over")
        return Part(_copy(done.totals), Sketches(list(done.sketches.waiting)), empty.kept)

    def _describe(self, manifest: dict[str, Any]) -> None:
        try:
            self.folder.describe(manifest)
        except OSError as error:
            raise self._unwritten(error) from error

    def take(self, futures: Range, part: Part) -> None:
        """Take what some futures came to, which are all of one shard; what the run keeps of them is in place already.

        Raises
        ------
        TcosimError
            If what was finished before could not be written.
        """
        assert self._done is not None
        index = futures[0] // SHARD_FUTURES
        first, end = index * SHARD_FUTURES, min((index + 1) * SHARD_FUTURES, self._most)
        shard = self._open.get(index)
        if shard is None:
            shard = self._open[index] = _Shard(end - first, Totals(part.totals.shape), Sketches())
        shard.totals.add(part.totals)
        shard.sketches.add(part.sketches)
        shard.left -= futures[1] - futures[0]
        if shard.left == 0:
            del self._open[index]
            shard.sketches.merged()
            with self._guard:
                self._done.totals.add(shard.totals)
                self._done.sketches.add(shard.sketches)
                self.covered = united([*self.covered, (first, end)])
                self._pending.append((first, end))
            self._write_on()

    def mended(self) -> None:
        """Take note that the single futures that were lost are in place again."""
        with self._guard:
            self._pending += self.bare
        self.bare = []
        self._write_on()

    def _write_on(self) -> None:
        if self._writing is not None and self._writing.done():
            self._finish_writing()
        if self._writing is None and sum(end - first for first, end in self.covered) >= self._from:
            self._writing = self._writer.submit(self._write)

    def flush(self) -> None:
        """Wait until everything finished is on the disk.

        Raises
        ------
        TcosimError
            If it could not be written.
        """
        while self._writing is not None:
            self._finish_writing()
            if self._pending:
                self._write_on()

    def _finish_writing(self) -> None:
        writing, self._writing = self._writing, None
        assert writing is not None
        try:
            writing.result()
        except OSError as error:
            raise self._unwritten(error) from error

    def _unwritten(self, error: OSError) -> TcosimError:
        reason = error.strerror or str(error)
        return TcosimError(
            f"finished blocks cannot be written to {self.folder.path} ({reason});"
            f" {self.written:,} futures are kept there"
        )

    def _write(self) -> None:
        """On a thread of its own: write everything that is finished."""
        with suppress(_Stopped):
            while True:
                with self._guard:
                    pending, self._pending = self._pending, []
                    if not pending:
                        return
                    assert self._done is not None
                    covered = list(self.covered)
                    sums = packed(covered, self._done.totals, self._done.sketches)
                for first, end in pending:
                    if singles := pieces(self._done.kept, first, end):
                        self._put(singles_name(first, end), singles)
                written = sum(end - first for first, end in covered)
                before, self._latest = self._latest, self._put(f"{SUMS}{written:012d}", sums)
                if before is not None and before != self._latest and not self.folder.is_closed:
                    before.unlink(missing_ok=True)
                self.written = written

    def _put(self, name: str, arrays: Sequence[NDArray[Any]]) -> Path:
        return self.folder.put(name, self._unless_stopped(arrays))

    def _unless_stopped(self, arrays: Iterable[NDArray[Any]]) -> Iterator[NDArray[Any]]:
        for array in arrays:
            if self._stopped:
                raise _Stopped
            yield array


def _copy(totals: Totals) -> Totals:
    return Totals(totals.shape, dict(totals.nodes), totals.counts.copy())

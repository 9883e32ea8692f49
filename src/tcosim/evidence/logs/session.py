"""One database in a folder of its own, gone afterwards: bounded memory, progress, and errors in the project's words.

Knows duckdb and files; knows nothing of what a log says.
"""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from tcosim.errors import InputError, Problem, TcosimError
from tcosim.processors import usable_processors

MEMORY = "1GB"
"""What the database may hold in memory; the rest goes to its folder."""
TICK_SECONDS = 0.05
_MEMORY = re.compile(r"\d+(\.\d+)?\s*([KMGT]i?B)", re.IGNORECASE)

Progress = Callable[[float], None]


class Session:
    """A database for reading one log; use it in a ``with`` block.

    Parameters
    ----------
    threads : int, optional
        All usable processors if left out.
    memory : str, optional
        Such as ``"1GB"``.
    progress : callable, optional
        Called with the share of the work that is done, 0 to 1, on the caller's own thread. What it raises stops
        the work.
    """

    def __init__(
        self, threads: int | None = None, memory: str | None = None, progress: Progress | None = None
    ):
        if threads is not None and threads < 1:
            raise InputError(Problem("threads", "must be at least 1", threads))
        if memory is not None and not _MEMORY.fullmatch(memory.strip()):
            raise InputError(
                Problem("memory", "must be an amount of memory", memory, "write it like 1GB or 500MB")
            )
        self._threads, self._memory = threads or usable_processors(), memory or MEMORY
        self._progress, self._from, self._to, self._told = progress, 0.0, 0.0, 0.0
        self._links = 0

    def __enter__(self) -> Session:
        import duckdb

        self._folder = tempfile.TemporaryDirectory(prefix="tcosim-log-", ignore_cleanup_errors=True)
        self.folder = Path(self._folder.name)
        if set("*?[]") & set(self._folder.name):
            self._folder.cleanup()
            raise InputError(
                Problem(
                    "TMPDIR", "must be a folder without *, ?, [ or ] in its name", str(self.folder.parent)
                )
            )
        try:
            self._base = duckdb.connect(
                str(self.folder / "log.duckdb"),
                config={
                    "threads": str(self._threads),
                    "memory_limit": self._memory,
                    "temp_directory": str(self.folder / "spill"),
                    # Row numbers in messages and the count of rows out of order need the order of the file.
                    "preserve_insertion_order": "true",
                    # Reading a log never goes out to the network.
                    "autoinstall_known_extensions": "false",
                    "autoload_known_extensions": "false",
                },
            )
            # Progress is asked for, never printed by the database itself.
            self._base.execute("SET enable_progress_bar = true")
            self._base.execute("SET enable_progress_bar_print = false")
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()
        self._folder.cleanup()

    def linked(self, path: Path) -> str:
        """Give a file a plain name in the session's folder, quoted for SQL.

        Whatever the file is called, the database then sees neither patterns nor addresses in it.
        """
        link = self.fresh()
        link.symlink_to(path.resolve())
        return text(str(link))

    def fresh(self) -> Path:
        """Name a file of the session's folder that does not exist yet."""
        self._links += 1
        return self.folder / f"source{self._links}"

    def stage(self, start: float, end: float) -> None:
        """Say which part of the whole work, 0 to 1, comes next."""
        self._from, self._to = start, end
        self._tell(0.0)

    def run(self, sql: str, values: list[object] | None = None, *, about: str = "the log") -> list[Any]:
        """Run one statement and return its rows.

        Parameters
        ----------
        sql : str
        values : list, optional
            In place of the question marks.
        about : str
            Name of the file that an error is about.

        Raises
        ------
        tcosim.errors.InputError
            If the file cannot be read.
        """
        rows: list[Any] = []
        failure: list[BaseException] = []
        done = threading.Event()

        def body() -> None:
            try:
                rows.extend(self._base.execute(sql, values or []).fetchall())
            except BaseException as error:  # handed on to the caller's thread
                failure.append(error)
            finally:
                done.set()

        worker = threading.Thread(target=body, name="log", daemon=True)
        worker.start()
        try:
            while not done.wait(TICK_SECONDS):
                self._tell(self._share())
        except BaseException:
            self._base.interrupt()
            worker.join()
            raise
        if failure:
            error = failure[0]
            raise self._translated(error, about) from error
        return rows

    def _share(self) -> float:
        try:
            percent = float(self._base.query_progress())
        except (AttributeError, RuntimeError):
            return 0.0
        return min(1.0, max(0.0, percent / 100.0))

    def _tell(self, share: float) -> None:
        if self._progress is not None:
            # The database forgets its progress at the end of a statement.
            self._told = max(self._told, self._from + (self._to - self._from) * share)
            self._progress(self._told)

    @staticmethod
    def _blames_the_file(error: BaseException) -> bool:
        import duckdb

        faults = (
            duckdb.IOException, duckdb.InvalidInputException, duckdb.SerializationException,
            duckdb.InternalException, duckdb.FatalException,
        )  # fmt: skip
        # What a damaged Parquet file holds is noticed by libraries of duckdb's, whose errors have no kind of their own.
        return isinstance(error, faults) or type(error) is duckdb.Error

    def _translated(self, error: BaseException, about: str) -> BaseException:
        """Say in the project's words what a file or the machine is to blame for; the rest stays as it is."""
        import duckdb

        said = str(error)
        if not isinstance(error, duckdb.OutOfMemoryException) and not self._blames_the_file(error):
            return error
        if isinstance(error, duckdb.OutOfMemoryException):
            if "temp_directory" in said or "disk" in said.lower():
                return TcosimError(f"{about}: no room left in the temporary folder {self.folder.parent}")
            return InputError(
                Problem(
                    "memory", f"must be enough to read {about}", self._memory, "allow more, for example 4GB"
                )
            )
        if "No space left" in said:
            return TcosimError(f"{about}: no room left in the temporary folder {self.folder.parent}")
        for sign, rule, way_out in _SIGNS:
            if sign in said:
                return InputError(Problem(about, rule, way_out=way_out))
        return InputError(
            Problem(
                about,
                "must be a whole CSV, Parquet or JSON file",
                way_out="it breaks off or is damaged; export it again",
            )
        )


_SIGNS = (
    ("GZIP", "must be a whole gz file", "it breaks off or is damaged; compress or copy it again"),
    ("ZSTD", "must be a whole zst file", "it breaks off or is damaged; compress or copy it again"),
    ("maximum_object_size", "must hold JSON objects of at most 16 MB", "write one request a line"),
    ("Malformed JSON", "must be valid JSON", "it breaks off or is damaged; export it again"),
    ("Permission denied", "must be a file that may be read", "change its permissions"),
)


def text(value: str) -> str:
    """Quote a text for SQL."""
    return "'" + value.replace("'", "''") + "'"


def name(value: str) -> str:
    """Quote a column's name for SQL."""
    return '"' + value.replace('"', '""') + '"'

"""The folder of a run that is not finished: locked by whom writes it, and every file in it whole or not there.

Knows files; nothing of what they hold. A file's name ends in the digest of its content, so that a half-written or
damaged one is never taken for whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.errors import InputError, Problem
from tcosim.files import Unreadable, check_regular, read_bytes, read_json
from tcosim.results.durable import flush
from tcosim.results.folder import SCENARIO
from tcosim.results.folder_lock import LOCK, locked
from tcosim.results.summary import to_json

SUFFIX = ".unfinished"
MANIFEST = "run.json"
PARTIAL = ".partial-"
MOST_TEXT_BYTES = 1_000_000
MOST_BYTES = 1_000_000_000
"""Of a file that is read at once; sums over 1e7 futures of four options have 4 MB."""
DIGEST_BYTES = 16
_CONTENT = re.compile(rf"[a-z]+-[0-9-]+\.[0-9a-f]{{{2 * DIGEST_BYTES}}}")


def unfinished_path(target: Path) -> Path:
    """Where the unfinished run of a folder lies: beside it, so that the folder itself is whole or not there."""
    target = _named(target)
    return (
        target if target.name.endswith(SUFFIX) or not target.name else target.with_name(target.name + SUFFIX)
    )


def finished_path(path: Path) -> Path:
    """The run folder that an unfinished one is to become."""
    path = _named(path)
    return path if path.name in ("", SUFFIX) else path.with_name(path.name.removesuffix(SUFFIX))


def _named(path: Path) -> Path:
    """Give the working directory, or one above, the name that it has."""
    return path if path.name not in ("", "..") else path.resolve()


def foreign_files(path: Path) -> list[str]:
    """Names in a folder that an unfinished run does not have, in order; none where there is no folder."""
    try:
        return sorted(name for name in os.listdir(path) if not _is_own(name) and name != LOCK)
    except OSError:
        return []


def _is_own(name: str) -> bool:
    return name in (MANIFEST, SCENARIO) or name.startswith(PARTIAL) or bool(_CONTENT.fullmatch(name))


class Unfinished:
    """A folder that this process alone writes to, until it is closed.

    Parameters
    ----------
    path : pathlib.Path
        Made if it does not exist; its parents too.

    Attributes
    ----------
    path : pathlib.Path
    damaged : list of str
        Names of files that were found damaged.

    Raises
    ------
    InputError
        If another process is writing to it (`Taken`), or it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged: list[str] = []
        self._key = b""
        made = [one for one in (path.absolute(), *path.absolute().parents) if not os.path.lexists(one)]
        self._made = [one for one in made if one != path.absolute()]
        try:
            self._lock = locked(path)
            for folder in made:  # or a power cut would take the folder with all that is safe in it
                flush(folder.parent)
        except OSError as error:
            _remove_empty(made)
            reason = error.strerror or str(error)
            raise InputError(
                Problem(
                    "out", f"must be a folder that can be written ({reason})", str(path), "choose another"
                )
            ) from error

    def manifest(self) -> dict[str, Any] | None:
        """What `describe` said; None if nothing was.

        Raises
        ------
        InputError
            If it cannot be read.
        """
        if not os.path.lexists(self.path / MANIFEST):
            return None
        try:
            found = read_json(self.path / MANIFEST, MOST_TEXT_BYTES, links=False)
            reason = "it is no table"
        except Unreadable as error:
            found, reason = None, error.rule
        if not isinstance(found, dict):
            raise InputError(
                Problem(
                    "checkpoint",
                    f"must hold an unfinished run, but {MANIFEST} in it cannot be read ({reason})",
                    str(self.path),
                    "remove the folder and start again",
                )
            )
        self._bind(found)
        return found

    def describe(self, manifest: dict[str, Any]) -> None:
        """Say whose run this is; files of another one are not whole here."""
        self._bind(manifest)
        self.write_text(MANIFEST, to_json(manifest))

    def _bind(self, manifest: dict[str, Any]) -> None:
        whose = {key: value for key, value in manifest.items() if key != "first_futures_digest"}
        self._key = hashlib.blake2b(to_json(whose).encode(), digest_size=DIGEST_BYTES).digest()

    def _digest_of(self, name: str) -> hashlib.blake2b:
        """A digest that tells what is in a file of this run and of this name."""
        return hashlib.blake2b(name.encode(), digest_size=DIGEST_BYTES, key=self._key)

    def write_text(self, name: str, text: str) -> None:
        """Write a text file, or replace it, in one step."""
        self._write([text.encode()])[0].replace(self.path / name)
        flush(self.path)

    def put(self, name: str, arrays: Iterable[NDArray[Any]]) -> Path:
        """Write the bytes of arrays, one after the other, into a new file; on the disk when this returns.

        Raises
        ------
        OSError
            If it cannot be written; nothing of it is left.
        """
        contents = (np.ascontiguousarray(one).data.cast("B") for one in arrays if one.size)
        partial, digest = self._write(contents, name)
        if self.is_closed:  # whoever writes to the folder now is another
            partial.unlink(missing_ok=True)
            raise OSError(None, "the folder was given up")
        final = self.path / f"{name}.{digest}"
        partial.replace(final)
        flush(self.path)
        return final

    def _write(self, contents: Iterable[bytes | memoryview], name: str = "") -> tuple[Path, str]:
        partial = self.path / f"{PARTIAL}{secrets.token_hex(8)}"
        digest = self._digest_of(name)
        try:
            with partial.open("xb") as file:
                for content in contents:
                    digest.update(content)
                    file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
            raise
        return partial, digest.hexdigest()

    def names(self, prefix: str) -> list[Path]:
        """Files that `put` wrote, or that are named so, whose name begins with this; in the order of their names."""
        return sorted(path for path in self.path.glob(f"{prefix}*") if _CONTENT.fullmatch(path.name))

    def read(self, file: Path) -> bytes | None:
        """The content of a file, or None if it is not what was written; that is noted in `damaged`."""
        try:
            content = read_bytes(file, MOST_BYTES, links=False)
        except Unreadable:
            content = None
        digest = self._digest_of(file.stem)
        digest.update(content or b"")
        if content is None or file.suffix != f".{digest.hexdigest()}":
            self.damaged.append(file.name)
            return None
        return content

    def fill(self, file: Path, arrays: Iterable[NDArray[Any]]) -> bool:
        """Read a file that was written with arrays of these shapes into them, one after the other.

        Returns
        -------
        bool
            Whether it is what was written; else that is noted in `damaged`, and the arrays hold anything.
        """
        try:
            check_regular(file, links=False)
            is_whole = _filled(file, arrays, self._digest_of(file.stem))
        except (OSError, Unreadable):
            is_whole = False
        if not is_whole:
            self.damaged.append(file.name)
        return is_whole

    def size_bytes(self) -> int:
        """What its files take."""
        return sum(one.lstat().st_size for one in self.path.iterdir())

    def sweep(self) -> None:
        """Remove what was half-written when a process died, and what is damaged."""
        for one in (*self.path.glob(f"{PARTIAL}*"), *(self.path / name for name in self.damaged)):
            with contextlib.suppress(OSError):
                one.unlink()

    def clear(self) -> None:
        """Remove what an unfinished run has in it; what else lies there stays."""
        for one in list(self.path.iterdir()):
            if _is_own(one.name) and (one.is_symlink() or not one.is_dir()):
                one.unlink()

    def remove(self) -> None:
        """Remove it; a folder that became whole stands beside it."""
        self.clear()
        (self.path / LOCK).unlink()
        self.path.rmdir()
        self.close()

    def discard(self) -> None:
        """Remove it with the folders that were made for it, as far as that can be done."""
        if self.is_closed:  # it may be another process's by now
            return
        with contextlib.suppress(OSError):
            self.remove()
        _remove_empty(self._made)
        self.close()

    @property
    def is_closed(self) -> bool:
        """Whether it has been given up."""
        return self._lock < 0

    def close(self) -> None:
        """Let others write to it."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


def _filled(file: Path, arrays: Iterable[NDArray[Any]], digest: hashlib.blake2b) -> bool:
    with open(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as opened:
        for array in arrays:
            own = array if array.flags.c_contiguous else np.empty_like(array, order="C")
            content = own.reshape(-1).data.cast("B")
            if opened.readinto(content) != array.nbytes:
                return False
            digest.update(content)
            if own is not array:
                array[...] = own
        return not opened.read(1) and file.suffix == f".{digest.hexdigest()}"

"""One process at a time writes to a folder: by a lock that the system takes back when its owner dies.

Knows folders; neither what is written there nor the time. POSIX only.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import time
from pathlib import Path

from tcosim.errors import InputError, Problem

LOCK = "lock"
TRIES, PAUSE_SECONDS = 10, 0.02
"""Who only looks whether a folder is being written holds its lock for an instant."""
OWNER_BYTES = 200


class Taken(InputError):
    """Another process writes to the folder."""


def locked(path: Path) -> int:
    """Make a folder if need be, and lock it.

    Returns
    -------
    int
        A descriptor that holds the lock until it is closed, or this process ends.

    Raises
    ------
    Taken
    OSError
        If the folder cannot be made or written.
    """
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.mkdir()
        except FileExistsError:
            if path.is_symlink() or not path.is_dir():
                raise
        except FileNotFoundError:  # another run has removed the folder above meanwhile
            continue
        try:
            lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
        except FileNotFoundError:  # its owner finished and removed it meanwhile
            continue
        try:
            _check_own(lock)
            _wait_for(lock, path)
            is_there = os.stat(path / LOCK, follow_symlinks=False).st_ino == os.fstat(lock).st_ino
        except FileNotFoundError:
            is_there = False
        except BaseException:
            os.close(lock)
            raise
        if is_there:
            break
        os.close(lock)  # the lock of a folder that is gone
    with contextlib.suppress(OSError):  # on a full disk it is a lock all the same
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
    return lock


def is_written(path: Path) -> bool:
    """Whether a process is writing to a folder at this moment."""
    import fcntl

    try:
        opened = os.open(path / LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(opened)
    return False


def _check_own(lock: int) -> None:
    """Refuse a lock that is another file by a second name, as its content is replaced."""
    status = os.fstat(lock)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        raise OSError(None, f"its {LOCK} is no file of its own")


def _wait_for(lock: int, path: Path) -> None:
    import fcntl

    for left in reversed(range(TRIES)):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if left:
                time.sleep(PAUSE_SECONDS)
                continue
            owner = os.pread(lock, OWNER_BYTES, 0).decode(errors="replace").strip()
            raise Taken(
                Problem(
                    "out",
                    f"must not be written to by another run{f', as {owner} does' if owner else ''}",
                    str(path),
                    "wait until it has finished, or choose another folder",
                )
            ) from None
        return

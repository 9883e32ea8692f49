"""What the targets share: a folder in memory, the library, files and texts of bytes, and what a reader may raise.

Knows no reader.
"""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tcosim.errors import InputError, TcosimError
from tcosim.scenario.library import Library, default_library


@functools.cache
def folder() -> Path:
    """Return a folder in memory where there is one; it stays until the process ends."""
    memory = Path("/dev/shm")
    made = tempfile.TemporaryDirectory(prefix="tcosim-fuzz-", dir=memory if memory.is_dir() else None)
    _kept.append(made)
    return Path(made.name)


_kept: list[tempfile.TemporaryDirectory[str]] = []


@functools.cache
def library() -> Library:
    return default_library()


@contextmanager
def refusals() -> Iterator[None]:
    """Let a reader refuse, if it says in words what is wrong."""
    try:
        yield
    except InputError as error:
        assert all(problem.field and problem.rule and str(problem) for problem in error.problems)
    except TcosimError as error:
        assert str(error)


def file(name: str, data: bytes) -> Path:
    path = folder() / name
    path.write_bytes(data)
    return path


def text_of(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


def as_json(content: object) -> bytes:
    """Write JSON for a seed."""
    return json.dumps(content).encode()

"""Whether a run folder can be written to a place, asked before hours of work and not after.

Knows paths only; leaves nothing behind.
"""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from tcosim.errors import InputError, Problem

FIELD = "out"


def check_target(path: Path, needed_bytes: int = 0, field: str = FIELD) -> None:
    """Refuse a place where a run folder cannot be written.

    Parameters
    ----------
    path : Path
        The folder to be; its parents may be missing, it may not exist.
    needed_bytes : int
        How large it will be [byte].
    field : str
        What the path is called in the error.

    Raises
    ------
    InputError
        If it exists, lies below a file, cannot be written, or the disk has too little space.
    """
    shown = str(path)
    try:
        if os.path.lexists(path):
            raise InputError(
                Problem(field, "must not exist yet", shown, "remove it or choose another folder with --out")
            )
        parent = existing_parent(path)
        if not parent.is_dir():
            raise InputError(
                Problem(
                    field,
                    f"must lie below a folder, but {parent} is a file",
                    shown,
                    "choose another folder with --out",
                )
            )
        # Permissions, read-only disks and overlong names all show when one really makes a folder.
        probe = parent / partial_name(path.absolute().parts[len(parent.parts)])
        probe.mkdir()
        probe.rmdir()
        free = shutil.disk_usage(parent).free
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            Problem(
                field,
                f"must be a folder that can be written ({reason})",
                shown,
                "choose another folder with --out",
            )
        ) from error
    if free < needed_bytes:
        raise InputError(
            Problem(
                field,
                f"needs {needed_bytes / 1e6:,.0f} MB on disk, {free / 1e6:,.0f} MB are free",
                shown,
                "free some space, choose another disk with --out, or ask for fewer futures",
            )
        )


def existing_parent(path: Path) -> Path:
    """Nearest ancestor of a path that exists."""
    parent = path.absolute().parent
    while not os.path.lexists(parent) and parent != parent.parent:
        parent = parent.parent
    return parent


def partial_name(name: str) -> str:
    """Name of the hidden sibling in which a folder is written before it gets its own name."""
    return f".{name}.partial-{secrets.token_hex(4)}"

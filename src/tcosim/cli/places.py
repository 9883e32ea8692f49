"""Places for files that a command is to write: refused before any work, not after.

Knows files; knows nothing of what is written.
"""

from __future__ import annotations

import os
from pathlib import Path

from tcosim.errors import InputError, Problem


def check_new_file(path: Path | None, option: str, suffix: str) -> None:
    """Refuse a place where no new file can be written.

    Parameters
    ----------
    path : pathlib.Path or None
        None is fine.
    option : str
        That names it, such as ``--png``.
    suffix : str
        How its name must end, such as ``.png``.

    Raises
    ------
    InputError
        If there is such a file, its name ends otherwise, or its folder cannot be written.
    """
    if path is None:
        return
    rule, way_out = "", "name another file"
    if path.is_dir():
        rule = "must be a file, this is a folder"
    elif os.path.lexists(path):
        rule, way_out = "must not exist yet", "remove it or name another file"
    elif path.suffix.lower() != suffix:
        rule, way_out = f"must end in {suffix}", f"write {path}{suffix}"
    elif not path.parent.is_dir():
        rule, way_out = f"must lie in a folder that exists, {path.parent} does not", "make the folder first"
    elif not os.access(path.parent, os.W_OK):
        rule = f"must be a file that can be written, {path.parent} cannot"
    if rule:
        raise InputError(Problem(option, rule, str(path), way_out))

"""Make sure that what was written is on the disk.

Knows the system's calls only.
"""

from __future__ import annotations

import os
from pathlib import Path


def flush(path: Path) -> None:
    """Return when a file, or the entries of a folder, are on the disk.

    Raises
    ------
    OSError
        If they cannot be written.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

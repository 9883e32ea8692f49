"""Checksums of the files of a folder, in the format that ``b2sum --check`` reads.

Knows bytes only. BLAKE2b, because a run is 270 MB and this is twice as fast as SHA-256 where the processor
has no instructions for the latter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def checksum(path: Path) -> str:
    """BLAKE2b of a file, as 128 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


def listing(folder: Path, names: Iterable[str]) -> str:
    """Text with one line a file: checksum, two spaces, name."""
    return "".join(f"{checksum(folder / name)}  {name}\n" for name in names)


def damaged(folder: Path, text: str) -> list[str]:
    """Names of the listed files that are missing or changed.

    Raises
    ------
    ValueError
        If the text is no such listing.
    """
    found = []
    for line in text.splitlines():
        digest, separator, name = line.partition("  ")
        if not separator or len(digest) != 128 or name != Path(name).name:
            raise ValueError(f"no checksum line: {line[:80]!r}")
        if not (folder / name).is_file() or checksum(folder / name) != digest:
            found.append(name)
    return found

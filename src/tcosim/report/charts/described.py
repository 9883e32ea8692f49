"""A PNG picture that holds its text alternative, where programs that read pictures aloud look for it.

Knows PNG; knows nothing of what is drawn.
"""

from __future__ import annotations

import struct
import zlib

from tcosim.report.charts.labels import clean

KIND, KEYWORD = b"iTXt", b"Description"
PLAIN = b"\0\0\0\0\0"
"""Ends the keyword; says that the text is not packed and has no language and no translated keyword."""


def described(picture: bytes, text: str) -> bytes:
    """Put a description before the end of a PNG picture."""
    chunk = KIND + KEYWORD + PLAIN + clean(text).encode()
    size, check = struct.pack(">I", len(chunk) - len(KIND)), struct.pack(">I", zlib.crc32(chunk))
    last = picture.rindex(b"IEND") - 4
    return picture[:last] + size + chunk + check + picture[last:]

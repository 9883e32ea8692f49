"""Reading a file that may be anything: only regular files, only so much of them, and only flat enough JSON.

Knows files, text and JSON; what a file is for, and what to call it in an error, is known to the readers.
"""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from tcosim.limits import DEEPEST, LONGEST_INTEGER_BITS, LONGEST_KEY

_KINDS = (
    (stat.S_ISDIR, "a directory"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"), (stat.S_ISLNK, "a link"),
)  # fmt: skip


class Unreadable(Exception):
    """A file or text that is not read; the reader turns it into a `tcosim.errors.Problem`.

    Parameters
    ----------
    rule, way_out : str
        As in `tcosim.errors.Problem`.
    """

    def __init__(self, rule: str, way_out: str = ""):
        super().__init__(rule)
        self.rule, self.way_out = rule, way_out


def kind_of(mode: int) -> str:
    """Say what a file is that is no regular file; an empty text for one that is."""
    return next((name for test, name in _KINDS if test(mode)), "")


def check_regular(path: Path, largest: int | None = None, *, links: bool = True) -> int:
    """Refuse what is no regular file or is too large, without opening it.

    Parameters
    ----------
    path : Path
    largest : int, optional
        Size up to which it is taken [byte].
    links : bool
        Whether a link to a regular file is taken for one.

    Returns
    -------
    int
        Its size [byte].

    Raises
    ------
    Unreadable
    """
    try:
        status = path.stat() if links else path.lstat()
    except (OSError, ValueError) as error:
        raise Unreadable(f"cannot be read: {_reason(error)}", "check the file") from error
    _check(status, largest)
    return status.st_size


def read_bytes(path: Path, largest: int, *, links: bool = True) -> bytes:
    """Read a regular file of at most ``largest`` bytes.

    Raises
    ------
    Unreadable
    """
    check_regular(path, largest, links=links)  # opening a device may do something, opening a pipe may wait
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if links else os.O_NOFOLLOW)
    try:
        descriptor = os.open(path, flags)
        with open(descriptor, "rb") as file:
            _check(os.fstat(descriptor), largest)  # it may be another file by now
            content = file.read(largest + 1)
    except OSError as error:
        raise Unreadable(f"cannot be read: {_reason(error)}", "check the file") from error
    if len(content) > largest:
        raise _too_large(largest)
    return content


def _check(status: os.stat_result, largest: int | None) -> None:
    if kind := kind_of(status.st_mode):
        raise Unreadable(f"must be a file, this is {kind}", _ways(kind))
    if largest is not None and status.st_size > largest:
        raise _too_large(largest)


def _ways(kind: str) -> str:
    return "write what comes out of it to a file first" if kind == "a pipe" else "name a regular file"


def _too_large(largest: int) -> Unreadable:
    return Unreadable(f"must be smaller than {said_bytes(largest)}", "is it the file that was meant?")


def said_bytes(size: int) -> str:
    """Write a size: ``"1 MB"``, ``"64 kB"``."""
    letter, scale = next(
        (pair for pair in (("G", 10**9), ("M", 10**6), ("k", 10**3)) if size >= pair[1]), ("", 1)
    )
    return f"{size // scale} {letter}B"


def decoded(content: bytes) -> str:
    """Decode text in UTF-8, with or without a byte order mark.

    Raises
    ------
    Unreadable
        With the line of the first byte that is none.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable(f"must be UTF-8 text, line {line} is not", "save the file as UTF-8") from error


def read_json(path: Path, largest: int, *, links: bool = True) -> Any:
    """Read a file of JSON.

    Raises
    ------
    Unreadable
        If it is none, or `parsed_json` refuses it.
    """
    return parsed_json(decoded(read_bytes(path, largest, links=links)))


def parsed_json(text: str) -> Any:
    """Parse strict JSON: no key twice, no NaN, no number that is none, and no more than `DEEPEST` levels.

    Raises
    ------
    Unreadable
    """
    try:
        content = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise Unreadable(f"must be JSON: {error}") from error
    check_shape(content)
    return content


def check_shape(content: object, most: int | None = None) -> None:
    """Refuse content of parsed text that is nested too deeply, or has keys or numbers beyond any use.

    Parameters
    ----------
    content : object
        Of dicts, lists and plain values.
    most : int, optional
        Keys and list entries, all together.

    Raises
    ------
    Unreadable
    """
    level: list[object] = [content]
    entries = 0
    for _ in range(DEEPEST + 1):
        below = list(_within(level))
        entries += len(below)
        if most is not None and entries > most:
            raise Unreadable(
                f"must hold at most {most:,} keys and values", "put long lists into files of their own"
            )
        level = below
        if not level:
            return
    raise _too_deep()


def _within(level: list[object]) -> Iterator[object]:
    for value in level:
        if isinstance(value, dict):
            for key in value:
                if len(key) > LONGEST_KEY:
                    raise Unreadable(
                        f"must have keys of at most {LONGEST_KEY} characters", f"shorten {key[:20]}..."
                    )
            yield from value.values()
        elif isinstance(value, list):
            yield from value
        elif isinstance(value, int) and value.bit_length() > LONGEST_INTEGER_BITS:
            raise Unreadable("must hold numbers that can occur, one has over 600 digits", "shorten it")
        elif isinstance(value, str):
            _check_characters(value)


def _check_characters(text: str) -> None:
    """Refuse halves of characters, which JSON can spell and no UTF-8 can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unreadable(f"must hold whole characters only, {text[:20]!a} does not") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                rule = f"must state each key once, {key[:LONGEST_KEY]!a} stands twice"
                raise Unreadable(rule, "keep one of the two")
            seen.add(key)
    for key in found:
        _check_characters(key)
    return found


def _no_number(text: str) -> NoReturn:
    raise Unreadable(f"must hold finite numbers, not {text[:20]}", "write null where there is none")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _too_deep() -> Unreadable:
    rule = f"must not hold tables or lists more than {DEEPEST} levels deep"
    return Unreadable(rule, "is it the file that was meant?")


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)

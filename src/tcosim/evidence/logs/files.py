"""What a file is, told by its first bytes: CSV, Parquet or JSON, its columns, and how the database reads it.

Knows files and duckdb's readers; knows nothing of what the columns mean.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zlib import error as zlib_error

from tcosim.errors import InputError, Problem
from tcosim.evidence.logs.pages import expanded, parsed
from tcosim.evidence.logs.session import Session, name, text
from tcosim.limits import LONGEST_KEY, MOST_COLUMNS

Kind = Literal["csv", "parquet", "json"]

SAMPLE_OBJECTS = 2000
DEEPEST = 4
DELIMITERS = ",;\t|"
_HEAD_BYTES, _CHUNK_BYTES = 4096, 1 << 20
_EXPORT = "export it as CSV, Parquet or JSON lines"


@dataclass(frozen=True)
class Source:
    """One file that can be read.

    Attributes
    ----------
    name : str
        Name of the file, without its folder.
    kind : {"csv", "parquet", "json"}
    relation : str
        What stands behind FROM.
    columns : dict of str to (str, str)
        SQL expression and type of each column, by its name; fields within JSON objects are named with dots.
    row : str
        SQL expression for everything in a row, to tell rows apart.
    rejects : bool
        Whether the reader puts lines that it cannot split aside.
    size : int
        Bytes.
    """

    name: str
    kind: Kind
    relation: str
    columns: dict[str, tuple[str, str]]
    row: str
    rejects: bool
    size: int


def checked(paths: Sequence[Path]) -> list[Path]:
    """Refuse what is no file, is empty, or comes twice.

    Raises
    ------
    tcosim.errors.InputError
        With all of it at once.
    """
    if not paths:
        raise InputError(
            Problem("log", "must be at least one file", way_out="name a CSV, Parquet or JSON file")
        )
    problems = []
    for path in paths:
        if not path.exists():
            problems.append(Problem("log", "must be a file that exists", str(path)))
        elif not path.is_file():
            way_out = "name its files one by one" if path.is_dir() else "write it to a file first"
            problems.append(Problem("log", "must be a file", str(path), way_out))
        elif path.stat().st_size == 0:
            problems.append(Problem("log", "must not be empty", str(path), "export it again"))
    if problems:
        raise InputError(problems)
    seen: dict[object, Path] = {}
    for path in paths:
        sizes = [other.stat().st_size for other in paths]
        real: object = path.resolve()
        twice = seen.get(real)
        if twice is None and sizes.count(path.stat().st_size) > 1:
            with path.open("rb") as opened:
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
            twice = seen.get(digest)
            seen[digest] = path
        if twice is not None:
            problems.append(
                Problem("log", f"must not be given twice: {twice} holds the same", str(path), "name it once")
            )
        seen[real] = path
    if problems:
        raise InputError(problems)
    return list(paths)


def opened(path: Path, session: Session) -> Source:
    """Tell what a file is and which columns it has.

    Raises
    ------
    tcosim.errors.InputError
        If it is nothing that can be read.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    link = session.linked(path)
    if head.startswith(b"PAR1"):
        return _parquet(path, link, session)
    packing = (
        "gzip" if head.startswith(b"\x1f\x8b") else "zstd" if head.startswith(b"\x28\xb5\x2f\xfd") else "none"
    )
    if head.startswith(b"PK\x03\x04"):
        raise InputError(Problem(path.name, "must not be a workbook or zip archive", way_out=_EXPORT))
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(Problem(path.name, "must be text in UTF-8, not UTF-16", way_out="save it as UTF-8"))
    if packing == "none" and b"\0" in head:
        raise InputError(Problem(path.name, "must be text or Parquet, not a binary file", way_out=_EXPORT))
    if packing == "gzip":
        _check_packing(path)
    first = _first_line(path, link, packing, session)
    if first.lstrip()[:1] in ("{", "["):
        return _json(path, link, packing, first, session)
    return _csv(path, link, packing, first)


def _check_packing(path: Path) -> None:
    """Refuse a gz file that breaks off: some versions of duckdb would read the part that there is and say nothing."""
    try:
        with gzip.open(path) as stream:
            while stream.read(_CHUNK_BYTES):
                pass
    except (EOFError, gzip.BadGzipFile, zlib_error) as error:
        raise InputError(
            Problem(
                path.name, "must be a whole gz file", way_out="it breaks off or is damaged; copy it again"
            )
        ) from error


def _first_line(path: Path, link: str, packing: str, session: Session) -> str:
    rows = session.run(
        f"SELECT line FROM read_csv({link}, auto_detect=false, header=false, columns={{'line': 'VARCHAR'}}, "
        f"delim=chr(1), quote='', escape='', compression={text(packing)}) WHERE trim(line) <> '' LIMIT 1",
        about=path.name,
    )
    if not rows:
        raise InputError(Problem(path.name, "must not be empty", way_out="export it again"))
    return str(rows[0][0]).lstrip("\ufeff")


def _csv(path: Path, link: str, packing: str, first: str) -> Source:
    if any(sign < " " and sign not in "\t\r" for sign in first):
        raise InputError(Problem(path.name, "must be text or Parquet, not a binary file", way_out=_EXPORT))
    bare = "".join(part for i, part in enumerate(first.split('"')) if i % 2 == 0)
    delimiter = max(DELIMITERS, key=bare.count)
    try:
        cells = [cell.strip() for cell in next(csv.reader([first], delimiter=delimiter), [])]
    except csv.Error as error:
        rule = f"must name its columns in its first line ({error})"
        raise InputError(Problem(path.name, rule, way_out=_EXPORT)) from error
    if not cells:
        raise InputError(Problem(path.name, "must not be empty", way_out="export it again"))
    names = [cell or f"column{i + 1}" for i, cell in enumerate(cells)]
    check_columns(path.name, names)
    if len(set(names)) < len(names):
        twice = sorted({cell for cell in names if names.count(cell) > 1})
        raise InputError(
            Problem(path.name, "must name each column once", ", ".join(twice), "rename one of them")
        )
    declared = ", ".join(f"{text(column)}: 'VARCHAR'" for column in names)
    relation = (
        f"read_csv({link}, auto_detect=false, header=true, columns={{{declared}}}, delim={text(delimiter)}, "
        f"quote='\"', escape='\"', nullstr='', compression={text(packing)}, store_rejects=true, rejects_limit=0)"
    )
    columns = {column: (name(column), "VARCHAR") for column in names}
    every = ", ".join(name(column) for column in names)
    return Source(path.name, "csv", relation, columns, every, True, path.stat().st_size)


def _parquet(path: Path, link: str, session: Session) -> Source:
    relation = f"read_parquet({link}, hive_partitioning=false)"
    described = session.run(f"DESCRIBE SELECT * FROM {relation}", about=path.name)
    columns = {}
    check_columns(path.name, [column for column, *_ in described])
    for column, kind, *_ in described:
        nested = kind.startswith(("STRUCT", "MAP")) or kind.endswith("]")
        columns[column] = (
            (f"CAST(to_json({name(column)}) AS VARCHAR)", "VARCHAR") if nested else (name(column), kind)
        )
    every = ", ".join(name(column) for column in columns)
    return Source(path.name, "parquet", relation, columns, every, False, path.stat().st_size)


def _json(path: Path, link: str, packing: str, first: str, session: Session) -> Source:
    whole_line = isinstance(parsed(first), dict)
    layout = (
        "newline_delimited" if whole_line else "array" if first.lstrip().startswith("[") else "unstructured"
    )
    # A page of buckets or of records is one object; its rows lie within.
    page = not whole_line or _is_page(parsed(first))
    relation = _objects(link, packing, layout)
    if page:
        unpacked = expanded(session, relation, path.name)
        if unpacked is not None:
            relation = _objects(text(str(unpacked)), "none", "newline_delimited")
    found: dict[str, None] = {}
    for (line,) in session.run(f"SELECT json FROM {relation} LIMIT {SAMPLE_OBJECTS}", about=path.name):
        if line is not None and len(found) <= MOST_COLUMNS:
            found.update(dict.fromkeys(joined(_fields(parsed(line)))))
    check_columns(path.name, list(found))
    if not found:
        raise InputError(
            Problem(path.name, "must hold JSON objects with fields", way_out="write one request a line")
        )
    columns = {}
    for dotted in found:
        pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in dotted.split("."))
        columns[dotted] = (f"json_extract_string(json, {text(pointer)})", "VARCHAR")
    return Source(path.name, "json", relation, columns, "json", False, path.stat().st_size)


def _objects(link: str, packing: str, layout: str) -> str:
    # Lines that are no JSON come as NULL and are counted; in other layouts a fault stops the reader.
    lenient = ", ignore_errors=true" if layout == "newline_delimited" else ""
    packed = "" if packing == "none" else f", compression={text(packing)}"
    return f"read_json_objects({link}, format='{layout}'{packed}{lenient})"


def _is_page(record: object) -> bool:
    return isinstance(record, dict) and any(isinstance(record.get(key), list) for key in ("data", "results"))


def check_columns(about: str, names: Sequence[str]) -> None:
    """Refuse more columns than any log has, and names that no one has given.

    Raises
    ------
    tcosim.errors.InputError
    """
    if len(names) > MOST_COLUMNS:
        rule = f"must have at most {MOST_COLUMNS:,} columns or fields"
        raise InputError(Problem(about, rule, len(names), "export the ones that count and their times"))
    long = next((one for one in names if len(one) > LONGEST_KEY or not _is_text(one)), None)
    if long is not None:
        rule = f"must name columns by at most {LONGEST_KEY} characters of text"
        raise InputError(Problem(about, rule, ascii(long[:20]), "rename them"))


def _is_text(name: str) -> bool:
    """Whether a database can be told of a column by this name."""
    return "\0" not in name and name.encode(errors="ignore").decode() == name


def joined(keys: Sequence[tuple[str, ...]]) -> list[str]:
    """Name fields within objects by their paths with dots."""
    return [".".join(key) for key in keys]


def _fields(record: object, depth: int = 0) -> list[tuple[str, ...]]:
    """List the paths of the values in an object, objects themselves included."""
    if not isinstance(record, dict) or depth == DEEPEST:
        return []
    found: list[tuple[str, ...]] = []
    for key, value in record.items():
        if key and "." not in key:
            found.append((key,))
            found += [(key, *rest) for rest in _fields(value, depth + 1)]
    return found

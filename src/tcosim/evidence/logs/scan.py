"""Rows of any source into one table of times, tokens and requests; what cannot be read is marked, not dropped.

Knows duckdb; knows nothing of hours, zones or what becomes of the marked rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tcosim.errors import InputError, Problem
from tcosim.evidence.logs.files import Source
from tcosim.evidence.logs.formats import Layout
from tcosim.evidence.logs.session import Session, text
from tcosim.evidence.logs.time import MACROS, Clock, clock_of, sampled

HOUR_US = 3_600_000_000
LARGEST = 9_000_000_000_000_000
"""Larger counts are cut to this: sums of the table stay exact, and such a row is absurd in any case."""
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_FLOATS = ("UBIGINT", "HUGEINT", "UHUGEINT", "FLOAT", "DOUBLE", "REAL")
_YEAR_1900, _YEAR_2200 = -2_208_988_800_000_000, 7_258_118_400_000_000
"""A time outside is none that a log can have, and passes for one that cannot be read."""
_CACHED_PATHS = (
    "/usage_object/prompt_tokens_details/cached_tokens",
    "/usage_object/cache_read_input_tokens",
    "/additional_usage_values/prompt_tokens_details/cached_tokens",
    "/additional_usage_values/cache_read_input_tokens",
)
"""Where LiteLLM's metadata holds the cached tokens, by its version."""

TABLE = """CREATE TABLE log_row (source SMALLINT, t BIGINT, zone INTEGER, i BIGINT, o BIGINT, k BIGINT, tok BIGINT,
    req BIGINT, width BIGINT, timed BOOLEAN, bad BOOLEAN, hit BOOLEAN, h BIGINT, g BIGINT)"""
"""A row of the log: source; time [us since 1970] and offset [s]; input, output, cached and all tokens; requests; width
of its bucket [us]; whether it has a time at all, a number that is none, an answer out of the gateway's cache; two
hashes that tell its request or, without an id, its whole row."""

SETUP = (
    *MACROS,
    "CREATE MACRO log_missing(v) AS (v IS NULL OR lower(trim(v)) IN ('', 'nan', 'null', 'none', 'n/a', 'na', '-'))",
    f"CREATE MACRO log_whole(d) AS CASE WHEN d = round(d) AND isfinite(d) THEN "
    f"CAST(greatest(least(d, {LARGEST}.0), -{LARGEST}.0) AS BIGINT) END",
    TABLE,
)


@dataclass(frozen=True)
class Loaded:
    """What was loaded from a source.

    Attributes
    ----------
    source : Source
    layout : Layout
    clock : Clock
    rows : int
        Rows in the table.
    rejected : int
        Lines that could not be split into their columns.
    example : str
        The first of the times that cannot be read, if any.
    """

    source: Source
    layout: Layout
    clock: Clock
    rows: int
    rejected: int
    example: str


@dataclass(frozen=True)
class _Count:
    """SQL of a whole number, and of whether there is something that is none."""

    value: str
    unreadable: str


NOTHING = _Count("CAST(NULL AS BIGINT)", "false")


def load(session: Session, number: int, source: Source, layout: Layout) -> Loaded:
    """Read a source into the table.

    Parameters
    ----------
    session : Session
        After `SETUP`.
    number : int
        Of the source.
    source, layout

    Raises
    ------
    tcosim.errors.InputError
        If it cannot be read, or a column of counts holds something else.
    """
    about = source.name
    session.run("DROP TABLE IF EXISTS reject_errors")
    session.run("DROP TABLE IF EXISTS reject_scans")
    time, kind = source.columns[layout.time]
    chosen = _series(session, source, layout)
    sample = session.run(sampled(source.relation, time, _no_value(kind, "vt")), about=about)
    clock = clock_of(about, kind, [value for (value,) in sample], layout)
    counts = {
        role: _count(source, column)
        for role in ("input", "output", "cached", "total", "requests")
        if (column := getattr(layout, role)) is not None
    }
    apart = [_count(source, column) for column in layout.cached_apart]
    if layout.metadata is not None:
        counts["cached"] = _cached_in(source.columns[layout.metadata][0])
    values = _values(
        layout, {role: count.value for role, count in counts.items()}, [count.value for count in apart]
    )
    bad = " OR ".join(count.unreadable for count in (*counts.values(), *apart)) or "false"
    before = session.run("SELECT count(*) FROM log_row")[0][0]
    session.run(
        f"""INSERT INTO log_row SELECT {number}, CASE WHEN t BETWEEN {_YEAR_1900} AND {_YEAR_2200} THEN t END, zone,
            i, o, k, tok, req, {_width(source, layout)}, timed, bad, hit, h, g
        FROM (SELECT *, {clock.time} AS t, {clock.offset} AS zone, NOT ({_no_value(kind, "vt")}) AS timed
            FROM (SELECT {time} AS vt, {", ".join(f"{sql} AS {key}" for key, sql in values.items())},
                {bad} AS bad, {_hit(source, layout)} AS hit, {_hashes(source, layout)}, {_end(source, layout)} AS vend
                FROM {source.relation}{chosen}))""",
        about=about,
    )
    rows = session.run("SELECT count(*) FROM log_row")[0][0] - before
    rejected = 0
    if source.rejects:
        # A line that has several faults is one line.
        rejected = session.run("SELECT count(DISTINCT line) FROM reject_errors")[0][0]
    layout = _as_counts(session, number, layout)
    return Loaded(
        source, layout, clock, rows, rejected, _example(session, number, source, layout, clock, chosen)
    )


def _as_counts(session: Session, number: int, layout: Layout) -> Layout:
    """See whether rows are hours, one each and at the same minute, without a column of requests that would tell."""
    if layout.format != "generic" or layout.requests is not None or layout.id is not None:
        return layout
    these = f"FROM log_row WHERE source = {number} AND t IS NOT NULL"
    low, high, rows = session.run(f"SELECT min(t % {HOUR_US}), max(t % {HOUR_US}), count(*) {these}")[0]
    if rows < 2 or low != high or session.run(f"SELECT count(DISTINCT t) {these}")[0][0] < rows:
        return layout
    session.run(f"UPDATE log_row SET req = NULL WHERE source = {number}")
    return replace(layout, format="counts")


def _no_value(kind: str, name: str) -> str:
    return f"log_missing({name})" if kind == "VARCHAR" else f"{name} IS NULL"


def _count(source: Source, column: str) -> _Count:
    sql, kind = source.columns[column]
    if kind in _INTEGERS:
        return _Count(f"greatest(least(CAST({sql} AS BIGINT), {LARGEST}), -{LARGEST})", "false")
    if kind in _FLOATS or kind.startswith("DECIMAL"):
        number = f"CAST({sql} AS DOUBLE)"
        return _Count(
            f"log_whole({number})",
            f"({sql} IS NOT NULL AND NOT isnan({number}) AND log_whole({number}) IS NULL)",
        )
    if kind == "VARCHAR":
        number = f"TRY_CAST(trim({sql}) AS DOUBLE)"
        return _Count(f"log_whole({number})", f"(NOT log_missing({sql}) AND log_whole({number}) IS NULL)")
    raise InputError(
        Problem(
            source.name, f"column {column} must hold whole numbers", f"a column of type {kind}",
            "say which column it is with --map",
        )
    )  # fmt: skip


def _cached_in(metadata: str) -> _Count:
    paths = "[" + ", ".join(text(path) for path in _CACHED_PATHS) + "]"
    json = f"CASE WHEN json_valid({metadata}) THEN json_extract_string({metadata}, {paths}) END"
    value = f"coalesce({', '.join(f'({json})[{i + 1}]' for i in range(len(_CACHED_PATHS)))})"
    return _Count(f"log_whole(TRY_CAST({value} AS DOUBLE))", "false")


def _values(layout: Layout, count: dict[str, str], apart: list[str]) -> dict[str, str]:
    """SQL of input, output, cached and all tokens and of requests; NULL where the source has none."""
    nothing = NOTHING.value
    known: dict[str, str] = {"i": nothing, "o": nothing, "k": nothing, "tok": count.get("total", nothing)}
    if layout.parted:
        first, second = count["input"], count.get("output")
        total = count.get("total", nothing)
        if second is None:
            second = f"({total} - {first})"
        beside = "".join(f" + coalesce({sql}, 0)" for sql in apart)
        known["i"] = f"({first}{beside})"
        known["o"] = second
        known["k"] = count["cached"] if "cached" in count else apart[0] if apart else nothing
        # One of the two may be missing; a row without either has no tokens that anyone counted.
        known["tok"] = (
            f"CASE WHEN {first} IS NULL AND {second} IS NULL THEN NULL "
            f"ELSE coalesce({known['i']}, 0) + coalesce({second}, 0) END"
        )
    if "requests" in count:
        known["req"] = f"coalesce({count['requests']}, 0)"
    else:
        known["req"] = nothing if layout.format == "counts" else "1"
    return known


def _hit(source: Source, layout: Layout) -> str:
    if layout.cache_hit is None:
        return "false"
    return f"coalesce(lower(CAST({source.columns[layout.cache_hit][0]} AS VARCHAR)) = 'true', false)"


def _hashes(source: Source, layout: Layout) -> str:
    if layout.id is not None:
        key, kind = source.columns[layout.id]
        given = f"NOT {_no_value(kind, key)}" if kind == "VARCHAR" else f"{key} IS NOT NULL"
        return ", ".join(
            f"CASE WHEN {given} THEN CAST(hash({key}{salt}) // 2 AS BIGINT) END AS {name}"
            for name, salt in (("h", ""), ("g", ", 1"))
        )
    return ", ".join(
        f"CAST(hash({source.row}{salt}) // 2 AS BIGINT) AS {name}" for name, salt in (("h", ""), ("g", ", 1"))
    )


def _end(source: Source, layout: Layout) -> str:
    return "NULL" if layout.end is None else source.columns[layout.end][0]


def _width(source: Source, layout: Layout) -> str:
    """SQL of the width of a bucket whose end is written; the usage API writes both ends as seconds since 1970."""
    if layout.end is None:
        return "NULL"
    return "CAST(round((TRY_CAST(vend AS DOUBLE) - TRY_CAST(vt AS DOUBLE)) * 1e6) AS BIGINT)"


def _series(session: Session, source: Source, layout: Layout) -> str:
    """Return SQL that keeps the rows of the series that is asked for."""
    if layout.series is None:
        return ""
    column, value = layout.series
    sql = f"CAST({source.columns[column][0]} AS VARCHAR)"
    found = session.run(
        f"SELECT DISTINCT {sql} AS v FROM {source.relation} ORDER BY v LIMIT 21", about=source.name
    )
    values = [str(item) for (item,) in found if item is not None]
    if value not in values and session.run(
        f"SELECT count(*) FROM {source.relation} WHERE {sql} = ?", [value], about=source.name
    ) == [(0,)]:
        listed = ", ".join(values[:20]) + (" and more" if len(values) > 20 else "")
        raise InputError(
            Problem(
                "map", f"must name a series of {source.name}, one of {listed}", f"series={column}:{value}",
                f"--map series={column}:{values[0] if values else 'VALUE'}",
            )
        )  # fmt: skip
    return f" WHERE {sql} = {text(value)}"


def _example(session: Session, number: int, source: Source, layout: Layout, clock: Clock, chosen: str) -> str:
    """Return the first time that cannot be read, or an empty text."""
    found = session.run(f"SELECT 1 FROM log_row WHERE source = {number} AND t IS NULL AND timed LIMIT 1")
    if not found:
        return ""
    time, kind = source.columns[layout.time]
    rows = session.run(
        f"SELECT CAST(vt AS VARCHAR) FROM (SELECT {time} AS vt FROM {source.relation}{chosen}) "
        f"WHERE NOT ({_no_value(kind, 'vt')}) AND {clock.time} IS NULL LIMIT 1",
        about=source.name,
    )
    return str(rows[0][0]) if rows else ""

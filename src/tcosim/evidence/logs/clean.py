"""Rows that cannot be or should not be counted: refused, set aside or kept, and each of these said.

Knows the table of rows; knows nothing of files' formats or of hours.
"""

from __future__ import annotations

from collections.abc import Sequence

from tcosim.errors import InputError, Problem
from tcosim.evidence.hourly import Finding
from tcosim.evidence.logs.scan import Loaded
from tcosim.evidence.logs.session import Session
from tcosim.evidence.logs.time import said
from tcosim.evidence.logs.words import counted, listed, share

UNREADABLE_SHARE = 0.01
"""A larger share of rows without a time or with counts that are none: the log is not what it is taken for."""
HANDFUL = 5
"""At most so many rows are set aside as absurd; more are no slips."""
ABSURD_TOKENS, ABSURD_FACTOR, ABSURD_QUANTILE = 10_000_000, 100, 0.999
"""A request with more tokens than this, and than this many times what all but one in a thousand of the others take, is
a slip; the others are those that do not pass the first limit."""
SAME_WITHOUT_ID = 0.01
"""A larger share of rows that repeat another one entirely is worth a warning."""


def cleaned(session: Session, loaded: Sequence[Loaded]) -> list[Finding]:
    """Refuse what makes the log unusable; take out what is not to be counted; say all of it.

    Parameters
    ----------
    session : Session
        With the table of rows; only rows that count are left in it.
    loaded : sequence of Loaded
        What was loaded from each source.

    Raises
    ------
    tcosim.errors.InputError
        If too much cannot be read, counts are negative or do not fit one another, or nothing is left.
    """
    findings = _unreadable(session, loaded)
    _negative(session, loaded)
    _cached_beyond_input(session, loaded)
    findings += _absurd(session, loaded)
    # Only now: until here the table's row numbers are those of the files.
    session.run("DELETE FROM log_row WHERE t IS NULL OR bad")
    findings += _gateway_hits(session)
    findings += _out_of_order(session, loaded)
    findings += _twice(session, loaded)
    findings += _tokens_missing(session, counting=loaded[0].layout.counts_tokens)
    return findings


def _unreadable(session: Session, loaded: Sequence[Loaded]) -> list[Finding]:
    findings = []
    for number, item in enumerate(loaded):
        rows = item.rows + item.rejected
        if not rows:
            raise InputError(
                Problem(item.source.name, "must have rows", way_out="export it again, or leave it out")
            )
        blank, unread, bad = session.run(
            f"""SELECT count(*) FILTER (WHERE NOT timed), count(*) FILTER (WHERE timed AND t IS NULL),
                count(*) FILTER (WHERE t IS NOT NULL AND bad) FROM log_row WHERE source = {number}"""
        )[0]
        parts = [
            (item.rejected, "cannot be split into the columns"),
            (blank, "without a time" if item.source.kind != "json" else "without a time or no JSON"),
            (unread, f"with a time that cannot be read (such as {item.example})"),
            (bad, "with a count that is no whole number"),
        ]
        dropped = sum(count for count, _ in parts)
        if not dropped:
            continue
        what = "; ".join(f"{counted(count, 'row')} {words}" for count, words in parts if count)
        if dropped > UNREADABLE_SHARE * rows:
            raise InputError(
                Problem(
                    item.source.name, f"must be readable in all but {UNREADABLE_SHARE:.0%} of its rows",
                    f"of {counted(rows, 'row')} {what}",
                    "write times as 2024-05-10T13:20:00+02:00 or as seconds since 1970, and counts as whole numbers; "
                    "or say which columns they are with --map",
                )
            )  # fmt: skip
        findings.append(Finding(f"{item.source.name}: {what}; left out", dropped, "warning"))
    return findings


def _negative(session: Session, loaded: Sequence[Loaded]) -> None:
    condition = "t IS NOT NULL AND least(i, o, k, tok, req) < 0"
    found = session.run(f"SELECT count(*), min(rowid) FROM log_row WHERE {condition}")[0]
    if not found[0]:
        return
    number, t, zone, *counts = session.run(
        f"SELECT source, t, zone, i, o, k, tok, req FROM log_row WHERE rowid = {found[1]}"
    )[0]
    names = ("input", "output", "cached", "all tokens", "requests")
    shown = ", ".join(
        f"{name} {count:,}" for name, count in zip(names, counts, strict=True) if count and count < 0
    )
    raise InputError(
        Problem(
            loaded[number].source.name, "counts must not be negative",
            f"{shown} at {said(t, zone)}{_place(session, loaded, number, found[1])}; {counted(found[0], 'such row')}",
            "mend or leave out these rows; where output is total less input, check that the total holds both",
        )
    )  # fmt: skip


def _place(session: Session, loaded: Sequence[Loaded], number: int, row: int) -> str:
    """Say which row of its file a row is, where the table's order tells."""
    item = loaded[number]
    if item.rejected or item.layout.series is not None:
        return ""
    before = sum(other.rows for other in loaded[:number])
    return f" (row {row - before + 1:,})"


def _cached_beyond_input(session: Session, loaded: Sequence[Loaded]) -> None:
    rows, beyond, number = session.run(
        "SELECT count(*) FILTER (WHERE k > 0), count(*) FILTER (WHERE k > i), "
        "min(source) FILTER (WHERE k > i) FROM log_row"
    )[0]
    if beyond > UNREADABLE_SHARE * rows:
        item = loaded[number]
        raise InputError(
            Problem(
                item.source.name, "cached tokens must be part of the input tokens",
                f"in {counted(beyond, 'row')} of {rows:,} more are cached than there is input",
                "map an input column that holds all input, or do not map cached tokens",
            )
        )  # fmt: skip
    if beyond:
        session.run("UPDATE log_row SET k = i WHERE k > i")


def _absurd(session: Session, loaded: Sequence[Loaded]) -> list[Finding]:
    size = "(tok / greatest(req, 1))"
    largest = session.run(f"SELECT max({size}) FROM log_row WHERE req > 0 AND t IS NOT NULL")[0][0]
    if largest is None or largest <= ABSURD_TOKENS:
        return []
    usual = session.run(
        f"SELECT quantile_disc({size}, {ABSURD_QUANTILE}) FROM log_row WHERE req > 0 AND {size} <= {ABSURD_TOKENS}"
    )[0][0]
    limit = max(float(ABSURD_TOKENS), ABSURD_FACTOR * float(usual or 0.0))
    rows = session.run(
        f"SELECT rowid, source, t, zone, tok, req FROM log_row WHERE req > 0 AND t IS NOT NULL AND {size} > {limit!r} "
        f"ORDER BY rowid LIMIT {HANDFUL + 1}"
    )
    if not rows:
        return []
    named = [
        f"{tokens:,} tokens in {counted(requests, 'request')} at {said(t, zone)}, "
        f"{loaded[number].source.name}{_place(session, loaded, number, row)}"
        for row, number, t, zone, tokens, requests in rows
    ]
    rule = f"above {limit:,.0f} tokens a request, beyond any context window and {ABSURD_FACTOR} times the usual most"
    if len(rows) > HANDFUL:
        raise InputError(
            Problem(
                "log", f"must not have more than {HANDFUL} rows {rule}", listed(named, 2),
                "check which column holds tokens: --map input=COLUMN,output=COLUMN",
            )
        )  # fmt: skip
    session.run(f"DELETE FROM log_row WHERE req > 0 AND {size} > {limit!r}")
    return [Finding(f"set aside as absurd ({rule}): {listed(named)}", len(rows), "warning")]


def _gateway_hits(session: Session) -> list[Finding]:
    hits = session.run("SELECT count(*) FROM log_row WHERE hit")[0][0]
    if not hits:
        return []
    session.run("DELETE FROM log_row WHERE hit")
    what = (
        f"{counted(hits, 'request')} answered out of the gateway's own cache, left out: no model served them"
    )
    return [Finding(what, hits)]


def _out_of_order(session: Session, loaded: Sequence[Loaded]) -> list[Finding]:
    count = 0
    for number in range(len(loaded)):
        # In the order of the file: no ORDER BY, so this streams.
        count += session.run(
            f"SELECT count(*) FROM (SELECT t, lag(t) OVER () AS before FROM log_row WHERE source = {number}) "
            "WHERE t < before"
        )[0][0]
    if not count:
        return []
    return [Finding(f"{counted(count, 'row')} earlier than the row before; the order does not matter", count)]


def _twice(session: Session, loaded: Sequence[Loaded]) -> list[Finding]:
    """Take out rows that come twice where an id, or a bucket's whole row, shows it; only count them elsewhere."""
    named = [n for n, item in enumerate(loaded) if item.layout.id is not None]
    buckets = [n for n, item in enumerate(loaded) if item.layout.id is None and is_bucketed(item)]
    plain = [n for n in range(len(loaded)) if n not in named and n not in buckets]
    findings = []
    columns = "h, g, t, zone, i, o, k, tok, req"
    for numbers, is_id in ((named, True), (buckets, False)):
        if not numbers:
            continue
        these = f"source IN ({', '.join(map(str, numbers))}) AND h IS NOT NULL"
        session.run(
            f"CREATE OR REPLACE TABLE log_twice AS SELECT h, g FROM log_row WHERE {these} "
            "GROUP BY h, g HAVING count(*) > 1"
        )
        ids = session.run("SELECT count(*) FROM log_twice")[0][0]
        if not ids:
            continue
        dropped = session.run(
            f"""DELETE FROM log_row WHERE rowid IN (SELECT r FROM (SELECT rowid AS r, row_number() OVER (
                PARTITION BY {columns} ORDER BY rowid) AS nth FROM log_row SEMI JOIN log_twice USING (h, g)
                WHERE {these}) WHERE nth > 1)"""
        )[0][0]
        if dropped:
            what = "request id, time and tokens" if is_id else "every column"
            findings.append(
                Finding(
                    f"{counted(dropped, 'row')} the same as another in {what}; counted once",
                    dropped, "warning" if dropped > SAME_WITHOUT_ID * sum(loaded[n].rows for n in numbers) else "note",
                )
            )  # fmt: skip
        left = session.run(f"SELECT count(*) FROM log_row SEMI JOIN log_twice USING (h, g) WHERE {these}")[0][
            0
        ]
        if is_id and left > ids:
            what = f"{counted(left - ids, 'row')} with the id of another but a time or tokens of its own; all counted"
            findings.append(Finding(what, left - ids, "warning"))
    return findings + _same_without_id(session, loaded, plain)


def _same_without_id(session: Session, loaded: Sequence[Loaded], numbers: Sequence[int]) -> list[Finding]:
    if not numbers:
        return []
    these = f"source IN ({', '.join(map(str, numbers))})"
    same = session.run(
        f"SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM log_row WHERE {these} "
        "GROUP BY h, g HAVING count(*) > 1)"
    )[0][0]
    rows = sum(loaded[n].rows for n in numbers)
    if not same:
        return []
    what = (
        f"{counted(int(same), 'row')} ({share(int(same), rows)}) the same as another in every column; without a "
        "request id nothing tells a repeated row from a second request, so all are counted"
    )
    return [Finding(what, int(same), "warning" if same > SAME_WITHOUT_ID * rows else "note")]


def is_bucketed(item: Loaded) -> bool:
    """Whether each row of a source stands for a stretch of time, not for one request."""
    return item.layout.requests is not None or item.layout.format in ("counts", "openai")


def _tokens_missing(session: Session, *, counting: bool) -> list[Finding]:
    rows, without, none = session.run(
        """SELECT count(*), count(*) FILTER (WHERE tok IS NULL AND coalesce(req, 1) > 0),
            count(*) FILTER (WHERE tok = 0 AND coalesce(req, 1) > 0) FROM log_row"""
    )[0]
    if not rows:
        raise InputError(
            Problem("log", "must have rows that count", way_out="see that it holds requests with times")
        )
    if not counting:
        return []
    findings = []
    if none:
        what = f"{counted(none, 'row')} with requests but 0 tokens (failed requests, as a rule); kept as requests"
        findings.append(Finding(what, none))
    if 0 < without < rows:
        what = f"{counted(without, 'row')} without a count of tokens; kept as requests of 0 tokens"
        findings.append(Finding(what, without, "warning" if without > UNREADABLE_SHARE * rows else "note"))
    return findings

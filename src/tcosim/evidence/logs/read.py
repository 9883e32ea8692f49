"""Any request log into an hourly series: the one entry to the reading of logs.

Knows the steps and their order; how each is done lies in the files beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import cast

import numpy as np

from tcosim.errors import InputError, Problem
from tcosim.evidence.hourly import Finding, Floats, HourlyLog
from tcosim.evidence.logs.bins import binned, near
from tcosim.evidence.logs.clean import cleaned, is_bucketed
from tcosim.evidence.logs.files import Source, checked, opened
from tcosim.evidence.logs.formats import Layout, checked_format, checked_map, layout_of
from tcosim.evidence.logs.hours import GAP_RULES, HOUR_US, GapRule, Hours, hourly
from tcosim.evidence.logs.scan import SETUP, Loaded, load
from tcosim.evidence.logs.session import Session
from tcosim.evidence.logs.time import WEEKDAYS, said
from tcosim.evidence.logs.words import counted
from tcosim.evidence.logs.zone import Zone, zone_named, zone_of

_LOADED = 0.8
"""Share of the work that loading is."""
INPUT, OUTPUT, CACHED, TOKENS, REQUESTS = range(5)


def read_log(
    paths: Sequence[Path],
    *,
    format: str = "auto",
    columns: Mapping[str, str] | None = None,
    zone: str | None = None,
    tokens_per_request: float | None = None,
    gaps: GapRule = "auto",
    threads: int | None = None,
    memory: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> HourlyLog:
    """Read request logs or counts into one hourly series.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        CSV, Parquet or JSON, plain or packed as gz or zst; several files are read as one log.
    format : str
        One of `tcosim.evidence.logs.formats.FORMATS`; ``"auto"`` goes by the columns of each file.
    columns : mapping of str to str, optional
        Which column is what: ``time``, ``input``, ``output``, ``cached``, ``total``, ``requests`` and ``id``. Besides
        ``series``, a column and the value that its rows must have (``model:gpt-4o``), and ``start``, when a log
        without dates begins (a date and time, or a weekday).
    zone : str, optional
        Whose clock the traffic follows, ``"Europe/Berlin"``; times without an offset are on it.
    tokens_per_request : float, optional
        Tokens of a request, for a log that counts requests alone.
    gaps : {"auto", "traffic", "gap"}
        What hours without rows are: told by likelihood, all without traffic, or all not collected.
    threads : int, optional
        All usable processors if left out.
    memory : str, optional
        What the database may hold, ``"1GB"`` if left out; the rest goes to the temporary folder.
    progress : callable, optional
        Called with the share of the work that is done. What it raises stops the work.

    Returns
    -------
    HourlyLog

    Raises
    ------
    tcosim.errors.InputError
        If the log cannot be read or cannot be trusted.
    """
    format, mapped = checked_format(format), checked_map(columns)
    _check_options(zone, mapped, tokens_per_request, gaps)
    paths = checked([Path(path) for path in paths])
    with Session(threads, memory, progress) as session:
        for statement in SETUP:
            session.run(statement)
        loaded = _load_all(session, paths, format, mapped)
        layouts = [item.layout for item in loaded]
        _check_measures(loaded, tokens_per_request)
        session.stage(_LOADED, 1.0)
        rows = sum(item.rows + item.rejected for item in loaded)
        findings = [*_read_as(loaded), *_span_of_files(session, loaded), *cleaned(session, loaded)]
        _check_tokens(session, loaded)
        width = _width(session, loaded)
        bins, far = near(binned(session))
        where, told = zone_of(bins.offsets, zone)
        if any(_any_week(item) for item in loaded):
            told = []
        hours = hourly(bins, where, width, gaps)
        session.stage(1.0, 1.0)
    findings += [*far, *told, *_about_start(layouts, loaded), *hours.findings]
    return _assembled(hours, where, loaded, rows, findings, tokens_per_request)


def _check_options(
    zone: str | None, mapped: Mapping[str, str], tokens_per_request: float | None, gaps: str
) -> None:
    if gaps not in GAP_RULES:
        raise InputError(Problem("gaps", f"must be one of {', '.join(GAP_RULES)}", gaps))
    if tokens_per_request is not None and not 0 < tokens_per_request < float("inf"):
        raise InputError(Problem("tokens_per_request", "must be a number above 0", tokens_per_request))
    if zone is not None:
        zone_named(zone)
        start = mapped.get("start", "").strip().lower()
        if start in WEEKDAYS and zone.upper() != "UTC":
            raise InputError(
                Problem(
                    "zone",
                    "means nothing for a log that begins on any " + start.title(),
                    zone,
                    "leave it out",
                )
            )


def _load_all(
    session: Session, paths: Sequence[Path], format: str, mapped: Mapping[str, str]
) -> list[Loaded]:
    plan: list[tuple[Source, Layout]] = []
    for path in paths:
        source = opened(path, session)
        plan.append((source, layout_of(source.name, source.columns, format, mapped)))
    total = sum(source.size for source, _ in plan)
    loaded, done = [], 0
    for number, (source, layout) in enumerate(plan):
        session.stage(_LOADED * done / total, _LOADED * (done + source.size) / total)
        loaded.append(load(session, number, source, layout))
        done += source.size
    return loaded


def _check_measures(loaded: Sequence[Loaded], tokens_per_request: float | None) -> None:
    counting = {item.layout.counts_tokens for item in loaded}
    if len(counting) > 1:
        lacking = next(item.source.name for item in loaded if not item.layout.counts_tokens)
        raise InputError(
            Problem(
                "log",
                "must count tokens in all of its files or in none",
                lacking,
                "read the files one by one",
            )
        )
    if tokens_per_request is not None and True in counting:
        raise InputError(
            Problem(
                "tokens_per_request",
                "is only for logs that count requests alone",
                tokens_per_request,
                "leave it out",
            )
        )


def _check_tokens(session: Session, loaded: Sequence[Loaded]) -> None:
    """Refuse a log without any traffic, or one whose columns of tokens are empty throughout."""
    told, tokens, requests = session.run("SELECT count(tok), sum(tok), sum(req) FROM log_row")[0]
    first = loaded[0].layout
    if first.counts_tokens and not told:
        names = ", ".join(name for name in (first.input, first.output, first.total) if name)
        raise InputError(
            Problem(
                loaded[0].source.name, "must have tokens in its columns of tokens", f"{names} are empty throughout",
                "say where the tokens are with --map, or count requests alone with --map requests=COLUMN",
            )
        )  # fmt: skip
    if not (tokens if first.counts_tokens else requests):
        raise InputError(
            Problem("log", "must have traffic", "0 in every row", "check which columns are read")
        )


def _width(session: Session, loaded: Sequence[Loaded]) -> int | None:
    """Return the width of the buckets that rows stand for [us], or None if rows are requests."""
    stands = [is_bucketed(item) for item in loaded]
    if not any(stands):
        return None
    names = [item.source.name for item, bucketed in zip(loaded, stands, strict=True) if bucketed]
    widths = []
    for number, bucketed in enumerate(stands):
        if not bucketed:
            continue
        written, widest = session.run(
            f"SELECT max(width), count(width) FROM log_row WHERE source = {number}"
        )[0]
        step, example = session.run(
            f"""SELECT min(t - before), arg_min(before, t - before) FROM (SELECT t, lag(t) OVER (ORDER BY t) AS before
                FROM (SELECT DISTINCT t FROM log_row WHERE source = {number}))"""
        )[0]
        width = written if widest else step
        if width is not None and width > HOUR_US:
            hours = width / HOUR_US
            raise InputError(
                Problem(
                    names[0] if len(names) == 1 else loaded[number].source.name,
                    "must count by the hour or finer",
                    f"{'days' if hours == 24 else f'{hours:g} hours'} at a time"
                    + ("" if example is None else f", as from {said(example, None)}"),
                    "export it by the hour or the minute (usage API: bucket_width=1h), or the requests themselves",
                )
            )  # fmt: skip
        widths.append(width or HOUR_US)
    return int(max(widths))


def _read_as(loaded: Sequence[Loaded]) -> list[Finding]:
    words: dict[str, list[str]] = {}
    for item in loaded:
        what = f"format {item.layout.format}: {item.layout.in_words()}"
        words.setdefault(what, []).append(item.source.name)
    return [Finding(f"{', '.join(names)} read as {what}", len(names)) for what, names in words.items()]


def _span_of_files(session: Session, loaded: Sequence[Loaded]) -> list[Finding]:
    """Say which files overlap in time without an id that would show what they both hold."""
    if len(loaded) < 2 or all(item.layout.id is not None for item in loaded):
        return []
    spans = session.run(
        "SELECT source, min(t), max(t) FROM log_row WHERE t IS NOT NULL GROUP BY source ORDER BY 2, 1"
    )
    findings = []
    for (first, _, end), (second, begin, _) in pairwise(spans):
        if begin < end:
            names = f"{loaded[first].source.name} and {loaded[second].source.name}"
            what = f"{names} overlap in time from {said(begin, None)} (UTC, or as written) on; without a request id, "
            findings.append(Finding(what + "what both of them hold is counted twice", 1, "warning"))
    return findings


def _any_week(item: Loaded) -> bool:
    return item.clock.relative and str(item.layout.start).strip().lower() in WEEKDAYS


def _about_start(layouts: Sequence[Layout], loaded: Sequence[Loaded]) -> list[Finding]:
    stated = {layout.start for layout, item in zip(layouts, loaded, strict=True) if item.clock.relative}
    findings = []
    for start in sorted(str(item) for item in stated):
        if start.strip().lower() in WEEKDAYS:
            what = (
                f"the log has no dates: its hour 0 is taken as {start.title()} 00:00 local time, as stated; dates are "
                "stand-ins, and clock changes are unknown"
            )
        else:
            what = f"the log has no dates: it is taken to begin at {start}, as stated"
        findings.append(Finding(what, 1, "warning"))
    return findings


def _assembled(
    hours: Hours,
    zone: Zone,
    loaded: Sequence[Loaded],
    rows: int,
    findings: list[Finding],
    tokens_per_request: float | None,
) -> HourlyLog:
    layouts = [item.layout for item in loaded]
    has_requests = not any(layout.format == "counts" and layout.requests is None for layout in layouts)
    parted = all(layout.parted for layout in layouts)
    sums = hours.sums

    def kept(which: int, there: bool) -> Floats | None:
        return cast(Floats, np.array(sums[which])) if there else None

    tokens = kept(TOKENS, layouts[0].counts_tokens)
    requests = kept(REQUESTS, has_requests)
    if tokens_per_request is not None and requests is not None:
        tokens = requests * tokens_per_request
        what = f"tokens are requests times {tokens_per_request:g}, as stated"
        findings = [*findings, Finding(what, 0, "warning")]
    cached = [layout.counts_cached for layout in layouts]
    if any(cached) and not all(cached):
        lacking = sum(not one for one in cached)
        what = f"{counted(lacking, 'file')} without cached tokens, so the log is taken to have none counted"
        findings = [*findings, Finding(what, lacking)]
    return HourlyLog(
        start=hours.start,
        zone=zone.name,
        hour_of_week=hours.hour_of_week,
        requests=requests,
        tokens=tokens,
        input_tokens=kept(INPUT, parted),
        cached_tokens=kept(CACHED, all(cached)),
        output_tokens=kept(OUTPUT, parted),
        collected=hours.collected,
        findings=tuple(findings),
        rows=rows,
        format=", ".join(dict.fromkeys(layout.format for layout in layouts)),
        sources=tuple(item.source.name for item in loaded),
    )

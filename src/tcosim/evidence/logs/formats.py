"""Which columns of a log mean what: the formats that are known, the names that are understood, and what a user maps.

Knows names of columns; knows nothing of files, SQL or what is in the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tcosim.errors import InputError, Problem
from tcosim.scenario.near import closest, did_you_mean

FORMATS = ("auto", "generic", "azure", "burstgpt", "litellm", "openai", "anthropic", "counts")
CONTAINERS = ("csv", "parquet", "jsonl")
"""Taken as names of formats too: what a file is shows in its first bytes, so they mean auto."""

NAMES: dict[str, tuple[str, ...]] = {
    "time": (
        "timestamp", "time", "ts", "datetime", "date_time", "start_time", "starttime", "created_at", "created",
        "request_time", "requested_at", "event_time", "ts_utc", "time_utc", "timestamp_utc", "datetime_utc",
        "hour_utc", "hour_start", "hour", "minute", "second", "date", "day",
    ),
    "input": (
        "input_tokens", "prompt_tokens", "context_tokens", "request_tokens", "num_input_tokens", "num_prompt_tokens",
        "n_input_tokens", "tokens_in", "tokens_input", "tokens_prompt", "input_token_count", "prompt_token_count",
        "input",
    ),
    "output": (
        "output_tokens", "completion_tokens", "generated_tokens", "response_tokens", "num_output_tokens",
        "num_completion_tokens", "num_generated_tokens", "n_output_tokens", "tokens_out", "tokens_output",
        "tokens_completion", "output_token_count", "completion_token_count", "candidates_token_count", "output",
    ),
    "cached": (
        "cached_tokens", "input_cached_tokens", "cached_input_tokens", "prompt_cached_tokens", "tokens_cached",
        "cached_content_token_count", "cached",
    ),
    "total": ("total_tokens", "tokens", "tokens_total", "num_tokens", "total_token_count", "total"),
    "requests": (
        "requests", "num_model_requests", "num_requests", "n_requests", "request_count", "api_requests", "calls",
    ),
    "id": ("request_id", "requestid", "id", "call_id", "response_id", "completion_id", "generation_id", "uuid"),
}  # fmt: skip
TOKENS = ("input", "output", "total")
KEYS = (*NAMES, "series", "start")
RELATIVE_SECONDS = {"hour": 3600.0, "minute": 60.0}
"""What one step of a count since the start is, by the name of its column; seconds for any other."""


@dataclass(frozen=True)
class Layout:
    """Which column of a source is what; all are names of columns.

    Attributes
    ----------
    format : str
    time : str
    input, output, cached, total, requests, id, end : str or None
        `cached` is part of the input; `end` is the end of a bucket.
    cached_apart : tuple of str
        Input that is counted beside `input`, as some providers count it; the first is read from the cache.
    metadata, cache_hit : str or None
        LiteLLM: JSON with the cached tokens; whether the gateway answered out of a cache of its own.
    series : (str, str) or None
        Column and value of the only rows that count.
    start : str or None
        When a log without dates begins, as stated.
    utc : bool
        Whether times without an offset are UTC by definition of the format or by the column's name.
    """

    format: str
    time: str
    input: str | None = None
    output: str | None = None
    cached: str | None = None
    total: str | None = None
    requests: str | None = None
    id: str | None = None
    end: str | None = None
    cached_apart: tuple[str, ...] = ()
    metadata: str | None = None
    cache_hit: str | None = None
    series: tuple[str, str] | None = None
    start: str | None = None
    utc: bool = False

    @property
    def parted(self) -> bool:
        """Whether input and output are told apart."""
        return self.input is not None and (self.output is not None or self.total is not None)

    @property
    def counts_tokens(self) -> bool:
        """Whether the log counts tokens at all."""
        return self.parted or self.total is not None

    @property
    def counts_cached(self) -> bool:
        """Whether the log counts cached tokens."""
        return self.parted and bool(self.cached or self.cached_apart or self.metadata)

    def in_words(self) -> str:
        """Say which column was taken for what."""
        roles = ("time", "input", "output", "cached", "total", "requests", "id")
        said = [f"{role} is {getattr(self, role)}" for role in roles if getattr(self, role)]
        if self.metadata and not self.cached:
            said.append(f"cached is in {self.metadata}")
        if self.cached_apart:
            said.append(f"input also has {' and '.join(self.cached_apart)}")
        return ", ".join(said)


def plain(name: str) -> str:
    """Write a column's name in small letters with underscores: ``ContextTokens`` is ``context_tokens``."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")


def checked_format(format: str) -> str:
    """Return the format, ``auto`` for a container; refuse a name that is not known."""
    if format in CONTAINERS:
        return "auto"
    if format not in FORMATS:
        known = (*FORMATS, *CONTAINERS)
        raise InputError(
            Problem(
                "format", f"must be one of {', '.join(known)}", format, did_you_mean(closest(format, known))
            )
        )
    return format


def checked_map(columns: Mapping[str, str] | None) -> dict[str, str]:
    """Return what the user maps; refuse keys that are not known."""
    problems = [
        Problem("map", f"must map some of {', '.join(KEYS)}", key, did_you_mean(closest(key, KEYS)))
        for key in columns or {}
        if key not in KEYS
    ]
    roles = [key for key in columns or {} if key not in ("series", "start")]
    for column in sorted({(columns or {})[key] for key in roles}):
        twice = [key for key in roles if (columns or {})[key] == column]
        if len(twice) > 1:
            problems.append(
                Problem(
                    "map",
                    "must give a column one meaning",
                    f"{' and '.join(twice)} are {column}",
                    "take one out",
                )
            )
    if problems:
        raise InputError(problems)
    return dict(columns or {})


def layout_of(
    about: str, names: Iterable[str], format: str = "auto", mapped: Mapping[str, str] | None = None
) -> Layout:
    """Tell what the columns of a source are.

    Parameters
    ----------
    about : str
        Name of the file.
    names : iterable of str
        Its columns.
    format : str
        One of `FORMATS`.
    mapped : mapping of str to str, optional
        What the user says, role to column; it goes before what the names say.

    Raises
    ------
    tcosim.errors.InputError
        If there is no column of times or none that counts, or several could be meant.
    """
    names, mapped = list(names), dict(mapped or {})
    for role, column in mapped.items():
        wanted = column.partition(":")[0] if role == "series" else column
        if role != "start" and wanted not in names:
            raise InputError(
                Problem(
                    "map", f"must name a column of {about} for {role}", wanted,
                    did_you_mean(closest(wanted, names)) or f"its columns are {_listed(names)}",
                )
            )  # fmt: skip
    found = _recognised(about, names, mapped)
    if format == "auto":
        format = _format_of({plain(name) for name in names}, found)
    _complete(about, names, found)
    taken: dict[str, Any] = dict(found)
    layout = Layout(format, **taken)
    if "series" in mapped:
        column, _, value = mapped["series"].partition(":")
        layout = replace(layout, series=(column, value))
    layout = _particular(layout, {plain(name): name for name in reversed(names)}, mapped)
    return replace(layout, start=mapped.get("start"), utc=layout.utc or plain(layout.time).endswith("utc"))


def _recognised(about: str, names: list[str], mapped: Mapping[str, str]) -> dict[str, str]:
    outer = {plain(name): name for name in reversed(names)}
    # Within objects the last part of a name tells, and of several the outermost.
    inner: dict[str, str] = {}
    for name in sorted(names, key=lambda name: name.count("."), reverse=True):
        inner[plain(name.rpartition(".")[2])] = name
    found: dict[str, str] = {}
    for role, known in NAMES.items():
        taken = mapped.get(role)
        if taken is None and not (role in TOKENS and any(key in mapped for key in TOKENS)):
            taken = next((outer[name] for name in known if name in outer), None)
            if taken is None and role != "id":  # the id within an object is that of a user, of a key, ...
                taken = next((inner[name] for name in known if name in inner), None)
        if taken is not None:
            found[role] = taken
    if "requests" not in found and not any(role in found for role in TOKENS):
        several = [name for name in names if re.match(r"requests_|.*_requests$", plain(name))]
        if len(several) > 1:
            raise InputError(
                Problem(
                    "map", f"must say which series of {about} is meant", ", ".join(several),
                    f"--map requests={several[0]}, or one file for each series",
                )
            )  # fmt: skip
        if several:
            found["requests"] = several[0]
    return found


def _format_of(names: set[str], found: Mapping[str, str]) -> str:
    for format, signature in (
        ("azure", {"timestamp", "context_tokens", "generated_tokens"}),
        ("burstgpt", {"timestamp", "request_tokens", "response_tokens"}),
        ("litellm", {"start_time", "prompt_tokens", "completion_tokens", "spend"}),
        ("openai", {"start_time", "end_time", "num_model_requests"}),
        ("anthropic", {"input_tokens", "output_tokens", "cache_read_input_tokens"}),
        ("anthropic", {"usage_input_tokens", "usage_output_tokens", "usage_cache_read_input_tokens"}),
    ):
        if signature <= names:
            return format
    return "counts" if "requests" in found else "generic"


def _complete(about: str, names: list[str], found: dict[str, str]) -> None:
    has_tokens = "total" in found or {"input", "output"} <= set(found)
    missing = []
    if "time" not in found:
        missing.append("a column of times")
    if not has_tokens and "requests" not in found:
        half = {"input": "output", "output": "input"}
        lone = next((role for role in half if role in found), None)
        if lone is None:
            missing.append("columns of input and output tokens, of total tokens or of requests")
        else:
            missing.append(f"a column of {half[lone]} tokens beside {found[lone]}, or one of total tokens")
    if missing:
        lines = "" if names else "; the first line must name the columns"
        raise InputError(
            Problem(
                about, f"must have {' and '.join(missing)}{lines}", f"columns {_listed(names)}",
                "say which they are with --map time=COLUMN,input=COLUMN,output=COLUMN "
                "(or total=COLUMN or requests=COLUMN)",
            )
        )  # fmt: skip
    if not has_tokens:
        for role in TOKENS:
            found.pop(role, None)


def _particular(layout: Layout, by_name: Mapping[str, str], mapped: Mapping[str, str]) -> Layout:
    """Add what only one format has."""
    if layout.format == "litellm":
        # The proxy writes UTC into columns without a zone.
        metadata = by_name.get("metadata") if "cached" not in mapped else None
        cached = layout.cached if "cached" in mapped or metadata is None else None
        return replace(
            layout,
            utc=True,
            metadata=metadata,
            cached=cached,
            cache_hit=by_name.get("cache_hit"),
            requests=None,
        )
    if layout.format == "openai":
        return replace(layout, end=by_name.get("end_time"), id=None)
    if layout.format == "anthropic" and layout.cached is None and layout.input is not None:
        stem = layout.input.removesuffix("input_tokens")
        apart = (f"{stem}cache_read_input_tokens", f"{stem}cache_creation_input_tokens")
        return replace(layout, cached_apart=tuple(name for name in apart if name in by_name.values()))
    return layout


def _listed(names: list[str]) -> str:
    return ", ".join(names[:30]) + (f" and {len(names) - 30} more" if len(names) > 30 else "") or "none"

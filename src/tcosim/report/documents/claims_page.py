"""Published claims as a page of the documentation, in Markdown.

From the content of `tcosim.studies.claims.claims`; what was simulated stands in a last section of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from tcosim.report.words import claims as words
from tcosim.report.words import rounding

COMMAND = "tcosim claims --markdown > docs/claims.md"
SIMULATED = "## Asserted verdicts under uncertainty"


def claims_page(found: dict[str, Any]) -> str:
    """Return the page; the same content gives the same text."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield "# Published claims, recomputed"
    yield ""
    yield (
        "Each figure is computed from the inputs that its source gives (`distributions/claims.toml`); what the source"
        f" leaves open stands under *assumed*. This page is written by `{COMMAND}`."
    )
    yield ""
    yield " ".join(words.summary(found))
    yield ""
    yield words.LEGEND
    for title, rows in groupby(found["claims"], key=lambda row: row["source_title"]):
        yield ""
        yield f"## {_safe(title)}"
        yield ""
        heads = ("claim", "asserted", "stated", "recomputed", "unit", "holds", "factor", "step")
        yield from _table(heads, [_claim(row) for row in rows])
    notes = [row for row in found["claims"] if row["note"] or row["assumed"]]
    if notes:
        yield ""
        yield "## Readings and assumptions"
        yield ""
        yield from (f"- `{row['id']}`: {_assumed(row)}{_safe(row['note'] or '')}" for row in notes)
    on_gpus = [row for row in found["claims"] if row["hardware"]]
    if on_gpus:
        yield ""
        yield "## Throughput against the hardware"
        yield ""
        yield words.HARDWARE_LEGEND
        yield ""
        yield from _table(
            ("claim", "GPUs", "claimed", "library", "peak", "verdict"),
            [words.hardware(row) for row in on_gpus],
        )
    held = [row for row in found["claims"] if row["library"]]
    if held:
        yield ""
        yield "## Other figures against the library"
        yield ""
        yield from _table(
            ("claim", "quantity", "claimed", "library P5 to P95", "overlap"), map(_library, held)
        )
    if found["topics"]:
        yield ""
        yield "## Contradictions"
        yield ""
        yield words.TOPICS_LEGEND
        for topic in found["topics"]:
            yield ""
            yield f"### {_safe(topic['title'])} ({topic['unit']})"
            yield ""
            yield from _table(("says", "claim"), words.answers(topic))
            yield ""
            yield words.widest(topic)
    points = [
        (row, point) for row in found["claims"] for point in (row["verdict"] or {}).get("simulated") or ()
    ]
    if points:
        yield ""
        yield SIMULATED
        yield ""
        yield f"{words.VERDICT_LEGEND} {found['samples']:,} futures each, seed {found['seed']}."
        yield ""
        columns = ("claim", "scenario", "tokens a month", "asserted", "option", "probability", "95 %")
        yield from _table(columns, [_verdict(*one) for one in points])


def _claim(row: dict[str, Any]) -> list[str]:
    return [
        f"`{row['id']}`",
        row["asserts"],
        words.stated(row),
        words.recomputed(row),
        row["unit"],
        words.HOLDS[row["finding"]],
        words.off(row),
        words.where(row),
    ]


def _assumed(row: dict[str, Any]) -> str:
    if not row["assumed"]:
        return ""
    said = ", ".join(f"{words.plain(name)} {words.span(ends)}" for name, ends in row["assumed"].items())
    return f"assumed: {said}. "


def _library(row: dict[str, Any]) -> list[str]:
    found = row["library"]
    return [
        f"`{row['id']}`",
        f"`{found['quantity']}`",
        words.span(found["claimed"]),
        words.span([found["p5"], found["p95"]]),
        "yes" if found["within_p5_p95"] else "no",
    ]


def _verdict(row: dict[str, Any], point: dict[str, Any]) -> list[str]:
    verdict = row["verdict"]
    return [
        f"`{row['id']}`",
        " with ".join(f"`{one}`" for one in (verdict["scenario"], words.overrides(row)) if one),
        rounding.volume(point["tokens_per_month"]),
        words.ASSERTS[verdict["asserts"]],
        f"`{point['option']}`",
        *words.chance(point),
    ]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(_safe(cell) for cell in row)} |"


def _safe(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")

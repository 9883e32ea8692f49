"""Published claims on a terminal or in a pipe: what holds, what the hardware can do, what contradicts what.

From the content of `tcosim.studies.claims.claims`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rich.console import Console, Group, RenderableType

from tcosim.report.terminal.lines import INDENT, print_blocks, prose
from tcosim.report.terminal.table import RIGHT, Column, Table
from tcosim.report.words import claims as words
from tcosim.report.words import rounding

MARK = "*"


def print_claims(found: dict[str, Any], console: Console) -> None:
    """Print claims.

    Parameters
    ----------
    found : dict
        From `tcosim.studies.claims.claims`.
    console : Console
    """
    simulated = any((row["verdict"] or {}).get("simulated") for row in found["claims"])
    said = words.summary(found)
    blocks: list[RenderableType] = [
        Group(*(prose(text, "bold" if index == 0 else "") for index, text in enumerate(said)))
    ]
    for title, rows in groupby(found["claims"], key=lambda row: row["source_title"]):
        blocks.append(_claims(title, list(rows), simulated))
    blocks.append(prose(words.LEGEND, "dim"))
    on_gpus = [row for row in found["claims"] if row["hardware"]]
    if on_gpus:
        blocks.append(_hardware(on_gpus))
    blocks.extend(_topic(topic) for topic in found["topics"])
    if found["topics"]:
        blocks.append(prose(words.TOPICS_LEGEND, "dim"))
    if simulated:
        blocks.append(_verdicts(found))
    print_blocks(blocks, console)


def _claims(title: str, rows: Sequence[dict[str, Any]], simulated: bool) -> RenderableType:
    columns = [
        Column("claim"),
        Column("stated", RIGHT),
        Column("recomputed", RIGHT),
        Column("unit"),
        Column("holds"),
        Column("factor", RIGHT),
        *([Column("probable", RIGHT)] if simulated else []),
        Column("step"),
    ]
    cells = [
        [
            row["id"],
            words.stated(row),
            words.recomputed(row),
            row["unit"],
            words.HOLDS[row["finding"]],
            words.off(row),
            *([words.probability(row)] if simulated else []),
            words.where(row),
        ]
        for row in rows
    ]
    return Group(prose(title, "bold"), Table(columns, cells, 2, INDENT))


def _hardware(rows: Sequence[dict[str, Any]]) -> RenderableType:
    columns = [
        Column("claim"),
        Column("GPUs"),
        *(Column(head, RIGHT) for head in ("claimed", "library", "peak")),
        Column("verdict"),
    ]
    table = Table(columns, [words.hardware(row) for row in rows], 2, INDENT)
    return Group(prose("Throughput", "bold"), table, prose(words.HARDWARE_LEGEND, "dim"))


def _topic(topic: dict[str, Any]) -> RenderableType:
    table = Table((Column("", RIGHT), Column()), words.answers(topic), 2, INDENT)
    return Group(prose(f"{topic['title']}, {topic['unit']}", "bold"), table, prose(words.widest(topic)))


def _verdicts(found: dict[str, Any]) -> RenderableType:
    columns = [
        Column("claim"),
        Column("scenario"),
        Column("tokens\na month", RIGHT),
        Column("asserted"),
        Column("probability", RIGHT),
        Column("(95 %)"),
    ]
    cells = []
    for row in found["claims"]:
        verdict = row["verdict"]
        for point in (verdict or {}).get("simulated") or ():
            value, interval = words.chance(point)
            scenario = verdict["scenario"] + (MARK if verdict["set"] else "")
            volume = rounding.volume(point["tokens_per_month"])
            bounds = f"({interval})" if point["ci95"] else ""
            cells.append([row["id"], scenario, volume, words.ASSERTS[verdict["asserts"]], value, bounds])
    head = f"Asserted verdicts under uncertainty, {found['samples']:,} futures each, seed {found['seed']}"
    changed = dict.fromkeys(
        f"{MARK} {row['verdict']['scenario']} with {words.overrides(row)}"
        for row in found["claims"]
        if row["verdict"] and row["verdict"]["set"]
    )
    table = Table(columns, cells, 2, INDENT)
    notes = [prose(text) for text in changed]
    return Group(prose(head, "bold"), table, *notes, prose(words.VERDICT_LEGEND, "dim"))

"""What the gates shut out, why, and what the answer would be without each of them, in sentences.

From the content of ``summary.json`` or from a checked scenario; computes no statistics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tcosim.report.words.rounding import percent, percent_with_interval

SHUT_OUT = "shut out"
"""What stands in a table instead of a figure that only an eligible option has."""


def gate_sentences(summary: Mapping[str, Any]) -> list[str]:
    """One sentence or two a gate in force: what it shuts out and why, and the answer without it."""
    return [
        " ".join(text for text in (_shuts_out(row), _without(row, summary), _on_trust(row)) if text)
        for row in summary["gates"]
    ]


def checked_sentences(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The same before anything is simulated: ``gate``, ``shuts_out`` and ``unstated`` of each gate."""
    return [" ".join(text for text in (_shuts_out(row), _on_trust(row)) if text) for row in rows]


def gates_line(summary: Mapping[str, Any]) -> str:
    """Who is shut out by what, in one line; empty if nobody is."""
    told = [
        f"{', '.join(one['option'] for one in row['shuts_out'])} ({row['gate']})"
        for row in summary["gates"]
        if row["shuts_out"]
    ]
    return f"Shut out by gates: {'; '.join(told)}." if told else ""


def curve_gates(options: Sequence[Mapping[str, Any]]) -> str:
    """Which options of a curve are no candidates; empty if all are."""
    names = [one["name"] for one in options if not one["eligible"]]
    if not names:
        return ""
    return (
        f"Gates shut out {listed(names)}: shown, but never the best or the cheapest. Why, and what would hold without"
        " each gate, says tcosim run."
    )


def _shuts_out(row: Mapping[str, Any]) -> str:
    names: dict[str, list[str]] = {}
    for one in row["shuts_out"]:
        names.setdefault(one["reason"], []).append(one["option"])
    if not names:
        return f"The gate constraints.{row['gate']} shuts nothing out."
    told = "; ".join(f"{listed(options)}, because {reason}" for reason, options in names.items())
    return f"Shut out: {told} (constraints.{row['gate']})."


def _on_trust(row: Mapping[str, Any]) -> str:
    names = row["unstated"]
    if not names:
        return ""
    return (
        f"On trust it lets {listed(names)} pass: no {row['gate']} is stated for"
        f" {'it' if len(names) == 1 else 'them'}."
    )


def _without(row: Mapping[str, Any], summary: Mapping[str, Any]) -> str:
    """What would change without the gate, the others left as they are."""
    if not row["shuts_out"]:
        return ""
    found, headline = row["without_it"], summary["headline"]
    now = None if headline is None else headline["option"]
    cheapest = min((one for one in summary["options"] if one["eligible"]), key=_mean)["name"]
    is_cheapest, is_headline = found["cheapest_expected"] == cheapest, found["headline_option"] == now
    if is_cheapest and is_headline:
        return "Without this gate the answer would be the same."
    still = "still " if is_cheapest else ""
    start = f"Without this gate {found['cheapest_expected']} would {still}cost least on average"
    if is_headline or found["headline_option"] is None:
        return f"{start}{'' if now is None else f', and {now} would still be the best self-hosted option'}."
    baseline = next(one["name"] for one in summary["options"] if one["probability_beats_baseline"] is None)
    return (
        f"{start}, and {found['headline_option']} would be the best self-hosted option: it costs less than {baseline}"
        f" with a probability of {_probability(found)}."
    )


def _probability(found: Mapping[str, Any]) -> str:
    if found["ci95"] is None:
        return percent(found["probability"], 0)
    value, between = percent_with_interval(found["probability"], *found["ci95"])
    return f"{value} (95 % interval {between})"


def _mean(option: Mapping[str, Any]) -> float:
    return float(option["npv_usd"]["mean"])


def listed(names: Sequence[str]) -> str:
    """``"a, b and c"``."""
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]

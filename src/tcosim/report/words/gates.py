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
    """One sentence or two a gate in force: what it shuts out and why, and the answer without it; then without any."""
    said = [
        " ".join(text for text in (_shuts_out(row), _without(row, summary), _on_trust(row)) if text)
        for row in summary["gates"]
    ]
    # without any is told apart from without each only where several shut something out
    several = sum(bool(row["shuts_out"]) for row in summary["gates"]) > 1
    return [*said, _without_any(summary)] if several else said


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
    others = _others(row, summary)
    if all(others.values()):  # the same options are eligible
        gates = dict.fromkeys(gate for names in others.values() for gate in names)
        verb = "shuts" if len(gates) == 1 else "shut"
        return (
            f"Without this gate alone: the same; {listed(list(gates))} {verb} out {listed(list(others))} too."
        )
    return _answer("Without this gate", row["without_it"], summary)


def _others(row: Mapping[str, Any], summary: Mapping[str, Any]) -> dict[str, list[str]]:
    """Other gates that shut out what this one does, by option."""
    return {
        one["option"]: [
            other["gate"]
            for other in summary["gates"]
            if other["gate"] != row["gate"]
            and any(out["option"] == one["option"] for out in other["shuts_out"])
        ]
        for one in row["shuts_out"]
    }


def _without_any(summary: Mapping[str, Any]) -> str:
    return _answer("Without any of these gates", summary["without_gates"], summary)


def _answer(without: str, found: Mapping[str, Any], summary: Mapping[str, Any]) -> str:
    """What would cost least and what would be the headline, told from what holds now."""
    headline = summary["headline"]
    now = None if headline is None else headline["option"]
    cheapest = min((one for one in summary["options"] if one["eligible"]), key=_mean)["name"]
    is_cheapest, is_headline = found["cheapest_expected"] == cheapest, found["headline_option"] == now
    if is_cheapest and is_headline:
        return f"{without} the answer would be the same."
    still = "still " if is_cheapest else ""
    start = f"{without} {found['cheapest_expected']} would {still}cost least on average"
    baseline = next(one["name"] for one in summary["options"] if one["probability_beats_baseline"] is None)
    first = next(one for one in summary["options"] if one["name"] == found["cheapest_expected"])
    told = found["headline_option"] == first["name"] and not is_headline  # its odds stand at the end
    if not is_cheapest and first["name"] != baseline and not told:
        start += f" ({_odds(first, baseline)})"
    if is_headline or found["headline_option"] is None:
        return f"{start}{'' if now is None else f', and {now} would still be the best self-hosted option'}."
    return (
        f"{start}, and {found['headline_option']} would be the best self-hosted option: it costs less than {baseline}"
        f" with a probability of {_probability(found)}."
    )


def _probability(found: Mapping[str, Any]) -> str:
    if found["ci95"] is None:
        return percent(found["probability"], 0)
    value, between = percent_with_interval(found["probability"], *found["ci95"])
    return f"{value} (95 % interval {between})"


def _odds(option: Mapping[str, Any], baseline: str) -> str:
    """``"less than managed with a probability of 95.5 %, 95 % interval 95.4 to 95.6 %"``."""
    probability, bounds = option["probability_beats_baseline"], option["probability_beats_baseline_ci95"]
    start = f"less than {baseline} with a probability of"
    if bounds is None:
        return f"{start} {percent(probability, 0)}"
    value, between = percent_with_interval(probability, *bounds)
    return f"{start} {value}, 95 % interval {between}"


def _mean(option: Mapping[str, Any]) -> float:
    return float(option["npv_usd"]["mean"])


def listed(names: Sequence[str]) -> str:
    """``"a, b and c"``."""
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]

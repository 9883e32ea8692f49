"""A difference of two scenarios in words: ``usd_per_gpu_hour of rented-h100: lognormal 1.9 to 5.1 -> 2.1``.

Knows the plain data of differences; knows nothing of effects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tcosim.report.words.english import listed
from tcosim.units import format_exact, format_percent, format_quantity

MOST_CHANGES = 5
"""Further changes of one difference are counted and not shown."""


def change_text(part: dict[str, Any]) -> str:
    """Say what changed, from what to what."""
    changes = part["changes"]
    pairs = [_sides(change) for change in changes]
    if len(changes) > 1 and len(set(pairs)) == 1 and changes[0]["kind"] == "field":
        before, after = pairs[0]
        return f"{part['name']}: {before} -> {after} ({len(changes)} fields)"
    named = [
        (change, pair)
        for change, pair in zip(changes, pairs, strict=True)
        if not _is_numbers(change, changes)
    ]
    texts = [_change(change, pair, named[0][0]) for change, pair in named[:MOST_CHANGES]]
    if len(named) > MOST_CHANGES:
        texts.append(f"and {len(named) - MOST_CHANGES} more")
    return "; ".join(texts)


def _is_numbers(change: dict[str, Any], changes: list[dict[str, Any]]) -> bool:
    """Whether these are the numbers of a profile whose name changed as well, which says it shorter."""
    return any(one["field"] == f"{change['field']}_name" for one in changes)


def _sides(change: dict[str, Any]) -> tuple[str, str]:
    before, after = change["from"], change["to"]
    if change["field"].endswith("_name"):
        return before or "stated numbers", after or "stated numbers"
    return _pair(before, after)


def _change(change: dict[str, Any], pair: tuple[str, str], first: dict[str, Any]) -> str:
    """Say one change; the option stands with the first, and what that one brought along needs no other side."""
    name = label(change)
    if change is not first:
        of_option = f" of {first['field'].split('.')[1]}" if first["field"].startswith("option.") else ""
        name = name.removesuffix(of_option) if of_option else name
        if change["from"] is None:
            return f"with {name} {pair[1]}"
        if change["to"] is None:
            return f"without {name}"
    return f"{name}: {pair[0]} -> {pair[1]}"


def label(change: dict[str, Any]) -> str:
    """Name a field as people would: ``share of route cheap of api``."""
    path = change["field"]
    if change["kind"] == "correlation":
        return f"correlation of {path}"
    parts = path.split(".")
    if parts[0] != "option":
        return str(parts[-1]).removesuffix("_name")
    option = parts[1]
    if parts[2:] == ["route"]:
        return f"routes of {option}"
    if parts[2] == "route" and parts[3] != "default":
        return f"{parts[-1]} of route {parts[3]} of {option}"
    return f"{parts[-1]} of {option}"


def phrase(part: dict[str, Any]) -> str:
    """Name what changed so that it can stand in a sentence: ``the higher usd_per_gpu_hour of rented-h100``."""
    changes = part["changes"]
    first = next((one for one in changes if not _is_numbers(one, changes)), changes[0])
    if first["kind"] == "correlation":
        return f"the other {label(first)}" if len(changes) == 1 else "the other correlations"
    shared = len(changes) > 1 and len({_sides(one) for one in changes}) == 1
    name = part["name"] if shared else label(first)
    before, after = _middle(first["from"]), _middle(first["to"])
    if before is not None and after is not None and before != after:
        return f"the {'higher' if after > before else 'lower'} {name}"
    if all(isinstance(first[side], (str, bool)) for side in ("from", "to")):
        was, now = _sides(first)
        return f"{name}, {now} instead of {was}"
    return f"the other {name}"


def gate_sentences(result: dict[str, Any]) -> list[str]:
    """Which gates changed, and which options are shut out in A or B by which; empty without gates."""
    changed = "; ".join(change_text(one) for one in result["gates"])
    said = [f"Gates changed, which moves no cost: {changed}."] if changed else []
    a, b = (_shut_out(run) for run in result["runs"])
    if a == b:
        return [*said, f"Shut out in A and B: {a or 'nothing'}."] if said or a else []
    return [*said, *(f"Shut out in {letter}: {out}." for letter, out in (("A", a), ("B", b)) if out)]


def _shut_out(run: dict[str, Any]) -> str:
    """``"api (data_may_leave); rented and owned (platform_team, volume_measured)"``."""
    by_gates: dict[str, list[str]] = {}
    for one in run["shut_out"]:
        by_gates.setdefault(", ".join(one["gates"]), []).append(one["option"])
    return "; ".join(f"{listed(options)} ({gates})" for gates, options in by_gates.items())


def _middle(value: Any) -> float | None:
    """A number, or the median of a distribution."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    return value.get("p50") if isinstance(value, dict) else None


def _pair(before: Any, after: Any) -> tuple[str, str]:
    """Write both sides as short as they can be told apart."""
    for written in WAYS:
        texts = written(before), written(after)
        if texts[0] != texts[1]:
            return texts
    return texts


def _shown(value: Any) -> str:
    if isinstance(value, dict) and "dist" in value:
        return f"{value['dist']} {format_quantity(value['p5'])} to {format_quantity(value['p95'])}"
    return _written(value, format_quantity)


def _with_median(value: Any) -> str:
    if isinstance(value, dict) and "dist" in value:
        return f"{_shown(value)} (P50 {format_quantity(value['p50'])})"
    return _written(value, format_exact)


def _stated(value: Any) -> str:
    if isinstance(value, dict) and "dist" in value:
        return value["stated"] or f"{_with_median(value)}, other values"
    return _written(value, format_exact)


def _drawn_as(value: Any) -> str:
    if isinstance(value, dict) and "dist" in value:
        return f"{_shown(value)}, drawn as {value['input']}"
    return _written(value, format_exact)


WAYS: tuple[Callable[[Any], str], ...] = (_shown, _with_median, _stated, _drawn_as)
"""From the shortest way of writing a value to the most exact."""


def _written(value: Any, number: Callable[[float], str]) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, dict) and "routes" in value:
        return ", ".join(f"{name} {format_percent(share, 0)}" for name, share in value["routes"].items())
    if isinstance(value, dict) and "profile" in value:
        return f"{value['profile']} numbers, highest {number(value['highest'])}"
    return str(value)

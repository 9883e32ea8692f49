"""Claims in words: figures with the digits that were stated, verdicts, and the sentence that sums them up.

Knows the content of `tcosim.studies.claims.claims`; knows no terminal and no file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tcosim.report.words import rounding

FEWEST_DIGITS, MOST_DIGITS = 2, 4
OPEN = "or more"
WIDEST = 0.1
"""Interval of a probability that may be left out beside it; of a wider one the probability alone says nothing."""
RELATIONS = {
    "equals": "",
    "at_least": "at least ",
    "at_most": "at most ",
    "within": "within ",
    "spans": "",
    "reaches": "up to ",
    "most": "mostly ",
    "covers": "",
}
ASSERTS = {
    "api": "the API is cheaper",
    "self_host": "self-hosting is cheaper",
    "even": "even (self-hosting shown)",
}
HOLDS = {"holds": "yes", "does not hold": "no", "depends on what is assumed": "depends", None: "-"}


def figure(value: float, rounded_to: float | None = None) -> str:
    """Write a figure to the place that was stated; two to four significant digits, M, B or T above a million."""
    if math.isinf(value):
        return "any"
    size = abs(value)
    if size == 0:
        return "0"
    leading = math.floor(math.log10(size) + 1e-12)
    place = leading - 2 if rounded_to is None else math.floor(math.log10(rounded_to) + 1e-9)
    place = min(leading - FEWEST_DIGITS + 1, max(leading - MOST_DIGITS + 1, place))
    shown = round(value / 10.0**place) * 10.0**place
    letter, scale = next(
        ((letter, scale) for letter, scale in rounding.SCALES[:3] if abs(shown) >= scale), ("", 1.0)
    )
    decimals = max(0, round(math.log10(scale)) - place)
    text = f"{shown / scale:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text}{letter}"


def span(ends: Sequence[float] | None, rounded_to: Sequence[float] | None = None) -> str:
    """Write a figure or a range, each end to its place: ``"833"``, ``"10 to 20"``, ``"1.5B or more"``."""
    if ends is None:
        return "-"
    low, high = ends
    places = rounded_to or (None, None)
    if math.isinf(high):
        return f"{figure(low, places[0])} {OPEN}"
    first, last = figure(low, places[0]), figure(high, places[-1])
    if low == 0 < high:
        return f"at most {last}"
    return first if first == last else f"{first} to {last}"


def stated(row: dict[str, Any]) -> str:
    """What a claim asserts of its figure."""
    if row["stated"] is None:
        return "-"
    return RELATIONS[row["relation"]] + span(row["stated"], row["rounded_to"])


def recomputed(row: dict[str, Any]) -> str:
    """What follows from the inputs of a claim, to one place more than is stated."""
    found = span(row["recomputed"], row["rounded_to"] and [place / 10 for place in row["rounded_to"]])
    return f"at least {found}" if row["relation"] == "covers" else found


def factor(value: float | None) -> str:
    """Write a ratio with three digits."""
    return "-" if value is None else figure(value)


def off(row: dict[str, Any]) -> str:
    """By what factor the stated figure misses the recomputed one; nothing if the claim holds."""
    return factor(row["factor"]) if row["holds"] is False else ""


def where(row: dict[str, Any]) -> str:
    """Name the first step that does not follow."""
    return plain(row["broken_step"]) if row["broken_step"] else ""


def plain(name: str) -> str:
    """Write the name of a step as words: ``"USD per month"``."""
    return name.replace("_", " ").replace("usd", "USD").replace("api ", "API ").replace("gpu", "GPU")


def probability(row: dict[str, Any]) -> str:
    """How probable the asserted verdict is, at one volume or from the least to the most probable of several.

    It stands without its interval here, so too few futures give a dash.
    """
    simulated = (row["verdict"] or {}).get("simulated")
    if not simulated:
        return ""
    if any(one["ci95"] is None or one["ci95"][1] - one["ci95"][0] > WIDEST for one in simulated):
        return "-"
    said = [chance(one)[0] for one in sorted(simulated, key=lambda one: float(one["probability"]))]
    return said[0] if said[0] == said[-1] else f"{said[0]} to {said[-1]}"


def chance(point: dict[str, Any]) -> tuple[str, str]:
    """Probability of a verdict at one volume, and its interval."""
    if point["probability"] is None:
        return "-", "-"
    return rounding.percent_with_interval(point["probability"], *point["ci95"])


def overrides(row: dict[str, Any]) -> str:
    """What a verdict changes of its scenario."""
    return ", ".join(row["verdict"]["set"])


def hardware(row: dict[str, Any]) -> list[str]:
    """Cells of one claim on throughput: GPUs, claimed, library, peak, verdict."""
    found = row["hardware"]
    rates = found["library"]
    over = (
        f" ({factor(found['factor'])} x)" if found["factor"] and found["verdict"].startswith("above") else ""
    )
    return [
        row["id"],
        f"{found['gpus']:g} x {found['gpu']}",
        span(found["tokens_per_second"]),
        "-" if rates is None else span([rates["p5"], rates["p95"]], (100, 100)),
        f"{figure(found['bound_tokens_per_second'])} ({found['bound_bits']} bits)",
        f"{found['verdict']}{over}",
    ]


def answers(topic: dict[str, Any]) -> list[tuple[str, str]]:
    """What each claim of a topic says."""
    return [(span(one["says"]), one["claim"]) for one in topic["answers"]]


def widest(topic: dict[str, Any]) -> str:
    """Say how many pairs contradict each other and which two are furthest apart."""
    found = topic["contradictions"]
    if not found:
        return f"None of them excludes what {topic['source']} says." if topic.get("source") else NONE_APART
    first = found[0]
    count = (
        f"{len(found)} pairs exclude each other; furthest apart"
        if len(found) > 1
        else "One pair excludes each other"
    )
    return f"{count}: {first['lower']} and {first['higher']}, by a factor of {factor(first['factor'])}."


def summary(found: dict[str, Any]) -> list[str]:
    """Count what holds, in sentences."""
    rows = found["claims"]
    judged = [row for row in rows if row["holds"] is not None]
    holding, failing, depending = (
        sum(HOLDS[row["finding"]] == said for row in judged) for said in ("yes", "no", "depends")
    )
    said = [
        f"{len(rows)} claims; {len(judged)} assert a figure that can be recomputed: {holding} hold within their"
        f" rounding, {failing} do not hold from their own inputs, {depending} come out otherwise but depend on what is"
        " assumed."
    ]
    on_gpus = [row for row in rows if row["hardware"]]
    if on_gpus:
        peak, beyond = (
            sum(row["hardware"]["verdict"] == verdict for row in on_gpus)
            for verdict in ("above the peak", "above the library's P95")
        )
        said.append(
            f"{len(on_gpus)} ask a throughput of GPUs: {peak} more than the peak of their arithmetic, {beyond} more"
            " than the library's P95."
        )
    against = [topic for topic in found["topics"] if topic["contradictions"]]
    if found["topics"]:
        said.append(f"On {len(against)} of {len(found['topics'])} questions claims contradict each other.")
    return said


NONE_APART = "No two of them exclude each other."
LEGEND = (
    "stated: as published, to the digits stated. recomputed: from the claim's own inputs. factor: stated over"
    " recomputed. step: the first one that does not follow from what stands before it. depends: it does not hold as"
    " read here, but the source leaves an input open that the figure rests on, so nothing is said against it. at least:"
    " what is priced, while the stated figure holds unpriced items too. A dash: nothing is stated that could be"
    " recomputed."
)
HARDWARE_LEGEND = (
    "Tokens a second, input and output together. library: P5 to P95 of a tuned replica without a latency target, at the"
    " claim's mix, in proportion to its GPUs. peak: operations of the GPUs over 2 x parameters, with the narrowest"
    " numbers that they compute with (bits in brackets); tokens from a prefix cache come on top."
)
TOPICS_LEGEND = (
    "Answers are taken as stated; two exclude each other if their ranges, with their rounding, lie apart by a tenth or"
    " more; a figure that is said to be the least is open upwards. Some differ because they are about different models"
    " or providers: the source says which."
)
VERDICT_LEGEND = (
    "Probability that the asserted side costs less in present value: the self-hosted option with the lowest mean cost"
    " at that volume against the baseline of the scenario, with the 95 % interval of the simulation. Where it is"
    " asserted that both cost the same, it is the probability of self-hosting. A dash: too few futures for an interval."
)

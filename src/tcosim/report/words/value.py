"""What finding something out is worth, in words: no figure beyond its error, and a verdict only where there is one.

Knows figures with their standard errors; computes no statistics.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tcosim.analysis.jackknife import CERTAIN
from tcosim.report.words import rounding
from tcosim.report.words.english import listed, plural

NOTHING = "-"
LEARNED = (((0.8, 2.0), "well"), ((0.2, 0.8), "in part"), ((0.0, 0.2), "hardly"))
"""Shares of an input's variance that a log explains, in words."""


def first_sentence(value: Mapping[str, Any], samples: int) -> str:
    """Say what perfect information is worth, and which single input is worth most."""
    usd, se = value["evpi_usd"], value["evpi_se_usd"]
    if usd == 0 and se is None:
        return (
            f"{plural(samples, 'future')} {'is' if samples == 1 else 'are'} too few to say what knowing more would be"
            " worth."
        )
    if usd == 0:
        simulated = "the one future" if samples == 1 else f"all {samples:,} futures"
        return (
            f"Nothing that one could find out changes the choice: in {simulated} {value['best_option']} is the"
            " cheapest."
        )
    start = f"Knowing everything before choosing would be worth {money(usd, se)} on average"
    best = next(iter(value["evppi_usd"]), None)
    if best is None:
        return f"{start}."
    if not is_told(best["usd"], best["se"]):
        return f"{start}; no single input is worth anything that can be told."
    return (
        f"{start}; the best single thing to find out is {best['input']},"
        f" worth up to {money(best['usd'], best['se'])}."
    )


def as_things_stand(value: Mapping[str, Any]) -> str:
    return f"As things stand, {value['best_option']} has the lowest expected cost."


def money(usd: float, se: float | None, less: str = "less than ") -> str:
    """Write a value with the digits that its error supports; below twice its error only what it is less than."""
    if se is None:
        return f"about {rounding.usd(usd, 0.1 * usd, 1.9 * usd)}" if usd > 0 else NOTHING
    if usd == 0 and se == 0:
        return "nothing"
    if not is_told(usd, se):
        return f"{less}{_ceiling(usd + CERTAIN * se)}"
    return rounding.usd(usd, usd - CERTAIN * se, usd + CERTAIN * se)


def error(usd: float, se: float | None, sign: str = "±") -> str:
    """Write half the width of the 95 % interval of a value that can be told."""
    if not se or not is_told(usd, se):
        return ""
    size = CERTAIN * se
    return f"{sign} {rounding.usd(size, 0.0, 2 * size)}"


def is_told(usd: float, se: float | None) -> bool:
    return usd > 0 and (se is None or usd > CERTAIN * se)


def _ceiling(usd: float) -> str:
    """Money rounded up to its leading digit, a dollar at least."""
    scale = 10.0 ** math.floor(math.log10(max(usd, 1.0)))
    up = math.ceil(usd / scale - 1e-9) * scale
    return rounding.usd(up, 0.0, 2 * scale)


def what_it_shows(row: Mapping[str, Any]) -> str:
    """Say which fields a log of so many days shows, by the share of their variance that it explains."""
    parts = []
    for (low, high), words in LEARNED:
        names = [
            path.rpartition(".")[2] for path, share in row["learned_share"].items() if low <= share < high
        ]
        if names:
            parts.append(f"{words}: {listed(names)}")
    return f"What {plural(row['days'], 'day')} of hourly tokens show {'; '.join(parts)}."


def rough(usd: float) -> str:
    """Two digits of a cost that rests on judgement."""
    return rounding.usd(usd, -0.05 * usd, 0.15 * usd) if usd > 0 else "$0"


def verdict(rows: Sequence[Mapping[str, Any]]) -> str:
    """Say whether measuring pays, and for how long."""
    paying = [row for row in rows if row["worth"]]
    if paying:
        best = max(paying, key=lambda row: row["net_usd"])
        # Of lengths that cannot be told apart the shortest is recommended.
        near = [row for row in paying if best["net_usd"] - row["net_usd"] <= CERTAIN * best["net_se"]]
        chosen = min(near, key=lambda row: row["days"])
        return (
            f"Measure first: {plural(chosen['days'], 'day')} of one's own traffic are worth"
            f" {money(chosen['usd'], chosen['se'])} and cost {rough(chosen['cost_usd'])}."
        )
    if all(row["worth"] is False for row in rows):
        best = max(rows, key=lambda row: row["net_usd"])
        return (
            f"Do not wait for a measurement: even {plural(best['days'], 'day')} of one's own traffic cost"
            f" {rough(best['cost_usd'])} and are worth {money(best['usd'], best['se'])}."
        )
    open_ = listed([str(row["days"]) for row in rows if row["worth"] is None])
    refused = [str(row["days"]) for row in rows if row["worth"] is False]
    also = f"; {listed(refused)} days do not" if refused else ""
    return f"Whether measuring for {open_} days pays cannot be told: value and cost are too close{also}."

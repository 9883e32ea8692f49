"""The runs of a batch as the cells of a table, each figure with the digits that it has earned.

From the headlines of their summaries; knows no terminal.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tcosim.report.words import rounding
from tcosim.report.words.board import TAIL_ERROR
from tcosim.units import format_quantity

NOTHING = "-"
FAILED = "failed"
LEGEND = (
    "Option: the self-hosted one with the lowest expected cost. Probability: of costing less than the baseline, with"
    " its 95 % interval (simulation error only). Saving: expected, in present value, against the baseline; below zero"
    " it costs more. Loss: how much more it costs on average in the worst 5 % of futures; below zero even these save."
    " USD."
)


@dataclass(frozen=True)
class BatchRow:
    """One line of the table, as text."""

    scenario: str
    volume: str
    option: str
    probability: str
    interval: str
    saving: str
    loss: str
    futures: str


def batch_rows(found: Sequence[Mapping[str, Any]]) -> list[BatchRow]:
    """Lines of the table, in the order of the runs.

    Parameters
    ----------
    found : sequence of mapping
        As ``tcosim batch --json`` prints them.
    """
    given: dict[str, set[str]] = {}
    for one in found:
        given.setdefault(one["scenario"], set()).add(one["given"])
    return [_row(one, is_ambiguous=len(given[one["scenario"]]) > 1) for one in found]


def _row(one: Mapping[str, Any], *, is_ambiguous: bool) -> BatchRow:
    name = f"{one['scenario']} ({one['given']})" if is_ambiguous else one["scenario"]
    volume, headline = format_quantity(one["volume_tokens_per_month"]), one["headline"]
    if one["error"] is not None:
        return BatchRow(name, volume, FAILED, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING)
    futures = f"{one['samples']:,}"
    if headline is None:
        return BatchRow(name, volume, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, futures)
    probability, interval = _probability(headline["probability"], headline["ci95"])
    bounds = headline["expected_saving_ci95_usd"]
    return BatchRow(
        name,
        volume,
        headline["option"],
        probability,
        interval,
        rounding.usd(headline["expected_saving_usd"], *(bounds or ())),
        _loss(headline["cvar95_loss_usd"], bounds),
        futures,
    )


def _probability(value: float, ends: Sequence[float] | None) -> tuple[str, str]:
    if ends is None:
        return rounding.percent(value, None), NOTHING
    shown, between = rounding.percent_with_interval(value, *ends)
    return shown, f"({between})"


def _loss(value: float, bounds: Sequence[float] | None) -> str:
    """A mean over a twentieth of the futures, whose error is some four times as large as that of the mean."""
    half = 0.0 if bounds is None else min(0.99 * abs(value), TAIL_ERROR * (bounds[1] - bounds[0]) / 2)
    if half <= 0.01 * abs(value) or math.isnan(half):
        return rounding.usd(value)
    return rounding.usd(value, value - half, value + half)


def failures(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """What went wrong, a line each; the same once, with how many met it."""
    lines = Counter(
        f"{one['scenario']} at {rounding.volume(one['volume_tokens_per_month'])} tokens a month: {one['error']}"
        for one in found
        if one["error"] is not None
    )
    return [line if count == 1 else f"{line} ({count} times)" for line, count in lines.items()]

"""What decides, in sentences: the strongest input, what turns the answer, and how much of it is luck.

From the content of `tcosim.studies.drivers.drivers`; computes no statistics.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from tcosim.analysis.jackknife import CERTAIN
from tcosim.report.words import rounding
from tcosim.report.words.english import listed

MOST_NAMED = 3
ROUNDING_USD = 1e-6
"""Money below this is rounding."""


def sentences(found: dict[str, Any]) -> list[str]:
    """The strongest input in USD, the inputs that turn the answer, and luck."""
    option, baseline = found["option"], found["baseline"]
    if not varies(found):
        mean = found["mean_saving_usd"]
        return [
            f"Nothing is uncertain: in every future {option} {_saves(mean)} in present value against {baseline}."
        ]
    if not found["tornado"]:
        return [
            f"No input is uncertain: luck of the hours and months alone moves the saving of {option} against {baseline}"
            f" (from {rounding.usd(found['p5_saving_usd'])} at its p5 to {rounding.usd(found['p95_saving_usd'])} at its"
            " p95)."
        ]
    return [_strongest(found), *_turning(found), *_shares(found)]


def varies(found: dict[str, Any]) -> bool:
    """Whether the saving differs between futures by more than rounding."""
    return bool(found["sd_saving_usd"] > ROUNDING_USD)


def money(value: float, error: float) -> str:
    """Money with the digits that its standard error supports."""
    half = CERTAIN * error
    # An error that is nothing against the figure says no more than three digits can show.
    return (
        rounding.usd(value, value - half, value + half) if half > 1e-3 * abs(value) else rounding.usd(value)
    )


def share(row: dict[str, Any], order: str) -> tuple[str, str]:
    """A Sobol index and its interval in percent; what lies beyond 0 or 1 within its error is cut."""
    low, high = (_cut(end) for end in row[f"{order}_ci95"])
    value = _cut(row[order])
    shown, between = rounding.percent_with_interval(value, low, high)
    return ("0 %" if value == 0 else shown), between


def is_told(row: dict[str, Any]) -> bool:
    """Whether an input moves the saving by more than the error."""
    return bool(row["swing_usd"] > max(CERTAIN * row["se_usd"], ROUNDING_USD))


def _strongest(found: dict[str, Any]) -> str:
    row = found["tornado"][0]
    of = f"the expected saving of {found['option']} against {found['baseline']}"
    if not is_told(row):
        return f"No input moves {of} by more than the error of these futures."
    ends = " to ".join(
        money(row[f"saving_at_{end}_usd"], row[f"saving_at_{end}_se_usd"]) for end in ("p10", "p90")
    )
    moves = "it and what moves with it move" if row["moves_with"] else "it moves"
    return (
        f"What decides is {row['input']}: from its p10 to its p90 {moves} {of} by"
        f" {money(row['swing_usd'], row['se_usd'])}, from {ends}."
    )


def _turning(found: dict[str, Any]) -> Iterator[str]:
    """Inputs that by themselves turn an expected loss into a saving."""
    names = [row["input"] for row in found["tornado"] if _turns(row)]
    if not names:
        option = found["option"]
        low, high = found["mean_saving_ci95_usd"]
        if low * high > 0:
            word = "dearer" if found["mean_saving_usd"] < 0 else "cheaper"
            yield f"No input turns the answer by itself: {option} stays {word} on average at either end of each."
        return
    many = len(names) > 1
    if len(names) > MOST_NAMED + 1:
        names = [*names[:MOST_NAMED], f"{len(names) - MOST_NAMED} more inputs"]
    yield (
        f"{listed(names)} {'can each' if many else 'can'} turn the answer: at one end {found['option']} saves money on"
        " average, at the other it costs more."
    )


def _turns(row: dict[str, Any]) -> bool:
    """Whether the expected saving is below 0 at one end and above it at the other, both beyond their errors."""
    sides = []
    for end in ("p10", "p90"):
        value, half = row[f"saving_at_{end}_usd"], CERTAIN * row[f"saving_at_{end}_se_usd"]
        sides.append(0.0 if abs(value) <= half else math.copysign(1.0, value))
    return sides[0] * sides[1] < 0


def _shares(found: dict[str, Any]) -> Iterator[str]:
    """How much of the spread luck explains, and the strongest driver if it is another than the strongest input."""
    top = found["sobol"][0]
    if top["inputs"] and found["tornado"][0]["input"] not in top["inputs"]:
        yield f"Most of the spread between futures comes with {called(top)}: {share(top, 'total_order')[0]} of it."
    luck = next(row for row in found["sobol"] if not row["inputs"])
    first, between = share(luck, "first_order")
    total, _ = share(luck, "total_order")
    most = "" if top["inputs"] else ", more than any input,"
    yield (
        f"Luck of the hours and months{most} explains {first} of the spread (95 % interval {between}), {total} counting"
        " what it does together with the inputs."
    )


def called(row: dict[str, Any]) -> str:
    """A driver's name in running text."""
    inputs = row["inputs"]
    return f"{inputs[0]} and what moves with it" if len(inputs) > 1 else row["driver"]


def _saves(mean: float) -> str:
    if mean == 0:
        return "costs as much"
    return f"saves {rounding.usd(mean)}" if mean > 0 else f"costs {rounding.usd(-mean)} more"


def _cut(value: float) -> float:
    return min(1.0, max(0.0, value))

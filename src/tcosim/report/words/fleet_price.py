"""What a million tokens cost as a fleet fills, read off a curve over volumes.

From the content of `tcosim.analysis.curve.summarize_curve`; computes no statistics.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tcosim.report.words import rounding
from tcosim.report.words.outer import dollars
from tcosim.results.schema import SELF_HOSTED

CENTS = -2


@dataclass(frozen=True)
class Price:
    """USD per million tokens, and the same with the digits that the present value behind it supports."""

    usd: float
    text: str


def price_of(option: dict[str, Any]) -> Price:
    """What a million tokens cost with an option of a curve.

    As certain, relative to its size, as the mean present value, and cents at most; at the volume of a run with the
    digits of its table of options (``price_place``, see `tcosim.report.words.planned`); with no more than the leading
    digit where nothing is known of its error.
    """
    usd, mean, bounds = (
        option[key] for key in ("usd_per_million_tokens", "mean_npv_usd", "mean_npv_ci95_usd")
    )
    if "price_place" in option:
        place = option["price_place"]
    elif bounds is None or mean == 0:
        place = math.floor(math.log10(abs(usd))) if usd else None
    else:
        place = rounding.last_place(0.0, abs(usd / mean) * (bounds[1] - bounds[0]) / 2)
    text = rounding.tight(usd, CENTS if place is None else max(CENTS, place))
    return Price(usd, dollars(text))


def load_points(curve: dict[str, Any]) -> list[dict[str, Any]]:
    """Load and price of each fleet at each volume, by option and volume.

    Returns
    -------
    list of dict
        ``option``, ``volume``, ``load``, ``usd``, the price of a million tokens, and ``text``, the same with the digits
        that it supports; only prices above 0, for a log scale has no place for others.
    """
    return sorted(_load_points(curve), key=lambda one: (one["index"], one["volume"]))


def _load_points(curve: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for point in curve["volumes"]:
        for index, option in enumerate(point["options"]):
            load, usd = option["utilization"], option["usd_per_million_tokens"]
            if load is not None and option["kind"] in SELF_HOSTED and usd > 0:
                yield {
                    "index": index,
                    "option": option["name"],
                    "volume": point["tokens_per_month"],
                    "load": load,
                    "usd": usd,
                    "text": price_of(option).text,
                }


def baseline_price(curve: dict[str, Any]) -> Price | None:
    """Price of the baseline at the volume nearest to the planned one; None if it is not above 0."""
    options = reference(curve)["options"]
    price = price_of(next(one for one in options if one["name"] == curve["baseline"]))
    return price if price.usd > 0 else None


def reference(curve: dict[str, Any]) -> dict[str, Any]:
    """Figures at the volume nearest to the planned one."""
    planned = curve["planned_tokens_per_month"]
    found: dict[str, Any] = min(
        curve["volumes"], key=lambda point: abs(math.log(point["tokens_per_month"] / planned))
    )
    return found

"""What a million tokens cost as a fleet fills, read off a curve over volumes.

From the content of `tcosim.analysis.curve.summarize_curve`; computes no statistics.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from tcosim.results.schema import SELF_HOSTED


def load_points(curve: dict[str, Any]) -> list[dict[str, Any]]:
    """Load and price of each fleet at each volume, by option and volume.

    Returns
    -------
    list of dict
        ``option``, ``volume``, ``load`` and ``usd``, the price of a million tokens; only prices above 0, for a log
        scale has no place for others.
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
                }


def baseline_price(curve: dict[str, Any]) -> float | None:
    """USD per million tokens of the baseline at the volume nearest to the planned one; None if it is not above 0."""
    options = reference(curve)["options"]
    price: float = next(one["usd_per_million_tokens"] for one in options if one["name"] == curve["baseline"])
    return price if price > 0 else None


def reference(curve: dict[str, Any]) -> dict[str, Any]:
    """Figures at the volume nearest to the planned one."""
    planned = curve["planned_tokens_per_month"]
    found: dict[str, Any] = min(
        curve["volumes"], key=lambda point: abs(math.log(point["tokens_per_month"] / planned))
    )
    return found

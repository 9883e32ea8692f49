"""What the cost of each option is made of, as text.

From the content of ``summary.json``; knows no chart.
"""

from __future__ import annotations

from typing import Any

from tcosim.report.content.page import Components
from tcosim.report.words import rounding
from tcosim.report.words.findings import component_name


def components(summary: dict[str, Any]) -> Components:
    """Mean present value of each part of the cost, the largest over all options first."""
    options, samples = summary["options"], summary["samples"]
    parts = sorted(
        options[0]["components_usd"],
        key=lambda part: -sum(abs(one["components_usd"][part]) for one in options),
    )
    places = [rounding.spread_place(one["npv_usd"]["p5"], one["npv_usd"]["p95"], samples) for one in options]
    rows = [
        (
            component_name(part),
            *(
                rounding.tight(one["components_usd"][part], place)
                for one, place in zip(options, places, strict=True)
            ),
        )
        for part in parts
        if any(one["components_usd"][part] for one in options)
    ]
    return Components([one["name"] for one in options], rows)

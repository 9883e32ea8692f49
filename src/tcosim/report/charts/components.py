"""What the expected cost of each option is made of.

From the content of ``summary.json``; knows altair and computes nothing but sums.
"""

from __future__ import annotations

import math
from typing import Any

from tcosim.report.charts import bars, frame
from tcosim.report.charts.look import Look
from tcosim.report.words import rounding
from tcosim.report.words.findings import component_name, npv_usd

MOST = 6
REST = "all else"
COLUMNS, LINE = 2, 18
INSIDE = 0.032
"""Share of the width that a segment needs for the number inside."""
USD_ROOM = 0.17
"""Share of the width for the sum at the end of a bar."""


def components_chart(summary: dict[str, Any], look: Look) -> Any:
    """Return the chart: a bar for each option, cut into its largest components; None where nothing costs anything."""
    options, samples = summary["options"], summary["samples"]
    shown = largest(options)
    if not shown:
        return None
    alt = frame.altair()
    rows = [row for index, option in enumerate(options) for row in _segments(index, option, shown, samples)]
    low, high = min(0.0, *(row["low"] for row in rows)), max(0.0, *(row["high"] for row in rows))
    width = (high - low) / (1 - USD_ROOM)
    for row in rows:
        row["number"] = row["number"] if row["high"] - row["low"] >= INSIDE * width else ""
    totals = [_total(index, option, samples) for index, option in enumerate(options)]
    colors = [*look.options[: len(shown)]]
    if any(row["key"] == _key(len(shown), REST) for row in rows):
        colors.append(look.muted)
    names = [*map(component_name, shown), REST][: len(colors)]
    keys = [_key(number, name) for number, name in enumerate(names)]
    y = bars.row_scale(len(options))
    x = alt.X(
        "low:Q",
        scale=alt.Scale(domain=[low, low + width], nice=False),
        axis=alt.Axis(labelExpr=frame.USD, tickCount=4, domain=False, ticks=False),
        title="USD of present value, mean of all futures",
    )
    legend = alt.Legend(
        title=None,
        orient="bottom",
        columns=COLUMNS,
        symbolType="square",
        symbolSize=130,
        offset=6,
        columnPadding=30,
    )
    base = alt.Chart(frame.data(rows))
    fill = alt.Fill("key:N", scale=alt.Scale(domain=keys, range=colors), legend=legend)
    bar = base.mark_bar(stroke=look.paper, strokeWidth=1.5, aria=True).encode(
        x=x,
        x2=alt.X2("high:Q"),
        y=alt.Y("from:Q", scale=y, axis=None),
        y2=alt.Y2("to:Q"),
        fill=fill,
        description=frame.tip(),
    )
    inside = base.mark_text(baseline="middle", fontWeight="bold", color=look.paper).encode(
        x=alt.X("center:Q"), y=alt.Y("middle:Q", scale=y, axis=None), text=alt.Text("number:N")
    )
    total = (
        alt.Chart(frame.data(totals))
        .mark_text(align="left", dx=5, baseline="middle")
        .encode(x=alt.X("high:Q"), y=alt.Y("middle:Q", scale=y, axis=None), text=alt.Text("text:N"))
    )
    return frame.finished(
        [bar, inside, total, bars.names(rows, y)],
        look,
        height=bars.height(len(options)) + LINE * math.ceil(len(names) / COLUMNS) + 8,
        title=None,
    )


def largest(options: list[dict[str, Any]]) -> list[str]:
    """Components that cost most over all options, the largest first."""
    sums: dict[str, float] = {}
    for option in options:
        for part, usd in option["components_usd"].items():
            sums[part] = sums.get(part, 0.0) + abs(usd)
    return sorted((part for part, size in sums.items() if size > 0), key=lambda part: -sums[part])[:MOST]


def _segments(index: int, option: dict[str, Any], shown: list[str], samples: int) -> list[dict[str, Any]]:
    """Segments of one bar; what pays money back goes to the left of 0."""
    parts = option["components_usd"]
    values = [(component_name(part), parts.get(part, 0.0)) for part in shown]
    values.append((REST, sum(usd for part, usd in parts.items() if part not in shown)))
    size = sum(abs(usd) for _, usd in values)
    rows, left, right = [], 0.0, 0.0
    for number, (name, usd) in enumerate(values):
        if usd == 0:
            continue
        start = right if usd > 0 else left + usd
        right, left = (right + usd, left) if usd > 0 else (right, left + usd)
        rows.append(
            {
                **bars.place(index, option["name"]),
                "key": _key(number, name),
                "number": str(number + 1),
                "low": start,
                "high": start + abs(usd),
                "center": start + abs(usd) / 2,
                "tip": frame.tipped(
                    f"{option['name']}, {name}: {npv_usd(option, usd, samples)},"
                    f" {rounding.percent(abs(usd) / size, 0)} of the whole"
                ),
            }
        )
    return rows or [
        {
            **bars.place(index, option["name"]),
            "key": "", "number": "", "low": 0.0, "high": 0.0, "center": 0.0,
            "tip": frame.tipped(f"{option['name']}: $0"),
        }
    ]  # fmt: skip


def _total(index: int, option: dict[str, Any], samples: int) -> dict[str, Any]:
    values = option["components_usd"].values()
    return {
        **bars.place(index, option["name"]),
        "high": sum(usd for usd in values if usd > 0),
        "text": npv_usd(option, option["npv_usd"]["mean"], samples),
    }


def _key(number: int, name: str) -> str:
    return f"{number + 1}  {name}"

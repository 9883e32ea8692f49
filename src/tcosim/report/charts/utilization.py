"""What a million tokens cost against how full the fleet is, as the volume grows.

From the content of `tcosim.analysis.curve.summarize_curve`; knows altair and computes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tcosim.report.charts import frame
from tcosim.report.charts.chance import curve_looks
from tcosim.report.charts.labels import short
from tcosim.report.charts.look import Look, OptionLook
from tcosim.report.words import rounding
from tcosim.report.words.findings import TOKENS_A_MONTH
from tcosim.report.words.fleet_price import Price, baseline_price, load_points

HEIGHT = 280
PRICE = "'$' + format(datum.value, datum.value < 1000 ? '.3~r' : '.3~s')"
LABELLED, MOST_LINES = 4, 4
"""Volumes named at most, on the line that ends farthest to the right; none among more lines than these."""
STEPS: tuple[tuple[float, tuple[float, ...]], ...] = (
    (0.8, (1, 1.5, 2, 3, 4, 5, 6, 8)),
    (frame.MOST_DECADES_WITH_STEPS, (1, 2, 5)),
    (math.inf, (1,)),
)
NAMED = "; named: tokens a month"
ROOM = 1.2
"""Width of the plot over that of the lines, for the last name."""


def utilization_chart(curve: dict[str, Any] | None, look: Look) -> Any:
    """Return the chart; None without a curve or without a fleet."""
    if curve is None:
        return None
    points = load_points(curve)
    if not points:
        return None
    alt = frame.altair()
    looks = curve_looks(curve, look)
    names = list(dict.fromkeys(point["option"] for point in points))
    shown = [looks[name] for name in names]
    rows = [_row(point, looks) for point in points]
    price = baseline_price(curve)
    prices = [row["usd"] for row in rows] + ([price.usd] if price else [])
    scales = {
        "x": alt.X(
            "load:Q",
            scale=alt.Scale(domain=[0, ROOM * max(row["load"] for row in rows) or 1.0], nice=False),
            axis=alt.Axis(labelExpr=frame.PERCENT, tickCount=5, grid=False),
            title="share of the paid capacity in use",
        ),
        "y": alt.Y(
            "usd:Q",
            **price_axis(prices),
        ),
    }
    look_of = frame.option_scales(shown)
    base = alt.Chart(frame.data(rows)).encode(**scales)
    lines = base.mark_line(strokeWidth=1.5).encode(
        color=look_of["color"], strokeDash=frame.option_dash(shown), order=alt.Order("volume:Q")
    )
    dots = base.mark_point(filled=True, size=40, opacity=1, aria=True).encode(
        **look_of, description=frame.tip()
    )
    fullest = max(rows, key=lambda row: (row["volume"], row["load"]))["option"]
    named = _named([row for row in rows if row["option"] == fullest]) if len(shown) <= MOST_LINES else []
    figures = alt.Chart(frame.data(named)).encode(**scales, text=alt.Text("text:N"))
    volumes = [
        figures.mark_text(align="left", dx=7, dy=-7, color=look.muted, **halo)
        for halo in ({"stroke": look.paper, "strokeWidth": 4}, {})
    ]
    layers = [*_price(price, looks[curve["baseline"]], scales), lines, *volumes, dots]
    return frame.finished(
        layers,
        look,
        height=HEIGHT + frame.legend_height(shown),
        title=frame.heading(f"USD per million tokens, nominal (log scale){NAMED if named else ''}", look),
    )  # fmt: skip


def _row(point: dict[str, Any], looks: dict[str, OptionLook]) -> dict[str, Any]:
    volume = rounding.volume(float(f"{point['volume']:.3g}"))
    return {
        "volume": point["volume"],
        "text": volume,
        "load": point["load"],
        "usd": point["usd"],
        "option": looks[point["option"]].label,
        "tip": frame.tipped(
            f"{point['option']} at {volume} {TOKENS_A_MONTH}: {point['text']} per million tokens,"
            f" {rounding.percent(point['load'], 0)} of the paid capacity in use"
        ),
    }


def _named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A few volumes spread evenly over the line, both ends among them."""
    count = min(LABELLED, len(rows))
    picked = {round(number * (len(rows) - 1) / max(1, count - 1)) for number in range(count)}
    return [rows[index] for index in sorted(picked)]


def price_axis(prices: Sequence[float]) -> dict[str, Any]:
    """A logarithmic scale of prices above 0, and its axis."""
    alt = frame.altair()
    return {
        "scale": alt.Scale(type="log", domain=_reach(prices), nice=False),
        "axis": alt.Axis(labelExpr=PRICE, values=_ticks(prices), domain=False, ticks=False, labelPadding=7),
        "title": None,
    }


def _reach(prices: Sequence[float]) -> list[float]:
    low, high = min(prices), max(prices)
    return [low / 1.3, high * 1.3]


def _ticks(prices: Sequence[float]) -> list[float]:
    """Round prices, the more of a decade the fewer decades there are."""
    low, high = _reach(prices)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    span = math.log10(high / low)
    steps = next(steps for most, steps in STEPS if span <= most)
    found = [float(f"{step}e{decade}") for decade in decades for step in steps]
    return [value for value in found if low <= value <= high] or [low, high]


def _price(price: Price | None, baseline: OptionLook, scales: dict[str, Any]) -> list[Any]:
    """The baseline's price, which knows no load; named on the left, where fleets cost more."""
    if price is None:
        return []
    alt = frame.altair()
    text = f"{short(baseline.label, frame.SHORT)}: {price.text}"
    base = alt.Chart(frame.data([{"usd": price.usd, "text": text}])).encode(y=scales["y"])
    return [
        base.mark_rule(color=baseline.color, strokeDash=list(baseline.dash), strokeWidth=1.5),
        base.mark_text(align="left", baseline="top", dy=5, dx=5).encode(
            x=alt.XValue(0), text=alt.Text("text:N")
        ),
    ]

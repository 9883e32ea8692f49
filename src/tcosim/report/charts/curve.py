"""The curve over volumes as a picture: the chance of each self-hosted option, and what a million tokens cost.

From the content of `tcosim.analysis.curve.summarize_curve`; knows altair and computes nothing.
"""

from __future__ import annotations

import math
from typing import Any

WIDTH, CHANCE_HEIGHT, PRICE_HEIGHT, SCALE = 500, 230, 230, 2
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Told apart with every common kind of color blindness (Okabe and Ito, 2008); yellow is too pale for a line."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
BASELINE_COLOR = "#333333"
SELF_HOSTED = ("rented", "owned")
BILLION = "replace(format(datum.value, '~s'), 'G', 'B')"
PERCENT = "format(100 * datum.value, '~r') + ' %'"
VOLUME = "tokens a month (planned)"
LONGEST_NAME = 30
LEGEND_COLUMNS = 3
MOST_DECADES_WITH_STEPS = 5


def curve_png(summary: dict[str, Any]) -> bytes:
    """Draw a curve over volumes.

    Parameters
    ----------
    summary : dict
        From `summarize_curve`.

    Returns
    -------
    bytes
        A PNG picture; the same summary gives the same picture.
    """
    import vl_convert

    picture: bytes = vl_convert.vegalite_to_png(curve_chart(summary).to_json(), scale=SCALE)
    return picture


def curve_chart(summary: dict[str, Any]) -> Any:
    """Return the chart: two panels, one under the other, over the same volumes."""
    import altair as alt

    names = [option["name"] for option in summary["volumes"][0]["options"]]
    colors = dict(_colors(summary))
    shapes = {name: SHAPES[index % len(SHAPES)] for index, name in enumerate(names)}
    scale = alt.Scale(domain=names, range=[colors[name] for name in names])
    legend = alt.Legend(
        title=None,
        orient="top",
        columns=LEGEND_COLUMNS,
        values=[name for name in names if name != summary["baseline"]],
        labelLimit=160,
        symbolOpacity=1,
        symbolSize=70,
        labelFontSize=11,
    )
    look = {
        "color": alt.Color("option:N", scale=scale, sort=names, legend=legend),
        "shape": alt.Shape(
            "option:N",
            scale=alt.Scale(domain=names, range=[shapes[name] for name in names]),
            sort=names,
            legend=legend,
        ),
    }
    panels = alt.vconcat(_chances(alt, summary, look), _prices(alt, summary, look), spacing=14)
    months = summary["months"]
    return (
        panels.properties(
            title=alt.TitleParams(
                f"Chance that self-hosting costs less than {_short(summary['baseline'])}, by volume",
                subtitle=[
                    f"{summary['scenario_name']}, {months} month{'' if months == 1 else 's'},"
                    f" {summary['samples']:,} futures at each volume",
                    f"bands: 95 % interval of the simulation; dashed below: {_short(summary['baseline'])}"
                    + ("; grey: the scenario's own volume" if _holds_planned(summary) else ""),
                ],
                anchor="start",
                fontSize=14,
                subtitleFontSize=11,
                subtitleColor="#555555",
                offset=8,
            )
        )
        .configure_view(stroke="#cccccc")
        .configure_axis(labelFontSize=11, titleFontSize=12, titleFontWeight="normal")
    )


def _chances(alt: Any, summary: dict[str, Any], look: dict[str, Any]) -> Any:
    rows = [
        {
            "volume": point["tokens_per_month"],
            "option": option["name"],
            "chance": option["probability_beats_baseline"],
            "low": option["probability_beats_baseline_ci95"][0],
            "high": option["probability_beats_baseline_ci95"][1],
        }
        for point in summary["volumes"]
        for option in point["options"]
        if option["kind"] in SELF_HOSTED
    ]
    levels = [0.1, 0.5, 0.9]
    if summary["best_self_hosted"] is not None:
        levels = [one["level"] for one in summary["best_self_hosted"]["probability_levels"]]
    y_scale = alt.Scale(domain=[0, 1])
    axis = alt.Axis(labelExpr=PERCENT, values=[0, *levels, 1], grid=False)
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=_x(alt, summary, None))
    rules = (
        alt.Chart(alt.InlineData(values=[{"level": level} for level in levels]))
        .mark_rule(color="#999999", strokeDash=[2, 3], strokeWidth=1)
        .encode(y=alt.Y("level:Q", scale=y_scale))
    )
    band = base.mark_area(opacity=0.25).encode(
        y=alt.Y("low:Q", scale=y_scale), y2="high:Q", color=look["color"]
    )
    y = alt.Y(
        "chance:Q",
        scale=y_scale,
        axis=axis,
        title=f"chance of costing less than {_short(summary['baseline'])}",
    )
    line = base.mark_line(strokeWidth=2).encode(y=y, color=look["color"])
    points = base.mark_point(filled=True, size=28, opacity=1).encode(y=y, **look)
    return alt.layer(*_planned(alt, summary), rules, band, line, points).properties(
        width=WIDTH, height=CHANCE_HEIGHT
    )


def _prices(alt: Any, summary: dict[str, Any], look: dict[str, Any]) -> Any:
    rows = [
        {
            "volume": point["tokens_per_month"],
            "option": option["name"],
            "price": option["usd_per_million_tokens"],
            "is_baseline": option["name"] == summary["baseline"],
        }
        for point in summary["volumes"]
        for option in point["options"]
        if option["usd_per_million_tokens"]
        > 0  # a log scale has no place for what pays back more than it costs
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=_x(alt, summary, VOLUME))
    y = alt.Y(
        "price:Q",
        scale=alt.Scale(type="log", nice=False),
        title="USD per million tokens (log scale)",
        axis=alt.Axis(format="~r", grid=True, gridColor="#eeeeee", labelOverlap="greedy"),
    )
    lines = [
        base.transform_filter(f"datum.is_baseline == {wanted}")
        .mark_line(strokeWidth=2, strokeDash=dash)
        .encode(y=y, color=look["color"])
        for wanted, dash in (("false", [1, 0]), ("true", [6, 4]))
    ]
    points = (
        base.transform_filter("!datum.is_baseline")
        .mark_point(filled=True, size=28, opacity=1)
        .encode(y=y, **look)
    )
    return alt.layer(*_planned(alt, summary), *lines, points).properties(width=WIDTH, height=PRICE_HEIGHT)


def _x(alt: Any, summary: dict[str, Any], title: str | None) -> Any:
    volumes = [point["tokens_per_month"] for point in summary["volumes"]]
    low, high = (volumes[0] / 2, volumes[0] * 2) if len(volumes) == 1 else (volumes[0], volumes[-1])
    return alt.X(
        "volume:Q",
        scale=alt.Scale(type="log", domain=[low, high], nice=False),
        axis=alt.Axis(
            labelExpr=BILLION, values=_ticks(low, high), gridColor="#eeeeee", labelOverlap="greedy"
        ),
        title=title,
    )


def _ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 of each decade, or 1 alone over many decades."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if len(decades) <= MOST_DECADES_WITH_STEPS else (1,)
    return [
        float(f"{step}e{decade}")
        for decade in decades
        for step in steps
        if low <= float(f"{step}e{decade}") <= high
    ]


def _planned(alt: Any, summary: dict[str, Any]) -> list[Any]:
    """Return a line at the scenario's own volume, if the picture holds it."""
    if not _holds_planned(summary):
        return []
    planned = summary["planned_tokens_per_month"]
    base = alt.Chart(alt.InlineData(values=[{"volume": planned}])).encode(x="volume:Q")
    return [base.mark_rule(color="#bbbbbb", strokeWidth=3)]


def _holds_planned(summary: dict[str, Any]) -> bool:
    first, last = (summary["volumes"][end]["tokens_per_month"] for end in (0, -1))
    return bool(first <= summary["planned_tokens_per_month"] <= last)


def _colors(summary: dict[str, Any]) -> list[tuple[str, str]]:
    """One color an option; the baseline is dark."""
    others = [option["name"] for option in summary["options"]]
    return [
        (summary["baseline"], BASELINE_COLOR),
        *((name, COLORS[index % len(COLORS)]) for index, name in enumerate(others)),
    ]


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"

"""The chance of each eligible self-hosted option over volumes, with its 95 % band.

From the content of `tcosim.analysis.curve.summarize_curve`; knows altair and computes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tcosim.analysis.reading import is_candidate
from tcosim.report.charts import frame
from tcosim.report.charts.labels import short
from tcosim.report.charts.look import Look, OptionLook, option_looks
from tcosim.report.words import rounding
from tcosim.report.words.findings import TOKENS_A_MONTH

HEIGHT = 270
BAND = "band: 95 % interval of the simulation"
PLANNED = 19
"""Height between plot and legend for the name of the planned volume [px]."""
LEVELS = (0.1, 0.5, 0.9)


def chance_chart(curve: dict[str, Any] | None, look: Look) -> Any:
    """Return the chart; None without a curve or without a self-hosted option."""
    if curve is None or not self_hosted(curve):
        return None
    looks = curve_looks(curve, look)
    shown = [looks[name] for name in self_hosted(curve)]
    return frame.finished(
        [*chance_layers(curve, look), tips(curve, look)],
        look,
        height=HEIGHT + frame.legend_height(shown),
        title=frame.heading(chance_title(curve), look, BAND),
    )


def chance_title(curve: dict[str, Any]) -> str:
    return f"chance of costing less than {short(curve['baseline'])}"


def volume_domain(curve: dict[str, Any]) -> tuple[float, float]:
    """Volumes at the left and the right edge of the plot."""
    return frame.volume_domain([point["tokens_per_month"] for point in curve["volumes"]])


def self_hosted(curve: dict[str, Any]) -> list[str]:
    return [one["name"] for one in curve["volumes"][0]["options"] if is_candidate(one)]


def curve_looks(curve: dict[str, Any], look: Look) -> dict[str, OptionLook]:
    """The looks of all options of a curve."""
    return option_looks([one["name"] for one in curve["volumes"][0]["options"]], curve["baseline"], look)


def chance_layers(
    curve: dict[str, Any], look: Look, title: str | None = "", shown: Sequence[OptionLook] = ()
) -> list[Any]:
    """The planned volume, bands, lines and points.

    Parameters
    ----------
    curve : dict
    look : Look
    title : str or None
        Of the axis of volumes, if it is another one.
    shown : sequence of OptionLook
        Options in the legend; by default those that are drawn.
    """
    alt = frame.altair()
    looks = curve_looks(curve, look)
    shown = shown or [looks[name] for name in self_hosted(curve)]
    volumes = [point["tokens_per_month"] for point in curve["volumes"]]
    rows = [
        {
            "volume": point["tokens_per_month"],
            "option": looks[option["name"]].label,
            "chance": option["probability_beats_baseline"],
            "low": (option["probability_beats_baseline_ci95"] or [None, None])[0],
            "high": (option["probability_beats_baseline_ci95"] or [None, None])[1],
        }
        for point in curve["volumes"]
        for option in point["options"]
        if is_candidate(option)
    ]
    scale = alt.Scale(domain=[0, 1])
    axis = alt.Axis(
        labelExpr=frame.PERCENT, values=[0, *LEVELS, 1], title=None, domain=False, ticks=False, labelPadding=7
    )
    look_of = frame.option_scales(shown, PLANNED)
    base = alt.Chart(frame.data(rows)).encode(x=frame.volume_x(volumes, title=title))
    y = alt.Y("chance:Q", scale=scale, axis=axis)
    alone = len(volumes) == 1  # an area needs two
    band = base.mark_rule(strokeWidth=8, opacity=0.25) if alone else base.mark_area(opacity=0.2)
    return [
        *planned(curve, look),
        band.encode(y=alt.Y("low:Q", scale=scale, axis=axis), y2=alt.Y2("high:Q"), color=look_of["color"]),
        base.mark_line(strokeWidth=2).encode(
            y=y, color=look_of["color"], strokeDash=frame.option_dash(shown)
        ),
        base.mark_point(filled=True, size=26, opacity=1).encode(y=y, **look_of),
    ]


def planned(curve: dict[str, Any], look: Look, *, labelled: bool = True) -> list[Any]:
    """Return a line at the scenario's own volume, if the picture holds it."""
    low, high = volume_domain(curve)
    volume = curve["planned_tokens_per_month"]
    if not low <= volume <= high:
        return []
    alt = frame.altair()
    rows = [{"volume": volume, "text": f"planned: {rounding.volume(float(f'{volume:.3g}'))}"}]
    base = alt.Chart(frame.data(rows)).encode(x=alt.X("volume:Q"))
    rule = base.mark_rule(color=look.muted, strokeWidth=1.5, strokeDash=[4, 3])
    left = volume * volume <= low * high
    text = base.mark_text(
        align="left" if left else "right", dx=4 if left else -4, dy=-8, color=look.muted, baseline="middle"
    ).encode(y=alt.YValue(0), text=alt.Text("text:N"))
    return [rule, text] if labelled else [rule]


def tips(curve: dict[str, Any], look: Look) -> Any:
    """What the pointer finds at each volume: all options, by their full names."""
    volumes = [point["tokens_per_month"] for point in curve["volumes"]]
    rows = [
        {"volume": low, "to": high, "tip": frame.tipped(_told(point))}
        for point, (low, high) in zip(curve["volumes"], frame.around(volumes), strict=True)
    ]
    return frame.tip_areas(rows, "volume:Q", look)


def _told(point: dict[str, Any]) -> str:
    options = (_option(one) for one in point["options"] if is_candidate(one))
    volume = rounding.volume(float(f"{point['tokens_per_month']:.3g}"))
    return f"{volume} {TOKENS_A_MONTH}: {', '.join(options)}"


def _option(option: dict[str, Any]) -> str:
    share, bounds = option["probability_beats_baseline"], option["probability_beats_baseline_ci95"]
    if bounds is None:
        return f"{option['name']} {rounding.percent(share, 0)}"
    value, between = rounding.percent_with_interval(share, *bounds)
    return f"{option['name']} {value} ({between})"

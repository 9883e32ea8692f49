"""The curve over volumes as a picture: the chance of each self-hosted option, and what a million tokens cost.

From the content of `tcosim.analysis.curve.summarize_curve`; knows altair and computes nothing.
"""

from __future__ import annotations

from typing import Any

from tcosim.report.charts import frame
from tcosim.report.charts.chance import BAND, chance_layers, chance_title, curve_looks, planned, self_hosted
from tcosim.report.charts.labels import short
from tcosim.report.charts.look import PAPER, Look
from tcosim.report.charts.picture import png
from tcosim.report.charts.utilization import price_axis

WIDTH, CHANCE_HEIGHT, PRICE_HEIGHT = 500, 230, 230


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
    return png(curve_chart(summary))


def curve_chart(summary: dict[str, Any]) -> Any:
    """Return the chart: two panels, one under the other, over the same volumes."""
    alt = frame.altair()
    # one legend for both panels: it holds all options
    chances = chance_layers(summary, PAPER, None, list(curve_looks(summary, PAPER).values()))
    panels = [
        alt.LayerChart(layer=layers, width=WIDTH, height=height, title=frame.heading(title, PAPER, note))
        for layers, height, title, note in (
            (chances, CHANCE_HEIGHT, chance_title(summary), BAND),
            (_prices(summary, PAPER), PRICE_HEIGHT, "USD per million tokens (log scale)", ""),
        )
    ]
    months = summary["months"]
    return alt.VConcatChart(
        vconcat=panels if self_hosted(summary) else panels[1:],
        spacing=14,
        config=frame.config(PAPER),
        title=alt.TitleParams(
            f"Chance that self-hosting costs less than {short(summary['baseline'])}, by volume",
            subtitle=[
                f"{short(summary['scenario_name'])}, {months} month{'' if months == 1 else 's'},"
                f" {summary['samples']:,} futures at each volume"
            ],
            anchor="start",
            fontSize=14,
            subtitleFontSize=frame.FONT_SIZE,
            subtitleColor=PAPER.muted,
            offset=8,
        ),
    )


def _prices(summary: dict[str, Any], look: Look) -> list[Any]:
    alt = frame.altair()
    looks = curve_looks(summary, look)
    shown = list(looks.values())
    volumes = [point["tokens_per_month"] for point in summary["volumes"]]
    rows = [
        {
            "volume": point["tokens_per_month"],
            "option": looks[option["name"]].label,
            "price": option["usd_per_million_tokens"],
        }
        for point in summary["volumes"]
        for option in point["options"]
        if option["usd_per_million_tokens"]
        > 0  # a log scale has no place for what pays back more than it costs
    ]
    base = alt.Chart(frame.data(rows)).encode(x=frame.volume_x(volumes))
    if not rows:
        return [base.mark_point()]
    y = alt.Y("price:Q", **price_axis([row["price"] for row in rows]))
    look_of = frame.option_scales(shown)
    return [
        *planned(summary, look, labelled=False),
        base.mark_line(strokeWidth=2).encode(
            y=y, color=look_of["color"], strokeDash=frame.option_dash(shown)
        ),
        base.mark_point(filled=True, size=26, opacity=1).encode(y=y, **look_of),
    ]

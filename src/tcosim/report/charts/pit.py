"""Where outcomes fell in their forecasts: one small histogram a file, flat if the forecasts hold.

From the content of ``tcosim backtest --json``; knows altair and computes nothing.
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import quoteattr

from tcosim.report.charts import frame
from tcosim.report.charts.labels import clean, short
from tcosim.report.charts.look import PAPER
from tcosim.report.charts.picture import png, svg

WIDTH, HEIGHT = 420, 130
TITLE = "Where outcomes fell in their forecasts"
SUBTITLE = "Share of outcomes in each tenth of the forecast; the line is what a forecast that holds gives"


def pit_png(found: dict[str, Any]) -> bytes:
    """Draw a backtest as PNG; the same content gives the same bytes."""
    return png(pit_chart(found))


def pit_svg(found: dict[str, Any]) -> str:
    """Draw a backtest as SVG that says in words what it shows."""
    told = quoteattr(clean(". ".join(f"{one['source']}: {pit_text(one)}" for one in found["files"])))
    return svg(pit_chart(found)).replace("<svg ", f'<svg role="img" aria-label={told} ', 1)


def pit_chart(found: dict[str, Any]) -> Any:
    """Return the chart: a histogram a file, one under the other."""
    alt = frame.altair()
    return alt.VConcatChart(
        vconcat=[_panel(one) for one in found["files"]],
        spacing=14,
        config=frame.config(PAPER),
        title=alt.TitleParams(
            TITLE,
            subtitle=[SUBTITLE],
            anchor="start",
            fontSize=14,
            subtitleFontSize=frame.FONT_SIZE,
            subtitleColor=PAPER.muted,
            offset=8,
        ),
    )


def pit_text(one: dict[str, Any]) -> str:
    """What the histogram of one file shows, in words."""
    shares = one["overall"]["pit"]
    below, above = shares[0], shares[-1]
    middle = sum(shares[3:7])
    return (
        f"Of {one['overall']['windows']:,} outcomes {100 * below:.0f} % fell into the lowest tenth of their forecast,"
        f" {100 * above:.0f} % into the highest and {100 * middle:.0f} % into the middle four;"
        " a forecast that holds gives 10, 10 and 40 %."
    )


def _panel(one: dict[str, Any]) -> Any:
    alt = frame.altair()
    shares = one["overall"]["pit"]
    bins = len(shares)
    rows = [
        {"low": k / bins, "high": (k + 1) / bins, "share": share, "zero": 0.0}
        for k, share in enumerate(shares)
    ]
    base = alt.Chart(frame.data(rows))
    x = alt.X(
        "low:Q", scale=alt.Scale(domain=[0, 1]), title="place in the forecast", axis=alt.Axis(tickCount=5)
    )
    bars = base.mark_bar(color=PAPER.accent, stroke=PAPER.paper).encode(
        x=x,
        x2="high:Q",
        y=alt.Y("share:Q", title="share", axis=alt.Axis(format="%", tickCount=4), scale=alt.Scale(zero=True)),
        y2="zero:Q",
    )
    line = (
        alt.Chart(frame.data([{"share": 1 / bins}]))
        .mark_rule(color=PAPER.ink, strokeDash=[4, 3])
        .encode(y="share:Q")
    )
    title = frame.heading(f"{short(one['source'])}, {one['forecaster']}", PAPER)
    return alt.LayerChart(layer=[bars, line], width=WIDTH, height=HEIGHT, title=title)

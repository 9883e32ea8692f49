"""How the saving of the headline option spreads over futures, with its mean and its bad case.

From the content of ``summary.json`` and the savings of single futures; knows altair, computes nothing but the bins.
"""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import NDArray

from tcosim.report.charts import frame
from tcosim.report.charts.labels import short
from tcosim.report.charts.look import Look
from tcosim.report.words import rounding
from tcosim.report.words.findings import sided
from tcosim.report.words.histogram import Bin, bins
from tcosim.report.words.outer import Figure, exact, mean_saving, outer_savings

BARS = 60
"""At most; steps are round, so there are half as many at least."""
HEIGHT = 290
ROOM = 1.5
"""Height of the plot over that of the highest bar: the lines are named above the bars."""
LINES = (1.14, 1.28)
"""Heights of the names of the mean and of the bad case, in highest bars."""
SIDES, ZERO = 1.43, 1.04
ALONE = 5
"""Bars of room on either side of one that stands alone."""
NEAR = 0.65
"""Beyond this share of the width a line has its name on the left."""


def saving_chart(savings: NDArray[Any] | None, summary: dict[str, Any], look: Look) -> Any:
    """Return the chart; None without a self-hosted option."""
    headline = summary["headline"]
    if headline is None or savings is None or not len(savings):
        return None
    alt = frame.altair()
    found = bins(savings, BARS)
    step = _step(found)
    rows = [_row(one, step, len(savings)) for one in found]
    mean, bad = mean_saving(summary), outer_savings(savings, summary)["p5"]
    low, high = _reach(rows, mean.usd, bad.usd, step)
    top = max(row["share"] for row in rows)
    x = alt.X(
        "low:Q",
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=alt.Axis(labelExpr=frame.USD, grid=False, tickCount=5, labelFlush=False),
        title=f"saving against {short(headline['baseline'], frame.SHORT)}, USD of present value",
    )
    y = alt.Y(
        "share:Q",
        scale=alt.Scale(domain=[0, ROOM * top], nice=False),
        axis=alt.Axis(
            labelExpr=frame.PERCENT,
            values=_share_ticks(top),
            domain=False,
            ticks=False,
            gridColor=look.grid,
        ),
        title=None,
    )
    bars = (
        alt.Chart(frame.data(rows))
        .mark_bar(aria=True, binSpacing=0, stroke=look.paper, strokeWidth=0.5)
        .encode(
            x=x,
            x2=alt.X2("high:Q"),
            y=y,
            y2=alt.Y2Datum(0),
            color=alt.Color(
                "side:N",
                scale=alt.Scale(domain=["loss", "none", "gain"], range=[look.loss, look.muted, look.gain]),
                legend=None,
            ),
            opacity=alt.Opacity("weight:Q", scale=None),
            description=frame.tip(),
        )
    )
    zero = (
        alt.Chart(frame.data([{"low": 0.0, "share": ZERO * top}]))
        .mark_rule(color=look.muted, strokeWidth=1)
        .encode(x=x, y=y, y2=alt.Y2Datum(0))
    )
    layers = [bars, *([zero] if low <= 0 <= high else []), *_lines(x, y, (mean, bad), top, (low, high), look)]
    return frame.finished(
        [*layers, *_sides(summary, x, y, top, (low, high), look)],
        look,
        height=HEIGHT,
        title=frame.heading(_title(found, step), look),
    )


def _step(found: list[Bin]) -> float:
    """Width of a bar [USD]."""
    inner = [one for one in found if math.isfinite(one.low) and math.isfinite(one.high)]
    width = inner[0].high - inner[0].low
    return width or abs(inner[0].low) / BARS or 1.0


def _title(found: list[Bin], step: float) -> str:
    pale = "; pale: all beyond" if any(math.isinf(one.low) or math.isinf(one.high) for one in found) else ""
    return f"share of futures, bars {exact(step)} wide{pale}" if len(found) > 1 else "share of futures"


def _row(one: Bin, step: float, samples: int) -> dict[str, Any]:
    """Bars that are open at one end stand apart and are pale."""
    low, high = one.low, one.high
    if low == high:
        low, high = low - step / 2, high + step / 2
    elif math.isinf(low):
        low, high = high - 2.5 * step, high - step / 2
    elif math.isinf(high):
        low, high = low + step / 2, low + 2.5 * step
    share = rounding.percent(one.share, rounding.share_place(one.share, samples))
    return {
        "low": low,
        "high": high,
        "share": one.share,
        "side": "none" if one.low == one.high == 0 else "gain" if one.low >= 0 else "loss",
        "weight": 1.0 if math.isfinite(one.low) and math.isfinite(one.high) else 0.55,
        "tip": frame.tipped(f"{sided(one.low, one.high)}: {share} of futures"),
    }


def _reach(rows: list[dict[str, Any]], mean: float, bad: float, step: float) -> tuple[float, float]:
    """Ends of the axis: all bars and both lines."""
    ends = [mean, bad, *(row["low"] for row in rows), *(row["high"] for row in rows)]
    margin = step / 2 if len(rows) > 1 else ALONE * step
    return min(ends) - margin, max(ends) + margin


def _share_ticks(top: float) -> list[float]:
    """0 and one or two round shares up to the highest bar."""
    unit = 10.0 ** math.floor(math.log10(top))
    size = next(unit * part for part in (5, 2, 1, 0.5) if unit * part <= top / 1.6 or part == 0.5)
    return [round(size * number, 12) for number in range(math.floor(top / size + 1e-9) + 1)]


def _lines(
    x: Any, y: Any, figures: tuple[Figure, Figure], top: float, ends: tuple[float, float], look: Look
) -> list[Any]:
    """The mean and the bad case; the name of the lower one stands above that of the higher one, free of its line."""
    alt = frame.altair()
    mean, bad = figures
    told = [
        (
            mean.usd,
            f"mean {mean.text}" if mean.is_told else "mean, not told from $0",
            LINES[0] * top,
            [1, 0],
        ),
        (
            bad.usd,
            f"bad case (P5) {bad.text if bad.is_told else 'about $0'}",
            LINES[1] * top,
            [4, 3],
        ),
    ]
    found = []
    for value, text, height, dash in told if mean.usd != bad.usd else told[:1]:
        rows = [{"low": value, "share": height, "text": text}]
        base = alt.Chart(frame.data(rows)).encode(x=x, y=y)
        right = value < ends[0] + NEAR * (ends[1] - ends[0])
        found += [
            base.mark_rule(color=look.ink, strokeWidth=2, strokeDash=dash).encode(y2=alt.Y2Datum(0)),
            base.mark_text(
                align="left" if right else "right", dx=4 if right else -4, baseline="middle", dy=4
            ).encode(text=alt.Text("text:N")),
        ]
    return found


def _sides(
    summary: dict[str, Any], x: Any, y: Any, top: float, ends: tuple[float, float], look: Look
) -> list[Any]:
    """How many futures lie on either side of nothing saved."""
    headline = summary["headline"]
    share, bounds = headline["probability"], headline["ci95"]
    wins, _ = rounding.percent_with_interval(share, *bounds)
    alt = frame.altair()
    found = []
    for text, place, align in (
        ("costs more", alt.XValue(0), "left"),
        (f"costs less: {wins}", alt.XValue("width"), "right"),
    ):
        base = alt.Chart(frame.data([{"share": SIDES * top, "text": text}]))
        found.append(
            base.mark_text(align=align, baseline="middle", color=look.muted).encode(
                x=place, y=y, text=alt.Text("text:N")
            )
        )
    return found

"""The tornado: how far each input moves the expected saving, on the page and as a picture of its own.

From rows of `tcosim.studies.drivers.drivers` or of ``summary.json``; knows altair and computes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tcosim.analysis.jackknife import CERTAIN
from tcosim.report.charts import bars, frame
from tcosim.report.charts.labels import short
from tcosim.report.charts.look import PAPER, Look
from tcosim.report.charts.picture import png
from tcosim.report.words.drivers import is_told, money
from tcosim.units import format_quantity

ENDS = {"p10": "input at its p10", "p90": "input at its p90"}
LEGEND = 20
ROOM = 0.17
"""Room beyond the longest bar for the figure at its end, as a share of the whole."""


def tornado_png(found: dict[str, Any], top: int = 12) -> bytes:
    """Draw the tornado.

    Parameters
    ----------
    found : dict
        From `tcosim.studies.drivers.drivers`, with at least one uncertain input.
    top : int
        So many inputs, the strongest ones.

    Returns
    -------
    bytes
        A PNG picture; the same content gives the same picture.
    """
    rows = [row for row in found["tornado"] if is_told(row)] or found["tornado"][:1]
    mean = found["mean_saving_usd"]
    error = (found["mean_saving_ci95_usd"][1] - mean) / CERTAIN
    months = found["months"]
    return png(
        tornado_chart(
            rows,
            option=found["option"],
            baseline=found["baseline"],
            mean_usd=mean,
            look=PAPER,
            top=top,
            heading=[
                f"What the saving of {short(found['option'])}",
                f"against {short(found['baseline'])} depends on",
            ],
            setting=[
                f"{short(found['scenario_name'])}, {months} month{'' if months == 1 else 's'}:"
                f" {money(mean, error)} on average",
                "correlated inputs follow, all others vary; dashed: $0",
            ],
        )
    )


def tornado_chart(
    rows: Sequence[dict[str, Any]],
    *,
    option: str,
    baseline: str,
    mean_usd: float,
    look: Look,
    top: int = 8,
    heading: Sequence[str] = (),
    setting: Sequence[str] = (),
) -> Any:
    """Return the chart: a bar from the mean to either end, with the input's value there.

    Parameters
    ----------
    rows : sequence of dict
        The strongest first.
    option, baseline : str
    mean_usd : float
        Expected saving with all inputs as they are.
    look : Look
    top : int
        So many inputs at most.
    heading, setting : sequence of str
        Lines above, for a picture that stands alone.

    Returns
    -------
    altair chart or None
        None without an input.
    """
    shown = list(rows)[:top]
    if not shown:
        return None
    alt = frame.altair()
    placed = [_row(index, row, end, mean_usd, option) for index, row in enumerate(shown) for end in ENDS]
    y = bars.row_scale(len(shown))
    x = alt.X(
        "saving:Q",
        scale=alt.Scale(domain=_domain(placed, mean_usd), nice=False, zero=False),
        axis=alt.Axis(labelExpr=frame.USD, tickCount=5, domain=False, ticks=False),
        title=f"mean saving against {short(baseline, frame.SHORT)}, USD of present value",
    )
    base = alt.Chart(frame.data(placed))
    bar = base.mark_bar(stroke=look.accent, strokeWidth=1.2, aria=True).encode(
        x=x,
        x2=alt.X2("mean:Q"),
        y=alt.Y("from:Q", scale=y, axis=None),
        y2=alt.Y2("to:Q"),
        fill=alt.Fill(
            "end:N",
            scale=alt.Scale(domain=list(ENDS.values()), range=[look.paper, look.accent]),
            legend=alt.Legend(
                title=None, orient="top", direction="horizontal",
                symbolType="square", symbolStrokeColor=look.accent, symbolStrokeWidth=1.2, offset=4,
            ),
        ),
        description=frame.tip(),
    )  # fmt: skip
    ends = [
        base.transform_filter(f"datum.above == {word}")
        .mark_text(align=align, dx=dx, baseline="middle")
        .encode(x=alt.X("at:Q"), y=alt.Y("middle:Q", scale=y, axis=None), text=alt.Text("value:N"))
        for word, align, dx in (("true", "left", 4), ("false", "right", -4))
    ]
    lines = [
        alt.Chart(frame.data([{**bars.place(index, ""), "saving": value} for index in range(len(shown))]))
        .mark_rule(color=color, strokeDash=dash, strokeWidth=1)
        .encode(x=x, y=alt.Y("from:Q", scale=y, axis=None), y2=alt.Y2("to:Q"))
        for value, color, dash in ((mean_usd, look.ink, [1, 0]), (0.0, look.muted, [4, 3]))
    ]
    chart = [lines[1], bar, lines[0], *ends, bars.names(placed, y)]
    above = 15 * (len(heading) + len(setting))
    return frame.finished(
        chart, look, height=bars.height(len(shown)) + LEGEND + above, title=_heading(heading, setting, look)
    )


def _heading(heading: Sequence[str], setting: Sequence[str], look: Look) -> Any:
    if not heading:
        return None
    return frame.altair().TitleParams(
        list(heading),
        subtitle=list(setting),
        anchor="start",
        frame="bounds",
        fontSize=14,
        subtitleFontSize=frame.FONT_SIZE,
        color=look.ink,
        subtitleColor=look.muted,
        offset=6,
    )


def _row(index: int, row: dict[str, Any], end: str, mean: float, option: str) -> dict[str, Any]:
    """One end of one bar; two ends on the same side share the height."""
    saving, other = (row[f"saving_at_{one}_usd"] for one in (end, "p90" if end == "p10" else "p10"))
    placed = bars.place(index, row["input"])
    if (saving - mean) * (other - mean) > 0:
        half = (placed["from"] + placed["to"]) / 2
        placed["to" if end == "p10" else "from"] = half
    value = shown = format_quantity(row[end])
    at = saving
    if (saving - mean) * (other - mean) > 0:
        # two figures beside each other would overlap: both stand on the other side of the mean
        shown = ", ".join(f"{one}: {format_quantity(row[one])}" for one in ENDS) if end == "p10" else ""
        at = mean
    return {
        **placed,
        "end": ENDS[end],
        "input": row["input"],
        "mean": mean,
        "saving": saving,
        "value": shown,
        "at": at,
        "above": saving >= mean if at == saving else saving < mean,
        "tip": frame.tipped(
            f"{row['input']} at its {end} ({value}): {option} saves"
            f" {money(saving, row[f'saving_at_{end}_se_usd'])} on average"
        ),
    }


def _domain(rows: Sequence[dict[str, Any]], mean: float) -> list[float]:
    """From the lowest to the highest saving and 0, with room for the figures at the ends."""
    values = [0.0, mean, *(row["saving"] for row in rows)]
    low, high = min(values), max(values)
    room = ROOM * ((high - low) or abs(mean) or 1.0)
    return [low - room, high + room]

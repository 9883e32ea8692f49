"""The tornado: how far each input moves the expected saving, on the page and as a picture of its own.

From rows of `tcosim.studies.drivers.drivers` or of ``summary.json``; knows altair and computes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tcosim.analysis.jackknife import CERTAIN
from tcosim.report.charts import bars, frame
from tcosim.report.charts.labels import short
from tcosim.report.charts.look import PAPER, Look
from tcosim.report.charts.picture import png
from tcosim.report.words.board import saving_words
from tcosim.report.words.drivers import is_told
from tcosim.units import format_quantity

FOLLOWED = " ~"
FOLLOW = "~ correlated inputs follow"
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
    shown = rows[:top]
    followed = any(row["moves_with"] for row in shown)
    mean = found["mean_saving_usd"]
    months = found["months"]
    return png(
        _chart(
            shown,
            option=found["option"],
            baseline=found["baseline"],
            mean_usd=mean,
            look=PAPER,
            heading=[
                f"What the saving of {short(found['option'])}",
                f"against {short(found['baseline'])} depends on",
            ],
            setting=[
                f"{short(found['scenario_name'])}, {months} month{'' if months == 1 else 's'}:"
                f" {saving_words(mean, found['mean_saving_ci95_usd'])}",
                f"{FOLLOW if followed else 'all others vary'}; dashed: $0; line at an end: 95 % interval",
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
) -> Any:
    """Return the chart: a bar from the mean to either end, its 95 % interval, and the input's value there.

    Parameters
    ----------
    rows : sequence of dict
        The strongest first.
    option, baseline : str
    mean_usd : float
        Expected saving with all inputs as they are.
    look : Look
    top : int
        So many inputs at most, of those that move the saving by more than the error.

    Returns
    -------
    altair chart or None
        None without such an input.
    """
    shown = [row for row in rows if is_told(row)][:top]
    if not shown:
        return None
    followed = any(row["moves_with"] for row in shown)
    setting = [f"line at an end: 95 % interval{'; ' + FOLLOW if followed else ''}"]
    return _chart(shown, option=option, baseline=baseline, mean_usd=mean_usd, look=look, setting=setting)


def _chart(
    shown: Sequence[dict[str, Any]],
    *,
    option: str,
    baseline: str,
    mean_usd: float,
    look: Look,
    setting: Sequence[str],
    heading: Sequence[str] = (),
) -> Any:
    """The same of rows as they are; ``heading`` stands above a picture that stands alone, ``setting`` below it."""
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
    whiskers = base.mark_rule(color=look.ink, strokeWidth=1.2).encode(
        x=alt.X("low:Q"), x2=alt.X2("high:Q"), y=alt.Y("center:Q", scale=y, axis=None)
    )
    lines = [
        alt.Chart(frame.data([{**bars.place(index, ""), "saving": value} for index in range(len(shown))]))
        .mark_rule(color=color, strokeDash=dash, strokeWidth=1)
        .encode(x=x, y=alt.Y("from:Q", scale=y, axis=None), y2=alt.Y2("to:Q"))
        for value, color, dash in ((mean_usd, look.ink, [1, 0]), (0.0, look.muted, [4, 3]))
    ]
    chart = [lines[1], bar, lines[0], whiskers, *ends, bars.names(placed, y)]
    above = 15 * (len(heading) + len(setting))
    return frame.finished(
        chart, look, height=bars.height(len(shown)) + LEGEND + above, title=_heading(heading, setting, look)
    )


def _heading(heading: Sequence[str], setting: Sequence[str], look: Look) -> Any:
    if not heading:
        first, *rest = setting
        return frame.heading(first, look, rest)
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
    if row["moves_with"]:
        placed["name"] += FOLLOWED
    one_side = (saving - mean) * (other - mean) > 0
    if one_side:
        placed["to" if end == "p10" else "from"] = (placed["from"] + placed["to"]) / 2
    value = shown = format_quantity(row[end])
    half = CERTAIN * row[f"saving_at_{end}_se_usd"]
    at, above = saving + math.copysign(half, saving - mean), saving >= mean
    if one_side:
        # two figures beside each other would overlap: both stand on the other side of the mean
        shown = ", ".join(f"{one}: {format_quantity(row[one])}" for one in ENDS) if end == "p10" else ""
        at, above = mean, not above
    return {
        **placed,
        "end": ENDS[end],
        "input": row["input"],
        "mean": mean,
        "saving": saving,
        "value": shown,
        "at": at,
        "above": above,
        "low": saving - half,
        "high": saving + half,
        "center": (placed["from"] + placed["to"]) / 2,
        "tip": frame.tipped(
            f"{row['input']} at its {end} ({value}{', with what moves with it' if row['moves_with'] else ''}): {option}"
            f" {saving_words(saving, [saving - half, saving + half])}"
        ),
    }


def _domain(rows: Sequence[dict[str, Any]], mean: float) -> list[float]:
    """From the lowest to the highest saving and 0, with room for the figures at the ends."""
    values = [0.0, mean, *(row[end] for row in rows for end in ("low", "high"))]
    low, high = min(values), max(values)
    room = ROOM * ((high - low) or abs(mean) or 1.0)
    return [low - room, high + room]

"""What perfect knowledge of single inputs is worth, with the error of each figure.

From the content of ``summary.json``; knows altair and computes nothing.
"""

from __future__ import annotations

from typing import Any

from tcosim.analysis.jackknife import CERTAIN
from tcosim.report.charts import bars, frame
from tcosim.report.charts.look import Look
from tcosim.report.words.value import error, is_told, money

ROOM = 0.7
"""Share of the width for the longest bar; the rest is for the figure at its end."""


def worth_chart(summary: dict[str, Any], look: Look, top: int = 6) -> Any:
    """Return the chart of the inputs that are worth most; None if none is worth anything that can be told."""
    shown = told_worth(summary)[:top]
    if not shown:
        return None
    alt = frame.altair()
    rows = [_row(index, one) for index, one in enumerate(shown)]
    most = max(row["high"] for row in rows)
    x = alt.X(
        "usd:Q",
        scale=alt.Scale(domain=[0, most / ROOM], nice=False),
        axis=alt.Axis(labelExpr=frame.USD, tickCount=4, domain=False, ticks=False),
        title="USD of present value, at most; line: 95 % interval",
    )
    base = alt.Chart(frame.data(rows))
    y = bars.row_scale(len(rows))
    bar = base.mark_bar(color=look.accent, aria=True).encode(
        x=x,
        x2=alt.X2Datum(0),
        y=alt.Y("from:Q", scale=y, axis=None),
        y2=alt.Y2("to:Q"),
        description=frame.tip(),
    )
    middle = alt.Y("middle:Q", scale=y, axis=None)
    whisker = base.mark_rule(color=look.ink, strokeWidth=1.5).encode(
        x=alt.X("low:Q"), x2=alt.X2("high:Q"), y=middle
    )
    figure = base.mark_text(align="left", dx=5, baseline="middle").encode(
        x=alt.X("high:Q"), y=middle, text=alt.Text("text:N")
    )
    return frame.finished(
        [bar, whisker, figure, bars.names(rows, y)],
        look,
        height=bars.height(len(rows)),
        title=frame.heading("what knowing one input before choosing would be worth", look),
    )


def told_worth(summary: dict[str, Any]) -> list[dict[str, Any]]:
    """Inputs whose worth is beyond its error, the best first."""
    value = summary.get("value_of_information")
    rows = [] if not value else [one for one in value["evppi_usd"] if is_told(one["usd"], one["se"])]
    return sorted(rows, key=lambda one: -float(one["usd"]))


def _row(index: int, one: dict[str, Any]) -> dict[str, Any]:
    usd, half = one["usd"], CERTAIN * (one["se"] or 0.0)
    text = f"{money(usd, one['se'])} {error(usd, one['se'])}".strip()
    return {
        **bars.place(index, one["input"]),
        "usd": usd,
        "low": usd - half,
        "high": usd + half,
        "text": text,
        "tip": frame.tipped(f"To know {one['input']} before choosing is worth {text} at most."),
    }

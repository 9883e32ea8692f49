"""Rows of horizontal bars with their names above them, so that a name may be as long as the picture is wide.

Knows altair and rows; knows nothing of what the bars show.

Row ``i`` takes the height from i to i + 1: the name its upper part, the bar its lower part.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tcosim.report.charts import frame
from tcosim.report.charts.labels import short

ROW = 40
AXIS = 62
"""Height of the axis below, its title, and the line above [px]."""
NAME, TOP, BOTTOM = 0.27, 0.5, 0.93
LONGEST = 58


def row_scale(rows: int) -> Any:
    """A scale that counts rows from above."""
    return frame.altair().Scale(domain=[0, rows], reverse=True, nice=False, zero=False)


def height(rows: int) -> float:
    return ROW * rows + AXIS


def place(index: int, name: str) -> dict[str, Any]:
    """Where the row's bar and its name stand."""
    return {
        "name": short(name, LONGEST),
        "named": index + NAME,
        "from": index + TOP,
        "to": index + BOTTOM,
        "middle": index + (TOP + BOTTOM) / 2,
    }


def names(rows: Sequence[dict[str, Any]], y: Any) -> Any:
    """The names, at the left edge."""
    alt = frame.altair()
    first = {row["named"]: {"name": row["name"], "named": row["named"]} for row in rows}
    return (
        alt.Chart(frame.data(list(first.values())))
        .mark_text(align="left", baseline="middle")
        .encode(x=alt.XValue(0), y=alt.Y("named:Q", scale=y, axis=None), text=alt.Text("name:N"))
    )

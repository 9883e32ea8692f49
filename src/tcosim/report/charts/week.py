"""How full a fleet is by hour of the week.

From the mean load by hour; knows altair and computes nothing.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.report.charts import frame
from tcosim.report.charts.look import Look
from tcosim.report.words import rounding
from tcosim.report.words.week import DAYS, hours

HEIGHT = 230
FAINTEST = 0.06
STEPS = 5
NICE = (1.0, 2.0, 2.5, 5.0, 10.0)


def week_chart(load: NDArray[Any] | None, look: Look, *, futures: int, most: float | None = None) -> Any:
    """Return the chart; None without a fleet.

    Parameters
    ----------
    load : ndarray, shape (168,), or None
        Share of the paid capacity in use, Monday 00:00 first.
    look : Look
    futures : int
        Behind the load.
    most : float, optional
        Highest load of all charts beside this one, for one scale; by default that of this one.
    """
    if load is None or not np.isfinite(load).all():
        return None
    alt = frame.altair()
    rows = [
        {
            "from": index % 24,
            "to": index % 24 + 1,
            "day": DAYS[index // 24][:3],
            "load": float(value),
            "tip": frame.tipped(f"{hours(index)}: {rounding.percent(float(value), 0)} of the paid capacity in use"),
        }
        for index, value in enumerate(load)
    ]  # fmt: skip
    highest = max(float(load.max()), most or 0.0)
    step = _step(highest)
    steps = [step * number for number in range(max(1, math.ceil(highest / step - 1e-9)) + 1)]
    cells = (
        alt.Chart(frame.data(rows))
        .mark_rect(fill=look.accent, stroke=look.paper, strokeWidth=1, aria=True)
        .encode(
            x=alt.X(
                "from:Q",
                scale=alt.Scale(domain=[0, 24], nice=False),
                axis=alt.Axis(
                    values=[0, 6, 12, 18, 24],
                    labelExpr="pad(datum.value, 2, '0', 'left') + ':00'",
                    grid=False,
                    domain=False,
                    labelFlush=True,
                ),
                title="hour of the day, local time of the traffic",
            ),
            x2=alt.X2("to:Q"),
            y=alt.Y(
                "day:N",
                sort=[day[:3] for day in DAYS],
                scale=alt.Scale(paddingInner=0.06, paddingOuter=0),
                axis=alt.Axis(ticks=False, domain=False, labelOverlap=False),
                title=None,
            ),
            opacity=alt.Opacity(
                "load:Q",
                scale=alt.Scale(domain=[0, steps[-1]], range=[FAINTEST, 1]),
                legend=alt.Legend(
                    title=None, orient="top", direction="horizontal", values=steps, labelExpr=frame.PERCENT,
                    symbolType="square", symbolFillColor=look.accent, symbolSize=130, offset=2,
                ),
            ),
            description=frame.tip(),
        )
    )  # fmt: skip
    mean = f"mean of {futures:,} futures" if futures > 1 else "one future"
    return frame.finished(
        [cells],
        look,
        height=HEIGHT,
        title=frame.heading(f"share of the paid capacity in use, {mean}", look),
    )


def _step(most: float) -> float:
    """A round share, five of which hold the highest load."""
    if most <= 0:
        return 0.2
    unit = 10.0 ** math.floor(math.log10(most / STEPS))
    return next(unit * part for part in NICE if unit * part * STEPS >= most * (1 - 1e-9))

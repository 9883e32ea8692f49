"""What one option costs month by month: the median future, and how far the others lie from it.

From quantiles of the Dataset; knows altair and computes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from tcosim.report.charts import frame
from tcosim.report.charts.labels import short
from tcosim.report.charts.look import Look, option_looks
from tcosim.report.words.findings import cost_figures

HEIGHT = 230
OPACITY = (0.18, 0.3)
"""Of the outer and the inner band."""
BELOW = 0.1
"""Of the height of all other months, that a last month may reach below them."""
OFF = "last month, with resale, runs off below"


def cost_charts(
    cost: dict[str, NDArray[Any]], quantiles: Sequence[float], summary: dict[str, Any], look: Look
) -> list[tuple[str, Any]]:
    """Return one chart for each option, all with the same vertical axis.

    Parameters
    ----------
    cost : dict of str to ndarray, shape (months, quantiles)
        Nominal cost of each month [USD].
    quantiles : sequence of float
        Increasing, the median in the middle.
    summary : dict
        The content of ``summary.json``.
    look : Look
    """
    if not cost:
        return []
    domain = cost_domain(cost)
    sold = runs_off(cost)
    headline = summary["headline"]
    baseline = headline["baseline"] if headline else next(iter(cost))
    looks = option_looks(list(cost), baseline, look)
    return [
        (
            name,
            cost_chart(
                values, quantiles, domain=domain, look=look,
                samples=summary["samples"], color=looks[name].color, name=name, runs_off=name in sold,
            ),
        )
        for name, values in cost.items()
    ]  # fmt: skip


def cost_domain(cost: dict[str, NDArray[Any]]) -> tuple[float, float]:
    """From the lowest to the highest figure of all options, and 0.

    Hardware that is sold in the last month would squeeze all others: where it reaches far below them, it runs off.
    """
    low, usual = (min(0.0, *(float(values.min()) for values in of)) for of in (cost.values(), _usual(cost)))
    high = max(0.0, *(float(values.max()) for values in cost.values()))
    if usual - low > BELOW * (high - usual):
        low = usual
    return low, high if high > low else low + 1.0


def runs_off(cost: dict[str, NDArray[Any]]) -> set[str]:
    """Options of which the last month reaches below the axis."""
    low, _ = cost_domain(cost)
    return {name for name, values in cost.items() if values.min() < low}


def _usual(cost: dict[str, NDArray[Any]]) -> list[NDArray[Any]]:
    """All months but the last; one alone is the usual one."""
    return [values[:-1] if len(values) > 1 else values for values in cost.values()]


def cost_chart(
    cost: NDArray[Any],
    quantiles: Sequence[float],
    *,
    domain: tuple[float, float],
    look: Look,
    samples: int,
    color: str | None = None,
    name: str = "",
    runs_off: bool = False,
) -> Any:
    """Return the chart of one option.

    Parameters
    ----------
    cost : ndarray, shape (months, quantiles)
    quantiles : sequence of float
    domain : (float, float)
        Ends of the vertical axis [USD].
    look : Look
    samples : int
        Futures behind the quantiles: digits in the texts.
    color, name : str
        Of the option.
    runs_off : bool
        Whether the last month reaches below the axis.
    """
    alt = frame.altair()
    rows, months, middle = [], len(cost), len(quantiles) // 2
    for month, values in enumerate(cost, start=1):
        row = {f"q{index}": float(value) for index, value in enumerate(values)}
        text = frame.tipped(_told(month, values, quantiles, samples))
        # A month is as wide as it lasts: one month alone is a picture, too.
        rows.append({"month": month - 1.0, "to": float(month), "tip": text, **row})
    edges = [*rows, {**rows[-1], "month": float(months)}]
    x = alt.X(
        "month:Q",
        scale=alt.Scale(domain=[0, months], nice=False),
        axis=alt.Axis(grid=False, values=_month_ticks(months), format="d"),
        title="months from the start",
    )
    scale = alt.Scale(domain=list(domain), nice=False)
    axis = alt.Axis(labelExpr=frame.USD, tickCount=4, domain=False, ticks=False)
    base = alt.Chart(frame.data(edges)).encode(x=x)
    y = {"scale": scale, "axis": axis, "title": None}
    layers = [
        base.mark_area(
            color=color or look.accent, opacity=OPACITY[min(low, 1)], interpolate="step-after", clip=runs_off
        ).encode(y=alt.Y(f"q{low}:Q", **y), y2=alt.Y2(f"q{len(quantiles) - 1 - low}:Q"))
        for low in range(middle)
    ]
    median = base.mark_line(
        color=color or look.accent, strokeWidth=2, interpolate="step-after", clip=runs_off
    ).encode(y=alt.Y(f"q{middle}:Q", **y))
    zero = (
        alt.Chart(frame.data([{"usd": 0.0}]))
        .mark_rule(color=look.muted, strokeWidth=1)
        .encode(y=alt.Y("usd:Q", **y))
    )
    bands = " and ".join(
        f"{100 * (quantiles[-1 - low] - quantiles[low]):.0f} %" for low in reversed(range(middle))
    )
    title = f"{short(name)}: USD a month, nominal" if name else "USD a month, nominal"
    note = [f"line: middle future; bands: {bands} of futures", *([OFF] if runs_off else [])]
    return frame.finished(
        [zero, *layers, median, frame.tip_areas(rows, x, look)],
        look,
        height=HEIGHT,
        title=frame.heading(title, look, note),
    )


def _month_ticks(months: int) -> list[int]:
    step = next((step for step in (1, 2, 3, 6, 12, 24, 60) if months / step <= 6), months)
    return list(range(0, months + 1, step))


def _told(month: int, values: NDArray[Any], quantiles: Sequence[float], samples: int) -> str:
    """All figures of a month."""
    shown = cost_figures(values, samples)
    parts = [
        f"{shown[low]} to {shown[-1 - low]} in {100 * (quantiles[-1 - low] - quantiles[low]):.0f} % of futures"
        for low in reversed(range(len(quantiles) // 2))
    ]
    return ", ".join([f"Month {month}: {shown[len(quantiles) // 2]} in the middle one", *parts])

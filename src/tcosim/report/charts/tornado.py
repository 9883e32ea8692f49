"""The tornado as a picture: how far each input moves the expected saving.

From the content of `tcosim.studies.drivers.drivers`; knows altair and computes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tcosim.analysis.jackknife import CERTAIN
from tcosim.report.words.drivers import is_told, money
from tcosim.units import format_quantity

WIDTH, ROW, SCALE = 430, 26, 2
COLORS = {"input at its p10": "#E69F00", "input at its p90": "#0072B2"}
"""Told apart with every common kind of color blindness (Okabe and Ito, 2008)."""
LONGEST_NAME, NAME_WIDTH = 30, 310
ROOM = 0.17
"""Room beyond the longest bar for the figure at its end, as a share of the whole."""
USD = "(datum.value < 0 ? '-$' : '$') + replace(format(abs(datum.value), '~s'), 'G', 'B')"


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
    import vl_convert

    picture: bytes = vl_convert.vegalite_to_png(tornado_chart(found, top).to_json(), scale=SCALE)
    return picture


def tornado_chart(found: dict[str, Any], top: int = 12) -> Any:
    """Return the chart: one bar an input and end, from the mean, with the input's value at its end."""
    import altair

    alt: Any = altair  # its types know no text that is put together

    shown = [row for row in found["tornado"] if is_told(row)][:top] or found["tornado"][:1]
    mean = found["mean_saving_usd"]
    rows = [
        {
            "input": row["input"],
            "side": side,
            "mean": mean,
            "saving": row[f"saving_at_{end}_usd"],
            "value": format_quantity(row[end]),
            "above": row[f"saving_at_{end}_usd"] >= mean,
        }
        for row in shown
        for side, end in zip(COLORS, ("p10", "p90"), strict=True)
    ]
    names = [row["input"] for row in shown]
    base = alt.Chart(alt.InlineData(values=rows))
    x = alt.X(
        "saving:Q",
        scale=alt.Scale(domain=_domain(rows, mean), nice=False, zero=False),
        axis=alt.Axis(labelExpr=USD, gridColor="#eeeeee", tickCount=7, labelOverlap="greedy"),
        title="expected saving, USD of present value",
    )
    y = alt.Y(
        "input:N", sort=names, title=None, axis=alt.Axis(labelLimit=NAME_WIDTH, ticks=False, domain=False)
    )
    color = alt.Color(
        "side:N",
        scale=alt.Scale(domain=list(COLORS), range=list(COLORS.values())),
        legend=alt.Legend(title=None, orient="top", labelFontSize=11),
    )
    bars = base.mark_bar(height=0.62 * ROW).encode(x=x, x2="mean:Q", y=y, color=color)
    ends = [
        base.transform_filter(f"datum.above == {word}")
        .mark_text(align=align, dx=dx, fontSize=10, color="#333333")
        .encode(x=x, y=y, text="value:N")
        for word, align, dx in (("true", "left", 4), ("false", "right", -4))
    ]
    lines = [
        alt.Chart(alt.InlineData(values=[{"saving": value}]))
        .mark_rule(color=shade, strokeDash=dash, strokeWidth=1)
        .encode(x=x)
        for value, shade, dash in ((mean, "#333333", [1, 0]), (0.0, "#777777", [4, 3]))
    ]
    error = (found["mean_saving_ci95_usd"][1] - mean) / CERTAIN
    return (
        alt.layer(lines[1], bars, lines[0], *ends)
        .properties(
            width=WIDTH,
            height=ROW * len(shown),
            title=alt.TitleParams(
                f"What the saving of {_short(found['option'])} against {_short(found['baseline'])} depends on",
                subtitle=[
                    f"{found['scenario_name']}, {found['months']} month{'' if found['months'] == 1 else 's'}:"
                    f" {money(mean, error)} on average (line); dashed: $0",
                    "one input at its p10 or p90 (value at the bar's end); correlated ones follow, others vary",
                ],
                anchor="start",
                frame="bounds",
                fontSize=14,
                subtitleFontSize=11,
                subtitleColor="#555555",
                offset=8,
            ),
        )
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=11, titleFontSize=12, titleFontWeight="normal")
    )


def _domain(rows: Sequence[dict[str, Any]], mean: float) -> list[float]:
    """From the lowest to the highest saving and 0, with room for the figures at the ends."""
    values = [0.0, mean, *(row["saving"] for row in rows)]
    low, high = min(values), max(values)
    room = ROOM * ((high - low) or abs(mean) or 1.0)
    return [low - room, high + room]


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"

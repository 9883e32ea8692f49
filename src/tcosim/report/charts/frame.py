"""What all charts share: their size, their type, their axes, and the texts that a pointer finds.

Knows altair; knows nothing of results. Names reach a chart as values of its data only, never as a field, a filter or
part of an expression.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from tcosim.report.charts.labels import clean, columns
from tcosim.report.charts.look import Look, OptionLook

WIDTH = 400
"""Of every chart [px]: shown at 360 on a phone and at 560 on a desk, with type of 11 to 17 px."""
FONT_SIZE = 12
FONT = "sans-serif"
TIP = "tip:"
"""Begins the description of a mark that a pointer shall find; all other descriptions are left out."""
LEGEND_ROW, LEGEND_LABELS = 17, (0.0, math.inf, 24.0, 14.0)
"""Height of a row [px], and the widest label for one, two and three columns."""
SHORT = 18
"""Longest name within the title of an axis."""

PERCENT = "format(100 * datum.value, '~r') + ' %'"
_SPACED = "replace(replace(format(abs(datum.value), '.3~s'), 'G', 'B'), regexp('([kMBT])$'), ' $1')"
USD = (
    f"(datum.value < 0 ? '-$' : '$') + (abs(datum.value) < 1 ? format(abs(datum.value), '.3~f') : {_SPACED})"
)
TOKENS = _SPACED

MOST_DECADES_WITH_STEPS = 2


def altair() -> Any:
    """Return altair, which takes 0.3 s to import; its types know no text that is put together."""
    import altair as alt

    return alt


def data(rows: Sequence[dict[str, Any]]) -> Any:
    """Rows within the chart; altair copies a list with every step, a tuple never."""
    return altair().InlineData(values=tuple(rows))


def finished(layers: Sequence[Any], look: Look, *, height: float, title: Any = None) -> Any:
    """Put a chart together: its layers, its size and its type.

    Parameters
    ----------
    layers : sequence of altair charts
        From the ground up.
    look : Look
    height : float
        With axes and legend [px].
    title : altair title, optional
        What the vertical axis shows stands above it: see `heading`.
    """
    alt = altair()
    return alt.LayerChart(
        layer=list(layers),
        width=WIDTH,
        height=height,
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        padding={"left": 2, "right": 6, "top": 4, "bottom": 2},
        config=config(look),
        **({} if title is None else {"title": title}),
    )


def config(look: Look) -> Any:
    """Type and colors of everything that is no mark; given at once, for altair copies a chart with every step."""
    alt = altair()
    return alt.Config(
        font=FONT,
        aria=False,
        background=look.paper,
        view=alt.ViewConfig(stroke=None),
        text=alt.MarkConfig(fontSize=FONT_SIZE, color=look.ink),
        axis=alt.AxisConfig(
            labelFontSize=FONT_SIZE,
            titleFontSize=FONT_SIZE,
            titleFontWeight="normal",
            titlePadding=6,
            labelColor=look.ink,
            titleColor=look.muted,
            gridColor=look.grid,
            domainColor=look.muted,
            tickColor=look.muted,
            labelOverlap="greedy",
            labelSeparation=6,
        ),
        legend=alt.LegendConfig(
            labelFontSize=FONT_SIZE,
            labelColor=look.ink,
            symbolSize=70,
            symbolOpacity=1,
            symbolStrokeWidth=0,
            labelLimit=0,
            rowPadding=3,
        ),
    )


def heading(text: str, look: Look, note: str | Sequence[str] = "") -> Any:
    """The title of the vertical axis, flat above it, where it takes no room from the picture."""
    return altair().TitleParams(
        clean(text),
        **(
            {
                "subtitle": note if isinstance(note, str) else list(note),
                "subtitleFontSize": FONT_SIZE,
                "subtitleColor": look.muted,
            }
            if note
            else {}
        ),
        anchor="start",
        frame="bounds",
        fontSize=FONT_SIZE,
        fontWeight="normal",
        color=look.muted,
        offset=6,
    )


def tip() -> Any:
    """The description of a mark, from the row's ``tip``."""
    return altair().Description("tip:N")


def tipped(text: str) -> str:
    return TIP + clean(text)


def tip_areas(rows: Sequence[dict[str, Any]], x: Any, look: Look) -> Any:
    """Unseen areas that a pointer finds: as easy to hit as the picture is high.

    Parameters
    ----------
    rows : sequence of dict
        From the field of ``x`` to ``to``, with ``tip``.
    x : altair channel
    look : Look
    """
    alt = altair()
    return (
        alt.Chart(data(rows))
        .mark_rect(fill=look.ink, fillOpacity=0, strokeWidth=0, aria=True)
        .encode(x=x, x2=alt.X2("to:Q"), y=alt.YValue(0), y2=alt.Y2Value("height"), description=tip())
    )


def option_scales(shown: Sequence[OptionLook], offset: float = 4) -> dict[str, Any]:
    """Color and shape of options by their label, with one legend for both above the chart."""
    alt = altair()
    labels = [one.label for one in shown]
    legend = alt.Legend(
        title=None, orient="top", columns=_legend_columns(shown), columnPadding=8, offset=offset
    )
    return {
        "color": alt.Color(
            "option:N",
            scale=alt.Scale(domain=labels, range=[one.color for one in shown]),
            sort=labels,
            legend=legend,
        ),
        "shape": alt.Shape(
            "option:N",
            scale=alt.Scale(domain=labels, range=[one.shape for one in shown]),
            sort=labels,
            legend=legend,
        ),
    }


def option_dash(shown: Sequence[OptionLook]) -> Any:
    """Dash of options by their label."""
    alt = altair()
    labels = [one.label for one in shown]
    scale = alt.Scale(domain=labels, range=[list(one.dash) for one in shown])
    return alt.StrokeDash("option:N", scale=scale, sort=labels, legend=None)


def legend_height(shown: Sequence[OptionLook]) -> float:
    """Height that the legend of `option_scales` takes [px]."""
    return LEGEND_ROW * math.ceil(len(shown) / _legend_columns(shown)) + 8


def _legend_columns(shown: Sequence[OptionLook]) -> int:
    widest = max(columns(one.label) for one in shown)
    return max(count for count, most in enumerate(LEGEND_LABELS) if widest <= most)


def volume_domain(volumes: Sequence[float]) -> tuple[float, float]:
    """Ends of the axis of volumes; one volume alone stands in the middle."""
    return (volumes[0] / 2, volumes[0] * 2) if len(volumes) == 1 else (volumes[0], volumes[-1])


def volume_x(volumes: Sequence[float], field: str = "volume:Q", title: str | None = "") -> Any:
    """A logarithmic axis over volumes."""
    alt = altair()
    low, high = volume_domain(volumes)
    return alt.X(
        field,
        scale=alt.Scale(type="log", domain=[low, high], nice=False),
        axis=alt.Axis(labelExpr=TOKENS, values=volume_ticks(low, high), grid=False, labelFlush=True),
        title="tokens a month as planned (log scale)" if title == "" else title,
    )


def volume_ticks(low: float, high: float) -> list[float]:
    """Whole decades; 1, 2 and 5 of each over few; the ends where none of these lies between them."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if math.log10(high / low) <= MOST_DECADES_WITH_STEPS else (1,)
    found = [float(f"{step}e{decade}") for decade in decades for step in steps]
    inside = [value for value in found if low <= value <= high]
    return inside if len(inside) > 1 else [low, high]


def around(volumes: Sequence[float]) -> list[tuple[float, float]]:
    """From where to where each volume is the nearest one."""
    low, high = volume_domain(volumes)
    middles = [math.sqrt(a * b) for a, b in itertools.pairwise(volumes)]
    return list(zip([low, *middles], [*middles, high], strict=True))

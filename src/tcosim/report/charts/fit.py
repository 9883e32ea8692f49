"""A fit of traffic as a picture: how hours differ, the week, and the end of the log that was held out.

From the content of ``tcosim fit --json``; knows altair and computes nothing but places.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from statistics import NormalDist
from typing import Any

from tcosim.report.charts import frame
from tcosim.report.charts.described import described
from tcosim.report.charts.labels import clean, short
from tcosim.report.charts.look import PAPER, Look
from tcosim.report.charts.picture import png
from tcosim.report.words import rounding
from tcosim.report.words.fit import figure
from tcosim.report.words.week import DAYS, block

WIDTH, HEIGHT = 520, 170
BAND = 0.22
SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999)
FAINTEST = 1e-3
"""Traffic below this share of the mean stands on the ground, as no traffic does."""
GROUND = 0.4
"""Where the ground lies, over the least traffic that is shown."""
LONGEST = 14 * 24
"""Held-out hours that a panel has room for."""
MOST_DAYS = 8
FEW = 48
"""So many places in a row stand far enough apart for large dots."""
AT_THE_END = 0.12
"""Share of the width that the name of a day takes."""
LABELS = 48
"""Room for the figures of the vertical axes, so that all panels begin at one line [px]."""
FACTOR = "format(datum.value, '~r')"
SCORE = NormalDist()
ALIKE = 0.02
"""Hours of the week whose profile is nearer than this share of its top are named together."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def fit_png(found: dict[str, Any]) -> bytes:
    """Draw a fit as PNG that holds its text alternative; the same content gives the same bytes."""
    return described(png(fit_chart(found)), fit_text(found))


def fit_chart(found: dict[str, Any], look: Look = PAPER) -> Any:
    """Return the chart: two panels, or three where the end of the log was held out."""
    alt = frame.altair()
    panels = [_hourly(found, look), _week(found, look)]
    if found["held_out"] is not None:
        panels.append(_held_out(found, look))
    return alt.VConcatChart(
        vconcat=panels,
        spacing=16,
        padding={"left": 4, "right": 14, "top": 6, "bottom": 4},
        config=frame.config(look),
        title=alt.TitleParams(
            clean(f"Hourly traffic of {_named(found)}, and the model fitted to it"),
            subtitle=["Dots: the log. Line and band: median and 90 % of simulated logs."],
            anchor="start",
            fontSize=14,
            subtitleFontSize=frame.FONT_SIZE,
            subtitleColor=look.muted,
            color=look.ink,
            offset=10,
        ),
    )


def fit_text(found: dict[str, Any]) -> str:
    """What the picture shows, in words."""
    shown = {row["share"]: row for row in found["hourly"]}
    half, most = shown[0.5], shown[0.999]
    week = found["profile"]["values"]
    top, least = max(week), min(week)
    fullest, emptiest = (
        block([hour for hour, value in enumerate(week) if abs(value - end) <= ALIKE * top]) for end in (top, least)
    )  # fmt: skip
    parts = [
        f"Half of the hours of {_named(found)} have at most {_over(half, 'observed')} times the mean traffic, simulated"
        f" {_over(half, 'p50')} ({_over(half, 'p5')} to {_over(half, 'p95')}); all but one hour in a thousand at most"
        f" {_over(most, 'observed')}, simulated {_over(most, 'p50')} ({_over(most, 'p5')} to {_over(most, 'p95')}).",
        "The weekly profile is flat."
        if top - least <= ALIKE * top
        else f"The weekly profile is highest {fullest} with {top:.1f} times the mean and lowest {emptiest} with"
        f" {least:.2g}.",
    ]
    held = found["held_out"]
    if held is not None:
        parts.append(
            f"Of {held['hours']:,} hours held out at the end, {rounding.percent(held['coverage'], 0)} lie in their band"
            " of 90 %."
        )
    return clean(" ".join(parts))


def _named(found: dict[str, Any]) -> str:
    sources = found["log"]["sources"]
    return short(sources[0]) if len(sources) == 1 else f"{len(sources)} files"


def _over(row: dict[str, Any], name: str) -> str:
    return figure(row[name], row["p5"], row["p95"])


def _panel(layers: list[Any], title: str, look: Look, note: str = "") -> Any:
    return frame.altair().LayerChart(
        layer=layers, width=WIDTH, height=HEIGHT, title=frame.heading(title, look, note)
    )


def _hourly(found: dict[str, Any], look: Look) -> Any:
    """Traffic over its mean against the share of hours, spread as a normal is, so that both ends are seen."""
    alt = frame.altair()
    names = ("observed", "p5", "p50", "p95")
    values = [row[name] for row in found["hourly"] for name in names]
    least = min((value for value in values if value >= FAINTEST), default=1.0)
    grounded = [value for value in values if value < FAINTEST]
    low, high = (GROUND * least if grounded else least / 1.15), max(*values, least) * 1.15
    rows = [
        {"at": SCORE.inv_cdf(row["share"])}
        | {name: row[name] if row[name] >= FAINTEST else low for name in names}
        for row in found["hourly"]
    ]
    ticks = [value for value in _steps(low, high) if not grounded or value >= least]
    ground = "0" if not any(grounded) else f"<{FAINTEST:g}"
    scale = alt.Scale(type="log", domain=[low, high], nice=False)
    axis = alt.Axis(
        values=[*([low] if grounded else []), *ticks],
        labelExpr=f"datum.value < {least * 0.999:.6g} ? '{ground}' : {FACTOR}" if grounded else FACTOR,
        domain=False, ticks=False, labelPadding=7, labelOverlap=False,
        minExtent=LABELS, maxExtent=LABELS,
    )  # fmt: skip
    x = alt.X(
        "at:Q",
        scale=alt.Scale(domain=[SCORE.inv_cdf(SHARES[0]) - 0.08, SCORE.inv_cdf(SHARES[-1]) + 0.08], nice=False),
        axis=alt.Axis(
            values=[SCORE.inv_cdf(share) for share in SHARES], labelExpr=_share_labels(), grid=False,
            labelOverlap=False,
        ),
        title="share of the hours that have at most this traffic",
    )  # fmt: skip
    return _panel(_layers(rows, x, scale, axis, look), "traffic of an hour over the mean (log scale)", look)


def _share_labels() -> str:
    """An expression that names the place of each share: numbers and percentages only."""
    parts = (
        f"abs(datum.value - ({SCORE.inv_cdf(share):.4f})) < 0.01 ? '{100 * share:g} %' : " for share in SHARES
    )
    return "".join(parts) + "''"


def _steps(low: float, high: float) -> list[float]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    few = math.log10(high / low) < 2.2
    found = [float(f"{step}e{decade}") for decade in decades for step in ((1, 2, 5) if few else (1, 3))]
    return [value for value in found if low <= value <= high]


def _layers(
    rows: list[dict[str, Any]], x: Any, scale: Any, axis: Any, look: Look, *, joined: bool = False
) -> list[Any]:
    """The band, its median and the log on top; all from the same rows."""
    alt = frame.altair()
    base = alt.Chart(frame.data(rows)).encode(x=x)
    y = alt.Y("p5:Q", scale=scale, axis=axis, title=None)
    few = len(rows) <= FEW
    band = base.mark_area(color=look.accent, opacity=BAND, clip=True).encode(y=y, y2="p95:Q")
    edges = [
        base.mark_line(color=look.accent, strokeWidth=0.5, clip=True).encode(
            y=alt.Y(f"{name}:Q", scale=scale, axis=axis, title=None)
        )
        for name in ("p5", "p95")
    ]
    median = base.mark_line(
        color=look.accent, strokeWidth=2 if few else 1.2, strokeJoin="round", clip=True
    ).encode(y=alt.Y("p50:Q", scale=scale, axis=axis, title=None))
    seen = alt.Y("observed:Q", scale=scale, axis=axis, title=None)
    line = [base.mark_line(color=look.ink, strokeWidth=0.7, clip=True).encode(y=seen)] if joined else []
    size = 42 if few else 7
    dots = base.mark_point(filled=True, size=size, color=look.ink, opacity=1).encode(y=seen)
    return [band, *edges, median, *line, dots]


def _week(found: dict[str, Any], look: Look) -> Any:
    alt = frame.altair()
    profile = found["profile"]
    rows = [
        {"hour": hour + 0.5, "profile": value, "observed": seen}
        for hour, (value, seen) in enumerate(zip(profile["values"], profile["observed"], strict=True))
    ]
    high = max(value for row in rows for value in (row["profile"], row["observed"]) if value is not None)
    scale = alt.Scale(domain=[0, high * 1.05], nice=False)
    axis = alt.Axis(
        tickCount=4,
        labelExpr=FACTOR,
        domain=False,
        ticks=False,
        labelPadding=7,
        minExtent=LABELS,
        maxExtent=LABELS,
    )
    base = alt.Chart(frame.data(rows)).encode(
        x=alt.X(
            "hour:Q",
            scale=alt.Scale(domain=[0, 168], nice=False),
            axis=alt.Axis(
                values=[24 * day + 12 for day in range(7)], labelExpr=_choice([day[:3] for day in DAYS]), grid=False,
                ticks=False, labelOverlap=False,
            ),
            title=None,
        )
    )  # fmt: skip
    layers = [
        _rules([24.0 * day for day in range(8)], "hour:Q", look),
        base.mark_line(color=look.accent, strokeWidth=2).encode(
            y=alt.Y("profile:Q", scale=scale, axis=axis, title=None)
        ),
        base.transform_filter("isValid(datum.observed)")
        .mark_point(filled=True, size=10, color=look.ink, opacity=1)
        .encode(y=alt.Y("observed:Q", scale=scale, axis=axis, title=None)),
    ]
    name = "that the fit found" if profile["name"] == "fitted" else short(profile["name"], frame.SHORT)
    return _panel(
        layers, f"mean of each hour of the week over the mean; line: the weekly profile {name}", look
    )


def _day(day: datetime, found: dict[str, Any]) -> str:
    name = DAYS[day.weekday()][:3]
    return f"{name} {day.day}" if found["log"]["is_dated"] else name


def _from_to(first: datetime, last: datetime, found: dict[str, Any]) -> str:
    """Days of the end; weekdays stand below it."""
    if not found["log"]["is_dated"]:
        return ""
    begin, end = (f"{day.day} {MONTHS[day.month - 1]}" for day in (first, last))
    return f", {begin} to {end} {last.year}"


def _choice(texts: list[str]) -> str:
    """An expression that names the day in which an hour lies; the texts are names of days and dates."""
    listed = ", ".join(f"'{text}'" for text in texts)
    return f"[{listed}][floor(datum.value / 24)]"


def _rules(places: list[float], field: str, look: Look) -> Any:
    alt = frame.altair()
    name = field.partition(":")[0]
    return (
        alt.Chart(frame.data([{name: place} for place in places]))
        .mark_rule(color=look.grid)
        .encode(x=alt.X(field))
    )


def _held_out(found: dict[str, Any], look: Look) -> Any:
    alt = frame.altair()
    held = found["held_out"]
    shown = min(LONGEST, len(held["observed"]))
    rows = [
        {"hour": hour + 0.5} | {name: held[name][hour] for name in ("observed", "p5", "p50", "p95")}
        for hour in range(shown)
    ]
    highest = max(
        value for row in rows for name, value in row.items() if name != "hour" and value is not None
    )
    first = (-int(held["first_hour_of_week"])) % 24
    days = list(range(first, shown + 1, 24)) or [0]
    named = [place for place in days if place <= (1 - AT_THE_END) * shown] or days[:1]
    kept = named[:: -(-len(named) // MOST_DAYS)]
    begin = datetime.fromisoformat(held["from"])
    names = [_day(begin + timedelta(hours=place), found) for place in kept]
    label = "[" + ", ".join(f"'{name}'" for name in names) + "]"
    at = "[" + ", ".join(str(place) for place in kept) + "]"
    x = alt.X(
        "hour:Q",
        scale=alt.Scale(domain=[0, shown], nice=False),
        axis=alt.Axis(
            values=kept, labelExpr=f"{label}[indexof({at}, datum.value)]", grid=False, labelAlign="left",
            labelOffset=0, labelOverlap=False,
        ),
        title=None,
    )  # fmt: skip
    scale = alt.Scale(domain=[0, highest * 1.05 or 1.0], nice=False)
    axis = alt.Axis(
        tickCount=4, labelExpr=frame.TOKENS, domain=False, ticks=False, labelPadding=7,
        minExtent=LABELS, maxExtent=LABELS,
    )  # fmt: skip
    share = rounding.percent(held["coverage"], 0)
    part = f", of which the first {shown:,} are shown" if shown < len(held["observed"]) else ""
    measure = found["log"]["measure"]
    when = _from_to(begin, begin + timedelta(hours=shown - 1), found)
    title = (
        f"{measure} an hour at the end{when}, held out: {share} of {held['hours']:,} hours in the band{part}"
    )
    layers = [
        _rules([float(day) for day in days], "hour:Q", look),
        *_layers(rows, x, scale, axis, look, joined=True),
    ]
    return _panel(layers, title, look)

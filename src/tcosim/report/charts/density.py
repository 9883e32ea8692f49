"""Charts as picture files.

Knows altair; computes nothing but the bins that it shows.
"""

from __future__ import annotations

import math
from pathlib import Path

from numpy.typing import ArrayLike

from tcosim.report.words.histogram import bins

WIDTH, HEIGHT, SCALE = 560, 280, 2
COLOR = "#3b6ea5"
ROWS = 60


def density_png(values: ArrayLike, *, title: str, subtitle: str, axis: str) -> bytes:
    """Draw how a quantity spreads.

    Parameters
    ----------
    values : array_like, shape (n,)
        Evenly spread over the distribution.
    title, subtitle, axis : str

    Returns
    -------
    bytes
        A PNG picture; the same arguments give the same picture.
    """
    import altair as alt
    import vl_convert

    inner = [one for one in bins(values, ROWS) if math.isfinite(one.low) and math.isfinite(one.high)]
    width = (
        min(((one.high - one.low) for one in inner if one.high > one.low), default=0.0)
        or abs(inner[0].low)
        or 1.0
    )
    rows = [
        {
            "low": one.low,
            "high": one.high if one.high > one.low else one.low + 0.01 * width,
            "share": one.share,
        }
        for one in inner
    ]
    chart = (
        alt.Chart(alt.InlineData(values=rows), width=WIDTH, height=HEIGHT)
        .mark_bar(color=COLOR, binSpacing=0)
        .encode(
            x=alt.X("low:Q", bin="binned", title=axis),
            x2="high:Q",
            y=alt.Y("share:Q", title="share", axis=alt.Axis(format="%")),
        )
        .properties(title=alt.TitleParams(title, subtitle=subtitle, anchor="start"))
    )
    picture: bytes = vl_convert.vegalite_to_png(chart.to_json(), scale=SCALE)
    return picture


def write_picture(path: Path, picture: bytes) -> None:
    """Write a picture, over an older one if there is one."""
    path.write_bytes(picture)

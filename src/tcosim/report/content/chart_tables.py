"""What each chart of the page shows, as a table of text: for those who do not see it, and for those who want figures.

From the content of ``summary.json`` and the arrays behind the charts; knows no chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from tcosim.analysis.jackknife import CERTAIN
from tcosim.report.words import rounding
from tcosim.report.words.drivers import is_told as is_moved
from tcosim.report.words.drivers import money as moved_money
from tcosim.report.words.findings import TOKENS_A_MONTH, asked_volume, cost_figures, sided
from tcosim.report.words.fleet_price import load_points
from tcosim.report.words.histogram import bins
from tcosim.report.words.value import error, is_told, money
from tcosim.report.words.week import DAYS
from tcosim.results.schema import SELF_HOSTED
from tcosim.units import format_quantity

FOLLOWED = " ~"
QUARTER = 3
"""Months between two rows of costs."""


@dataclass(frozen=True)
class ChartTable:
    """The figures behind one chart, with the digits that they support.

    Attributes
    ----------
    caption : str
    heads : tuple of str
        Of the columns; the first one names the row.
    rows : sequence of tuple of str
    """

    caption: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def chance_table(curve: dict[str, Any] | None) -> ChartTable | None:
    """The chance of each self-hosted option at every simulated volume, with its interval.

    Parameters
    ----------
    curve : dict or None
        From `tcosim.report.words.planned.curve_with_run`.
    """
    names = [] if curve is None else [one["name"] for one in curve["options"] if one["kind"] in SELF_HOSTED]
    if curve is None or not names:
        return None
    rows = []
    for point in curve["volumes"]:
        found = {one["name"]: _chance(one) for one in point["options"] if one["name"] in names}
        rows.append((asked_volume(point), *(cell for name in names for cell in found[name])))
    heads = (TOKENS_A_MONTH, *(head for name in names for head in (name, "95 % interval")))
    return ChartTable(f"Chance of costing less than {curve['baseline']}", heads, rows)


def _chance(option: dict[str, Any]) -> tuple[str, str]:
    share, bounds = option["probability_beats_baseline"], option["probability_beats_baseline_ci95"]
    if bounds is None:
        return rounding.percent(share, 0), "-"
    return rounding.percent_with_interval(share, *bounds)


def saving_table(savings: NDArray[Any] | None, summary: dict[str, Any]) -> ChartTable | None:
    """The saving of the headline option in single futures, in ranges."""
    headline = summary["headline"]
    if headline is None or savings is None or not len(savings):
        return None
    rows = [
        (
            sided(one.low, one.high),
            rounding.percent(one.share, rounding.share_place(one.share, len(savings))),
        )
        for one in bins(savings)
    ]
    caption = f"Present value that {headline['option']} saves against {headline['baseline']}"
    return ChartTable(caption, ("range", "share of futures"), rows)


def tornado_table(rows: Sequence[dict[str, Any]], option: str, baseline: str) -> ChartTable | None:
    """The expected saving at either end of every input that moves it by more than the error."""
    told = [row for row in rows if is_moved(row)]
    if not told:
        return None
    ends = ("p10", "p90")
    follow = "; ~: correlated inputs follow" if any(row["moves_with"] for row in told) else ""
    return ChartTable(
        f"Expected saving of {option} against {baseline} with one input at its p10 or p90; ±: 95 % interval{follow}",
        ("input", "its p10", "its p90", "saving at p10", "±", "saving at p90", "±", "moves it by", "±"),
        [
            (
                f"{row['input']}{FOLLOWED if row['moves_with'] else ''}",
                *(format_quantity(row[end]) for end in ends),
                *(cell for end in ends for cell in _moved(row[f"saving_at_{end}_usd"], row[f"saving_at_{end}_se_usd"])),
                *_moved(row["swing_usd"], row["se_usd"]),
            )
            for row in told
        ],
    )  # fmt: skip


def _moved(usd: float, se: float) -> tuple[str, str]:
    half = CERTAIN * se
    return moved_money(usd, se), rounding.usd(half, 0.0, 2 * half) if half else "-"


def worth_table(summary: dict[str, Any]) -> ChartTable | None:
    """What it is worth, at most, to know each input before choosing, where that can be told."""
    value = summary.get("value_of_information")
    told = [] if not value else [one for one in value["evppi_usd"] if is_told(one["usd"], one["se"])]
    if not told:
        return None
    rows = [
        (one["input"], money(one["usd"], one["se"]), error(one["usd"], one["se"], "").strip() or "-")
        for one in sorted(told, key=lambda one: -float(one["usd"]))
    ]
    caption = "What knowing one input before choosing is worth at most, present value; ±: 95 % interval"
    return ChartTable(caption, ("input", "worth", "±"), rows)


def cost_table(name: str, cost: NDArray[Any], quantiles: Sequence[float], samples: int) -> ChartTable:
    """Nominal cost of the first, of every third, and of the last month.

    Parameters
    ----------
    name : str
    cost : ndarray, shape (months, quantiles)
    quantiles : sequence of float
        Increasing, the median in the middle.
    samples : int
        Futures of the run.
    """
    shown = (0, len(quantiles) // 2, len(quantiles) - 1)
    months = sorted({1, *range(QUARTER, len(cost) + 1, QUARTER), len(cost)})
    rows = []
    for month in months:
        figures = cost_figures(cost[month - 1], samples)
        rows.append((str(month), *(figures[index] for index in shown)))
    heads = ("month", *(f"P{100 * quantiles[index]:.0f}" for index in shown))
    return ChartTable(f"{name}: cost of single months in USD, nominal", heads, rows)


def week_table(name: str, load: NDArray[Any]) -> ChartTable:
    """Load by day and hour in percent.

    Parameters
    ----------
    name : str
    load : ndarray, shape (168,)
        Share of the paid capacity in use, Monday 00:00 first.
    """
    rows = [
        (
            day,
            *(
                rounding.percent(float(share), 0).removesuffix(" %")
                for share in load[24 * at : 24 * (at + 1)]
            ),
        )
        for at, day in enumerate(DAYS)
    ]
    heads = ("from", *(f"{hour:02d}:00" for hour in range(24)))
    return ChartTable(
        f"{name}: share of the paid capacity in use by hour of the week, in percent", heads, rows
    )


def utilization_table(curve: dict[str, Any] | None) -> ChartTable | None:
    """How full each fleet is at every simulated volume, and what a million tokens cost then."""
    points = [] if curve is None else load_points(curve)
    if curve is None or not points:
        return None
    names = list(dict.fromkeys(point["option"] for point in points))
    found = {(point["option"], point["volume"]): point for point in points}
    rows = [
        (
            asked_volume(point),
            *(cell for name in names for cell in _filled(found.get((name, point["tokens_per_month"])))),
        )
        for point in curve["volumes"]
    ]
    heads = (TOKENS_A_MONTH, *(head for name in names for head in (f"{name}: load", "USD/M")))
    return ChartTable("Share of the paid capacity in use, and USD per million tokens, nominal", heads, rows)


def _filled(point: dict[str, Any] | None) -> tuple[str, str]:
    if point is None:
        return "-", "-"
    return rounding.percent(point["load"], 0), point["text"]

"""All charts of a page, drawn once: each an inline SVG with the sentence that states its finding, and its figures.

Knows charts and findings; knows no page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tcosim.report.charts.look import PAGE
from tcosim.report.content import chart_tables as tables
from tcosim.report.content.chart_tables import ChartTable
from tcosim.report.content.series import Series
from tcosim.report.words import findings
from tcosim.report.words.planned import curve_with_run
from tcosim.report.words.week import week_finding, week_futures


@dataclass(frozen=True)
class Picture:
    """One chart.

    Attributes
    ----------
    svg : str
        To stand in a page as it is.
    finding : str
        What it shows, in a sentence or two.
    table : ChartTable or None
        What it shows, in figures.
    """

    svg: str
    finding: str
    table: ChartTable | None = None


@dataclass(frozen=True)
class Pictures:
    """The charts of a page; None, or an empty list, where there is nothing to draw."""

    chance: Picture | None
    saving: Picture | None
    tornado: Picture | None
    worth: Picture | None
    cost: list[tuple[str, Picture]]
    components: Picture | None
    week: list[tuple[str, Picture]]
    utilization: Picture | None


def draw(summary: dict[str, Any], series: Series) -> Pictures:
    """Draw all charts of a run."""
    from tcosim.report.charts.chance import chance_chart
    from tcosim.report.charts.components import components_chart
    from tcosim.report.charts.cost import cost_charts
    from tcosim.report.charts.saving import saving_chart
    from tcosim.report.charts.utilization import utilization_chart
    from tcosim.report.charts.week import week_chart
    from tcosim.report.charts.worth import worth_chart

    curve, samples = curve_with_run(summary), summary["samples"]
    headline, savings, quantiles = summary["headline"], series.savings, series.quantiles
    fans = [
        (
            name,
            chart,
            findings.cost_finding(name, series.cost[name], quantiles, samples),
            tables.cost_table(name, series.cost[name], quantiles, samples),
        )
        for name, chart in cost_charts(series.cost, quantiles, summary, PAGE)
    ]
    most = max((float(load.max()) for load in series.load.values()), default=None)
    weeks = [
        (
            name,
            week_chart(load, PAGE, futures=week_futures(samples), most=most),
            week_finding(name, load),
            tables.week_table(name, load),
        )
        for name, load in series.load.items()
    ]
    option = None if headline is None else headline["option"]
    return Pictures(
        chance=_drawn(
            "chance", chance_chart(curve, PAGE), findings.chance_finding(curve), tables.chance_table(curve)
        ),
        saving=_drawn(
            "saving",
            saving_chart(savings, summary, PAGE),
            findings.saving_finding(savings, summary),
            tables.saving_table(savings, summary),
        ),
        tornado=_tornado(summary),
        worth=_drawn(
            "worth", worth_chart(summary, PAGE), findings.worth_finding(summary), tables.worth_table(summary)
        ),
        cost=_named("cost", fans),
        components=_drawn(
            "components", components_chart(summary, PAGE), findings.components_finding(summary), None
        ),
        week=_named("week", weeks),
        utilization=_drawn(
            "utilization",
            utilization_chart(curve, PAGE),
            findings.utilization_finding(curve, option),
            tables.utilization_table(curve),
        ),
    )


def _tornado(summary: dict[str, Any]) -> Picture | None:
    from tcosim.report.charts.tornado import tornado_chart

    headline, rows = summary["headline"], summary["tornado"]
    if headline is None:
        return None
    option, baseline = headline["option"], headline["baseline"]
    chart = tornado_chart(
        rows, option=option, baseline=baseline, mean_usd=headline["expected_saving_usd"], look=PAGE
    )
    table = tables.tornado_table(rows, option, baseline)
    return _drawn("tornado", chart, findings.tornado_finding(rows, option, baseline), table)


def _named(room: str, charts: Sequence[tuple[str, Any, str, ChartTable]]) -> list[tuple[str, Picture]]:
    """One chart for each option, without those that have nothing to draw."""
    drawn = [
        (name, _drawn(f"{room}-{index}", chart, finding, table))
        for index, (name, chart, finding, table) in enumerate(charts)
    ]
    return [(name, picture) for name, picture in drawn if picture is not None]


def _drawn(name: str, chart: Any, finding: str, table: ChartTable | None) -> Picture | None:
    from tcosim.report.charts.picture import inline_svg

    if chart is None:
        return None
    return Picture(inline_svg(chart, id=f"chart-{name}", label=finding), finding, table)


def places(readings: list[float]) -> list[float]:
    """Where volumes stand on a logarithmic axis that ends at the first and the last one, from 0 to 1."""
    if len(readings) == 1:
        return [0.5]
    low, high = math.log(readings[0]), math.log(readings[-1])
    return [(math.log(volume) - low) / (high - low) for volume in readings]

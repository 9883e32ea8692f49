"""What a report of a run says, before anyone decides how it looks: sentences, rows and bins.

From the content of ``summary.json`` and the savings of single futures; knows no terminal and no HTML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from tcosim.report.content.insight import Drivers, Information, drivers, information
from tcosim.report.content.risk import CostSoFar, RiskTable, budget_sentence, cost_so_far, risk_table
from tcosim.report.words import curve, rounding
from tcosim.report.words.board import board_sentence, choice_sentence, money_sentence
from tcosim.report.words.english import plural
from tcosim.report.words.gates import SHUT_OUT, gate_sentences, gates_line
from tcosim.report.words.histogram import Bin, bins
from tcosim.report.words.planned import curve_with_run, price_place
from tcosim.results.schema import COST_FUTURES, KEPT_FUTURES
from tcosim.results.sketch import RELATIVE_ERROR

NOTHING = "-"


@dataclass(frozen=True)
class ProbabilityRow:
    """How likely one option is to cost less than the baseline."""

    option: str
    share: float
    value: str
    interval: str
    eligible: bool = True

    @property
    def named(self) -> str:
        """The option's name, marked if a gate shuts it out."""
        return self.option if self.eligible else f"{self.option} ({SHUT_OUT})"


@dataclass(frozen=True)
class OptionRow:
    """One line of the table of options, as text."""

    option: str
    mean: str
    p5: str
    p50: str
    p95: str
    usd_per_month: str
    reserved: str
    usage: str
    utilization: str
    hours_over_capacity: str
    cheapest: str


@dataclass(frozen=True)
class SavingHistogram:
    """The saving of the headline option over futures [USD]."""

    option: str
    baseline: str
    bins: list[Bin]
    place: int
    """Decimal place of the shares, in percent, that the number of futures supports."""


@dataclass(frozen=True)
class RunReport:
    """Everything that a report of one run says."""

    title: str
    setting: str
    sentences: list[str]
    baseline: str
    probabilities: list[ProbabilityRow]
    options: list[OptionRow]
    histogram: SavingHistogram | None
    by_volume: list[str]
    risk: RiskTable | None
    cost_so_far: CostSoFar
    drivers: Drivers | None
    information: Information | None
    notes: list[str]
    gates: list[str] = field(default_factory=list)
    """What each gate shuts out, and the answer without it."""
    gates_line: str = ""
    """Who is shut out by what, in one line."""


def run_report(summary: dict[str, Any], baseline: str, savings: NDArray[Any] | None = None) -> RunReport:
    """Put the content of a report together.

    Parameters
    ----------
    summary : dict
        The content of ``summary.json``.
    baseline : str
        Name of the option that the others are compared with.
    savings : ndarray, shape (futures,), optional
        Saving of the headline option in single futures [USD]; without it there is no histogram.
    """
    headline, samples, by_volume = summary["headline"], summary["samples"], curve_with_run(summary)
    histogram = None
    if headline is not None and savings is not None:
        histogram = _histogram(headline, savings)
    futures = plural(samples, "future")
    return RunReport(
        title=summary["scenario_name"],
        setting=(
            f"{rounding.volume(summary['volume_tokens_per_month'])} tokens a month,"
            f" {plural(summary['months'], 'month')}, {futures}, seed {summary['seed']}"
        ),
        sentences=[
            text
            for text in (
                board_sentence(summary),
                money_sentence(summary),
                budget_sentence(summary),
                choice_sentence(summary),
            )
            if text
        ],
        baseline=baseline,
        probabilities=[row for row in map(_probability_row, summary["options"]) if row is not None],
        options=_option_rows(summary),
        histogram=histogram,
        by_volume=[] if by_volume is None else curve.sentences(by_volume),
        risk=risk_table(summary, baseline),
        cost_so_far=cost_so_far(summary),
        drivers=drivers(summary),
        information=information(summary),
        notes=_notes(summary),
        gates=gate_sentences(summary),
        gates_line=gates_line(summary),
    )


def _probability_row(option: dict[str, Any]) -> ProbabilityRow | None:
    share, bounds = option["probability_beats_baseline"], option["probability_beats_baseline_ci95"]
    if share is None:
        return None
    value, interval = rounding.percent_with_interval(share, *bounds)
    return ProbabilityRow(option["name"], share, value, interval, option["eligible"])


def _histogram(headline: dict[str, Any], savings: NDArray[Any]) -> SavingHistogram:
    found = bins(savings)
    place = rounding.share_place(max(one.share for one in found), len(savings))
    return SavingHistogram(
        headline["option"], headline["baseline"], found, 0 if place is None else min(0, max(-1, place))
    )


def _option_rows(summary: dict[str, Any]) -> list[OptionRow]:
    options = summary["options"]
    # One number of decimals for the column: that of the least certain share.
    told = [option["probability_cheapest_ci95"] for option in options if option["eligible"]]
    widest = max(high - low for low, high in told)
    cheapest_place = max(-1, min(0, rounding.last_place(0.0, 100 * widest) or 0))
    return [_option_row(option, summary["samples"], cheapest_place) for option in options]


def _option_row(option: dict[str, Any], samples: int, cheapest_place: int) -> OptionRow:
    npv, monthly = option["npv_usd"], option["usd_per_month"]
    place = rounding.spread_place(npv["p5"], npv["p95"], samples)
    prices = price_place(option, samples)
    hours = option["hours_over_capacity"]
    return OptionRow(
        option=option["name"],
        mean=rounding.tight(npv["mean"], place),
        p5=rounding.tight(npv["p5"], place),
        p50=rounding.tight(npv["p50"], place),
        p95=rounding.tight(npv["p95"], place),
        usd_per_month=rounding.tight(
            monthly["p50"], rounding.spread_place(monthly["p5"], monthly["p95"], samples)
        ),
        reserved=_price(option["usd_per_million_tokens"], prices),
        usage=_price(option["usd_per_million_tokens_usage_basis"], prices),
        utilization=NOTHING if option["utilization"] is None else rounding.percent(option["utilization"], 0),
        hours_over_capacity=NOTHING if hours is None else _hours(hours),
        cheapest=rounding.percent(option["probability_cheapest"], cheapest_place)
        if option["eligible"]
        else SHUT_OUT,
    )


def _price(usd: float, place: int | None) -> str:
    """USD per million tokens; cents at most."""
    return rounding.tight(usd, -2 if place is None else max(-2, place))


def _hours(hours: float) -> str:
    """Hours a month: tenths below ten."""
    if 0 < hours < 0.05:
        return "<0.1"
    return f"{hours:.1f}" if 0 < hours < 9.95 else f"{hours:.0f}"


def _notes(summary: dict[str, Any]) -> list[str]:
    notes, samples = [], summary["samples"]
    if precision := summary.get("precision"):
        notes.append(precision_note(precision))
    if samples > KEPT_FUTURES:
        notes.append(
            f"Probabilities and means run over all {samples:,} futures, and so do percentiles and the worst 5 %, from"
            f" counts that are off by at most {100 * RELATIVE_ERROR:.2f} % of the figure; the histogram, regret and"
            f" what it is worth to know the future run over the first {KEPT_FUTURES:,}."
        )
    if samples > COST_FUTURES:
        notes.append(f"Costs by month and costs so far are read off the first {COST_FUTURES:,} futures.")
    if by_volume := summary["curve"]:
        notes.append(
            f"Other volumes are simulated by {by_volume['samples']:,} future{'' if by_volume['samples'] == 1 else 's'}"
            f" at each of {len(by_volume['volumes'])}; tcosim curve takes more."
        )
    valued = summary["value_of_information"]["futures"]
    if samples > valued and summary["value_of_information"]["evppi_usd"]:
        notes.append(f"Drivers, and what single inputs are worth, are read off the first {valued:,} futures.")
    return notes


def precision_note(precision: dict[str, Any]) -> str:
    """What a stated precision took, or how far it was missed."""
    asked, reached = (f"{100 * precision[key]:.2g} %" for key in ("asked", "reached"))
    if precision["met"]:
        return (
            f"Half the width of the 95 % interval is {reached}, as asked (at most {asked}):"
            f" it took {precision['samples']:,} futures."
        )
    return (
        f"Half the width of the 95 % interval is {reached}, more than the {asked} that were asked for: the most futures"
        f" allowed are {precision['most']:,}, and about {float(format(precision['needed'], '.2g')):,.0f} would be"
        " needed (--samples allows more)."
    )

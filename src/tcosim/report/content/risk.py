"""What a report says of the bad end: savings and losses by option, when a choice pays back, what it has cost by then.

From the content of ``summary.json``; knows no terminal and no HTML.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tcosim.analysis.jackknife import CERTAIN
from tcosim.report.words import rounding
from tcosim.report.words.gates import SHUT_OUT
from tcosim.results.schema import COST_FUTURES, KEPT_FUTURES

NOTHING = "-"
LOOKS_BACK = 3
"""Payback is shown after each third of the horizon."""
LOOKS_AT_COST = 6


@dataclass(frozen=True)
class RiskRow:
    """One line of the table of risks, as text."""

    option: str
    p5: str
    p50: str
    p95: str
    var95: str
    cvar95: str
    regret: str
    over_budget: str
    paid_back: tuple[str, ...]


@dataclass(frozen=True)
class RiskTable:
    """How bad each option gets against the baseline.

    Attributes
    ----------
    baseline : str
    months : tuple of int
        After which payback is looked at.
    budget : str
        What the loss is compared with; empty if nothing was stated.
    rows : list of RiskRow
    """

    baseline: str
    months: tuple[int, ...]
    budget: str
    rows: list[RiskRow]


@dataclass(frozen=True)
class CostSoFar:
    """Median present value of all costs by the end of some months: one row of texts for each option."""

    months: tuple[int, ...]
    rows: list[tuple[str, ...]]


def looks(months: int, count: int) -> tuple[int, ...]:
    """Months that divide the horizon into about equal parts; the last one is the horizon."""
    return tuple(sorted({-(-months * k // count) for k in range(1, count + 1)}))


def risk_table(summary: dict[str, Any], baseline: str) -> RiskTable | None:
    """Risks of all options against the baseline; None where nothing is compared with it."""
    options = summary["options"]
    if not any(option["risk"] for option in options):
        return None
    budgets = [option["loss_over_budget"] for option in options if option.get("loss_over_budget")]
    months = looks(summary["months"], LOOKS_BACK)
    shares = [
        option["payback"]["by_month"][month - 1]
        for option in options
        if option["payback"]
        for month in months
    ]
    # one number of decimals for the columns: that of the least certain share
    places = (rounding.share_place(share, summary["samples"]) for share in shares if 0 < share < 1)
    place = max((-1, *(min(0, found) for found in places if found is not None)))
    rows = [_risk_row(option, summary["samples"], months, place) for option in options]
    return RiskTable(baseline, months, rounding.usd(budgets[0]["budget_usd"]) if budgets else "", rows)


def _risk_row(option: dict[str, Any], samples: int, months: tuple[int, ...], share_place: int) -> RiskRow:
    npv, risk, payback = option["npv_usd"], option["risk"], option["payback"]
    own_place = rounding.spread_place(npv["p5"], npv["p95"], min(samples, KEPT_FUTURES))
    regret = rounding.tight(option["expected_regret_usd"], own_place) if option["eligible"] else SHUT_OUT
    if risk is None:
        return RiskRow(
            option["name"],
            NOTHING,
            NOTHING,
            NOTHING,
            NOTHING,
            NOTHING,
            regret,
            NOTHING,
            (NOTHING,) * len(months),
        )
    saving = risk["saving_usd"]
    place = rounding.spread_place(saving["p5"], saving["p95"], samples)
    tail_place, mean_place = (
        _tail_place(risk[f"{name}_loss_se_usd"], saving) for name in ("var95", "cvar95")
    )
    over = option.get("loss_over_budget")
    return RiskRow(
        option=option["name"],
        p5=rounding.tight(saving["p5"], tail_place),
        p50=rounding.tight(saving["p50"], place),
        p95=rounding.tight(saving["p95"], place),
        var95=rounding.tight(risk["var95_loss_usd"], tail_place),
        cvar95=rounding.tight(risk["cvar95_loss_usd"], mean_place),
        regret=regret,
        over_budget=NOTHING
        if over is None
        else rounding.percent_with_interval(over["probability"], *over["ci95"])[0],
        paid_back=tuple(rounding.percent(payback["by_month"][month - 1], share_place) for month in months),
    )


def _tail_place(se: float | None, saving: dict[str, float]) -> int | None:
    """Decimal place that a figure of the tail supports; the leading digit of the spread where no error is known."""
    if se is None:
        return rounding.last_place(saving["p5"], saving["p95"])
    return rounding.last_place(0.0, CERTAIN * se)


def budget_sentence(summary: dict[str, Any]) -> str:
    """How likely the headline option loses more than the stated budget; empty if none was stated."""
    headline = summary["headline"]
    if headline is None:
        return ""
    over = next(o for o in summary["options"] if o["name"] == headline["option"]).get("loss_over_budget")
    if over is None:
        return ""
    value, interval = rounding.percent_with_interval(over["probability"], *over["ci95"])
    return (
        f"With a probability of {value} (95 % interval {interval}) {headline['option']} costs over"
        f" {rounding.usd(over['budget_usd'])} more than {headline['baseline']}."
    )


def cost_so_far(summary: dict[str, Any]) -> CostSoFar:
    """Median present value of all costs by the end of a few months, by option."""
    months = looks(summary["months"], LOOKS_AT_COST)
    rows = []
    for option in summary["options"]:
        so_far = option["cumulated_usd"]
        texts = []
        for month in months:
            low, middle, high = (so_far[key][month - 1] for key in ("p5", "p50", "p95"))
            futures = min(summary["samples"], COST_FUTURES)
            texts.append(rounding.tight(middle, rounding.spread_place(low, high, futures)))
        rows.append((option["name"], *texts))
    return CostSoFar(months, rows)

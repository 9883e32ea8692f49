"""What each chart shows, in a sentence or two with its figures: for those who do not see it.

From the content of ``summary.json`` and the arrays behind the charts; knows no chart and computes no statistics.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from tcosim.analysis.reading import is_candidate
from tcosim.report.words import rounding
from tcosim.report.words.curve import volume_words
from tcosim.report.words.drivers import is_told as is_moved
from tcosim.report.words.drivers import money as moved_money
from tcosim.report.words.fleet_price import baseline_price, load_points, reference
from tcosim.report.words.outer import dollars, exact, mean_saving, outer_savings, saved
from tcosim.report.words.value import is_told, money
from tcosim.results.schema import COST_FUTURES

TOKENS_A_MONTH = "tokens a month"
EVEN, WIDE = 0.5, 0.05
COMPONENTS = {
    "api_tokens": "API tokens",
    "api_fees": "API fees",
    "api_engineers": "engineers for the API",
    "managed_markup": "managed markup",
    "gpus": "GPUs",
    "lost_work": "lost work",
}
"""Components whose names are no words as they are."""


def component_name(part: str) -> str:
    return COMPONENTS.get(part, part.replace("_", " "))


def chance_finding(curve: dict[str, Any] | None) -> str:
    """From where to where the chance of each eligible self-hosted option goes, and where it is even."""
    if curve is None:
        return ""
    points = curve["volumes"]
    candidates = {option["name"] for option in points[0]["options"] if is_candidate(option)}
    told = [_chance_of(option, points) for option in curve["options"] if option["name"] in candidates]
    if not told:
        return ""
    first, last = asked_volume(points[0]), asked_volume(points[-1])
    where = f"at {first}" if len(points) == 1 else f"from {first} to {last}"
    return f"Chance of costing less than {curve['baseline']} {where} {TOKENS_A_MONTH}: {'; '.join(told)}."


def _chance_of(option: dict[str, Any], points: Sequence[dict[str, Any]]) -> str:
    name = option["name"]
    first, last = (_chance(points[end], name) for end in (0, -1))
    if len(points) == 1:
        return f"{name} {first}"
    ends = f"is {first} at both ends" if first == last else f"{_moves(points, name)} from {first} to {last}"
    return f"{name} {ends}, {_even(option)}"


def _even(option: dict[str, Any]) -> str:
    level = next(one for one in option["probability_levels"] if one["level"] == EVEN)
    crossings = level["crossings"]
    if not crossings:
        # Without a crossing, what can be told is on which side; where that is unsure, nothing.
        if level["side"] in ("above", "below") and level["sure"]:
            return f"always {level['side']} an even chance"
        return "where it is even cannot be told"
    first, last = crossings[0], crossings[-1]
    if first is last:
        return f"even at {volume_words(first)}"
    ends = f"first at {volume_words(first)}, last at {volume_words(last)}"
    return f"even {len(crossings)} times, {ends}"


def _moves(points: Sequence[dict[str, Any]], name: str) -> str:
    """Whether a chance rises or falls, where the intervals of its ends support either."""
    first, last = (_option(points[end], name)["probability_beats_baseline_ci95"] for end in (0, -1))
    if first is None or last is None:
        return "goes"
    return "rises" if last[0] > first[1] else "falls" if last[1] < first[0] else "goes"


def _chance(point: dict[str, Any], name: str) -> str:
    """A chance; with its interval where that is wide."""
    option = _option(point, name)
    share, bounds = option["probability_beats_baseline"], option["probability_beats_baseline_ci95"]
    if bounds is None:
        return rounding.percent(share, 0)
    shown, between = rounding.percent_with_interval(share, *bounds)
    return f"{shown} (95 % interval {between})" if bounds[1] - bounds[0] > WIDE else shown


def _option(point: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in point["options"] if one["name"] == name)
    return found


def asked_volume(point: dict[str, Any]) -> str:
    return rounding.volume(float(f"{point['tokens_per_month']:.3g}"))


def saving_finding(savings: NDArray[Any] | None, summary: dict[str, Any]) -> str:
    """How often it costs less, the mean, the bad case and the good one."""
    headline = summary["headline"]
    if headline is None or savings is None or not len(savings):
        return ""
    option, baseline, mean = headline["option"], headline["baseline"], mean_saving(summary)
    chance, _ = rounding.percent_with_interval(headline["probability"], *headline["ci95"])
    if len(savings) == 1:
        return f"In the one future that was simulated {option} {saved(mean)} against {baseline}, in present value."
    ends = outer_savings(savings, summary)
    average = (
        f"it {saved(mean)} on average" if mean.is_told else "its mean saving cannot be told from nothing"
    )
    return (
        f"{option} costs less than {baseline} in {chance} of the futures. In present value {average}; in the worst"
        f" twentieth of the futures it {saved(ends['p5'])} at best, in the best twentieth it {saved(ends['p95'])} at"
        " worst."
    )


def sided(low: float, high: float) -> str:
    """A range of savings: ``"$250 k to $500 k saved"``."""
    if low == high:
        return "nothing saved" if low == 0 else f"{rounding.usd(abs(low))} {_word(low > 0)}"
    near, far = sorted((abs(low), abs(high)))
    if math.isinf(far):
        # an open end at 0 has all of its side
        return f"more than {exact(near)} {_word(low >= 0)}"
    return f"{exact(near)} to {exact(far)} {_word(low >= 0)}"


def _word(saves: bool) -> str:
    return "saved" if saves else "lost"


def tornado_finding(rows: Sequence[dict[str, Any]], option: str, baseline: str) -> str:
    """What moves the saving most, and by how much."""
    told = [row for row in rows if is_moved(row)]
    of = f"the expected saving of {option} against {baseline}"
    if not told:
        return f"No input moves {of} by more than its error." if rows else ""
    first, *rest = told
    ends = " to ".join(
        moved_money(first[f"saving_at_{end}_usd"], first[f"saving_at_{end}_se_usd"]) for end in ("p10", "p90")
    )
    moves = "and what moves with it move" if first["moves_with"] else "moves"
    text = f"{first['input']} {moves} {of} most: from {ends} between its p10 and its p90"
    others = [f"{row['input']} by {moved_money(row['swing_usd'], row['se_usd'])}" for row in rest[:2]]
    return f"{text}; {' and '.join(others)}." if others else f"{text}."


def worth_finding(summary: dict[str, Any]) -> str:
    """Which input is worth most to know."""
    value = summary.get("value_of_information")
    told = [] if not value else [one for one in value["evppi_usd"] if is_told(one["usd"], one["se"])]
    if not told:
        return ""
    first, *rest = sorted(told, key=lambda one: -float(one["usd"]))
    text = f"To know {first['input']} before choosing is worth {money(first['usd'], first['se'])} at most"
    others = [f"{one['input']} {money(one['usd'], one['se'])}" for one in rest[:2]]
    return f"{text}; {' and '.join(others)}." if others else f"{text}."


def cost_finding(name: str, cost: NDArray[Any], quantiles: Sequence[float], samples: int) -> str:
    """What the option costs in the first and in the last month.

    Parameters
    ----------
    name : str
    cost : ndarray, shape (months, quantiles)
        Nominal cost of each month [USD].
    quantiles : sequence of float
        Increasing, the median in the middle.
    samples : int
        Futures of the run.
    """
    middle, months = len(quantiles) // 2, len(cost)
    sold = " (resale of the hardware in the last month)" if months > 1 and cost[-1, middle] < 0 else ""
    within = f"{100 * (quantiles[-1] - quantiles[0]):.0f} % of the futures"

    certain = bool((cost[:, 0] == cost[:, -1]).all())

    def at(month: int) -> str:
        shown = cost_figures(cost[month], samples)
        spread = "" if certain else f" in the middle future ({shown[0]} to {shown[-1]} in {within})"
        return f"{shown[middle]} in month {month + 1}{spread}"

    text = f"{name} costs {at(0)}"
    return f"{text} and {at(months - 1)}{sold}." if months > 1 else f"{text}."


def cost_figures(values: NDArray[Any], samples: int) -> list[str]:
    """Quantiles of the cost of a month, with the digits that a run of so many futures supports."""
    place = rounding.spread_place(float(values[0]), float(values[-1]), min(samples, COST_FUTURES))
    half = math.nan if place is None else 10.0**place
    return [rounding.usd(float(value), float(value) - half, float(value) + half) for value in values]


def components_finding(summary: dict[str, Any]) -> str:
    """The largest components of the headline option and of its baseline; of the first option without a headline."""
    headline, options = summary["headline"], summary["options"]
    names = [headline["option"], headline["baseline"]] if headline else [one["name"] for one in options[:1]]
    shown = [next(one for one in options if one["name"] == name) for name in names]
    return " ".join(
        _components_of(one, summary["samples"]) for one in shown if any(one["components_usd"].values())
    )


def _components_of(option: dict[str, Any], samples: int) -> str:
    parts = option["components_usd"]
    size = sum(abs(usd) for usd in parts.values())
    order = sorted((part for part, usd in parts.items() if usd), key=lambda part: -abs(parts[part]))
    shown = [
        f"{component_name(part)} {npv_usd(option, parts[part], samples)}"
        f" ({rounding.percent(abs(parts[part]) / size, 0)})"
        for part in order[:2]
    ]
    whole = npv_usd(option, option["npv_usd"]["mean"], samples)
    least = "the largest parts are" if len(shown) > 1 else "the only part is"
    return f"{option['name']}: {whole} of present value, {least} {' and '.join(shown)}."


def npv_usd(option: dict[str, Any], usd: float, samples: int) -> str:
    """A part of an option's mean present value, with the digits of the table of options: ``"$816 k"``."""
    npv = option["npv_usd"]
    return dollars(rounding.tight(usd, rounding.spread_place(npv["p5"], npv["p95"], samples)))


def utilization_finding(curve: dict[str, Any] | None, option: str | None = None) -> str:
    """How the price of a million tokens falls as a fleet fills, and what the baseline asks.

    Parameters
    ----------
    curve : dict or None
    option : str, optional
        With a fleet; by default the first one.
    """
    points = [] if curve is None else load_points(curve)
    if curve is None or not points:
        return ""
    names = [one["option"] for one in points]
    name = option if option in names else names[0]
    price = baseline_price(curve)
    asked = (
        ""
        if price is None
        else f" {curve['baseline']} costs {price.text} at {asked_volume(reference(curve))} {TOKENS_A_MONTH}."
    )
    return f"{_filled([one for one in points if one['option'] == name])}{asked}"


def _filled(points: Sequence[dict[str, Any]]) -> str:
    first, last = (
        (one["text"], rounding.percent(one["load"], 0), rounding.volume(float(f"{one['volume']:.3g}")))
        for one in (points[0], points[-1])
    )
    at = "{0} per million tokens at {2} " + TOKENS_A_MONTH + ", with {1} of the paid capacity in use"
    if len(points) == 1:
        return f"{points[0]['option']} costs {at.format(*first)}."
    return f"{points[0]['option']} costs {at.format(*first)}, and {last[0]} at {last[2]}, with {last[1]}."

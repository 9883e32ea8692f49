"""What each chart shows, in a sentence or two with its figures: for those who do not see it.

From the content of ``summary.json`` and the arrays behind the charts; knows no chart and computes no statistics.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from tcosim.analysis.jackknife import CERTAIN
from tcosim.analysis.reading import is_candidate
from tcosim.report.words import rounding
from tcosim.report.words.curve import volume_words
from tcosim.report.words.drivers import is_told as is_moved
from tcosim.report.words.drivers import money as moved_money
from tcosim.report.words.fleet_price import baseline_price, load_points, reference
from tcosim.report.words.value import is_told, money

TOKENS_A_MONTH = "tokens a month"
EVEN, WIDE = 0.5, 0.05
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
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
    first, last = _asked(points[0]), _asked(points[-1])
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


def _asked(point: dict[str, Any]) -> str:
    return rounding.volume(float(f"{point['tokens_per_month']:.3g}"))


def headline_risk(summary: dict[str, Any]) -> dict[str, Any]:
    """Figures of the headline option's saving over futures."""
    name = summary["headline"]["option"]
    found: dict[str, Any] = next(one["risk"] for one in summary["options"] if one["name"] == name)
    return found


def saving_finding(savings: NDArray[Any] | None, summary: dict[str, Any]) -> str:
    """How often it costs less, the mean, the bad case and the good one."""
    headline = summary["headline"]
    if headline is None or savings is None or not len(savings):
        return ""
    option, baseline, risk = headline["option"], headline["baseline"], headline_risk(summary)
    chance, _ = rounding.percent_with_interval(headline["probability"], *headline["ci95"])
    bounds = headline["expected_saving_ci95_usd"] or (math.nan, math.nan)
    mean = _saved(headline["expected_saving_usd"], *bounds)
    if len(savings) == 1:
        return f"In the one future that was simulated {option} {mean} against {baseline}, in present value."
    bad, good = (_end(risk["saving_usd"][end], risk["var95_loss_se_usd"]) for end in ("p5", "p95"))
    return (
        f"{option} costs less than {baseline} in {chance} of the futures; on average it {mean}, in one future of twenty"
        f" it {bad} or worse, in another one of twenty it {good} or better, in present value."
    )


def _end(usd: float, error: float | None) -> str:
    half = CERTAIN * error if error else math.nan
    return _saved(usd, usd - half, usd + half)


def _saved(usd: float, low: float = math.nan, high: float = math.nan) -> str:
    """``"saves $20.5 k"``, or ``"costs $20.5 k more"``."""
    size = rounding.usd(abs(usd), low, high)
    if size == "$0":
        return "neither saves nor costs more"
    return f"saves {size}" if usd > 0 else f"costs {size} more"


def sided(low: float, high: float) -> str:
    """A range of savings: ``"$250 k to $500 k saved"``."""
    if low == high:
        return "nothing saved" if low == 0 else f"{rounding.usd(abs(low))} {_word(low > 0)}"
    near, far = sorted((abs(low), abs(high)))
    if math.isinf(far):
        # an open end at 0 has all of its side
        return f"more than {rounding.usd(near)} {_word(low >= 0)}"
    return f"{rounding.usd(near)} to {rounding.usd(far)} {_word(low >= 0)}"


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
    text = f"{first['input']} moves {of} most: from {ends} between its p10 and its p90"
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
        Futures behind the quantiles.
    """
    middle, months = len(quantiles) // 2, len(cost)
    within = f"{100 * (quantiles[-1] - quantiles[0]):.0f} % of the futures"

    certain = bool((cost[:, 0] == cost[:, -1]).all())

    def at(month: int) -> str:
        shown = cost_figures(cost[month], samples)
        spread = "" if certain else f" in the middle future ({shown[0]} to {shown[-1]} in {within})"
        return f"{shown[middle]} in month {month + 1}{spread}"

    text = f"{name} costs {at(0)}"
    return f"{text} and {at(months - 1)}." if months > 1 else f"{text}."


def cost_figures(values: NDArray[Any], samples: int) -> list[str]:
    """Quantiles of one quantity, with the digits that so many futures support."""
    place = rounding.spread_place(float(values[0]), float(values[-1]), samples)
    half = math.nan if place is None else 10.0**place
    return [rounding.usd(float(value), float(value) - half, float(value) + half) for value in values]


def components_finding(summary: dict[str, Any]) -> str:
    """The largest component of each option."""
    return " ".join(
        _components_of(option) for option in summary["options"] if any(option["components_usd"].values())
    )


def _components_of(option: dict[str, Any]) -> str:
    parts = option["components_usd"]
    size = sum(abs(usd) for usd in parts.values())
    order = sorted((part for part, usd in parts.items() if usd), key=lambda part: -abs(parts[part]))
    shown = [
        f"{component_name(part)} {rounding.usd(parts[part])} ({rounding.percent(abs(parts[part]) / size, 0)})"
        for part in order[:2]
    ]
    least = "the largest parts are" if len(shown) > 1 else "the only part is"
    return f"{option['name']}: {rounding.usd(sum(parts.values()))} of present value, {least} {' and '.join(shown)}."


def week_finding(name: str, load: NDArray[Any] | None) -> str:
    """The fullest and the emptiest hour of the week.

    Parameters
    ----------
    name : str
    load : ndarray, shape (168,), or None
        Share of the paid capacity in use, Monday 00:00 first.
    """
    if load is None or not all(math.isfinite(value) for value in load):
        return ""
    most, least = int(load.argmax()), int(load.argmin())
    shown = [rounding.percent(float(load[index]), 0) for index in (most, least)]
    if shown[0] == shown[1]:
        return f"At every hour of the week {name} uses {shown[0]} of the capacity that is paid for."
    return (
        f"{name} is fullest on {hours(most)}, with {shown[0]} of the paid capacity in use, and emptiest on"
        f" {hours(least)}, with {shown[1]}."
    )


def hours(index: int) -> str:
    """An hour of the week: ``"Tuesday 11:00 to 12:00"``."""
    hour = index % 24
    return f"{DAYS[index // 24]} {hour:02d}:00 to {hour + 1:02d}:00"


def utilization_finding(curve: dict[str, Any] | None) -> str:
    """How the price of a million tokens falls as each fleet fills, and what the baseline asks."""
    points = [] if curve is None else load_points(curve)
    if curve is None or not points:
        return ""
    parts = [
        _filled([one for one in points if one["option"] == name])
        for name in dict.fromkeys(p["option"] for p in points)
    ]
    price = baseline_price(curve)
    asked = (
        ""
        if price is None
        else f" {curve['baseline']} costs {rounding.usd(price)} per million tokens {_at_planned(curve)}."
    )
    return f"{' '.join(parts)}{asked}"


def _filled(points: Sequence[dict[str, Any]]) -> str:
    first, last = (
        (
            rounding.usd(one["usd"]),
            rounding.percent(one["load"], 0),
            rounding.volume(float(f"{one['volume']:.3g}")),
        )
        for one in (points[0], points[-1])
    )
    at = "{0} per million tokens at {2} " + TOKENS_A_MONTH + ", with {1} of the paid capacity in use"
    if len(points) == 1:
        return f"{points[0]['option']} costs {at.format(*first)}."
    return f"{points[0]['option']} costs {at.format(*first)}, and {last[0]} at {last[2]}, with {last[1]}."


def _at_planned(curve: dict[str, Any]) -> str:
    return f"at {_asked(reference(curve))} {TOKENS_A_MONTH}"

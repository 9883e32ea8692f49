"""A probability in words that mean the same to everyone, and the sentences for the board.

Knows figures and English; computes no statistics.
"""

from __future__ import annotations

import math
from typing import Any

from tcosim.report.words.english import listed, plural
from tcosim.report.words.rounding import percent_with_interval, usd, volume
from tcosim.results.schema import SELF_HOSTED

SCALE = (
    (0.01, "has practically no chance to"),
    (0.05, "has almost no chance to"),
    (0.20, "is very unlikely to"),
    (0.45, "is unlikely to"),
    (0.55, "has about an even chance to"),
    (0.80, "is likely to"),
    (0.95, "is very likely to"),
    (0.99, "is almost certain to"),
    (math.inf, "is practically certain to"),
)
"""Upper end of each range and its words, after the scale of US Intelligence Community Directive 203."""

WIDE = 0.05
"""An interval wider than this is put into words by both of its ends."""

TAIL_ERROR = math.sqrt(20)
"""How much less certain a mean over a twentieth of the futures is than one over all."""

FRACTIONS = ((1, 4), (1, 3), (2, 5), (1, 2), (3, 5), (2, 3), (3, 4))
"""Between 1 in 5 and 4 in 5; beyond these it is 1 in n, n to two digits."""
RARE = 0.225


def chance(probability: float) -> str:
    """Words for a probability: 0.31 gives ``"is unlikely to"``."""
    return next(words for upper, words in SCALE if probability < upper)


def is_too_wide(low: float, high: float) -> bool:
    """Whether an interval of a probability is too wide to be put into one word."""
    return high - low > WIDE and chance(low) != chance(high)


def verdict(probability: float, low: float, high: float) -> str:
    """The same without a sentence around it, with the odds: 0.31 gives ``"unlikely, about 1 in 3"``."""
    if is_too_wide(low, high):
        _, between = percent_with_interval(probability, low, high)
        return f"somewhere between {between.replace(' to ', ' and ')}"
    words = chance(probability).removeprefix("is ").removeprefix("has ").removesuffix(" to")
    return f"{words}, {odds(probability)}"


def saving_words(saving: float, bounds: list[float] | None) -> str:
    """An expected saving as a phrase: ``"costs $21.8 k more on average"``."""
    if bounds is None:
        return f"{'saves' if saving >= 0 else 'costs'} {usd(abs(saving))}{'' if saving >= 0 else ' more'}"
    low, high = bounds
    if low < 0 < high:
        return f"saves or costs, it cannot be told ({usd(low, low, high)} to {usd(high, low, high)})"
    size = _above_zero(abs(saving), low, high)
    return f"saves {size} on average" if saving > 0 else f"costs {size} more on average"


def odds(probability: float) -> str:
    """Write the nearest simple fraction: 0.31 gives ``"about 1 in 3"``."""
    if probability <= 0:
        return "in none of the futures"
    if probability >= 1:
        return "in all of the futures"
    if probability < 1 / 1500:
        return "less than 1 in 1,000"
    if probability > 1 - 1 / 1500:
        return "more than 999 in 1,000"
    if min(probability, 1 - probability) < RARE:
        whole = round(float(f"{1 / min(probability, 1 - probability):.2g}"))
        part = 1 if probability < 0.5 else whole - 1
        return f"about {part:,} in {whole:,}"
    wanted = math.log(probability / (1 - probability))
    part, whole = min(FRACTIONS, key=lambda pair: abs(math.log(pair[0] / (pair[1] - pair[0])) - wanted))
    return f"about {part:,} in {whole:,}"


def board_sentence(summary: dict[str, Any]) -> str:
    """Return the one sentence that answers the question, from the content of ``summary.json``."""
    headline = summary["headline"]
    at = f"At {volume(summary['volume_tokens_per_month'])} tokens a month"
    over = f"over {_months(summary['months'])}"
    if headline is None:
        why = "the scenario has no rented or owned option"
        if any(one["kind"] in SELF_HOSTED and not one["eligible"] for one in summary["options"]):
            why = "gates shut out every rented and owned option"
        return f"{at} nothing can be said about self-hosting {over}: {why}."
    option, baseline = headline["option"], headline["baseline"]
    low, high = headline["ci95"]
    value, between = percent_with_interval(headline["probability"], low, high)
    beats = f"cost less than {baseline} {over}"
    if is_too_wide(low, high):
        return (
            f"{at}, {option} beats {baseline} {over} with a probability somewhere between"
            f" {between.replace(' to ', ' and ')}: {plural(summary['samples'], 'future')}"
            f" {'are' if summary['samples'] != 1 else 'is'} too few to say more."
        )
    return (
        f"{at}, {option} {chance(headline['probability'])} {beats}:"
        f" {odds(headline['probability'])} ({value}, 95 % interval {between})."
    )


def of_the_eligible(summary: dict[str, Any]) -> str:
    """What "least" is said of, where something is shut out."""
    return "" if all(one["eligible"] for one in summary["options"]) else " of the eligible options"


def choice_sentence(summary: dict[str, Any]) -> str:
    """Return the sentence on the option that is cheapest on average; empty for one alone."""
    if len(summary["options"]) == 1:
        return ""
    value = summary["value_of_information"]
    worth, error = value["evpi_usd"], value["evpi_se_usd"]
    names, of = cheapest_on_average(summary), of_the_eligible(summary)
    least = f"As things stand, {names[0]} costs least on average{of}"
    if len(names) > 1:
        least = f"Which costs least on average cannot be told between {listed(names)}"
    if worth == 0 or error is None:
        return f"{least}."
    amount = usd(worth, worth - 2 * error, worth + 2 * error)
    return f"{least}; to know the future first would save another {amount} on average."


def cheapest_on_average(summary: dict[str, Any]) -> list[str]:
    """Names of the eligible option with the lowest mean cost, first, and of those that cannot be told from it."""
    options = [option for option in summary["options"] if option["eligible"]]
    best = min(options, key=lambda option: option["npv_usd"]["mean"])
    others = (
        option["name"]
        for option in options
        if option is not best
        and (
            option["excess_ci95_usd"] is None
            or option["excess_ci95_usd"][0] <= 0 < option["excess_ci95_usd"][1]
        )
    )
    return [best["name"], *others]


def money_sentence(summary: dict[str, Any]) -> str:
    """Return the sentence on the expected saving and on the loss if wrong; empty without a self-hosted option."""
    headline = summary["headline"]
    if headline is None:
        return ""
    saving, bounds = headline["expected_saving_usd"], headline["expected_saving_ci95_usd"]
    tail = _tail(headline["cvar95_loss_usd"], bounds)
    verb, more = ("saves", "") if saving >= 0 else ("costs", " more")
    if bounds is None:
        return f"In this one future it {verb} {usd(abs(saving))}{more} in present value."
    low, high = bounds
    if low < 0 < high:
        between = f"95 % interval {usd(low, low, high)} to {usd(high, low, high)}"
        return f"Its expected saving cannot be told from nothing ({between}); {tail}."
    ends = sorted((abs(low), abs(high)))
    between = f"95 % interval {_above_zero(ends[0], low, high)} to {usd(ends[1], low, high)}"
    surprising = (saving > 0) != (headline["probability"] > 0.5)  # rare large gains or losses
    start = "Yet on average" if surprising else "On average"
    carried = f", carried by rare large {'savings' if saving > 0 else 'losses'}" if surprising else ""
    return f"{start} it {verb} {usd(abs(saving), low, high)}{more} in present value ({between}){carried}; {tail}."


def _above_zero(value: float, low: float, high: float) -> str:
    """Money as by its interval, but not as nothing if it is something."""
    shown = usd(value, low, high)
    return usd(value, 0.1 * value, 1.9 * value) if shown == "$0" and value > 0 else shown


def _tail(loss: float, bounds: tuple[float, float] | None) -> str:
    """Say how the worst 5 % of futures end; a twentieth of the futures has an error some four times as large."""
    size = abs(loss)
    half = 0.0 if bounds is None else min(0.99 * size, TAIL_ERROR * (bounds[1] - bounds[0]) / 2)
    shown = usd(size, size - half, size + half) if half > 0.01 * size else usd(size)
    if loss > 0:
        return f"in the worst 5 % of futures it costs {shown} more on average"
    return f"even in the worst 5 % of futures it saves {shown} on average"


def _months(months: int) -> str:
    return plural(months, "month")

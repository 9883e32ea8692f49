"""What a curve over volumes says in sentences, and volumes with the digits that their intervals support.

From the content of `tcosim.analysis.curve.summarize_curve`; computes no statistics.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from tcosim.report.words import rounding
from tcosim.results.schema import SELF_HOSTED

MOST_DIGITS, DIGITS_WITHOUT_ERROR = 3, 2
MOST_STRETCHES = 5
UNTOLD = "cannot be told"
TOO_FEW = "these volumes are too few, or the futures, for an interval"
COVERS = (
    "The intervals of volumes cover the error of simulating and of reading between the volumes simulated."
)
EVEN = 1
"""Place of the even chance among the levels; the first one is that of a bet, the last one that of a safe choice."""
REPLICAS = "replicas come in whole numbers"
SELF_HOSTING = "self-hosting"

Volume = dict[str, Any]
"""One crossing: ``tokens_per_month``, ``ci95``."""


def rounded(crossing: Volume) -> tuple[float, float | None, float | None]:
    """A volume and the ends of its interval, rounded as that supports; the ends outward, None where open."""
    value, (low, high) = crossing["tokens_per_month"], crossing["ci95"]
    ends = [end for end in (low, high) if end is not None]
    leading = math.floor(math.log10(value) + 1e-12)
    place = rounding.last_place(min(ends) / 2, max(ends) / 2) if len(ends) == 2 else None
    if place is None and ends and ends[0] != value:
        place = rounding.last_place(0.0, abs(ends[0] - value))
    if place is None:
        place = leading + 1 - DIGITS_WITHOUT_ERROR
    unit = 10.0 ** min(leading, max(place, leading + 1 - MOST_DIGITS))
    down = None if low is None else math.floor(low / unit + 1e-9) * unit
    # Rounding the lower end outward must not make it nothing.
    return (
        round(value / unit) * unit,
        down if low is None or down is None or down > 0 else _leading(low),
        None if high is None else math.ceil(high / unit - 1e-9) * unit,
    )


def _leading(value: float) -> float:
    """Round down to the leading digit."""
    unit = 10.0 ** math.floor(math.log10(value) + 1e-12)
    return math.floor(value / unit + 1e-9) * unit


def volume_words(crossing: Volume) -> str:
    """``"9.8 billion"``."""
    return rounding.volume(rounded(crossing)[0])


def interval_words(crossing: Volume) -> str:
    """``"95 % interval 9.6 billion to 10 billion"``; says where it is open."""
    _, low, high = rounded(crossing)
    if low is None and high is None:
        return TOO_FEW
    if low is None or high is None:
        end = f"above {rounding.volume(low)}" if low is not None else f"below {rounding.volume(high or 0.0)}"
        return f"95 % interval {end}, open within these volumes"
    return f"95 % interval {rounding.volume(low)} to {rounding.volume(high)}"


def sentences(summary: dict[str, Any]) -> list[str]:
    """What to do at which volume, where the chance is even, where the mean pays, and where these two disagree."""
    best = summary["best_self_hosted"]
    if best is None:
        hosted = any(one["kind"] in SELF_HOSTED for one in summary["options"])
        why = (
            "gates shut out every rented and owned option"
            if hosted
            else "the scenario has no rented or owned option"
        )
        return [f"Nothing can be said about self-hosting: {why}."]
    found = [_switch(summary), _terms(summary)]
    if len(summary["volumes"]) > 1:
        found += [_even(summary), _break_even(best["break_even"], summary)]
        found += [COVERS] if any("(95 % interval" in text for text in found) else []
    return [*found, *_disagreement(summary)]


def _switch(summary: dict[str, Any]) -> str:
    decision, points = summary["decision"], summary["volumes"]
    if not decision["sure"]:
        return _untold(summary)
    buy, host = decision["buy"], decision["self_host"]
    first, last = (_asked(points[end]) for end in (0, -1))
    if len(points) == 1:
        at = f"At {first} tokens a month"
        advice = {"never": lambda: f"choose {_names(buy)}", "always": lambda: _hosting(host, summary)}
        return f"{at}, {advice.get(decision['case'], lambda: f'it is a bet: {_chance_at(points[0])}')()}."
    if decision["case"] == "switch":
        return (
            f"Below {_with_interval(buy)} choose {_names(buy)}, above"
            f" {_with_interval(host, '')} {_hosting(host, summary)}; between them it is a bet."
        )
    if decision["case"] == "never":
        return f"Up to {last} tokens a month, the largest volume asked about, choose {_names(buy)}."
    if decision["case"] == "always":
        return f"From {first} tokens a month, the smallest volume asked about, {_hosting(host, summary)}."
    if decision["case"] == "buy_or_bet":
        return (
            f"Below {_with_interval(buy)} choose {_names(buy)}; above it is a bet: up to {last}"
            f" {_subject(summary)} does not become a safe choice ({_chance_at(points[-1])})."
        )
    if decision["case"] == "bet_or_self_host":
        return (
            f"Above {_with_interval(host)} {_hosting(host, summary)}; below it is a bet, already at"
            f" {first} ({_chance_at(points[0])})."
        )
    return (
        f"From {first} to {last} tokens a month it is a bet: {_chance_at(points[0])} at the smaller end,"
        f" {_chance_at(points[-1])} at the larger one."
    )


def _baseline_is_fleet(summary: dict[str, Any]) -> bool:
    """Whether the baseline is itself rented or owned, so that "self-hosting" would name both sides."""
    return option_at(summary["volumes"][0], summary["baseline"])["kind"] in SELF_HOSTED


def _named(points: Sequence[dict[str, Any]]) -> str:
    return " or ".join(dict.fromkeys(point["best_self_hosted"] for point in points))


def _subject(summary: dict[str, Any]) -> str:
    """``"self-hosting"``; the options by name where the baseline is a fleet as well."""
    if not _baseline_is_fleet(summary):
        return SELF_HOSTING
    return _named([one for one in summary["volumes"] if one["best_self_hosted"] != summary["baseline"]])


def _hosting(side: dict[str, Any], summary: dict[str, Any]) -> str:
    """``"self-host (owned-b)"``; ``"choose owned-b"`` where the baseline is a fleet as well."""
    return f"choose {_names(side)}" if _baseline_is_fleet(summary) else f"self-host ({_names(side)})"


def _with_interval(side: Volume, unit: str = " tokens a month") -> str:
    """``"1.4 billion tokens a month (95 % interval 1.3 billion to 1.5 billion)"``."""
    return f"{volume_words(side)}{unit} ({interval_words(side)})"


def _untold(summary: dict[str, Any]) -> str:
    """Say of each stretch of the volumes that were simulated what their intervals support, and where they do not."""
    points, samples = summary["volumes"], summary["samples"]
    futures = f"{samples:,} future{'' if samples == 1 else 's'}"
    stretches = _stretches(points)
    if len(stretches) == 1 and stretches[0][0]["verdict"] == UNTOLD:
        at = f"At {_asked(points[0])} tokens a month"
        if len(points) > 1:
            at = f"From {_asked(points[0])} to {_asked(points[-1])} tokens a month"
        ends = f": {_chance_at(points[0])}" if len(points) == 1 else ""
        sides = "buy, to self-host"
        if _baseline_is_fleet(summary):
            sides = f"choose {summary['baseline']}, to choose {_subject(summary)}"
        return f"{at} it cannot be told from {futures} whether to {sides} or to bet{ends}."
    units = [" tokens a month", *[""] * (len(stretches) - 1)]
    pairs = zip(stretches, units, strict=True)
    text = ", ".join(
        f"{_span(stretch)}{unit} {_advised(stretch, futures, summary)}" for stretch, unit in pairs
    )
    return f"{text[0].upper()}{text[1:]}."


def _stretches(points: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Neighbouring volumes with one verdict; all between the first and the last stretch as one, if there are many."""
    found: list[list[dict[str, Any]]] = []
    for point in points:
        if found and found[-1][0]["verdict"] == point["verdict"]:
            found[-1].append(point)
        else:
            found.append([point])
    if len(found) <= MOST_STRETCHES:
        return found
    return [found[0], [point for stretch in found[1:-1] for point in stretch], found[-1]]


def _span(stretch: Sequence[dict[str, Any]]) -> str:
    first, last = _asked(stretch[0]), _asked(stretch[-1])
    return f"at {first}" if len(stretch) == 1 else f"from {first} to {last}"


def _advised(stretch: Sequence[dict[str, Any]], futures: str, summary: dict[str, Any]) -> str:
    kinds = {point["verdict"] for point in stretch}
    if kinds == {"buy"}:
        return f"choose {' or '.join(dict.fromkeys(point['cheapest_bought'] for point in stretch))}"
    if kinds == {"self_host"}:
        return (
            f"choose {_named(stretch)}" if _baseline_is_fleet(summary) else f"self-host ({_named(stretch)})"
        )
    if kinds == {"bet"}:
        return "it is a bet"
    if kinds == {UNTOLD}:
        return f"it cannot be told from {futures}"
    return f"it changes, or cannot be told from {futures}"


def _terms(summary: dict[str, Any]) -> str:
    low, high = (summary["best_self_hosted"]["probability_levels"][end]["level"] for end in (0, -1))
    which = "the self-hosted option with the lowest expected cost"
    if _baseline_is_fleet(summary):
        names = _subject(summary)
        which = f"{names}, whichever has the lowest expected cost," if " or " in names else names
    return (
        f"A bet means a chance of {100 * low:.0f} to {100 * high:.0f} % that {which}"
        f" costs less than {summary['baseline']} over {summary['months']}"
        f" month{'' if summary['months'] == 1 else 's'}."
    )


def _chance_at(point: dict[str, Any]) -> str:
    option = option_at(point, point["best_self_hosted"])
    value, between = rounding.percent_with_interval(
        option["probability_beats_baseline"], *option["probability_beats_baseline_ci95"]
    )
    return f"{option['name']} wins in {value} of the futures, 95 % interval {between}"


def _names(side: dict[str, Any]) -> str:
    """The options of one side of the decision: ``"rented-h100, from 30 billion owned-h100"``."""
    head, *rest = side["options"]
    more = (f", from {_asked(one)} {one['option']}" for one in rest)
    return f"{head['option']}{''.join(more)}"


def _asked(point: dict[str, Any]) -> str:
    """A volume that was asked about, with as many digits as the table shows."""
    tokens = point["tokens_per_month"] if "tokens_per_month" in point else point["from_tokens_per_month"]
    return rounding.volume(float(f"{tokens:.{MOST_DIGITS}g}"))


def _even(summary: dict[str, Any]) -> str:
    even = summary["best_self_hosted"]["probability_levels"][EVEN]
    crossings = even["crossings"]
    if not crossings:
        best = [option_at(point, point["best_self_hosted"]) for point in summary["volumes"]]
        bounds = [one["probability_beats_baseline_ci95"] for one in best]
        if all(low <= even["level"] <= high for low, high in bounds):
            return f"Where the chance is even cannot be told: {TOO_FEW}."
        word = "above" if even["side"] == "above" else "below"
        sure = "" if even["sure"] else ", though not everywhere by more than its error"
        return f"The chance is {word} even at all these volumes{sure}."
    first, last = crossings[0], crossings[-1]
    if _unknown(first) or _unknown(last):
        return f"Where the chance is even cannot be told: {TOO_FEW}."
    if first is last:
        word = "reached" if first["rises"] else "lost"
        return f"An even chance is {word} at {volume_words(first)} tokens a month ({interval_words(first)})."
    return (
        f"The chance passes even {len(crossings)} times ({REPLICAS}): first at {volume_words(first)} tokens a month"
        f" ({interval_words(first)}), last at {volume_words(last)} ({interval_words(last)})."
    )


def _unknown(crossing: Volume) -> bool:
    return bool(crossing["ci95"] == [None, None])


def _break_even(found: dict[str, Any], summary: dict[str, Any]) -> str:
    crossings, baseline = found["crossings"], summary["baseline"]
    without = summary["volumes"][0]["options"][0]["mean_npv_ci95_usd"] is None
    if without or any(_unknown(crossing) for crossing in crossings):
        return f"Where {_subject(summary)} costs less than {baseline} on average cannot be told: {TOO_FEW}."
    if not crossings:
        word = "less" if found["side"] == "above" else "more"
        sure = "" if found["sure"] else ", though not everywhere by more than the error"
        return f"On average {_subject(summary)} costs {word} than {baseline} at all these volumes{sure}."
    first, last = crossings[0], crossings[-1]
    if first is last:
        word = "from" if first["rises"] else "up to"
        return (
            f"On average {_subject(summary)} costs less than {baseline} {word} {volume_words(first)} tokens a month"
            f" ({interval_words(first)})."
        )
    return (
        f"The expected costs are equal {len(crossings)} times ({REPLICAS}): first at {volume_words(first)} tokens a"
        f" month ({interval_words(first)}), last at {volume_words(last)} ({interval_words(last)})."
    )


def _disagreement(summary: dict[str, Any]) -> Iterator[str]:
    """Name the volumes at which the mean of the best option says one thing and its odds another.

    Between the two crossings, if there is one of each and their intervals are apart; else volumes that were simulated.
    """
    best = summary["best_self_hosted"]
    even, equal = (found["crossings"] for found in (best["probability_levels"][EVEN], best["break_even"]))
    if len(even) == len(equal) == 1 and even[0]["rises"] and equal[0]["rises"]:
        for first, last in ((equal[0], even[0]), (even[0], equal[0])):
            if None not in (first["ci95"][1], last["ci95"][0]) and first["ci95"][1] < last["ci95"][0]:
                at = f"Between {volume_words(first)} and {volume_words(last)}"
                yield _carried(at, _subject(summary), cheaper=first is equal[0])
        return
    for cheaper in (True, False):
        for run in _runs(summary["volumes"], cheaper):
            at = f"From {_asked(run[0])} to {_asked(run[-1])}" if len(run) > 1 else f"At {_asked(run[0])}"
            yield _carried(at, _named(run) if _baseline_is_fleet(summary) else SELF_HOSTING, cheaper=cheaper)


def _carried(at: str, subject: str, *, cheaper: bool) -> str:
    if cheaper:
        return (
            f"{at} tokens a month {subject} is cheaper on average but wins in fewer than half of the futures: rare"
            " large savings carry the mean."
        )
    return (
        f"{at} tokens a month {subject} wins in more than half of the futures but is dearer on average: rare large"
        " losses carry the mean."
    )


def _runs(points: Sequence[dict[str, Any]], cheaper: bool) -> list[list[dict[str, Any]]]:
    """Neighbouring volumes at which the best option disagrees with itself beyond both intervals."""
    runs: list[list[dict[str, Any]]] = []
    fresh = True
    for point in points:
        option = option_at(point, point["best_self_hosted"])
        if option["odds_and_mean"] == "disagree" and (option["expected_saving_usd"] > 0) == cheaper:
            if fresh:
                runs.append([])
            runs[-1].append(point)
            fresh = False
        else:
            fresh = True
    return runs


def option_at(point: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the figures of one option at one volume."""
    found: dict[str, Any] = next(option for option in point["options"] if option["name"] == name)
    return found

"""One recommendation for the board, and the few inputs that move the saving most, in sentences.

From the content of ``summary.json``; computes no statistics.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tcosim.analysis.decision import LIKELY, UNLIKELY
from tcosim.report.words import drivers, rounding, value
from tcosim.report.words.board import WIDE, cheapest_on_average, is_too_wide, of_the_eligible
from tcosim.report.words.english import listed
from tcosim.units import format_quantity

MOST_DRIVERS, EVEN = 3, 0.5
FURTHER = re.compile(r"[,;:(]")
"""Where the explanation of a meaning begins."""


def recommendation(summary: dict[str, Any], meanings: Mapping[str, str]) -> str:
    """What to do as things stand, how sure that is, and what would help most to know.

    The eligible option with the lowest expected cost is recommended; it is a bet unless the odds are nine in ten for
    it too. Nothing is recommended where the futures are too few to tell.

    Parameters
    ----------
    summary : dict
    meanings : mapping of str to str
        What inputs are, where known.
    """
    headline, of = summary["headline"], of_the_eligible(summary)
    names = cheapest_on_average(summary)
    best = next(option for option in summary["options"] if option["name"] == names[0])
    if headline is None:
        which = "eligible options" if of else "options here"
        return f"Choose {best['name']}: of the {which}, none of them self-hosted, it costs least on average."
    futures = f"{summary['samples']:,} future{'' if summary['samples'] == 1 else 's'}"
    low, high = headline["ci95"]
    across = any(low < level < high for level in (UNLIKELY, LIKELY)) and high - low > WIDE
    if across or is_too_wide(low, high) or headline["expected_saving_ci95_usd"] is None:
        are = "is" if summary["samples"] == 1 else "are"
        return f"Simulate more before deciding: {futures} {are} too few to tell a safe choice from a bet."
    own = (
        headline["probability"]
        if best["name"] == headline["baseline"]
        else best["probability_beats_baseline"]
    )
    beats = headline["option"] if best["name"] == headline["baseline"] else best["name"]
    odds = f"{beats} costs less than {headline['baseline']} in {_percent(own, summary, beats)} of the futures"
    if len(names) > 1:
        text = (
            f"Choose by other reasons than the average cost: by these {futures} it cannot be told between"
            f" {listed(names)}. {odds[:1].upper()}{odds[1:]}."
        )
    elif own <= UNLIKELY if best["name"] == headline["baseline"] else own >= LIKELY:
        text = f"Choose {best['name']}: it costs least on average{of}, and {odds}."
    else:
        but = _contrary(own, best, headline)
        text = f"Choose {best['name']}: it costs least on average{of}. That is a bet: {odds}{but}."
    return f"{text}{_first(summary, meanings)}"


def _percent(share: float, summary: dict[str, Any], name: str) -> str:
    bounds = next(one for one in summary["options"] if one["name"] == name)["probability_beats_baseline_ci95"]
    return rounding.percent_with_interval(share, *bounds)[0]


def _contrary(share: float, best: Mapping[str, Any], headline: Mapping[str, Any]) -> str:
    """Say where the odds point elsewhere than the mean."""
    if best["name"] == headline["baseline"]:
        return ", but loses much in the others" if share > EVEN else ""
    return ", and then by much" if share < EVEN else ""


def _first(summary: dict[str, Any], meanings: Mapping[str, str]) -> str:
    """What is worth most to know before choosing, if anything is."""
    worth = summary["value_of_information"]["evppi_usd"]
    if not worth or not value.is_told(worth[0]["usd"], worth[0]["se"]):
        return ""
    name = _called(worth[0]["input"], meanings)
    return f" What would help most to know first is {name}, worth up to {value.money(worth[0]['usd'], worth[0]['se'])}."


def _called(name: str, meanings: Mapping[str, str]) -> str:
    """An input by what it is, with its name: ``"yearly growth of the tokens (traffic.annual_growth)"``."""
    brief = FURTHER.split(meanings.get(name, ""), maxsplit=1)[0].rstrip(".")
    if not brief:
        return name
    start = brief[:1] if brief[1:2].isupper() else brief[:1].lower()  # GPU stays GPU
    return f"{start}{brief[1:]} ({name})"


def driver_sentences(
    summary: dict[str, Any], meanings: Mapping[str, str], units: Mapping[str, str]
) -> list[str]:
    """The inputs that move the expected saving most, the strongest first; three at most.

    Parameters
    ----------
    summary : dict
    meanings, units : mapping of str to str
        What inputs are and what they are counted in, where known.
    """
    told = [row for row in summary["tornado"] if drivers.is_told(row)]
    return [_sentence(row, meanings, units.get(row["input"], "")) for row in told[:MOST_DRIVERS]]


def _sentence(row: Mapping[str, Any], meanings: Mapping[str, str], unit: str) -> str:
    ends = [
        drivers.money(row[f"saving_at_{end}_usd"], row[f"saving_at_{end}_se_usd"]) for end in ("p10", "p90")
    ]
    low, high = (_quantity(row[end], unit) for end in ("p10", "p90"))
    name = _called(row["input"], meanings)
    if name != row["input"]:
        name = f"{name[:1].upper()}{name[1:]}"
    return (
        f"{name}: at {low}, its 10th percentile, the expected saving is {ends[0]}; at {high}, its 90th, it is"
        f" {ends[1]}."
    )


def _quantity(figure: float, unit: str) -> str:
    """A figure with its unit; shares in percent."""
    head, _, rest = unit.partition("/")
    if head == "share":
        return f"{format_quantity(100 * figure)} %{f' a {rest}' if rest else ''}"
    return f"{format_quantity(figure)} {unit.replace('/', ' a ', 1) if head == 'hours' else unit}".rstrip()

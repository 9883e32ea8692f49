"""One recommendation for the board, and the few inputs that move the saving most, in sentences.

From the content of ``summary.json``; computes no statistics.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tcosim.analysis.decision import LIKELY, UNLIKELY
from tcosim.report.words import drivers, value
from tcosim.report.words.board import cheapest_on_average, of_the_eligible
from tcosim.units import format_quantity

MOST_DRIVERS = 3
FURTHER = re.compile(r"[,;:(]")
"""Where the explanation of a meaning begins."""


def recommendation(summary: dict[str, Any]) -> str:
    """What to do as things stand, how sure that is, and what to find out first.

    The eligible option with the lowest expected cost is recommended; it is a bet if the headline's probability is
    within 10 to 90 %, and nothing can be told if its interval reaches across one of these.
    """
    headline, best, of = summary["headline"], cheapest_on_average(summary), of_the_eligible(summary)
    if headline is None:
        which = "eligible options" if of else "options here"
        return f"Choose {best['name']}: of the {which}, none of them self-hosted, it costs least on average."
    low, high = headline["ci95"]
    if any(low < level < high for level in (UNLIKELY, LIKELY)) and high - low > 0.05:
        samples = summary["samples"]
        return (
            f"Simulate more before deciding: {samples:,} future{'' if samples == 1 else 's'}"
            f" {'is' if samples == 1 else 'are'} too few to tell a safe choice from a bet."
        )
    choose = f"Choose {best['name']}: it costs least on average{of}."
    if UNLIKELY <= headline["probability"] <= LIKELY:
        return f"{choose} It is a bet{_contrary(headline, best)}{_first(summary)}."
    return f"{choose} That is a safe choice{_contrary(headline, best)}{_first(summary)}."


def _contrary(headline: Mapping[str, Any], best: Mapping[str, Any]) -> str:
    """Say where the odds point elsewhere than the mean."""
    wins = headline["probability"] > 0.5
    if wins and best["name"] == headline["baseline"]:
        return f", as {headline['option']} wins in more than half of the futures and loses much in the others"
    if not wins and best["name"] == headline["option"]:
        return ", as it wins in fewer than half of the futures and then by much"
    return ""


def _first(summary: dict[str, Any]) -> str:
    """What is worth most to find out, if anything is."""
    worth = summary["value_of_information"]["evppi_usd"]
    if not worth or not value.is_told(worth[0]["usd"], worth[0]["se"]):
        return ""
    return (
        f"; the first thing to find out is {worth[0]['input']}, worth up to"
        f" {value.money(worth[0]['usd'], worth[0]['se'])}"
    )


def driver_sentences(summary: dict[str, Any], meanings: Mapping[str, str]) -> list[str]:
    """The inputs that move the expected saving most, the strongest first; three at most.

    Parameters
    ----------
    summary : dict
    meanings : mapping of str to str
        What inputs are, where known.
    """
    told = [row for row in summary["tornado"] if drivers.is_told(row)]
    return [_sentence(row, meanings.get(row["input"], "")) for row in told[:MOST_DRIVERS]]


def _sentence(row: Mapping[str, Any], meaning: str) -> str:
    ends = [
        drivers.money(row[f"saving_at_{end}_usd"], row[f"saving_at_{end}_se_usd"]) for end in ("p10", "p90")
    ]
    what = f" ({brief})" if (brief := FURTHER.split(meaning, maxsplit=1)[0].rstrip(".")) else ""
    low, high = (format_quantity(row[end]) for end in ("p10", "p90"))
    return (
        f"{row['input']}{what}: at its 10th percentile, {low}, the expected saving is {ends[0]}; at its 90th, {high},"
        f" it is {ends[1]}."
    )

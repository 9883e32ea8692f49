"""The answer at any volume, as text: what the slider of the page reads off.

From the content of ``summary.json``; knows no HTML.
"""

from __future__ import annotations

from typing import Any

from tcosim.analysis.reading import points_between
from tcosim.report.content.page import CurveContent, Reading
from tcosim.report.words import curve as curve_words
from tcosim.report.words import rounding
from tcosim.report.words.board import cheapest_on_average, saving_words, verdict
from tcosim.report.words.curve import option_at
from tcosim.report.words.english import plural
from tcosim.report.words.planned import curve_with_run

STEPS = 5
"""Of the slider from one simulated volume to the next."""
SHOWN_DIGITS = 3
UNTOLD = "cannot be told"


def curve_content(summary: dict[str, Any]) -> CurveContent | None:
    """Sentences and readings of the curve of a run; None where it has none or compares nothing.

    At the scenario's own volume the reading is that of the run itself, by all its futures.
    """
    curve, headline = curve_with_run(summary), summary["headline"]
    if curve is None or headline is None:
        return None
    readings = [_reading(point, curve["baseline"]) for point in points_between(curve["volumes"], STEPS)]
    planned = summary["volume_tokens_per_month"]
    before = sum(reading.tokens_per_month < planned for reading in readings)
    rest = [reading for reading in readings[before:] if reading.tokens_per_month > planned]
    others = sum(point["tokens_per_month"] != planned for point in curve["volumes"])
    note = f"At the planned volume: all {plural(summary['samples'], 'future')} of the run."
    if others:
        futures = plural(curve["samples"], "future")
        note += f" At {plural(others, 'other volume')}: {futures} each; between them read off."
    return CurveContent(
        sentences=curve_words.sentences(curve),
        readings=[*readings[:before], _planned(summary), *rest],
        planned=before,
        note=note,
    )


def _reading(point: dict[str, Any], baseline: str) -> Reading:
    best = option_at(point, point["best_self_hosted"])
    share, bounds = best["probability_beats_baseline"], best["probability_beats_baseline_ci95"]
    chance, between = rounding.percent_with_interval(share, *bounds)
    tokens = point["tokens_per_month"]
    return Reading(
        tokens_per_month=tokens,
        volume=rounding.volume(float(f"{tokens:.{SHOWN_DIGITS}g}")),
        option=best["name"],
        chance=chance,
        between=between,
        words=verdict(share, *bounds),
        saving=saving_words(best["expected_saving_usd"], best["expected_saving_ci95_usd"]),
        cheapest=_cheapest(
            point["cheapest_expected"], best["name"], baseline, best["expected_saving_ci95_usd"]
        ),
        is_simulated=point["is_simulated"],
    )


def _planned(summary: dict[str, Any]) -> Reading:
    headline = summary["headline"]
    chance, between = rounding.percent_with_interval(headline["probability"], *headline["ci95"])
    return Reading(
        tokens_per_month=summary["volume_tokens_per_month"],
        volume=rounding.volume(summary["volume_tokens_per_month"]),
        option=headline["option"],
        chance=chance,
        between=between,
        words=verdict(headline["probability"], *headline["ci95"]),
        saving=saving_words(headline["expected_saving_usd"], headline["expected_saving_ci95_usd"]),
        cheapest=_cheapest(
            cheapest_on_average(summary)[0],
            headline["option"],
            headline["baseline"],
            headline["expected_saving_ci95_usd"],
        ),
        is_simulated=True,
    )


def _cheapest(found: str, option: str, baseline: str, bounds: list[float] | None) -> str:
    """The cheapest option on average, or that it cannot be told which of the two is."""
    if found in (option, baseline) and (bounds is None or bounds[0] <= 0 <= bounds[1] != bounds[0]):
        return UNTOLD
    return found

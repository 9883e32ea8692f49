"""What a run stood on, as rows: each quantity with percentiles, grade, date and sources, what matters most first.

From the content of ``assumptions.json`` and ``summary.json``; knows no library and no scenario.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tcosim.report.content.page import Assumption, Source
from tcosim.report.words.english import listed
from tcosim.report.words.value import error, is_told, money
from tcosim.units import format_quantity

JUDGEMENT, STATED = "judgement", "stated"
LEFT_OUT = "The scenario says nothing of it: this is its default."
MOST_DIGITS = 6
NAMED = 3


def assumption_rows(assumptions: Mapping[str, Any], summary: Mapping[str, Any]) -> list[Assumption]:
    """Return every assumption as text.

    Parameters
    ----------
    assumptions : mapping
        What `tcosim.results.assumptions.assumption_snapshot` returns.
    summary : mapping
        Of the same run.

    Returns
    -------
    list of Assumption
        First the uncertain ones: by what it is worth to know them, the most valuable first, and those without a value
        in the order of the scenario; then the plain numbers, in the order of the scenario.
    """
    usd = {one["input"]: one["usd"] for one in _worth(summary)}

    def place(one: Mapping[str, Any]) -> tuple[bool, float]:
        return not one["uncertain"], -usd.get(one["input"], -math.inf) if one["uncertain"] else 0.0

    worth = {
        one["input"]: f"{money(one['usd'], one['se'])} {error(one['usd'], one['se'])}".rstrip()
        for one in _worth(summary)
    }
    return [_row(one, worth.get(one["input"], "")) for one in sorted(assumptions["assumptions"], key=place)]


def judged(rows: Sequence[Assumption], summary: Mapping[str, Any] | None = None) -> str:
    """Say in one sentence how many of the uncertain inputs are judgement.

    Parameters
    ----------
    rows : sequence of Assumption
        From `assumption_rows`.
    summary : mapping, optional
        With it the sentence names the judgements that are worth most to know; one whose worth cannot be told from
        nothing is not named.
    """
    uncertain = [row for row in rows if not row.is_plain]
    names = [row.name for row in uncertain if row.grade == JUDGEMENT]
    if not uncertain:
        return "No input is uncertain: all of them are plain numbers."
    if len(uncertain) == 1:
        return f"The one uncertain input, {uncertain[0].name}, is {'' if names else 'not '}judgement."
    if not names:
        return f"None of the {len(uncertain)} uncertain inputs is judgement."
    count = "All" if len(names) == len(uncertain) else f"{len(names)}"
    start = f"{count} of the {len(uncertain)} uncertain inputs {'is' if len(names) == 1 else 'are'} judgement"
    if len(names) <= NAMED:
        return f"{start}: {listed(names)}."
    told = {one["input"] for one in _worth(summary or {}) if is_told(one["usd"], one["se"])}
    foremost = [name for name in names if name in told][:NAMED]
    if not foremost:
        return f"{start}."
    return (
        f"{start}; of these, {listed(foremost)} {'is' if len(foremost) == 1 else 'are'} worth most to know."
    )


def _worth(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What each input is worth; nothing where there were too few futures to tell."""
    found: list[dict[str, Any]] = summary.get("value_of_information", {}).get("evppi_usd", [])
    return found


def _row(one: Mapping[str, Any], worth: str) -> Assumption:
    origin = one["library"]
    p5, p50, p95 = _figures([one["percentiles"][name] for name in ("p5", "p50", "p95")])
    found = origin or {}
    return Assumption(
        name=one["input"],
        meaning=found.get("meaning") or one["meaning"],
        unit=one["unit"],
        p5=p5,
        p50=p50,
        p95=p95,
        grade=STATED if origin is None else found.get("grade", ""),
        checked=found.get("checked", ""),
        caveat=found.get("caveat", LEFT_OUT if origin is None and one["defaulted"] else ""),
        sources=[_source(source) for source in found.get("sources", [])],
        is_plain=not one["uncertain"],
        is_stated=origin is None and not one["defaulted"],
        worth=worth,
    )


def _figures(values: Sequence[float | None]) -> list[str]:
    """Three digits; more where different values would look the same."""
    numbers = [math.nan if value is None else value for value in values]
    shown = [format_quantity(value) for value in numbers]
    if len(set(shown)) > 1 or len(set(values)) == 1:
        return shown
    for digits in range(4, MOST_DIGITS + 1):
        shown = [f"{value:,.{digits}g}" for value in numbers]
        if len(set(shown)) > 1:
            break
    return shown


def _source(source: Mapping[str, Any]) -> Source:
    """Title with whoever published it and when, where that is known and not in the title."""
    more = [source.get(name, "") for name in ("publisher", "date")]
    told = ", ".join([source["title"], *(text for text in more if text and text not in source["title"])])
    return Source(told, source.get("url", ""))

"""What a report of a run says of its inputs: which drive the saving, and which are worth finding out first.

From the content of ``summary.json``; knows no terminal and no HTML.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tcosim.analysis.jackknife import CERTAIN
from tcosim.report.words import rounding
from tcosim.report.words.value import error, first_sentence, money

MOST_DRIVERS, MOST_INPUTS = 6, 5
LEAST_SHARE = 0.005
"""Drivers that explain less are not listed."""


@dataclass(frozen=True)
class DriverRow:
    """One input, or several that are correlated, and the share of the saving's variance that it explains by itself."""

    driver: str
    share: float
    value: str


@dataclass(frozen=True)
class Drivers:
    """What drives the saving of the headline option.

    Attributes
    ----------
    option, baseline : str
    rows : list of DriverRow
        The largest first.
    rest : str
        What is left to all others, to what inputs do together, and to luck.
    """

    option: str
    baseline: str
    rows: list[DriverRow]
    rest: str


@dataclass(frozen=True)
class Information:
    """What finding something out is worth.

    Attributes
    ----------
    sentence : str
    rows : list of (str, str, str)
        What, its worth, and twice its standard error.
    """

    sentence: str
    rows: list[tuple[str, str, str]]


def drivers(summary: dict[str, Any]) -> Drivers | None:
    """The largest drivers; None where the run says nothing of them."""
    found, headline = summary.get("drivers"), summary["headline"]
    if not found or headline is None:
        return None
    # an index without an error is one that nothing can be said of
    told = [row for row in found if row["first_order"] >= LEAST_SHARE and row["se"] is not None]
    shown = told[:MOST_DRIVERS]
    worth = {one["input"]: one["usd"] for one in summary["value_of_information"]["evppi_usd"]}
    rows = [
        DriverRow(_name(row["inputs"], worth), row["first_order"], _share(row["first_order"], row["se"]))
        for row in shown
    ]
    if not rows:
        return None
    left = max(0.0, 1.0 - sum(row.share for row in rows))
    errors = sum(row["se"] ** 2 for row in shown) ** 0.5
    return Drivers(headline["option"], headline["baseline"], rows, _share(left, errors))


def _name(inputs: list[str], worth: dict[str, float]) -> str:
    """Name of an input; of correlated ones the one that is worth most to know, and how many go with it."""
    if len(inputs) == 1:
        return inputs[0]
    foremost = max(inputs, key=lambda name: worth.get(name, 0.0))
    others = len(inputs) - 1
    return f"{foremost} with {others} correlated input{'' if others == 1 else 's'}"


def information(summary: dict[str, Any]) -> Information | None:
    """What is worth finding out; None where the run says nothing of it."""
    value = summary.get("value_of_information")
    if not value or not value["evppi_usd"] or value["evpi_usd"] == 0:
        return None
    told = [one for one in value["evppi_usd"] if one["se"] is not None and one["usd"] > CERTAIN * one["se"]][
        :MOST_INPUTS
    ]
    rows = [(one["input"], money(one["usd"], one["se"]), error(one["usd"], one["se"])) for one in told]
    return Information(first_sentence(value, summary["samples"]), rows)


def _share(share: float, se: float) -> str:
    place = rounding.last_place(0.0, 100 * CERTAIN * se)
    return rounding.percent(share, 0 if place is None else max(-1, min(0, place)))

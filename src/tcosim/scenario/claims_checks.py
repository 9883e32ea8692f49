"""Checks of a table by hand: what is wrong is collected, and a stand-in returned so that reading can go on.

Knows tables, numbers and texts; knows nothing of what they mean.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tcosim.errors import InputError, Problem
from tcosim.limits import MOST_PROBLEMS
from tcosim.scenario.claims_formulas import Range
from tcosim.scenario.near import closest, did_you_mean

BITS = re.compile(r"[1-9][0-9]?")
NAME = re.compile(r"[a-z][a-z0-9_]*")
MOST_NAMED = 16
"""Names that a message lists; of more it only says the closest."""


class Checks:
    """Collects problems; ``place`` is the file that they are in."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.problems: list[Problem] = []

    def figures(self, place: str, raw: object) -> dict[str, Range]:
        if not isinstance(raw, Mapping):
            self.wrong(place, "must be a table of figures", raw, "write { name = 2.5 }")
            return {}
        for name in raw:
            if not NAME.fullmatch(name):
                self.wrong(f"{place}.{name}", "must be a name of small letters", name, "with its unit in it")
        return {name: self.range(f"{place}.{name}", value) for name, value in raw.items()}

    def range(self, place: str, raw: object) -> Range:
        ends = raw if isinstance(raw, list) else [raw, raw]
        numbers = [self.number(place, one) for one in ends]
        if len(numbers) != 2 or numbers[0] > numbers[1]:
            self.wrong(place, "must be a number, or [low, high]", raw, "write 2.5 or [10, 20]")
            return Range(math.nan, math.nan)
        return Range(*numbers)

    def number(self, place: str, raw: object) -> float:
        if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not _is_finite(raw):
            problem = (place, "must be a finite number", raw, "write a plain number without quotes")
            if not any(one.field == place for one in self.problems):
                self.wrong(*problem)
            return math.nan
        return float(raw)

    def positive(self, place: str, raw: object) -> float:
        number = self.number(place, raw)
        if number <= 0:
            self.wrong(place, "must be above 0", raw, "")
        return number

    def peaks(self, place: str, raw: object) -> dict[int, float]:
        """Positive figures by numbers of bits."""
        way_out = "write { 16 = 312, 8 = 624 }"
        if not isinstance(raw, Mapping) or not raw:
            self.wrong(place, "must hold a peak for each width in bits", raw, way_out)
            return {}
        for bits in raw:
            if not BITS.fullmatch(bits):
                self.wrong(f"{place}.{bits}", "must be a number of bits", bits, way_out)
        known = {bits: peak for bits, peak in raw.items() if BITS.fullmatch(bits)}
        return {int(bits): self.positive(f"{place}.{bits}", peak) for bits, peak in known.items()}

    def text(self, place: str, table: Mapping[str, Any], key: str, way_out: str = "") -> str:
        value = table.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            self.wrong(f"{place}.{key}", "is missing", None, way_out or f"state {key}")
            return ""
        if not isinstance(value, str):
            self.wrong(f"{place}.{key}", "must be text", value, "write it in quotes")
            return ""
        return " ".join(value.split())

    def tables(self, place: str, raw: object, known: tuple[str, ...]) -> list[tuple[str, Mapping[str, Any]]]:
        """The tables of a list with what to call each of them: by its id or name, else by its number."""
        if not isinstance(raw, list) or not all(isinstance(one, Mapping) for one in raw):
            self.wrong(place, "must be a list of tables", type(raw).__name__, f"write [[{place}]]")
            return []
        named = [
            (
                f"{place}.{table[key]}" if isinstance(table.get(key := known[0]), str) else f"{place}[{n}]",
                table,
            )
            for n, table in enumerate(raw, start=1)
        ]
        for here, table in named:
            self.known(here, table, known)
        return named

    def known(self, place: str, table: Mapping[str, Any], known: Iterable[str]) -> None:
        for key in table:
            if key not in known:
                near = did_you_mean(closest(key, known)) or f"known are {', '.join(known)}"
                self.wrong(f"{place}.{key}".lstrip("."), "is no known key", None, near)

    def one_of(self, place: str, value: object, known: Iterable[str], rule: str = "") -> None:
        names = list(known)
        if value not in names:
            few = len(names) <= MOST_NAMED
            rule = rule or (f"must be one of {', '.join(names)}" if few else "must be a key of the library")
            self.wrong(place, rule, value, did_you_mean(closest(str(value), names)))

    def wrong(self, field: str, rule: str, value: object, way_out: str) -> None:
        self.problems.append(Problem(field, rule, value, way_out, self.place))
        if len(self.problems) >= MOST_PROBLEMS:
            raise InputError(self.problems)


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number beyond any float
        return False

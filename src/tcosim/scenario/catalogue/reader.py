"""The models that the routes of one scenario name: on which day, set from where, and what they fill.

Knows raw tables and the reader that collects the problems; knows no price.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeGuard

from tcosim.errors import InputError
from tcosim.scenario.catalogue import genai
from tcosim.scenario.catalogue.key import FIELDS
from tcosim.scenario.catalogue.route import PRICES, RATIO, fill
from tcosim.scenario.places import Path
from tcosim.scenario.reader import Reader

DAY = "prices_on"
_HEADER = "scenario"


def with_written_day(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the raw tables with the day of the prices as text, however it was written; TOML has dates."""
    header = raw.get(_HEADER)
    stated = header.get(DAY) if isinstance(header, Mapping) else None
    if not isinstance(header, Mapping) or not _is_day(stated):
        return raw
    return {**raw, _HEADER: {**header, DAY: stated.isoformat()}}


def _is_day(value: object) -> TypeGuard[datetime.date]:
    return isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)


class CatalogueReader:
    """Completes routes from the catalogue; opens it only if one of them names a model.

    Parameters
    ----------
    reader : Reader
        Collects the problems; knows what was set from outside.
    raw : mapping
        The scenario's tables, from `with_written_day`.
    """

    def __init__(self, reader: Reader, raw: Mapping[str, Any]):
        self.reader = reader
        header = raw.get(_HEADER)
        self._stated = header.get(DAY) if isinstance(header, Mapping) else None
        self._day: datetime.date | None = None

    def check_day(self) -> None:
        """Note a day that is none."""
        if self._stated is None:
            return
        try:
            self._day = genai.parse_date(str(self._stated), f"{_HEADER}.{DAY}")
        except InputError as error:
            for problem in error.problems:
                self.reader.refuse(problem.field, (_HEADER, DAY), problem.rule, self._stated, problem.way_out)

    def completed(
        self, raw: Mapping[str, Any], path: Path, label: str, prefix: str
    ) -> tuple[Mapping[str, Any], dict[str, str]]:
        """Return a route's raw table with what its model fills, and where each figure comes from.

        What the file states wins, and so does every number of a resolved scenario: it stays what it was, whatever
        catalogue is installed. A model that is set from outside wins over the file's prices, which are those of
        another model, but not over prices set from outside.
        """
        model, reader = raw.get("model"), self.reader
        from_outside = reader.set_by((*path, "model")) is not None
        if not isinstance(model, str) or (reader.resolved and not from_outside):
            return raw, {}
        stated = dict(raw)
        for name in FIELDS if from_outside else ():
            if name in stated and reader.set_by((*path, name)) is None:
                reader.displaced |= {f"{label}.{name}", f"{prefix}.{name}", *_inputs_of(stated.pop(name))}
        filled = fill(model, self._day or genai.default_date(), stated)
        for fault in filled.faults:
            reader.refuse(f"{label}.{fault.key}", (*path, "model"), fault.rule, fault.value, fault.way_out)
        # What could not be filled has its problem already; a second one for each field that is missing says nothing.
        stand_in = dict.fromkeys(PRICES, 1.0) if filled.faults else {}
        kept = {RATIO: raw[RATIO]} if RATIO in raw else {}
        return {**stand_in, **kept, **filled.values, **stated}, filled.keys


def _inputs_of(value: object) -> set[str]:
    found = [value.get(key) for key in ("use", "input")] if isinstance(value, Mapping) else []
    return {name for name in found if isinstance(name, str)}

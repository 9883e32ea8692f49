"""From what stands in one field to its value: numbers, texts, profiles, quantities.

Knows kinds of fields, the library and shared inputs; knows no particular field and no table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tcosim.errors import InputError
from tcosim.limits import LONGEST_KEY
from tcosim.scenario import elicit, observed, places
from tcosim.scenario.bounds import bounds_fault, plain_fault
from tcosim.scenario.distributions import Distribution, Point
from tcosim.scenario.fields import FieldSpec, Kind
from tcosim.scenario.library import Library
from tcosim.scenario.near import closest, did_you_mean
from tcosim.scenario.notes import Notes, Raw
from tcosim.scenario.problems import Fault, declared, number_hint
from tcosim.scenario.uncertain import Uncertain
from tcosim.units import parse_suffixed

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+-]*")
INPUT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
LONGEST_NAME = 60
LONGEST_TEXT = 500


def _suffixed(text: str, spec: FieldSpec) -> object:
    """Read a quoted number that ends in a suffix, "60%" or "3B"; any other text stays as it is."""
    number = parse_suffixed(text)
    if number is None:
        return text
    return int(number) if spec.kind is Kind.INTEGER and number.is_integer() else number


class ValueReader(Notes):
    """Reads values and remembers inputs by name.

    Parameters
    ----------
    library : Library
    origin, lines, settings
        As for `Notes`.
    folder : pathlib.Path or None
        What file names in the scenario are relative to.
    resolved : bool
        Whether the text states everything itself: no default is taken, ``use`` may stand beside ``dist``.

    Attributes
    ----------
    input_of_field : dict
        Name of the input by the path of each field that takes one, as messages call it.
    set_fields : set of str
        Paths of fields that were set from outside the text.
    """

    def __init__(
        self,
        library: Library,
        *,
        origin: str,
        lines: dict[places.Path, int],
        settings: Mapping[places.Path, str],
        folder: Path | None,
        resolved: bool,
    ):
        super().__init__(origin, lines, settings)
        self.library = library
        self.folder = folder
        self.resolved = resolved
        self.input_of_field: dict[str, str] = {}
        self.set_fields: set[str] = set()
        self._inputs: dict[str, tuple[Uncertain, str]] = {}

    def value(self, spec: FieldSpec, raw: object, path: places.Path, label: str, name: str) -> Any:
        """Read the value of one field; None if a problem was noted."""
        if self.set_by(path) is not None:
            self.set_fields.add(name)
        if isinstance(raw, str) and spec.kind in (Kind.UNCERTAIN, Kind.NUMBER, Kind.INTEGER):
            raw = _suffixed(raw, spec)
        match spec.kind:
            case Kind.UNCERTAIN:
                return self.quantity(spec, raw, path, label, name)
            case Kind.NUMBER | Kind.INTEGER:
                return self._plain(spec, raw, path, label)
            case Kind.FLAG:
                if isinstance(raw, bool):
                    return raw
                self.refuse(label, path, "must be true or false", raw, "write it without quotes")
            case Kind.TEXT | Kind.NAME:
                return self._text(spec, raw, path, label)
            case Kind.PROFILE:
                return self._profile(raw, path, label)
        return None

    def _plain(self, spec: FieldSpec, raw: object, path: places.Path, label: str) -> float | int | None:
        whole = spec.kind is Kind.INTEGER
        if isinstance(raw, Mapping):
            way_out = "write a plain number"
            if spec.name == "tokens_per_month":
                way_out = (
                    "write the planned number, and say what is uncertain about it through forecast_ratio"
                )
            self.refuse(label, path, "takes no distribution", dict(raw), way_out)
        elif isinstance(raw, bool) or not isinstance(raw, (int, float)):
            what = "a whole number" if whole else "a number"
            self.refuse(label, path, f"must be {what}", raw, number_hint(raw))
        elif whole and not isinstance(raw, int):
            self.refuse(label, path, "must be a whole number", raw, "write it without a decimal point")
        else:
            try:
                number = raw if whole else elicit.as_number("", raw)
                fault = plain_fault(number, spec.bounds, spec.unit)
            except (elicit.Refused, OverflowError):
                fault = Fault("", f"must be {spec.bounds}", raw, "state a number that can occur")
            if fault is None:
                return number
            self.refuse(label, path, fault.rule, fault.value, fault.way_out)
        return None

    def _text(self, spec: FieldSpec, raw: object, path: places.Path, label: str) -> str | None:
        if not isinstance(raw, str):
            self.refuse(label, path, "must be text in quotes", raw, "put it in quotes")
        elif spec.choices and raw not in spec.choices:
            near = did_you_mean(closest(raw, spec.choices))
            self.refuse(label, path, f"must be one of {', '.join(spec.choices)}", raw, near or "choose one")
        elif spec.kind is Kind.NAME and (not NAME.fullmatch(raw) or len(raw) > LONGEST_NAME):
            rule = f"must be up to {LONGEST_NAME} letters, digits, - and _"
            self.refuse(label, path, rule, raw, "free text belongs in the label or title")
        elif len(raw) > LONGEST_TEXT or not raw.replace("\n", "").isprintable():
            self.refuse(label, path, f"must be up to {LONGEST_TEXT} printable characters", raw, "shorten it")
        else:
            return raw
        return None

    def _profile(self, raw: object, path: places.Path, label: str) -> tuple[float, ...] | None:
        if isinstance(raw, str):
            try:
                return self.library.shape(raw).values
            except InputError as error:
                for problem in error.problems:
                    self.refuse(label, path, problem.rule, problem.value, problem.way_out)
                return None
        try:
            return elicit.weekly_profile(raw)
        except elicit.Refused as refused:
            way_out = refused.way_out
            if not isinstance(raw, list):
                way_out = f"name a shape ({', '.join(self.library.shapes)}) or list 168 numbers"
            self.refuse(label, path, refused.rule, refused.value, way_out)
        return None

    def quantity(
        self, spec: FieldSpec, raw: object, path: places.Path, label: str, name: str
    ) -> Uncertain | None:
        """Read a number, a distribution or a use of the library, and check it against the field's bounds."""
        key: str | None = None
        found: Distribution | list[Fault]
        if isinstance(raw, Mapping):
            table = dict(raw)
            stated_input, use = table.pop("input", None), table.pop("use", None)
            if not self._good_names(stated_input, use, table, path, label):
                return None
            if use is not None and not table:
                library_distribution = self._use(use, path, label)
                if library_distribution is None:
                    return None
                found = library_distribution
            else:
                with_values = observed.with_values(table, self.folder)
                found = with_values if isinstance(with_values, list) else declared(with_values)
            key = use
            name = stated_input or use or name
        else:
            try:
                found = Point(value=elicit.as_number("", raw))
            except elicit.Refused as refused:
                way_out = number_hint(raw) if isinstance(raw, str) else refused.way_out
                rule = refused.rule if isinstance(raw, (int, float)) else f"must be {spec.kind.value}"
                self.refuse(label, path, rule, raw, way_out)
                return None
        faults = found if isinstance(found, list) else [bounds_fault(found, spec.bounds, spec.unit)]
        for fault in faults:
            if fault is not None:
                inner = f"{label}.{fault.key}" if fault.key else label
                given = fault.value if isinstance(raw, Mapping) else raw
                self.refuse(inner, path, fault.rule, given, fault.way_out)
        if isinstance(found, list) or faults != [None]:
            return None
        return self._registered(Uncertain(name, found, key, spec.unit), path, label)

    def _good_names(self, given: object, use: object, table: Raw, path: places.Path, label: str) -> bool:
        if use is not None and not isinstance(use, str):
            self.refuse(
                f"{label}.use", path, "must be a key of the library in quotes", use, "put it in quotes"
            )
            return False
        if isinstance(use, str) and len(use) > LONGEST_TEXT:
            self.refuse(f"{label}.use", path, f"must be up to {LONGEST_TEXT} characters", use, "shorten it")
            return False
        if given is not None and not (
            isinstance(given, str) and len(given) <= LONGEST_KEY and INPUT_NAME.fullmatch(given)
        ):
            rule = f"must be up to {LONGEST_KEY} letters, digits, ., - and _ in quotes"
            self.refuse(f"{label}.input", path, rule, given, "name the input that the fields share")
            return False
        if use is not None and table and not self.resolved:
            rule = f"use takes the library's distribution as it is, without {', '.join(table)}"
            self.refuse(label, path, rule, None, "state a distribution, or take the rest out")
            return False
        return True

    def _use(self, key: str, path: places.Path, label: str) -> Distribution | None:
        try:
            return self.library.quantity(key).distribution
        except InputError as error:
            for problem in error.problems:
                self.refuse(
                    f"{label}.{problem.field}",
                    path,
                    problem.rule,
                    problem.value,
                    problem.way_out or problem.place,
                )
        return None

    def _registered(self, quantity: Uncertain, path: places.Path, label: str) -> Uncertain | None:
        """Hold an input against others of its name: one name, one distribution."""
        self.input_of_field[label] = quantity.name
        if quantity.is_point:
            return quantity
        other, where = self._inputs.setdefault(quantity.name, (quantity, label))
        if other.distribution != quantity.distribution:
            self.refuse(
                label,
                path,
                f"shares the input {quantity.name} with {where}, but states another distribution",
                None,
                "state the same one in both, or give one of them a name of its own with input = ...",
            )
            return None
        if other.unit != quantity.unit and quantity.library_key is None:
            self.refuse(
                label,
                path,
                f"shares the input {quantity.name} with {where}, but is in {quantity.unit}, not {other.unit}",
                None,
                "give one of them a name of its own",
            )
            return None
        return quantity

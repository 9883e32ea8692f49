"""How a field of a scenario is declared: kind, unit, bounds, default and meaning, once, as data.

The loader, the template, the schema and the documentation read these; knows no particular field.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from pydantic import BaseModel, ConfigDict

from tcosim.units import format_plain, format_stated


@dataclass(frozen=True)
class Use:
    """Take the quantity with this key from the library."""

    key: str


class Mark(Enum):
    """What stands where a default would."""

    REQUIRED = "required"
    ABSENT = "absent"


REQUIRED = Mark.REQUIRED
ABSENT = Mark.ABSENT

Default = Use | Mark | float | int | bool | str


@dataclass(frozen=True)
class Bounds:
    """Where the values of a field may lie.

    A firm bound holds for every value that can occur. A bound that is not firm is there to catch slips (a
    price in the wrong unit): the central 99.8 % of a distribution must keep it, its far tail need not.

    Attributes
    ----------
    low, high : float
        In the unit of the field; infinite if there is none.
    low_open, high_open : bool
        Whether the bound itself is excluded.
    firm_low, firm_high : bool
        Whether the bound is firm.
    """

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    firm_low: bool = True
    firm_high: bool = True

    def __str__(self) -> str:
        """Write what must hold, to stand after "must be"."""
        low, high = format_stated(self.low), format_stated(self.high)
        least = f"above {low}" if self.low_open else f"at least {low}"
        most = f"below {high}" if self.high_open else f"at most {high}"
        if math.isinf(self.low) or math.isinf(self.high):
            return (least if math.isinf(self.high) else most) if self.low != -self.high else "a number"
        if self.low_open or self.high_open:
            return f"{least} and {most}"
        return f"between {low} and {high}"

    def holds(self, value: float) -> bool:
        """Whether one plain number lies within."""
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below


def between(low: float, high: float, *, low_open: bool = False, high_open: bool = False) -> Bounds:
    """Firm on both sides."""
    return Bounds(low, high, low_open, high_open)


def at_least(low: float, high: float) -> Bounds:
    """Firm below, for plausibility above."""
    return Bounds(low, high, firm_high=False)


def above(low: float, high: float) -> Bounds:
    """More than ``low``, firmly; ``high`` for plausibility."""
    return Bounds(low, high, low_open=True, firm_high=False)


def plausible(low: float, high: float) -> Bounds:
    """For plausibility on both sides; a bound of 0 or more still means that nothing negative can occur."""
    return Bounds(low, high, firm_low=False, firm_high=False)


SHARE = between(0, 1)
MONEY = at_least(0, 1e9)
DRIFT = plausible(-2, 2)


class Kind(Enum):
    """What may stand in a field."""

    UNCERTAIN = "a number, a distribution or { use = ... }"
    NUMBER = "a plain number"
    INTEGER = "a whole number"
    FLAG = "true or false"
    TEXT = "text in quotes"
    NAME = "a name in quotes"
    PROFILE = "the name of a shape, or 168 numbers"


@dataclass(frozen=True)
class Only:
    """A field that applies only where another field of its table has one of some values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class FieldSpec:
    """One field as declared.

    Attributes
    ----------
    name : str
        Key in the file and attribute of the model; carries the unit.
    kind : Kind
    unit : str
        Unit in words; ``""`` where there is none.
    meaning : str
        One line for the template and the documentation.
    bounds : Bounds
    default : Use, plain value, ``REQUIRED`` or ``ABSENT``
        What holds if the field is left out.
    choices : tuple of str
        What a text may be; empty if anything.
    example : Use or plain value, optional
        What the template writes for a required field.
    only : Only, optional
        Where the field applies; elsewhere it may not be stated, and an uncertain one counts as the number 0.
    default_elsewhere : tuple of (Only, default), optional
        Another default, where another field has one of some values.
    instead_of : tuple of str
        Fields of the same table that this one stands for: it or they, not both.
    """

    name: str
    kind: Kind
    unit: str
    meaning: str
    bounds: Bounds = Bounds()
    default: Default = REQUIRED
    choices: tuple[str, ...] = ()
    example: Use | float | int | str | None = None
    only: Only | None = None
    default_elsewhere: tuple[Only, Default] | None = None
    instead_of: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Whether the file must state the field (where it applies)."""
        return self.default is REQUIRED


def applies(only: Only | None, table: Mapping[str, object], specs: Mapping[str, FieldSpec]) -> bool:
    """Whether a field with this condition applies in a raw table."""
    return only is None or table.get(only.field, specs[only.field].default) in only.values


def default_in(spec: FieldSpec, table: Mapping[str, object], specs: Mapping[str, FieldSpec]) -> Default:
    """Return what holds in a raw table that leaves the field out."""
    if spec.default_elsewhere is not None and applies(spec.default_elsewhere[0], table, specs):
        return spec.default_elsewhere[1]
    return spec.default


def uncertain(
    unit: str,
    default: Default,
    bounds: Bounds,
    meaning: str,
    *,
    example: Use | float | None = None,
    only: Only | None = None,
    default_elsewhere: tuple[Only, Default] | None = None,
    instead_of: tuple[str, ...] = (),
) -> FieldSpec:
    """Declare a field that takes a number, a distribution or a use of the library."""
    return FieldSpec(
        "",
        Kind.UNCERTAIN,
        unit,
        meaning,
        bounds,
        default,
        example=example,
        only=only,
        default_elsewhere=default_elsewhere,
        instead_of=instead_of,
    )


def number(
    unit: str, default: Default, bounds: Bounds, meaning: str, *, example: float | None = None
) -> FieldSpec:
    """Declare a field that takes one plain number."""
    return FieldSpec("", Kind.NUMBER, unit, meaning, bounds, default, example=example)


def integer(
    unit: str,
    default: Default,
    bounds: Bounds,
    meaning: str,
    *,
    example: int | None = None,
    only: Only | None = None,
) -> FieldSpec:
    """Declare a field that takes a whole number."""
    return FieldSpec("", Kind.INTEGER, unit, meaning, bounds, default, example=example, only=only)


def flag(default: bool, meaning: str) -> FieldSpec:
    """Declare a field that is true or false."""
    return FieldSpec("", Kind.FLAG, "", meaning, default=default)


def text(
    default: Default, meaning: str, *, choices: tuple[str, ...] = (), example: str | None = None
) -> FieldSpec:
    """Declare a field that takes free text, or one of some choices."""
    return FieldSpec("", Kind.TEXT, "", meaning, default=default, choices=choices, example=example)


def name(default: Default, meaning: str, *, example: str | None = None) -> FieldSpec:
    """Declare a field that takes a short name without spaces or dots."""
    return FieldSpec("", Kind.NAME, "", meaning, default=default, example=example)


def profile(default: str, meaning: str) -> FieldSpec:
    """Declare a field that takes the name of a weekly shape, or its 168 numbers."""
    return FieldSpec("", Kind.PROFILE, "share of the mean hour", meaning, default=default)


def written(value: object) -> str:
    """Write a default or an example as TOML; dots if there is none."""
    match value:
        case Use(key):
            return f'{{ use = "{key}" }}'
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case int() | float():
            return format_plain(value)
    return "..."


class Declared(BaseModel):
    """A frozen table of a scenario whose fields carry a `FieldSpec`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


@functools.cache
def field_specs(model: type[Declared]) -> dict[str, FieldSpec]:
    """Return every declared field of a table by name, in the order of declaration."""
    specs: dict[str, FieldSpec] = {}
    for field_name, info in model.model_fields.items():
        found: list[Any] = [item for item in info.metadata if isinstance(item, FieldSpec)]
        if found:
            specs[field_name] = replace(found[-1], name=field_name)
    return specs

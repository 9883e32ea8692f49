"""One entry of the library: a quantity, a shape of the week or a source, read strictly.

Knows the format of an entry; knows nothing of folders, nor of the fields of a scenario.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from tcosim.errors import InputError, Problem
from tcosim.scenario import elicit
from tcosim.scenario.distributions import Distribution
from tcosim.scenario.near import closest, did_you_mean
from tcosim.scenario.problems import declared
from tcosim.units import format_stated

GRADES = ("measured", "published", "judgement")
ABOUT = ("unit", "support", "meaning", "source", "checked", "grade", "caveat")
SOURCE_KEYS = ("title", "publisher", "date", "url", "note")


@dataclass(frozen=True)
class Source:
    """Where a quantity comes from."""

    key: str
    title: str
    publisher: str = ""
    date: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Quantity:
    """One quantity of the library.

    Attributes
    ----------
    key : str
        For example ``"people.engineer_usd_per_hour"``.
    distribution : Distribution
    unit : str
    support : tuple of float
        Range that contains every value that can occur.
    meaning, caveat : str
    sources : tuple of str
        Keys of `Library.source`.
    checked : datetime.date
        When the figures were last held against their sources.
    grade : str
        ``"measured"``, ``"published"`` or ``"judgement"``.
    """

    key: str
    distribution: Distribution
    unit: str
    support: tuple[float, float]
    meaning: str
    sources: tuple[str, ...]
    checked: datetime.date
    grade: str
    caveat: str


@dataclass(frozen=True)
class Shape:
    """One shape of the week: 168 numbers of mean 1, from Monday 00:00."""

    name: str
    values: tuple[float, ...]
    meaning: str
    sources: tuple[str, ...]
    checked: datetime.date
    grade: str
    caveat: str


def wrong(topic: str, field: str, rule: str, value: object = None, way_out: str = "") -> InputError:
    """Return the error for a fault in a library file."""
    return InputError(Problem(field, rule, value, way_out, f"library file {topic}.toml"))


def read_quantity(topic: str, key: str, table: Mapping[str, object]) -> Quantity:
    """Read one entry strictly.

    Raises
    ------
    tcosim.errors.InputError
        If anything in it is wrong.
    """
    about = {name: value for name, value in table.items() if name in ABOUT}
    result = declared({name: value for name, value in table.items() if name not in ABOUT})
    if isinstance(result, list):
        fault = result[0]
        raise wrong(topic, f"{key}.{fault.key}".rstrip("."), fault.rule, fault.value, fault.way_out)
    support = about.get("support")
    if not (isinstance(support, list) and len(support) == 2):
        raise wrong(topic, f"{key}.support", "must be [lowest, highest]", support)
    try:
        low, high = (float(value) for value in support)
    except (TypeError, ValueError) as error:
        raise wrong(topic, f"{key}.support", "must be two numbers", support) from error
    reached = result.declared_support()
    if not low <= reached[0] <= reached[1] <= high:
        raise wrong(
            topic,
            f"{key}.support",
            f"must contain every value that can occur, [{format_stated(reached[0])}, {format_stated(reached[1])}]",
            support,
            "add low_limit and high_limit to the distribution",
        )
    unit = about.get("unit")
    if not isinstance(unit, str) or not unit:
        raise wrong(topic, f"{key}.unit", "must be text", unit)
    return Quantity(key, result, unit, (low, high), *_read_about(topic, key, about))


def _read_about(
    topic: str, key: str, about: Mapping[str, object]
) -> tuple[str, tuple[str, ...], datetime.date, str, str]:
    """Read what every entry says of itself: meaning, sources, checked, grade, caveat."""
    meaning, caveat = about.get("meaning"), about.get("caveat", "")
    if not isinstance(meaning, str) or not meaning.strip() or not isinstance(caveat, str):
        raise wrong(topic, f"{key}.meaning", "meaning and caveat must be text", meaning)
    source = about.get("source")
    sources = [source] if isinstance(source, str) else source
    if not isinstance(sources, list) or not all(isinstance(item, str) for item in sources):
        raise wrong(topic, f"{key}.source", "must be keys of sources.toml", source)
    checked, grade = about.get("checked"), about.get("grade")
    if not isinstance(checked, datetime.date):
        raise wrong(topic, f"{key}.checked", "must be a date", checked)
    if not isinstance(grade, str) or grade not in GRADES:
        raise wrong(topic, f"{key}.grade", f"must be one of {', '.join(GRADES)}", grade)
    return meaning.strip(), tuple(sources), checked, grade, caveat.strip()


def read_shape(topic: str, name: str, table: object) -> Shape:
    """Read one shape of the week strictly."""
    place = f"shape.{name}"
    if not isinstance(table, Mapping):
        raise wrong(topic, place, "must be a table", table)
    refuse_unknown(topic, place, table, ("values", *ABOUT))
    try:
        values = elicit.weekly_profile(table.get("values"))
    except elicit.Refused as error:
        raise wrong(topic, f"{place}.values", error.rule, error.value, error.way_out) from error
    return Shape(name, values, *_read_about(topic, place, table))


def refuse_unknown(topic: str, place: str, table: Mapping[str, object], known: tuple[str, ...]) -> None:
    """Raise for the first key that is not known."""
    for key in table:
        if key not in known:
            near = did_you_mean(closest(key, known))
            raise wrong(topic, f"{place}.{key}", "is no known key", None, near)

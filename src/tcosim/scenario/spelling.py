"""One spelling for a unit: the fields', also where an entry of the library spells it in another way.

Knows units as words; knows no quantity.
"""

from __future__ import annotations

import functools

from tcosim.scenario.fields import Use, field_specs
from tcosim.scenario.models import OPTION_KINDS, Header, Route, Traffic, Volume

_SAME = {
    "1/month": ("spikes/month", "incidents/month"),
    "1/year": ("share/year", "jumps/year"),
    "1/year per GPU": ("failures/GPU/year", "interruptions/GPU/year"),
    "hours/month per replica": ("hours/replica/month",),
    "kW per GPU": ("kW/GPU",),
    "log standard deviation": ("log sd",),
    "log/sqrt(year)": ("log sd per square root of a year",),
    "log/year": ("log change/year",),
    "tokens/s per replica": ("tokens/second/replica",),
    "USD per GPU": ("USD/GPU",),
    "USD/GPU-hour": ("USD/GPU/hour",),
    "USD/kW-month": ("USD/kW/month",),
    "W per GPU": ("W/GPU",),
}
"""Spellings of the fields for a spelling in the library; with several, the field that takes the entry decides."""


def spelled(key: str, unit: str) -> str:
    """Return the unit of a library entry as the fields spell it, if they have the same unit."""
    same = _SAME.get(unit, ())
    of_field = _unit_by_key().get(key)
    if len(same) == 1 or of_field in same:
        return of_field if of_field in same and of_field is not None else same[0]
    return unit


@functools.cache
def _unit_by_key() -> dict[str, str]:
    """Return the unit of the field that takes each entry of the library by default."""
    found: dict[str, str] = {}
    for model in (Header, Volume, Traffic, Route, *OPTION_KINDS.values()):
        for spec in field_specs(model).values():
            for use in (spec.default, spec.example):
                if isinstance(use, Use):
                    found.setdefault(use.key, spec.unit)
    return found

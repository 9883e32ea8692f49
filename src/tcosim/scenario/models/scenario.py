"""The whole scenario: what is asked, the traffic, the options, and what moves together.

Immutable: every update returns a checked copy. Knows nothing of files; loading is `tcosim.scenario.load`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import InstanceOf, model_validator

from tcosim.errors import InputError, Problem
from tcosim.scenario.correlation import Correlation
from tcosim.scenario.fields import (
    ABSENT,
    REQUIRED,
    Declared,
    Use,
    between,
    field_specs,
    integer,
    name,
    plausible,
    text,
    uncertain,
)
from tcosim.scenario.models.api import ApiOption
from tcosim.scenario.models.constraints import NO_CONSTRAINTS, Constraints
from tcosim.scenario.models.option import Option
from tcosim.scenario.models.traffic import Traffic, Volume
from tcosim.scenario.near import closest, did_you_mean
from tcosim.scenario.uncertain import Uncertain

U = InstanceOf[Uncertain]


class Header(Declared):
    """[scenario]: what is asked."""

    name: Annotated[str, name(REQUIRED, "Short name: letters, digits, - and _.", example="my-scenario")]
    title: Annotated[str, text("", "What reports call the scenario; its name if left out.")]
    months: Annotated[int, integer("months", 36, between(1, 240), "Horizon of the comparison.")]
    baseline: Annotated[
        str,
        name(
            "api", "Name of the option to beat: of kind api or managed, unless gates shut all of these out."
        ),
    ]
    prices_on: Annotated[
        str | None,
        text(
            ABSENT,
            "Day, as 2026-11-21, whose list prices a route's model takes; the catalogue's own day if left out.",
            example="2026-11-20",
        ),
    ]
    discount_rate_per_year: Annotated[
        U,
        uncertain(
            "share/year",
            Use("finance.discount_rate_per_year"),
            plausible(0, 1),
            "Rate at which later money counts less.",
        ),
    ]


class Scenario(Header):
    """A complete, checked scenario.

    Attributes
    ----------
    name, title, months, baseline, prices_on, discount_rate_per_year
        What stands in ``[scenario]``.
    volume, traffic : Volume, Traffic
    options : tuple of Option
        In the order of the file.
    constraints : Constraints
        What decides which options are eligible: `tcosim.scenario.gates`.
    correlations : tuple of Correlation
        All that apply: the scenario's own, and those of the library whose inputs are all uncertain here.
    defaulted : tuple of str
        Paths of the fields that the file left to their defaults.
    library_sha256 : str
        Hash of the library that filled the defaults and uses.
    """

    volume: Volume
    traffic: Traffic
    options: tuple[InstanceOf[Option], ...]
    constraints: Constraints = NO_CONSTRAINTS
    correlations: tuple[Correlation, ...] = ()
    defaulted: tuple[str, ...] = ()
    library_sha256: str = ""

    @model_validator(mode="after")
    def _baseline_exists(self) -> Scenario:
        if self.baseline not in {option.name for option in self.options}:
            raise ValueError(f"baseline {self.baseline!r} is no option")
        return self

    def option(self, name: str) -> Option:
        """Return the option with this name.

        Raises
        ------
        tcosim.errors.InputError
            If there is none.
        """
        for option in self.options:
            if option.name == name:
                return option
        names = [option.name for option in self.options]
        raise InputError(
            Problem("option", f"must be one of {', '.join(names)}", name, did_you_mean(closest(name, names)))
        )

    def fields(self) -> Iterator[tuple[str, Uncertain]]:
        """Yield every uncertain or plain quantity with the path of its field, in the order of appearance."""
        yield "scenario.discount_rate_per_year", self.discount_rate_per_year
        for table, path in ((self.volume, "volume"), (self.traffic, "traffic")):
            yield from _quantities(table, path)
        for option in self.options:
            path = f"option.{option.name}"
            yield from _quantities(option, path)
            for route in option.routes if isinstance(option, ApiOption) else ():
                yield from _quantities(route, f"{path}.route.{route.name}")

    def uncertain_inputs(self) -> tuple[Uncertain, ...]:
        """Return the uncertain inputs, each name once, in the order of appearance; plain numbers are none."""
        found: dict[str, Uncertain] = {}
        for _, quantity in self.fields():
            if not quantity.is_point:
                found.setdefault(quantity.name, quantity)
        return tuple(found.values())

    def sha256(self) -> str:
        """Return the hash of the resolved scenario, which is that of the file that holds it."""
        from tcosim.scenario.write import resolved_toml

        return hashlib.sha256(resolved_toml(self).encode()).hexdigest()

    def with_volume(self, tokens_per_month: float) -> Scenario:
        """Return the scenario at another planned volume.

        Raises
        ------
        tcosim.errors.InputError
            If the volume is out of bounds.
        """
        bounds = field_specs(Volume)["tokens_per_month"].bounds
        if not bounds.holds(tokens_per_month):
            raise InputError(
                Problem(
                    "volume.tokens_per_month",
                    f"must be {bounds}",
                    tokens_per_month,
                    "state tokens a month, for example 2e9",
                )
            )
        volume = self.volume.model_copy(update={"tokens_per_month": float(tokens_per_month)})
        return self.model_copy(update={"volume": volume})

    def with_overrides(self, overrides: Sequence[str]) -> Scenario:
        """Return the scenario with some fields set, each written as ``path=value``; all is checked anew.

        Raises
        ------
        tcosim.errors.InputError
            If a path is unknown or a value is refused.
        """
        from tcosim.scenario.load import load_text
        from tcosim.scenario.write import resolved_toml

        return load_text(resolved_toml(self), overrides=overrides)


def _quantities(table: Declared, path: str) -> Iterator[tuple[str, Uncertain]]:
    for field_name in field_specs(type(table)):
        value = getattr(table, field_name)
        if isinstance(value, Uncertain):
            yield f"{path}.{field_name}", value

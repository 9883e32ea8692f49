"""What all families of distributions share: truncation, stated percentiles, support.

Knows no single family, nothing of drawing numbers, of scenarios or of files.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator

from tcosim.scenario import elicit
from tcosim.scenario.elicit import Refused
from tcosim.units import format_stated

INFINITY = math.inf
WIDE_Z = 3.0902323061678132
"""The central range of an unbounded family runs over +- this many standard normal deviations (99.8 %)."""

Stated = tuple[tuple[str, float], ...]


class Family(BaseModel):
    """What all families share.

    Attributes
    ----------
    low_limit, high_limit : float or None
        Truncation: values outside do not occur, the rest keeps its shape.
    stated : tuple of (name, value)
        The parameters as stated where they are not the family's own (percentiles, mean and sd); kept so that
        a written scenario reads as it was meant. Empty if the family's own parameters were stated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    alternatives: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Other sets of parameter names from which the family's own can be computed."""
    takes_percentiles: ClassVar[bool] = False

    low_limit: float | None = None
    high_limit: float | None = None
    stated: Stated = ()

    @model_validator(mode="before")
    @classmethod
    def _elicit(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        own = [name for name in cls.model_fields if name not in COMMON]
        other = sorted({name for names in cls.alternatives for name in names} - set(own))
        given = {name: data[name] for name in other if name in data}
        stated: dict[str, float] = {}
        rest: dict[str, object] = dict(data)
        if cls.takes_percentiles:
            stated, rest = elicit.split_percentiles(data)
        if not given and not stated:
            return data
        if rest.get("stated"):
            raise Refused("stated", "is kept by the program", None, "take it out")
        both = [name for name in own if name in rest and cls.model_fields[name].is_required()]
        if (given and stated) or both:
            names = [*both, *given, *stated]
            raise Refused(
                "", f"is stated twice over, by {', '.join(names)}", None, "keep one way of stating it"
            )
        numbers = {name: elicit.as_number(name, value) for name, value in given.items()}
        if numbers and not any(set(numbers) == set(names) for names in cls.alternatives):
            needed = " and ".join(next(names for names in cls.alternatives if set(numbers) & set(names)))
            raise Refused(next(iter(numbers)), f"needs {needed} together", None, f"state {needed}")
        kept = {name: value for name, value in rest.items() if name not in given}
        computed = cls._from_stated(stated or numbers, kept)
        return {**kept, **computed, "stated": tuple((stated or numbers).items())}

    @classmethod
    def _from_stated(cls, stated: dict[str, float], rest: Mapping[str, object]) -> dict[str, object]:
        """Return the family's own parameters from the alternative ones; ``rest`` holds the other keys.

        Only a family that declares `alternatives` or `takes_percentiles` is asked, and each of those has its own.
        """
        raise TypeError(f"{cls.__name__} can be stated by its own parameters only")

    @model_validator(mode="after")
    def _holds_together(self) -> Family:
        self._check()
        low, high = self._untruncated()
        if self.low_limit is not None and self.high_limit is not None and self.low_limit >= self.high_limit:
            raise Refused(
                "low_limit",
                f"must be below high_limit = {format_stated(self.high_limit)}",
                self.low_limit,
                "swap the two",
            )
        if self.low_limit is not None and self.low_limit >= high:
            raise Refused(
                "low_limit",
                f"cuts everything off: no value is above {format_stated(high)}",
                self.low_limit,
                "lower it",
            )
        if self.high_limit is not None and self.high_limit <= low:
            raise Refused(
                "high_limit",
                f"cuts everything off: no value is below {format_stated(low)}",
                self.high_limit,
                "raise it",
            )
        return self

    def _check(self) -> None:
        """Raise `Refused` if the parameters do not hold together."""

    @abstractmethod
    def _untruncated(self) -> tuple[float, float]:
        """Return the smallest and largest value that can occur without truncation."""

    def _middle(self) -> tuple[float, float]:
        """Return the range within which nearly all values of an untruncated draw lie."""
        return self._untruncated()

    def declared_support(self) -> tuple[float, float]:
        """Smallest and largest value that can occur (possibly infinite), truncation included."""
        return self.cut(self._untruncated())

    def central_range(self) -> tuple[float, float]:
        """Return finite bounds within which roughly 99.8 % of the values lie: for sanity checks."""
        return self.cut(self._middle())

    def cut(self, bounds: tuple[float, float]) -> tuple[float, float]:
        """Cut a range to the limits."""
        low, high = bounds
        if self.low_limit is not None:
            low, high = max(low, self.low_limit), max(high, self.low_limit)
        if self.high_limit is not None:
            low, high = min(low, self.high_limit), min(high, self.high_limit)
        return low, high


COMMON = frozenset(("dist", "low_limit", "high_limit", "stated"))


def above_zero(**values: float) -> None:
    for key, value in values.items():
        if value <= 0:
            raise Refused(key, "must be above 0", value, "write the plain number if nothing is uncertain")


def in_order(low: float, high: float) -> None:
    if low > high:
        raise Refused("low", f"must be below high = {format_stated(high)}", low, "swap the two values")
    if low == high:
        raise Refused("low", "must be below high, both are the same", low, "write the plain number")

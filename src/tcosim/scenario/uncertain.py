"""A named quantity of a scenario: a distribution, where it came from, and its unit.

Knows nothing of the field that it fills, nor of how numbers are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

from tcosim.scenario.distributions import Distribution, Point


@dataclass(frozen=True)
class Uncertain:
    """One quantity of a scenario; two with the same name share one draw in every future.

    Parameters
    ----------
    name : str
        The library key if the quantity was taken from the library, the stated ``input`` name if there is one,
        else the dotted path of the field.
    distribution : Distribution
        What is believed about it; a `Point` if nothing is uncertain.
    library_key : str, optional
        Key in the library, if it came from there.
    unit : str
        Unit of the value, for example ``"USD/GPU/hour"``.
    """

    name: str
    distribution: Distribution
    library_key: str | None = None
    unit: str = ""

    @property
    def is_point(self) -> bool:
        """Whether the quantity is one plain number."""
        return isinstance(self.distribution, Point)

    @property
    def point_value(self) -> float:
        """The plain number; only for a point mass.

        Raises
        ------
        ValueError
            If the quantity is uncertain.
        """
        if isinstance(self.distribution, Point):
            return self.distribution.value
        raise ValueError(f"{self.name} is uncertain: it has no single value")

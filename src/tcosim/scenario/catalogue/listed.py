"""One model of the price catalogue on one day: what it costs, when that changes, and what else is billed.

Declarations only: knows no package and no scenario.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Prices:
    """Prices of one model, USD per million tokens; None where the catalogue states none."""

    input: float | None
    cached_input: float | None
    output: float | None

    @property
    def blended(self) -> float | None:
        """Three parts input, one part output: a figure to sort by, no model's bill."""
        return None if self.input is None or self.output is None else (3 * self.input + self.output) / 4


@dataclass(frozen=True)
class Tier:
    """Prices of all tokens of a request whose input is longer than ``above_tokens``."""

    above_tokens: int
    prices: Prices


@dataclass(frozen=True)
class HourPrices:
    """Prices between two times of the day, UTC."""

    start: datetime.time
    end: datetime.time
    prices: Prices


@dataclass(frozen=True)
class Change:
    """Prices from a day on, and those until the day before."""

    date: datetime.date
    before: Prices
    prices: Prices


@dataclass(frozen=True)
class Listed:
    """One model of one provider on a stated day.

    Attributes
    ----------
    provider, model, name : str
        ``name`` is for people; empty if there is none.
    prices : Prices
        Of the first tier; where they depend on the time of day, their mean over its 24 hours.
    batch : Prices or None
        Of work that can wait; None if the catalogue has none on that day.
    tiers : tuple of Tier
        Beyond the first.
    by_hour : tuple of HourPrices
        Over the day, from midnight UTC; empty if the price is the same all day.
    scheduled : tuple of Change
        After the day, as far as they are known, in order.
    last_change : Change or None
        The latest one up to the day.
    deprecated : bool
    other_units : tuple of str
        What else is billed, as the catalogue calls it: ``"audio_hours"``, ``"requests_kcount"``.
    """

    provider: str
    model: str
    name: str
    prices: Prices
    batch: Prices | None = None
    tiers: tuple[Tier, ...] = ()
    by_hour: tuple[HourPrices, ...] = ()
    scheduled: tuple[Change, ...] = ()
    last_change: Change | None = None
    deprecated: bool = False
    other_units: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """How a scenario names it: ``"anthropic:claude-sonnet-5-5"``."""
        return f"{self.provider}:{self.model}"

    @property
    def by_token(self) -> bool:
        """Whether input and output have a price by the token."""
        return self.prices.input is not None and self.prices.output is not None

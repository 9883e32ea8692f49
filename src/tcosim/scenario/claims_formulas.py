"""The few formulas by which published figures follow from their inputs, on plain numbers and on ranges.

Knows arithmetic and names of formulas; knows nothing of claims, files or the world.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

PER_MILLION = 1_000_000
SECONDS_PER_HOUR = 3600
BITS_PER_BYTE = 8


@dataclass(frozen=True)
class Range:
    """A figure as published: one number (``low == high``) or a range."""

    low: float
    high: float

    @property
    def is_point(self) -> bool:
        return self.low == self.high

    def widened(self, by: Range) -> Range:
        """Return the range with each end further out by its own."""
        return Range(self.low - by.low, self.high + by.high)


@dataclass(frozen=True)
class Formula:
    """One formula.

    Attributes
    ----------
    function : callable
        Of plain numbers.
    arguments : tuple of str
        What they mean, in order; the last one may be repeated if `repeats`.
    repeats : bool
    """

    function: Callable[..., float]
    arguments: tuple[str, ...]
    repeats: bool = False

    def takes(self, count: int) -> bool:
        """Whether it can be given so many arguments."""
        return count >= len(self.arguments) if self.repeats else count == len(self.arguments)


def blend(input_share: float, usd_per_million_input: float, usd_per_million_output: float) -> float:
    """Price of a million tokens of which a share is input."""
    return input_share * usd_per_million_input + (1 - input_share) * usd_per_million_output


def bill(tokens: float, usd_per_million: float) -> float:
    """What so many tokens cost."""
    return tokens / PER_MILLION * usd_per_million


def break_even(usd: float, usd_per_million: float) -> float:
    """Tokens that cost so much at a price."""
    return usd / usd_per_million * PER_MILLION


def unit_cost(usd_per_hour: float, tokens_per_second: float, utilization: float) -> float:
    """Price of a million tokens of hardware that is paid by the hour."""
    return usd_per_hour / (tokens_per_second * SECONDS_PER_HOUR * utilization) * PER_MILLION


def token_rate(tokens: float, hours: float) -> float:
    """Tokens a second if they spread evenly over so many hours."""
    return tokens / (hours * SECONDS_PER_HOUR)


def weight_gigabytes(parameters_billion: float, bits_per_parameter: float) -> float:
    """Memory that the weights of a model take."""
    return parameters_billion * bits_per_parameter / BITS_PER_BYTE


def mixed(*shares_and_prices: float) -> float:
    """Sum of share x price over pairs."""
    return sum(
        share * price for share, price in zip(shares_and_prices[::2], shares_and_prices[1::2], strict=True)
    )


FORMULAS: dict[str, Formula] = {
    "sum": Formula(lambda *x: math.fsum(x), ("figure",), True),
    "product": Formula(lambda *x: math.prod(x), ("figure", "figure"), True),
    "difference": Formula(lambda x, y: x - y, ("figure", "less")),
    "ratio": Formula(lambda x, y: x / y, ("figure", "by")),
    "reciprocal": Formula(lambda x: 1 / x, ("figure",)),
    "mixed": Formula(mixed, ("share", "price", "share", "price"), True),
    "blend": Formula(blend, ("input share", "USD/million input", "USD/million output")),
    "bill": Formula(bill, ("tokens", "USD/million")),
    "break_even": Formula(break_even, ("USD", "USD/million")),
    "unit_cost": Formula(unit_cost, ("USD/hour", "tokens/second", "utilization")),
    "token_rate": Formula(token_rate, ("tokens", "hours")),
    "weight_gigabytes": Formula(weight_gigabytes, ("billion parameters", "bits/parameter")),
    "span": Formula(lambda *x: x[0], ("figure", "figure"), True),
}
"""``span`` is the range from the lowest to the highest of its arguments."""


def evaluate(formula: str, arguments: Sequence[Range]) -> Range:
    """Evaluate a formula on ranges.

    Every formula is monotone in each argument by itself, so its extremes lie at corners of the ranges.
    """
    if formula == "span":
        return Range(min(one.low for one in arguments), max(one.high for one in arguments))
    function = FORMULAS[formula].function
    ends = ({one.low, one.high} for one in arguments)
    found = [function(*corner) for corner in itertools.product(*ends)]
    return Range(min(found), max(found))

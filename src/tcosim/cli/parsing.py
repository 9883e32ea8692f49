"""Options that are numbers as people write them, and the collection of everything wrong with them.

Knows text and numbers; knows no command.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from tcosim.errors import InputError, Problem
from tcosim.units import parse_count, parse_number

T = TypeVar("T")

LARGEST_SEED = 2**63 - 1
MOST_THREADS = 1024
LONGEST_SIZE = 12
LARGEST_BUDGET = 1e15


class Problems:
    """Runs one check after another and raises all that they found at once."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def collect(self, function: Callable[[], T], otherwise: T) -> T:
        """Return what the function returns; if it raises an InputError, keep its problems."""
        try:
            return function()
        except InputError as error:
            self._found.extend(error.problems)
            return otherwise

    def raise_any(self) -> None:
        """Raise all problems found so far, if any."""
        if self._found:
            raise InputError(self._found)


@contextmanager
def named(field: str, option: str) -> Iterator[None]:
    """Name a field of the function as the option of the command line that it comes from."""
    try:
        yield
    except InputError as error:
        problems = [replace(one, field=option) if one.field == field else one for one in error.problems]
        raise InputError(problems) from None


def samples_option(text: str) -> int:
    """Number of futures."""
    return parse_count(text, "--samples")


def seed_option(text: str) -> int:
    """Seed, from 0; read digit by digit, since a float would change large ones."""
    if re.fullmatch(r"\s*\d+(_\d+)*\s*", text):
        seed = int(text)
    else:
        number = parse_number(text, "--seed")
        seed = int(number) if number == int(number) else -1
    if not 0 <= seed <= LARGEST_SEED:
        raise InputError(
            Problem(
                "--seed",
                f"must be a whole number from 0 to {LARGEST_SEED}",
                text,
                "any number does; the same one gives the same result",
            )
        )
    return seed


def threads_option(text: str | None) -> int | None:
    """Number of threads, or None to use every core."""
    if text is None:
        return None
    return parse_count(text, "--threads", MOST_THREADS)


def memory_option(text: str | None) -> int | None:
    """Amount of memory [byte], or None where none is stated."""
    if text is None:
        return None
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(k|m|g|t)(i?)b?\s*", text, re.IGNORECASE)
    if found is None or len(found[1]) > LONGEST_SIZE:
        raise InputError(
            Problem(
                "--memory", "must be an amount of memory with its unit", text, "write it like 2GB or 500MB"
            )
        )
    number, prefix, binary = found.groups()
    return int(float(number) * (1024 if binary else 1000) ** ("kmgt".index(prefix.lower()) + 1))


def precision_option(text: str | None) -> float | None:
    """Half the width of an interval of a probability, or None where none is asked for."""
    if text is None:
        return None
    value = parse_number(text, "--precision")
    if not 0 < value < 0.5:
        rule = "must be above 0 and below 50 %: half the width of the headline's 95 % interval"
        raise InputError(Problem("--precision", rule, text, "for example 0.2%"))
    return value


def budget_option(text: str | None) -> float | None:
    """Loss that a budget allows [USD], or None where none is stated."""
    if text is None:
        return None
    value = parse_number(text, "--budget")
    if not 0 <= value <= LARGEST_BUDGET:
        rule = f"must be a sum of money from 0 to {LARGEST_BUDGET:,.0f} USD"
        raise InputError(Problem("--budget", rule, text, "for example 500k"))
    return value


def volume_option(text: str | None) -> float | None:
    """Planned tokens a month, or None to keep the scenario's."""
    return None if text is None else parse_number(text, "--volume")


def future_option(text: str, samples: int) -> int:
    """Index of a future of a run with so many of them."""
    number = parse_number(text, "--sample")
    if number != int(number) or not 0 <= number < samples:
        raise InputError(
            Problem(
                "--sample",
                f"must be a whole number from 0 to {samples - 1}: the run has {samples:,} futures",
                text,
                "count from 0",
            )
        )
    return int(number)


def month_option(text: str | None, months: int) -> int | None:
    """Index of a month of a horizon, or None for all."""
    if text is None:
        return None
    number = parse_number(text, "--month")
    if number != int(number) or not 0 <= number < months:
        raise InputError(
            Problem("--month", f"must be a whole number from 0 to {months - 1}", text, "count from 0")
        )
    return int(number)

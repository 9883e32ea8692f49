"""From what people state (percentiles, a mean and a spread) to the parameters of a family.

Pure arithmetic on floats: knows no TOML file, no scenario, no random number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist

from tcosim.units import HOURS_PER_WEEK, format_stated

PERCENTILE_KEY = re.compile(r"p(\d{1,2}(?:\.\d+)?|100(?:\.0+)?)", re.ASCII)
STANDARD_NORMAL = NormalDist()

Percentiles = tuple[tuple[float, float], ...]
"""Pairs (probability in [0, 1], value), rising in both."""


@dataclass(eq=False)
class Refused(ValueError):
    """A statement that cannot be a distribution; the loader turns it into a `Problem` with a place.

    Parameters
    ----------
    key : str
        The parameter at fault, or ``""`` for the whole distribution.
    rule, way_out : str
        As in `tcosim.errors.Problem`.
    value : object
        What was given.
    """

    key: str
    rule: str
    value: object = None
    way_out: str = ""

    def __str__(self) -> str:
        text = f"{self.key}: {self.rule}" if self.key else self.rule
        if self.value is not None:
            text += f", got {self.value!r}"
        return f"{text}; {self.way_out}" if self.way_out else text


def as_number(key: str, value: object) -> float:
    """Return ``value`` as a finite float; anything but a finite int or float is refused."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Refused(key, "must be a number", value, "write a plain number without quotes")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Refused(key, "must be a finite number", value, "state a number that can occur")
    return number


def split_percentiles(table: Mapping[str, object]) -> tuple[dict[str, float], dict[str, object]]:
    """Split a table into its percentile keys (``p5``, ``p50``, ``p99.9``) and all the others."""
    stated: dict[str, float] = {}
    rest: dict[str, object] = {}
    for key, value in table.items():
        if PERCENTILE_KEY.fullmatch(key):
            if isinstance(value, Mapping):
                raise Refused(
                    key, "a percentile is one number", None, f'quote a broken percentile: "{key}.5"'
                )
            stated[key] = as_number(key, value)
        else:
            rest[key] = value
    return stated, rest


def percentiles(stated: Mapping[str, float]) -> Percentiles:
    """Turn ``{"p5": 1.0, "p95": 2.0}`` into ``((0.05, 1.0), (0.95, 2.0))``.

    Raises
    ------
    Refused
        A percentile stated twice, or values that do not rise with their percentile.
    """
    named = sorted((float(key[1:]) / 100, key, value) for key, value in stated.items())
    for (p, low_key, low), (q, high_key, high) in pairwise(named):
        if p == q:
            raise Refused(high_key, f"is the same percentile as {low_key}", high, "state it once")
        if low > high:
            raise Refused(
                low_key, f"must be below {high_key} = {format_stated(high)}", low, "swap the two values"
            )
        if low == high:
            raise Refused(
                low_key, f"must be below {high_key}, both are the same", low, "write the plain number"
            )
    return tuple((p, value) for p, _, value in named)


def _two_inner(stated: Mapping[str, float]) -> Percentiles:
    pairs = percentiles(stated)
    if len(pairs) != 2:
        raise Refused(
            "", "needs exactly two percentiles", sorted(stated), 'state p5 and p95, or use dist = "quantiles"'
        )
    for p, _ in pairs:
        if not 0 < p < 1:
            raise Refused(f"p{p * 100:g}", "must lie between p0 and p100", None, "state p5 and p95")
    return pairs


def normal_from_percentiles(stated: Mapping[str, float]) -> tuple[float, float]:
    """Mean and standard deviation of the normal through two stated percentiles."""
    (p, low), (q, high) = _two_inner(stated)
    z_low, z_high = STANDARD_NORMAL.inv_cdf(p), STANDARD_NORMAL.inv_cdf(q)
    return (low * z_high - high * z_low) / (z_high - z_low), (high - low) / (z_high - z_low)


def lognormal_from_percentiles(stated: Mapping[str, float]) -> tuple[float, float]:
    """Median and log standard deviation of the lognormal through two stated percentiles."""
    for key, value in stated.items():
        if value <= 0:
            raise Refused(key, "must be above 0 for a lognormal", value, 'use dist = "normal" or "quantiles"')
    _two_inner(stated)
    mean, sigma = normal_from_percentiles({key: math.log(value) for key, value in stated.items()})
    return math.exp(mean), sigma


def _positive(**values: float) -> None:
    for key, value in values.items():
        if value <= 0:
            raise Refused(key, "must be above 0", value, "write the plain number if nothing is uncertain")


def lognormal_from_mean(mean: float, sd: float) -> tuple[float, float]:
    """Median and log standard deviation of the lognormal with this mean and standard deviation."""
    _positive(mean=mean, sd=sd)
    squared = 1 + (sd / mean) ** 2
    return mean / math.sqrt(squared), math.sqrt(math.log(squared))


def gamma_from_mean(mean: float, sd: float) -> tuple[float, float]:
    """Shape and scale of the gamma with this mean and standard deviation."""
    _positive(mean=mean, sd=sd)
    return (mean / sd) ** 2, sd * sd / mean


def beta_from_mean(mean: float, sd: float, low: float, high: float) -> tuple[float, float]:
    """Alpha and beta of the beta on ``[low, high]`` with this mean and standard deviation."""
    _positive(sd=sd)
    if not low < mean < high:
        raise Refused(
            "mean",
            f"must lie between low = {format_stated(low)} and high = {format_stated(high)}",
            mean,
            "move low or high",
        )
    middle = (mean - low) / (high - low)
    variance = (sd / (high - low)) ** 2
    if variance >= middle * (1 - middle):
        widest = float(f"{(high - low) * math.sqrt(middle * (1 - middle)):.4g}")
        raise Refused(
            "sd",
            f"must be below {format_stated(widest)} for this mean",
            sd,
            "state a smaller spread",
        )
    total = middle * (1 - middle) / variance - 1
    return middle * total, (1 - middle) * total


def rising(pairs: Iterable[tuple[str, float]]) -> None:
    """Refuse values that fall from one named parameter to the next."""
    listed = list(pairs)
    for (low_key, low), (high_key, high) in pairwise(listed):
        if low > high:
            raise Refused(
                low_key, f"must not be above {high_key} = {format_stated(high)}", low, "swap the two values"
            )


def weekly_profile(values: object) -> tuple[float, ...]:
    """Return 168 numbers scaled to mean 1.

    Raises
    ------
    Refused
        If they are not 168 finite numbers of 0 or more, or all 0.
    """
    if not isinstance(values, (list, tuple)):
        raise Refused(
            "", "must be a list of 168 numbers", values, "state one number for each hour of the week"
        )
    if len(values) != HOURS_PER_WEEK:
        raise Refused(
            "", f"must hold {HOURS_PER_WEEK} numbers", len(values), "state one for each hour of the week"
        )
    numbers = tuple(as_number("", value) for value in values)
    if min(numbers) < 0:
        raise Refused("", "must hold no negative number", min(numbers), "state 0 for an hour without traffic")
    if max(numbers) <= 0:
        raise Refused("", "must not be 0 in every hour", None, "state the shape of the week")
    mean = math.fsum(numbers) / HOURS_PER_WEEK
    # A list that was scaled before stays as it is, to the last bit.
    return numbers if abs(mean - 1) < 1e-12 else tuple(value / mean for value in numbers)

"""A fit of traffic as a TOML file that a scenario includes.

Knows fits and TOML; fits nothing and writes no file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from tcosim._version import __version__
from tcosim.evidence.hourly import HourlyLog
from tcosim.evidence.traffic.data import beginning_of, is_dated, told
from tcosim.evidence.traffic.fit import TrafficFit
from tcosim.evidence.traffic.quantity import PERCENTILES, Quantity, rounded
from tcosim.units import HOURS_PER_WEEK, format_exact, format_percent

APART = 1e-5
"""Percentiles that are the same number are put so far apart, over their size: stated percentiles must rise."""
NONE = 1e-9
"""Numbers below, over the largest one, are zero."""
HOURS_A_LINE = 24
PROFILE_DIGITS = 4
LONGEST_NAME = 60
RATIO = "volume.forecast_ratio"


def fitted_toml(fit: TrafficFit, name: str = "fitted.toml", seed: int = 0) -> str:
    """Write the file.

    Parameters
    ----------
    fit : TrafficFit
    name : str
        Of the file, for the line that says how to use it.
    seed : int
        That the fit was made with.

    Returns
    -------
    str
        TOML that `tcosim.scenario.include` takes; the same fit gives the same text.
    """
    quantities = [one for one in fit.quantities if one.field != RATIO or fit.tokens_per_month is not None]
    lines = [*_head(fit, name, seed), "", "[volume]", *_volume(fit)]
    lines += _fields(quantities, "volume", fit)
    lines += ["", "[traffic]", *_profile(fit)]
    lines += _fields(quantities, "traffic", fit)
    stated = {one.field for one in quantities if not one.is_point and told(one) != "nothing new"}
    lines += _correlations(fit, stated)
    return "\n".join(lines) + "\n"


def declared(quantity: Quantity) -> str:
    """A quantity as the value of a field: a number, or a distribution through its percentiles.

    Percentiles that are the same number (a share that is 1 in most of the draws) are parted by `APART` of their size,
    since those of the family must rise: no number changes in its third digit.
    """
    stated = [quantity.minimum, *(quantity.percentiles[name] for name in PERCENTILES), quantity.maximum]
    largest = max(map(abs, stated))
    if quantity.is_point or largest < NONE:
        return _number(0.0 if largest < NONE else quantity.median)
    low, *inner, high = parted([value if abs(value) > NONE * largest else 0.0 for value in stated])
    parts = [f"{name} = {_number(value)}" for name, value in zip(PERCENTILES, inner, strict=True)]
    return (
        f'{{ dist = "quantiles", {", ".join(parts)}, minimum = {_number(low)}, maximum = {_number(high)} }}'
    )


def parted(values: Sequence[float]) -> list[float]:
    """Make numbers that do not fall rise: equal ones are spread out, and the first and last stay where they are."""
    found: list[float] = []
    sizes = [abs(value) for value in values if value]
    for value, same in groupby(values):
        count = len(list(same))
        step = APART * (abs(value) or min(sizes, default=1.0))
        if not found:
            first = 0.0
        elif len(found) + count == len(values):
            first = 1.0 - count
        else:
            first = (1.0 - count) / 2
        found += [value + (first + place) * step if count > 1 else value for place in range(count)]
    return found


def printable(text: str) -> str:
    """A name as a comment or a text can hold it; one with line breaks could otherwise say anything."""
    shown = "".join(one if one.isprintable() else "?" for one in text)
    return shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 3]}..."


def _head(fit: TrafficFit, name: str, seed: int) -> Iterator[str]:
    log = fit.log
    hours = len(log.hour_of_week)
    yield f"# Traffic of a log, as the library of tcosim {__version__} and {fit.logs:,} simulated logs read it."
    yield "# To use it, write in a scenario, or in a copy of a shipped one (tcosim new), under [scenario]:"
    yield f"# include = {_text(''.join(one if one.isprintable() else '?' for one in name))}"
    yield "# What the scenario states itself goes first: take out of it what the log shall decide."
    yield f"# Log: {_files(log)} ({printable(log.format)}, {log.rows:,} rows)"
    yield f"# {hours:,} hours ({hours / HOURS_PER_WEEK:.1f} weeks) {_when(log)}, counted in {log.measure}; seed {seed}"
    yield "# Behind each distribution: by how much its 90 % interval is narrower than what was believed before the log."


def _when(log: HourlyLog) -> str:
    begin, end = beginning_of(log, 0), beginning_of(log, len(log.hour_of_week))
    if not is_dated(log):
        return f"from a {begin:%A} {begin:%H:%M} on"
    return f"from {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}, {printable(log.zone)}"


def _files(log: HourlyLog) -> str:
    shown = [printable(source) for source in log.sources[:3]]
    more = len(log.sources) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _volume(fit: TrafficFit) -> Iterator[str]:
    if fit.tokens_per_month is not None:
        yield "# Level at the end of the log; forecast_ratio is how well the log tells it, not how far a plan is off."
        yield f"tokens_per_month = {_number(fit.tokens_per_month)}"
        return
    yield f"# The log counts requests, {_number(fit.traffic_per_month)} a month at its end, so tokens_per_month and"
    yield "# forecast_ratio are left to the scenario. Fit again with --tokens-per-request N to have them here."


def _profile(fit: TrafficFit) -> Iterator[str]:
    if fit.shape_name != "fitted":
        yield f"weekly_profile = {_text(fit.shape_name)}"
        return
    yield "# Monday 00:00 first, a day a line, mean 1."
    yield "weekly_profile = ["
    values = [_number(rounded(float(value), PROFILE_DIGITS)) for value in fit.shape]
    for start in range(0, len(values), HOURS_A_LINE):
        yield f"    {', '.join(values[start : start + HOURS_A_LINE])},"
    yield "]"
    yield f"weekly_profile_name = {_text(f'fitted to {_files(fit.log)}')}"


def _fields(quantities: Sequence[Quantity], table: str, fit: TrafficFit) -> Iterator[str]:
    for one in quantities:
        of, _, field = one.field.partition(".")
        if of == table:
            if told(one) == "nothing new":
                yield f"# {field}: nothing new in the log, so left to the scenario or the library"
            else:
                yield f"{field} = {declared(one)}  # {_learned(one, fit)}"


def _learned(quantity: Quantity, fit: TrafficFit) -> str:
    if quantity.field == "traffic.silent_share" and quantity.is_point and quantity.median == 0:
        if fit.silent_chance == 0:
            return "no hour of the log is silent"
        return f"no hour falls silent by itself: probability {format_percent(1 - fit.silent_chance, 0)}"
    how = told(quantity)
    if how == "narrower" and quantity.learned is not None:
        return f"{100 * quantity.learned:.0f} % narrower"
    return "from the log alone"


def _correlations(fit: TrafficFit, stated: set[str]) -> Iterator[str]:
    for pair, value in fit.correlations.items():
        if set(pair) <= stated:
            names = ", ".join(_text(name) for name in pair)
            yield from ("", "[[correlation]]", f"inputs = [{names}]", f"rank_correlation = {_number(value)}")


def _number(value: float) -> str:
    """Seven digits at most: those of a quantity and those by which equal ones are parted."""
    return format_exact(float(f"{value:.7g}") + 0.0)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

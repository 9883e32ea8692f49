"""From an entry of genai-prices to what it says of one day; the one place that knows the package's price keys.

Knows the layout of an entry; finds none, and asks no clock.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from tcosim.scenario.catalogue.listed import Change, HourPrices, Listed, Prices, Tier

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice

BATCH = {"processing": "batch"}
MIDNIGHT, DAY_MINUTES = datetime.time(), 24 * 60
_KEYS = {"input": "input_mtok", "cached_input": "cache_read_mtok", "output": "output_mtok"}


def listed_on(provider: str, model: ModelInfo, on: datetime.date) -> Listed:
    """Return one model of a provider on a day."""
    prices, by_hour = _of_day(model, on)
    changes = _changes(model)
    past = [change for change in changes if change.date <= on]
    return Listed(
        provider=provider,
        model=model.id,
        name=model.name or "",
        prices=prices,
        batch=_batch(model, on),
        tiers=_tiers(_standard(model, _at(on))),
        by_hour=by_hour,
        scheduled=tuple(change for change in changes if change.date > on),
        last_change=past[-1] if past else None,
        deprecated=bool(model.deprecated),
        other_units=_other_units(_standard(model, _at(on))),
    )


def _at(day: datetime.date, time: datetime.time = MIDNIGHT) -> datetime.datetime:
    return datetime.datetime.combine(day, time, tzinfo=datetime.UTC)


def _utc(time: datetime.time) -> datetime.time:
    """Return a time of the day in UTC; one without a zone is UTC."""
    moment = datetime.datetime.combine(datetime.date(2000, 1, 2), time)
    return moment.astimezone(datetime.UTC).time() if time.tzinfo else time


def _standard(model: ModelInfo, moment: datetime.datetime) -> ModelPrice:
    """Return the usual prices; none before the first of them begins, where the package takes the first one."""
    from genai_prices.types import ModelPrice

    if isinstance(model.prices, list):
        conditions = [one.constraint for one in model.prices]
        if not any(one is None or one.active(moment) for one in conditions):
            return ModelPrice()
    return model.get_prices(moment)


def _plain(price: ModelPrice, above: int | None = None) -> dict[str, Decimal | None]:
    """Return the prices of one tier: the first, or that of inputs beyond a number of tokens."""
    from genai_prices.types import TieredPrices

    found: dict[str, Decimal | None] = {}
    for name, key in _KEYS.items():
        value = getattr(price, key)
        if isinstance(value, TieredPrices):
            passed = [tier.price for tier in value.tiers if above is not None and tier.start <= above]
            found[name] = passed[-1] if passed else value.base
        else:
            found[name] = value
    return found


def _prices(found: dict[str, Decimal | None]) -> Prices:
    return Prices(**{name: None if value is None else float(value) for name, value in found.items()})


def _tiers(price: ModelPrice) -> tuple[Tier, ...]:
    from genai_prices.types import TieredPrices

    tiered = [value for key in _KEYS.values() if isinstance(value := getattr(price, key), TieredPrices)]
    starts = sorted({tier.start for value in tiered for tier in value.tiers})
    return tuple(Tier(start, _prices(_plain(price, start))) for start in starts)


def _of_day(model: ModelInfo, on: datetime.date) -> tuple[Prices, tuple[HourPrices, ...]]:
    """Return the mean prices of a day, and those of its parts where they differ."""
    from genai_prices.types import TimeOfDateConstraint

    conditions = [one.constraint for one in model.prices] if isinstance(model.prices, list) else []
    times = {
        _utc(time)
        for one in conditions
        if isinstance(one, TimeOfDateConstraint)
        for time in (one.start_time, one.end_time)
    }
    starts = sorted({MIDNIGHT, *times})
    parts = [_plain(_standard(model, _at(on, start))) for start in starts]
    if all(part == parts[0] for part in parts):
        return _prices(parts[0]), ()
    ends = [*starts[1:], MIDNIGHT]
    minutes = [minutes_between(start, end) for start, end in zip(starts, ends, strict=True)]
    mean: dict[str, Decimal | None] = {}
    for name in _KEYS:
        stated = [part[name] for part in parts]
        known = [value for value in stated if value is not None]
        whole = len(known) == len(stated)
        mean[name] = (
            sum(map(Decimal.__mul__, known, map(Decimal, minutes)), Decimal(0)) / DAY_MINUTES
            if whole
            else None
        )
    found: list[HourPrices] = []
    for start, end, part in zip(starts, ends, parts, strict=True):
        prices = _prices(part)
        if found and found[-1].prices == prices:
            found[-1] = HourPrices(found[-1].start, end, prices)
        else:
            found.append(HourPrices(start, end, prices))
    return _prices(mean), tuple(found)


def minutes_between(start: datetime.time, end: datetime.time) -> int:
    """Return the minutes from one time of the day to the next other one; 0 for the same."""
    return ((end.hour - start.hour) * 60 + end.minute - start.minute) % DAY_MINUTES


def _changes(model: ModelInfo) -> tuple[Change, ...]:
    """Return every dated change of a model's prices by the token, in order."""
    from genai_prices.types import StartDateConstraint

    if not isinstance(model.prices, list):
        return ()
    starts = sorted(
        {one.constraint.start_date for one in model.prices if isinstance(one.constraint, StartDateConstraint)}
    )
    found = []
    for start in starts:
        before, after = (_of_day(model, day)[0] for day in (start - datetime.timedelta(days=1), start))
        if before != after:
            found.append(Change(start, before, after))
    return tuple(found)


def _batch(model: ModelInfo, on: datetime.date) -> Prices | None:
    """Return the prices of batch work, None if no variant for it has begun.

    A key that the variant leaves out, the cached price of some vendors, stays at its usual price.
    """
    active = [
        variant
        for variant in model.price_variants or ()
        if variant.when == BATCH and (variant.constraint is None or variant.constraint.active(_at(on)))
    ]
    if not any(variant.prices.input_mtok is not None for variant in active):
        return None
    return _prices(_plain(model.get_prices(_at(on), BATCH)))


def _other_units(price: ModelPrice) -> tuple[str, ...]:
    known = {*_KEYS.values(), "cache_write_mtok", "cache_write_1h_mtok"}
    return tuple(name for name, value in price.__dict__.items() if value is not None and name not in known)

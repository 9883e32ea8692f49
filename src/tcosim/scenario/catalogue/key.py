"""How a price says where it came from: a key that tells catalogue, day, model and field, and needs none of them.

Knows text; opens no catalogue, so an old run says the same with any of them installed.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

from tcosim.errors import InputError
from tcosim.scenario.library import Library

_KEY = re.compile(
    r"genai-prices (?P<version>\S+), (?P<on>\d{4}-\d{2}-\d{2}): (?P<model>[^:]+:.+), (?P<field>[a-z_]+)"
    r"(?: \((?P<how>[a-z ]+)\))?"
)
SOURCE = "genai-prices"
GRADE = "published"
FIELDS = {
    "usd_per_million_input": "List price of input tokens",
    "usd_per_million_cached_input": "List price of input tokens that hit the prompt cache",
    "usd_per_million_output": "List price of output tokens",
    "batch_price_ratio": "List price of batch work over the usual one",
}
"""Fields of a route that the catalogue can fill, and what stands in them then."""
FIRST_TIER, MEAN_OF_DAY = "first tier", "mean of the day"
_HOW = {
    "": "",
    FIRST_TIER: " Requests with a long input cost more: this is the price of the others.",
    MEAN_OF_DAY: " It depends on the time of day: this is the mean over 24 hours.",
}
_CAVEAT = "List price as the catalogue has it, without volume discounts; not read off the vendor's page."


@dataclass(frozen=True)
class PriceKey:
    """Where one price comes from.

    Attributes
    ----------
    version : str
        Of the catalogue.
    on : datetime.date
        Day whose price it is.
    model : str
        ``"provider:model"``.
    field : str
        One of `FIELDS`.
    how : str
        What was made of a price that is not one number: ``FIRST_TIER`` or ``MEAN_OF_DAY``; else empty.
    """

    version: str
    on: datetime.date
    model: str
    field: str
    how: str = ""

    def __str__(self) -> str:
        """Write it as the ``use`` of a resolved scenario."""
        return f"{SOURCE} {self.version}, {self.on.isoformat()}: {self.model}, {self.field}" + (
            f" ({self.how})" if self.how else ""
        )


def price_key(text: str | None) -> PriceKey | None:
    """Read a key; None if it is another kind of key."""
    match = _KEY.fullmatch(text or "")
    if match is None or match["field"] not in FIELDS or (match["how"] or "") not in _HOW:
        return None
    try:
        on = datetime.date.fromisoformat(match["on"])
    except ValueError:
        return None
    return PriceKey(match["version"], on, match["model"], match["field"], match["how"] or "")


def origin(key: PriceKey, library: Library) -> dict[str, Any]:
    """Return what a snapshot of assumptions says of such a price, as it does of an entry of the library.

    Address and licence are those of the library's entry for the catalogue, where it has one; version and day are
    the key's own.
    """
    source: dict[str, Any] = {"key": SOURCE, "title": f"{SOURCE} {key.version}, {key.on.isoformat()}"}
    try:
        entry = library.source(SOURCE)
        source |= {name: text for name in ("publisher", "url", "note") if (text := getattr(entry, name))}
    except InputError:  # a library of one's own need not know the catalogue
        pass
    return {
        "key": str(key),
        "meaning": f"{FIELDS[key.field]}: {key.model}.",
        "grade": GRADE,
        "checked": key.on.isoformat(),
        "caveat": f"{_CAVEAT}{_HOW[key.how]}",
        "sources": [source],
    }

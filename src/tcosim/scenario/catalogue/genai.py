"""The price catalogue of APIs, genai-prices, as it stood on a stated day: read offline, only when asked for.

Knows providers and models; knows nothing of scenarios. No clock and no network decides a price.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tcosim.errors import InputError, Problem, TcosimError
from tcosim.scenario.catalogue.day import listed_on
from tcosim.scenario.catalogue.listed import Listed
from tcosim.scenario.library import default_library

if TYPE_CHECKING:
    from genai_prices.types import Provider

NAME = "genai-prices"
"""Of the package, and of its entry among the sources of the library."""


def version() -> str:
    """Return the version of the installed catalogue.

    Raises
    ------
    tcosim.errors.TcosimError
        If it is not installed.
    """
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed(NAME)
    except PackageNotFoundError as error:
        raise TcosimError(f"the price catalogue {NAME} is not installed; install tcosim again") from error


def default_date() -> datetime.date:
    """Return the day of the catalogue: the date of its entry among the library's sources.

    The package itself carries no date but that of its import, which would be a clock.
    """
    return datetime.date.fromisoformat(default_library().source(NAME).date)


def known_version() -> bool:
    """Whether the library's date speaks of the installed version."""
    return version() in default_library().source(NAME).title.split()


def parse_date(text: str, field: str) -> datetime.date:
    """Read a day as ``2026-11-21``.

    Raises
    ------
    tcosim.errors.InputError
        If it is none.
    """
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        way_out = f"write it like {default_date().isoformat()}"
        raise InputError(Problem(field, "must be a day", text, way_out)) from error


def listed(on: datetime.date) -> Iterator[Listed]:
    """Yield every model of every provider, in the order of the catalogue."""
    for provider in _providers():
        for model in provider.models:
            yield listed_on(provider.id, model, on)


def provider_ids() -> tuple[str, ...]:
    """Return the providers, in the order of the catalogue."""
    return tuple(provider.id for provider in _providers())


def model_ids(provider: str) -> tuple[str, ...]:
    """Return the models of one provider; none if it is unknown."""
    return tuple(model.id for one in _providers() if one.id == provider for model in one.models)


def model_on(provider: str, model: str, on: datetime.date) -> Listed | None:
    """Return one model by its exact name, None if there is none."""
    for one in _providers():
        if one.id == provider:
            for found in one.models:
                if found.id == model:
                    return listed_on(provider, found, on)
    return None


def alias(provider: str, name: str) -> str | None:
    """Return the model that the catalogue bills a name as, such as a name with a date behind it."""
    for one in _providers():
        if one.id == provider:
            found = next((model for model in one.models if model.is_match(name)), None)
            return None if found is None else found.id
    return None


@functools.cache
def _providers() -> tuple[Provider, ...]:
    """Return what ships in the package; not `genai_prices.data_snapshot`, which a program may have updated."""
    try:
        from genai_prices.data import providers
    except ImportError as error:
        raise TcosimError(f"the price catalogue {NAME} cannot be read: {error}") from error
    return tuple(providers)

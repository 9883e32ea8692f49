"""Models of the price catalogue by name: exactly as a scenario states one, or roughly as a person asks.

Knows names; prices only to sort by.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from tcosim.errors import InputError, Problem
from tcosim.scenario.catalogue import genai
from tcosim.scenario.catalogue.listed import Listed
from tcosim.scenario.near import closest, did_you_mean
from tcosim.scenario.problems import Fault

_LOOK = "see: tcosim prices"
_NAMED = 3


def find_model(reference: str, on: datetime.date) -> Listed | Fault:
    """Return the model that a scenario names, or what is wrong with the name.

    Parameters
    ----------
    reference : str
        ``"provider:model"``, both as the catalogue writes them; the case does not matter. A name that the catalogue
        would bill as another model's is no model: what is close is asked for, never taken.
    on : datetime.date
    """
    provider, colon, name = (part.strip() for part in reference.partition(":"))
    if not colon:
        known = [one.reference for one in search(provider, on) if one.by_token][:_NAMED] if provider else []
        return Fault("", "must be provider:model", reference, did_you_mean(known) or _LOOK)
    providers = {one.lower(): one for one in genai.provider_ids()}
    if provider.lower() not in providers:
        way_out = did_you_mean(closest(provider.lower(), providers)) or _LOOK
        rule = f"names no provider of the catalogue, {provider or 'nothing'} before :"
        return Fault("", rule, reference, way_out)
    provider = providers[provider.lower()]
    models = {one.lower(): one for one in genai.model_ids(provider)}
    if name.lower() not in models:
        near = _near(provider, name, list(models.values()))
        way_out = (
            did_you_mean([f"{provider}:{one}" for one in near]) or f"see: tcosim prices --provider {provider}"
        )
        return Fault("", f"names no model that the catalogue has of {provider}", reference, way_out)
    found = genai.model_on(provider, models[name.lower()], on)
    assert found is not None
    return found


def _near(provider: str, name: str, models: Sequence[str]) -> list[str]:
    billed = genai.alias(provider, name) if name else None
    plain = {_plain(one): one for one in models}
    near = [plain[one] for one in closest(_plain(name), plain, most=_NAMED)]
    return list(dict.fromkeys([*([billed] if billed else []), *near]))[:_NAMED]


def search(query: str, on: datetime.date, provider: str | None = None) -> list[Listed]:
    """Return the models whose names hold every word of a query; the closest first, then the cheapest.

    Parameters
    ----------
    query : str
        Words; ``.``, ``_`` and ``-`` are the same, and so are cases. Empty: every model.
    on : datetime.date
    provider : str, optional
        Only this one's.

    Raises
    ------
    tcosim.errors.InputError
        If there is no such provider.
    """
    if provider is not None and provider not in genai.provider_ids():
        near = did_you_mean(closest(provider, genai.provider_ids())) or _LOOK
        raise InputError(Problem("--provider", "must be a provider of the catalogue", provider, near))
    words = [_plain(word) for word in query.split()]
    ranked = []
    for one in genai.listed(on):
        if provider not in (None, one.provider):
            continue
        text = _plain(f"{one.reference} {one.name}")
        if all(word in text for word in words):
            blended = one.prices.blended
            order = (_distance("-".join(words), one), one.deprecated, blended is None, blended or 0.0)
            ranked.append((*order, one.provider, one.model, one))
    return [row[-1] for row in sorted(ranked, key=lambda row: row[:-1])]


def refuse_unknown(query: str, provider: str | None) -> None:
    """Raise for a query that matches nothing, with what comes closest.

    Raises
    ------
    tcosim.errors.InputError
    """
    wanted = _plain(query).split(":")[-1].replace(" ", "-")
    names: dict[str, str] = {}
    for one in genai.provider_ids():
        if provider in (None, one):
            for model in genai.model_ids(one):
                names.setdefault(_plain(model.rpartition("/")[2]), f"{one}:{model}")
    near = [names[name] for name in closest(wanted, names, most=_NAMED)]
    way_out = did_you_mean(near) or "list the providers with: tcosim prices"
    raise InputError(Problem("query", "matches no model of the catalogue", query, way_out))


def _plain(text: str) -> str:
    return re.sub(r"[._-]+", "-", text.lower()).strip("-")


def _distance(wanted: str, one: Listed) -> int:
    """0 for the very name, 1 for one that begins with it, 2 behind a folder, 3 for any other match."""
    if not wanted:
        return 0
    model = _plain(one.model)
    if wanted in (model, _plain(one.reference)):
        return 0
    if model.startswith(wanted) or _plain(one.reference).startswith(wanted):
        return 1
    return 2 if _plain(one.model.rpartition("/")[2]).startswith(wanted) else 3

"""``tcosim prices``: look into the price catalogue of APIs, and at the library's prices of GPUs.

Parses, calls and prints; knows no price.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tcosim.cli import options
from tcosim.errors import InputError, Problem

if TYPE_CHECKING:
    import datetime

    from tcosim.scenario.catalogue.listed import Listed, Prices

GPU = "gpu"
SHOWN = 40
"""Models in a table; a query that matches more is told so."""


def prices(
    query: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[QUERY]...",
            help="Words of a model's name: claude sonnet, llama-3.3-70b; or gpu, and a GPU. All providers if left out.",
        ),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--on", metavar="DAY", help="Prices of this day, 2026-11-21; the catalogue's own if left out."
        ),
    ] = None,
    provider: Annotated[
        str | None, typer.Option("--provider", metavar="NAME", help="Only models of this provider.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show every match.")] = False,
    as_json: options.Json = False,
) -> None:
    """Show list prices of APIs on a stated day, offline, and what GPUs cost to rent and to buy."""
    words = " ".join(query or []).strip()
    if words.lower().split()[:1] == [GPU] or words.lower().startswith(f"{GPU}."):
        _refuse_beside_gpu(on, provider, everything)
        _gpus(words[len(GPU) :].strip(" ."), as_json)
        return
    from tcosim.scenario.catalogue import genai

    day = genai.parse_date(on, "--on") if on is not None else genai.default_date()
    _warn_of_version(genai.known_version(), on is None)
    found = _found(words, day, provider)
    if as_json:
        _print_json(found)
        return
    from tcosim.cli.console import result_console
    from tcosim.report.terminal.prices_view import print_models, print_providers

    if words or provider is not None or everything:
        print_models(found, len(found["models"]) if everything else SHOWN, result_console())
    else:
        print_providers(found, result_console())


def _refuse_beside_gpu(on: str | None, provider: str | None, everything: bool) -> None:
    for name, given in {"--on": on, "--provider": provider, "--all": everything or None}.items():
        if given is not None:
            way_out = "GPU prices are those of the library, each with its date: leave it out"
            raise InputError(Problem(name, "does not go with gpu", str(given), way_out))


def _warn_of_version(known: bool, by_default: bool) -> None:
    """Say that the day of the library speaks of another version of the catalogue than is installed."""
    if known or not by_default:
        return
    from tcosim.scenario.catalogue import genai

    installed, day = genai.version(), genai.default_date().isoformat()
    text = f"{genai.NAME} {installed} is newer than the library's date, {day}; --on says another day"
    typer.echo(f"warning: {text}", err=True)


def _found(words: str, day: datetime.date, provider: str | None) -> dict[str, Any]:
    """Return what matches, as the content that is printed."""
    from collections import Counter

    from tcosim.scenario.catalogue import genai
    from tcosim.scenario.catalogue.search import refuse_unknown, search

    models = search(words, day, provider)
    if not models:
        refuse_unknown(words, provider)
    count = Counter(one.provider for one in models)
    by_token = Counter(one.provider for one in models if one.by_token)
    return {
        "catalogue": {"name": genai.NAME, "version": genai.version()},
        "on": day.isoformat(),
        "query": words,
        "provider": provider,
        "providers": [
            {"provider": name, "models": count[name], "by_token": by_token[name]}
            for name in genai.provider_ids()
            if count[name]
        ],
        "models": [_model(one) for one in models],
    }


def _model(one: Listed) -> dict[str, Any]:
    from tcosim.scenario.catalogue.route import RATIO, figures

    return {
        "reference": one.reference,
        "provider": one.provider,
        "model": one.model,
        "name": one.name,
        "by_token": one.by_token,
        "prices": _usd(one.prices),
        "batch_prices": None if one.batch is None else _usd(one.batch),
        RATIO: figures(one).get(RATIO),
        "blended_3_to_1": one.prices.blended,
        "tiers": [{"above_tokens": tier.above_tokens, "prices": _usd(tier.prices)} for tier in one.tiers],
        "by_hour": [
            {"start": f"{part.start:%H:%M}", "end": f"{part.end:%H:%M}", "prices": _usd(part.prices)}
            for part in one.by_hour
        ],
        "scheduled": [
            {"date": change.date.isoformat(), "before": _usd(change.before), "prices": _usd(change.prices)}
            for change in one.scheduled
        ],
        "deprecated": one.deprecated,
        "other_units": list(one.other_units),
    }


def _usd(prices: Prices) -> dict[str, float | None]:
    """Return prices under the names of a scenario's fields."""
    return {
        "usd_per_million_input": prices.input,
        "usd_per_million_cached_input": prices.cached_input,
        "usd_per_million_output": prices.output,
    }


def _gpus(gpu: str, as_json: bool) -> None:
    from tcosim.evidence.prices.gpu import gpu_names, gpu_prices
    from tcosim.scenario.library import default_library
    from tcosim.scenario.near import closest, did_you_mean

    library = default_library()
    name = gpu.replace(" ", "-")
    found = gpu_prices(library, name)
    if not found:
        names = gpu_names(library)
        way_out = did_you_mean(closest(name, names)) or f"the library has {', '.join(names)}"
        raise InputError(Problem("query", "must be a GPU of the library", gpu, way_out))
    rows = [
        {
            "key": one.quantity.key,
            "gpu": one.gpu,
            "kind": one.kind,
            "unit": one.quantity.unit,
            "percentiles": {"p5": one.p5, "p50": one.p50, "p95": one.p95},
            "grade": one.quantity.grade,
            "checked": one.quantity.checked.isoformat(),
            "caveat": one.quantity.caveat,
            "sources": [
                {name: getattr(source, name) for name in ("key", "title", "publisher", "date", "url")}
                for source in one.sources
            ],
        }
        for one in found
    ]
    if as_json:
        _print_json({"gpu": rows})
        return
    from tcosim.cli.console import result_console
    from tcosim.report.terminal.prices_view import print_gpus

    print_gpus(rows, result_console())


def _print_json(content: Any) -> None:
    from tcosim.results.summary import to_json

    sys.stdout.write(to_json(content))

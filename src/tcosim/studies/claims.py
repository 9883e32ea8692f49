"""Every published claim, recomputed: arithmetic, hardware, contradictions, and the verdict under uncertainty.

Gathers; what the figures say in words is for `tcosim.report`.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tcosim._version import __version__
from tcosim.engine.job import Progress
from tcosim.errors import InputError, Problem
from tcosim.scenario.claims import Claim, Claims
from tcosim.scenario.claims_file import load_claims
from tcosim.scenario.claims_formulas import Range
from tcosim.scenario.library import Library, default_library
from tcosim.scenario.near import closest, did_you_mean
from tcosim.studies.claims_contradictions import contradictions
from tcosim.studies.claims_hardware import against_library, hardware
from tcosim.studies.claims_recomputed import Recomputed, StepFound, recompute
from tcosim.studies.claims_simulated import simulate_verdicts

if TYPE_CHECKING:
    from distributed import Client


def claims(
    source: str | None = None,
    *,
    samples: float = 20_000,
    simulation: bool = True,
    seed: float = 0,
    threads: int | None = None,
    client: Client | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
    library: Library | None = None,
    stated: Claims | None = None,
) -> dict[str, Any]:
    """Recompute the published claims.

    Parameters
    ----------
    source : str, optional
        Key of one source; all claims if left out. Contradictions then are those that its claims take part in.
    samples : int
        Futures for each scenario and volume that a verdict needs.
    simulation : bool
        Whether to simulate the verdicts.
    seed : int
    threads : int, optional
    client : distributed.Client, optional
        Compute on the workers of this dask cluster instead of on threads.
    progress : callable, optional
        Called with futures done and in total.
    cancel : threading.Event, optional
    library : Library, optional
        Instead of the one that ships with the package.
    stated : Claims, optional
        Instead of the claims of the library.

    Returns
    -------
    dict
        Plain data, as JSON holds it.

    Raises
    ------
    InputError
        If the file of claims is wrong, the source has no claims, or a scenario cannot be simulated.
    Cancelled
        If `cancel` was set.
    """
    library = library or default_library()
    stated = stated or load_claims(library)
    everything = [(claim, recompute(claim)) for claim in stated.claims]
    chosen = chosen_claims(stated, source)
    verdicts = {}
    if simulation:
        verdicts = simulate_verdicts(
            chosen, library, samples=int(samples), seed=int(seed), threads=threads, client=client, progress=progress,
            cancel=cancel,
        )  # fmt: skip
    ids = {claim.id for claim in chosen}
    rows = [
        _row(claim, found, stated, library, verdicts.get(claim.id))
        for claim, found in everything
        if claim.id in ids
    ]
    topics = contradictions(everything, stated.topics)
    return {
        "tcosim_version": __version__,
        "library_sha256": library.sha256,
        "seed": int(seed),
        "samples": int(samples) if simulation else 0,
        "source": source,
        "claims": rows,
        "topics": [_of(one, source) for one in topics if source is None or _speaks(one, source)],
    }


def chosen_claims(stated: Claims, source: str | None) -> tuple[Claim, ...]:
    """Return the claims of one source, or all.

    Raises
    ------
    InputError
        If it has none.
    """
    chosen = tuple(claim for claim in stated.claims if source is None or claim.source == source)
    if not chosen:
        sources = list(dict.fromkeys(claim.source for claim in stated.claims))
        way_out = did_you_mean(closest(str(source), sources)) or f"sources with claims: {', '.join(sources)}"
        raise InputError(Problem("source", "must be the key of a source with claims", source, way_out))
    return chosen


def _speaks(topic: dict[str, Any], source: str) -> bool:
    return any(answer["source"] == source for answer in topic["answers"])


def _of(topic: dict[str, Any], source: str | None) -> dict[str, Any]:
    """Leave of the contradictions of a topic those that a source takes part in."""
    if source is None:
        return topic
    own = {answer["claim"] for answer in topic["answers"] if answer["source"] == source}
    pairs = [pair for pair in topic["contradictions"] if pair["lower"] in own or pair["higher"] in own]
    return {**topic, "source": source, "contradictions": pairs}


def _row(
    claim: Claim,
    found: Recomputed,
    stated: Claims,
    library: Library,
    verdict: Sequence[dict[str, Any]] | None,
) -> dict[str, Any]:
    asserted = claim.asserted or (claim.steps[-1] if claim.steps else None)
    on_hardware = claim.hardware
    return {
        "id": claim.id,
        "source": claim.source,
        "source_title": library.source(claim.source).title,
        "quote": claim.quote,
        "asserts": claim.asserts,
        "unit": claim.unit,
        "relation": claim.relation,
        "note": claim.note or None,
        "inputs": {name: _ends(one) for name, one in claim.inputs.items()},
        "assumed": {name: _ends(one) for name, one in claim.assumed.items()},
        "figure": asserted.name if asserted else None,
        "stated": _ends(asserted.stated) if asserted and asserted.stated else None,
        "rounded_to": _ends(asserted.rounded_to) if asserted and asserted.stated else None,
        "recomputed": _ends(found.figures[asserted.name]) if asserted else None,
        "holds": found.holds,
        "finding": found.finding or None,
        "factor": found.factor,
        "broken_step": found.broken or None,
        "steps": [_step(one) for one in found.steps],
        "library": against_library(_held_against(claim, found), claim.quantity, library)
        if claim.quantity
        else None,
        "hardware": hardware(on_hardware, found.known, stated.gpus, library) if on_hardware else None,
        "verdict": None
        if claim.verdict is None
        else {
            "asserts": claim.verdict.asserts,
            "scenario": claim.verdict.scenario,
            "set": list(claim.verdict.settings),
            "volumes": [*claim.verdict.volumes],
            "simulated": None if verdict is None else list(verdict),
        },
    }


def _held_against(claim: Claim, found: Recomputed) -> Range:
    """The asserted figure as stated; else what the last step comes to, or the first input if there are no steps."""
    if claim.asserted is not None and claim.asserted.stated is not None:
        return claim.asserted.stated
    return found.known[claim.steps[-1].name if claim.steps else next(iter(claim.inputs))]


def _step(one: StepFound) -> dict[str, Any]:
    return {
        "name": one.step.name,
        "formula": one.step.formula,
        "of": list(one.step.of),
        "stated": None if one.step.stated is None else _ends(one.step.stated),
        "recomputed": _ends(one.recomputed),
        "from_stated": _ends(one.from_stated),
        "holds": one.holds,
        "factor": one.factor,
    }


def _ends(one: Range) -> list[float]:
    return [one.low, one.high]

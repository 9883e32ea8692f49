"""How probable the asserted verdicts are: each scenario simulated once at all volumes that its claims name.

Simulates and gathers; what a curve says is known to `tcosim.analysis.curve`.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tcosim.analysis.curve import summarize_curve
from tcosim.engine.job import Progress
from tcosim.scenario.claims import Claim, Verdict
from tcosim.scenario.library import Library
from tcosim.scenario.load import load
from tcosim.studies.curve import curve

if TYPE_CHECKING:
    from distributed import Client

Setting = tuple[str, tuple[str, ...]]


def volumes_by_setting(claims: Sequence[Claim]) -> dict[Setting, tuple[float, ...]]:
    """Return the volumes to simulate, rising, by scenario and overrides."""
    found: dict[Setting, set[float]] = {}
    for claim in claims:
        if claim.verdict is not None:
            found.setdefault(_setting(claim.verdict), set()).update(claim.verdict.volumes)
    return {setting: tuple(sorted(volumes)) for setting, volumes in found.items()}


def simulated_futures(claims: Sequence[Claim], samples: int) -> int:
    """Futures to simulate in all."""
    return samples * sum(map(len, volumes_by_setting(claims).values()))


def simulate_verdicts(
    claims: Sequence[Claim],
    library: Library,
    *,
    samples: int,
    seed: int,
    threads: int | None = None,
    client: Client | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """Simulate what the verdicts need.

    Returns
    -------
    dict
        By the id of a claim, one entry for each of its volumes: ``tokens_per_month``, ``option`` (the self-hosted one
        with the lowest mean NPV there), ``probability`` of what is asserted (of self-hosting if
        it is asserted that both cost the same), with its interval ``ci95``; both None if there is no interval.

    Raises
    ------
    InputError
        If a scenario cannot be simulated as a claim asks.
    Cancelled
        If `cancel` was set.
    """
    total, before = simulated_futures(claims, samples), 0
    points: dict[tuple[Setting, float], dict[str, Any]] = {}
    for setting, volumes in volumes_by_setting(claims).items():
        scenario = load(setting[0], overrides=setting[1], library=library)
        done = before

        def told(count: int, _: int, done: int = done) -> None:
            if progress is not None:
                progress(done + count, total)

        dataset = curve(
            scenario, volumes, samples=samples, seed=seed, threads=threads, client=client, progress=told, cancel=cancel
        )  # fmt: skip
        for entry in summarize_curve(dataset)["volumes"]:
            points[setting, entry["tokens_per_month"]] = entry
        before += samples * len(volumes)
    return {
        claim.id: [
            _asserted(claim.verdict, points[_setting(claim.verdict), volume])
            for volume in claim.verdict.volumes
        ]
        for claim in claims
        if claim.verdict is not None
    }


def _setting(verdict: Verdict) -> Setting:
    return verdict.scenario, verdict.settings


def _asserted(verdict: Verdict, entry: dict[str, Any]) -> dict[str, Any]:
    """Probability of the verdict: that the best self-hosted option beats the baseline; of an API, that it does not.

    Of a verdict "even" it is that of self-hosting: one half if both cost the same.
    """
    name = entry["best_self_hosted"]
    option = next((one for one in entry["options"] if one["name"] == name), None)
    found: dict[str, Any] = {"tokens_per_month": entry["tokens_per_month"], "option": name}
    if option is None:
        return {**found, "probability": None, "ci95": None}
    wins, (low, high) = option["probability_beats_baseline"], option["probability_beats_baseline_ci95"]
    if low is None or high is None or not all(map(math.isfinite, (wins, low, high))):
        return {**found, "probability": None, "ci95": None}  # too few futures for an interval
    if verdict.asserts == "api":
        wins, low, high = 1 - wins, 1 - high, 1 - low
    return {**found, "probability": wins, "ci95": [low, high]}

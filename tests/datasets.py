"""A Dataset as a run would leave it, made of plain random numbers: for tests of what reads Datasets."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import xarray as xr

import tcosim.report.content.risk
import tcosim.report.content.run
import tcosim.results.dataset
import tcosim.results.validity
from tcosim.results.dataset import Gate, build
from tcosim.results.schema import COMPONENTS, KEPT_FUTURES, QUANTILES, SCRAMBLES
from tcosim.results.sketch import Sketch
from tcosim.units import HOURS_PER_WEEK

OPTIONS = {"api": "api", "managed": "managed", "rented-h100": "rented", "owned-h100": "owned"}
MEANS = {"api": 1.0e6, "managed": 1.25e6, "rented-h100": 1.05e6, "owned-h100": 1.4e6}
SPREAD = 2.0e5
INPUTS = ("people.engineer_hours_per_month", "traffic.burst_sigma", "volume.annual_growth")


def keep_few(monkeypatch: pytest.MonkeyPatch, kept: int) -> None:
    """Let a run of more futures than `kept` be what one of more than a million is."""
    rooms = (
        tcosim.results.dataset,
        tcosim.results.validity,
        tcosim.report.content.run,
        tcosim.report.content.risk,
    )
    for module in (*rooms, sys.modules[__name__]):
        monkeypatch.setattr(module, "KEPT_FUTURES", kept)


def sketches(npv: np.ndarray[Any, Any], base: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Counts by bins of all futures, as variables of a Dataset."""
    figures = np.concatenate([npv.T, 1.1 * npv.T, base - npv.T])
    found, options = Sketch.of(figures), npv.shape[1]
    names = ("npv_count", "total_count", "saving_count")
    parts = {name: found.counts[:, k * options : (k + 1) * options] for k, name in enumerate(names)}
    return {"sketch_key": found.keys, **parts}


def paid_back(beats: np.ndarray[Any, Any], months: int) -> np.ndarray[Any, Any]:
    """Spread the winning futures evenly over the later half of the months, the rest into the last one."""
    found = np.zeros((*beats.shape, months), np.int64)
    each = beats // max(months - months // 2, 1)
    found[..., months // 2 :] = each[..., None]
    found[..., -1] += beats - found.sum(axis=-1)
    return found


def synthetic(
    samples: int = 4096,
    *,
    seed: int = 0,
    months: int = 36,
    npv: np.ndarray[Any, Any] | None = None,
    options: dict[str, str] = OPTIONS,
    baseline: str = "api",
    tokens: float = 3.0e9 * 36,
    inputs: tuple[str, ...] = INPUTS,
    gates: Sequence[Gate] = (),
) -> xr.Dataset:
    """Build a Dataset of ``samples`` futures; ``npv`` (samples, options) is drawn if not given."""
    rng = np.random.default_rng(seed)
    names, kinds = list(options), list(options.values())
    fleet = np.isin(kinds, ("rented", "owned"))
    if npv is None:
        means = np.array([MEANS[name] for name in names])
        npv = means + SPREAD * rng.standard_normal((samples, len(names)))
    base = npv[:, names.index(baseline)]
    scramble = np.arange(samples) % SCRAMBLES
    may = np.array([not any(name in gate.shuts_out for gate in gates) for name in names])
    cheapest = np.where(may, npv, np.inf).argmin(axis=1)
    counts = np.bincount(scramble, minlength=SCRAMBLES)
    sums = np.zeros((SCRAMBLES, len(names)))
    beats = np.zeros((SCRAMBLES, len(names)), dtype=np.int64)
    wins = np.zeros_like(beats)
    for option in range(len(names)):
        sums[:, option] = np.bincount(scramble, npv[:, option], SCRAMBLES)
        beats[:, option] = np.bincount(scramble, npv[:, option] < base, SCRAMBLES)
        wins[:, option] = np.bincount(scramble, cheapest == option, SCRAMBLES)
    mean = sums.sum(axis=0) / samples
    component = np.zeros((len(names), len(COMPONENTS)))
    component[:, COMPONENTS.index("api_tokens")] = np.where(fleet, 0.1, 1.0) * mean
    component[:, COMPONENTS.index("gpus")] = np.where(fleet, 0.9, 0.0) * mean
    kept = min(samples, KEPT_FUTURES)
    total = 1.1 * npv[:kept]
    monthly = np.quantile(total / months, QUANTILES, axis=0).T
    # working days from 8 to 18 o'clock twice as busy as the rest of the week
    hour_of_week = np.arange(HOURS_PER_WEEK)
    office = (hour_of_week < 5 * 24) & (hour_of_week % 24 >= 8) & (hour_of_week % 24 < 18)
    load = np.where(fleet[:, None], np.where(office, 0.4, 0.2), np.nan)
    utilization = np.where(fleet, rng.uniform(0.1, 0.4, (kept, len(names))), np.nan)
    return build(
        options=names,
        kinds=kinds,
        input_names=inputs,
        input_topics=[name.partition(".")[0] for name in inputs],
        tied=[-1] * len(inputs),
        eligible=may,
        gates=gates,
        variables={
            "npv": npv[:kept],
            "total": total,
            "utilization": utilization,
            "input": rng.standard_normal((kept, len(inputs))),
            "cost": np.broadcast_to(monthly, (months, *monthly.shape)),
            "cumulated": np.quantile(npv, QUANTILES, axis=0).T
            * np.linspace(1 / months, 1, months)[:, None, None],
            "tokens": np.full((months, len(QUANTILES)), tokens / months),
            "component": component,
            "mean_total": 1.1 * mean,
            "mean_idle": np.where(fleet, 0.4 * mean, 0.0),
            "mean_tokens": tokens,
            "mean_hours_over_capacity": np.where(fleet, 72.0, np.nan),
            "mean_replicas": np.where(fleet, 2.0, np.nan),
            "mean_utilization": np.where(fleet, 0.25, np.nan),
            "load": load,
            "scramble_futures": counts,
            "scramble_npv_sum": sums,
            "scramble_beats": beats,
            "scramble_cheapest": wins,
            "scramble_paid_back": paid_back(beats, months),
            **(sketches(npv, base) if samples > KEPT_FUTURES else {}),
        },
        attributes={
            "tcosim_version": "0.1.0",
            "seed": seed,
            "samples": samples,
            "months": months,
            "volume_tokens_per_month": tokens / months,
            "baseline": baseline,
            "scenario_name": "synthetic",
            "scenario_sha256": "0" * 64,
            "library_sha256": "1" * 64,
        },
    )

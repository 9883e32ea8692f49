"""A Dataset as a study of a curve over volumes would leave it, made of plain random numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from tcosim.results.schema import SCHEMA_VERSION, SCRAMBLES

OPTIONS = {
    "api": "api",
    "managed": "managed",
    "rented-h100": "rented",
    "owned-h100": "owned",
    "hybrid-h100": "rented",
}
EVEN = {"managed": 1e14, "rented-h100": 1.2e10, "owned-h100": 6e9, "hybrid-h100": 6e10}
"""Volumes at which the options win in half of the futures; at the mean they win from 8 % less, by `SKEW`."""
SPREAD = 1.0
USD_PER_TOKEN = 4e-6
PLANNED = 3e9
GRID = tuple(float(f"{10 ** (8 + step / 8):.3g}") for step in range(25))


def dataset_of(
    npv: np.ndarray[Any, Any],
    volumes: Sequence[float],
    *,
    options: Mapping[str, str] = OPTIONS,
    planned: float = PLANNED,
    seed: int = 0,
    months: int = 36,
    shut_out: Sequence[str] = (),
) -> xr.Dataset:
    """Build the Dataset from NPVs, shape (volumes, futures, options); the first option is the baseline."""
    samples = npv.shape[1]
    names, kinds = list(options), list(options.values())
    may = np.isin(names, list(shut_out), invert=True)
    cheapest = np.where(may, npv, np.inf).argmin(axis=2)[:, :, None] == np.arange(len(names))
    beats = npv < npv[:, :, :1]
    fleet = np.isin(kinds, ("rented", "owned"))
    load = 0.6 * np.asarray(volumes) / (np.asarray(volumes) + 3e9)
    dims = ("volume", "scramble", "option")

    def sums(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.stack([values[:, start::SCRAMBLES].sum(axis=1) for start in range(SCRAMBLES)], axis=1)

    mean = npv.mean(axis=1)
    return xr.Dataset(
        {
            "scramble_futures": (
                ("scramble",),
                np.bincount(np.arange(samples) % SCRAMBLES, minlength=SCRAMBLES),
            ),
            "scramble_npv_sum": (dims, sums(npv)),
            "scramble_beats": (dims, sums(beats)),
            "scramble_cheapest": (dims, sums(cheapest)),
            "mean_total": (("volume", "option"), 1.1 * mean),
            "mean_idle": (("volume", "option"), np.where(fleet, 0.4 * mean, 0.0)),
            "mean_tokens": (("volume",), np.asarray(volumes, dtype=float) * months),
            "mean_utilization": (("volume", "option"), np.where(fleet, load[:, None], np.nan)),
        },
        coords={
            "volume": np.asarray(volumes, dtype=float),
            "option": names,
            "kind": ("option", kinds),
            "eligible": ("option", np.array([name not in shut_out for name in names], dtype=np.int8)),
            "scramble": np.arange(SCRAMBLES),
        },
        attrs={
            "schema_version": SCHEMA_VERSION,
            "tcosim_version": "0.1.0",
            "seed": seed,
            "samples": samples,
            "months": months,
            "baseline": names[0],
            "scenario_name": "synthetic",
            "scenario_sha256": "0" * 64,
            "library_sha256": "1" * 64,
            "planned_tokens_per_month": planned,
        },
    )


def synthetic_curve(
    samples: int = 4096,
    volumes: Sequence[float] = GRID,
    *,
    seed: int = 0,
    options: Mapping[str, str] = OPTIONS,
    even: Mapping[str, float] = EVEN,
    spread: float = SPREAD,
    skew: float = 0.0,
    planned: float = PLANNED,
    shut_out: Sequence[str] = (),
) -> xr.Dataset:
    """Build a curve with known probabilities: p(V) = Phi(ln(V / even) / spread) for each option of ``even``.

    The saving in one future is V x (ln(V / even) + spread x z), z ~ N(0, 1); where it is positive it counts
    ``1 + skew`` times, which moves its mean and leaves the probability alone.
    """
    rng = np.random.default_rng(seed)
    names = list(options)
    noise = rng.standard_normal((samples, len(names)))
    level = 1 + 0.3 * rng.standard_normal(samples)
    npv = np.empty((len(volumes), samples, len(names)))
    for v, volume in enumerate(volumes):
        npv[v, :, 0] = USD_PER_TOKEN * 36 * volume * level
        for o, name in enumerate(names[1:], start=1):
            saving = math.log(volume / even[name]) + spread * noise[:, o]
            npv[v, :, o] = npv[v, :, 0] - USD_PER_TOKEN * 9 * volume * np.where(
                saving > 0, (1 + skew) * saving, saving
            )
    return dataset_of(npv, volumes, options=options, planned=planned, seed=seed, shut_out=shut_out)

"""Twin of kernels/noise.py: docs/model.md, 1 and 4.1."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import SimpleNamespace

from tcosim.reference.ref_streams import normal_pair_at, stream_key, uniform_at


def poisson(u: float, rate: float) -> int:
    count, chance = 0, math.exp(-rate)
    cumulated = chance
    while u > cumulated and count < 1000:
        count += 1
        chance = chance * rate / count
        cumulated += chance
    return count


def monthly_noise(
    seed: int, future: int, routes: Sequence[Mapping[str, float]], n_months: int
) -> SimpleNamespace:
    """Walks, jumps, lists and incident uniforms of one future; `routes` is a list of dicts."""
    key = stream_key(seed, future, "Monthly")
    growth_walk, gpu_walk = [0.0], [0.0]
    for m in range(1, n_months):
        e1, e2 = normal_pair_at(key, 4096 * m)
        growth_walk.append(growth_walk[-1] + e1 / math.sqrt(12))
        gpu_walk.append(gpu_walk[-1] + e2 / math.sqrt(12))
    log_jumps, log_lists = [], []
    for r, route in enumerate(routes):
        path, walk = [0.0], [0.0]
        for m in range(1, n_months):
            place = 4096 * m + 8 + 4 * r
            n = poisson(uniform_at(key, place), route["jumps_per_year"] / 12)
            z, e = normal_pair_at(key, place + 1)
            path.append(path[-1] + n * route["jump_log_mean"] + math.sqrt(n) * route["jump_log_sd"] * z)
            walk.append(walk[-1] + e / math.sqrt(12))
        log_jumps.append(path)
        log_lists.append([route["list_price_volatility"] * w for w in walk])
    incidents = [uniform_at(key, 4096 * m + 2) for m in range(n_months)]
    return SimpleNamespace(
        growth_walk=growth_walk,
        gpu_walk=gpu_walk,
        log_jumps=log_jumps,
        log_lists=log_lists,
        incidents=incidents,
    )

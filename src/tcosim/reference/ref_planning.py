"""Twin of kernels/planning.py: docs/model.md, 2.1 and 3.1 to 3.5."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

Figures = Mapping[str, float]
"""Parameters of one thing by name, in the units of docs/model.md."""
Policy = Mapping[str, Any]
"""What is decided, not drawn; `ownership` is ``"on-demand"``, ``"reserved"`` or ``"owned"``."""


def round_half_up(x: float) -> int:
    return math.floor(x + 0.5)


def levels(world: Figures, growth_walk: Sequence[float]) -> list[float]:
    """V_m for every month."""
    w = world
    return [
        w["planned_tokens"] * w["forecast_ratio"]
        * math.exp(w["log_growth"] * m / 12 + w["growth_volatility"] * walk)
        for m, walk in enumerate(growth_walk)
    ]  # fmt: skip


def tuned_tokens_per_hour(world: Figures, fleet: Figures) -> float:
    """kappa^0."""
    if fleet["mixed_tokens_per_second"] > 0:
        return 3600 * fleet["mixed_tokens_per_second"]
    iota = world["input_share"]
    return 3600 / (
        iota * (1 - fleet["fleet_cached_share"]) / fleet["prefill_tokens_per_second"]
        + (1 - iota) / fleet["decode_tokens_per_second"]
    )


def capacity(world: Figures, fleet: Figures, month: int, age: float) -> float:
    """kappa_m, `age` months after launch."""
    untuned = (1 - fleet["out_of_the_box_share"]) * math.exp(-age / fleet["tuning_months"])
    gain: float = (1 + fleet["software_gain_per_year"]) ** (month / 12)
    return tuned_tokens_per_hour(world, fleet) * fleet["latency_utilization"] * (1 - untuned) * gain


def needed(
    world: Figures, largest_swing: float, fleet: Figures, policy: Policy, level: float, kappa: float
) -> int:
    """R(v, m) with the least number and the spares."""
    peak = 1 + world["profile_following"] * largest_swing
    r = fleet["share"] * fleet["token_ratio"] * level / 730 * peak * fleet["headroom"] / kappa
    least: int = policy["min_replicas"]
    spares: int = policy["spare_replicas"]
    return max(least, math.ceil(r)) + spares


def plan(
    world: Figures, largest_swing: float, fleet: Figures, policy: Policy, v: Sequence[float]
) -> SimpleNamespace:
    """Replicas, throughput and orders of one fleet for every month, given the levels `v`."""
    n_months = len(v)
    launch = round_half_up(fleet["launch_months"])
    lead = round_half_up(fleet["lead_months"])
    locked = policy["ownership"] in ("reserved", "owned")
    kappa = [capacity(world, fleet, m, max(m - launch, 0)) for m in range(n_months)]
    orders = [0.0] * n_months
    if launch >= n_months:
        return SimpleNamespace(replicas=[0.0] * n_months, capacity=kappa, orders=orders)

    def sizing_capacity(m: int) -> float:
        return capacity(world, fleet, m, math.inf) if locked else kappa[m]

    planned = world["planned_tokens"] * math.exp(world["log_growth_median"] * launch / 12)
    committed = needed(world, largest_swing, fleet, policy, planned, sizing_capacity(launch))
    orders[max(launch - lead, 0)] += committed
    standing = committed
    arriving: dict[int, int] = {}  # month -> replicas on their way
    replicas = []
    for m in range(n_months):
        if m < launch:
            replicas.append(0.0)
            continue
        standing += arriving.pop(m, 0)
        age = m - launch
        new_term = policy["ownership"] == "reserved" and age % max(policy["term_months"], 1) == 0
        every = policy["resize_every_months"]
        if age > 0 and every > 0 and (age % every == 0 or new_term):
            target = needed(world, largest_swing, fleet, policy, v[m], sizing_capacity(m))
            if target > committed and m + lead < n_months:
                orders[m] += target - committed
                if lead == 0:
                    standing += target - committed
                else:
                    arriving[m + lead] = arriving.get(m + lead, 0) + target - committed
                committed = target
            elif target < committed and (not locked or new_term):
                # what stands leaves at once; of what is on its way, only as much still comes as the target allows
                standing = min(standing, target)
                room = target - standing
                for month in sorted(arriving):
                    arriving[month] = min(arriving[month], room)
                    room -= arriving[month]
                committed = target
        replicas.append(float(standing))
    return SimpleNamespace(replicas=replicas, capacity=kappa, orders=orders)

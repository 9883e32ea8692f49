"""Twin of the hour loop: docs/model.md, 2 and 3, in float64, hour by hour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from types import SimpleNamespace

from tcosim.reference.ref_planning import Figures, Policy
from tcosim.reference.ref_streams import Hourly


def floor_and_mean(sigma: float, silent_share: float) -> tuple[float, float]:
    """What is cut off the burst, K, and the mean of what is left, E: docs/model.md, 2.4."""
    if silent_share == 0:
        return 0.0, 1.0
    score = NormalDist().inv_cdf(silent_share)
    floor = math.exp(sigma * score - sigma**2 / 2)
    above, under = (math.erfc(x / math.sqrt(2)) / 2 for x in (score - sigma, score))
    return floor, above - floor * under


def traffic(
    seed: int, future: int, world: Figures, shape: Sequence[float], levels: Sequence[float]
) -> tuple[list[float], list[float]]:
    """Demand and event uniform of every hour: docs/model.md, 2.2 to 2.6."""
    w = world
    stream = Hourly(seed, future)
    phi = math.exp(-1 / w["burst_hours"])
    phi_d = math.exp(-1 / w["burst_days"])
    delta = math.exp(-1 / w["spike_hours"])
    theta, sigma, lam, jump = w["burst_daily_share"], w["burst_sigma"], w["spikes_per_hour"], w["spike_size"]
    floor, mean_burst = floor_and_mean(sigma, w["silent_share"])
    a_h, z_d = stream.normals()  # the states before the first hour and day
    y = 0.0
    demand, uniforms = [], []
    for hour in range(0, 730 * len(levels), 2):
        if hour % 24 == 0:
            if (hour // 24) % 2 == 0:
                today, tomorrow = stream.normals()
            else:
                today = tomorrow
            z_d = phi_d * z_d + math.sqrt(1 - phi_d**2) * today
        normals = stream.normals()
        events = [stream.uniform(), stream.uniform()]
        for half in range(2):
            h = hour + half
            a_h = phi * a_h + math.sqrt(1 - phi**2) * normals[half]
            x = math.sqrt(1 - theta) * a_h + math.sqrt(theta) * z_d
            burst = max(0.0, math.exp(sigma * x - sigma**2 / 2) - floor) / mean_burst
            u = events[half]
            y = delta * y + (jump if u < lam else 0.0)
            profile = (1 - w["profile_following"]) + w["profile_following"] * shape[h % 168]
            mean = levels[h // 730] / 730 / (1 + lam * jump / (1 - delta))
            demand.append(mean * profile * burst * (1 + y))
            uniforms.append(u)
    return demand, uniforms


def serve(
    world: Figures, fleet: Figures, policy: Policy, plan: SimpleNamespace, demand: Sequence[float],
    uniforms: Sequence[float], first_level: float,
) -> list[SimpleNamespace]:  # fmt: skip
    """One fleet on this traffic, hour by hour: docs/model.md, 3.6 to 3.10."""
    lam = world["spikes_per_hour"]
    f, r = fleet["failures_per_replica_hour"], fleet["repairs_per_hour"]
    slower = min(1.0, 0.25 / f) if f > 0 else 1.0
    f, r = f * slower, r * slower
    eligible = fleet["share"] * fleet["token_ratio"]
    wait = fleet["longest_wait_hours"]
    rows = []
    down, backlog = 0.0, 0.0
    last = eligible * first_level / 730
    for h, tokens in enumerate(demand):
        m = h // 730
        standing, kappa = plan.replicas[m], plan.capacity[m]
        if policy["autoscale"]:
            n = math.ceil(last * fleet["headroom"] / kappa)
            n = min(max(n, min(policy["min_replicas"], standing)), standing)
        else:
            n = standing
        down = min(down, n)
        w = max(1, math.ceil(standing * f / 0.25))
        u = uniforms[h]
        fails = lam <= u < lam + max(n - down, w) * f / w
        repaired = u > 1 - min(0.5, max(down, w) * r / w)
        down = min(max(0.0, down + (fails - repaired) * w), n)
        d = eligible * tokens
        c = max(0.0, n - down) * kappa
        served = min(d + backlog, c)
        queued = min(d + backlog - served, wait * n * kappa)
        overflow = d + backlog - served - queued
        rows.append(
            SimpleNamespace(
                demand=d,
                backlog_before=backlog,
                served=served,
                backlog=queued,
                overflow=overflow,
                replicas=n,
                down=down,
                pack=w,
                over=d + backlog > c,
            )
        )
        backlog, last = queued, d
    return rows


def month_sums(
    rows: Sequence[SimpleNamespace], plan: SimpleNamespace, n_months: int
) -> list[SimpleNamespace]:
    """What the ledger reads of a fleet: served, overflow, paid replica-hours, hours over capacity, by month."""
    sums = []
    for m in range(n_months):
        hours = rows[730 * m : 730 * (m + 1)]
        launched = plan.replicas[m] > 0
        sums.append(
            SimpleNamespace(
                served=sum(row.served for row in hours),
                overflow=sum(row.overflow for row in hours),
                paid=sum(row.replicas for row in hours),
                over=sum(row.over for row in hours) if launched else 0,
            )
        )
    return sums


def week_sums(
    rows: Sequence[SimpleNamespace], plan: SimpleNamespace, latency_utilization: float
) -> tuple[list[float], list[float]]:
    """Replica-hours at full load, and paid, by hour of the week: docs/model.md, 4.5 and 5.4."""
    busy, paid = [0.0] * 168, [0.0] * 168
    for h, row in enumerate(rows):
        busy[h % 168] += row.served * latency_utilization / plan.capacity[h // 730]
        paid[h % 168] += row.replicas
    return busy, paid

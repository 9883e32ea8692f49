"""Random parameters for the kernels and their twins, as dictionaries: every kind of fleet, crowded or silent.

Knows names and units of docs/model.md; the ranges are wide on purpose and say nothing about the world.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from tcosim.kernels.layout import LANES

Rng = np.random.Generator

FLEET_KINDS: dict[str, dict[str, Any]] = {
    "on-demand": {"ownership": "on-demand"},
    "on-demand-never-resized": {"ownership": "on-demand", "resize_every_months": 0},
    "autoscaled": {"ownership": "on-demand", "autoscale": 1},
    "autoscaled-queueing": {"ownership": "on-demand", "autoscale": 1, "waits": 1},
    "queueing": {"ownership": "on-demand", "waits": 1},
    "reserved": {"ownership": "reserved", "term_months": 2},
    "owned": {"ownership": "owned"},
    "owned-lost-overflow": {"ownership": "owned", "overflow_is_lost": 1},
    "hybrid": {"ownership": "on-demand", "hybrid": True},
}
"""Every kind of fleet that a scenario can declare."""


def random_world(rng: Rng) -> dict[str, float]:
    return {
        "planned_tokens": 10 ** rng.uniform(8, 11),
        "forecast_ratio": rng.uniform(0.3, 2),
        "log_growth": rng.uniform(-0.3, 1),
        "log_growth_median": 0.2,
        "growth_volatility": rng.uniform(0, 0.5),
        "profile_following": rng.uniform(0, 1),
        "burst_sigma": rng.uniform(0, 1.5),
        "burst_hours": rng.uniform(0.3, 30),
        "burst_daily_share": rng.uniform(0, 1),
        "burst_days": rng.uniform(0.3, 10),
        "silent_share": 0.0,
        "silent_score": -np.inf,
        "spikes_per_hour": rng.uniform(0, 0.05),
        "spike_size": rng.uniform(0, 5),
        "spike_hours": rng.uniform(0.5, 12),
        "input_share": rng.uniform(0.1, 0.95),
        "cached_share": rng.uniform(0, 1),
        "discount_rate_per_year": rng.uniform(0, 0.2),
    }


def random_route(rng: Rng, share: float) -> dict[str, float]:
    return {
        "share": share,
        "usd_per_million_input": rng.uniform(0.1, 10),
        "usd_per_million_cached_input": rng.uniform(0.01, 1),
        "usd_per_million_output": rng.uniform(0.4, 40),
        "batch_share": rng.uniform(0, 1),
        "batch_price_ratio": rng.uniform(0.3, 1),
        "annual_decline": rng.uniform(-0.5, 0.8),
        "months_between_moves": rng.uniform(0.4, 5),
        "migration_hours": rng.uniform(0, 300),
        "jumps_per_year": rng.uniform(0, 6),
        "jump_log_mean": rng.uniform(-0.5, 0.5),
        "jump_log_sd": rng.uniform(0, 0.5),
    }


def random_people(rng: Rng) -> dict[str, float]:
    return {
        "engineer_hours_per_month": rng.uniform(0, 100),
        "engineer_usd_per_hour": rng.uniform(40, 250),
        "wage_growth_per_year": rng.uniform(-0.05, 0.1),
    }


def random_api(rng: Rng) -> dict[str, float]:
    return {
        "retry_share": rng.uniform(0, 0.2),
        "development_share": rng.uniform(0, 0.5),
        "fees_usd_per_month": rng.uniform(0, 1000),
        "setup_usd": rng.uniform(0, 20000),
        "outage_usd_per_month": rng.uniform(0, 3000),
        **random_people(rng),
    }


def random_managed(rng: Rng) -> dict[str, float]:
    return {
        "markup_share": rng.uniform(0, 0.4),
        "overhead_usd_per_month": rng.uniform(0, 2000),
        "setup_usd": rng.uniform(0, 20000),
        "outage_usd_per_month": rng.uniform(0, 3000),
        **random_people(rng),
    }


def random_policy(rng: Rng, kind: str) -> dict[str, Any]:
    policy = {
        "api": 0, "gpus_per_replica": int(rng.integers(1, 9)), "min_replicas": int(rng.integers(0, 3)),
        "spare_replicas": int(rng.integers(0, 2)), "resize_every_months": 1, "term_months": 0,
        "ownership": "on-demand", "autoscale": 0, "overflow_is_lost": 0, "waits": 0,
    }  # fmt: skip
    return policy | {k: v for k, v in FLEET_KINDS[kind].items() if k != "hybrid"}


def random_fleet(rng: Rng, kind: str, world: Mapping[str, float]) -> dict[str, float]:
    # a throughput at which a handful of replicas are needed, so that capacity binds now and then
    rate = world["planned_tokens"] / 730 / 3600 / rng.uniform(0.5, 4)
    mixed = rng.random() < 0.5
    return {
        "share": rng.uniform(0.2, 0.9) if "hybrid" in kind else 1.0,
        "token_ratio": rng.uniform(0.7, 2),
        "lost_usd_per_million_tokens": rng.uniform(0, 50),
        "prefill_tokens_per_second": 0.0 if mixed else rate * rng.uniform(0.5, 2),
        "decode_tokens_per_second": 0.0 if mixed else rate * rng.uniform(0.3, 1),
        "mixed_tokens_per_second": rate if mixed else 0.0,
        "fleet_cached_share": rng.uniform(0, 0.9),
        "latency_utilization": rng.uniform(0.4, 1),
        "out_of_the_box_share": rng.uniform(0.2, 1),
        "tuning_months": rng.uniform(0.3, 4),
        "software_gain_per_year": rng.uniform(-0.1, 0.8),
        "launch_months": rng.uniform(0, 2.4),
        "headroom": rng.uniform(0.5, 1.5),
        "longest_wait_hours": rng.uniform(0.1, 5) if FLEET_KINDS[kind].get("waits") else 0.0,
        "lead_months": rng.uniform(0, 2.4),
        "failures_per_replica_hour": rng.uniform(0, 0.01),
        "repairs_per_hour": 1 / rng.uniform(1, 48),
        "engineer_hours_per_replica_month": rng.uniform(0, 10),
        "underestimate_share": rng.uniform(-0.2, 2),
        **random_people(rng),
        "launch_hours": rng.uniform(0, 1000),
        "launch_usd": rng.uniform(0, 50000),
        "refresh_weeks": rng.uniform(1, 12),
        "refresh_hours": rng.uniform(0, 100),
        "refresh_usd": rng.uniform(0, 5000),
        "finetune_hours_per_month": rng.uniform(0, 50),
        "finetune_usd_per_month": rng.uniform(0, 5000),
        "incidents_per_month": rng.uniform(0, 4),
        "incident_usd": rng.uniform(0, 5000),
        "platform_usd_per_month": rng.uniform(0, 5000),
        "audit_usd_per_year": rng.uniform(0, 50000),
        "setup_usd": rng.uniform(0, 50000),
        "usd_per_gpu_hour": rng.uniform(0.5, 10),
        "reserved_discount": rng.uniform(0, 0.6),
        "gpu_price_drift": rng.uniform(-0.5, 0.5),
        "gpu_price_volatility": rng.uniform(0, 0.6),
        "usd_per_gpu": rng.uniform(5000, 40000),
        "hardware_price_drift": rng.uniform(-0.5, 0.5),
        "hardware_price_volatility": rng.uniform(0, 0.6),
        "server_share": rng.uniform(0, 0.6),
        "residual_share_36_months": rng.uniform(0.05, 0.7),
        "support_share_per_year": rng.uniform(0, 0.2),
        "colocation_usd_per_kw_month": rng.uniform(80, 300),
        "provisioned_kw_per_gpu": rng.uniform(0.5, 2.5),
        "idle_watts_per_gpu": rng.uniform(30, 150),
        "load_watts_per_gpu": rng.uniform(200, 1000),
        "pue": rng.uniform(1.05, 2),
        "host_power_ratio": rng.uniform(1, 2),
        "usd_per_kwh": rng.uniform(0.05, 0.3),
        "energy_price_growth_per_year": rng.uniform(-0.1, 0.1),
    }


def random_shape(rng: Rng) -> NDArray[np.float32]:
    shape = rng.uniform(0.05, 3, 168)
    scaled: NDArray[np.float32] = (shape / shape.mean()).astype(np.float32)
    return scaled


def scene(seed: int, kinds: Sequence[str], *, n_months: int = 3, n_distinct: int = 4) -> SimpleNamespace:
    """Random futures with one api of two routes, one managed option and the given kinds of fleet.

    Only the first `n_distinct` futures differ; the rest of the block repeats them with streams of their own.
    """
    rng = np.random.default_rng(seed)
    futures = []
    policies = [random_policy(rng, kind) for kind in kinds]
    share = rng.uniform(0, 1)
    for _ in range(n_distinct):
        world = random_world(rng)
        futures.append(
            SimpleNamespace(
                world=world,
                routes=[random_route(rng, share), random_route(rng, 1 - share)],
                api=random_api(rng),
                managed=random_managed(rng),
                fleets=[random_fleet(rng, kind, world) for kind in kinds],
            )
        )
    # from a generator of its own, so that all else stays what it was; some lists stand still
    volatilities = np.random.default_rng([seed, len(kinds)])
    for route in (route for future in futures for route in future.routes):
        route["list_price_volatility"] = max(0.0, volatilities.uniform(-0.3, 1.5))
    return SimpleNamespace(
        seed=int(rng.integers(2**62)), first_future=int(rng.integers(1000)) * LANES, futures=futures,
        policies=policies, shape=random_shape(rng), n_months=n_months,
    )  # fmt: skip


CROWDS: dict[str, dict[str, Any]] = {
    # several times as many replicas, each failing so often that they have to in packs
    "packs": {"replicas": 2.5, "failures": (0.005, 0.1), "spikes": (0.0, 0.05)},
    # more often than an hour can tell, beside spikes in two hours of five
    "beyond the hour": {"replicas": 1.0, "failures": (0.2, 2.0), "spikes": (0.3, 0.45)},
}


def crowd(s: SimpleNamespace, name: str) -> SimpleNamespace:
    """The same scene with fleets that fail all the time, so many or so frail that they do in packs (3.7)."""
    rng = np.random.default_rng(s.seed)
    how = CROWDS[name]
    for future in s.futures:
        future.world["spikes_per_hour"] = rng.uniform(*how["spikes"])
        for fleet in future.fleets:
            for rate in ("prefill_tokens_per_second", "decode_tokens_per_second", "mixed_tokens_per_second"):
                fleet[rate] /= how["replicas"]
            fleet["failures_per_replica_hour"] = float(np.exp(rng.uniform(*np.log(how["failures"]))))
    return s


def silence(s: SimpleNamespace) -> SimpleNamespace:
    """The same scene with bursts that fall silent in some share of the hours (2.4)."""
    rng = np.random.default_rng(s.seed)
    for future in s.futures:
        share = rng.uniform(0.02, 0.7)
        future.world |= {
            "burst_sigma": rng.uniform(0.5, 1.5),
            "silent_share": share,
            "silent_score": float(ndtri(share)),
        }
    return s

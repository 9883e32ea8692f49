"""Which row of a packed array holds what: the contract between the kernels and the engine's packing.

Knows no values. Parameter arrays are float64 of shape (rows, things, futures); the symbols are those of docs/model.md.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

HOURS_PER_MONTH = 730
HOURS_PER_WEEK = 168
HOURS_PER_DAY = 24

LANES = 256
"""Futures that go through the hour loop together.

A multiple of every vector width, so no scalar remainder exists and a future's result does not depend on its lane.
128 lanes cost 1.04 x (loop entry), 512 lanes 1.1 x (state of three fleets no longer fits the first-level cache).
"""

WORLD = (
    "planned_tokens", "forecast_ratio", "log_growth", "log_growth_median", "growth_volatility",
    "profile_following", "burst_sigma", "burst_hours", "burst_daily_share", "burst_days",
    "silent_score", "spikes_per_hour", "spike_size", "spike_hours", "input_share", "cached_share",
    "discount_rate_per_year",
)  # fmt: skip
"""Rows of `world` (rows, futures); `silent_score` is -inf where no hour is silent."""

ROUTE = (
    "share", "usd_per_million_input", "usd_per_million_cached_input", "usd_per_million_output",
    "batch_share", "batch_price_ratio", "annual_decline", "months_between_moves", "migration_hours",
    "jumps_per_year", "jump_log_mean", "jump_log_sd", "list_price_volatility",
)  # fmt: skip
"""Rows of `routes` (rows, routes, futures)."""

API = (
    "retry_share", "development_share", "fees_usd_per_month", "setup_usd", "outage_usd_per_month",
    "engineer_hours_per_month", "engineer_usd_per_hour", "wage_growth_per_year",
)  # fmt: skip
"""Rows of `apis` (rows, api options, futures)."""

MANAGED = (
    "markup_share", "overhead_usd_per_month", "setup_usd", "outage_usd_per_month",
    "engineer_hours_per_month", "engineer_usd_per_hour", "wage_growth_per_year",
)  # fmt: skip
"""Rows of `manageds` (rows, managed options, futures)."""

FLEET_SERVICE = (
    "share", "token_ratio",
    "prefill_tokens_per_second", "decode_tokens_per_second", "mixed_tokens_per_second",
    "fleet_cached_share", "latency_utilization", "out_of_the_box_share", "tuning_months", "software_gain_per_year",
    "launch_months", "headroom", "longest_wait_hours", "lead_months", "failures_per_replica_hour", "repairs_per_hour",
)  # fmt: skip
"""Rows of `fleets` that say how a fleet serves."""

FLEET_MONEY = (
    "lost_usd_per_million_tokens",
    "engineer_hours_per_month", "engineer_hours_per_replica_month", "underestimate_share",
    "engineer_usd_per_hour", "wage_growth_per_year", "launch_hours", "launch_usd",
    "refresh_weeks", "refresh_hours", "refresh_usd", "finetune_hours_per_month", "finetune_usd_per_month",
    "incidents_per_month", "incident_usd",
    "platform_usd_per_month", "audit_usd_per_year", "setup_usd",
    "usd_per_gpu_hour", "reserved_discount", "gpu_price_drift", "gpu_price_volatility",
    "usd_per_gpu", "hardware_price_drift", "hardware_price_volatility", "server_share",
    "residual_share_36_months", "support_share_per_year",
    "colocation_usd_per_kw_month", "provisioned_kw_per_gpu", "idle_watts_per_gpu", "load_watts_per_gpu",
    "pue", "host_power_ratio", "usd_per_kwh", "energy_price_growth_per_year",
)  # fmt: skip
"""Rows of `fleets` that say what it costs alone: neither traffic nor the fleet's work depends on them."""

FLEET = FLEET_SERVICE + FLEET_MONEY
"""Rows of `fleets` (rows, fleets, futures)."""

POLICY = (
    "api", "gpus_per_replica", "min_replicas", "spare_replicas", "resize_every_months", "term_months",
    "ownership", "autoscale", "overflow_is_lost", "waits",
)  # fmt: skip
"""Columns of `policies` (fleets, columns) int64: what is decided, not drawn."""

ON_DEMAND, RESERVED, OWNED = range(3)
"""Values of the policy `ownership`: follows the need, locked for a term, locked for good."""

COMPONENTS = (
    "api_tokens", "api_fees", "api_engineers", "migrations", "managed_markup", "gpus", "hosting", "engineers",
    "launch", "refresh", "incidents", "platform", "lost_work",
)  # fmt: skip
"""Parts that an option's cost is made of, in the order of the ledger's `components`."""

FLEET_MONTH = ("served", "overflow", "paid_replica_hours", "hours_over_capacity")
"""What the hour loop hands on for each fleet and month; rows of `fleet_months` (fleets, rows, futures, months)."""

FLEET_USE = ("busy_replica_hours", "paid_replica_hours", "hours_over_capacity", "launched_months", "idle_usd")
"""How a fleet was used over the horizon; `idle_usd` is nominal USD of GPU capacity that was paid and idle."""


WORLD_MONEY = ("cached_share", "discount_rate_per_year")
"""Rows of `world` that neither traffic nor fleets depend on."""


def _rows(names: tuple[str, ...]) -> Any:
    """Row numbers by name: a named tuple of constants, which numba folds into the code."""
    return namedtuple("Rows", names)(*range(len(names)))


W = _rows(WORLD)
R = _rows(ROUTE)
A = _rows(API)
G = _rows(MANAGED)
F = _rows(FLEET)
P = _rows(POLICY)
C = _rows(COMPONENTS)
H = _rows(FLEET_MONTH)
U = _rows(FLEET_USE)

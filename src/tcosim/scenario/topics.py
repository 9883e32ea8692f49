"""What each uncertain field is about: traffic, people, prices. Names the groups that people ask about together.

Data only: knows the fields' names, not their values.
"""

from __future__ import annotations

from tcosim.scenario.models import Scenario

TOPICS: dict[str, tuple[str, ...]] = {
    "traffic": (
        "forecast_ratio", "annual_growth", "growth_volatility", "profile_following", "burst_sigma", "burst_hours",
        "burst_daily_share", "burst_days", "silent_share", "spikes_per_month", "spike_size", "spike_hours",
        "input_share", "cached_share",
    ),
    "people": (
        "engineer_usd_per_hour", "wage_growth_per_year", "engineer_hours_per_month", "engineer_fte",
        "engineer_hours_per_replica_month", "underestimate_share", "launch_hours", "launch_months", "refresh_hours",
        "migration_hours", "finetune_hours",
    ),
    "gpu price": (
        "usd_per_gpu_hour", "reserved_discount", "gpu_price_drift", "gpu_price_volatility", "usd_per_gpu",
        "server_share",
        "hardware_price_drift", "hardware_price_volatility", "residual_share_36_months", "support_share_per_year",
    ),
    "api price": (
        "usd_per_million_input", "usd_per_million_cached_input", "usd_per_million_output", "batch_share",
        "batch_price_ratio", "annual_decline", "list_price_volatility", "months_between_moves", "jumps_per_year",
        "jump_log_mean", "jump_log_sd", "markup_share", "overhead_usd_per_month", "gateway_usd_per_month",
        "rate_limit_usd_per_month", "data_transfer_usd_per_month",
    ),
    "api use": ("retry_share", "development_share"),
    "serving": (
        "share", "token_ratio", "mixed_tokens_per_second", "prefill_tokens_per_second", "decode_tokens_per_second",
        "fleet_cached_share", "latency_utilization", "out_of_the_box_share", "tuning_months", "software_gain_per_year",
        "headroom", "longest_wait_hours", "lead_months", "refresh_weeks", "refresh_usd",
        "finetune_runs_per_year", "finetune_usd",
    ),
    "failures": (
        "gpu_failures_per_gpu_year", "spot_interruptions_per_gpu_year", "repair_hours", "incidents_per_month",
        "incident_usd", "outage_hours_per_year", "outage_usd_per_hour", "lost_usd_per_million_tokens",
    ),
    "platform": (
        "monitoring_usd_per_month", "storage_usd_per_month", "networking_usd_per_month", "load_balancer_usd_per_month",
        "backup_usd_per_month", "security_usd_per_month", "audit_usd_per_year", "setup_usd", "launch_usd",
    ),
    "energy": (
        "colocation_usd_per_kw_month", "provisioned_kw_per_gpu", "idle_watts_per_gpu", "load_watts_per_gpu", "pue",
        "host_power_ratio", "usd_per_kwh", "energy_price_growth_per_year",
    ),
    "finance": ("discount_rate_per_year",),
}  # fmt: skip
"""The uncertain fields of each topic, by the last part of their path; every one has one topic."""

_TOPIC_OF = {field: topic for topic, fields in TOPICS.items() for field in fields}


def input_topics(scenario: Scenario) -> dict[str, str]:
    """Topic of every uncertain input, in the order of `Scenario.uncertain_inputs`; that of the first field it fills."""
    found: dict[str, str] = {}
    for path, quantity in scenario.fields():
        if not quantity.is_point:
            found.setdefault(quantity.name, _TOPIC_OF[path.rpartition(".")[2]])
    return found

"""Small scenarios for checks: bare ones that cost nothing but what is stated, and one of every kind of option.

Knows scenario files; simulates nothing. Prices and rates stated here are round numbers that make sums easy, not figures
about the world.
"""

from __future__ import annotations

from collections.abc import Sequence

from tcosim.sampling.families import median
from tcosim.scenario.load import load_text
from tcosim.scenario.models import Scenario

API = """
[[option]]
kind = "api"
name = "api"
usd_per_million_input = 3.0
usd_per_million_cached_input = 0.3
usd_per_million_output = 15.0
"""
SECOND_API = API.replace('name = "api"', 'name = "other"')
MANAGED = """
[[option]]
kind = "managed"
name = "managed"
api = "api"
"""
RENTED = """
[[option]]
kind = "rented"
name = "rented"
api = "api"
gpus_per_replica = 2
prefill_tokens_per_second = 10000.0
decode_tokens_per_second = 4000.0
usd_per_gpu_hour = 2.5
"""
AUTOSCALED = """
[[option]]
kind = "rented"
name = "autoscaled"
contract = "spot"
autoscale = true
longest_wait_hours = 1.5
min_replicas = 1
api = "api"
gpus_per_replica = 2
mixed_tokens_per_second = 9000.0
usd_per_gpu_hour = {use = "gpu.h100.usd_per_gpu_hour_spot"}
"""
RESERVED = """
[[option]]
kind = "rented"
name = "reserved"
contract = "reserved"
term_months = 6
api = "api"
gpus_per_replica = 2
mixed_tokens_per_second = 9000.0
usd_per_gpu_hour = {use = "gpu.h100.usd_per_gpu_hour_on_demand"}
"""
OWNED = """
[[option]]
kind = "owned"
name = "owned"
api = "api"
gpus_per_replica = 2
mixed_tokens_per_second = 9000.0
usd_per_gpu = {use = "gpu.h100.usd_per_gpu"}
"""

NEUTRAL = {
    "forecast_ratio": 1, "token_ratio": 1, "latency_utilization": 1, "out_of_the_box_share": 1, "headroom": 1,
    "share": 1, "batch_price_ratio": 1, "host_power_ratio": 1, "pue": 1, "tuning_months": 1, "burst_hours": 1,
    "burst_days": 1, "spike_hours": 1, "months_between_moves": 240, "refresh_weeks": 1000, "repair_hours": 24,
    "engineer_usd_per_hour": 100,
}  # fmt: skip
"""What leaves a figure alone; every other quantity of a bare scenario is 0."""
STATED_BY_OPTION = {
    "usd_per_million_input", "usd_per_million_cached_input", "usd_per_million_output", "prefill_tokens_per_second",
    "decode_tokens_per_second", "mixed_tokens_per_second", "usd_per_gpu_hour", "usd_per_gpu", "input_share",
}  # fmt: skip


def text_of(options: Sequence[str], *, months: int, volume: float) -> str:
    """A scenario file of these options; everything else is left to the library."""
    head = f'[scenario]\nname = "verify"\nmonths = {months}\n[volume]\ntokens_per_month = {volume!r}\n[traffic]\n'
    return head + "".join(options)


def declared(options: Sequence[str], *stated: str, months: int, volume: float = 3e9) -> Scenario:
    """A scenario as a user would declare it: what is left out comes from the library, uncertainty and all."""
    return load_text(text_of(options, months=months, volume=volume), overrides=list(stated))


def bare(options: Sequence[str], *stated: str, months: int = 1, volume: float = 1e9) -> Scenario:
    """A scenario in which nothing is uncertain and nothing costs but what is `stated` (``"field=value"``)."""
    return stripped(text_of(options, months=months, volume=volume), stated)


def stripped(text: str, stated: Sequence[str], volume: float | None = None) -> Scenario:
    """A scenario file with every quantity that neither it nor `stated` gives neutral or 0."""
    whole = load_text(text, volume=volume)
    fixed = []
    for path, quantity in whole.fields():
        last = path.rpartition(".")[2]
        if last in STATED_BY_OPTION:
            value = quantity.point_value if quantity.is_point else quantity.distribution.central_range()[1]
        else:
            value = float(NEUTRAL.get(last, 0))
        # what does not apply to an option counts as 0 and may not be stated
        if not (quantity.is_point and quantity.point_value == value):
            fixed.append(f"{path}={float(value)!r}")
    return load_text(text, overrides=[*fixed, *stated], volume=volume)


EVERY_KIND = (
    API,
    MANAGED,
    RENTED.replace("2.5", '{use = "gpu.h100.usd_per_gpu_hour_on_demand"}'),
    AUTOSCALED,
    RESERVED + "share = 0.7\n",
    OWNED + 'overflow = "lost"\nlost_usd_per_million_tokens = 20.0\n',
)
"""One option of every kind and contract, a hybrid and lost overflow among them."""


def every_kind(months: int) -> Scenario:
    """`EVERY_KIND` as a user would declare it."""
    return declared(EVERY_KIND, months=months)


def certain(scenario: Scenario) -> Scenario:
    """The same with every input at its median; months and hours stay random."""
    return scenario.with_overrides(
        [
            f"{path}={median(quantity.distribution)!r}"
            for path, quantity in scenario.fields()
            if not quantity.is_point
        ]
    )

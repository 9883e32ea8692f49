"""Small scenarios for tests of the engine, made from the shipped library."""

from tcosim.sampling.families import median
from tcosim.scenario.load import load_text

API = """
[[option]]
kind = "api"
name = "api"
usd_per_million_input = 3.0
usd_per_million_cached_input = 0.3
usd_per_million_output = 15.0
"""

FLEETS = {
    "rented": """
[[option]]
kind = "rented"
name = "rented"
gpus_per_replica = 2
prefill_tokens_per_second = {use = "serving.llama-70b-h100x2.prefill_tokens_per_second"}
decode_tokens_per_second = {use = "serving.llama-70b-h100x2.decode_tokens_per_second"}
usd_per_gpu_hour = {use = "gpu.h100.usd_per_gpu_hour_on_demand"}
""",
    "autoscaled": """
[[option]]
kind = "rented"
name = "autoscaled"
contract = "spot"
autoscale = true
longest_wait_hours = 1.5
min_replicas = 1
gpus_per_replica = 2
mixed_tokens_per_second = 9000.0
usd_per_gpu_hour = {use = "gpu.h100.usd_per_gpu_hour_spot"}
""",
    "reserved": """
[[option]]
kind = "rented"
name = "reserved"
contract = "reserved"
term_months = 6
share = 0.7
gpus_per_replica = 2
mixed_tokens_per_second = 9000.0
usd_per_gpu_hour = {use = "gpu.h100.usd_per_gpu_hour_on_demand"}
""",
    "owned": """
[[option]]
kind = "owned"
name = "owned"
overflow = "lost"
lost_usd_per_million_tokens = 20.0
gpus_per_replica = 2
mixed_tokens_per_second = 9000.0
usd_per_gpu = {use = "gpu.h100.usd_per_gpu"}
""",
}

MANAGED = """
[[option]]
kind = "managed"
name = "managed"
"""


def scenario(*fleets, months=4, volume=3e9, head="", overrides=()):
    """An api, and the fleets named; everything else from the library."""
    text = f"""
{head}
[scenario]
name = "test"
months = {months}
[volume]
tokens_per_month = {volume!r}
[traffic]
{API}
{MANAGED if "managed" in fleets else ""}
{"".join(FLEETS[name] for name in fleets if name != "managed")}
"""
    return load_text(text, overrides=list(overrides))


def every_kind(months=4, **others):
    """One option of every kind and contract."""
    return scenario("managed", "rented", "autoscaled", "reserved", "owned", months=months, **others)


def without_uncertainty(built, *overrides):
    """The same with every input at its median."""
    fixed = [
        f"{path}={float(median(quantity.distribution))!r}"
        for path, quantity in built.fields()
        if not quantity.is_point
    ]
    plain = built.with_overrides([*fixed, *overrides])
    assert plain.uncertain_inputs() == ()
    return plain

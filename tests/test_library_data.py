"""The shipped library as data: every quantity complete, sourced and in order.

Reads the TOML files with tomllib alone; must not know the loader that turns them into distributions.
"""

from __future__ import annotations

import datetime
import math
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

LIBRARY = Path(__file__).parents[1] / "distributions"
TOPICS = ("traffic", "api", "gpu", "serving", "people", "models", "platform", "energy", "failures", "finance",
          "measurement", "fit", "price_bounds")  # fmt: skip
GRADES = {"measured", "published", "judgement"}
METADATA = {"unit", "support", "meaning", "source", "checked", "grade", "caveat"}
FAMILIES: dict[str, set[str]] = {
    "point": {"value"},
    "uniform": {"low", "high"},
    "triangular": {"low", "mode", "high"},
    "pert": {"low", "mode", "high"},
    "lognormal": set(),
    "normal": set(),
    "quantiles": {"minimum", "maximum"},
}
PERCENTILE = re.compile(r"p\d{1,2}")

DEFAULT_NAMES = """
finance: discount_rate_per_year
traffic: annual_growth growth_volatility profile_following burst_sigma burst_hours burst_daily_share
traffic: burst_days silent_share spikes_per_month spike_size spike_hours input_share cached_share
people: engineer_usd_per_hour wage_growth_per_year engineer_hours_per_month engineer_hours_per_replica_month
people: underestimate_share launch_hours launch_usd
api: batch_price_ratio annual_decline months_between_moves migration_hours jumps_per_year jump_log_mean
api: jump_log_sd list_price_volatility retry_share development_share gateway_usd_per_month rate_limit_usd_per_month
api: engineer_hours_per_month managed_markup_share managed_overhead_usd_per_month
serving: token_ratio fleet_cached_share latency_utilization out_of_the_box_share tuning_months
serving: software_gain_per_year launch_months headroom lead_months
failures: gpu_failures_per_gpu_year repair_hours incidents_per_month incident_usd
models: refresh_weeks refresh_hours refresh_usd
platform: monitoring_usd_per_month storage_usd_per_month networking_usd_per_month load_balancer_usd_per_month
platform: backup_usd_per_month security_usd_per_month audit_usd_per_year setup_usd
gpu: reserved_discount price_drift price_volatility spot_interruptions_per_gpu_year server_share
gpu: hardware_price_drift hardware_price_volatility residual_share_36_months support_share_per_year
energy: colocation_usd_per_kw_month provisioned_kw_per_gpu idle_watts_per_gpu load_watts_per_gpu pue
energy: host_power_ratio usd_per_kwh price_growth_per_year
"""
DEFAULTS = tuple(
    f"{line.split(': ')[0]}.{name}"
    for line in DEFAULT_NAMES.strip().splitlines()
    for name in line.split(": ")[1].split()
)
TIERED = tuple(
    f"api.{tier}.usd_per_million_{kind}"
    for tier in ("frontier", "mid", "budget", "nano")
    for kind in ("input", "cached_input", "output")
)
GPUS = tuple(
    f"gpu.{gpu}.{name}"
    for gpu in ("h100", "h200", "b200", "a100-80", "l40s")
    for name in ("usd_per_gpu_hour_on_demand", "usd_per_gpu_hour_spot", "usd_per_gpu")
)
HYPERSCALER = "gpu.h100-hyperscaler.usd_per_gpu_hour_on_demand"
SERVING = tuple(
    f"serving.{replica}.{kind}_tokens_per_second"
    for replica in ("llama-70b-h100x2", "llama-70b-h200x2", "llama-70b-a100-80x2", "gpt-oss-120b-h100x4")
    for kind in ("prefill", "decode")
)

# What the field of a scenario allows, so that no default can be refused by the field that uses it.
ALLOWED_NAMES: dict[tuple[float, float], str] = {
    (-5, 0.99): "api.annual_decline",
    (-3, 3): "api.jump_log_mean",
    (-2, 2): "gpu.price_drift gpu.hardware_price_drift",
    (-0.95, 20): "traffic.annual_growth",
    (-0.9, 10): "people.underestimate_share",
    (-0.5, 5): "serving.software_gain_per_year",
    (-0.2, 0.5): "people.wage_growth_per_year",
    (0, 0.95): "gpu.reserved_discount traffic.silent_share",
    (0, 0.999): "serving.fleet_cached_share",
    (0, 1): """
        finance.discount_rate_per_year traffic.profile_following traffic.burst_daily_share
        traffic.input_share traffic.cached_share api.batch_price_ratio api.retry_share
        gpu.residual_share_36_months gpu.support_share_per_year
    """,
    (0, 3): """
        traffic.growth_volatility traffic.burst_sigma api.jump_log_sd api.list_price_volatility
        gpu.price_volatility gpu.hardware_price_volatility
    """,
    (0, 5): "api.development_share api.managed_markup_share gpu.server_share energy.usd_per_kwh",
    (0, 12): "api.jumps_per_year",
    (0, 24): "serving.lead_months",
    (0, 100): "traffic.spike_size failures.gpu_failures_per_gpu_year failures.incidents_per_month",
    (0, 240): "serving.launch_months",
    (0, 300): "traffic.spikes_per_month",
    (0, 1e5): "api.migration_hours",
    (1e-9, 1): "serving.latency_utilization serving.out_of_the_box_share",
    (1e-9, 20): "serving.token_ratio",
    (1e-9, 240): "api.months_between_moves serving.tuning_months",
    (1e-9, 1000): "traffic.burst_hours traffic.burst_days traffic.spike_hours models.refresh_weeks",
    (1e-9, 2000): "people.engineer_usd_per_hour",
    (0.1, 20): "serving.headroom",
    (0.5, 8760): "failures.repair_hours",
    (1, 4): "energy.pue",
    (1, 5): "energy.host_power_ratio",
}
ALLOWED = {key: bounds for bounds, keys in ALLOWED_NAMES.items() for key in keys.split()}


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def quantities(table: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, value in table.items():
        if name == "shape" and not path:
            continue
        key = f"{path}.{name}" if path else name
        assert isinstance(value, dict), f"{key} stands outside a quantity"
        if "dist" in value:
            yield key, value
        else:
            yield from quantities(value, key)


FILES = {topic: read(LIBRARY / f"{topic}.toml") for topic in TOPICS}
QUANTITIES = {key: table for data in FILES.values() for key, table in quantities(data)}
SOURCES = read(LIBRARY / "sources.toml")
CORRELATIONS = read(LIBRARY / "correlations.toml")["correlation"]
SHAPES = FILES["traffic"]["shape"]
SCENARIOS = sorted((LIBRARY / "scenarios").glob("*.toml"))

every_quantity = pytest.mark.parametrize("key", sorted(QUANTITIES))


def stated(table: dict[str, Any]) -> list[float]:
    """Every value of the quantity itself that a table states, in the order in which they must rise."""
    percentiles = sorted((int(name[1:]), table[name]) for name in table if PERCENTILE.fullmatch(name))
    inner = [value for _, value in percentiles]
    bounds = ("low", "mode", "high", "value")
    inner += [table[name] for name in bounds if name in table]
    first = [table[name] for name in ("minimum", "low_limit") if name in table]
    last = [table[name] for name in ("maximum", "high_limit") if name in table]
    return first + inner + last


def check_record(table: dict[str, Any], *, needs: set[str]) -> None:
    assert needs <= table.keys()
    assert table["grade"] in GRADES
    assert type(table["checked"]) is datetime.date
    assert table["source"]
    assert set(table["source"]) <= SOURCES.keys()
    assert len(table["caveat"].strip()) > 20


@every_quantity
def test_metadata_is_complete(key: str) -> None:
    table = QUANTITIES[key]
    check_record(table, needs=METADATA)
    assert table["unit"].strip()
    assert len(table["meaning"].strip()) > 10


@every_quantity
def test_family_has_its_parameters_and_no_others(key: str) -> None:
    table = QUANTITIES[key]
    family = table["dist"]
    assert FAMILIES[family] <= table.keys()
    percentiles = {name for name in table if PERCENTILE.fullmatch(name)}
    limits = {"low_limit", "high_limit"} if family in {"lognormal", "normal"} else set()
    assert set(table) == METADATA | {"dist"} | FAMILIES[family] | percentiles | limits
    if family in {"lognormal", "normal"}:
        assert len(percentiles) == 2
    elif family == "quantiles":
        assert len(percentiles) >= 3
    else:
        assert not percentiles


@every_quantity
def test_values_rise_and_lie_inside_the_support(key: str) -> None:
    table = QUANTITIES[key]
    values = stated(table)
    low, high = table["support"]
    assert all(math.isfinite(value) for value in [*values, low, high])
    assert low < high
    assert values == sorted(values)
    if table["dist"] in {"quantiles", "lognormal", "normal"}:
        assert len(set(values[1:-1])) == len(values[1:-1])
        assert (values[0], values[-1]) == (low, high)
    assert low <= values[0] <= values[-1] <= high
    if table["dist"] == "lognormal":
        assert all(value > 0 for value in values[1:-1])


@pytest.mark.parametrize("key", sorted(ALLOWED))
def test_default_fits_the_field_that_uses_it(key: str) -> None:
    low, high = ALLOWED[key]
    assert low <= QUANTITIES[key]["support"][0]
    assert QUANTITIES[key]["support"][1] <= high


@every_quantity
def test_topic_is_the_file(key: str) -> None:
    topic, _, _ = key.partition(".")
    assert key in dict(quantities(FILES[topic]))


@pytest.mark.parametrize("key", (*DEFAULTS, *TIERED, *GPUS, *SERVING, HYPERSCALER))
def test_named_key_exists(key: str) -> None:
    assert key in QUANTITIES


def test_prices_lie_within_sanity_bounds() -> None:
    for key, table in QUANTITIES.items():
        name = key.split(".")[-1]
        if name.startswith("usd_per_gpu_hour"):
            bounds = (0.05, 100.0)
        elif name == "usd_per_gpu":
            bounds = (100.0, 500_000.0)
        else:
            continue
        assert bounds[0] <= table["support"][0], key
        assert table["support"][1] <= bounds[1], key


def test_sources_are_described_and_used() -> None:
    used = {source for table in QUANTITIES.values() for source in table["source"]}
    used |= {source for table in [*SHAPES.values(), *CORRELATIONS] for source in table["source"]}
    assert SOURCES.keys() == used
    for key, source in SOURCES.items():
        assert source.keys() <= {"title", "publisher", "date", "url", "note"}, key
        assert {"title", "publisher", "date", "note"} <= source.keys(), key
        assert source.get("url", "https://").startswith("https://"), key


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_shape_is_a_week_of_mean_one(name: str) -> None:
    shape = SHAPES[name]
    check_record(shape, needs={"values", "meaning", "source", "checked", "grade", "caveat"})
    assert len(shape["values"]) == 168
    assert min(shape["values"]) >= 0
    assert math.fsum(shape["values"]) / 168 == pytest.approx(1, abs=1e-9)


def test_shapes_named_by_the_documentation_exist() -> None:
    assert {"flat", "office-hours", "around-the-clock", "code-platform", "support"} <= SHAPES.keys()


def test_correlations_name_uncertain_quantities_once() -> None:
    pairs = [tuple(sorted(entry["inputs"])) for entry in CORRELATIONS]
    assert len(set(pairs)) == len(pairs)
    for entry in CORRELATIONS:
        check_record(entry, needs={"inputs", "rank_correlation", "source", "checked", "grade", "caveat"})
        assert len(set(entry["inputs"])) == len(entry["inputs"]) == 2
        assert all(QUANTITIES[key]["dist"] != "point" for key in entry["inputs"])
        assert 0 < abs(entry["rank_correlation"]) < 1


def test_correlations_fit_together() -> None:
    names = sorted({key for entry in CORRELATIONS for key in entry["inputs"]})
    matrix = np.eye(len(names))
    for entry in CORRELATIONS:
        i, j = (names.index(key) for key in entry["inputs"])
        matrix[i, j] = matrix[j, i] = 2 * math.sin(math.pi * entry["rank_correlation"] / 6)
    assert np.linalg.eigvalsh(matrix).min() > 0.05


def used_keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if "use" in value:
            assert set(value) == {"use"}
            yield value["use"]
        for inner in value.values():
            yield from used_keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from used_keys(inner)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario_parses_and_uses_known_keys(path: Path) -> None:
    scenario = read(path)
    assert scenario["scenario"]["name"] == path.stem
    assert scenario["volume"]["tokens_per_month"] > 0
    names = [option["name"] for option in scenario["option"]]
    assert len(set(names)) == len(names)
    assert scenario["scenario"].get("baseline", "api") in names
    assert {option["kind"] for option in scenario["option"]} <= {"api", "managed", "rented", "owned"}
    assert scenario["traffic"]["weekly_profile"] in SHAPES
    keys = set(used_keys(scenario))
    assert keys
    assert keys <= QUANTITIES.keys()


def test_default_scenario_has_the_five_options() -> None:
    scenario = read(LIBRARY / "scenarios" / "support-assistant.toml")
    kinds = {option["name"]: option["kind"] for option in scenario["option"]}
    assert kinds == {
        "api": "api",
        "managed": "managed",
        "rented-h100": "rented",
        "owned-h100": "owned",
        "hybrid-h100": "rented",
    }


def test_default_scenario_keeps_its_inputs_few() -> None:
    scenario = read(LIBRARY / "scenarios" / "support-assistant.toml")
    unused = {
        "serving.lead_months",
        "gpu.reserved_discount",
        "gpu.spot_interruptions_per_gpu_year",
        "api.batch_price_ratio",
    }
    active = (set(DEFAULTS) - unused) | set(used_keys(scenario))
    uncertain = {key for key in active if QUANTITIES[key]["dist"] != "point"}
    assert 30 <= len(uncertain) <= 46


WORKED_EXAMPLES = (
    "employee-assistant", "support-chatbot", "ai-search", "a10g-50m-a-day", "a10g-500m-a-day", "break-even-256m",
    "api-bill-15k", "break-even-11b", "regulated-hospital", "three-way-routing", "owned-h100", "fine-tuned-7b",
)  # fmt: skip
PRICES = {
    "usd_per_million_input", "usd_per_million_cached_input", "usd_per_million_output", "usd_per_gpu_hour",
    "usd_per_gpu", "prefill_tokens_per_second", "decode_tokens_per_second", "lost_usd_per_million_tokens",
}  # fmt: skip


def test_every_worked_example_ships() -> None:
    assert {*WORKED_EXAMPLES, "support-assistant"} <= {path.stem for path in SCENARIOS}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario_takes_prices_and_rates_from_the_library(path: Path) -> None:
    scenario = read(path)
    found = 0
    for option in scenario["option"]:
        for table in (option, *option.get("route", [])):
            for field in PRICES & table.keys():
                assert table[field].keys() == {"use"}, f"{option['name']}.{field} has no source"
                found += 1
    assert found >= 6


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario_is_for_the_terminal_and_the_editor(path: Path) -> None:
    assert len(read(path)["scenario"]["title"]) <= 70
    assert all(len(line) <= 120 for line in path.read_text(encoding="utf-8").splitlines())


def test_every_tier_is_complete_and_in_order() -> None:
    of_api = [key for key in QUANTITIES if key.startswith("api.")]
    tiers = {key.split(".")[1] for key in of_api if key.endswith(".usd_per_million_input")}
    assert {"frontier", "frontier-2024", "frontier-gpt", "budget"} <= tiers
    for tier in tiers:
        cached, fresh, output = (
            QUANTITIES[f"api.{tier}.usd_per_million_{kind}"]["value"]
            for kind in ("cached_input", "input", "output")
        )
        assert 0 < cached < fresh < output, tier


def test_the_two_rates_of_every_replica_move_together() -> None:
    pairs = {frozenset(entry["inputs"]) for entry in CORRELATIONS if entry["rank_correlation"] == 0.7}
    replicas = {key.rpartition(".")[0] for key in QUANTITIES if key.endswith(".prefill_tokens_per_second")}
    assert len(replicas) >= 11
    for replica in replicas:
        assert frozenset(f"{replica}.{kind}_tokens_per_second" for kind in ("prefill", "decode")) in pairs, (
            replica
        )

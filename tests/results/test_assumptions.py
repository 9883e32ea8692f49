"""The snapshot of what a run stood on: every quantity once, with percentiles, meaning and origin."""

from __future__ import annotations

import copy
import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcosim.results.assumptions import assumption_snapshot, shape_fault
from tcosim.results.summary import to_json
from tcosim.sampling.families import ppf
from tcosim.scenario.library import default_library
from tcosim.scenario.load import load, load_text
from tcosim.scenario.write import resolved_toml

KEYS = {
    "input", "fields", "meaning", "unit", "uncertain", "defaulted", "distribution", "percentiles", "library",
}  # fmt: skip


def snapshot(*overrides):
    return assumption_snapshot(load(overrides=overrides), ppf)


def by_name(content):
    return {one["input"]: one for one in content["assumptions"]}


def written_paths(scenario):
    """Paths of all fields that the resolved file states: those that apply."""
    content = tomllib.loads(resolved_toml(scenario))
    paths = {f"{name}.{key}" for name in ("scenario", "volume", "traffic") for key in content[name]}
    for option in content["option"]:
        paths |= {f"option.{option['name']}.{key}" for key in option}
        for route in option.get("route", []):
            paths |= {f"option.{option['name']}.route.{route['name']}.{key}" for key in route}
    return paths


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("option.rented-h100.contract=reserved", "option.owned-h100.engineer_fte=1"),
        ("option.hybrid-h100.overflow=lost", "option.hybrid-h100.lost_usd_per_million_tokens=20"),
    ],
)
def test_every_quantity_that_applies_is_there_once_and_in_order(overrides):
    scenario = load(overrides=overrides)
    found = assumption_snapshot(scenario, ppf)["assumptions"]
    written = written_paths(scenario)
    wanted: dict[str, list[str]] = {}
    for path, quantity in scenario.fields():
        if path in written:
            wanted.setdefault(quantity.name, []).append(path)
    assert [(one["input"], one["fields"]) for one in found] == list(wanted.items())
    assert [one["input"] for one in found if one["uncertain"]] == [
        u.name for u in scenario.uncertain_inputs()
    ]
    assert all(set(one) == KEYS and one["meaning"] and one["unit"] for one in found)


def test_a_field_that_does_not_apply_is_no_assumption():
    assert not any("lost_usd" in name for name in by_name(snapshot()))
    lost = by_name(
        snapshot("option.owned-h100.overflow=lost", "option.owned-h100.lost_usd_per_million_tokens=20")
    )
    assert lost["option.owned-h100.lost_usd_per_million_tokens"]["percentiles"]["p50"] == 20
    assert "gpu.reserved_discount" not in by_name(snapshot())
    assert "gpu.reserved_discount" in by_name(snapshot("option.rented-h100.contract=reserved"))


def test_what_the_scenario_states_and_what_it_left_out():
    found = by_name(snapshot("volume.annual_growth=0.4"))
    growth = found["volume.annual_growth"]
    assert (growth["library"], growth["uncertain"], growth["defaulted"]) == (None, False, False)
    assert growth["percentiles"] == {"p5": 0.4, "p50": 0.4, "p95": 0.4}
    assert growth["distribution"] == {"dist": "point", "value": 0.4}
    assert growth["meaning"] == "Growth of the volume in a year; 0.4 is 40 % more."
    ratio = found["volume.forecast_ratio"]
    assert (ratio["library"], ratio["defaulted"]) == (None, True)


def test_the_origin_of_a_quantity_of_the_library():
    library = default_library()
    entry = library.quantity("people.engineer_hours_per_month")
    origin = by_name(snapshot())[entry.key]["library"]
    assert (origin["grade"], origin["checked"]) == (entry.grade, entry.checked.isoformat())
    assert (origin["meaning"], origin["caveat"]) == (entry.meaning, entry.caveat)
    assert [source["key"] for source in origin["sources"]] == list(entry.sources)
    assert [source["title"] for source in origin["sources"]] == [
        library.source(k).title for k in entry.sources
    ]


def test_a_key_that_is_gone_from_the_library_keeps_its_name():
    text = resolved_toml(load()).replace("people.underestimate_share", "people.of_another_version")
    found = assumption_snapshot(load_text(text), ppf)
    assert by_name(found)["people.of_another_version"]["library"] == {"key": "people.of_another_version"}
    assert shape_fault(found) == ""


@given(low=st.floats(0.01, 0.4), width=st.floats(0.01, 0.5))
def test_percentiles_are_those_of_the_law(low, width):
    declared = f'{{ dist = "uniform", low = {low!r}, high = {low + width!r} }}'
    found = by_name(snapshot(f"volume.annual_growth={declared}"))["volume.annual_growth"]["percentiles"]
    for name, share in (("p5", 0.05), ("p50", 0.5), ("p95", 0.95)):
        assert found[name] == pytest.approx(low + share * width, rel=1e-5)
    assert found["p5"] < found["p50"] < found["p95"]


def test_the_file_holds_what_the_snapshot_says():
    found = snapshot()
    assert json.loads(to_json(found)) == found
    assert shape_fault(found) == ""
    assert to_json(found) == to_json(snapshot())


@pytest.mark.parametrize("key", sorted(KEYS))
@pytest.mark.parametrize("value", ["missing", 3, [3], {}])
def test_another_shape_is_found_and_named(key, value):
    content = snapshot()
    one = copy.deepcopy(content["assumptions"][7])
    if value == "missing":
        del one[key]
    else:
        one[key] = value
    content["assumptions"][7] = one
    fault = shape_fault(content)
    if key == "distribution" and value == {}:  # what a distribution holds is its own affair
        assert fault == ""
    else:
        assert fault.startswith(f"assumptions.7.{key}")


@pytest.mark.parametrize(
    "content", [None, 3, "text", [], {}, {"prices": []}, {"library_sha256": "", "assumptions": {}}]
)
def test_something_else_is_no_snapshot(content):
    assert shape_fault(content)

"""What a scenario with a model of the price catalogue meets: checks, assumptions, differences, gates, the schema."""

from __future__ import annotations

import datetime
import json
import tomllib

import jsonschema
import pytest

from tcosim.report.content.assumptions import assumption_rows
from tcosim.results.assumptions import assumption_snapshot, shape_fault
from tcosim.sampling.families import ppf
from tcosim.scenario.catalogue import genai
from tcosim.scenario.catalogue.key import FIELDS
from tcosim.scenario.difference import differences
from tcosim.scenario.exchange import exchange, separable
from tcosim.scenario.gates import eligible
from tcosim.scenario.load import load, load_text
from tcosim.scenario.schema import json_schema
from tcosim.scenario.template import template
from tcosim.scenario.write import resolved_toml

SONNET, HAIKU = "anthropic:claude-sonnet-5-5", "anthropic:claude-haiku-4-5"
TEXT = f"""
[scenario]
name = "small"
prices_on = 2026-11-21
[volume]
tokens_per_month = 2e9
[[option]]
kind = "api"
name = "api"
model = "{SONNET}"
[[option]]
kind = "managed"
name = "managed"
"""


def prices(scenario):
    """What costs of the API depend on; a price that stays keeps its old key."""
    return [getattr(scenario.option("api").routes[0], name).point_value for name in FIELDS]


@pytest.fixture
def validator():
    schema = json.loads(json.dumps(json_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_snapshot_tells_source_day_and_grade():
    snapshot = assumption_snapshot(load_text(TEXT), ppf)
    assert shape_fault(snapshot) == ""
    priced = [one for one in snapshot["assumptions"] if one["input"].startswith("genai-prices")]
    assert [one["fields"][0].rsplit(".", 1)[1] for one in priced] == list(FIELDS)
    for one in priced:
        assert not one["defaulted"]
        assert one["library"]["grade"] == "published"
        assert one["library"]["checked"] == "2026-11-21"
        assert one["library"]["sources"][0]["title"] == f"genai-prices {genai.version()}, 2026-11-21"


def test_the_page_s_table_shows_them():
    snapshot = assumption_snapshot(load_text(TEXT), ppf)
    rows = [row for row in assumption_rows(snapshot, {}) if SONNET in row.name]
    assert len(rows) == len(FIELDS)
    for row in rows:
        assert (row.grade, row.checked, row.is_stated) == ("published", "2026-11-21", False)
        assert row.sources[0].title.startswith(f"genai-prices {genai.version()}, 2026-11-21")


def test_the_day_is_kept_and_can_be_set():
    scenario = load_text(TEXT)
    assert scenario.prices_on == "2026-11-21"
    assert load_text(resolved_toml(scenario)) == scenario
    moved = load("support-assistant", overrides=["scenario.prices_on=2027-01-01",
                                                 "option.api.model=google:gemini-3.6-flash"])  # fmt: skip
    then = genai.model_on("google", "gemini-3.6-flash", datetime.date(2027, 1, 1))
    assert moved.prices_on == "2027-01-01"
    assert then is not None
    assert moved.option("api").routes[0].usd_per_million_input.point_value == then.prices.input
    # Another model in a run: on the run's day, not on that of the catalogue.
    again = scenario.with_overrides([f"option.api.route.default.model={HAIKU}"])
    assert "2026-11-21" in again.option("api").routes[0].usd_per_million_input.name


def test_two_models_are_one_difference():
    a = load("support-assistant", overrides=[f"option.api.model={SONNET}"])
    b = load("support-assistant", overrides=[f"option.api.model={HAIKU}"])
    found = separable(a, b, differences(a, b))
    assert [one.name for one in found] == ["option.api.route.default.model"]
    assert prices(exchange(a, b, found)) == prices(b)


def test_a_model_in_place_of_stated_prices_is_one_difference():
    a, b = load(), load("support-assistant", overrides=[f"option.api.model={SONNET}"])
    (found,) = separable(a, b, differences(a, b))
    assert {change.path.rsplit(".", 1)[1] for change in found.changes} >= {"model", "usd_per_million_input"}
    assert prices(exchange(a, b, (found,))) == prices(b)


def test_the_same_prices_by_another_name_or_day_are_no_difference():
    a, b = load_text(TEXT), load_text(TEXT.replace("2026-11-21", "2026-11-20"))
    assert a != b
    assert differences(a, b) == ()
    prices = "usd_per_million_input = 2\nusd_per_million_cached_input = 0.1\nusd_per_million_output = 10"
    assert differences(a, load_text(TEXT.replace(f'model = "{SONNET}"', prices))) == ()


def test_gates_and_volumes_do_not_care_where_prices_come_from():
    settings = ["constraints.frontier_quality_needed=true"]
    plain = load("support-assistant", overrides=settings)
    priced = load("support-assistant", overrides=[*settings, f"option.api.model={SONNET}"])
    assert eligible(priced) == eligible(plain)
    assert priced.with_volume(9e9).option("api") == priced.option("api")
    assert priced.uncertain_inputs() == plain.uncertain_inputs()


def test_the_schema_takes_a_model_in_place_of_prices(validator):
    raw = tomllib.loads(TEXT)
    raw["scenario"]["prices_on"] = "2026-11-21"
    validator.validate(raw)
    validator.validate(tomllib.loads(resolved_toml(load_text(TEXT))))
    api = raw["option"][0]
    api["route"] = [{"model": api.pop("model")}]
    validator.validate(raw)
    for broken in ({}, {"usd_per_million_input": 1}, {"model": 3}):
        api["route"] = [broken]
        assert not validator.is_valid(raw), broken
    api["route"] = [{"model": SONNET}]
    api["model"] = SONNET
    assert not validator.is_valid(raw)


def test_the_template_shows_both_fields():
    text = template()
    assert f'# model = "{SONNET}"' in text
    assert '# prices_on = "' in text
    load_text(text.replace("# prices_on", "prices_on").replace("# model", "model"))

"""Resolved scenarios, the template and the schema: what is written can be read."""

from __future__ import annotations

import hashlib
import json
import tomllib
from importlib import resources
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from tcosim.errors import InputError
from tcosim.scenario.distributions import distribution
from tcosim.scenario.library import Library, default_library
from tcosim.scenario.load import load, load_text
from tcosim.scenario.models.option import KINDS
from tcosim.scenario.schema import json_schema, schema_text
from tcosim.scenario.template import template
from tcosim.scenario.write import distribution_items, resolved_toml
from tests.scenario.conftest import SCENARIO
from tests.scenario.test_distributions import GOOD
from tests.scenario.test_load import CORRELATION, with_lines

RICH = (
    with_lines(
        'burst_hours = { dist = "uniform", low = 1, high = 3, input = "slow" }',
        'spike_hours = { dist = "uniform", low = 1, high = 3, input = "slow" }',
        f"weekly_profile = [{', '.join(['1', '2.7'] * 84)}]",
        'weekly_profile_name = "of mine"',
        after="[traffic]",
        text=with_lines(
            'repair_hours = { use = "failures.repair_hours", input = "repairs" }',
            'label = "Quotes \\" and \\\\ and \\u00e9"',
            'contract = "reserved"',
            'overflow = "lost"',
            "lost_usd_per_million_tokens = 7",
            after='name = "rented-h100"',
        ),
    )
    + CORRELATION.format("slow", "repairs", 0.1)
    + '[[correlation]]\ninputs = ["volume.annual_growth", "traffic.burst_sigma"]\nmatrix = [[1, 0.5], [0.5, 1]]\n'
)


@pytest.mark.parametrize("text", [SCENARIO, RICH], ids=["small", "rich"])
def test_a_resolved_scenario_loads_to_an_equal_one_without_the_library(
    library: Library, tmp_path: Path, text: str
) -> None:
    scenario = load_text(text, library=library)
    written = resolved_toml(scenario)
    again = load_text(written, library=Library(tmp_path / "none"))
    assert again == scenario
    assert [a.name for a in again.uncertain_inputs()] == [a.name for a in scenario.uncertain_inputs()]
    assert resolved_toml(again) == written
    assert scenario.sha256() == hashlib.sha256(written.encode()).hexdigest()


@pytest.mark.parametrize("name", default_library().scenarios())
def test_shipped_scenarios_survive_the_round_trip(name: str, tmp_path: Path) -> None:
    scenario = load(name)
    path = tmp_path / "scenario.toml"
    path.write_text(resolved_toml(scenario))
    assert load(path, library=Library(tmp_path / "none")) == scenario


@pytest.mark.parametrize(
    ("dist", "table"), [(name, table) for name, tables in GOOD.items() for table in tables]
)
def test_every_distribution_is_written_as_it_was_stated(dist: str, table: dict[str, object]) -> None:
    made = distribution({"dist": dist, **table})
    lines = "\n".join(f"{key} = {value}" for key, value in distribution_items(made))
    assert distribution(tomllib.loads(lines)) == made


def test_a_resolved_scenario_takes_no_default(library: Library) -> None:
    written = resolved_toml(load_text(SCENARIO, library=library))
    lines = [line for line in written.splitlines() if not line.startswith("repair_hours")]
    with pytest.raises(InputError, match="states every field") as refused:
        load_text("\n".join(lines), library=library)
    assert len(refused.value.problems) == 2


def test_use_beside_dist_is_for_resolved_files_only(library: Library) -> None:
    written = resolved_toml(load_text(SCENARIO, library=library))
    with pytest.raises(InputError, match="as it is"):
        load_text(written[: written.index("[resolved]")], library=library)


@pytest.mark.parametrize("kinds", [KINDS, ("api",), ("owned",), ("rented", "managed")])
def test_the_template_loads_and_mentions_every_option(kinds: tuple[str, ...]) -> None:
    text = template(kinds, name="mine")
    scenario = load_text(text)
    assert scenario.name == "mine"
    assert set(kinds) <= {option.kind for option in scenario.options}


def test_every_commented_default_of_the_template_can_be_put_to_use() -> None:
    plain = load_text(template())
    lines = []
    for line in template().splitlines():
        field, _, value = line.removeprefix("# ").partition(" = ")
        if (
            line.startswith("# ")
            and value
            and field.isidentifier()
            and "..." not in value
            and " # or " not in value
        ):
            if field not in ("inputs", "rank_correlation", "reserved_discount", "term_months"):
                line = line.removeprefix("# ")  # noqa: PLW2901
            if field in ("spot_interruptions_per_gpu_year",):
                line = f"# {line}"  # noqa: PLW2901
        lines.append(line)
    stated = load_text("\n".join(lines))
    assert len(stated.defaulted) < len(plain.defaulted) / 4
    lead = stated.option("rented").lead_months  # type: ignore[attr-defined]
    assert lead.library_key == "serving.lead_months"
    assert stated.uncertain_inputs() == plain.uncertain_inputs()


def test_an_unknown_kind_of_template_is_refused() -> None:
    with pytest.raises(InputError, match="did you mean rented"):
        template(("rentd",))


def test_the_shipped_schema_is_current() -> None:
    shipped = resources.files("tcosim.scenario").joinpath("scenario.schema.json").read_text(encoding="utf-8")
    assert shipped == schema_text(), "run: python -m tcosim.scenario.schema"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    """The schema, itself checked."""
    schema = json.loads(json.dumps(json_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_schema_takes_what_loads(library: Library, validator: jsonschema.Draft202012Validator) -> None:
    for text in (SCENARIO, RICH, template(), resolved_toml(load_text(RICH, library=library))):
        validator.validate(tomllib.loads(text))
    for name in default_library().scenarios():
        validator.validate(tomllib.loads(default_library().scenario_path(name).read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("dist", "table"), [(name, table) for name, tables in GOOD.items() for table in tables]
)
def test_the_schema_takes_every_family(
    dist: str, table: dict[str, object], validator: jsonschema.Draft202012Validator
) -> None:
    raw = tomllib.loads(SCENARIO)
    raw["volume"]["forecast_ratio"] = {"dist": dist, **table}
    validator.validate(raw)


@pytest.mark.parametrize(
    ("section", "field", "value"),
    [
        ("volume", "anual_growth", 0.1),
        ("volume", "tokens_per_month", -1),
        ("volume", "tokens_per_month", {"dist": "point", "value": 1}),
        ("volume", "forecast_ratio", "1"),
        ("volume", "forecast_ratio", {"dist": "normal", "mean": 1}),
        ("volume", "forecast_ratio", {"dist": "normal", "mean": 1, "sd": 1, "x": 1}),
        ("volume", "forecast_ratio", {"dist": "uniform", "p5": 1, "p95": 2}),
        ("traffic", "cached_share", 20),
        ("traffic", "weekly_profile", [1, 2]),
        ("scenario", "name", "a b"),
        ("scenario", "months", 1.5),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(
    library: Library, validator: jsonschema.Draft202012Validator, section: str, field: str, value: object
) -> None:
    raw = tomllib.loads(SCENARIO)
    raw[section][field] = value
    assert not validator.is_valid(raw)

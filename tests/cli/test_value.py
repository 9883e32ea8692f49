"""``tcosim value``: from a scenario or a run folder, the same answer; and how it refuses."""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np
import pytest
import typer
from datasets import synthetic
from typer.testing import CliRunner

from tcosim.analysis.summarize import summarize
from tcosim.cli.guard import Guarded
from tcosim.cli.value import days_option, group_options, value
from tcosim.errors import InputError
from tcosim.results.write_folder import write_run
from tcosim.sampling.inputs import InputSampler
from tcosim.scenario.load import load
from tcosim.scenario.write import resolved_toml


def simulate(scenario: Any, *, samples: int, seed: int, progress: Any = None, **_: Any) -> Any:
    """Two figures that depend on drawn inputs alone stand in for the hours and the ledger."""
    sampler = InputSampler(scenario.uncertain_inputs(), scenario.correlations, seed)
    drawn = sampler.values(sampler.uniforms(0, samples))
    inputs = dict(zip(sampler.names, drawn, strict=True))
    options = {option.name: option.kind for option in scenario.options}
    costs = {name: np.full(samples, 2e6) for name in options}
    costs["api"] = 6e5 * (1 + inputs.get("traffic.annual_growth", 0.3)) + 1e5 * inputs["traffic.input_share"]
    costs["rented-h100"] = 6e5 + 3e3 * inputs["people.engineer_hours_per_month"]
    dataset = synthetic(
        samples,
        seed=seed,
        npv=np.column_stack(list(costs.values())),
        months=scenario.months,
        options=options,
        tokens=scenario.volume.tokens_per_month * scenario.months,
        inputs=sampler.names,
    )
    dataset["input"] = (("future", "name"), drawn.T.astype(np.float32), dataset["input"].attrs)
    dataset.attrs |= {
        "scenario_name": scenario.name,
        "scenario_sha256": scenario.sha256(),
        "library_sha256": scenario.library_sha256,
    }
    return dataset


def never(*_: Any, **__: Any) -> Any:
    raise AssertionError("must not simulate")


@pytest.fixture
def tcosim(tmp_path, monkeypatch, engine):
    """Run the command in an empty folder, on an engine that answers at once."""
    engine(simulate=simulate)
    monkeypatch.chdir(tmp_path)
    app = typer.Typer(cls=Guarded, pretty_exceptions_enable=False)
    app.command("value")(value)
    app.callback()(lambda: None)
    return lambda *arguments: CliRunner().invoke(app, ["value", *map(str, arguments)])


@pytest.fixture
def run_folder(tmp_path):
    scenario = load(overrides=("volume.tokens_per_month=2e9",))
    dataset = simulate(scenario, samples=4096, seed=3)
    return write_run(
        tmp_path / "a-run",
        dataset,
        scenario_toml=resolved_toml(scenario),
        assumptions={"library_sha256": "", "assumptions": []},
        summary=summarize(dataset),
    )


def test_the_answer_begins_with_its_sentence_and_ends_with_the_measurement(tcosim, tmp_path):
    result = tcosim("--samples", "4096")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "support-assistant"
    assert lines[3].startswith("Knowing everything before choosing would be worth $")
    assert "the best single thing to find out is" in " ".join(lines[3:5])
    for head in (
        "Worth of knowing all of a group",
        "Worth of knowing one input",
        "Measuring the traffic before",
    ):
        assert head in result.stdout
    assert "simulating" in result.stderr
    assert os.listdir(tmp_path) == []


def test_json_holds_both_parts_and_the_same_seed_gives_the_same_bytes(tcosim):
    first, again, other = (
        tcosim("--samples", "4096", "--seed", seed, "--days", "90, 30", "--json") for seed in (7, 7, 8)
    )
    assert first.stdout_bytes == again.stdout_bytes != other.stdout_bytes
    content = json.loads(first.stdout)
    assert (content["seed"], content["samples"], content["scenario_name"]) == (7, 4096, "support-assistant")
    worth = content["value_of_information"]
    assert {one["input"] for one in worth["evppi_usd"]} == {u.name for u in load().uncertain_inputs()}
    assert worth["evppi_usd"][0]["usd"] > 0
    assert [row["days"] for row in content["measurement"]] == [90, 30]
    assert "traffic.input_share" in content["measurement"][0]["learns"]


def test_groups_of_ones_own_stand_beside_the_topics(tcosim):
    result = tcosim(
        "--samples", 4096, "--group", "both=traffic.annual_growth, people.engineer_hours_per_month", "--json"
    )
    groups = {one["group"]: one for one in json.loads(result.stdout)["value_of_information"]["groups"]}
    assert {"both", "traffic", "people"} <= groups.keys()
    assert groups["both"]["inputs"] == ["traffic.annual_growth", "people.engineer_hours_per_month"]
    assert groups["both"]["usd"] > groups["traffic"]["usd"]


def test_a_run_folder_is_read_and_not_simulated_and_answers_as_its_scenario(tcosim, engine, run_folder):
    simulated = tcosim("--samples", 4096, "--seed", 3, "--volume", "2e9", "--json")
    engine(simulate=never)
    read = tcosim(run_folder, "--json")
    assert read.exit_code == 0, read.output
    assert json.loads(read.stdout) == json.loads(simulated.stdout)
    assert "2 billion tokens a month" in tcosim(run_folder, "--threads", 1).stdout


def test_what_says_what_to_simulate_is_refused_with_a_run_folder_all_at_once(tcosim, engine, run_folder):
    engine(simulate=never)
    result = tcosim(
        run_folder, "--samples", "10", "--seed", "0", "--volume", "1e9", "--set", "x=1", "--days", "0",
        "--group", "a=people.lunch_hours",
    )  # fmt: skip
    assert result.exit_code == 2
    for option in ("--samples", "--seed", "--volume", "--set"):
        assert f"error: {option}: says what to simulate" in result.stderr
    assert "--days: must be whole numbers from 7 to 365, got 0" in result.stderr
    assert "got people.lunch_hours; did you mean people.launch_hours?" in result.stderr
    assert result.stdout == ""


def test_wrong_input_is_refused_before_anything_is_simulated(tcosim, engine):
    engine(simulate=never)
    result = tcosim(
        "--days", "30,0,-1,abc,400", "--top", "0", "--samples", "x", "--group", "g=traffic.anual_growth",
        "--group", "g", "--threads", "0",
    )  # fmt: skip
    assert result.exit_code == 2
    for words in (
        "--days: must be whole numbers from 7 to 365, got 0;", "got -1;", "got abc;", "got 400;",
        "--top: must lie", "--samples: must be a finite number", "--threads: must lie",
        "--group: must be a name, = and inputs, got g;",
    ):  # fmt: skip
        assert words in result.stderr, words
    unknown = tcosim("--group", "g=traffic.anual_growth")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "did you mean traffic.annual_growth?" in unknown.stderr


def test_a_folder_that_is_no_run_and_a_scenario_that_is_none_are_refused(
    tcosim, engine, tmp_path, run_folder
):
    engine(simulate=never)
    (tmp_path / "empty").mkdir()
    assert "must be a run folder, but" in tcosim("empty").stderr
    assert "must be a file or a shipped scenario" in tcosim("nowhere").stderr
    (run_folder / "scenario.toml").write_text("broken")
    damaged = tcosim(run_folder)
    assert damaged.exit_code == 2
    assert "scenario.toml changed since it was written" in damaged.stderr
    assert (
        f"the run folder {run_folder} is unchanged" in damaged.stderr
        or "nothing was written" in damaged.stderr
    )


def test_a_folder_with_the_name_of_a_shipped_scenario_does_not_hide_it(tcosim, tmp_path):
    (tmp_path / "support-assistant").mkdir()
    assert tcosim("support-assistant", "--samples", 64).exit_code == 0


@pytest.mark.parametrize("samples", [1, 3, 100, 1023])
def test_few_futures_are_answered_with_what_they_can_tell(tcosim, samples):
    result = tcosim("--samples", samples)
    assert result.exit_code == 0, result.output
    assert "too few futures" in result.stdout
    assert tcosim("--samples", samples, "--json").exit_code == 0


def test_certain_traffic_teaches_nothing(tcosim):
    named = [
        u.name
        for path, u in load().fields()
        if path.split(".")[0] in ("volume", "traffic") and not u.is_point
    ]
    settings = [part for name in named if name != "traffic.input_share" for part in ("--set", f"{name}=0.3")]
    result = tcosim("--samples", 2048, *settings, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["measurement"][0]["learns"] == ["traffic.input_share"]


def test_days_and_groups_are_read_as_people_write_them():
    assert days_option("30, 60,30 ,1_00") == (30, 60, 100)
    assert group_options(["a = x , y,x", "b=z"]) == {"a": ["x", "y"], "b": ["z"]}
    for wrong in ("", "30,", "7.5", "1e9"):
        with pytest.raises(InputError):
            days_option(wrong)
    with pytest.raises(InputError, match="once for each name"):
        group_options(["a=x", "a=y"])

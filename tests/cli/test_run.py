"""``tcosim run``: what it prints and writes, and how it refuses."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import jsonschema
import pytest

from tcosim.errors import InputError, Problem, TcosimError
from tcosim.results.folder import open_run
from tcosim.results.summary import summary_schema


def never(*_, **__):
    raise AssertionError("must not simulate")


def test_the_answer_stands_on_stdout_and_the_work_on_stderr(tcosim, engine, tmp_path):
    result = tcosim("run", "--samples", "2e3", "--out", "here")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("support-assistant\n3 billion tokens a month, 36 months, 2,000 futures")
    assert "Probability of costing less than api" in result.stdout
    assert not re.search(r"\bhere\b", result.stdout)
    assert "run folder: here" in result.stderr
    assert "2,000 futures in" in result.stderr
    assert os.listdir(tmp_path) == ["here"]
    run = open_run("here")
    assert run.summary["samples"] == 2000
    assert "[resolved]" in run.scenario_toml
    assert {"input", "unit", "distribution", "library"} <= set(run.assumptions["assumptions"][0])


def test_the_same_inputs_give_the_same_bytes(tcosim, engine):
    first = tcosim("run", "--samples", "500", "--seed", "7", "--out", "a")
    second = tcosim("run", "--samples", "500", "--seed", "7", "--out", "b", "--threads", "1")
    other = tcosim("run", "--samples", "500", "--seed", "8", "--out", "c")
    assert first.stdout_bytes == second.stdout_bytes
    assert first.stdout_bytes != other.stdout_bytes
    for name in os.listdir("a"):
        assert Path(f"a/{name}").read_bytes() == Path(f"b/{name}").read_bytes()


def test_json_is_the_summary_to_the_byte(tcosim, engine):
    result = tcosim("run", "--samples", "500", "--out", "a", "--json")
    assert result.stdout_bytes == Path("a/summary.json").read_bytes()
    jsonschema.validate(json.loads(result.stdout), summary_schema())


def test_without_out_the_folder_is_named_by_its_content(tcosim, engine):
    assert "already" not in tcosim("run", "--samples", "1e3").stderr
    again = tcosim("run", "--samples", "1e3")  # the same run twice is one folder
    assert again.exit_code == 0
    assert "(it was there already)" in again.stderr
    assert tcosim("run", "--samples", "1e3", "--seed", "7").exit_code == 0
    assert tcosim("run", "--samples", "1e3", "--volume", "2e9").exit_code == 0
    names = sorted(os.listdir("runs"))
    assert len(names) == 3
    assert [name.rsplit("-", 1)[0] for name in names] == [
        "support-assistant-0-1e3",
        "support-assistant-0-1e3",
        "support-assistant-7-1e3",
    ]


def test_a_default_folder_that_holds_something_else_gets_a_number(tcosim, engine):
    tcosim("run", "--samples", "100")
    (name,) = os.listdir("runs")
    with open(f"runs/{name}/scenario.toml", "a") as file:
        file.write("# mine\n")
    for expected in ("-2", "-3"):
        result = tcosim("run", "--samples", "100")
        assert result.exit_code == 0
        assert f"run folder: runs/{name}{expected}" in result.stderr
    assert Path(f"runs/{name}/scenario.toml").read_text().endswith("# mine\n")


def test_settings_and_volume_reach_the_scenario(tcosim, engine):
    result = tcosim("run", "--samples", "50", "--volume", "2.5B", "--set", "scenario.months=12", "--json")
    summary = json.loads(result.stdout)
    assert summary["months"] == 12
    assert summary["volume_tokens_per_month"] == 2.5e9


def test_seed_zero_and_large_seeds_are_seeds(tcosim, engine):
    largest = str(2**63 - 1)
    summary = json.loads(tcosim("run", "--samples", "50", "--seed", largest, "--json").stdout)
    assert summary["seed"] == 2**63 - 1
    assert json.loads(tcosim("run", "--samples", "50", "--seed", "0", "--json").stdout)["seed"] == 0


@pytest.mark.parametrize(
    ("arguments", "field", "value"),
    [
        (["--samples", "0"], "--samples", "0"),
        (["--samples", "abc"], "--samples", "abc"),
        (["--samples", "1e300"], "--samples", "1e300"),
        (["--samples", "-5"], "--samples", "-5"),
        (["--samples", "1.5"], "--samples", "1.5"),
        (["--samples", "nan"], "--samples", "nan"),
        (["--samples", "inf"], "--samples", "inf"),
        (["--samples", ""], "--samples", ""),
        (["--seed", "-1"], "--seed", "-1"),
        (["--seed", "0.5"], "--seed", "0.5"),
        (["--seed", "1e19"], "--seed", "1e19"),
        (["--threads", "0"], "--threads", "0"),
        (["--volume", "lots"], "--volume", "lots"),
        (["--volume", "-1"], "volume.tokens_per_month", "-1"),
        (["--set", "volume.anual_growth=1"], "volume", "annual_growth"),
        (["--set", "nonsense"], "--set", "nonsense"),
        (["nowhere.toml"], "scenario", "nowhere.toml"),
        (["."], "scenario", "."),
    ],
)
def test_wrong_input_is_named_and_nothing_is_written(tcosim, engine, tmp_path, arguments, field, value):
    engine(simulate=never)
    result = tcosim("run", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert field in result.stderr
    assert value in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.endswith("\nnothing was written\n")
    assert os.listdir(tmp_path) == []


def test_all_problems_are_shown_at_once(tcosim, engine):
    result = tcosim("run", "nowhere.toml", "--samples", "0", "--seed", "x", "--threads", "-1")
    assert result.exit_code == 2
    *problems, kept = result.stderr.splitlines()
    assert [line.split(":")[1].strip() for line in problems] == [
        "--samples",
        "--seed",
        "--threads",
        "scenario",
    ]
    assert kept == "nothing was written"


@pytest.mark.parametrize("kind", ["folder", "file", "below a file", "runs"])
def test_an_impossible_out_is_refused_before_simulating(tcosim, engine, tmp_path, kind):
    engine(simulate=never)
    place = {"folder": "taken", "file": "taken", "below a file": "taken/run", "runs": "runs/taken"}[kind]
    if kind == "folder":
        (tmp_path / "taken").mkdir()
    elif kind == "runs":
        (tmp_path / "runs" / "taken").mkdir(parents=True)
    else:
        (tmp_path / "taken").write_text("")
    result = tcosim("run", "--out", place)
    assert result.exit_code == 2
    assert f"got {place}" in result.stderr
    assert "--out" in result.stderr


def test_a_problem_that_the_engine_finds_exits_with_2(tcosim, engine, tmp_path):
    def refuse(*_, **__):
        raise InputError([Problem("option.a", "must be small", 3, "shrink it"), Problem("b", "is wrong")])

    engine(simulate=refuse)
    result = tcosim("run", "--samples", "10")
    assert result.exit_code == 2
    assert "error: option.a: must be small, got 3; shrink it\nerror: b: is wrong\n" in result.stderr
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (TcosimError("future 17 is not finite"), "error: future 17 is not finite\n"),
        (ValueError("a\nb"), "error: unexpected ValueError: a b\n"),
        (MemoryError(), "error: out of memory"),
    ],
)
def test_a_failure_exits_with_1_and_one_line(tcosim, engine, tmp_path, error, text):
    def fail(*_, **__):
        raise error

    engine(simulate=fail)
    result = tcosim("run", "--samples", "10")
    assert result.exit_code == 1
    assert text in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.endswith("\nnothing was written\n")
    assert result.stdout == ""
    assert os.listdir(tmp_path) == []
    assert "Traceback" in tcosim("--debug", "run", "--samples", "10").stderr


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (OSError(28, "No space left on device"), 1)]
)
def test_a_failure_after_writing_says_that_the_folder_is_complete(tcosim, engine, monkeypatch, error, code):
    import tcosim.cli.run as module

    def fail(*_, **__):
        raise error

    monkeypatch.setattr(module, "_print", fail)
    result = tcosim("run", "--samples", "10", "--out", "here")
    assert result.exit_code == code
    assert result.stderr.endswith("the run folder here is complete\n")
    assert "nothing was written" not in result.stderr
    assert open_run("here").summary["samples"] == 10


def test_a_run_stopped_when_its_folder_has_its_name_says_so(tcosim, engine, monkeypatch):
    from tcosim.results import write_folder

    write = write_folder.write_run

    def stopped(*arguments, **options):
        write(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(write_folder, "write_run", stopped)
    result = tcosim("run", "--samples", "10", "--out", "here")
    assert result.exit_code == 130
    assert result.stderr.endswith("stopped: the run folder here is complete\n")


def test_a_reader_that_leaves_does_not_hide_the_folder(tcosim, engine, monkeypatch):
    import tcosim.cli.run as module
    from tcosim.cli import guard

    def leave(*_, **__):
        raise BrokenPipeError

    monkeypatch.setattr(module, "_print", leave)
    monkeypatch.setattr(guard, "_drop_stdout", lambda: None)
    result = tcosim("run", "--samples", "10", "--out", "here")
    assert result.exit_code == 0
    assert "run folder: here" in result.stderr


def test_a_disk_that_fills_up_does_not_cost_the_answer(tcosim, engine, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tcosim.cli.run.write", full)
    result = tcosim("run", "--samples", "500")
    assert result.exit_code == 1
    assert "Probability of costing less than api" in result.stdout
    assert "No space left on device" in result.stderr


def test_a_budget_is_answered_in_a_sentence_and_a_column(tcosim, engine):
    result = tcosim("run", "--samples", "2e3", "--budget", "100k", "--out", "a")
    assert "costs over $100 k more than api." in " ".join(result.stdout.split())
    assert "$100 k" in result.stdout
    options = open_run("a").summary["options"]
    assert [option["loss_over_budget"] is None for option in options] == [True, False, False, False, False]
    jsonschema.validate(open_run("a").summary, summary_schema())


def test_a_precision_decides_how_many_futures(tcosim, tmp_path):
    fixed = ("--set", "scenario.months=2", "--volume", "2e10")
    result = tcosim("run", "--precision", "2%", "--out", "a", *fixed)
    assert result.exit_code == 0, result.output
    summary = open_run("a").summary
    jsonschema.validate(summary, summary_schema())
    assert summary["precision"]["met"]
    assert f"it took {summary['samples']:,} futures" in " ".join(result.stdout.split())
    short = tcosim("run", "--precision", "0.01%", "--samples", "3e3", *fixed)
    assert short.exit_code == 0
    assert "more than the 0.01 % that were asked for" in " ".join(short.stdout.split())
    assert [name.rpartition("-")[0] for name in os.listdir("runs")] == ["support-assistant-0-3e3"]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("--precision", "0"), "--precision"),
        (("--precision", "50%"), "--precision"),
        (("--precision", "few"), "--precision"),
        (("--budget", "-1"), "--budget"),
        (("--budget", "1e30"), "--budget"),
    ],
)
def test_bad_precision_and_budget_are_refused(tcosim, monkeypatch, arguments, field, tmp_path):
    monkeypatch.setattr("tcosim.cli.run.simulated", never)
    result = tcosim("run", *arguments)
    assert result.exit_code == 2
    assert f"error: {field}: must" in result.stderr
    assert os.listdir(tmp_path) == []

"""``tcosim drivers``: what it prints and draws, and how it refuses."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tcosim.cli.drivers import drivers
from tcosim.cli.guard import Guarded

SMALL = """
[scenario]
name = "small"
months = 1
[volume]
tokens_per_month = 3e9
annual_growth = 0.1
[traffic]
[[option]]
kind = "api"
name = "api"
usd_per_million_input = 3.0
usd_per_million_cached_input = 0.3
usd_per_million_output = 15.0
[[option]]
kind = "managed"
name = "managed"
markup_share = {dist = "uniform", low = 0.1, high = 0.3}
"""


def never(*_, **__):
    raise AssertionError("must not simulate")


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Run the command in an empty folder, with whatever program it will be part of."""
    app = typer.Typer(cls=Guarded, pretty_exceptions_enable=False)
    app.command("drivers")(drivers)
    app.callback()(lambda: None)
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        return CliRunner().invoke(app, ["drivers", *map(str, arguments)])

    return call


@pytest.fixture
def no_study(monkeypatch):
    monkeypatch.setattr("tcosim.studies.drivers.drivers", never)


@pytest.fixture
def small(program, tmp_path):
    (tmp_path / "small.toml").write_text(SMALL)
    return lambda *arguments: program("small.toml", "--option", "managed", *arguments)


def test_the_answer_stands_on_stdout_and_the_work_on_stderr(small, tmp_path):
    result = small("--samples", "3e4", "--png", "tornado.png", "--top", "3")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("small\n3 billion tokens a month, 1 month, ")
    assert "the expected saving of managed against api" in " ".join(result.stdout.split())
    assert "picture" not in result.stdout
    assert "picture: tornado.png" in result.stderr
    assert (tmp_path / "tornado.png").read_bytes().startswith(b"\x89PNG")
    again = small("--samples", "3e4", "--threads", "1", "--top", "3")
    assert again.stdout_bytes == result.stdout_bytes


def test_json_holds_every_driver(small):
    result = small(
        "--samples", "3e4", "--json", "--seed", "5", "--volume", "2B", "--set", "scenario.months=2"
    )
    found = json.loads(result.stdout)
    assert (found["seed"], found["volume_tokens_per_month"], found["months"]) == (5, 2e9, 2)
    inputs = {row["input"] for row in found["tornado"]}
    assert "option.managed.markup_share" in inputs
    assert inputs == {name for row in found["sobol"] for name in row["inputs"]}
    assert found["samples"] <= 3e4


def test_without_inputs_there_is_no_picture(small, tmp_path, monkeypatch):
    def none(*_, progress, **__):
        progress(1, 1)
        luck = {"driver": "monthly and hourly luck", "inputs": [], "first_order": 1.0, "total_order": 1.0,
                "first_order_ci95": [1.0, 1.0], "total_order_ci95": [1.0, 1.0]}  # fmt: skip
        return {
            "scenario_name": "small", "months": 1, "seed": 0, "volume_tokens_per_month": 3e9, "samples": 768,
            "option": "managed", "baseline": "api", "mean_saving_usd": -5.0, "sd_saving_usd": 1.0,
            "p5_saving_usd": -6.0, "p95_saving_usd": -4.0, "sobol": [luck], "tornado": [],
        }  # fmt: skip

    monkeypatch.setattr("tcosim.studies.drivers.drivers", none)
    result = small("--png", "tornado.png")
    assert result.exit_code == 0, result.output
    assert "No input is uncertain" in result.stdout
    assert "no picture: no input is uncertain" in result.stderr
    assert os.listdir(tmp_path) == ["small.toml"]


@pytest.mark.parametrize(
    ("arguments", "field", "value"),
    [
        (["--samples", "0"], "--samples", "0"),
        (["--samples", "abc"], "--samples", "abc"),
        (["--samples", "1e3"], "--samples", "1000"),
        (["--seed", "-1"], "--seed", "-1"),
        (["--threads", "0"], "--threads", "0"),
        (["--top", "0"], "--top", "0"),
        (["--top", "2.5"], "--top", "2.5"),
        (["--volume", "lots"], "--volume", "lots"),
        (["--option", "rented-h10"], "--option", "did you mean rented-h100"),
        (["--option", "api"], "--option", "other than the baseline"),
        (["--png", "nowhere/x.png"], "--png", "make the folder first"),
        (["--png", "."], "--png", "must be a file"),
        (["--set", "nonsense"], "--set", "nonsense"),
        (["nowhere.toml"], "scenario", "nowhere.toml"),
    ],
)
def test_wrong_input_is_named_and_nothing_is_written(program, no_study, tmp_path, arguments, field, value):
    result = program(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"error: {field}")
    assert value in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.endswith("\nnothing was written\n")
    assert os.listdir(tmp_path) == []


def test_all_problems_are_shown_at_once(program, no_study, tmp_path):
    (tmp_path / "there.png").write_bytes(b"mine")
    result = program("--samples", "1e3", "--seed", "x", "--top", "0", "--option", "zz", "--png", "there.png")
    assert result.exit_code == 2
    fields = [line.split(":")[1].strip() for line in result.stderr.splitlines()[:-1]]
    assert sorted(fields) == ["--option", "--png", "--samples", "--seed", "--top"]
    assert Path("there.png").read_bytes() == b"mine"


def test_a_scenario_without_fleets_needs_an_option(small, program, no_study):
    result = program("small.toml")
    assert result.exit_code == 2
    assert (
        "--option: must be named: the scenario has no rented or owned option; choose managed" in result.stderr
    )


def test_what_is_drawn_is_kept_if_printing_fails(small, monkeypatch):
    def fail(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("tcosim.cli.drivers._answer", fail)
    result = small("--samples", "3e4", "--png", "tornado.png")
    assert result.exit_code == 130
    assert "the picture tornado.png is complete" in result.stderr

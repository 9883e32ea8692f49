"""``tcosim curve``: what it prints and writes, how grids are read, and how it refuses."""

from __future__ import annotations

import json
import os
import sys
import types

import pytest
import stub
import typer
from typer.testing import CliRunner

from tcosim.cli.curve import curve
from tcosim.cli.grid import MOST_VOLUMES, volumes_option
from tcosim.cli.guard import Guarded
from tcosim.errors import InputError


def never(*_, **__):
    raise AssertionError("must not simulate")


@pytest.fixture
def study(monkeypatch):
    """Stand in for the study; call it with another ``curve`` to change it."""

    def use(curve=stub.curve):
        made = types.ModuleType("tcosim.studies.curve")
        made.curve, made.default_volumes = (
            curve,
            lambda scenario: (1e9, scenario.volume.tokens_per_month, 1e10),
        )
        package = types.ModuleType("tcosim.studies")
        package.curve, package.__path__ = made, []
        monkeypatch.setitem(sys.modules, "tcosim.studies", package)
        monkeypatch.setitem(sys.modules, "tcosim.studies.curve", made)

    use()
    return use


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the command in an empty folder."""
    app = typer.Typer(cls=Guarded)
    app.command("curve")(curve)
    app.callback()(lambda: None)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, ["curve", *map(str, arguments)])


def test_the_answer_stands_on_stdout_and_the_work_on_stderr(run, study, tmp_path):
    result = run("--samples", "2e3", "--volumes", "1e8:1e11")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(
        "support-assistant\n25 volumes from 100 million to 100 billion tokens a month, 36 months"
    )
    assert "Below " in result.stdout.splitlines()[3]
    assert "2,000 futures at 25 volumes in " in result.stderr
    assert " in " not in result.stdout.splitlines()[-1] or "s" not in result.stdout.splitlines()[-1].split()
    assert os.listdir(tmp_path) == []


def test_the_same_inputs_give_the_same_bytes(run, study):
    first, second = (run("--samples", "640", "--threads", threads) for threads in (1, 2))
    assert first.stdout_bytes == second.stdout_bytes
    assert first.stdout_bytes != run("--samples", "640", "--seed", "8").stdout_bytes


def test_json_is_the_summary(run, study):
    result = run("--samples", "640", "--volumes", "1e9,3e9,2e10", "--seed", "7", "--json")
    summary = json.loads(result.stdout)
    assert summary["seed"] == 7
    assert summary["samples"] == 640
    assert [point["tokens_per_month"] for point in summary["volumes"]] == [1e9, 3e9, 2e10]
    assert [point["is_planned"] for point in summary["volumes"]] == [False, True, False]
    assert {"decision", "best_self_hosted", "options", "baseline", "scenario_sha256"} <= set(summary)


def test_without_volumes_the_study_chooses_around_the_scenario(run, study):
    result = run("--samples", "64", "--set", "volume.tokens_per_month=2e9", "--json")
    assert [point["tokens_per_month"] for point in json.loads(result.stdout)["volumes"]] == [1e9, 2e9, 1e10]


def test_the_picture_is_written(run, study, tmp_path):
    result = run("--samples", "640", "--png", "curve.png")
    assert result.exit_code == 0
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert "picture: curve.png" in result.stderr
    assert "curve.png" not in result.stdout


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("taken.png", "must not exist yet"),
        ("nowhere/curve.png", "must lie in a folder that exists"),
        ("curve.pdf", "must end in .png"),
        ("taken.png/curve.png", "must lie in a folder that exists"),
    ],
)
def test_a_place_for_the_picture_is_refused_before_simulating(run, study, tmp_path, name, rule):
    study(never)
    (tmp_path / "taken.png").write_text("mine")
    result = run("--png", name)
    assert result.exit_code == 2
    assert f"error: --png: {rule}" in result.stderr
    assert f"got {name}; " in result.stderr
    assert (tmp_path / "taken.png").read_text() == "mine"
    assert os.listdir(tmp_path) == ["taken.png"]


def test_a_picture_that_cannot_be_written_does_not_cost_the_answer(run, study, tmp_path):
    def late(*arguments, **others):
        (tmp_path / "curve.png").write_text("someone was faster")
        return stub.curve(*arguments, **others)

    study(late)
    result = run("--samples", "640", "--png", "curve.png")
    assert result.exit_code == 1
    assert "choose api" in result.stdout
    assert (
        "error: the answer above is complete, but the picture curve.png could not be written" in result.stderr
    )
    assert (tmp_path / "curve.png").read_text() == "someone was faster"


def test_a_grid_is_even_in_the_logarithm_with_its_ends_as_stated():
    grid = volumes_option("1e8:1e11")
    assert len(grid) == 25
    assert (grid[0], grid[8], grid[16], grid[-1]) == (1e8, 1e9, 1e10, 1e11)
    assert volumes_option("1.2345678e8:1e9:2") == (1.2345678e8, 1e9)
    assert volumes_option(" 100M : 10B : 3 ") == (1e8, 1e9, 1e10)
    assert volumes_option("1_000_000, 2.5B,1e12") == (1e6, 2.5e9, 1e12)
    assert volumes_option("3B") == (3e9,)
    assert len(volumes_option(f"1e8:1e11:{MOST_VOLUMES}")) == MOST_VOLUMES
    assert volumes_option(None) is None


@pytest.mark.parametrize(
    ("text", "rule", "way_out"),
    [
        ("", "must name one volume or more", "got nothing; "),
        (" ", "must name one volume or more", "got nothing; "),
        (" , ", "must name one volume or more", "LOW:HIGH"),
        (":", "must name one volume or more", "LOW:HIGH"),
        ("1e8:", "must have two ends", "LOW:HIGH"),
        ("1e8:1e9:3:4", "must have two ends", "LOW:HIGH"),
        ("1e11:1e8", "must run from the smaller volume to the larger", "write 1e8:1e11"),
        ("2B:1B:9", "must run from the smaller volume to the larger", "write 1B:2B:9"),
        ("3B:3e9", "must have two ends that differ", "write 3B"),
        ("0:1e9", "must be above 0 and at most 1e15 tokens a month", "2e9"),
        ("1e9,-2", "must be above 0", "got -2"),
        ("1e8:1e16", "at most 1e15", "got 1e16"),
        ("1e8:lots", "must be a finite number", "got lots"),
        ("1e8:nan", "must be a finite number", "got nan"),
        ("1e8:1e11:1", "must have a count of 2 or more", "just that volume"),
        ("1e8:1e11:0", "must lie between 1", "got 0"),
        ("1e8:1e11:2.5", "must be a whole number", "got 2.5"),
        ("1e8:1e11:201", "must be at most 200 volumes", "25"),
        ("1e8:100000001:25", "must leave room for 25 volumes", "apart"),
        (",".join(map(str, range(1, 202))), "must be at most 200 volumes", "got 201"),
        ("1e9,,2e9", "must have a volume between any two commas", "LOW:HIGH"),
        ("2e9,1e9,5B", "must increase", "write 1e9,2e9,5e9"),
        ("1e9,1e9", "must increase", "write 1e9"),
    ],
)
def test_a_wrong_grid_is_refused_with_a_way_out(run, study, tmp_path, text, rule, way_out):
    study(never)
    result = run("--volumes", text)
    assert result.exit_code == 2
    assert "error: --volumes: " in result.stderr
    assert rule in result.stderr
    assert way_out in result.stderr
    assert result.stdout == ""
    assert os.listdir(tmp_path) == []


def test_every_wrong_number_of_a_list_is_named():
    with pytest.raises(InputError) as caught:
        volumes_option("1e9,x,0,2e9")
    assert [str(problem.value) for problem in caught.value.problems] == ["x", "0"]


def test_all_problems_are_shown_at_once(run, study):
    study(never)
    result = run("nowhere.toml", "--samples", "0", "--volumes", "2:1", "--seed", "x", "--png", "a.txt")
    assert result.exit_code == 2
    *problems, kept = result.stderr.splitlines()
    fields = [line.split(":")[1].strip() for line in problems]
    assert fields == ["--volumes", "--samples", "--seed", "--png", "scenario"]
    assert kept == "nothing was written"

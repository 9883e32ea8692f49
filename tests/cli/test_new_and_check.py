"""``tcosim new`` and ``tcosim check``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

pytest.importorskip("tcosim.sampling.copula")


def test_a_new_scenario_holds_together(tcosim):
    result = tcosim("new")
    assert result.exit_code == 0
    assert result.stdout == "wrote scenario.toml\n"
    assert "#" in Path("scenario.toml").read_text()
    checked = tcosim("check", "scenario.toml")
    assert checked.exit_code == 0, checked.stderr
    assert "holds together" in checked.stdout


def test_new_to_stdout(tcosim):
    assert "[volume]" in tcosim("new", "-").stdout
    assert os.listdir(".") == []


def test_new_overwrites_nothing(tcosim):
    Path("scenario.toml").write_text("mine")
    result = tcosim("new")
    assert result.exit_code == 2
    assert "must not exist yet, got scenario.toml" in result.stderr
    assert Path("scenario.toml").read_text() == "mine"


@pytest.mark.parametrize("path", ["nowhere/scenario.toml", "."])
def test_new_where_nothing_can_be_written(tcosim, path):
    result = tcosim("new", path)
    assert result.exit_code == 2
    assert f"got {path}" in result.stderr


def test_new_from_an_unknown_scenario(tcosim):
    result = tcosim("new", "--from", "suport-assistant")
    assert result.exit_code == 2
    assert "did you mean support-assistant?" in result.stderr
    assert os.listdir(".") == []


def test_check_shows_all_problems_with_their_places(tcosim):
    tcosim("new")
    text = Path("scenario.toml").read_text().replace("[volume]", "[volume]\nanual_growth = 1\n[traffik]")
    Path("scenario.toml").write_text(text)
    result = tcosim("check", "scenario.toml", "--volume", "x")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) >= 1
    result = tcosim("check", "scenario.toml")
    assert len(result.stderr.splitlines()) >= 2
    assert "scenario.toml:" in result.stderr
    assert "did you mean annual_growth?" in result.stderr


def test_invalid_toml_has_line_and_column(tcosim):
    Path("bad.toml").write_text('[scenario]\nname = "x\n')
    result = tcosim("check", "bad.toml")
    assert result.exit_code == 2
    assert "bad.toml:2:" in result.stderr


def test_check_json(tcosim):
    facts = json.loads(tcosim("check", "--json").stdout)
    assert facts["ok"] is True
    assert facts["baseline"] == "api"
    assert facts["uncertain_inputs"]


def test_resolved_scenario_is_the_same_scenario(tcosim):
    text = tcosim("check", "--resolved").stdout
    Path("full.toml").write_text(text)
    again = tcosim("check", "full.toml", "--resolved")
    assert again.stdout == text
    first, second = (json.loads(tcosim("check", *more, "--json").stdout) for more in ([], ["full.toml"]))
    assert first["scenario_sha256"] == second["scenario_sha256"]


def test_check_in_a_pipe_cuts_nothing(tcosim):
    text = tcosim("check").stdout
    (header,) = (line for line in text.splitlines() if line.startswith("input "))
    assert header.split() == ["input", "P5", "P50", "P95", "unit", "from"]
    assert "…" not in text
    assert "e+" not in text
    named = json.loads(tcosim("check", "--json").stdout)["uncertain_inputs"]
    listed = [line.split() for line in text.splitlines() if line.endswith(" library")]
    assert [words[0] for words in listed] == named


def test_a_file_that_cannot_be_finished_is_not_left_behind(tcosim, monkeypatch):
    def fail(path, *_, **__):
        with path.open("w") as file:
            file.write("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fail)
    result = tcosim("new")
    assert result.exit_code == 2
    assert "No space left on device" in result.stderr
    assert result.stderr.endswith("nothing was written\n")
    assert os.listdir(".") == []


def test_what_looks_like_a_slip_is_said_on_stderr(tcosim):
    result = tcosim("check", "--set", "volume.tokens_per_month=3")
    assert result.exit_code == 0
    assert "warning: volume.tokens_per_month" in result.stderr
    assert "warning" not in result.stdout


def test_a_run_folder_stands_for_its_scenario(tcosim, engine):
    assert tcosim("run", "--samples", "100", "--out", "a", "--volume", "7e9").exit_code == 0
    result = tcosim("check", "a")
    assert result.exit_code == 0, result.output
    assert "7 billion tokens a month" in result.stdout


def test_a_run_folder_that_was_changed_is_refused(tcosim, engine):
    assert tcosim("run", "--samples", "100", "--out", "a").exit_code == 0
    path = Path("a/scenario.toml")
    path.write_text(
        path.read_text(encoding="utf-8").replace("tokens_per_month = 3", "tokens_per_month = 9"),
        encoding="utf-8",
    )
    for command in ("check", "curve", "run"):
        result = tcosim(command, "a")
        assert result.exit_code == 2
        assert "scenario.toml changed since it was written" in result.stderr

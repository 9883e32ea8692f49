"""The program with its real engine, on few futures."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from tcosim.results.summary import summary_schema

FILES = ("scenario.toml", "assumptions.json", "summary.json", "result.nc", "checksums.b2")


def test_run_and_replay(tcosim):
    first = tcosim("run", "--samples", "300", "--seed", "0", "--out", "a", "--threads", "1", "--json")
    assert first.exit_code == 0, first.stderr
    second = tcosim("run", "--samples", "300", "--seed", "0", "--out", "b", "--threads", "2", "--json")
    assert first.stdout_bytes == second.stdout_bytes
    for name in FILES:
        assert (Path("a") / name).read_bytes() == (Path("b") / name).read_bytes(), name
    jsonschema.validate(json.loads(first.stdout), summary_schema())
    for future in ("0", "299"):  # replay compares with the run and fails if any digit differs
        replayed = tcosim("replay", "a", "--sample", future, "--json")
        assert replayed.exit_code == 0, replayed.stderr
        data = json.loads(replayed.stdout)
        for name, parts in data["components_usd"].items():
            assert abs(sum(parts.values()) - data["npv_usd"][name]) < 1e-6 * abs(data["npv_usd"][name])
    lines = tcosim("replay", "a", "--sample", "17", "--hours", "--month", "0").stdout.splitlines()
    assert len(lines) == 731
    assert "future 17 of 300" in tcosim("replay", "a", "--sample", "17").stdout


def test_the_written_scenario_runs_to_the_same_result(tcosim):
    first = tcosim("run", "--samples", "64", "--out", "a", "--json")
    second = tcosim("run", "a/scenario.toml", "--samples", "64", "--out", "b", "--json")
    assert first.stdout_bytes == second.stdout_bytes

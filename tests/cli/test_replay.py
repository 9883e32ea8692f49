"""``tcosim replay``: one future of a run folder."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import stub

from tcosim.results.folder import open_run


@pytest.fixture
def run(tcosim, engine):
    """A run folder of 50 futures, and an engine that replays it."""
    assert tcosim("run", "--samples", "50", "--seed", "3", "--out", "run").exit_code == 0
    dataset = open_run("run").load()
    engine(replay=stub.replay_of(dataset))
    return dataset


def test_it_is_printed_month_by_month(tcosim, run):
    result = tcosim("replay", "run", "--sample", "17")
    assert result.exit_code == 0, result.stderr
    assert "future 17 of 50, seed 3" in result.stdout
    assert "Drawn inputs" in result.stdout
    assert "baseline" in result.stdout
    assert sum(line.lstrip().startswith("35 ") for line in result.stdout.splitlines()) == 1
    assert "the cheapest" in result.stdout


def test_one_month(tcosim, run):
    lines = tcosim("replay", "run", "--sample", "17", "--month", "35").stdout.splitlines()
    assert any(line.lstrip().startswith("35 ") for line in lines)
    assert not any(line.lstrip().startswith("34 ") for line in lines)


def test_json(tcosim, run):
    data = json.loads(tcosim("replay", "run", "--sample", "0", "--json").stdout)
    assert data["future"] == 0
    assert data["npv_usd"]["api"] == float(run["npv"].sel(option="api")[0])
    assert len(data["months"]) == 36
    assert data["months"][0]["options"]["api"]["replicas"] is None
    data = json.loads(tcosim("replay", "run", "--sample", "0", "--month", "5", "--json").stdout)
    assert [month["month"] for month in data["months"]] == [5]


def test_hours_are_csv_with_all_digits(tcosim, run):
    rows = list(csv.DictReader(tcosim("replay", "run", "--sample", "0", "--hours").stdout.splitlines()))
    assert len(rows) == 36 * 730
    assert rows[731]["month"] == "1"
    fleet = next(name for name in rows[0] if name.endswith(".served"))
    assert float(rows[7][fleet]) == 7 / 3
    month = tcosim("replay", "run", "--sample", "0", "--hours", "--month", "2").stdout.splitlines()
    assert len(month) == 731
    assert month[1].startswith("1460,2,1460.0,")


@pytest.mark.parametrize(
    ("arguments", "field", "value"),
    [
        (["--sample", "50"], "--sample", "50"),
        (["--sample", "-1"], "--sample", "-1"),
        (["--sample", "1.5"], "--sample", "1.5"),
        (["--sample", "x"], "--sample", "x"),
        (["--sample", "0", "--month", "36"], "--month", "36"),
        (["--sample", "0", "--month", "-1"], "--month", "-1"),
        (["--sample", "0", "--hours", "--json"], "--hours", "--json"),
    ],
)
def test_wrong_input(tcosim, run, arguments, field, value):
    result = tcosim("replay", "run", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert field in result.stderr
    assert value in result.stderr


def test_another_result_is_a_failure(tcosim, run, engine):
    engine(replay=stub.replay_of(run + 1e-9))
    result = tcosim("replay", "run", "--sample", "3")
    assert result.exit_code == 1
    assert "comes out differently" in result.stderr
    assert (
        "changed code of the same version (0.1.0) or another kind of processor made the run" in result.stderr
    )
    assert "tcosim run run/scenario.toml --seed 3 --samples 50" in result.stderr
    assert result.stderr.endswith("\nthe run folder run is unchanged\n")
    assert result.stdout == ""


def test_another_version_is_named(tcosim, run, engine, monkeypatch):
    monkeypatch.setattr("tcosim.__version__", "9.9.9")
    engine(replay=stub.replay_of(run + 1e-9))
    result = tcosim("replay", "run", "--sample", "3")
    assert "tcosim 0.1.0 made the run and this is 9.9.9" in result.stderr


def test_a_table_that_does_not_fit_is_split(run):
    import io
    import types

    from rich.console import Console

    from tcosim.report.terminal.replay_view import print_months

    options = tuple(types.SimpleNamespace(name="o" * 40 + str(n), kind="rented") for n in range(12))
    scenario = types.SimpleNamespace(options=options, months=3)
    names = [option.name for option in options]
    made = stub.replay_of({"npv": types.SimpleNamespace(values=[[1e6] * 12])})(scenario, seed=0, future=0)
    texts = {}
    for width in (80, 10_000):
        file = io.StringIO()
        print_months(
            title="future",
            months=made.months,
            npv=made.npv,
            baseline=names[0],
            inputs=made.inputs,
            month=None,
            console=Console(file=file, width=width),
        )
        texts[width] = file.getvalue().splitlines()
        assert all(len(line) <= width for line in texts[width])
    first_month = [[line.split() for line in lines if line.startswith("    0 ")] for lines in texts.values()]
    narrow, wide = first_month
    assert len(wide) == 1
    assert len(narrow) > 2
    assert [cell for row in narrow for cell in row[2:]] == wide[0][2:]


def test_a_damaged_or_missing_run(tcosim, run):
    with Path("run/result.nc").open("r+b") as file:
        file.truncate(5000)
    result = tcosim("replay", "run", "--sample", "3")
    assert result.exit_code == 2
    assert "result.nc" in result.stderr
    result = tcosim("replay", "nowhere", "--sample", "3")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr

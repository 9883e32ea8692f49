"""``tcosim backtest``: what it prints and draws, and how it refuses."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from test_fit_prices import prices


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "rent.csv"
    path.write_text(prices())
    return path


def test_without_files_it_says_which_it_needs(tcosim):
    result = tcosim("backtest")
    assert result.exit_code == 2
    for words in (
        "no prices ship with the package",
        "vendor,tier,date,blend",
        "gpu,month,usd",
        "--map date=",
    ):
        assert words in result.stderr


def test_a_table_with_verdict_and_errors(tcosim, file):
    result = tcosim("backtest", file, "--horizons", "3,6,24")
    assert result.exit_code == 0, result.output
    assert "The 90 % interval covers " in result.stdout
    assert " 80 to 97 % asked" in result.stdout
    rows = {
        line.split()[0]: line for line in result.stdout.splitlines() if line.startswith("  ") and line.strip()
    }
    assert rows["3"].count("±") == 4
    assert rows["24"].split()[1:] == ["-", "-", "-", "-", "0"]
    assert tcosim("backtest", file, "--horizons", "3,6,24").stdout == result.stdout


def test_json_for_several_files_and_fitted(tcosim, file, tmp_path):
    (tmp_path / "more.csv").write_text(prices(seed=1))
    result = tcosim("backtest", file, "more.csv", "--fitted", "--horizons", "3", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert [one["source"] for one in found["files"]] == ["rent.csv", "more.csv"]
    assert {one["forecaster"] for one in found["files"]} == {"fitted"}
    row = found["files"][0]["horizons"][0]
    assert set(row["coverage"]) == {"50", "80", "90"}
    assert len(row["pit"]) == 10
    assert "fitting rent.csv at each past date" in result.stderr


def test_pictures(tcosim, file, tmp_path):
    assert tcosim("backtest", file, "--horizons", "3", "--plot", "pit.svg").exit_code == 0
    root = ElementTree.fromstring((tmp_path / "pit.svg").read_text())
    assert "outcomes" in root.get("aria-label")
    result = tcosim("backtest", file, "--horizons", "3", "--plot", "pit.png")
    assert "picture: pit.png" in result.stderr
    assert (tmp_path / "pit.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--horizons", "3,x"), "--horizons: must be whole months"),
        (("--horizons", "0"), "--horizons: must be whole months"),
        (("--horizons", "60"), "no series with enough readings"),
        (("--plot", "pit.gif"), "--plot: must end in .png or .svg"),
        (("--plot", "none/pit.png"), "--plot: must lie in a folder that exists"),
        (("--family", "cars"), "--family: must be one of"),
        (("--seed", "x"), "--seed"),
    ],
)
def test_wrong_options_are_refused(tcosim, file, arguments, said):
    result = tcosim("backtest", file, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""

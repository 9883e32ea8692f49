"""``tcosim fit-prices``: what it prints and writes, and how it refuses."""

from __future__ import annotations

import json
import tomllib

import numpy as np
import pytest


def prices(series=4, months=18, seed=0):
    rng = np.random.default_rng(seed)
    lines = ["provider,gpu_model,month,usd_per_gpu_hr_median"]
    for k in range(series):
        path = np.exp(np.cumsum(rng.normal(0.0, 0.1, months)))
        lines += [f"p{k},h100,{2024 + m // 12}-{m % 12 + 1:02},{value:.4f}" for m, value in enumerate(path)]
    return "\n".join(lines) + "\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "rent.csv"
    path.write_text(prices())
    return path


def test_the_table_and_the_lines(tcosim, file):
    result = tcosim("fit-prices", file)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("rent.csv: 68 moves of 4 series, 5.67 years in all, worth ")
    lines = [line for line in result.stdout.splitlines() if line.startswith("gpu_price_")]
    table = tomllib.loads("\n".join(lines))
    assert set(table) == {"gpu_price_drift", "gpu_price_volatility"}
    assert table["gpu_price_volatility"]["p5"] < 0.1 * np.sqrt(12) < table["gpu_price_volatility"]["p95"]
    assert result.stderr == ""
    assert tcosim("fit-prices", file).stdout == result.stdout


def test_json_holds_the_same(tcosim, file):
    found = json.loads(tcosim("fit-prices", file, "--json").stdout)
    assert found["family"] == "rental"
    assert found["series"] == 4
    assert 1 <= found["effective_series"] <= 4.0001
    assert found["quantities"]["gpu_price_drift"]["p50"] == pytest.approx(found["drift"]["p50"], abs=0.01)


def test_the_file_is_whole_and_never_overwritten(tcosim, file, tmp_path):
    result = tcosim("fit-prices", file, "--out", "fit.toml")
    assert result.exit_code == 0, result.output
    assert "wrote fit.toml" in result.stderr
    assert set(tomllib.loads((tmp_path / "fit.toml").read_text())) == {
        "gpu_price_drift",
        "gpu_price_volatility",
    }
    again = tcosim("fit-prices", file, "--out", "fit.toml")
    assert again.exit_code == 2
    assert "--out: must not exist yet" in again.stderr


def test_a_map_a_family_and_a_kind(tcosim, tmp_path):
    text = prices().replace("provider,gpu_model,month,usd_per_gpu_hr_median", "who,what,when,cost")
    (tmp_path / "own.csv").write_text(text)
    plain = tcosim("fit-prices", "own.csv")
    assert plain.exit_code == 2
    assert "who, what, when, cost" in plain.stderr
    assert "--map date=" in plain.stderr
    found = tcosim(
        "fit-prices", "own.csv", "--map", "date=when,price=cost,series=who", "--family", "purchase", "--json"
    )
    assert set(json.loads(found.stdout)["quantities"]) == {
        "hardware_price_drift",
        "hardware_price_volatility",
    }
    tier = tcosim(
        "fit-prices", "own.csv", "--map", "date=when,price=cost,series=who", "--kind", "tier", "--json"
    )
    assert set(json.loads(tier.stdout)["quantities"]) == {
        "annual_decline",
        "list_price_volatility",
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--family", "cars"), "--family: must be one of api, rental, purchase"),
        (("--kind", "jump"), "--kind: must be one of walk, tier"),
        (("--kind", "tier", "--family", "rental"), "does not go with --family rental"),
        (("--map", "cost=x"), "--map"),
    ],
)
def test_wrong_options_are_refused(tcosim, file, arguments, said):
    result = tcosim("fit-prices", file, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"a,b\n1,2\n", b"gpu,month,usd\nx,2024-01,0\n"])
def test_bad_files_are_no_traceback(tcosim, tmp_path, content):
    (tmp_path / "bad.csv").write_bytes(content)
    for command in ("fit-prices", "backtest"):
        result = tcosim(command, "bad.csv")
        assert result.exit_code == 2
        assert result.stdout == ""
        assert "nothing was written" in result.stderr
        assert "Traceback" not in result.stderr


def test_a_folder_is_refused(tcosim, tmp_path):
    assert "this is a folder" in tcosim("fit-prices", tmp_path).stderr

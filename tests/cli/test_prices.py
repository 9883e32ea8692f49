"""``tcosim prices``: the catalogue of APIs and the GPU prices of the library."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

PRICED = ("usd_per_million_input", "usd_per_million_cached_input", "usd_per_million_output")
KEYS = {
    "reference", "provider", "model", "name", "by_token", "prices", "batch_prices", "batch_price_ratio",
    "blended_3_to_1", "tiers", "by_hour", "scheduled", "deprecated", "other_units",
}  # fmt: skip


def models(tcosim, *arguments):
    return json.loads(tcosim("prices", *arguments, "--json").stdout)["models"]


def test_the_keys_are_stable(tcosim):
    found = json.loads(tcosim("prices", "claude", "sonnet", "--provider", "anthropic", "--json").stdout)
    assert set(found) == {"catalogue", "on", "query", "provider", "providers", "models"}
    assert set(found["catalogue"]) == {"name", "version"}
    assert found["models"]
    for one in found["models"]:
        assert set(one) == KEYS
        assert set(one["prices"]) == set(PRICED)
        assert one["reference"] == f"anthropic:{one['model']}"


def test_a_table_says_catalogue_day_and_prices(tcosim):
    result = tcosim("prices", "claude-sonnet-5-5", "--provider", "anthropic")
    (one,) = models(tcosim, "claude-sonnet-5-5", "--provider", "anthropic")
    assert result.exit_code == 0
    assert "prices on 20" in result.stdout
    row = next(line for line in result.stdout.splitlines() if line.startswith("anthropic:claude-sonnet-5-5"))
    shown = [float(cell) for cell in row.split()[1:7]]
    batch = one["batch_prices"]
    usual = one["prices"]
    assert shown == pytest.approx(
        [*(usual[name] for name in PRICED), batch[PRICED[0]], batch[PRICED[2]], one["blended_3_to_1"]],
        rel=0.005,
    )
    assert one["blended_3_to_1"] == (3 * usual[PRICED[0]] + usual[PRICED[2]]) / 4
    assert 'model = "anthropic:claude-sonnet-5-5"' in result.stdout


def test_many_matches_are_cut_and_counted(tcosim):
    cut, whole = tcosim("prices", "gpt").stdout, tcosim("prices", "gpt", "--all").stdout
    matches = models(tcosim, "gpt")
    assert f"{len(matches) - 40:,} more match" in cut
    assert "more match" not in whole
    assert all(one["reference"] in whole for one in matches)
    assert sum(one["reference"] in cut for one in matches[:40]) == 40


def test_the_day_decides(tcosim):
    scheduled = [one for one in models(tcosim) if one["scheduled"]]
    assert scheduled
    one = scheduled[0]
    change = one["scheduled"][0]
    assert change["date"] in tcosim("prices").stdout
    (then,) = [
        other
        for other in models(tcosim, one["model"], "--on", change["date"])
        if other["reference"] == one["reference"]
    ]
    assert then["prices"] == change["prices"]
    assert one["prices"] == change["before"]


def test_tiers_and_hours_are_marked(tcosim):
    found = models(tcosim)
    by_hour = next(one for one in found if one["by_hour"])
    tiered = next(one for one in found if one["tiers"])
    shown = tcosim("prices", by_hour["model"], "--provider", by_hour["provider"]).stdout
    assert "by hour" in shown
    assert "UTC" in shown
    shown = tcosim("prices", tiered["model"], "--provider", tiered["provider"]).stdout
    assert f"above {tiered['tiers'][0]['above_tokens']:,} tokens" in shown


def test_the_same_bytes_whatever_the_clock_says(tmp_path):
    """Nothing asks for the time: a program in which asking fails prints the same."""
    code = (
        "import sys, time, datetime, socket\n"
        "import genai_prices.data, rich.console\n"
        "def refuse(*a, **k): raise AssertionError('asked')\n"
        "socket.socket.connect = refuse\n"
        "class Day(datetime.date):\n    today = classmethod(refuse)\n"
        "class Moment(datetime.datetime):\n    now = classmethod(refuse)\n    today = classmethod(refuse)\n"
        "if len(sys.argv) > 1: datetime.date, datetime.datetime = Day, Moment\n"
        "from tcosim.cli.app import app\napp(['prices', 'gemini', '--json'])\n"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code, *more], capture_output=True, check=True, timeout=60
        ).stdout
        for more in ([], ["guarded"])
    ]
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) > 1000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["calude-sonnet"], "did you mean anthropic:claude-sonnet"),
        (["--provider", "antropic"], "did you mean anthropic?"),
        (["claude", "--on", "2026-13-01"], "--on: must be a day"),
        (["claude", "--on", "tomorrow"], "--on: must be a day"),
        (["gpu", "x100"], "did you mean h100"),
        (["gpu", "--on", "2026-11-21"], "--on: does not go with gpu"),
        (["gpu", "--provider", "aws"], "--provider: does not go with gpu"),
        (["no-such-model-anywhere-at-all"], "tcosim prices"),
    ],
)
def test_wrong_input_exits_with_2_and_a_way_out(tcosim, arguments, said):
    result = tcosim("prices", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_gpu_prices_have_spread_source_date_and_grade(tcosim):
    found = json.loads(tcosim("prices", "gpu", "--json").stdout)["gpu"]
    assert {"h100", "h200", "b200", "a100-80", "l40s"} <= {one["gpu"] for one in found}
    for one in found:
        figures = [one["percentiles"][level] for level in ("p5", "p50", "p95")]
        assert figures == sorted(figures)
        assert one["grade"]
        assert one["checked"]
        assert one["sources"]
    text = tcosim("prices", "gpu", "h100").stdout
    assert "gpu.h100.usd_per_gpu_hour_on_demand" in text
    assert "gpu.l40s" not in text
    assert tcosim("prices", "gpu.h100").stdout == text


def test_a_newer_catalogue_says_that_the_day_is_older(tcosim, monkeypatch):
    from tcosim.scenario.catalogue import genai

    monkeypatch.setattr(genai, "version", lambda: "99.1")
    assert "warning: genai-prices 99.1" in tcosim("prices", "claude").stderr
    assert "warning" not in tcosim("prices", "claude", "--on", "2026-11-21").stderr


def test_a_scenario_can_be_checked_with_a_model_set(tcosim):
    result = tcosim("check", "--set", "option.api.model=anthropic:claude-sonnet-5-5", "--resolved")
    assert result.exit_code == 0
    assert "anthropic:claude-sonnet-5-5, usd_per_million_output" in result.stdout
    result = tcosim("check", "--set", "option.api.model=anthropic:claude-sonnnet-5-5")
    assert result.exit_code == 2
    assert "did you mean anthropic:claude-sonnet-5-5" in result.stderr


def test_a_narrow_terminal_breaks_no_name_and_no_price(tcosim):
    from rich.console import Console

    from tcosim.report.terminal.prices_view import print_models

    found = json.loads(tcosim("prices", "llama-3.3-70b", "--json").stdout)
    printed = io.StringIO()
    print_models(found, 40, Console(file=printed, width=80))
    for one in found["models"]:
        assert one["reference"] in printed.getvalue()
        if one["by_token"]:
            assert f"{one['prices'][PRICED[0]]:g}" in printed.getvalue()

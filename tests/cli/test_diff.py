"""``tcosim diff``: two run folders compared, with a stand-in for the engine."""

from __future__ import annotations

import json
import shutil
import sys
import types
from pathlib import Path

import numpy as np
import pytest


def variants(variants, *, dimensions, samples, seed, progress, **where):
    """Present values that rise with the first option's tokens and fall with the rent; the same luck in all variants."""
    luck = np.random.default_rng(seed).standard_normal((samples, len(variants[0].scenario.options)))
    npv = np.empty((len(variants), *luck.shape))
    for v, variant in enumerate(variants):
        scenario = variant.scenario
        level = np.full(luck.shape[1], 1e6)
        level[0] = scenario.volume.tokens_per_month / 3000
        npv[v] = level + 2e5 * luck
    progress(len(variants) * samples, len(variants) * samples)
    return npv


@pytest.fixture
def runs(tcosim, engine, monkeypatch):
    """Two run folders of 200 futures that differ in volume and in a wage."""
    module = types.ModuleType("tcosim.engine.variants")

    def variant(scenario, values, noise=0):
        return types.SimpleNamespace(scenario=scenario, values=values)

    module.__dict__.update(Variant=variant, simulate_variants=variants)
    monkeypatch.setitem(sys.modules, "tcosim.engine.variants", module)
    assert tcosim("run", "--samples", "200", "--out", "a").exit_code == 0
    changes = ("--volume", "4e9", "--set", "people.engineer_usd_per_hour=90")
    assert tcosim("run", "--samples", "200", "--out", "b", *changes).exit_code == 0


def test_it_says_what_moved_the_probability(tcosim, runs):
    result = tcosim("diff", "a", "b")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("A: a (support-assistant, 200 futures, seed 0)\nB: b (")
    assert "From A to B the probability that" in result.stdout
    assert "tokens_per_month: 3B -> 4B" in result.stdout
    assert "people.engineer_usd_per_hour: lognormal" in result.stdout
    assert "2 differences: 4 variants of 200 futures each" in result.stderr
    assert tcosim("diff", "a", "b").stdout == result.stdout


def test_json_holds_all_of_it(tcosim, runs):
    data = json.loads(
        tcosim("diff", "a", "b", "--json", "--top", "1", "--seed", "7", "--samples", "1e3").stdout
    )
    assert [part["name"] for part in data["parts"]] == [
        "volume.tokens_per_month",
        "people.engineer_usd_per_hour",
    ]
    assert data["parts"][1]["probability_change"] == 0
    assert (data["seed"], data["samples"]) == (7, 1000)
    assert data["parts"][0]["changes"][0]["to"] == 4e9
    assert [run["path"] for run in data["runs"]] == ["a", "b"]


def test_another_option_and_fewer_rows(tcosim, runs):
    result = tcosim("diff", "a", "b", "--option", "managed", "--top", "1")
    assert "the probability that managed costs less than api" in " ".join(result.stdout.split())
    assert "1 other change" in result.stdout


def test_a_copy_is_the_same_question(tcosim, runs):
    shutil.copytree("a", "copy")
    result = tcosim("diff", "a", "copy")
    assert result.exit_code == 0
    assert "Both runs ask the same question" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a", "a"], ["RUN_B", "another folder than RUN_A"]),
        (["a", "./a"], ["RUN_B", "another folder than RUN_A"]),
        (["a", "nowhere"], ["RUN_B: must exist", "nowhere"]),
        (["nowhere", "elsewhere"], ["RUN_A: must exist", "RUN_B: must exist"]),
        (["a", "."], ["RUN_B", "must be a run folder", "scenario.toml"]),
        (["a", "b", "--samples", "0"], ["--samples"]),
        (["a", "b", "--seed", "-1"], ["--seed"]),
        (["a", "b", "--top", "0"], ["--top"]),
        (["a", "b", "--option", "api"], ["--option", "api"]),
        (["a", "b", "--option", "rented-h10"], ["--option", "did you mean rented-h100"]),
    ],
)
def test_wrong_input(tcosim, runs, arguments, words):
    result = tcosim("diff", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    for word in words:
        assert word in result.stderr


def test_a_run_whose_gates_leave_no_headline(tcosim, runs):
    gate = ("--set", "constraints.platform_team=false")
    assert tcosim("run", "--samples", "50", "--out", "gated", *gate).exit_code == 0
    for pair, letter in ((("a", "gated"), "B"), (("gated", "a"), "A")):
        result = tcosim("diff", *pair)
        assert result.exit_code == 2 and result.stdout == ""
        assert f"--option: must be named: {letter} has no eligible rented or owned option" in result.stderr
        assert f"rented-h100 (shut out in {letter})" in result.stderr
    named = tcosim("diff", "a", "gated", "--option", "rented-h100", "--json")
    assert json.loads(named.stdout)["runs"][1]["shut_out"][0] == {
        "option": "rented-h100",
        "gates": ["platform_team"],
    }


def test_a_damaged_folder_and_another_horizon(tcosim, runs):
    with Path("b/scenario.toml").open("a") as file:
        file.write("\n")
    result = tcosim("diff", "a", "b")
    assert result.exit_code == 2
    assert "RUN_B: must be whole: scenario.toml changed since it was written" in result.stderr
    assert tcosim("run", "--samples", "50", "--out", "c", "--set", "scenario.months=12").exit_code == 0
    result = tcosim("diff", "a", "c")
    assert result.exit_code == 2
    assert "scenario.months" in result.stderr
    assert "36 in the first, 12 in the second" in result.stderr
    assert result.stderr.endswith("\nthe run folders are unchanged\n")

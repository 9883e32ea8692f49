"""``tcosim batch``: many scenarios, each into its folder; what is finished is not simulated again."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import stub

from tcosim.engine.contact import ClusterError
from tcosim.errors import TcosimError
from tcosim.results.folder import open_run

TWO = ("batch", "support-assistant", "regulated-hospital", "--samples", "500")


def never(*_, **__):
    raise AssertionError("must not simulate")


def failing(name, error):
    """An engine that cannot simulate one scenario."""

    def simulate(scenario, **options):
        if scenario.name == name:
            raise error
        return stub.simulate(scenario, **options)

    return simulate


def test_the_table_stands_on_stdout_and_the_work_on_stderr(tcosim, engine):
    result = tcosim(*TWO)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("2 runs of self-hosting against paying for the API\n")
    for word in ("support-assistant", "regulated-hospital", "costs", "saving", "CVaR 95", "Run folders"):
        assert word in result.stdout
    assert "1 of 2: support-assistant at 3 billion tokens a month" in result.stderr
    assert "simulating 500 futures (2 of 2)" in result.stderr
    assert len(os.listdir("runs")) == 2


def test_json_is_a_list_of_the_same(tcosim, engine):
    rows = json.loads(tcosim(*TWO, "--json").stdout)
    assert [row["scenario"] for row in rows] == ["support-assistant", "regulated-hospital"]
    for row in rows:
        assert row["error"] is None
        assert row["samples"] == 500
        assert row["headline"] == open_run(row["folder"]).summary["headline"]


def test_each_folder_has_the_name_and_the_bytes_of_a_run(tcosim):
    """With the real engine: what `tcosim run` writes."""
    small = ("--samples", "600", "--seed", "3", "--set", "scenario.months=1")
    grid = ("1e9", "2e10")
    result = tcosim(
        "batch", "support-assistant", "--volumes", ",".join(grid), *small, "--json", "--out", "many"
    )
    assert result.exit_code == 0, result.output
    for volume in grid:
        assert tcosim("run", "--volume", volume, *small).exit_code == 0
    names = sorted(os.listdir("runs"))
    assert sorted(os.listdir("many")) == names
    assert len(names) == 2
    for name in names:
        for file in os.listdir(f"runs/{name}"):
            assert Path(f"runs/{name}/{file}").read_bytes() == Path(f"many/{name}/{file}").read_bytes()
    assert [row["volume_tokens_per_month"] for row in json.loads(result.stdout)] == [1e9, 2e10]


def test_what_is_finished_is_not_simulated_again(tcosim, engine):
    first = tcosim(*TWO)
    engine(simulate=never)
    again = tcosim(*TWO)
    assert again.exit_code == 0, again.output
    assert again.stdout_bytes == first.stdout_bytes
    assert "2 of 2: regulated-hospital" in again.stderr
    assert "finished before in runs/regulated-hospital" in again.stderr


@pytest.mark.parametrize(
    "other", [("--seed", "1"), ("--samples", "501"), ("--set", "scenario.months=12"), ("--volumes", "1e9")]
)
def test_another_seed_size_or_scenario_is_another_run(tcosim, engine, other):
    tcosim("batch", "support-assistant", "--samples", "500")
    result = tcosim("batch", "support-assistant", "--samples", "500", *other)
    assert "finished before" not in result.stderr
    assert len(os.listdir("runs")) == 2


def test_a_damaged_folder_and_one_with_a_budget_do_not_count(tcosim, engine):
    tcosim("run", "support-assistant", "--samples", "500", "--budget", "1e5")
    (name,) = os.listdir("runs")
    assert "finished before" not in tcosim("batch", "support-assistant", "--samples", "500").stderr
    assert sorted(os.listdir("runs")) == [name, f"{name}-2"]
    with open(f"runs/{name}-2/summary.json", "a") as file:
        file.write(" ")
    assert "finished before" not in tcosim("batch", "support-assistant", "--samples", "500").stderr
    assert "finished before" in tcosim("batch", "support-assistant", "--samples", "500").stderr
    assert sorted(os.listdir("runs")) == [name, f"{name}-2", f"{name}-3"]


def test_a_run_with_a_precision_is_found_again(tcosim):
    asked = (
        "batch",
        "support-assistant",
        "--precision",
        "2%",
        "--set",
        "scenario.months=1",
        "--volumes",
        "2e10",
    )
    first = tcosim(*asked)
    assert first.exit_code == 0, first.output
    again = tcosim(*asked)
    assert "finished before" in again.stderr
    assert again.stdout_bytes == first.stdout_bytes
    assert "finished before" not in tcosim(*asked, "--samples", "3e3").stderr


def test_one_that_fails_does_not_stop_the_others(tcosim, engine):
    engine(simulate=failing("support-assistant", TcosimError("future 17 is not finite")))
    result = tcosim(*TWO)
    assert result.exit_code == 1
    assert "failed" in result.stdout
    assert "support-assistant at 3 billion tokens a month: future 17 is not finite" in result.stdout
    assert "1 of 2 scenarios failed" in result.stderr
    (name,) = os.listdir("runs")
    assert name.startswith("regulated-hospital")
    rows = json.loads(tcosim(*TWO, "--json").stdout)
    assert [row["error"] for row in rows] == ["future 17 is not finite", None]
    engine()
    assert tcosim(*TWO).exit_code == 0


def test_a_cluster_that_is_gone_ends_the_batch_and_keeps_what_is_finished(tcosim, engine):
    engine(simulate=failing("regulated-hospital", ClusterError("the connection is lost")))
    result = tcosim(*TWO, "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "error: the connection is lost\n" in result.stderr
    assert "1 of 2 run folders are complete; the same command goes on with the rest" in result.stderr


def test_stopped_in_the_middle_it_goes_on_with_the_rest(tcosim, engine):
    engine(simulate=failing("regulated-hospital", KeyboardInterrupt()))
    result = tcosim(*TWO)
    assert result.exit_code == 130
    assert "1 of 2 run folders are complete; the same command goes on with the rest" in result.stderr
    assert len(os.listdir("runs")) == 1
    engine()
    again = tcosim(*TWO)
    assert again.exit_code == 0
    assert again.stderr.count("finished before") == 1
    assert len(os.listdir("runs")) == 2


def test_finished_blocks_of_a_run_that_stopped_are_taken_up(tcosim, monkeypatch, tmp_path):
    """The real engine, stopped after its first blocks: the next batch begins there, with the bytes of a whole run."""
    from tcosim.engine import shards
    from tcosim.engine.checkpoint import Checkpoint

    long = ("batch", "support-assistant", "--samples", "1.5e5", "--set", "scenario.months=1")
    assert tcosim(*long, "--out", "whole").exit_code == 0
    monkeypatch.setattr(shards, "WORTH_KEEPING_FUTURES", 70_000)
    take = Checkpoint.take

    def stopped(self, futures, part):
        take(self, futures, part)
        if futures[1] >= 140_000:
            self.flush()
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Checkpoint, "take", stopped)
        result = tcosim(*long)
    assert result.exit_code == 130
    assert "futures are kept" in result.stderr
    restored = []
    restore = Checkpoint.restore

    def noted(self, *arguments):
        found = restore(self, *arguments)
        restored.append(self.written)
        return found

    monkeypatch.setattr(Checkpoint, "restore", noted)
    assert tcosim(*long).exit_code == 0
    assert restored == [131_072]
    (name,) = os.listdir("runs")
    for file in os.listdir(f"runs/{name}"):
        assert Path(f"runs/{name}/{file}").read_bytes() == Path(f"whole/{name}/{file}").read_bytes()


def test_all_problems_of_all_files_are_said_at_once_before_any_work(tcosim, engine, tmp_path):
    engine(simulate=never)
    Path("bad.toml").write_text("[scenario]\nname = 'bad'\nmonhts = 3\n")
    Path("taken").write_text("")
    result = tcosim(
        "batch", "nowhere.toml", "bad.toml", "support-assistant", "--samples", "0", "--volumes", "5,1",
        "--out", "taken",
    )  # fmt: skip
    assert result.exit_code == 2
    for said in ("--samples", "--volumes", "--out", "nowhere.toml", "bad.toml", "monhts"):
        assert said in result.stderr, said
    assert "Traceback" not in result.stderr
    assert not Path("runs").exists()


def test_what_is_wrong_with_a_setting_is_said_once(tcosim, engine):
    result = tcosim(*TWO, "--set", "nonsense")
    assert result.exit_code == 2
    assert result.stderr.count("error:") == 1


def apis(name, usd):
    """The text of a scenario without anything self-hosted."""
    return f"[scenario]\nname = {name!r}\n[volume]\ntokens_per_month = 1e9\n[traffic]\n" + "".join(
        f"[[option]]\nkind = 'api'\nname = '{option}'\nusd_per_million_input = {price}\n"
        f"usd_per_million_cached_input = 0.3\nusd_per_million_output = 15.0\n"
        for option, price in (("api", 3.0), ("other", usd))
    )


def test_a_precision_needs_something_self_hosted(tcosim, engine):
    engine(simulate=never)
    Path("apis.toml").write_text(apis("apis", 4.0))
    result = tcosim("batch", "apis.toml", "--precision", "1%")
    assert result.exit_code == 2
    assert "apis.toml: --precision: is that of the headline probability" in result.stderr


def test_without_anything_self_hosted_there_are_dashes(tcosim, engine):
    Path("apis.toml").write_text(apis("apis", 4.0))
    result = tcosim("batch", "apis.toml", "--samples", "200", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)[0]["headline"] is None


def test_the_same_scenario_twice_is_one_folder_and_two_of_one_name_are_two(tcosim, engine):
    for name, usd in (("one", 4.0), ("same", 4.0), ("dearer", 5.0)):
        Path(f"{name}.toml").write_text(apis("apis", usd))
    result = tcosim("batch", "one.toml", "same.toml", "dearer.toml", "--samples", "200", "--json")
    first, second, third = json.loads(result.stdout)
    assert first | {"given": "same.toml"} == second
    assert first["folder"] != third["folder"]
    assert len(os.listdir("runs")) == 2


def test_nothing_to_run_is_refused(tcosim):
    assert tcosim("batch").exit_code == 2

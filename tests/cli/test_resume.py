"""``tcosim run --resume``: a run that was stopped goes on, and no other run is touched."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

import tcosim as package
from tcosim.results.folder import open_run
from tcosim.results.unfinished import Unfinished

SOURCE = str(Path(package.__file__).parents[1])
SHARD, SAMPLES = 512, 3000
SMALL = ("--set", "scenario.months=1")
RUN = ("run", "--samples", "3e3", "--seed", "7", *SMALL)


@pytest.fixture
def small(monkeypatch):
    make_small(monkeypatch)


def make_small(monkeypatch):
    """A run of six shards, the first of which is worth keeping; a curve of two volumes."""
    from tcosim.engine import checkpoint, shards, sums_file
    from tcosim.studies import curve

    for room in (checkpoint, shards, sums_file):
        monkeypatch.setattr(room, "SHARD_FUTURES", SHARD)
    monkeypatch.setattr(shards, "WORTH_KEEPING_FUTURES", SHARD)
    monkeypatch.setattr(curve, "default_volumes", lambda scenario: [1e9, 1e10])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What the same run comes to without a break, and one into ``a`` that was stopped by Ctrl-C half-way."""
    from typer.testing import CliRunner

    from tcosim.cli.app import app

    place = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(place)
        make_small(monkeypatch)
        whole = CliRunner().invoke(app, [*RUN, "--out", "whole"])
        assert whole.exit_code == 0, whole.output
        stop_at(monkeypatch, SAMPLES // 2)
        stopped = CliRunner().invoke(app, [*RUN, "--out", "a"])
        assert stopped.exit_code == 130, stopped.output
    return place, whole, stopped


@pytest.fixture
def stopped(made, tcosim, small, tmp_path):
    """The program in a folder where the run into ``a`` has been stopped."""
    shutil.copytree(made[0] / "a.unfinished", tmp_path / "a.unfinished")
    return tcosim


def stop_at(monkeypatch, futures):
    """Ctrl-C once so many futures are done and written."""
    from tcosim.engine.checkpoint import Checkpoint

    take = Checkpoint.take

    def taking(self, ranges, part):
        take(self, ranges, part)
        self.flush()
        if self.written >= futures:
            raise KeyboardInterrupt

    monkeypatch.setattr(Checkpoint, "take", taking)


def content(path):
    return {file.name: file.read_bytes() for file in Path(path).iterdir()}


def never(*_, **__):
    raise AssertionError("must not simulate")


def test_who_stops_a_run_is_told_what_is_kept_and_how_to_stopped(made):
    place, _, stopped = made
    assert stopped.stdout == ""
    assert stopped.stderr.endswith(
        "\nstopped: 1,536 of 3,000 futures are kept\ngo on with: tcosim run --resume a\n"
    )
    assert sorted(os.listdir(place)) == ["a.unfinished", "whole"]


@pytest.mark.parametrize("name", ["a", "a.unfinished", "./a/", "."])
def test_it_goes_on_with_the_same_bytes_and_leaves_nothing(stopped, made, tmp_path, monkeypatch, name):
    if name == ".":
        monkeypatch.chdir("a.unfinished")
    result = stopped("run", "--resume", name)
    monkeypatch.chdir(tmp_path)
    assert result.exit_code == 0, result.output
    assert "3,000 futures, 1,536 of them from before, in " in result.stderr
    assert os.listdir(tmp_path) == ["a"]
    place, whole, _ = made
    assert "from before" not in whole.stderr
    assert result.stdout_bytes == whole.stdout_bytes
    assert content("a") == content(place / "whole")


def test_options_that_agree_are_taken(stopped):
    assert (
        stopped("run", "--resume", "a", "--samples", "3000", "--seed", "7", *SMALL, "--json").exit_code == 0
    )


@pytest.mark.parametrize("is_finished", [False, True], ids=["unfinished", "finished"])
@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--seed", "8"), "error: --seed: must be that of the run to resume, 7, got 8"),
        (("--samples", "4e3"), "error: --samples: must be that of the run to resume, 3,000, got 4000"),
        (("support-chatbot",), "error: SCENARIO: must be that of the run to resume"),
        (("--set", "scenario.months=2"), "error: SCENARIO: must be that of the run to resume"),
        (("--volume", "1e9"), "error: SCENARIO: must be that of the run to resume"),
        (("--precision", "1%"), "error: --precision: must be that of the run to resume, which has none"),
        (("--budget", "1e5"), "error: --budget: must be that of the run to resume, which has none"),
        (("--out", "b"), "error: --out: cannot go with --resume"),
        (("--threads", "0"), "error: --threads: must"),
    ],
)
def test_options_that_contradict_are_refused_and_nothing_is_lost(
    stopped, monkeypatch, tmp_path, is_finished, arguments, text
):
    if is_finished:
        assert stopped("run", "--resume", "a").exit_code == 0
    before = content(tmp_path / os.listdir(tmp_path)[0])
    monkeypatch.setattr("tcosim.cli.run.simulated", never)
    result = stopped("run", "--resume", "a", *arguments)
    assert result.exit_code == 2
    assert text in result.stderr
    assert len(result.stderr.splitlines()) == 2
    (place,) = os.listdir(tmp_path)
    assert content(tmp_path / place) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError(), OSError(5, "Input/output error")])
def test_what_fails_before_blocks_are_read_loses_none(stopped, monkeypatch, tmp_path, error):
    """A scheduler that does not answer, too little memory, Ctrl-C while kernels compile."""

    def fail(*_, **__):
        raise error

    before = content("a.unfinished")
    monkeypatch.setattr("tcosim.cli.run.simulated", fail)
    result = stopped("run", "--resume", "a")
    assert result.exit_code == (130 if isinstance(error, KeyboardInterrupt) else 1)
    assert "finished blocks are kept\ngo on with: tcosim run --resume a\n" in result.stderr
    assert content("a.unfinished") == before


def test_too_little_memory_loses_no_block(stopped, tmp_path):
    before = content("a.unfinished")
    result = stopped("run", "--resume", "a", "--memory", "1MB")
    assert result.exit_code == 2
    assert "--memory: must be at least" in result.stderr
    assert "nothing was written" not in result.stderr
    assert content("a.unfinished") == before


def test_another_kind_of_machine_loses_no_block(stopped):
    path = Path("a.unfinished/run.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"first_futures_digest": "0" * 32}))
    before = content("a.unfinished")
    result = stopped("run", "--resume", "a")
    assert result.exit_code == 2
    assert "same kind of processor" in result.stderr
    assert content("a.unfinished") == before


@pytest.mark.parametrize("place", ["nowhere", "", "/", "..", ".unfinished", "file", "empty", "link", "a\tb"])
def test_where_no_run_is_it_says_so(tcosim, tmp_path, place, engine):
    engine(simulate=never)
    (tmp_path / "file").write_text("")
    (tmp_path / "empty.unfinished").mkdir()
    (tmp_path / "link.unfinished").symlink_to("empty.unfinished")
    before = sorted(tmp_path.rglob("*"))
    result = tcosim("run", "--resume", place)
    assert result.exit_code == 2, result.output
    assert "error: --resume: must be an unfinished run, got" in result.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_a_finished_run_is_answered_and_not_simulated(stopped, monkeypatch, tmp_path):
    first = stopped("run", "--resume", "a")
    monkeypatch.setattr("tcosim.cli.run.simulated", never)
    again = stopped("run", "--resume", "a")
    assert again.exit_code == 0
    assert again.stdout_bytes == first.stdout_bytes
    assert "run folder: a (it was complete already)" in again.stderr
    as_json = stopped("run", "--resume", "a.unfinished", "--json", "--seed", "7")
    assert as_json.stdout_bytes == Path("a/summary.json").read_bytes()


def test_blocks_left_by_a_death_in_the_last_instant_are_removed(stopped, monkeypatch, tmp_path):
    shutil.copytree("a.unfinished", "copy")
    stopped("run", "--resume", "a")
    shutil.move("copy", "a.unfinished")
    monkeypatch.setattr("tcosim.cli.run.simulated", never)
    assert stopped("run", "--resume", "a").exit_code == 0
    assert os.listdir(tmp_path) == ["a"]


def test_blocks_beside_another_run_stay(stopped, tmp_path):
    assert stopped("run", "--samples", "10", *SMALL, "--out", "other").exit_code == 0
    os.rename("other", "a")
    before = content("a.unfinished")
    result = stopped("run", "--resume", "a")
    assert result.exit_code == 2
    assert "is another run than a.unfinished" in result.stderr
    assert content("a.unfinished") == before


def test_a_folder_in_the_way_is_refused(stopped, tmp_path):
    Path("a").mkdir()
    before = content("a.unfinished")
    result = stopped("run", "--resume", "a")
    assert result.exit_code == 2
    assert "--out: must not exist yet, got a" in result.stderr
    assert content("a.unfinished") == before


def test_the_same_command_again_names_the_way_out(stopped, monkeypatch):
    before = content("a.unfinished")
    monkeypatch.setattr("tcosim.cli.run.simulated", never)
    result = stopped(*RUN, "--out", "a")
    assert result.exit_code == 2
    assert (
        "whose finished blocks are in a.unfinished, got a; go on with: tcosim run --resume a;"
        in result.stderr
    )
    assert content("a.unfinished") == before


def test_a_folder_that_is_being_written_is_refused(stopped, monkeypatch):
    monkeypatch.setattr("tcosim.cli.run.simulated", never)
    writer = Unfinished(Path("a.unfinished"))
    for arguments in (("run", "--resume", "a"), (*RUN, "--out", "a")):
        result = stopped(*arguments)
        assert result.exit_code == 2
        assert f"must not be written to by another run, as process {os.getpid()} on" in result.stderr
    writer.close()


def test_a_default_folder_that_is_being_written_leaves_the_next_number(tcosim, engine, tmp_path):
    tcosim("run", "--samples", "100")
    (name,) = os.listdir("runs")
    shutil.rmtree("runs")
    writer = Unfinished(Path("runs") / f"{name}.unfinished")
    result = tcosim("run", "--samples", "100")
    assert result.exit_code == 0
    # once it is finished it gets the free name
    assert sorted(os.listdir("runs")) == [name, f"{name}.unfinished"]
    second = Unfinished(Path("runs") / f"{name}-2.unfinished")
    assert tcosim("run", "--samples", "100", "--seed", "3").exit_code == 0
    writer.close()
    second.close()


def test_folders_of_others_beside_the_run_are_not_cleared(tcosim, engine, tmp_path):
    engine(simulate=never)
    (tmp_path / "a.unfinished").mkdir()
    (tmp_path / "a.unfinished" / "thesis.tex").write_text("mine")
    result = tcosim("run", "--out", "a")
    assert result.exit_code == 2
    assert "a.unfinished holds thesis.tex" in result.stderr
    assert content("a.unfinished") == {"thesis.tex": b"mine"}


def test_out_cannot_be_named_like_an_unfinished_run(tcosim, engine, tmp_path):
    engine(simulate=never)
    result = tcosim("run", "--out", "a.unfinished")
    assert result.exit_code == 2
    assert "--out: must not end in .unfinished" in result.stderr
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "change",
    [
        {"samples": "many"}, {"samples": -1}, {"samples": 10**30}, {"samples": 1e3}, {"samples": True},
        {"samples": None},
        {"seed": -1}, {"seed": 2**70}, {"seed": "x"}, {"precision": "high"}, {"precision": 7}, {"precision": -0.1},
        {"budget_usd": []}, {"is_named": 1}, {"format": 99}, {"tcosim_version": "9" * 900}, {"scenario_sha256": "x"},
    ],
    ids=str,
)  # fmt: skip
def test_a_manifest_that_says_something_else_is_refused(stopped, monkeypatch, change):
    path = Path("a.unfinished/run.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    before = content("a.unfinished")
    monkeypatch.setattr("tcosim.cli.run.simulated", never)
    result = stopped("run", "--resume", "a")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert "unexpected" not in result.stderr
    assert len(result.stderr) < 600
    assert content("a.unfinished") == before


@pytest.mark.parametrize("name", ["run.json", "scenario.toml"])
@pytest.mark.parametrize("how", ["empty", "gone", "link", "pipe", "binary"])
def test_damage_is_one_clear_error(stopped, monkeypatch, tmp_path, name, how):
    path = Path("a.unfinished") / name
    text = path.read_bytes()
    path.unlink()
    if how == "link":
        Path("elsewhere").write_bytes(text)
        path.symlink_to(tmp_path / "elsewhere")
    elif how == "pipe":
        os.mkfifo(path)
    elif how != "gone":
        path.write_bytes(b"" if how == "empty" else b"\0\xff" * 50)
    monkeypatch.setattr("tcosim.cli.run.simulated", never)
    result = stopped("run", "--resume", "a")
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("error: ")
    assert "unexpected" not in result.stderr
    assert any(file.startswith("sums-") for file in os.listdir("a.unfinished"))


def test_damaged_blocks_are_said_on_stderr(stopped, made):
    (file,) = Path("a.unfinished").glob("sums-*")
    file.write_bytes(file.read_bytes()[:-1])
    result = stopped("run", "--resume", "a")
    assert result.exit_code == 0
    assert "warning: finished blocks are damaged or missing (sums-000000001536" in result.stderr
    assert "the run starts over" in result.stderr
    assert content("a") == content(made[0] / "whole")


def test_a_precision_run_goes_on(tcosim, small, monkeypatch, tmp_path):
    from tcosim.studies import precision

    asked = ("run", "--precision", "0.3%", "--samples", "2e4", "--volume", "2e10", "--budget", "1e5", *SMALL)
    monkeypatch.setattr(precision, "FIRST_LOOK", 1024)
    assert tcosim(*asked, "--out", "whole").exit_code == 0
    stop_at(monkeypatch, 2 * SHARD)
    result = tcosim(*asked)
    assert result.exit_code == 130, result.output
    (name,) = os.listdir("runs")
    assert f"go on with: tcosim run --resume runs/{name.removesuffix('.unfinished')}\n" in result.stderr
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(precision, "FIRST_LOOK", 1024)
    make_small(monkeypatch)
    result = tcosim("run", "--resume", f"runs/{name}", "--precision", "0.3%")
    assert result.exit_code == 0, result.output
    (written,) = os.listdir("runs")
    samples = open_run("whole").summary["samples"]
    assert written.startswith(f"support-assistant-0-{samples}-")
    assert content(f"runs/{written}") == content("whole")

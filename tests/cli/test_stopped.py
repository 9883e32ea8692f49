"""A run in a process of its own that is stopped or killed, or meets another one at its folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tcosim

SOURCE = str(Path(tcosim.__file__).parents[1])
SHARD = 512
SMALL = ("--set", "scenario.months=1")

SMALL_SHARDS = """
import sys
sys.path.insert(0, {source!r})
from tcosim.engine import checkpoint, shards, sums_file
for room in (checkpoint, shards, sums_file):
    room.SHARD_FUTURES = {shard}
shards.WORTH_KEEPING_FUTURES = {worth}
from tcosim.studies import curve
curve.default_volumes = lambda scenario: [1e9, 1e10]
"""
"""What a process runs before the program itself, so that a short run is worth keeping."""


def start(*arguments, cwd, worth=SHARD):
    """The real program in a process of its own, with small shards."""
    code = SMALL_SHARDS.format(source=SOURCE, shard=SHARD, worth=worth) + (
        "sys.argv = ['tcosim', *sys.argv[1:]]\nfrom tcosim.cli.app import main\nmain()\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def wait_for(condition, process):
    until = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)


LONG = ("run", "--samples", "3e6", "--threads", "1", "--seed", "7", *SMALL, "--out", "a")


@pytest.mark.parametrize(
    ("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"]
)
def test_a_stopped_process_says_what_is_kept_within_a_second(tmp_path, sent, code):
    process = start(*LONG, cwd=tmp_path)
    wait_for(lambda: list(tmp_path.glob("a.unfinished/sums-*")), process)
    before = time.monotonic()
    process.send_signal(sent)
    out, err = process.communicate(timeout=20)
    assert time.monotonic() - before < 4  # a second where processors are free
    assert process.returncode == code, err
    assert out == ""
    assert "of 3,000,000 futures are kept\ngo on with: tcosim run --resume a\n" in err
    assert "Traceback" not in err
    (sums,) = tmp_path.glob("a.unfinished/sums-*")
    assert f"{int(sums.name[5:17]):,} of" in err
    assert not list(tmp_path.glob("a.unfinished/.partial*"))


def test_two_processes_into_one_folder_and_a_killed_one(tmp_path):
    first = start(*LONG, cwd=tmp_path)
    wait_for(lambda: list(tmp_path.glob("a.unfinished/sums-*")), first)
    second = start(*LONG, cwd=tmp_path)
    out, err = second.communicate(timeout=60)
    assert (second.returncode, out) == (2, "")
    assert f"must not be written to by another run, as process {first.pid} on" in err
    first.kill()
    first.communicate()
    assert os.listdir(tmp_path) == ["a.unfinished"]
    third = start(*LONG, cwd=tmp_path)
    out, err = third.communicate(timeout=60)
    assert (third.returncode, out) == (2, "")
    assert "go on with: tcosim run --resume a;" in err
    fourth = start("run", "--resume", "a", cwd=tmp_path)
    before = set(tmp_path.glob("a.unfinished/sums-*"))
    wait_for(lambda: set(tmp_path.glob("a.unfinished/sums-*")) - before, fourth)
    fourth.send_signal(signal.SIGTERM)
    out, err = fourth.communicate(timeout=20)
    assert fourth.returncode == 143
    assert "go on with: tcosim run --resume a" in err


def test_where_nothing_is_finished_nothing_is_left(tmp_path):
    process = start(*LONG[:-1], "deep/er/a", cwd=tmp_path, worth=10**7)
    wait_for((tmp_path / "deep/er/a.unfinished/run.json").exists, process)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 143, err
    assert err.endswith("stopped: nothing was written\n")
    assert os.listdir(tmp_path) == []

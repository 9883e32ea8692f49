"""A disk that is full, or cannot be written any more: the answer is not lost, nor what is finished, nor a byte."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tcosim

SOURCE = str(Path(tcosim.__file__).parents[1])
DISK_BYTES = 12_000_000
PRELUDE = f"""
import os, sys
sys.path.insert(0, {SOURCE!r})
from tcosim.engine import checkpoint, shards, sums_file
for room in (checkpoint, shards, sums_file):
    room.SHARD_FUTURES = 512
shards.WORTH_KEEPING_FUTURES = 512
from tcosim.studies import curve
curve.default_volumes = lambda scenario: [1e9, 1e10]

def fill(left):
    disk = os.statvfs(".")
    wanted = disk.f_bavail * disk.f_frsize - left
    if wanted > 0 and not os.path.exists("ballast"):
        with open("ballast", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, wanted)

from tcosim.engine.checkpoint import Checkpoint
take = Checkpoint.take

def after_two(act):
    def taking(self, futures, part):
        take(self, futures, part)
        self.flush()
        if self.written >= 1024:
            act()
    Checkpoint.take = taking

from tcosim.cli import run
other_volumes = run.other_volumes

def before_writing(act):
    def simulated(*arguments):
        act()
        return other_volumes(*arguments)
    run.other_volumes = simulated

from tcosim.results import write_folder
"""
MAY_WRITE_ANYWHERE = "-dac_override,-dac_read_search"
MAIN = """
sys.argv = ["tcosim", *sys.argv[1:]]
from tcosim.cli.app import main
main()
"""
RUN = ("run", "--samples", "3e3", "--seed", "7", "--threads", "1", "--set", "scenario.months=1", "--out", "a")


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own, empty."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)]
    if (
        sys.platform != "linux"
        or os.geteuid() != 0
        or shutil.which("mount") is None
        or subprocess.run(command, capture_output=True, check=False).returncode != 0
    ):
        pytest.skip("only root on Linux can make a small disk, and not in every container")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The same run where there is space."""
    place = tmp_path_factory.mktemp("whole")
    assert tcosim_in(place, "", *RUN).returncode == 0
    return place / "a"


def tcosim_in(place, happens, *arguments, weak=()):
    return subprocess.run(
        [*weak, sys.executable, "-c", PRELUDE + happens + MAIN, *arguments], cwd=place, text=True, capture_output=True,
        timeout=120, check=False,
    )  # fmt: skip


def content(path):
    return {file.name: file.read_bytes() for file in Path(path).iterdir()}


def test_full_while_blocks_are_written(disk, whole):
    stopped = tcosim_in(disk, "after_two(lambda: fill(0))", *RUN)
    assert stopped.returncode == 1, stopped.stderr
    assert stopped.stdout == ""
    assert (
        "error: finished blocks cannot be written to a.unfinished (No space left on device);"
        in stopped.stderr
    )
    assert "of 3,000 futures are kept\ngo on with: tcosim run --resume a\n" in stopped.stderr
    assert not (disk / "a").exists()
    again = tcosim_in(disk, "", "run", "--resume", "a")
    assert again.returncode == 2
    assert "error: --out: " in again.stderr
    assert "finished blocks stay in a.unfinished\n" in again.stderr
    (disk / "ballast").unlink()
    resumed = tcosim_in(disk, "", "run", "--resume", "a")
    assert resumed.returncode == 0, resumed.stderr
    assert "of them from before" in resumed.stderr
    assert content(disk / "a") == content(whole)
    assert os.listdir(disk) == ["a"]


@pytest.mark.parametrize("left", [0, 60_000, 600_000])
@pytest.mark.parametrize("unforeseen", [False, True], ids=["foreseen", "half-way"])
def test_full_while_the_run_folder_is_written(disk, whole, left, unforeseen):
    """HDF5, which writes the arrays, crashes as it is unloaded after such a failure."""
    happens = f"before_writing(lambda: fill({left}))\n"
    if unforeseen:
        happens += "write_folder._reserve = lambda *_: None\n"
    stopped = tcosim_in(disk, happens, *RUN)
    assert stopped.returncode == 1, stopped.stderr
    assert "Probability of costing less than api" in stopped.stdout
    assert "could not be written (No space left on device), got a;" in stopped.stderr
    assert "3,000 of 3,000 futures are kept\ngo on with: tcosim run --resume a\n" in stopped.stderr
    assert len(stopped.stderr.splitlines()) == 5
    assert sorted(os.listdir(disk)) == ["a.unfinished", "ballast"]
    (disk / "ballast").unlink()
    resumed = tcosim_in(disk, "", "run", "--resume", "a")
    assert resumed.returncode == 0, resumed.stderr
    assert content(disk / "a") == content(whole)
    assert os.listdir(disk) == ["a"]


def test_a_folder_that_cannot_be_written_any_more(tmp_path, whole):
    """What finished before stays, and goes on where one may write."""
    weak = ()
    if os.geteuid() == 0:
        weak = ("setpriv", f"--bounding-set={MAY_WRITE_ANYWHERE}", f"--inh-caps={MAY_WRITE_ANYWHERE}")
        if shutil.which("setpriv") is None or subprocess.run([*weak, "true"], check=False).returncode:
            pytest.skip("root may write anywhere, and setpriv cannot take that away here")
    forbid = "def forbid():\n    os.chmod('a.unfinished', 0o555); os.chmod('.', 0o555)\nafter_two(forbid)\n"
    try:
        stopped = tcosim_in(tmp_path, forbid, *RUN, weak=weak)
        assert stopped.returncode == 1, stopped.stderr
        assert "(Permission denied)" in stopped.stderr
        assert "of 3,000 futures are kept\ngo on with: tcosim run --resume a\n" in stopped.stderr
        again = tcosim_in(tmp_path, "", "run", "--resume", "a", weak=weak)
        assert again.returncode == 2, again.stderr
        assert "--out: must be a folder that can be written (Permission denied)" in again.stderr
        assert os.listdir(tmp_path) == ["a.unfinished"]
    finally:
        tmp_path.chmod(0o755)
        (tmp_path / "a.unfinished").chmod(0o755)
    assert tcosim_in(tmp_path, "", "run", "--resume", "a").returncode == 0
    assert content(tmp_path / "a") == content(whole)


@pytest.mark.parametrize("jump", ["forwards", "backwards", "both"])
def test_a_clock_that_jumps(tmp_path, whole, jump):
    """Neither the date nor the age of a file decides anything."""
    step = {"forwards": "3e8", "backwards": "-3e8", "both": "(3e8 if calls[0] % 2 else -3e8)"}[jump]
    happens = f"""
import time
real, calls = time.time, [0]

def jumping():
    calls[0] += 1
    return real() + calls[0] * {step}

time.time = jumping
def die():
    os.kill(os.getpid(), 9)
"""
    killed = tcosim_in(tmp_path, happens + "after_two(die)\n", *RUN)
    assert killed.returncode == -9
    for index, file in enumerate(sorted((tmp_path / "a.unfinished").iterdir())):
        os.utime(file, (0, 0) if index % 2 else (4e9, 4e9))
    resumed = tcosim_in(tmp_path, happens, "run", "--resume", "a")
    assert resumed.returncode == 0, resumed.stderr
    assert "1,024 of them from before" in resumed.stderr
    assert content(tmp_path / "a") == content(whole)


def test_a_folder_half_of_which_is_there_is_never_read_as_whole(tmp_path, whole):
    """Whatever is missing, cut short or taken from another run."""
    from tcosim.errors import InputError
    from tcosim.results.folder import open_run

    for name in os.listdir(whole):
        for size in (None, 0, 1, (whole / name).stat().st_size // 2, (whole / name).stat().st_size - 2):
            path = tmp_path / "half"
            shutil.copytree(whole, path)
            if size is None:
                (path / name).unlink()
            else:
                os.truncate(path / name, size)
            with pytest.raises(InputError):
                open_run(path)
            shutil.rmtree(path)

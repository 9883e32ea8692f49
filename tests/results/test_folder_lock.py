"""One process at a time writes to a folder, whoever died before and whatever lies there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import tcosim
from tcosim.errors import InputError
from tcosim.results.folder_lock import LOCK, Taken, is_written
from tcosim.results.unfinished import Unfinished

SOURCE = str(Path(tcosim.__file__).parents[1])


@pytest.fixture
def folder(tmp_path):
    made = Unfinished(tmp_path / "run.unfinished")
    yield made
    made.close()


HOLD = """
import sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from tcosim.results.folder_lock import Taken
from tcosim.results.unfinished import Unfinished
folder = Unfinished(Path(sys.argv[2]))
print("held", flush=True)
"""
TAKE_TURNS = """
folder.discard()
for _ in range(100):
    try:
        folder = Unfinished(Path(sys.argv[2]).with_name("both"))
    except Taken:
        continue
    (folder.path / "run.json").open("x").close()  # fails if another holds it
    folder.discard()
"""


def holder(path, then="time.sleep(60)"):
    """A process that holds a folder, and says so."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD + then, SOURCE, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@pytest.mark.parametrize("kind", ["link", "second name", "pipe"])
def test_a_lock_that_is_another_file_is_refused_and_left_alone(tmp_path, kind):
    path, mine = tmp_path / "run.unfinished", tmp_path / "mine"
    path.mkdir()
    mine.write_text("mine")
    if kind == "link":
        (path / LOCK).symlink_to(mine)
    elif kind == "second name":
        os.link(mine, path / LOCK)
    else:
        os.mkfifo(path / LOCK)
    with pytest.raises(InputError, match="folder that can be written"):
        Unfinished(path)
    assert mine.read_text() == "mine"


def test_a_second_writer_is_refused_and_told_by_whom(folder):
    with pytest.raises(Taken, match=f"as process {os.getpid()} on"):
        Unfinished(folder.path)
    assert is_written(folder.path)
    folder.close()
    assert not is_written(folder.path)
    Unfinished(folder.path).close()


def test_who_looks_whether_it_is_written_keeps_nobody_out(tmp_path):
    """A look takes the lock for an instant, in which a run may want it."""
    path = tmp_path / "run.unfinished"
    Unfinished(path).close()
    looking = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import fcntl, os, sys, time; f = os.open(sys.argv[1], os.O_RDONLY); fcntl.flock(f, fcntl.LOCK_SH);"
            " print('held', flush=True); time.sleep(0.08)",
            str(path / LOCK),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert looking.stdout is not None
    assert looking.stdout.readline() == "held\n"
    Unfinished(path).close()
    looking.wait()


def test_another_process_is_refused_until_it_dies(tmp_path):
    path = tmp_path / "run.unfinished"
    process = holder(path)
    assert is_written(path)
    with pytest.raises(Taken, match=f"as process {process.pid} on"):
        Unfinished(path)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (path / LOCK).exists()
    assert not is_written(path)
    taken_over = Unfinished(path)
    with pytest.raises(Taken, match=f"as process {os.getpid()} on"):
        Unfinished(path)
    taken_over.close()


def test_a_folder_removed_by_its_owner_meanwhile_is_made_again(tmp_path):
    """Two processes take and remove one folder in turn, a hundred times each; never do both hold it."""
    processes = [holder(tmp_path / "deep" / name, TAKE_TURNS) for name in ("a", "b")]
    for process in processes:
        assert process.wait(30) == 0
    assert not (tmp_path / "deep" / "both").exists()

"""``--workers`` and ``--scheduler``: the same bytes on stdout wherever it is computed, and how they refuse."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tcosim as package

SMALL = ("--set", "scenario.months=1")
COMMANDS = {
    "curve": ("curve", "--volumes", "1e9,2e10", "--samples", "3000", *SMALL),
    "drivers": ("drivers", "--samples", "4e4", *SMALL),
    "value": ("value", "--samples", "3000", "--days", "7", *SMALL),
    "claims": ("claims", "--source", "article-marka", "--samples", "300"),
}


@pytest.fixture(scope="module")
def address():
    pytest.importorskip("distributed", reason="dask is an extra of the project")
    from tcosim.engine.clients import cluster_client

    with cluster_client(workers=2) as client:
        yield client.scheduler.address


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_cluster_prints_the_bytes_of_threads(tcosim, address, monkeypatch, command, form):
    monkeypatch.setattr("tcosim.engine.cluster.SMALLEST_TASK_FUTURES", 256)
    here = tcosim(*COMMANDS[command], *form, "--threads", "1")
    there = tcosim(*COMMANDS[command], *form, "--scheduler", address)
    assert here.exit_code == 0, here.output
    assert there.exit_code == 0, there.output
    assert here.stdout_bytes == there.stdout_bytes
    assert "2 workers with 2 threads" in there.stderr
    assert os.listdir(".") == []


def test_the_difference_of_two_runs_is_the_same_on_a_cluster(tcosim, address):
    for name, volume in (("a", "2e9"), ("b", "9e9")):
        assert tcosim("run", "--samples", "600", "--out", name, "--volume", volume, *SMALL).exit_code == 0
    here, there = tcosim("diff", "a", "b"), tcosim("diff", "a", "b", "--scheduler", address)
    assert there.exit_code == 0, there.output
    assert here.stdout_bytes == there.stdout_bytes


WRONG = [
    (("--workers", "0"), "--workers: must lie between 1 and"),
    (("--workers", "x"), "--workers: must be a finite number, got x"),
    (("--workers", "1.5"), "--workers: must be a whole number"),
    (("--workers", "2", "--threads", "2"), "cannot go with --threads"),
    (("--workers", "2", "--scheduler", "tcp://127.0.0.1:1"), "cannot go with --workers"),
]


@pytest.mark.parametrize(("options", "said"), WRONG)
@pytest.mark.parametrize("command", ["curve", "drivers", "value", "diff", "claims", "batch"])
def test_wrong_options_are_refused_before_any_work(tcosim, command, options, said):
    arguments = {"diff": ("a", "b"), "batch": ("support-assistant",)}.get(command, ())
    result = tcosim(command, *arguments, *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""
    assert os.listdir(".") == []


@pytest.mark.parametrize("command", ["curve", "drivers", "value", "claims"])
def test_without_dask_it_is_said_what_to_install(tcosim, monkeypatch, command):
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = tcosim(*COMMANDS[command], "--workers", "2")
    assert result.exit_code == 2
    assert "pip install dask distributed" in result.stderr
    assert "Traceback" not in result.output


def test_a_scheduler_that_is_none_is_refused_in_one_line(tcosim):
    pytest.importorskip("distributed", reason="dask is an extra of the project")
    result = tcosim(*COMMANDS["curve"], "--scheduler", "nonsense")
    assert result.exit_code == 2
    errors = [line for line in result.stderr.splitlines() if line.startswith("error")]
    assert len(errors) == 1
    assert errors[0].startswith("error: --scheduler: must be the address of a dask scheduler that answers")
    assert "got nonsense" in errors[0]


def living(group):
    """Processes of a process group, without those that are dead and only not yet buried."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue
        state, _, of_group, *_ = rest.split()
        if int(of_group) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


# only Linux lists all processes with their groups in files; that no worker is left cannot be seen without
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs a list of processes")
@pytest.mark.parametrize("moment", ["starting 2 worker processes", "simulating"])
def test_ctrl_c_ends_the_workers_too_and_silently(tmp_path, moment):
    pytest.importorskip("distributed", reason="dask is an extra of the project")
    command = [sys.executable, "-m", "tcosim.cli", "curve", "--samples", "1e8", "--workers", "2", *SMALL]
    environment = {**os.environ, "PYTHONPATH": str(Path(package.__file__).parents[1])}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        while moment not in process.stderr.readline():
            assert process.poll() is None
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        sent = time.monotonic()
        assert process.wait(20) == 130
        assert time.monotonic() - sent < 3  # one second where nothing else runs
        until = time.monotonic() + 5
        while living(process.pid):
            assert time.monotonic() < until
            time.sleep(0.05)
        rest = process.stderr.read()
        assert rest.strip().endswith("stopped: nothing was written")
        assert "Traceback" not in rest
        assert "leaked" not in rest
        assert process.stdout.read() == ""

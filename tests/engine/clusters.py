"""dask's programs as processes of their own, for tests of what happens when they die."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

SOURCES = str(Path(__file__).parents[2] / "src")
START_SECONDS = 60
WITHOUT_TCOSIM = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "tcosim":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocked())
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def program(name, *arguments):
    """Run ``dask scheduler`` or ``dask worker``; killed at the end, if it has not been before."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{name}", "--no-dashboard", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": SOURCES}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def scheduler():
    """Yield the process and the address of a scheduler that answers."""
    port = free_port()
    with program("scheduler", "--host", "127.0.0.1", "--port", port) as process:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < until
                time.sleep(0.1)
        yield process, f"tcp://127.0.0.1:{port}"


def worker(address, *arguments):
    """A worker process of one thread that no nanny starts again."""
    return program("worker", address, "--no-nanny", "--nthreads", 1, *arguments)

"""Ctrl-C in the midst of a command, in a process of its own."""

import os
import signal
import subprocess
import sys
import textwrap
import time


def interrupt_in_work(code, folder):
    """Run a program, send it SIGINT once it says "working" on stderr, and see that it ends within a second."""
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        while "working" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        sent = time.monotonic()
        assert process.wait(20) == 130
        assert time.monotonic() - sent <= 1.0
        assert process.stderr.read().strip().endswith("stopped: nothing was written")
        assert process.stdout.read() == ""
    assert os.listdir(folder) == []

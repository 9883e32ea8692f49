"""Ctrl-C ends a run within a second, says what is kept, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from interrupts import interrupt_in_work

import tcosim

HELPERS = [
    str(path) for path in (Path(__file__).parent, Path(__file__).parents[1], Path(tcosim.__file__).parents[1])
]
POLITE = "cancel.wait(30); raise Cancelled('stopped')"
STUBBORN = "time.sleep(30)"


@pytest.mark.parametrize("work", [POLITE, STUBBORN], ids=["polite", "stubborn"])
def test_ctrl_c_during_the_simulation(tmp_path, work):
    code = f"""
    import sys, time
    sys.path[:0] = {HELPERS!r}
    import stub, tcosim
    from tcosim.errors import Cancelled

    def simulate(scenario, *, samples, seed, progress, cancel, **where):
        print("working", file=sys.stderr, flush=True)
        {work}

    tcosim.engine = sys.modules["tcosim.engine"] = stub.module(simulate)
    sys.argv = ["tcosim", "run", "--samples", "10"]
    from tcosim.cli.app import main
    main()
    """
    interrupt_in_work(code, tmp_path)


@pytest.mark.parametrize(
    ("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"]
)
def test_a_signal_that_arrives_as_another_error_is_one_all_the_same(tmp_path, sent, code):
    """In the midst of an import a compiled library may make an ImportError of it."""
    code_text = f"""
    import os, sys
    sys.path[:0] = {HELPERS!r}
    import stub, tcosim

    def simulate(scenario, **how):
        raise AssertionError("must not come here")

    tcosim.engine = sys.modules["tcosim.engine"] = stub.module(simulate)
    import tcosim.cli.run as run

    def imports(*_):
        try:
            os.kill(os.getpid(), {int(sent)})
        except KeyboardInterrupt:
            raise ImportError("initialization failed") from None

    run.simulated = imports
    sys.argv = ["tcosim", "run", "--samples", "10"]
    from tcosim.cli.app import main
    main()
    """
    command = [sys.executable, "-c", textwrap.dedent(code_text)]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == code, ended.stderr
    assert ended.stderr == "\nstopped: nothing was written\n"
    assert os.listdir(tmp_path) == []


def test_errors_and_results_come_back_from_the_thread(tmp_path):
    import io

    from rich.console import Console

    from tcosim.cli.progress import run_with_progress

    console = Console(file=io.StringIO())

    def work(progress, cancel):
        progress(3, 3)
        return "done"

    assert run_with_progress(work, 3, console) == "done"

    def fail(progress, cancel):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run_with_progress(fail, 3, console)


def test_the_bar_names_rate_and_time_left(monkeypatch):
    import io

    from rich.console import Console

    from tcosim.cli import progress as progress_module

    monkeypatch.setattr(progress_module, "COMPILING_AFTER_SECONDS", 0.15)
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=120)

    def work(progress, cancel):
        time.sleep(0.5)
        for done in range(1, 6):
            progress(done * 100, 1000)
            time.sleep(0.15)

    progress_module.run_with_progress(work, 1000, console)
    shown = file.getvalue()
    assert "compiling kernels (first run only)" in shown
    assert "simulating" in shown
    assert "futures/s" in shown

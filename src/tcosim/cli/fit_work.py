"""Read and fit a log so that it shows how far it is and that Ctrl-C ends it at once.

Knows threads and the progress bar; knows the work only as a function that is given a hook.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from tcosim.cli.background import in_background
from tcosim.cli.progress import TICK_SECONDS
from tcosim.errors import Cancelled

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

T = TypeVar("T")

Hook = Callable[[str, float], None]


GRACE_SECONDS = 0.4
"""Enough for the reading to take back what it laid in the temporary folder; the rest leaves nothing behind."""


class _State:
    def __init__(self) -> None:
        self.at = ("", 0.0)


def run_in_stages(work: Callable[[Hook], T], console: Console) -> T:
    """Call ``work(hook)`` on a thread of its own and show its stages.

    Parameters
    ----------
    work : callable
        Calls ``hook(stage, share)`` now and then; the hook raises `Cancelled` once the work is to stop.
    console : rich.console.Console
        Where the bar goes; without a terminal there is no bar, only a line for each stage.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C, within a second, whether ``work`` has stopped by then or not.
    """
    state, cancel = _State(), threading.Event()

    def hook(stage: str, share: float) -> None:
        if cancel.is_set():
            raise Cancelled("stopped")
        if not console.is_terminal and stage != state.at[0]:
            console.print(stage, markup=False)
        state.at = stage, share

    return in_background(
        lambda: work(hook),
        lambda finished: _watch(state, finished, console),
        cancel,
        name="fit",
        grace_seconds=GRACE_SECONDS,
    )


def _watch(state: _State, finished: threading.Event, console: Console) -> None:
    if not console.is_terminal:
        while not finished.wait(TICK_SECONDS):
            pass
        return
    with _bar(console) as bar:
        tasks: dict[str, TaskID] = {}
        while not finished.wait(TICK_SECONDS):
            stage, share = state.at
            if stage and stage not in tasks:
                for task in tasks.values():
                    bar.update(task, visible=False)
                tasks[stage] = bar.add_task(stage, total=1.0)
            if stage:
                bar.update(tasks[stage], completed=share)


def _bar(console: Console) -> Progress:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(compact=True),
        console=console,
        transient=True,
        refresh_per_second=8,
    )

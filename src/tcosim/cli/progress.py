"""Run a simulation so that it shows how far it is and that Ctrl-C ends it at once.

Knows threads and the progress bar; knows the simulation only as a function that is given two hooks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from tcosim.cli.background import in_background

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

T = TypeVar("T")

Hook = Callable[[int, int], None]
Work = Callable[[Hook, threading.Event], T]

TICK_SECONDS = 0.1
GRACE_SECONDS = 0.6
COMPILING_AFTER_SECONDS = 1.5


class _State:
    def __init__(self) -> None:
        self.done = 0
        self.total = 0


def run_with_progress(
    work: Work[T], total: int, console: Console, *, is_most: bool = False, where: str = ""
) -> T:
    """Call ``work(progress, cancel)`` on a thread of its own and show its progress.

    Parameters
    ----------
    work : callable
        Calls ``progress(done, total)`` now and then, and stops soon after ``cancel`` is set.
    total : int
        Futures to simulate.
    is_most : bool
        Whether `total` is only the most; ``work`` then says how many it expects.
    console : rich.console.Console
        Where the bar goes; without a terminal there is no bar, only a line at the start.
    where : str
        Put behind what is said of the futures.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C, within a second, whether ``work`` has stopped by then or not.
    """
    state, cancel = _State(), threading.Event()

    def note(done: int, of: int) -> None:
        state.done, state.total = done, of

    return in_background(
        lambda: work(note, cancel),
        lambda finished: _watch(state, finished, total, console, is_most, where),
        cancel,
        name="simulation",
        grace_seconds=GRACE_SECONDS,
    )


def _watch(
    state: _State, finished: threading.Event, total: int, console: Console, is_most: bool, where: str
) -> None:
    started = time.monotonic()
    if not console.is_terminal:
        console.print(
            f"simulating {'at most ' if is_most else ''}{total:,} future{'' if total == 1 else 's'}{where}"
        )
        while not finished.wait(TICK_SECONDS):
            pass
        return
    with _bar(console) as bar:
        task = bar.add_task("preparing", total=total)
        while not finished.wait(TICK_SECONDS):
            waited = time.monotonic() - started
            if state.done:
                bar.update(task, description=f"simulating{where}", completed=state.done, total=state.total)
            elif waited > COMPILING_AFTER_SECONDS:
                bar.update(task, description="compiling kernels (first run only)")


def _bar(console: Console) -> Progress:
    from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """Futures a second."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f} futures/s" if task.speed else "")

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:>3.0f} %"),
        Rate(),
        TimeRemainingColumn(compact=True),
        console=console,
        transient=True,
        refresh_per_second=8,
    )

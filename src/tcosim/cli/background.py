"""Long work on a thread of its own, so that Ctrl-C ends the command at once.

Knows threads; knows neither the work nor what is shown of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def in_background(
    work: Callable[[], T],
    watch: Callable[[threading.Event], None],
    cancel: threading.Event,
    *,
    name: str,
    grace_seconds: float,
) -> T:
    """Call ``work()`` on a thread and ``watch(finished)`` on this one until it has ended.

    Parameters
    ----------
    work : callable
        Stops soon after ``cancel`` is set.
    watch : callable
        Returns once the event that it is given is set.
    cancel : threading.Event
        Set on Ctrl-C.
    name : str
        Of the thread.
    grace_seconds : float
        How long the work may take to stop.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C, whether ``work`` has stopped by then or not.
    """
    finished = threading.Event()
    outcome: list[T] = []
    failure: list[BaseException] = []

    def body() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # handed on to the caller's thread
            failure.append(error)
        finally:
            finished.set()

    threading.Thread(target=body, name=name, daemon=True).start()
    try:
        watch(finished)
    except KeyboardInterrupt:
        cancel.set()
        finished.wait(grace_seconds)
        raise
    if failure:
        raise failure[0]
    return outcome[0]

"""What is asked of a dask cluster, and waited for, so that one that is gone or frozen is noticed.

A connection alone does not tell that nobody is there any more. Knows dask's client; nothing of what is computed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, wait
from typing import TYPE_CHECKING, TypeVar

from tcosim.errors import Cancelled, TcosimError

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")

LOOK_SECONDS = 0.2
ANSWER_SECONDS = 30
"""So long an answer is waited for that should come at once."""
SILENCE_SECONDS = 10
"""If what takes its time has not come for so long, the scheduler is asked for a sign of life."""
NO_WORKERS_SECONDS = 60
"""So long new workers are waited for where all have left."""


class ClusterError(TcosimError):
    """The cluster is gone or unfit, so that nothing can be computed on it."""


class Contact:
    """The connection to a cluster.

    Parameters
    ----------
    client : distributed.Client
        Connected.
    cancel : threading.Event, optional
        Ends all waiting when set.

    Attributes
    ----------
    address : str
        Of the scheduler.
    """

    def __init__(self, client: Client, cancel: threading.Event | None = None) -> None:
        self.client, self.cancel = client, cancel
        self.address = "its address" if client.scheduler is None else str(client.scheduler.address)

    def check(self) -> None:
        """Look whether to go on.

        Raises
        ------
        Cancelled
            If `cancel` was set.
        ClusterError
            If the connection is lost.
        """
        if self.cancel is not None and self.cancel.is_set():
            raise Cancelled("the run was stopped")
        if self.client.status not in ("running", "newly-created"):
            raise self.lost()

    def ask(self, call: Callable[[], T]) -> T:
        """Call what the cluster should answer at once.

        Raises
        ------
        Cancelled, ClusterError
            As `check`, and if there is no answer.
        """
        outcome = aside(call)
        until = time.monotonic() + ANSWER_SECONDS
        while not wait([outcome], LOOK_SECONDS).done:
            self.check()
            if time.monotonic() > until:
                raise ClusterError(
                    f"the cluster at {self.address} gives no answer (for {ANSWER_SECONDS} seconds)"
                )
        return self._result(outcome)

    def take(self, call: Callable[[], T]) -> T:
        """Call what may take its time, as long as the cluster gives signs of life."""
        outcome = aside(call)
        self.poll(lambda: wait([outcome], LOOK_SECONDS).done or None)
        return self._result(outcome)

    def poll(self, look: Callable[[], T | None]) -> T:
        """Look again and again until there is something, as long as the cluster gives signs of life.

        Raises
        ------
        Cancelled, ClusterError
            As `ask`, and if all workers have left.
        """
        heard = with_workers = time.monotonic()
        while True:
            self.check()
            if (found := look()) is not None:
                return found
            now = time.monotonic()
            if now - heard > SILENCE_SECONDS:
                if self.ask(self.client.nthreads):
                    with_workers = now
                elif now - with_workers > NO_WORKERS_SECONDS:
                    raise ClusterError(f"the cluster at {self.address} has lost its workers")
                heard = time.monotonic()

    def tell(self, call: Callable[[], object]) -> None:
        """Call what nobody waits for."""
        if self.client.status == "running":
            aside(call)

    def lost(self) -> ClusterError:
        """The error that says so."""
        return ClusterError(f"the connection to the scheduler at {self.address} is lost")

    def _result(self, outcome: Future[T]) -> T:
        try:
            return outcome.result()
        except (OSError, TimeoutError, CancelledError) as error:
            raise self.lost() from error


def aside(call: Callable[[], T]) -> Future[T]:
    """Call a function on a thread of its own, which may never come back."""
    outcome: Future[T] = Future()

    def body() -> None:
        try:
            outcome.set_result(call())
        except BaseException as error:  # handed on to who waits for it
            outcome.set_exception(error)

    threading.Thread(target=body, name="tcosim-cluster", daemon=True).start()
    return outcome

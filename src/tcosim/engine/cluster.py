"""Compute a job on the workers of a dask cluster, and hand the results on as they come.

Scheduling, retries of what a dead worker had, and the dashboard are dask's own. Knows neither what a task computes nor
what becomes of it.
"""

from __future__ import annotations

import copy
import math
import queue
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from tcosim.engine.contact import LOOK_SECONDS, NO_WORKERS_SECONDS, ClusterError, Contact
from tcosim.engine.job import Job, Range
from tcosim.engine.threads import blocks
from tcosim.errors import TcosimError
from tcosim.kernels.layout import LANES

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")

LARGEST_TASK_FUTURES = 16_384
"""Results of so many futures take 26 MB at the beginning of a run, and 0.5 MB where none are kept any more."""
SMALLEST_TASK_FUTURES = 2_048
TASKS_A_THREAD = 24
"""So many tasks for each thread of the cluster, if they are not too small: what is left to the last is then little."""
WAITING_A_THREAD = 3
"""Tasks with the scheduler at a time, so that neither it nor this process ever holds a whole run."""


RECOUNT_SECONDS = 10
"""So often it is asked how many threads the cluster has."""


class Cluster:
    """The workers of a dask cluster.

    Parameters
    ----------
    client : distributed.Client
        Connected; it stays the caller's.
    block_futures : int, optional
        Futures that a worker's thread simulates at a time; the job's own if left out.
    """

    def __init__(self, client: Client, block_futures: int | None = None) -> None:
        self.client, self.block_futures = client, block_futures

    def run(
        self, job: Job[T], ranges: Sequence[Range], *, cancel: threading.Event | None = None
    ) -> Iterator[tuple[Range, T]]:
        """Compute futures task by task, and yield each task's result as it comes, in any order.

        Raises
        ------
        Cancelled
            If `cancel` was set.
        TcosimError
            If the cluster is lost, has no workers or other versions than this process, or if a worker computes other
            bytes than this machine.
        """
        if not ranges:
            return
        # which compiles the kernels, once, for workers that share the cache
        own = {**_versions(), "futures": job.fingerprint()}
        contact = Contact(self.client, cancel)
        threads = _threads(contact)
        counted = time.monotonic()
        left = iter(self._tasks(ranges, threads))
        client: Any = self.client
        arrived: queue.Queue[Any] = queue.Queue()
        running: dict[str, tuple[Any, Range]] = {}
        # a task of its own, not scattered data: dask makes it anew if every worker that has it dies
        there = client.submit(_as_is, job, key=f"tcosim-job-{uuid.uuid4().hex}")
        try:
            while True:
                if time.monotonic() - counted > RECOUNT_SECONDS:  # a cluster may grow
                    threads = max(sum(contact.ask(contact.client.nthreads).values()), 1)
                    counted = time.monotonic()
                while len(running) < WAITING_A_THREAD * threads and (task := next(left, None)):
                    future = client.submit(
                        _compute, there, *task, self.block_futures, key=f"tcosim-{task[0]}-{uuid.uuid4().hex}"
                    )
                    running[future.key] = future, task
                    future.add_done_callback(arrived.put)
                if not running:
                    return
                done = contact.poll(lambda: _next(arrived))
                if done.status in ("pending", "lost"):  # who had the result died meanwhile
                    done.add_done_callback(arrived.put)
                    continue
                _, task = running.pop(done.key)
                there_is, worker, result = _result(done, contact)
                done.release()
                _check_same(worker, own, there_is)
                yield task, result
        finally:
            contact.tell(lambda: client.cancel([future for future, _ in running.values()], force=True))
            there.release()

    def _tasks(self, ranges: Sequence[Range], threads: int) -> Iterator[Range]:
        futures = sum(end - first for first, end in ranges)
        wanted = futures / (TASKS_A_THREAD * threads)
        # a power of two, so that sums of a task are one number each and not many
        size = 2 ** math.ceil(math.log2(max(wanted, 1)))
        return blocks(ranges, min(max(size, SMALLEST_TASK_FUTURES), LARGEST_TASK_FUTURES))


def _threads(contact: Contact) -> int:
    """Threads of all workers, after a look whether they can compute what this process would."""
    here = _versions()
    until = time.monotonic() + NO_WORKERS_SECONDS
    while not (threads := contact.ask(contact.client.nthreads)):  # an adaptive cluster starts them now
        if time.monotonic() > until:
            raise ClusterError(
                f"the cluster at {contact.address} has no workers (for {NO_WORKERS_SECONDS} seconds);"
                f" start some: dask worker {contact.address}"
            )
        time.sleep(LOOK_SECONDS)
    found = contact.ask(lambda: contact.client.run(_versions, on_error="return"))
    for worker, there in found.items():
        if isinstance(there, Exception):
            raise ClusterError(
                f"worker {worker} cannot run tcosim {here['tcosim']}: {there}; install it there"
            )
        _check_same(worker, here, there)
    return sum(threads.values())


def _check_same(worker: str, here: dict[str, str], there: dict[str, str]) -> None:
    """Refuse a worker that has other versions, or that computes other bytes."""
    different = [name for name in here if here[name] != there[name]]
    if different == ["futures"]:
        raise ClusterError(
            f"worker {worker} computes other bytes than this machine: futures come to {there['futures']} there"
            f" and to {here['futures']} here. Use one kind of processor and the same versions of numpy, scipy and numba"
        )
    if different:
        listed = ", ".join(
            f"{name} {there[name]}, here {here[name]}" for name in different if name != "futures"
        )
        raise ClusterError(
            f"worker {worker} has other versions ({listed}); install the same on every machine"
        )


def _next(arrived: queue.Queue[Any]) -> Any:
    try:
        return arrived.get(timeout=LOOK_SECONDS)
    except queue.Empty:
        return None


def _result(done: Any, contact: Contact) -> tuple[dict[str, str], str, Any]:
    """What a task that ended came to."""
    from distributed import KilledWorker

    if done.status == "finished":
        found: tuple[dict[str, str], str, Any] = contact.take(done.result)
        return found
    error: BaseException | None = contact.take(done.exception) if done.status == "error" else None
    if isinstance(error, TcosimError):
        raise error
    if isinstance(error, KilledWorker):
        raise TcosimError(
            f"a block of futures was given up after {error.last_worker} and others died with it, for want of memory"
            " perhaps: give workers more, or --memory less"
        ) from error
    if error is None:
        raise contact.lost()
    raise TcosimError(f"a worker failed with {type(error).__name__}: {error}") from error


_mine = threading.local()


def _as_is(job: T) -> T:
    return job


def _compute(
    job: Job[Any], first: int, end: int, block_futures: int | None
) -> tuple[dict[str, str], str, Any]:
    """On a worker: what futures come to, with what tells whether this machine computes the same bytes."""
    from distributed import get_worker

    if getattr(_mine, "job", None) is not job:
        # one for each thread: points are cheap in order only, and threads take turns
        _mine.job, _mine.copy = job, copy.copy(job)
        _mine.same = {**_versions(), "futures": _mine.copy.fingerprint()}
    own: Job[Any] = _mine.copy
    results = [
        own.work(start, own.points(start, -(-(stop - start) // LANES) * LANES), stop - start)
        for start, stop in blocks([(first, end)], block_futures or own.block_futures)
    ]
    return _mine.same, get_worker().address, own.join(results)


def _versions() -> dict[str, str]:
    """What has to be the same on every machine."""
    from importlib.metadata import version

    from tcosim._version import __version__

    return {"tcosim": __version__} | {name: version(name) for name in ("numpy", "scipy", "numba")}

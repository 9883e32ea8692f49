"""Connect to a dask cluster, or start one of processes on this machine.

Knows dask; nothing of what is computed on it.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from tcosim.engine.contact import aside
from tcosim.errors import InputError, Problem, TcosimError
from tcosim.processors import usable_processors

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

T = TypeVar("T")

CONNECT_SECONDS = 10
GOODBYE_SECONDS, CLOSE_SECONDS = 3, 15
"""A scheduler that is gone does not answer a goodbye; processes of one's own take a second to end, or some."""
RESTART = "5 minutes"
WORKERS_A_PROCESSOR = 8
"""Each takes 0.4 GB, and the first of a processor's has all of it."""
UNWARNED = "ignore:resource_tracker:UserWarning"


@contextmanager
def cluster_client(
    *, workers: int | None = None, scheduler: str | None = None, worker_bytes: int | None = None
) -> Iterator[Client | None]:
    """A client of a cluster for the length of a ``with`` block; None if neither is asked for.

    Started processes do not hear Ctrl-C, which a terminal sends to all of its processes: they end with this one, and
    in the good case when the block does.

    Parameters
    ----------
    workers : int, optional
        Start so many processes on this machine, of one thread each.
    scheduler : str, optional
        Address of a scheduler that runs, such as ``tcp://host:8786``.
    worker_bytes : int, optional
        Memory that a started process may take; dask ends it above.

    Raises
    ------
    InputError
        If both are asked for, dask is not installed, or the scheduler does not answer.
    TcosimError
        If the processes cannot be started.
    """
    if workers is None and scheduler is None:
        yield None
        return
    if workers is not None and scheduler is not None:
        raise InputError(
            Problem(
                "--workers",
                "starts processes here and cannot go with --scheduler",
                workers,
                "give one of both",
            )
        )
    most = WORKERS_A_PROCESSOR * usable_processors()
    if workers is not None and not 1 <= workers <= most:
        rule = f"must be from 1 to {most}: {WORKERS_A_PROCESSOR} for each processor of this machine"
        raise InputError(Problem("--workers", rule, workers, "more than one for each only slows it down"))
    _check_dask("--workers" if scheduler is None else "--scheduler", workers or scheduler)
    _be_quiet()
    with ExitStack() as stack:
        cluster: LocalCluster | None = None
        if scheduler is not None:
            client = _connected(scheduler)
        else:
            assert workers is not None
            stack.enter_context(_patient())
            cluster, client = _unheard(lambda: _started(workers, worker_bytes))
        try:
            yield client
        except KeyboardInterrupt:
            # who is asked to stop does not stay for goodbyes: workers end with this process, a scheduler sees it leave
            raise
        except BaseException:
            _close(client, cluster)
            raise
        _close(client, cluster)


def _check_dask(field: str, value: object) -> None:
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise InputError(
            Problem(
                field,
                f"needs dask, which is not installed ({error})",
                value,
                "install it: pip install dask distributed",
            )
        ) from error


def _be_quiet() -> None:
    """What dask has to say of workers that come and go is on its dashboard; errors come as exceptions."""
    for name in ("distributed", "tornado", "asyncio", *logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _connected(address: str) -> Client:
    """A client of a scheduler that answers; dask's own would wait for ever for one that says nothing."""
    from distributed import Client

    def connected() -> Client:
        if (kind := asyncio.run(_kind(address))) != "Scheduler":
            raise ValueError(f"a {kind.lower()} answers there")
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)

    try:
        return aside(connected).result(2 * CONNECT_SECONDS)
    except Exception as error:  # whatever dask makes of an address, or of what answers there
        said = " ".join(str(error).split()) or f"nothing for {CONNECT_SECONDS} seconds"
        if isinstance(error, MemoryError):
            said = "what answers there is none"
        raise InputError(
            Problem(
                "--scheduler",
                f"must be the address of a dask scheduler that answers ({said[:200]})",
                address,
                "start one with: dask scheduler; it prints its address, such as tcp://host:8786",
            )
        ) from error


async def _kind(address: str) -> str:
    """What answers at an address: a Scheduler or a Worker."""
    from distributed.comm import connect
    from distributed.security import Security

    async def ask() -> str:
        arguments = Security().get_connection_args("client")
        comm = await connect(address, timeout=CONNECT_SECONDS, **arguments)
        try:
            await comm.write({"op": "identity", "reply": True})
            return str((await comm.read())["type"])
        finally:
            comm.abort()

    return await asyncio.wait_for(ask(), CONNECT_SECONDS)


def _patient() -> AbstractContextManager[object]:
    """Give a worker that died the time to start again on a busy machine, where dask would give it up after 15 s."""
    import dask

    patient: AbstractContextManager[object] = dask.config.set(
        {"distributed.deploy.lost-worker-timeout": RESTART}
    )
    return patient


def _started(workers: int, worker_bytes: int | None) -> tuple[LocalCluster, Client]:
    from distributed import Client, LocalCluster

    try:
        cluster = LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            memory_limit=worker_bytes or "auto",
            silence_logs=logging.CRITICAL,
        )
        return cluster, Client(cluster, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, RuntimeError) as error:
        raise TcosimError(f"{workers} worker processes could not be started: {error}") from error


def _unheard(start: Callable[[], T]) -> T:
    """Call a function on a thread that Ctrl-C does not reach, nor the threads and processes that it starts."""

    def deaf() -> T:
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        return start()

    _start_tracker()
    return aside(deaf).result()


def _start_tracker() -> None:
    """Start Python's own process that cleans up after others, before signals are blocked, which it would undo.

    Where a run is stopped it has something to clean up, and is not to warn of it.
    """
    from multiprocessing import resource_tracker

    sys.warnoptions.append(UNWARNED)
    try:
        resource_tracker.ensure_running()
    finally:
        sys.warnoptions.remove(UNWARNED)


def _close(client: Client, cluster: LocalCluster | None = None) -> None:
    with suppress(OSError, TimeoutError):
        client.close(timeout=GOODBYE_SECONDS)
    if cluster is not None:
        with suppress(OSError, TimeoutError):
            cluster.close(timeout=CLOSE_SECONDS)

"""Where a command computes: on threads of this process, on processes of this machine, or on a dask cluster.

Knows the three options that say so; knows no command.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from tcosim.cli.parsing import MOST_THREADS, threads_option
from tcosim.errors import InputError, Problem
from tcosim.units import parse_count


@dataclass(frozen=True)
class Where:
    """Threads of this process, or worker processes here, or those of a scheduler.

    Parameters
    ----------
    threads, workers : int, optional
    scheduler : str, optional
    worker_bytes : int, optional
        Memory of a worker process that is started here.
    """

    threads: int | None = None
    workers: int | None = None
    scheduler: str | None = None
    worker_bytes: int | None = None


def where_options(threads: str | None, workers: str | None, scheduler: str | None) -> Where:
    """Read ``--threads``, ``--workers`` and ``--scheduler``, of which one at most may be given.

    Raises
    ------
    InputError
        If one is no number, or two are given.
    """
    given = {"--threads": threads, "--workers": workers, "--scheduler": scheduler}
    named = [name for name, value in given.items() if value is not None]
    if len(named) > 1:
        raise InputError(
            Problem(
                named[1],
                f"cannot go with {named[0]}: both say where to compute",
                given[named[1]],
                "give one of both",
            )
        )
    return Where(
        threads_option(threads),
        None if workers is None else parse_count(workers, "--workers", MOST_THREADS),
        scheduler,
    )


@contextmanager
def computing(where: Where) -> Iterator[dict[str, Any]]:
    """What a simulation has to be told of where to compute, for the length of a ``with`` block.

    Yields
    ------
    dict
        The arguments ``threads`` and ``client``.

    Raises
    ------
    InputError
        If dask is not installed or the scheduler does not answer.
    """
    if where.workers is None and where.scheduler is None:
        yield {"threads": where.threads, "client": None}
        return
    from tcosim.cli.console import work_console
    from tcosim.engine.clients import cluster_client
    from tcosim.engine.contact import Contact

    console = work_console()
    if where.workers is not None:
        console.print(f"starting {where.workers} worker process{'' if where.workers == 1 else 'es'}")
    with cluster_client(
        workers=where.workers, scheduler=where.scheduler, worker_bytes=where.worker_bytes
    ) as client:
        assert client is not None  # asked for above
        found = Contact(client).ask(client.nthreads)
        # the page is there only where bokeh is
        link = f"; dask's dashboard: {client.dashboard_link}" if find_spec("bokeh") is not None else ""
        console.print(
            f"{_counted(len(found), 'worker')} with {_counted(sum(found.values()), 'thread')}{link}"
        )
        yield {"threads": None, "client": client}


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"

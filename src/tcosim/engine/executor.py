"""Where a job is computed: on threads of this process, or on the workers of a dask cluster.

Knows the executors; nothing of jobs. dask is imported only when a client is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcosim.engine.job import Executor
from tcosim.engine.threads import Threads
from tcosim.errors import InputError, Problem

if TYPE_CHECKING:
    from distributed import Client


def executor(
    threads: int | None = None, block_futures: int | None = None, client: Client | None = None
) -> Executor:
    """Threads of this process, or the workers of a cluster if a client is given."""
    if client is None:
        return Threads(threads, block_futures)
    if not hasattr(client, "submit") or getattr(client, "asynchronous", False):
        raise InputError(
            Problem(
                "client",
                "must be a distributed.Client that waits",
                client,
                'distributed.Client("tcp://host:8786")',
            )
        )
    from tcosim.engine.cluster import Cluster

    return Cluster(client, block_futures)

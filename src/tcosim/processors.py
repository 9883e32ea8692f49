"""How many processors there are to compute on.

Knows the system; knows nothing of what is computed.
"""

from __future__ import annotations

import os


def usable_processors() -> int:
    """Processors that this process may run on; where its share is limited, fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""The one place where the compiler's options are set, each with its reason.

Knows nothing of what is compiled.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

FASTMATH = {"contract"}
"""What the compiler may assume in the hour loop: a multiply and an add may become one fused operation.

The demand loop is 1.35 x slower without. The rest of fast-math is left out: ``nnan``, ``ninf`` and ``nsz`` made no
difference that could be measured (0.99 to 1.02 x) and would make a NaN undefined instead of visible; ``reassoc`` gains
nothing where sums run over hours, not over lanes, and results would depend on the vector width.
"""


def _cache_folder() -> str:
    """Folder for compiled kernels, keyed by all kernel sources.

    numba's own cache notices an edit in the file of a function, not in a file that it calls into, so a stale
    kernel could run after an upgrade. A folder for each state of the sources cannot be stale.
    """
    sources = sorted(Path(__file__).parent.glob("*.py"))
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    root = os.environ.get("NUMBA_CACHE_DIR")
    if not root:
        home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
        root = os.path.join(home, "tcosim")
    return os.path.join(root, digest)


CACHE_FOLDER = _cache_folder()


def is_compiled() -> bool:
    """Whether an earlier process left compiled kernels for these sources (a first run compiles for seconds)."""
    folder = Path(CACHE_FOLDER)
    return folder.is_dir() and any(folder.rglob("*.nbc"))


def kernel(function: Callable[..., Any] | None = None, *, fastmath: bool = False) -> Any:
    """Compile a function without the interpreter lock and keep the machine code between processes.

    Parameters
    ----------
    function : callable
        A function of floats and arrays.
    fastmath : bool
        Whether `FASTMATH` holds inside it. Money and sizes are computed without.

    Notes
    -----
    Threads are made by the caller, not by numba: blocks are the unit of work, and a pool of numba's own beside it
    would oversubscribe the cores.
    """

    def decorate(f: Callable[..., Any]) -> Any:
        options: dict[str, Any] = {
            "nogil": True,
            "fastmath": FASTMATH if fastmath else False,
            "error_model": "numpy",
        }
        config: Any = numba.config
        before = config.CACHE_DIR
        config.CACHE_DIR = CACHE_FOLDER
        try:
            return numba.njit(cache=True, **options)(f)
        except (RuntimeError, OSError):  # no folder can be written: compile anew in each process
            return numba.njit(**options)(f)
        finally:
            config.CACHE_DIR = before

    return decorate(function) if function is not None else decorate


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a small function into each of its callers."""
    return numba.njit(inline="always", fastmath=FASTMATH, error_model="numpy")(function)

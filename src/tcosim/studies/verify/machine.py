"""What kind of machine this is.

Knows the system; knows nothing of what is computed.
"""

from __future__ import annotations

import platform
from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")


def processor_name() -> str:
    """Name of the processor as its system gives it, and the kind that code is compiled for.

    The second decides how kernels round: machines of one kind give the same bytes.
    """
    from llvmlite import binding

    return f"{_model() or platform.machine()}, compiled for {binding.get_host_cpu_name() or 'any'}"


def _model() -> str:
    """The processor's own name; empty where the system does not tell."""
    try:
        lines = CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.lower().startswith("model name"))
    return " ".join(next(named, "").split())

"""tcosim: how likely is it that self-hosting an LLM beats paying for the API.

The public face: a small set of names, each loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from tcosim._version import __version__
from tcosim.errors import InputError, Problem, TcosimError

if TYPE_CHECKING:
    from tcosim.analysis import summarize
    from tcosim.engine.replay import replay
    from tcosim.engine.run import simulate
    from tcosim.results.folder import open_run, write_run
    from tcosim.scenario.load import load


__all__ = [
    "InputError",
    "Problem",
    "TcosimError",
    "__version__",
    "load",
    "open_run",
    "replay",
    "simulate",
    "summarize",
    "write_run",
]

_HOMES = {
    "load": "tcosim.scenario.load",
    "open_run": "tcosim.results.folder",
    "replay": "tcosim.engine",
    "simulate": "tcosim.engine",
    "summarize": "tcosim.analysis",
    "write_run": "tcosim.results.folder",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

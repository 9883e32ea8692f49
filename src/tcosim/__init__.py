"""tcosim: how likely is it that self-hosting an LLM beats paying for the API.

The public face: a small set of names, each loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from tcosim._version import __version__
from tcosim.errors import InputError, Problem, TcosimError

if TYPE_CHECKING:
    from tcosim.analysis.curve import summarize_curve
    from tcosim.analysis.information import value_of_information as value
    from tcosim.analysis.information import value_of_statistic
    from tcosim.analysis.measurement import measuring_traffic
    from tcosim.analysis.summarize import summarize
    from tcosim.engine.replay import replay
    from tcosim.engine.run import simulate
    from tcosim.report.documents.write import write_report
    from tcosim.results.folder import open_run
    from tcosim.results.write_folder import write_run
    from tcosim.scenario.load import load
    from tcosim.studies.claims import claims
    from tcosim.studies.curve import curve
    from tcosim.studies.diff import diff
    from tcosim.studies.drivers import drivers
    from tcosim.studies.precision import simulate_to_precision
    from tcosim.studies.verify.run import verify


__all__ = [
    "InputError",
    "Problem",
    "TcosimError",
    "__version__",
    "claims",
    "curve",
    "diff",
    "drivers",
    "load",
    "measuring_traffic",
    "open_run",
    "replay",
    "simulate",
    "simulate_to_precision",
    "summarize",
    "summarize_curve",
    "value",
    "value_of_statistic",
    "verify",
    "write_report",
    "write_run",
]

_HOMES = {
    "claims": "tcosim.studies.claims",
    "curve": "tcosim.studies.curve",
    "diff": "tcosim.studies.diff",
    "drivers": "tcosim.studies.drivers",
    "load": "tcosim.scenario.load",
    "measuring_traffic": "tcosim.analysis.measurement",
    "open_run": "tcosim.results.folder",
    "replay": "tcosim.engine",
    "simulate": "tcosim.engine",
    "simulate_to_precision": "tcosim.studies.precision",
    "summarize": "tcosim.analysis.summarize",
    "summarize_curve": "tcosim.analysis.curve",
    "value": "tcosim.analysis.information",
    "value_of_statistic": "tcosim.analysis.information",
    "verify": "tcosim.studies.verify.run",
    "write_report": "tcosim.report.documents.write",
    "write_run": "tcosim.results.write_folder",
}
_NAMES = {"value": "value_of_information"}
"""Names that differ at home."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), _NAMES.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""Whose finished blocks a folder holds, so that no run goes on with those of another.

Knows what makes two runs the same; nothing of how blocks are kept.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tcosim._version import __version__
from tcosim.errors import InputError, Problem
from tcosim.results.folder_lock import LOCK
from tcosim.results.unfinished import MANIFEST, PARTIAL
from tcosim.scenario.models import Scenario

FORMAT = 1
MOST_NAMES = 3
LONGEST = 60


def identity(scenario: Scenario, samples: int, seed: int) -> dict[str, Any]:
    """What must be the same for a run to go on."""
    return program_identity() | {
        "scenario_name": scenario.name,
        "scenario_sha256": scenario.sha256(),
        "library_sha256": scenario.library_sha256,
        "seed": seed,
        "samples": samples,
    }


def program_identity() -> dict[str, Any]:
    """What of it does not depend on the run."""
    return {"format": FORMAT, "tcosim_version": __version__}


def check_identity(found: Mapping[str, Any], asked: Mapping[str, Any], path: Path) -> None:
    """Refuse to go on with another run.

    Raises
    ------
    InputError
        With everything that differs.
    """
    problems = [
        Problem(
            "checkpoint",
            f"must hold a run with the same {key.replace('_', ' ')}, {path} holds {_shown(found.get(key))}",
            _shown(value),
            "ask for the same, or remove that folder and start again",
        )
        for key, value in asked.items()
        if found.get(key) != value
    ]
    if problems:
        raise InputError(problems)


def check_own(path: Path) -> None:
    """Refuse a folder that holds other things than an unfinished run.

    Raises
    ------
    InputError
    """
    if os.path.lexists(path / MANIFEST) or not path.is_dir():
        return
    others = sorted(name for name in os.listdir(path) if name != LOCK and not name.startswith(PARTIAL))
    if others:
        raise InputError(
            Problem(
                "checkpoint",
                f"must be a new folder or that of an unfinished run, and holds {listed(others)}",
                str(path),
                "choose another",
            )
        )


def listed(names: list[str]) -> str:
    """Names for a sentence, the first few of many."""
    shown = ", ".join(names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."

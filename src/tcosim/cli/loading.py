"""The scenario that a command line means, and what only shows when one tries to simulate it.

Shared by the commands that take a scenario; knows no command.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tcosim.scenario.models import Scenario


def load_scenario(scenario: str | None, settings: Sequence[str], volume: float | None) -> Scenario:
    """Load a file, the scenario of a run folder, or a shipped one (None: the default) with some fields set.

    Warns of what looks like a slip.
    """
    import datetime

    from tcosim.cli.console import warn, work_console
    from tcosim.scenario.catalogue.warnings import price_warnings
    from tcosim.scenario.library import DEFAULT_SCENARIO
    from tcosim.scenario.load import load
    from tcosim.scenario.sanity import warnings

    notes: list[str] = []
    loaded = load(_file_or_name(scenario) or DEFAULT_SCENARIO, overrides=settings, volume=volume, notes=notes)
    for note in notes:
        work_console().print(f"note: {note}", markup=False, highlight=False)
    # Today's date decides whether prices are called old, and nothing else.
    for warning in (*warnings(loaded), *price_warnings(loaded, datetime.date.today())):
        warn(warning)
    return loaded


def _file_or_name(scenario: str | None) -> str | None:
    """The scenario file of a run folder, unchanged since it was written; everything else as it is."""
    from tcosim.results.folder import CHECKSUMS, SCENARIO, open_run

    try:
        folder = Path(scenario or "")
        if not scenario or not (folder / SCENARIO).is_file():
            return scenario
        if (folder / CHECKSUMS).exists():
            open_run(folder)
        return str(folder / SCENARIO)
    except (OSError, ValueError):  # no path at all
        return scenario


def refuse_impossible(scenario: Scenario) -> None:
    """Raise an InputError for what loading cannot see: correlations that no joint distribution has."""
    from tcosim.sampling.copula import build_copula

    build_copula([quantity.name for quantity in scenario.uncertain_inputs()], scenario.correlations)

"""From a file, a name or a text to a checked scenario; every problem found is raised at once, with its place.

Knows the order of the steps; what a scenario holds is known to `tcosim.scenario.assembly`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tcosim.errors import InputError, Problem
from tcosim.scenario import places
from tcosim.scenario.assembly import Assembly
from tcosim.scenario.include import take_in
from tcosim.scenario.library import DEFAULT_SCENARIO, Library, default_library
from tcosim.scenario.models import Scenario
from tcosim.scenario.override import apply_override, fields_by_input
from tcosim.scenario.reader import Reader
from tcosim.scenario.source_text import SourceText, parse_toml, read_source


def load(
    path_or_name: str | os.PathLike[str] = DEFAULT_SCENARIO,
    *,
    overrides: Sequence[str] = (),
    volume: float | None = None,
    library: Library | None = None,
    notes: list[str] | None = None,
) -> Scenario:
    """Load a scenario.

    Parameters
    ----------
    path_or_name : str or path
        A TOML file, or the name of a scenario that ships with the package.
    overrides : sequence of str
        Fields to set before anything is checked, such as ``"volume.annual_growth=0.4"``,
        ``"option.rented.usd_per_gpu_hour=2.5"`` or ``"option.api.route.default.usd_per_million_input=3"``.
        The name of an input, as tables show it, sets every field that takes this input:
        ``"people.engineer_hours_per_month=40"``.
    volume : float, optional
        Planned tokens a month instead of the scenario's.
    library : Library, optional
        Instead of the one that ships with the package.
    notes : list of str, optional
        Gets what an included file states and the scenario overrules.

    Raises
    ------
    tcosim.errors.InputError
        With every problem found.
    """
    library = library or default_library()
    source = read_source(path_or_name, library)
    return _load(source, overrides, volume, library, notes)


def load_text(
    text: str,
    *,
    origin: str = "scenario",
    folder: str | os.PathLike[str] | None = None,
    overrides: Sequence[str] = (),
    volume: float | None = None,
    library: Library | None = None,
    notes: list[str] | None = None,
) -> Scenario:
    """Load a scenario from TOML text; ``origin`` is what messages call it.

    Parameters
    ----------
    text : str
    origin : str
    folder : path, optional
        What file names in the scenario are relative to.
    overrides, volume, library, notes
        As for `load`.

    Raises
    ------
    tcosim.errors.InputError
        With every problem found.
    """
    source = SourceText(text, origin, None if folder is None else Path(folder))
    return _load(source, overrides, volume, library or default_library(), notes)


def _load(
    source: SourceText,
    overrides: Sequence[str],
    volume: float | None,
    library: Library,
    notes: list[str] | None,
) -> Scenario:
    raw = parse_toml(source)
    included = take_in(raw, source)
    if notes is not None:
        notes += included.notes
    settings: dict[places.Path, str] = {}
    problems: list[Problem] = list(included.problems)
    displaced: set[str] = set(included.displaced)
    inputs = fields_by_input(raw) if overrides else {}
    for text in overrides:
        try:
            setting = apply_override(raw, text, inputs=inputs, library=library)
            settings.update(dict.fromkeys(setting.paths, f"--set {text}"))
            displaced |= setting.displaced
        except InputError as error:
            problems += error.problems
    if volume is not None and isinstance(table := raw.setdefault("volume", {}), dict):
        table["tokens_per_month"] = volume
        settings["volume", "tokens_per_month"] = "--volume"
    reader = Reader(
        library,
        origin=source.origin,
        lines=places.find_lines(source.text),
        settings=settings,
        folder=source.folder,
        resolved="resolved" in raw,
        displaced=displaced,
    )
    reader.elsewhere = included.places
    reader.problems += problems
    return Assembly(reader, raw).scenario()

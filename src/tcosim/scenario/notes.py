"""Problems with their places, collected while a scenario is read.

Knows lines and labels; knows nothing of what may stand in a field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tcosim.errors import Problem
from tcosim.scenario import places
from tcosim.scenario.near import closest, did_you_mean

Raw = Mapping[str, Any]


class Notes:
    """Problems found so far.

    Parameters
    ----------
    origin : str
        Name of the text in messages.
    lines : mapping of path to int
        Where things stand in the text; see `tcosim.scenario.places`.
    settings : mapping of path to str
        Paths that were set from outside the text, with what set them.
    """

    def __init__(self, origin: str, lines: dict[places.Path, int], settings: Mapping[places.Path, str]):
        self.origin = origin
        self.lines = lines
        self.settings = settings
        self.problems: list[Problem] = []

    def set_by(self, path: places.Path) -> str | None:
        """Return what set a field from outside the text, if anything did."""
        found = (self.settings.get(path[:length]) for length in range(len(path), 0, -1))
        return next((what for what in found if what is not None), None)

    def place(self, path: places.Path) -> str:
        """Return file and line of a field, or what set it from outside."""
        if (what := self.set_by(path)) is not None:
            return what
        line = places.line_of(self.lines, path)
        return self.origin if line is None else f"{self.origin}:{line}"

    def refuse(
        self, label: str, path: places.Path, rule: str, value: object = None, way_out: str = ""
    ) -> None:
        """Note a problem."""
        self.problems.append(Problem(label, rule, value, way_out, self.place(path)))

    def refuse_unknown(self, raw: Raw, known: Iterable[str], label: str, path: places.Path) -> None:
        """Note every key that is not known, with the closest one that is."""
        names = list(known)
        for key in raw:
            if key not in names:
                near = closest(key, names)
                way_out = did_you_mean(near) or "take it out, or see the fields with: tcosim new"
                self.refuse(
                    f"{label}.{key}" if label else key, (*path, key), "is no known field", None, way_out
                )

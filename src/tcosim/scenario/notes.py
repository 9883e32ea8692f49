"""Problems with their places, collected while a scenario is read.

Knows lines and labels; knows nothing of what may stand in a field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tcosim.errors import InputError, Problem
from tcosim.limits import MOST_PROBLEMS
from tcosim.scenario import places
from tcosim.scenario.near import closest, did_you_mean
from tcosim.units import format_stated

Raw = Mapping[str, Any]


@dataclass(frozen=True)
class _Unknown:
    """A key that is not known: the position of its problem, and the fields that it may stand for."""

    problem: int
    near: tuple[str, ...]


def as_written(value: object) -> object:
    """Return what a message shows of a value: numbers as people write them, empty text in quotes."""
    if isinstance(value, str):
        return value if value.strip() else f'"{value}"'
    if isinstance(value, float) or (type(value) is int and abs(value) < 10**18):
        return format_stated(value)
    return value


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
        self.elsewhere: dict[places.Path, str] = {}
        """File and line of what another file lent; see `tcosim.scenario.include`."""
        self.problems: list[Problem] = []
        self._unknown: dict[places.Path, list[_Unknown]] = {}

    def set_by(self, path: places.Path) -> str | None:
        """Return what set a field from outside the text, if anything did."""
        found = (self.settings.get(path[:length]) for length in range(len(path), 0, -1))
        return next((what for what in found if what is not None), None)

    def place(self, path: places.Path) -> str:
        """Return file and line of a field, or what set it from outside."""
        if (what := self.set_by(path)) is not None:
            return what
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                break
            if path[:length] in self.elsewhere:
                return self.elsewhere[path[:length]]
        line = places.line_of(self.lines, path)
        return self.origin if line is None else f"{self.origin}:{line}"

    def refuse(
        self, label: str, path: places.Path, rule: str, value: object = None, way_out: str = ""
    ) -> None:
        """Note a problem.

        Raises
        ------
        tcosim.errors.InputError
            With all of them, once there are more than anyone mends at once.
        """
        self.problems.append(Problem(label, rule, as_written(value), way_out, self.place(path)))
        if len(self.problems) >= MOST_PROBLEMS:
            rule = f"has at least {MOST_PROBLEMS} problems; reading stopped here"
            raise InputError(
                [*self.in_order(), Problem("scenario", rule, None, "mend the ones above first", self.origin)]
            )

    def in_order(self) -> list[Problem]:
        """Return the problems by line: those from outside the text first, others of one line as found.

        What one setting from outside breaks in several fields alike is one problem, that of the first field.
        """
        found: dict[object, Problem] = {}
        for problem in self.problems:
            same = (problem.place, problem.rule, str(problem.value), problem.way_out)
            found.setdefault(same if problem.place.startswith("--set") else id(problem), problem)
        return sorted(found.values(), key=self._line)

    def _line(self, problem: Problem) -> int:
        line = problem.place.removeprefix(f"{self.origin}:")
        return int(line) if line != problem.place and line.isdecimal() else 0

    def refuse_unknown(self, raw: Raw, known: Iterable[str], label: str, path: places.Path) -> None:
        """Note every key that is not known, with the closest one that is."""
        names = list(known)
        for key in raw:
            if key not in names:
                # A field that is not stated yet is meant more often than one that is.
                near = sorted(closest(key, names, most=6), key=lambda name: name in raw)
                way_out = did_you_mean(near[:1]) or "take it out, or see the fields with: tcosim new"
                self._unknown.setdefault(path, []).append(_Unknown(len(self.problems), tuple(near)))
                self.refuse(
                    f"{label}.{key}" if label else key, (*path, key), "is no known field", None, way_out
                )

    def misspelled(self, name: str, table: places.Path) -> bool:
        """Whether an unknown key of the table may stand for a missing field; its problem then says so."""
        for unknown in self._unknown.get(table, []):
            if name in unknown.near:
                self._unknown[table].remove(unknown)
                problem = self.problems[unknown.problem]
                way_out = f"did you mean {name}, which is missing?"
                self.problems[unknown.problem] = replace(problem, way_out=way_out)
                return True
        return False

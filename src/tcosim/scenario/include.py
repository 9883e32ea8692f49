"""``include``: volume, traffic and correlations of a scenario from another file, such as one fitted to a log.

Knows which tables a file may lend and whose key wins; what the keys mean is checked later, with everything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from tcosim.errors import InputError, Problem
from tcosim.limits import MOST_CORRELATED, MOST_INCLUDES
from tcosim.scenario import places
from tcosim.scenario.fields import Kind, field_specs
from tcosim.scenario.models import Traffic, Volume
from tcosim.scenario.near import closest, did_you_mean
from tcosim.scenario.notes import as_written
from tcosim.scenario.source_text import SourceText, parse_toml, read_text

INCLUDE = "include"
"""Key of [scenario] that names the files."""
LENT = {"volume": Volume, "traffic": Traffic}
"""Tables that an included file lends key by key; beside them only [[correlation]]."""
OF = {"forecast_ratio": "tokens_per_month"}
"""How well a volume is known says nothing of another one: such a key is lent with the volume, or not at all."""
_FIELD = f"scenario.{INCLUDE}"
_WAY_OUT = f'write {INCLUDE} = "fitted.toml", or a list of such names'


@dataclass
class Included:
    """What files lent to a scenario.

    Attributes
    ----------
    places : dict
        File and line by the path of what was lent.
    displaced : set of str
        Names of inputs that the scenario put something else in the place of.
    problems : list of Problem
    notes : list of str
        What was lent and is not used, as the scenario states its own.
    """

    places: dict[places.Path, str] = field(default_factory=dict)
    displaced: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _File:
    """An included file: its name as written, its text, what it says and where."""

    name: str
    source: SourceText
    raw: Mapping[str, Any]
    lines: dict[places.Path, int]

    def place(self, *path: str | int) -> str:
        line = places.line_of(self.lines, path)
        return self.source.origin if line is None else f"{self.source.origin}:{line}"


def take_in(raw: dict[str, Any], source: SourceText) -> Included:
    """Put what the included files lend into a raw scenario, and take ``include`` out of it.

    Parameters
    ----------
    raw : dict
        The scenario as parsed from TOML; changed in place.
    source : SourceText
        The text that it was parsed from.

    Raises
    ------
    tcosim.errors.InputError
        If a file cannot be read, with the problem of each such file.
    """
    found = Included()
    header = raw.get("scenario")
    if not isinstance(header, dict) or INCLUDE not in header:
        return found
    stated, own = header.pop(INCLUDE), {table: dict(_table(raw, table)) for table in LENT}
    line = places.find_lines(source.text).get(("scenario", INCLUDE))
    here = source.origin if line is None else f"{source.origin}:{line}"
    if "resolved" in raw:
        rule = "does not go with a [resolved] table, which says that every field is stated here"
        raise InputError(Problem(_FIELD, rule, as_written(stated), "take one of the two out", here))
    lent: dict[tuple[str, str], _File] = {}
    for file in _files(stated, source, here):
        found.problems += _not_lent(file)
        for table in LENT:
            if isinstance(file.raw.get(table, {}), Mapping):
                _lend_table(raw, table, file, own[table], lent, found)
            else:
                rule, way_out = f"must be a table [{table}]", f"write [{table}] on a line of its own"
                value = as_written(file.raw[table])
                found.problems.append(Problem(table, rule, value, way_out, file.place(table)))
        _lend_correlations(raw, file, found)
    return found


def _table(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = raw.get(name, {})
    return table if isinstance(table, Mapping) else {}


def _files(stated: object, source: SourceText, here: str) -> list[_File]:
    names = stated if isinstance(stated, list) else [stated]
    if len(names) > MOST_INCLUDES:
        rule = f"must be at most {MOST_INCLUDES} files"
        raise InputError(Problem(_FIELD, rule, len(names), "put what they state into one file", here))
    problems: list[Problem] = []
    files: list[_File] = []
    taken = {_real(Path(source.origin)): "the scenario itself"}
    for name in names:
        if not isinstance(name, str) or not name.strip() or "\0" in name:
            rule = "must be the name of a TOML file in quotes, or a list of them"
            problems.append(Problem(_FIELD, rule, as_written(name), _WAY_OUT, here))
            continue
        path = Path(name) if source.folder is None else source.folder / name
        if (same := taken.get(_real(path))) is not None:
            rule = f"must be another file, this is {same}"
            problems.append(Problem(_FIELD, rule, name, "take it out", here))
            continue
        taken[_real(path)] = "named twice"
        try:
            files.append(_file(name, path, here))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return files


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links; reading it will say so
        return path


def _file(name: str, path: Path, here: str) -> _File:
    try:
        if path.is_dir():
            raise InputError(Problem(_FIELD, "must be a file, this is a directory", name, _WAY_OUT, here))
        source = SourceText(read_text(path), str(path), path.parent)
        raw = parse_toml(source)
    except OSError as error:
        rule = f"cannot be read: {error.strerror or error}"
        raise InputError(Problem(_FIELD, rule, name, "check the file", here)) from error
    except InputError as error:
        near = "" if path.exists() else did_you_mean(_beside(path))
        found = [replace(problem, field=_FIELD, place=problem.place or here) for problem in error.problems]
        raise InputError([replace(problem, way_out=near or problem.way_out) for problem in found]) from error
    return _File(name, source, raw, places.find_lines(source.text))


def _beside(path: Path) -> list[str]:
    """Names of TOML files that may have been meant."""
    try:
        return closest(path.name, [beside.name for beside in sorted(path.parent.glob("*.toml"))[:200]])
    except OSError:
        return []


def _not_lent(file: _File) -> Iterator[Problem]:
    """What stands in a file that it cannot lend."""
    for key in file.raw:
        if key in LENT or key == "correlation":
            continue
        rule = "may not stand in an included file, which holds [volume], [traffic] and [[correlation]]"
        if key == "scenario" and INCLUDE in _table(file.raw, key):
            rule = "may not stand in an included file: what is included includes nothing itself"
        near = did_you_mean(closest(key, [*LENT, "correlation"]))
        yield Problem(key, rule, None, near or "move it into the scenario", file.place(key))


def _lend_table(
    raw: dict[str, Any],
    table: str,
    file: _File,
    own: Mapping[str, Any],
    lent: dict[tuple[str, str], _File],
    found: Included,
) -> None:
    """Lend each key that the scenario leaves open; ``lent`` says from which file one came before."""
    if table not in file.raw or not isinstance(raw.setdefault(table, {}), dict):
        return  # the scenario's own problem, and told as such
    specs = field_specs(LENT[table])
    found.places.setdefault((table,), file.place(table))
    own_profiles = [name for name in own if name in specs and specs[name].kind is Kind.PROFILE]
    for key, value in file.raw[table].items():
        here = file.place(table, key)
        if (
            key in own
            or key in [f"{profile}_name" for profile in own_profiles]
            or _goes_with(key, own, file.raw[table])
        ):
            why = "its own" if key in own or key not in OF else f"its own {OF[key]}"
            found.notes.append(f"{here}: {table}.{key} is not used, the scenario states {why}")
            found.displaced |= {f"{table}.{key}", *_inputs_of(value)}
            continue
        if (other := lent.setdefault((table, key), file)) is not file:
            rule = f"is stated in two included files, also in {other.place(table, key)}"
            way_out = "take one out, or state it in the scenario"
            found.problems.append(Problem(f"{table}.{key}", rule, None, way_out, here))
            continue
        raw[table][key] = _from(file, value)
        inner = {path: file.place(*path) for path in file.lines if path[:2] == (table, key)}
        found.places |= {(table, key): here, **inner}


def _goes_with(key: str, own: Mapping[str, Any], lent: Mapping[str, Any]) -> bool:
    """Whether a key belongs to another one of its file that the scenario states itself."""
    return OF.get(key) in own and OF[key] in lent


def _inputs_of(value: object) -> set[str]:
    return (
        {str(value[key]) for key in ("use", "input") if key in value} if isinstance(value, Mapping) else set()
    )


def _from(file: _File, value: Any) -> Any:
    """The value as the scenario would write it: a file that it names is relative to the file that names it."""
    if isinstance(value, Mapping) and isinstance(value.get("file"), str):
        return {**value, "file": str(Path(file.name).parent / value["file"])}
    return value


def _lend_correlations(raw: dict[str, Any], file: _File, found: Included) -> None:
    """Add the correlations of a file, without the pairs that the scenario states itself."""
    tables = file.raw.get("correlation", [])
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        rule = "must be [[correlation]] tables"
        place = file.place("correlation")
        found.problems.append(Problem("correlation", rule, None, "use double brackets", place))
        return
    stated = raw.setdefault("correlation", [])
    if not isinstance(stated, list):
        return
    own = {
        pair
        for position, table in enumerate(stated)
        if isinstance(table, Mapping) and ("correlation", position) not in found.places
        for pair in _pairs(table)
    }
    for number, table in enumerate(tables):
        here = file.place("correlation", number)
        both = [pair for pair in _pairs(table) if pair in own]
        for pair in both:
            found.notes.append(
                f"{here}: the correlation of {' and '.join(sorted(pair))} is not used, the scenario states its own"
            )
        for kept in _without(table, both) if both else [table]:
            found.places["correlation", len(stated)] = here
            stated.append(kept)


def _pairs(table: Mapping[str, Any]) -> list[frozenset[str]]:
    """The pairs that a raw correlation states, as far as it can be read."""
    names = table.get("inputs")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return []
    if len(names) > MOST_CORRELATED:  # refused with everything else
        return []
    return [frozenset(pair) for pair in combinations(names, 2)]


def _without(table: Mapping[str, Any], pairs: list[frozenset[str]]) -> Iterator[Mapping[str, Any]]:
    """What remains of a correlation without some pairs, pair by pair; nothing of a malformed matrix."""
    names, matrix = table["inputs"], table.get("matrix")
    for first, second in combinations(range(len(names)), 2):
        if frozenset((names[first], names[second])) in pairs:
            continue
        try:
            value = table["rank_correlation"] if matrix is None else matrix[first][second]
        except (KeyError, IndexError, TypeError):
            continue
        yield {"inputs": [names[first], names[second]], "rank_correlation": value}

"""The library of distributions and scenarios that ships with the package: data, read strictly and lazily.

Knows the folder and its files; what an entry holds is known to `tcosim.scenario.entries`.
"""

from __future__ import annotations

import functools
import hashlib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from tcosim.errors import InputError, Problem, TcosimError
from tcosim.scenario.correlation import Correlation
from tcosim.scenario.entries import (
    ABOUT,
    SOURCE_KEYS,
    Quantity,
    Shape,
    Source,
    read_quantity,
    read_shape,
    refuse_unknown,
    wrong,
)
from tcosim.scenario.near import closest, did_you_mean

DEFAULT_SCENARIO = "support-assistant"

_CLAIMS = "claims"
_OTHER_FILES = ("sources", "correlations", _CLAIMS)


class Library:
    """A folder of distributions.

    Parameters
    ----------
    folder : path
        Holds one TOML a topic, ``sources.toml``, ``correlations.toml`` and ``scenarios/``.
    """

    def __init__(self, folder: str | os.PathLike[str]):
        self.folder = Path(folder)
        self._topics: dict[str, dict[str, object]] = {}
        self._quantities: dict[str, Quantity] = {}

    def __repr__(self) -> str:
        return f"Library({str(self.folder)!r})"

    @functools.cached_property
    def topics(self) -> tuple[str, ...]:
        """Names of the topic files, sorted."""
        names = {path.stem for path in self.folder.glob("*.toml")}
        return tuple(sorted(names.difference(_OTHER_FILES)))

    @functools.cached_property
    def sha256(self) -> str:
        """Hash over the names and contents of all data files, scenarios and claims aside; the same on every system."""
        digest = hashlib.sha256()
        for path in sorted(self.folder.glob("*.toml"), key=lambda path: path.name):
            if path.stem == _CLAIMS:  # no future depends on what was published
                continue
            content = path.read_bytes().replace(b"\r\n", b"\n")
            digest.update(f"{path.name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()

    def keys(self) -> tuple[str, ...]:
        """Keys of all quantities, topic by topic, in the order of the files."""
        return tuple(key for topic in self.topics for key, _ in _leaves(self._topic(topic)))

    def quantity(self, key: str) -> Quantity:
        """Return the quantity with this key.

        Raises
        ------
        tcosim.errors.InputError
            If there is none (with the closest match), or if its table is wrong.
        """
        if key not in self._quantities:
            self._quantities[key] = self._read_quantity(key)
        return self._quantities[key]

    def quantities(self) -> Iterator[Quantity]:
        """Yield every quantity, in the order of `keys`."""
        return (self.quantity(key) for key in self.keys())

    def near(self, key: str) -> list[str]:
        """Return up to three keys close to an unknown one."""
        return closest(key, self.keys(), most=3)

    @functools.cached_property
    def shapes(self) -> dict[str, Shape]:
        """Every shape of the week by name.

        Raises
        ------
        tcosim.errors.InputError
            If a table is wrong.
        """
        tables = {topic: self._topic(topic).get("shape") for topic in self.topics}
        return {
            name: read_shape(topic, name, table)
            for topic, shapes in tables.items()
            if isinstance(shapes, Mapping)
            for name, table in shapes.items()
        }

    def shape(self, name: str) -> Shape:
        """Return the shape with this name.

        Raises
        ------
        tcosim.errors.InputError
            If there is none (with the closest match).
        """
        if name not in self.shapes:
            near = did_you_mean(closest(name, self.shapes)) or f"the library has {', '.join(self.shapes)}"
            raise InputError(Problem("weekly_profile", "must be a shape of the library", name, near))
        return self.shapes[name]

    @functools.cached_property
    def sources(self) -> dict[str, Source]:
        """Every source by key."""
        found = {}
        for key, table in self._file("sources").items():
            place = f"sources.{key}"
            if not isinstance(table, Mapping):
                raise wrong("sources", place, "must be a table", table)
            refuse_unknown("sources", place, table, SOURCE_KEYS)
            if "title" not in table:
                raise wrong("sources", f"{place}.title", "is missing")
            found[key] = Source(key, **{name: str(value).strip() for name, value in table.items()})
        return found

    def source(self, key: str) -> Source:
        """Return the source with this key.

        Raises
        ------
        tcosim.errors.InputError
            If there is none.
        """
        if key not in self.sources:
            raise InputError(
                Problem(
                    "source", "must be a key of sources.toml", key, did_you_mean(closest(key, self.sources))
                )
            )
        return self.sources[key]

    @functools.cached_property
    def correlations(self) -> tuple[Correlation, ...]:
        """Every correlation that the library declares."""
        tables = self._file("correlations").get("correlation", [])
        found = []
        for number, table in enumerate(tables if isinstance(tables, list) else [], start=1):
            place = f"correlation[{number}]"
            own = ("inputs", "rank_correlation", "matrix")
            refuse_unknown("correlations", place, table, (*own, *ABOUT))
            stated = {key: _tuples(value) for key, value in table.items() if key in own}
            try:
                correlation = Correlation.model_validate(stated)
            except ValidationError as error:
                raise wrong("correlations", place, str(error)) from error
            for key in correlation.inputs:
                self.quantity(key)
            found.append(correlation)
        return tuple(found)

    def states_correlation(self, first: str, second: str, value: float) -> bool:
        """Whether the library declares this rank correlation of two inputs."""
        pairs = (pair for correlation in self.correlations for pair in correlation.pairs())
        return any({first, second} == {one, other} and value == rho for one, other, rho in pairs)

    def scenarios(self) -> tuple[str, ...]:
        """Names of the shipped scenarios, sorted; the default one first."""
        names = sorted(path.stem for path in (self.folder / "scenarios").glob("*.toml"))
        return tuple(sorted(names, key=lambda name: name != DEFAULT_SCENARIO))

    def scenario_path(self, name: str) -> Path:
        """Return the file of a shipped scenario, existing or not."""
        return self.folder / "scenarios" / f"{name}.toml"

    def check(self) -> None:
        """Read everything there is; for tests of the library.

        Raises
        ------
        tcosim.errors.InputError
            For the first table that is wrong.
        """
        for quantity in self.quantities():
            for source in quantity.sources:
                self.source(source)
        for shape in self.shapes.values():
            for source in shape.sources:
                self.source(source)
        assert self.correlations is not None

    def _file(self, stem: str) -> dict[str, object]:
        path = self.folder / f"{stem}.toml"
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise TcosimError(f"the library file {path.name} cannot be read: {error}") from error

    def _topic(self, name: str) -> dict[str, object]:
        if name not in self._topics:
            self._topics[name] = self._file(name)
        return self._topics[name]

    def _table(self, key: str) -> tuple[str, Mapping[str, object]] | None:
        """Find the table of a key: in the topic of the same name first."""
        first = key.split(".", 1)[0]
        for topic in sorted(self.topics, key=lambda name: name != first):
            here: object = self._topic(topic)
            for part in key.split("."):
                here = here.get(part) if isinstance(here, Mapping) else None
            if isinstance(here, Mapping) and _is_leaf(here):
                return topic, here
            if topic == first and first in self._topic(topic):
                break
        return None

    def _read_quantity(self, key: str) -> Quantity:
        found = self._table(key)
        if found is None:
            way_out = did_you_mean(self.near(key)) or "list the library with: tcosim inputs"
            raise InputError(Problem("use", "must be a key of the library", key, way_out))
        from tcosim.scenario.spelling import spelled

        quantity = read_quantity(found[0], key, found[1])
        return replace(quantity, unit=spelled(key, quantity.unit))


def _tuples(value: object) -> object:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _is_leaf(table: Mapping[str, object]) -> bool:
    return "dist" in table or isinstance(table.get("unit"), str)


def _leaves(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, Mapping[str, object]]]:
    for name, value in table.items():
        if isinstance(value, Mapping) and not (prefix == "" and name == "shape"):
            key = f"{prefix}{name}"
            if _is_leaf(value):
                yield key, value
            else:
                yield from _leaves(value, f"{key}.")


@functools.cache
def default_library() -> Library:
    """Return the library that ships with the package.

    Raises
    ------
    tcosim.errors.TcosimError
        If the installation lacks it.
    """
    here = Path(__file__).resolve()
    places = (here.parents[1] / "_distributions", here.parents[3] / "distributions")
    for place in places:
        if place.is_dir():
            return Library(place)
    raise TcosimError(f"the library of distributions is missing; looked in {' and '.join(map(str, places))}")

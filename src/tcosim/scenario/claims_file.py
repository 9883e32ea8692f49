"""The file of published claims, read strictly; everything wrong is said at once.

Knows keys, names and numbers; knows nothing of whether a claim holds.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tcosim.errors import InputError, Problem, TcosimError
from tcosim.files import Unreadable, check_shape, decoded, read_bytes
from tcosim.limits import CLAIMS_BYTES, MOST_ENTRIES
from tcosim.scenario.claims import (
    EXACTLY,
    RELATIONS,
    VERDICTS,
    Claim,
    Claims,
    Gpu,
    Hardware,
    Step,
    Topic,
    Verdict,
)
from tcosim.scenario.claims_checks import NAME, Checks
from tcosim.scenario.claims_formulas import FORMULAS, Range
from tcosim.scenario.library import Library, default_library
from tcosim.scenario.near import closest, did_you_mean
from tcosim.scenario.nesting import check_nesting

FILE = "claims.toml"
MOST_WORDS = 25
MOST_RANGES, MOST_ARGUMENTS = 12, 16
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CLAIM = (
    *(
        "id",
        "source",
        "quote",
        "asserts",
        "unit",
        "relation",
        "inputs",
        "assumed",
        "steps",
        "topics",
        "lower_bounds",
    ),
    *("quantity", "hardware", "verdict", "note"),
)
_STEP = ("name", "formula", "of", "stated", "rounded_to")
_HARDWARE = ("gpu", "gpus", "parameters_billion", "tokens_per_second", "serving", "input_share")
_VERDICT = ("asserts", "scenario", "volumes", "set")
_TOPIC = ("name", "title", "unit")
_GPU = ("name", "dense_tera_operations_per_second", "origin")


def load_claims(library: Library | None = None) -> Claims:
    """Read the claims that ship with the library.

    Raises
    ------
    tcosim.errors.InputError
        With everything wrong.
    tcosim.errors.TcosimError
        If the file cannot be read.
    """
    library = library or default_library()
    path = Path(library.folder) / FILE
    try:
        text = decoded(read_bytes(path, CLAIMS_BYTES))
    except Unreadable as error:
        raise TcosimError(f"the library file {FILE} cannot be read: {error}") from error
    return read_claims(text, library)


def read_claims(text: str, library: Library) -> Claims:
    """Read claims from TOML text.

    Raises
    ------
    tcosim.errors.InputError
        With everything wrong, in the order of the file.
    """
    try:
        check_nesting(text)
        raw = tomllib.loads(text)
        check_shape(raw, MOST_ENTRIES)
    except Unreadable as error:
        place = f"library file {FILE}"
        raise InputError(Problem("claims", error.rule, None, error.way_out, place)) from error
    except ValueError as error:  # also dates that no calendar has, and numbers of thousands of digits
        raise InputError(Problem("claims", "must be TOML", str(error), "", f"library file {FILE}")) from error
    reader = _Reader(library)
    found = reader.file(raw)
    if reader.problems:
        raise InputError(reader.problems)
    return found


class _Reader(Checks):
    """What it returns is only good if it found no problem."""

    def __init__(self, library: Library) -> None:
        super().__init__(f"library file {FILE}")
        self.library = library

    def file(self, raw: Mapping[str, Any]) -> Claims:
        self.known("", raw, ("claim", "topic", "gpu"))
        topics = {
            str(table.get("name")): Topic(*(self.text(place, table, key) for key in _TOPIC))
            for place, table in self.tables("topic", raw.get("topic", []), _TOPIC)
        }
        gpus = {}
        for place, table in self.tables("gpu", raw.get("gpu", []), _GPU):
            peaks = self.peaks(f"{place}.{_GPU[1]}", table.get(_GPU[1]))
            gpus[str(table.get("name"))] = Gpu(
                self.text(place, table, "name"), peaks, self.text(place, table, "origin")
            )
        tables = self.tables("claim", raw.get("claim", []), _CLAIM)
        claims = tuple(self._claim(place, table, topics, gpus) for place, table in tables)
        seen: set[str] = set()
        for claim in claims:
            if claim.id in seen:
                self.wrong(f"{claim.id}.id", "must be unique", claim.id, "give this claim another id")
            seen.add(claim.id)
        if not claims:
            self.wrong("claim", "must be one or more", None, "write [[claim]]")
        return Claims(claims, topics, gpus)

    def _claim(
        self,
        place: str,
        table: Mapping[str, Any],
        topics: Mapping[str, Topic],
        gpus: Mapping[str, Gpu],
    ) -> Claim:
        name = self.text(place, table, "id")
        if name and not _ID.fullmatch(name):
            self.wrong(
                f"{place}.id", "must be lower-case words with hyphens", name, "for example marka-blend"
            )
        source = self.text(place, table, "source", "name the key of its source in sources.toml")
        if source and source not in self.library.sources:
            near = did_you_mean(closest(source, self.library.sources))
            self.wrong(f"{place}.source", "must be a key of sources.toml", source, near)
        quote = self.text(place, table, "quote")
        if len(quote.split()) >= MOST_WORDS:
            self.wrong(f"{place}.quote", f"must have fewer than {MOST_WORDS} words", quote, "shorten it")
        inputs = self.figures(f"{place}.inputs", table.get("inputs", {}))
        assumed = self.figures(f"{place}.assumed", table.get("assumed", {}))
        note = str(table.get("note", "")).strip()
        if not inputs:
            self.wrong(
                f"{place}.inputs", "must hold what the source gives", None, "write inputs = { name = 2.5 }"
            )
        if assumed and not note:
            self.wrong(f"{place}.note", "is missing", None, "say why what is assumed has this value")
        for key in inputs.keys() & assumed.keys():
            self.wrong(f"{place}.assumed.{key}", "is an input already", key, "state it once")
        known = {**inputs, **assumed}
        ranges = sum(not one.is_point for one in known.values())
        if ranges > MOST_RANGES:
            self.wrong(
                f"{place}.inputs", f"must hold at most {MOST_RANGES} ranges", ranges, "split the claim"
            )
        steps = self._steps(place, table.get("steps", []), set(known))
        names = [*known, *(step.name for step in steps)]
        relation = str(table.get("relation", "equals"))
        self.one_of(f"{place}.relation", relation, RELATIONS)
        of_topics = table.get("topics", {})
        if not isinstance(of_topics, Mapping):
            self.wrong(f"{place}.topics", "must be a table", of_topics, "write { topic = figure }")
            of_topics = {}
        for topic, figure in of_topics.items():
            self.one_of(f"{place}.topics", topic, topics)
            self.one_of(f"{place}.topics.{topic}", figure, names)
        bounds = table.get("lower_bounds", [])
        if not isinstance(bounds, list):
            self.wrong(f"{place}.lower_bounds", "must be a list of topics", bounds, 'write ["topic"]')
            bounds = []
        for topic in bounds:
            self.one_of(f"{place}.lower_bounds", topic, of_topics, "must be one of the topics of the claim")
        asserted = next((step for step in reversed(steps) if step.stated is not None), None)
        if relation == "most" and (asserted is None or asserted.formula != "span"):
            rule = "needs an asserted step that is a span"
            self.wrong(f"{place}.relation", rule, relation, "list the figures in a step with formula span")
        of_gpus = table.get("hardware")
        used = {one for step in steps for one in step.of} | set(map(str, of_topics.values()))
        used |= set(map(str, of_gpus.values())) if isinstance(of_gpus, Mapping) else set()
        for table_name, figures in (("inputs", inputs), ("assumed", assumed)):
            for key in figures:
                if key not in used:
                    way_out = "use it in a step, a topic or hardware, or leave it out"
                    self.wrong(f"{place}.{table_name}.{key}", "is not used", None, way_out)
        return Claim(
            name,
            source,
            quote,
            self.text(place, table, "asserts"),
            self.text(place, table, "unit"),
            relation,
            inputs,
            assumed,
            steps,
            dict(of_topics),
            self._quantity(place, table),
            self._hardware(place, of_gpus, names, gpus),
            self._verdict(place, table.get("verdict")),
            note,
            tuple(map(str, bounds)),
        )

    def _steps(self, place: str, raw: object, known: set[str]) -> tuple[Step, ...]:
        steps = []
        for number, (_, table) in enumerate(self.tables(f"{place}.steps", raw, _STEP), start=1):
            here = f"{place}.steps[{number}]"
            name, formula = self.text(here, table, "name"), str(table.get("formula"))
            if name and (not NAME.fullmatch(name) or name in known):
                self.wrong(f"{here}.name", "must be a new name of small letters", name, "with its unit in it")
            self.one_of(f"{here}.formula", formula, FORMULAS)
            arguments = table.get("of", [])
            arguments = arguments if isinstance(arguments, list) else [arguments]
            for one in arguments:
                self.one_of(f"{here}.of", one, known, "must be an input or an earlier step")
            if len(arguments) > MOST_ARGUMENTS:  # every corner of their ranges is evaluated
                self.wrong(
                    f"{here}.of", f"must be at most {MOST_ARGUMENTS}", len(arguments), "part the step in two"
                )
            if formula in FORMULAS and not FORMULAS[formula].takes(len(arguments)):
                takes = ", ".join(FORMULAS[formula].arguments)
                self.wrong(f"{here}.of", f"must name {takes}", ", ".join(map(str, arguments)), "")
            stated, rounded = None, EXACTLY
            if "stated" in table:
                stated = self.range(f"{here}.stated", table["stated"])
                raw_places = table.get("rounded_to")
                places = (
                    raw_places if isinstance(raw_places, list) and len(raw_places) == 2 else [raw_places] * 2
                )
                rounded = Range(*(self.number(f"{here}.rounded_to", one) for one in places))
                if rounded.low <= 0 or rounded.high <= 0:
                    rule = "must be the place to which the figure is stated, above 0"
                    self.wrong(f"{here}.rounded_to", rule, table.get("rounded_to"), "5.63 is rounded to 0.01")
            elif "rounded_to" in table:
                self.wrong(f"{here}.rounded_to", "needs a stated figure", None, "state it or leave this out")
            steps.append(Step(name, formula, tuple(map(str, arguments)), stated, rounded))
            known.add(name)
        return tuple(steps)

    def _quantity(self, place: str, table: Mapping[str, Any]) -> str:
        key = str(table.get("quantity", ""))
        if key:
            self.one_of(f"{place}.quantity", key, self.library.keys())
        return key

    def _hardware(
        self, place: str, raw: object, names: Iterable[str], gpus: Mapping[str, Gpu]
    ) -> Hardware | None:
        if raw is None:
            return None
        if not isinstance(raw, Mapping):
            self.wrong(f"{place}.hardware", "must be a table", raw, "write { gpu = ..., gpus = ... }")
            return None
        here = f"{place}.hardware"
        self.known(here, raw, _HARDWARE)
        gpu = self.text(here, raw, "gpu")
        self.one_of(f"{here}.gpu", gpu, gpus)
        for key in _HARDWARE[1:4]:
            self.one_of(f"{here}.{key}", raw.get(key), names)
        serving, share = str(raw.get("serving", "")), str(raw.get("input_share", ""))
        if serving:
            self.one_of(f"{here}.serving", f"serving.{serving}.decode_tokens_per_second", self.library.keys())
            self.one_of(f"{here}.input_share", share, names)
        count, parameters, rate = (str(raw.get(key)) for key in _HARDWARE[1:4])
        return Hardware(gpu, count, parameters, rate, serving, share)

    def _verdict(self, place: str, raw: object) -> Verdict | None:
        if raw is None:
            return None
        if not isinstance(raw, Mapping):
            self.wrong(f"{place}.verdict", "must be a table", raw, "write { asserts = ..., volumes = [...] }")
            return None
        here = f"{place}.verdict"
        self.known(here, raw, _VERDICT)
        self.one_of(f"{here}.asserts", raw.get("asserts"), VERDICTS)
        self.one_of(f"{here}.scenario", raw.get("scenario"), self.library.scenarios())
        volumes = raw.get("volumes")
        if not isinstance(volumes, list) or not volumes:
            self.wrong(f"{here}.volumes", "must list tokens a month", volumes, "write volumes = [50e6]")
            volumes = []
        numbers = tuple(self.positive(f"{here}.volumes", one) for one in volumes)
        settings = raw.get("set", [])
        if not isinstance(settings, list) or not all(isinstance(one, str) for one in settings):
            self.wrong(f"{here}.set", "must be a list of texts", settings, 'write set = ["field=value"]')
            settings = []
        return Verdict(str(raw.get("asserts")), str(raw.get("scenario")), numbers, tuple(settings))

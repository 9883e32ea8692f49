"""Whether some JSON content is the summary of a run, by the published schema.

Knows the few keywords of JSON Schema that this schema uses; knows no figure.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tcosim.results.summary import summary_schema

NEEDED = (
    "schema_version", "tcosim_version", "seed", "samples", "months", "scenario_name", "scenario_sha256", "headline",
    "options",
)  # fmt: skip
"""Keys that every version wrote; a folder that lacks others is an older one, and whoever needs them says so."""
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "null": (type(None),), "boolean": (bool,), "integer": (int,),
    "number": (int, float),
}  # fmt: skip


def summary_fault(content: object) -> str:
    """Say what keeps some JSON content from being a summary: the first fault with its place; empty if nothing does."""
    schema = {**_schema(), "required": NEEDED}
    return next(_faults(content, schema, ""), "")


@functools.cache
def _schema() -> dict[str, Any]:
    return summary_schema()


def _faults(value: Any, schema: Mapping[str, Any], place: str) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from _faults(value, _schema()["$defs"][name], place)
    for part in schema.get("allOf", ()):
        yield from _faults(value, part, place)
    if "oneOf" in schema and all(next(_faults(value, one, place), None) for one in schema["oneOf"]):
        # Of the ways to be right, the one that gets furthest tells most.
        yield max((next(_faults(value, one, place), "") for one in schema["oneOf"]), key=len)
    if "type" in schema and not _is_of(value, schema["type"]):
        yield f"{place or 'it'} must be {_named(schema['type'])}"
        return
    yield from _wrong_value(value, schema, place)
    if isinstance(value, dict):
        yield from (
            f"{place}.{key} is missing".lstrip(".") for key in schema.get("required", ()) if key not in value
        )
        for key, part in schema.get("properties", {}).items():
            if key in value:
                yield from _faults(value[key], part, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        first = schema.get("prefixItems", ())
        for number, item in enumerate(value):
            part = first[number] if number < len(first) else schema.get("items", {})
            yield from _faults(item, part if isinstance(part, dict) else {}, f"{place}[{number}]")


def _wrong_value(value: Any, schema: Mapping[str, Any], place: str) -> Iterator[str]:
    if "const" in schema and value != schema["const"]:
        yield f"{place} must be {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place} must be one of {', '.join(map(str, schema['enum']))}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if value < schema.get("minimum", value) or value > schema.get("maximum", value):
            yield f"{place} lies outside of what can be"
        if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
            yield f"{place} must be above {schema['exclusiveMinimum']}"
    if isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            yield f"{place} must not be empty"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{place} is not written as it should be"
    if isinstance(value, list):
        least, most = schema.get("minItems", 0), schema.get("maxItems", len(value))
        if not least <= len(value) <= most:
            yield f"{place} holds {len(value)} entries"


def _is_of(value: object, types: str | list[str]) -> bool:
    names = [types] if isinstance(types, str) else types
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, _TYPES[name]) for name in names if name != "boolean")


def _named(types: str | list[str]) -> str:
    return types if isinstance(types, str) else " or ".join(types)

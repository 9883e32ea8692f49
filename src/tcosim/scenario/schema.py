"""The JSON Schema of a scenario file, from the same declarations that the loader checks against.

Knows the declared fields and families; reads no scenario. The copy that ships is ``scenario.schema.json``.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from tcosim.limits import MOST_CORRELATIONS, MOST_OPTIONS
from tcosim.scenario.assembly import RESOLVED_FIELDS
from tcosim.scenario.catalogue.route import PRICES
from tcosim.scenario.distributions import FAMILIES
from tcosim.scenario.elicit import PERCENTILE_KEY
from tcosim.scenario.family import Family
from tcosim.scenario.fields import Bounds, Declared, FieldSpec, Kind, Mark, Use, field_specs
from tcosim.scenario.include import INCLUDE
from tcosim.scenario.models import OPTION_KINDS, ApiOption, Constraints, Header, Route, Traffic, Volume
from tcosim.scenario.problems import known_keys, needs
from tcosim.scenario.values import INPUT_NAME, LONGEST_NAME, LONGEST_TEXT, NAME
from tcosim.units import HOURS_PER_WEEK

Schema = dict[str, Any]

_LISTS = ("values", "weights")


def json_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of the scenario format; editors complete and check with it."""
    options = [_option(kind) for kind in OPTION_KINDS]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "tcosim scenario",
        "type": "object",
        "additionalProperties": False,
        "required": ["scenario", "volume", "option"],
        "properties": {
            "scenario": _header(),
            "volume": _table(Volume, "The planned volume, and how the actual one may differ."),
            "traffic": _table(Traffic, "How the tokens of a month spread over its hours."),
            "constraints": _table(
                Constraints, "Gates: which options are eligible, before money is compared."
            ),
            "option": {
                "type": "array",
                "minItems": 2,
                "maxItems": MOST_OPTIONS,
                "items": {"type": "object", "required": ["kind", "name"], "oneOf": options},
            },
            "correlation": {"type": "array", "maxItems": MOST_CORRELATIONS, "items": _CORRELATION},
            "resolved": {
                "type": "object",
                "description": "Written by the program: every field is stated, no default is taken.",
                "additionalProperties": False,
                "properties": {
                    name: {"type": "string"} if name == "library_sha256" else _list_of({"type": "string"})
                    for name in RESOLVED_FIELDS
                },
            },
        },
        "$defs": {
            "uncertain": {
                "oneOf": [{"type": "number"}, {"$ref": "#/$defs/use"}, {"$ref": "#/$defs/distribution"}]
            },
            "suffixed": {
                "type": "string",
                "description": 'A number with a suffix: "60%", "10k", "2.5B".',
                "pattern": r"^\s*[+-]?[0-9_.]+([eE][+-]?[0-9]+)?\s*[kKmMbBgGtT%]\s*$",
            },
            "use": _USE,
            "distribution": {"oneOf": [_family(name) for name in FAMILIES]},
            "component": {"oneOf": [_family(name, part=True) for name in FAMILIES if name != "mixture"]},
        },
    }


def _header() -> Schema:
    table = _table(Header, "What is asked.")
    name: Schema = {"type": "string", "minLength": 1}
    table["properties"][INCLUDE] = {
        "description": "Files, relative to this one, to take [volume], [traffic] and [[correlation]] from.",
        "oneOf": [name, _list_of(name)],
    }
    return table


def schema_text() -> str:
    """Return the schema as the text of the file that ships with the package."""
    return json.dumps(json_schema(), indent=1) + "\n"


def _list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_INPUT: Schema = {
    "type": "string",
    "pattern": f"^{INPUT_NAME.pattern}$",
    "description": "Name of the input; fields with the same name and distribution share one draw.",
}
_SUFFIXED: Schema = {"$ref": "#/$defs/suffixed"}
_USE: Schema = {
    "type": "object",
    "description": "An entry of the library; fields that use the same entry share one draw.",
    "required": ["use"],
    "additionalProperties": False,
    "properties": {"use": {"type": "string", "description": "Key of the library."}, "input": _INPUT},
}
_CORRELATION: Schema = {
    "type": "object",
    "description": "Rank correlation of uncertain inputs.",
    "required": ["inputs"],
    "additionalProperties": False,
    "properties": {
        "inputs": {"type": "array", "items": {"type": "string"}, "minItems": 2, "uniqueItems": True},
        "rank_correlation": {"type": "number", "exclusiveMinimum": -1, "exclusiveMaximum": 1},
        "matrix": _list_of(_list_of({"type": "number", "minimum": -1, "maximum": 1})),
    },
    "oneOf": [{"required": ["rank_correlation"]}, {"required": ["matrix"]}],
}


def _family(name: str, *, part: bool = False) -> Schema:
    family = FAMILIES[name]
    properties: Schema = {"dist": {"const": name}}
    for key in known_keys(family):
        if key != "dist":
            properties[key] = _parameter(key)
    if name == "empirical":
        properties |= {"file": {"type": "string"}, "column": {"type": "string"}}
    if part:
        properties["weight"] = {"type": "number", "exclusiveMinimum": 0}
    else:
        properties |= {"input": _INPUT, "use": {"type": "string", "description": "Only in resolved files."}}
    schema: Schema = {
        "type": "object",
        "description": f"{(family.__doc__ or '').splitlines()[0]} Needs {needs(family)}.",
        "required": ["dist", "weight"] if part else ["dist"],
        "additionalProperties": False,
        "properties": properties,
    }
    if family.takes_percentiles:
        schema["patternProperties"] = {f"^{PERCENTILE_KEY.pattern}$": {"type": "number"}}
    ways = _ways(family)
    if ways:
        schema["anyOf"] = ways
    return schema


def _parameter(key: str) -> Schema:
    if key == "components":
        return {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/component"}}
    return _list_of({"type": "number"}) if key in _LISTS else {"type": "number"}


def _ways(family: type[Family]) -> list[Schema]:
    """Return the sets of keys of which one must be there; percentiles count by their number."""
    own = [name for name, info in family.model_fields.items() if info.is_required()]
    if own == ["percentiles"]:
        return []
    ways: list[Schema] = [{"required": list(names)} for names in (own, *family.alternatives)]
    if family is FAMILIES["empirical"]:
        ways.append({"required": ["file"]})
    if family.takes_percentiles:
        ways.append({"minProperties": 3})
    return ways if own else []


def _table(model: type[Declared], description: str) -> Schema:
    specs = field_specs(model)
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "required": [name for name, spec in specs.items() if spec.required and spec.only is None],
        "properties": {name: _field(spec) for name, spec in specs.items()},
    }


def _option(kind: str) -> Schema:
    model = OPTION_KINDS[kind]
    schema = _table(model, field_specs(model)["kind"].meaning)
    schema["properties"]["kind"] = {"const": kind}
    specs = field_specs(model)
    either = {name for spec in specs.values() for name in spec.instead_of if specs[name].required}
    schema["required"] = [name for name in schema["required"] if name not in either]
    instead = [spec for spec in specs.values() if spec.instead_of and either.intersection(spec.instead_of)]
    if instead:
        schema["oneOf"] = [{"required": [instead[0].name]}, {"required": list(instead[0].instead_of)}]
    if model is ApiOption:
        route = _table(Route, "One model behind the option.")
        route["required"] = [name for name in route["required"] if name not in PRICES]
        route["anyOf"] = [{"required": ["model"]}, {"required": list(PRICES)}]
        direct = {name: field for name, field in route["properties"].items() if name not in ("name", "share")}
        schema["properties"] |= direct
        schema["properties"]["route"] = {"type": "array", "minItems": 1, "items": route}
        schema["oneOf"] = [{"required": ["route"]}, {"anyOf": route["anyOf"]}]
    return schema


def _field(spec: FieldSpec) -> Schema:
    schema: Schema = {"description": f"{spec.meaning} [{spec.unit}]" if spec.unit else spec.meaning}
    if not isinstance(spec.default, Mark):
        schema["default"] = {"use": spec.default.key} if isinstance(spec.default, Use) else spec.default
    return schema | _value(spec)


def _value(spec: FieldSpec) -> Schema:
    hours = {"minItems": HOURS_PER_WEEK, "maxItems": HOURS_PER_WEEK}
    values: dict[Kind, Schema] = {
        Kind.UNCERTAIN: {
            "oneOf": [
                {"type": "number", **_limits(spec.bounds)},
                _SUFFIXED,
                {"$ref": "#/$defs/use"},
                {"$ref": "#/$defs/distribution"},
            ]
        },
        Kind.NUMBER: {"oneOf": [{"type": "number", **_limits(spec.bounds)}, _SUFFIXED]},
        Kind.INTEGER: {"oneOf": [{"type": "integer", **_limits(spec.bounds)}, _SUFFIXED]},
        Kind.FLAG: {"type": "boolean"},
        Kind.NAME: {"type": "string", "pattern": f"^{NAME.pattern}$", "maxLength": LONGEST_NAME},
        Kind.TEXT: {"type": "string", "maxLength": LONGEST_TEXT},
        Kind.PROFILE: {
            "oneOf": [{"type": "string"}, {**_list_of({"type": "number", "minimum": 0}), **hours}]
        },
    }
    if spec.choices:
        return {"enum": list(spec.choices)}
    return values[spec.kind]


def _limits(bounds: Bounds) -> Schema:
    limits: Schema = {}
    if math.isfinite(bounds.low):
        limits["exclusiveMinimum" if bounds.low_open else "minimum"] = bounds.low
    if math.isfinite(bounds.high):
        limits["exclusiveMaximum" if bounds.high_open else "maximum"] = bounds.high
    return limits


if __name__ == "__main__":
    Path(__file__).with_name("scenario.schema.json").write_text(schema_text(), encoding="utf-8")

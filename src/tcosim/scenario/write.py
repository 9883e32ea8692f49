"""A scenario as TOML text in which every field is explicit; it loads again to an equal scenario.

Knows declared scenarios and TOML; writes no file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tcosim.scenario.correlation import Correlation
from tcosim.scenario.distributions import Distribution, Mixture, Point, Quantiles
from tcosim.scenario.family import COMMON, Family
from tcosim.scenario.fields import Declared, FieldSpec, Kind, field_specs
from tcosim.scenario.models import ApiOption, Header, Option, Scenario
from tcosim.scenario.uncertain import Uncertain

_HEAD = """\
# A resolved scenario: every field is stated, nothing is taken from the library when it is loaded.
# use = "..." says which entry of the library a distribution came from; fields with the same one share a draw.
"""


def resolved_toml(scenario: Scenario) -> str:
    """Write a scenario with every field explicit.

    Returns
    -------
    str
        TOML text; the same scenario gives the same text. `tcosim.scenario.load.load_text` gives an equal
        scenario back, with the same names of inputs, and needs no library for it.
    """
    lines = [_HEAD.rstrip("\n")]
    lines += _table("[scenario]", scenario, field_specs(Header), "scenario")
    lines += _table("[volume]", scenario.volume, field_specs(type(scenario.volume)), "volume")
    lines += _table("[traffic]", scenario.traffic, field_specs(type(scenario.traffic)), "traffic")
    constraints = scenario.constraints
    lines += _table("[constraints]", constraints, field_specs(type(constraints)), "constraints")
    for option in scenario.options:
        lines += _option(option)
    for correlation in scenario.correlations:
        lines += _correlation(correlation)
    lines += ["", "[resolved]", f"library_sha256 = {_text(scenario.library_sha256)}"]
    lines += ["defaulted = [", *(f"    {_text(path)}," for path in scenario.defaulted), "]"]
    return "\n".join(lines) + "\n"


def _option(option: Option) -> Iterator[str]:
    path = f"option.{option.name}"
    yield from _table("[[option]]", option, field_specs(type(option)), path)
    for route in option.routes if isinstance(option, ApiOption) else ():
        yield from _table("[[option.route]]", route, field_specs(type(route)), f"{path}.route.{route.name}")


def _correlation(correlation: Correlation) -> Iterator[str]:
    yield from ("", "[[correlation]]", f"inputs = [{', '.join(map(_text, correlation.inputs))}]")
    if correlation.matrix is not None:
        rows = (f"[{', '.join(map(_number, row))}]" for row in correlation.matrix)
        yield f"matrix = [{', '.join(rows)}]"
    elif correlation.rank_correlation is not None:
        yield f"rank_correlation = {_number(correlation.rank_correlation)}"


def _table(header: str, table: Declared, specs: dict[str, FieldSpec], path: str) -> Iterator[str]:
    yield from ("", header)
    for name, spec in specs.items():
        value = getattr(table, name)
        applies = spec.only is None or getattr(table, spec.only.field) in spec.only.values
        if value is None or not applies:
            continue
        yield f"{name} = {_value(value, spec, f'{path}.{name}')}"


def _value(value: Any, spec: FieldSpec, path: str) -> str:
    match spec.kind:
        case Kind.UNCERTAIN:
            return _quantity(value, path)
        case Kind.FLAG:
            return "true" if value else "false"
        case Kind.TEXT | Kind.NAME:
            return _text(value)
        case Kind.PROFILE:
            rows = (", ".join(map(_number, value[start : start + 24])) for start in range(0, len(value), 24))
            return "[\n" + "".join(f"    {row},\n" for row in rows) + "]"
        case Kind.NUMBER | Kind.INTEGER:
            return _number(value)


def _quantity(quantity: Uncertain, path: str) -> str:
    if isinstance(quantity.distribution, Point) and quantity.library_key is None and quantity.name == path:
        return _number(quantity.distribution.value)
    parts = list(distribution_items(quantity.distribution))
    if quantity.name != (quantity.library_key or path):
        parts.append(("input", _text(quantity.name)))
    if quantity.library_key is not None:
        parts.append(("use", _text(quantity.library_key)))
    return _inline(parts)


def distribution_items(distribution: Distribution) -> Iterator[tuple[str, str]]:
    """Yield the keys and written values of the table that declares a distribution, as it was stated."""
    yield "dist", _text(distribution.dist)
    if isinstance(distribution, Mixture):
        parts = (
            _inline([("weight", _number(part.weight)), *distribution_items(part.distribution)])
            for part in distribution.components
        )
        yield "components", f"[{', '.join(parts)}]"
    else:
        yield from _parameters(distribution)
    for name in ("low_limit", "high_limit"):
        limit = getattr(distribution, name)
        if limit is not None:
            yield name, _number(limit)


def _parameters(distribution: Family) -> Iterator[tuple[str, str]]:
    stated = dict(distribution.stated)
    if isinstance(distribution, Quantiles) and not stated:
        stated = {f"p{100 * p:.12g}": value for p, value in distribution.percentiles}
    for name, value in stated.items():
        yield (_text(name) if "." in name else name), _number(value)
    ends = {"minimum": "p0", "maximum": "p100"}
    for name, info in type(distribution).model_fields.items():
        value = getattr(distribution, name)
        computed = bool(stated) and info.is_required()
        if name in COMMON or computed or value is None or ends.get(name) in stated:
            continue
        if isinstance(value, tuple):
            if value:
                yield name, f"[{', '.join(map(_number, value))}]"
        else:
            yield name, _number(value)


def _inline(parts: Iterable[tuple[str, str]]) -> str:
    return "{ " + ", ".join(f"{key} = {value}" for key, value in parts) + " }"


def _number(value: float) -> str:
    return repr(value)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

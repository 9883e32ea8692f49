"""Whatever stands in a scenario, it loads or is refused in words."""

from __future__ import annotations

import copy
import datetime
import json
import tomllib
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tcosim.errors import InputError
from tcosim.scenario.distributions import FAMILIES
from tcosim.scenario.library import Library, default_library
from tcosim.scenario.load import load_text
from tcosim.scenario.write import resolved_toml
from tests.scenario.conftest import SCENARIO
from tests.scenario.test_load import CORRELATION

BASE = tomllib.loads(SCENARIO + CORRELATION.format("volume.annual_growth", "traffic.burst_sigma", 0.3))

scalars = st.one_of(
    st.integers(-(10**400), 10**400),
    st.integers(-3, 300),
    st.floats(),
    st.booleans(),
    st.text(max_size=8),
    st.sampled_from(
        ["api", "owned", "rented", "managed", "spot", "reserved", "flat", "lost", "people.launch_hours"]
    ),
    st.just(datetime.date(2026, 1, 1)),
)
keys = st.sampled_from(
    [
        "dist",
        "use",
        "input",
        "p5",
        "p50",
        "p95",
        "mean",
        "sd",
        "low",
        "high",
        "mode",
        "value",
        "values",
        "components",
        "weight",
        "file",
        "column",
        "stated",
        "percentiles",
        "low_limit",
        "high_limit",
        "alpha",
        "beta",
        "shape",
        "route",
        "name",
        "kind",
        "share",
        "usd_per_million_input",
        "contract",
        "overflow",
        "engineer_fte",
        "inputs",
        "matrix",
    ]
)
families = st.fixed_dictionaries({"dist": st.sampled_from(list(FAMILIES))}).flatmap(
    lambda first: st.dictionaries(keys, scalars | st.lists(scalars, max_size=3), max_size=4).map(
        lambda rest: {**rest, **first}
    )
)
values = st.recursive(
    scalars | families,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=8,
)


def paths(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the paths of everything in a raw scenario."""
    found = [path] if path else []
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        found += paths(value, (*path, key))
    return found


def toml(value: Any) -> str:
    """Write any value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, datetime.date)):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return f"{{ {', '.join(f'{toml(str(key))} = {toml(item)}' for key, item in value.items())} }}"


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_value_anywhere_loads_or_is_refused(library: Library, data: st.DataObject) -> None:
    raw = copy.deepcopy(BASE)
    for path in data.draw(st.lists(st.sampled_from(paths(BASE)), min_size=1, max_size=3)):
        node: Any = raw
        for part in path[:-1]:
            node = node[part] if isinstance(node, dict) and part in node else node
            node = (
                node[part] if isinstance(node, list) and isinstance(part, int) and part < len(node) else node
            )
        if isinstance(node, dict):
            node[data.draw(keys) if data.draw(st.booleans()) else str(path[-1])] = data.draw(values)
    text = "\n".join(f"{toml(key)} = {toml(value)}" for key, value in raw.items())
    overrides = data.draw(
        st.lists(
            st.sampled_from(
                [
                    "option.api.route.default.share=1",
                    "volume.annual_growth.p5=1",
                    "traffic.x=3",
                    "people.launch_hours=3",
                ]
            ),
            max_size=1,
        )
    )
    try:
        scenario = load_text(text, library=library, overrides=overrides)
    except InputError as error:
        assert all(problem.field and problem.rule and str(problem) for problem in error.problems)
    else:
        assert load_text(resolved_toml(scenario), library=library) == scenario


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")),
    name=st.text(max_size=20),
)
def test_any_text_is_refused_in_words(library: Library, text: str, name: str) -> None:
    for overrides in ([], [text], [f"volume.annual_growth={text}"], [f"option.api.{name}={text}"]):
        try:
            load_text(text if not overrides else SCENARIO, library=library, overrides=overrides)
        except InputError as error:
            assert str(error)


def test_a_value_of_the_right_kind_in_every_field_is_no_problem() -> None:
    written = resolved_toml(load_text(SCENARIO, library=default_library()))
    assert load_text(written).name == "small"

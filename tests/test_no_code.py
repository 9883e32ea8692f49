"""Reading never runs what is read: nothing in the package can turn data into code."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCES = sorted((Path(__file__).parents[1] / "src" / "tcosim").rglob("*.py"))
MODULES = {"pickle", "_pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "yaml", "code", "runpy"}
NAMES = {"eval", "exec", "compile", "__import__", "execfile"}
LOADERS = {"load", "loads", "load_all", "unsafe_load", "full_load", "read_pickle", "to_pickle"}


def code_in(source: str) -> list[str]:
    """List what in a source could run data as code."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.partition(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in MODULES:
            found.append(str(node.module))
        elif isinstance(node, ast.Call):
            found += _of_call(node)
    return found


def _of_call(node: ast.Call) -> list[str]:
    allowed = {keyword.arg: keyword.value for keyword in node.keywords}
    if isinstance(node.func, ast.Name) and node.func.id in NAMES:
        return [node.func.id]
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        module, name = node.func.value.id, node.func.attr
        pickles = allowed.get("allow_pickle")
        if (module, name) in (("np", "load"), ("numpy", "load")):
            return [] if isinstance(pickles, ast.Constant) and pickles.value is False else ["numpy.load"]
        if module in MODULES or (module in ("yaml", "pd", "pandas") and name in LOADERS):
            return [f"{module}.{name}"]
    return []


def test_no_source_turns_data_into_code() -> None:
    assert len(SOURCES) > 200
    found = {path.name: bad for path in SOURCES if (bad := code_in(path.read_text(encoding="utf-8")))}
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "eval('1')",
        "exec(text)",
        "import yaml\nyaml.load(text)",
        "import numpy as np\nnp.load(path)",
        "import numpy as np\nnp.load(path, allow_pickle=True)",
        "import marshal.x",
        "__import__(name)",
    ],
)
def test_the_search_finds_it(source: str) -> None:
    assert code_in(source)


def test_the_search_lets_plain_reading_pass() -> None:
    assert (
        code_in("import json, tomllib\njson.loads(text)\nnp.load(path, allow_pickle=False)\nre.compile('a')")
        == []
    )

"""What pyproject.toml promises to whoever installs the package, held against what the package takes.

That the wheel installs and runs on each Python is for .ci/wheels to show.
"""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]

NAMED_OTHERWISE = {"jinja2": "Jinja2", "vl_convert": "vl-convert-python"}
COMES_WITH = {"llvmlite": "numba", "packaging": "xarray"}
"""Modules that a declared dependency itself cannot do without."""
NOT_IMPORTED = {"h5netcdf": "what xarray reads and writes with", "tzdata": "data of zoneinfo"}
EXTRAS_FOR_USERS = set(PROJECT["optional-dependencies"]) - {"test", "dev"}


def declared(extras=()):
    lists = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in extras)]
    return {Requirement(line).name: Requirement(line) for lines in lists for line in lines}


def imported():
    """Modules from outside that the package imports, each with a file that does."""
    found = {}
    for path in sorted((ROOT / "src" / "tcosim").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            else:
                continue
            found |= {name.split(".")[0]: path.name for name in names}
    return {name: where for name, where in found.items() if name not in {*sys.stdlib_module_names, "tcosim"}}


def test_what_is_imported_is_declared_and_the_other_way_round():
    carriers = {
        COMES_WITH.get(name, NAMED_OTHERWISE.get(name, name)): f"{name} in {w}"
        for name, w in imported().items()
    }
    carriers = {name.replace("_", "-"): where for name, where in carriers.items()}
    stated = {name.replace("_", "-") for name in declared(EXTRAS_FOR_USERS)}
    assert {where for name, where in carriers.items() if name not in stated} == set()
    assert set(declared()) - set(carriers) == set(NOT_IMPORTED)


def test_the_versions_tested_with_are_versions_allowed():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = {Requirement(line).name: Version(line.split("==")[1]) for line in lines if "==" in line}
    for name, requirement in declared(PROJECT["optional-dependencies"]).items():
        if name != PROJECT["name"]:
            assert requirement.specifier.contains(pins[name]), name


def test_versions_of_python_are_the_same_wherever_they_are_stated():
    stated = [
        re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", line) for line in PROJECT["classifiers"]
    ]
    versions = [match[1] for match in stated if match]
    tried = re.search(
        r"^for version in (.*); do$", (ROOT / ".ci" / "wheels").read_text(encoding="utf-8"), re.M
    )
    assert tried[1].split() == versions
    lowest = versions[0]
    assert PROJECT["requires-python"] == f">={lowest}"
    assert PYPROJECT["tool"]["mypy"]["python_version"] == lowest
    assert PYPROJECT["tool"]["ruff"]["target-version"] == f"py{lowest.replace('.', '')}"
    assert f"Python ≥ {lowest}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["py.typed", "results/summary.schema.json", "scenario/scenario.schema.json"])
def test_what_tools_of_others_look_for_is_in_the_package(name):
    assert (ROOT / "src" / "tcosim" / name).is_file()


def test_no_rule_of_what_to_ignore_keeps_a_file_of_the_package_out_of_the_wheel():
    # hatchling leaves out what git ignores: a folder src/tcosim/runs would be missing after installing, and only there
    ignored = {
        line.rstrip("/")
        for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
        if line.endswith("/")
    }
    for root in ("src/tcosim", "distributions"):
        folders = {path.name for path in (ROOT / root).rglob("*") if path.is_dir()}
        assert folders & (ignored - {"__pycache__"}) == set()

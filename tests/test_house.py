"""What the project promises about itself: its public face, its README, its layers' vocabulary."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import tcosim
from tcosim.kernels import layout
from tcosim.results import schema
from tcosim.units import HOURS_PER_MONTH, HOURS_PER_WEEK

ROOT = Path(__file__).parents[1]


def test_the_public_names_are_these():
    assert sorted(tcosim.__all__) == [
        "InputError", "Problem", "TcosimError", "__version__", "claims", "curve", "diff", "drivers", "load",
        "measuring_traffic", "open_run", "replay", "simulate", "simulate_to_precision", "summarize", "summarize_curve",
        "value", "value_of_statistic", "verify", "write_report", "write_run",
    ]  # fmt: skip
    for name in tcosim.__all__:
        assert getattr(tcosim, name) is not None
    assert set(tcosim.__all__) <= set(dir(tcosim))
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = tcosim.no_such_name


@pytest.mark.parametrize("statement", ["import tcosim", "from tcosim.scenario.load import load; load()"])
def test_light_imports_stay_light(statement):
    heavy = ("numba", "xarray", "altair", "scipy", "pandas")
    code = f"{statement}\nimport sys\nprint([m for m in {heavy!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_kernels_and_results_speak_of_the_same_things():
    assert layout.COMPONENTS == schema.COMPONENTS
    assert (layout.HOURS_PER_MONTH, layout.HOURS_PER_WEEK) == (HOURS_PER_MONTH, HOURS_PER_WEEK)
    assert layout.LANES % schema.SCRAMBLES == 0


def test_the_readme_states_commands_that_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "<!-- test command -->\n```sh\npython3 -m venv .venv && " in readme
    assert "@@" not in readme
    assert "tcosim" in project["scripts"]
    assert "test" in project["optional-dependencies"]
    for line in readme.splitlines():
        if line.startswith("tcosim "):
            command = line.split()[1]
            done = subprocess.run(
                [sys.executable, "-m", "tcosim.cli", command, "--help"], capture_output=True, check=False
            )
            assert done.returncode == 0, line


def test_the_lowest_constraints_are_the_stated_lower_bounds():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    stated = [*project["dependencies"], *extras["dask"], *extras["test"]]
    bounds = dict(item.split(">=") for item in stated if not item.startswith("tcosim["))
    lines = (ROOT / "constraints-lowest.txt").read_text(encoding="utf-8").splitlines()
    tested = dict(line.split("==") for line in lines if "==" in line)
    assert set(tested) == set(bounds)
    for name, version in bounds.items():
        assert tested[name] == version or tested[name].startswith(f"{version}."), name

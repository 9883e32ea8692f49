"""The program starts quickly, loads nothing heavy for its help, and says what it is."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tcosim import __version__

HEAVY = ("numba", "xarray", "altair", "numpy", "scipy", "pydantic", "pandas", "h5netcdf", "vl_convert")


def call(*arguments, **options):
    command = [sys.executable, "-m", "tcosim.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_nothing_heavy_is_imported(arguments):
    heavy = [name for name in HEAVY if name != "pydantic" or arguments[0] != "run"]  # typer itself may use it
    code = (
        "import sys\nfrom tcosim.cli.app import app\n"
        f"try:\n    app({arguments!r})\nexcept SystemExit as leaving:\n    assert not leaving.code\n"
        f"loaded = [name for name in {heavy!r} if name in sys.modules]\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)


def test_importing_the_package_loads_nothing_heavy():
    code = (
        "import sys, tcosim\ntcosim.InputError\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\nassert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)


def test_help_takes_at_most_four_tenths_of_a_second():
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        assert call("--help").returncode == 0
        taken.append(time.perf_counter() - started)
    assert min(taken) <= 0.4


def test_version():
    assert call("--version").stdout == f"tcosim {__version__}\n"


def test_a_misspelled_command_has_a_suggestion():
    result = call("rnu")
    assert result.returncode == 2
    assert "Did you mean 'run'" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [["run", "--nonsense"], ["replay"], ["run", "a", "b"]])
def test_wrong_usage_exits_with_2(arguments):
    result = call(*arguments)
    assert result.returncode == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_no_color_is_respected(tmp_path):
    import os

    environment = {**os.environ, "NO_COLOR": "1", "FORCE_COLOR": "1"}
    assert "\x1b[3" not in call("--help", env=environment).stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /dev/full")
def test_a_full_disk_behind_stdout_is_a_failure():
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "tcosim.cli", "new", "-"]
        result = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert result.returncode == 1
    assert result.stderr == "error: No space left on device\nnothing was written\n"


def test_a_reader_that_leaves_is_no_error():
    command = [sys.executable, "-m", "tcosim.cli", "new", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(60) == 0

"""Helpers beside the test rooms, and the program with a stand-in for its engine."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import pytest
import stub
from typer.testing import CliRunner


@pytest.fixture
def engine(monkeypatch):
    """Stand in for the engine and the curve of a run; call it with another ``simulate`` or ``replay`` to change it."""
    return stub.stand_in(monkeypatch)


@pytest.fixture
def tcosim(tmp_path, monkeypatch):
    """Run the program in an empty folder: ``tcosim("run", "--samples", "10")``."""
    from tcosim.cli.app import app

    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return call

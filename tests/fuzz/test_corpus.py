"""Every input that once broke a reader, and every good one, is read or refused in words; atheris is not needed."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz import inputs, seeds, targets

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "corpus").glob("*/*"))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_broke_a_reader_is_refused_in_words(path: Path) -> None:
    targets.TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", targets.TARGETS)
def test_every_reader_has_good_inputs_and_takes_nothing_and_noise(name: str) -> None:
    good = seeds.seeds(name)
    assert good and all(len(one) <= seeds.longest(name) for one in good)
    assert seeds.words(name)
    noise = bytes(range(256)) * 4
    for data in (good[0], good[0][: len(good[0]) // 2], b"", b"\0", b"\xef\xbb\xbf", noise):
        targets.TARGETS[name](data)


def test_a_finding_is_found() -> None:
    """What a reader may not raise leaves its target: the net has no hole."""
    with pytest.raises(ZeroDivisionError), inputs.refusals():
        _ = 1 / 0


def test_every_folder_of_inputs_belongs_to_a_target() -> None:
    assert {path.parent.name for path in BROKEN} <= set(targets.TARGETS)


# a tool for developers: the test extra does not bring it, the dev extra does, and CI runs this with both
@pytest.mark.skipif(
    find_spec("atheris") is None, reason="atheris is not installed; it has wheels up to Python 3.13"
)
@pytest.mark.parametrize("name", ["toml", "summary"])
def test_the_guided_fuzzer_runs(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz.fuzz", name, "--runs", "400", "--seconds", "20", "--corpus"]
    done = subprocess.run(
        [*command, str(tmp_path / "corpus")], cwd=HERE.parents[1], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Done 400 runs" in done.stderr

"""The readers of a run folder as functions from bytes to nothing, as in `tests.fuzz.targets`.

Each puts its bytes in the place of one file of a small run folder, which is made on the spot.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.fuzz.inputs import file, folder, refusals, text_of


@functools.cache
def run_files() -> dict[str, bytes]:
    """Return the files of a small run folder, made on the spot."""
    from tcosim.analysis.summarize import summarize
    from tcosim.results.write_folder import write_run
    from tcosim.scenario.load import load
    from tcosim.scenario.write import resolved_toml
    from tests.datasets import synthetic

    dataset = synthetic(16, months=3)
    path = write_run(
        folder() / "made",
        dataset,
        scenario_toml=resolved_toml(load()),
        assumptions=_assumptions(),
        summary=summarize(dataset),
    )
    return {file.name: file.read_bytes() for file in sorted(path.iterdir())}


def _assumptions() -> dict[str, object]:
    from tcosim.results.assumptions import assumption_snapshot
    from tcosim.scenario.load import load

    whole = assumption_snapshot(load(), lambda law, at: at)
    return {**whole, "assumptions": whole["assumptions"][:6]}


@functools.cache
def _run() -> Path:
    path = folder() / "run"
    path.mkdir()
    for name, content in run_files().items():
        (path / name).write_bytes(content)
    return path


@contextmanager
def _with_file(name: str, data: bytes) -> Iterator[Path]:
    path = _run()
    (path / name).write_bytes(data)
    try:
        with refusals():
            yield path
    finally:
        (path / name).write_bytes(run_files()[name])


def summary(data: bytes) -> None:
    """The summary of a run folder."""
    from tcosim.results.folder import SUMMARY, _read_json
    from tcosim.results.summary_shape import summary_fault

    with _with_file(SUMMARY, data) as path:
        summary_fault(_read_json(path, SUMMARY))


def assumptions(data: bytes) -> None:
    """The assumptions of a run folder."""
    from tcosim.results.folder import ASSUMPTIONS, _read_assumptions

    with _with_file(ASSUMPTIONS, data) as path:
        _read_assumptions(path)


def checksums(data: bytes) -> None:
    """The checksums of a run folder."""
    from tcosim.results.checksums import damaged
    from tcosim.results.folder import FILES

    with suppress(ValueError):  # the folder's reader takes it
        damaged(_run(), text_of(data), FILES)


def run(data: bytes) -> None:
    """A whole run folder with one of its files replaced, which the first byte chooses."""
    from tcosim.results.folder import open_run

    names = sorted(run_files())
    with _with_file(names[data[0] % len(names) if data else 0], data[1:]) as path:
        open_run(path, verify=bool(data) and data[0] >= 128)


def arrays(data: bytes) -> None:
    """The file of arrays, seen through before any of them is read."""
    from tcosim.results.plain_arrays import NotPlainError, check_plain

    with suppress(
        NotPlainError, OSError, RuntimeError, KeyError, ValueError
    ):  # the folder's reader takes them all
        check_plain(file("arrays.nc", data))


def result(data: bytes) -> None:
    """The arrays of a run folder, read and checked against their schema."""
    from tcosim.results.folder import open_run

    whole = open_run(_run(), verify=False)
    with _with_file("result.nc", data):
        whole.load()

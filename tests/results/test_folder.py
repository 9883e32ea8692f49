"""A run folder is whole or not there, has the same bytes on any day, and damage is found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time

import numpy as np
import pytest
import xarray as xr
from datasets import synthetic

from tcosim.analysis.summarize import summarize
from tcosim.errors import InputError
from tcosim.results import folder
from tcosim.results.folder import CHECKSUMS, FILES, open_run
from tcosim.results.schema import SCHEMA_VERSION
from tcosim.results.target import check_target
from tcosim.results.write_folder import expected_bytes, write_run

ASSUMPTIONS = {"library_sha256": "1" * 64, "assumptions": []}


def write(path, dataset=None):
    dataset = synthetic(200) if dataset is None else dataset
    return write_run(
        path, dataset, scenario_toml="[scenario]\n", assumptions=ASSUMPTIONS, summary=summarize(dataset)
    )


def test_what_is_written_is_read(tmp_path):
    dataset = synthetic(200)
    run = open_run(write(tmp_path / "deep" / "run", dataset))
    assert run.scenario_toml == "[scenario]\n"
    assert run.assumptions == ASSUMPTIONS
    assert run.summary == summarize(dataset)
    xr.testing.assert_identical(run.load(), dataset)
    with run.dataset() as opened:
        assert float(opened["npv"][7, 1]) == float(dataset["npv"][7, 1])
    assert sorted(os.listdir(run.path)) == sorted((*FILES, CHECKSUMS))
    assert os.listdir(tmp_path / "deep") == ["run"]


def test_bytes_do_not_depend_on_the_clock(tmp_path):
    write(tmp_path / "a")
    time.sleep(1.1)
    write(tmp_path / "b")
    for name in (*FILES, CHECKSUMS):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_bytes_do_not_depend_on_the_order_of_variables(tmp_path):
    dataset = synthetic(64)
    write(tmp_path / "a", dataset)
    write(tmp_path / "b", dataset[sorted(map(str, dataset.data_vars))])
    assert (tmp_path / "a/result.nc").read_bytes() == (tmp_path / "b/result.nc").read_bytes()


@pytest.mark.skipif(shutil.which("b2sum") is None, reason="needs b2sum")
def test_checksums_are_those_of_b2sum(tmp_path):
    path = write(tmp_path / "run")
    subprocess.run(["b2sum", "--check", "--strict", "--quiet", CHECKSUMS], cwd=path, check=True)


def test_size_is_foreseen(tmp_path):
    path = write(tmp_path / "run", synthetic(50_000))
    size = sum((path / name).stat().st_size for name in FILES)
    assert expected_bytes(50_000, 4, 3, 36) == pytest.approx(size, rel=0.1)


@pytest.mark.parametrize("make", ["folder", "empty folder", "file", "dangling link"])
def test_a_place_that_is_taken_is_refused_and_left_alone(tmp_path, make):
    path = tmp_path / "run"
    if make == "folder":
        write(path)
    elif make == "empty folder":
        path.mkdir()
    elif make == "file":
        path.write_text("mine")
    else:
        path.symlink_to(tmp_path / "nowhere")
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(InputError, match="must not exist yet"):
        write(path)
    assert sorted(os.listdir(tmp_path)) == before


def test_a_parent_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file"):
        check_target(tmp_path / "file" / "run")
    with pytest.raises(InputError, match="is a file"):
        check_target(tmp_path / "file" / "deeper" / "run")


def test_a_parent_that_cannot_be_written_is_refused(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere; /proc stands in below")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(InputError, match="can be written"):
        check_target(locked / "run")


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
def test_a_file_system_that_refuses_is_found():
    from pathlib import Path

    with pytest.raises(InputError, match="can be written"):
        check_target(Path("/proc/run"))


def test_a_name_that_is_too_long_is_refused(tmp_path):
    with pytest.raises(InputError, match="can be written"):
        check_target(tmp_path / ("x" * 300))


def test_too_little_disk_is_refused_beforehand(tmp_path):
    with pytest.raises(InputError, match="MB on disk"):
        check_target(tmp_path / "run", needed_bytes=10**18)


def test_checking_leaves_nothing_behind(tmp_path):
    check_target(tmp_path / "a" / "b" / "run")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_midway_leaves_nothing(tmp_path, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(folder.checksums, "listing", fail)
    with pytest.raises(KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else InputError):
        write(tmp_path / "run")
    assert os.listdir(tmp_path) == []


def test_a_folder_that_appears_meanwhile_is_left_alone(tmp_path, monkeypatch):
    real = folder.checksums.listing

    def listing(*arguments):
        (tmp_path / "run").mkdir()
        return real(*arguments)

    monkeypatch.setattr(folder.checksums, "listing", listing)
    with pytest.raises(InputError, match="appeared during the run"):
        write(tmp_path / "run")
    assert os.listdir(tmp_path) == ["run"]
    assert os.listdir(tmp_path / "run") == []


def rewrite_checksums(path):
    (path / CHECKSUMS).write_text(folder.checksums.listing(path, FILES))


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(tmp_path, name):
    path = write(tmp_path / "run")
    (path / name).unlink()
    with pytest.raises(InputError, match=f"{name} is missing"):
        open_run(path)


@pytest.mark.parametrize("name", FILES)
def test_one_changed_byte_is_found(tmp_path, name):
    path = write(tmp_path / "run")
    content = bytearray((path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (path / name).write_bytes(content)
    with pytest.raises(InputError, match=name):
        open_run(path)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_truncated_result_is_found_even_without_checksums(tmp_path, share):
    path = write(tmp_path / "run")
    content = (path / "result.nc").read_bytes()
    (path / "result.nc").write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match=r"result\.nc"):
        open_run(path)
    with pytest.raises(InputError, match=r"result\.nc"):
        open_run(path, verify=False).load()


def test_a_result_of_another_shape_is_found(tmp_path):
    path = write(tmp_path / "run")
    xr.Dataset({"x": ("y", np.zeros(3))}).to_netcdf(path / "result.nc", engine="h5netcdf")
    rewrite_checksums(path)
    with pytest.raises(InputError, match="not what its schema says"):
        open_run(path).load()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"schema_version": "1"}', '{"schema_version": true}'])
def test_a_damaged_summary_is_found(tmp_path, text):
    path = write(tmp_path / "run")
    (path / "summary.json").write_text(text)
    rewrite_checksums(path)
    with pytest.raises(InputError, match=r"summary\.json"):
        open_run(path)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"library_sha256": "", "assumptions": [{"input": "x"}]}']
)
def test_damaged_assumptions_are_found(tmp_path, text):
    path = write(tmp_path / "run")
    (path / "assumptions.json").write_text(text)
    rewrite_checksums(path)
    with pytest.raises(InputError, match=r"must be whole: assumptions\.json"):
        open_run(path)


def test_what_is_no_snapshot_is_not_written(tmp_path):
    with pytest.raises(InputError, match="assumptions: must be a snapshot"):
        write_run(tmp_path / "run", synthetic(64), scenario_toml="", assumptions={}, summary={})
    assert os.listdir(tmp_path) == []


def test_a_newer_version_is_refused_by_name(tmp_path):
    path = write(tmp_path / "run")
    summary = json.loads((path / "summary.json").read_text())
    (path / "summary.json").write_text(json.dumps({**summary, "schema_version": SCHEMA_VERSION + 1}))
    with pytest.raises(InputError, match="newer tcosim"):
        open_run(path)


@pytest.mark.parametrize("text", ["nonsense", f"{'0' * 128}  ../summary.json\n", "\0"])
def test_damaged_checksums_are_found(tmp_path, text):
    path = write(tmp_path / "run")
    (path / CHECKSUMS).write_text(text)
    with pytest.raises(InputError, match=CHECKSUMS):
        open_run(path)


def test_something_else_is_no_run_folder(tmp_path):
    with pytest.raises(InputError, match="must exist"):
        open_run(tmp_path / "none")
    with pytest.raises(InputError, match=r"must be a run folder, but scenario\.toml"):
        open_run(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="not a file"):
        open_run(tmp_path / "file")

"""``tcosim report``: which files it writes, and what it refuses before it writes any."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import stub
from typer.testing import CliRunner

from tcosim.cli.app import app
from tcosim.results import checksums
from tcosim.results.folder import CHECKSUMS, FILES

ALL = ("html", "pdf", "md", "json", "png")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run folder, made once."""
    target = tmp_path_factory.mktemp("made") / "here"
    with pytest.MonkeyPatch.context() as monkeypatch:
        stub.stand_in(monkeypatch)
        result = CliRunner().invoke(app, ["run", "--samples", "2e3", "--out", str(target)])
    assert result.exit_code == 0, result.output
    return target


@pytest.fixture
def folder(tcosim, made):
    shutil.copytree(made, "here")
    return Path("here")


def resealed(folder):
    """Make the checksums right again, so that only what is in the files can be found wrong."""
    (folder / CHECKSUMS).write_text(checksums.listing(folder, FILES), encoding="utf-8")


def test_page_and_sheet_are_written_into_the_run_folder(tcosim, folder):
    result = tcosim("report", folder)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == ["here/report.html", "here/report.pdf"]
    assert (folder / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF-")


def test_all_formats_into_another_folder_and_the_run_is_left_alone(tcosim, folder):
    before = {name: (folder / name).read_bytes() for name in os.listdir(folder)}
    result = tcosim("report", folder, "--format", "png, md,json,html,pdf,md", "--out", "a/b")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [f"a/b/report.{name}" for name in ALL]
    assert sorted(os.listdir("a/b")) == sorted(f"report.{name}" for name in ALL)
    assert {name: (folder / name).read_bytes() for name in os.listdir(folder)} == before
    assert Path("a/b/report.png").read_bytes().startswith(b"\x89PNG")
    assert Path("a/b/report.md").read_text(encoding="utf-8").startswith("# ")
    json.loads(Path("a/b/report.json").read_text(encoding="utf-8"))


def test_the_same_run_gives_the_same_bytes(tcosim, folder):
    for out in ("a", "b"):
        assert tcosim("report", folder, "--format", ",".join(ALL), "--out", out).exit_code == 0
    for name in ALL:
        assert Path(f"a/report.{name}").read_bytes() == Path(f"b/report.{name}").read_bytes()


def test_a_report_that_is_there_already_stays(tcosim, folder):
    assert tcosim("report", folder, "--format", "html").exit_code == 0
    again = tcosim("report", folder)
    assert again.exit_code == 0
    assert again.stdout.splitlines() == ["here/report.html (it was there already)", "here/report.pdf"]


def test_another_file_is_replaced_only_if_asked(tcosim, folder):
    (folder / "report.pdf").write_text("mine")
    refused = tcosim("report", folder)
    assert refused.exit_code == 2
    assert (
        "must not exist yet, or hold the same report, got here/report.pdf; say --overwrite" in refused.stderr
    )
    assert not (folder / "report.html").exists()
    assert (folder / "report.pdf").read_text() == "mine"
    assert tcosim("report", folder, "--overwrite").exit_code == 0
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF-")


def test_run_writes_it_on_the_way(tcosim, engine):
    result = tcosim("run", "--samples", "2e3", "--out", "here", "--report")
    assert result.exit_code == 0, result.output
    assert "report: here/report.html" in result.stderr
    assert "report.html" not in result.stdout
    assert Path("here/report.pdf").is_file()


@pytest.mark.parametrize("formats", ["", "doc", ",", "html;pdf"])
def test_unknown_formats(tcosim, folder, formats):
    result = tcosim("report", folder, "--format", formats)
    assert result.exit_code == 2
    assert "--format: must be one or more of html, pdf, md, json, png" in result.stderr
    assert "report.html" not in os.listdir(folder)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--format", "HTML, md"),
        ("--format", "html md"),
        ("--format", "md", "--format", "html"),
        ("--format", "md,,html,"),
    ],
)
def test_formats_as_people_write_them(tcosim, folder, arguments):
    result = tcosim("report", folder, *arguments)
    assert result.stdout.splitlines() == ["here/report.html", "here/report.md"]


def test_a_folder_in_the_way(tcosim, folder):
    (folder / "report.html").mkdir()
    for more in ((), ("--overwrite",)):
        result = tcosim("report", folder, *more)
        assert result.exit_code == 2
        assert "must be a file, this is a folder, got here/report.html" in result.stderr
        assert not (folder / "report.pdf").exists()


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("nowhere", "run: must exist, got nowhere"),
        (".", "must be a run folder, but"),
        ("here/summary.json", "must be a run folder, not a file"),
    ],
)
def test_what_is_no_run_folder(tcosim, folder, target, said):
    result = tcosim("report", target)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("how", ["truncated", "changed", "empty", "gone"])
def test_damaged_files(tcosim, folder, name, how):
    file = folder / name
    content = file.read_bytes()
    if how == "gone":
        file.unlink()
    else:
        half = len(content) // 2
        changed = content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :]
        file.write_bytes({"truncated": content[:half], "changed": changed, "empty": b""}[how])
    result = tcosim("report", folder)
    assert result.exit_code == 2
    assert name in result.stderr
    assert "Traceback" not in result.output
    assert "report.html" not in os.listdir(folder)


@pytest.mark.parametrize("name", ["result.nc", "summary.json", "assumptions.json"])
@pytest.mark.parametrize("content", [b"", b"{}", b"[1, 2]", b"\x89HDF\r\n\x1a\n", b"\xff\xfe"])
def test_damage_that_the_checksums_do_not_show(tcosim, folder, name, content):
    (folder / name).write_bytes(content)
    resealed(folder)
    result = tcosim("report", folder)
    assert result.exit_code == 2
    assert name in result.stderr
    assert "report.html" not in os.listdir(folder)


def test_a_run_of_a_newer_version(tcosim, folder):
    file = folder / "summary.json"
    file.write_text(
        file.read_text(encoding="utf-8").replace('"schema_version": 1', '"schema_version": 99', 1)
    )
    resealed(folder)
    result = tcosim("report", folder)
    assert result.exit_code == 2
    assert "install the newer tcosim" in result.stderr


def test_a_summary_that_lacks_what_a_report_needs(tcosim, folder):
    file = folder / "summary.json"
    summary = json.loads(file.read_text(encoding="utf-8"))
    del summary["curve"], summary["tornado"]
    file.write_text(json.dumps(summary), encoding="utf-8")
    resealed(folder)
    result = tcosim("report", folder)
    assert result.exit_code == 2
    assert "summary.json lacks tornado, curve" in result.stderr


@pytest.mark.parametrize(
    "change",
    [
        {"headline": "api"},
        {"options": []},
        {"months": 99},
        {"tornado": [{"input": "x"}]},
        {"value_of_information": {}},
        {"curve": {"volumes": []}},
        {"samples": None},
    ],
)
def test_a_summary_that_is_not_what_its_schema_says(tcosim, folder, change):
    file = folder / "summary.json"
    summary = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(summary | change), encoding="utf-8")
    resealed(folder)
    result = tcosim("report", folder)
    assert result.exit_code == 2, result.output
    assert "summary.json is not what its schema says" in result.stderr
    assert "report.html" not in os.listdir(folder)


def test_places_that_cannot_be_written(tcosim, folder):
    Path("file").write_text("")
    for out in ("file", "file/below", "/proc/nothing"):
        result = tcosim("report", folder, "--out", out)
        assert result.exit_code == 2, result.output
        assert "out: " in result.stderr
        assert "Traceback" not in result.output


def test_a_summary_without_a_curve_still_makes_a_page(tcosim, folder):
    file = folder / "summary.json"
    summary = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(summary | {"curve": None}), encoding="utf-8")
    resealed(folder)
    result = tcosim("report", folder, "--format", ",".join(ALL))
    assert result.exit_code == 0, result.output
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert 'type="range"' not in page
    assert 'id="chart-saving"' in page

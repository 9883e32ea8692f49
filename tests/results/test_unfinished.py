"""The folder of an unfinished run: whole files or none, one writer, nothing of others touched."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tcosim
from tcosim.errors import InputError
from tcosim.results import unfinished as module
from tcosim.results.folder_lock import LOCK, is_written
from tcosim.results.unfinished import (
    MANIFEST,
    Unfinished,
    finished_path,
    foreign_files,
    unfinished_path,
)

SOURCE = str(Path(tcosim.__file__).parents[1])
ARRAYS = [np.arange(10.0), np.arange(12, dtype=np.float32).reshape(3, 4)[:, 1:3], np.zeros((0, 3))]
LENGTH = 10 * 8 + 6 * 4


@pytest.fixture
def folder(tmp_path):
    made = Unfinished(tmp_path / "run.unfinished")
    yield made
    made.close()


def room():
    """Arrays to read into, one of which is no contiguous memory."""
    return [np.zeros(10), np.zeros((3, 4), np.float32)[:, 1:3]]


def test_what_is_put_is_read(folder):
    file = folder.put("futures-0-10", ARRAYS)
    assert file.stat().st_size == LENGTH
    assert folder.read(file) == b"".join(np.ascontiguousarray(one).tobytes() for one in ARRAYS)
    arrays = room()
    assert folder.fill(file, arrays)
    for array, written in zip(arrays, ARRAYS, strict=False):
        np.testing.assert_array_equal(array, written)
    assert folder.damaged == []
    assert folder.names("futures-") == [file]


def test_a_file_of_another_run_or_another_name_is_not_whole(folder, tmp_path):
    folder.describe({"seed": 1})
    file = folder.put("sums-1", ARRAYS)
    assert folder.read(file) == b"".join(one.tobytes() for one in ARRAYS)
    renamed = file.with_name(file.name.replace("sums-1", "sums-2"))
    renamed.write_bytes(file.read_bytes())
    assert folder.read(renamed) is None
    folder.describe({"seed": 1, "first_futures_digest": "made later"})
    assert folder.read(file) is not None
    folder.describe({"seed": 2})
    assert folder.read(file) is None
    assert not folder.fill(file, room())


@pytest.mark.parametrize("length", [0, 1, 79, 80, 81, 92, LENGTH - 1, LENGTH + 1])
def test_a_file_of_another_length_is_not_whole(folder, length):
    file = folder.put("sums-1", ARRAYS)
    content = file.read_bytes()
    file.write_bytes((content + b"\0")[:length])
    assert folder.read(file) is None
    assert not folder.fill(file, room())
    assert folder.damaged == [file.name] * 2


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, LENGTH - 1), st.integers(0, 7))
def test_a_flipped_bit_is_found(tmp_path_factory, place, bit):
    folder = Unfinished(tmp_path_factory.mktemp("flip") / "run.unfinished")
    file = folder.put("sums-1", ARRAYS)
    content = bytearray(file.read_bytes())
    content[place] ^= 1 << bit
    file.write_bytes(content)
    assert folder.read(file) is None
    assert not folder.fill(file, room())
    folder.close()


def test_a_file_that_is_whole_but_too_short_does_not_fill(folder):
    """Its name is right, and yet it is not what these arrays were written to."""
    for content in ([], ARRAYS[:1]):
        file = folder.put("futures-0-10", content)
        assert folder.read(file) is not None
        assert not folder.fill(file, room())


def test_a_write_that_fails_leaves_nothing(folder):
    def breaks():
        yield ARRAYS[0]
        raise OSError(28, "No space left on device")

    before = os.listdir(folder.path)
    with pytest.raises(OSError, match="No space left"):
        folder.put("sums-1", breaks())
    assert os.listdir(folder.path) == before


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "unreadable name"])
def test_what_is_no_file_is_damaged_and_not_waited_for(folder, tmp_path, kind):
    file = folder.put("sums-1", ARRAYS)
    elsewhere = tmp_path / "elsewhere"
    file.rename(elsewhere)
    if kind == "link":
        file.symlink_to(elsewhere)
    elif kind == "pipe":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    assert folder.read(file) is None
    assert not folder.fill(file, room())
    assert elsewhere.stat().st_size == LENGTH


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": 1, "a": 2}',
        b"[" * 100_000,
        b'{"a": ' * 50_000,
        b"{}" + b" " * module.MOST_TEXT_BYTES,
        b'{"samples": ' + b"9" * 5000 + b"}",
    ],
    ids=range(11),
)
def test_a_damaged_manifest_is_one_clear_error(folder, content):
    (folder.path / MANIFEST).write_bytes(content)
    with pytest.raises(InputError, match=r"run\.json in it cannot be read") as caught:
        folder.manifest()
    assert len(str(caught.value)) < 400


def test_a_manifest_that_is_a_link_or_a_pipe_is_not_read(folder, tmp_path):
    (tmp_path / "other.json").write_text("{}")
    (folder.path / MANIFEST).symlink_to(tmp_path / "other.json")
    with pytest.raises(InputError, match="link"):
        folder.manifest()
    (folder.path / MANIFEST).unlink()
    os.mkfifo(folder.path / MANIFEST)
    with pytest.raises(InputError, match="pipe"):
        folder.manifest()


def test_a_manifest_is_replaced_and_not_written_through_a_link(folder, tmp_path):
    (tmp_path / "other.json").write_text("mine")
    (folder.path / MANIFEST).symlink_to(tmp_path / "other.json")
    folder.describe({"a": 1})
    assert folder.manifest() == {"a": 1}
    assert (tmp_path / "other.json").read_text() == "mine"


def test_a_folder_that_is_a_link_is_refused(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "run.unfinished").symlink_to(tmp_path / "real")
    with pytest.raises(InputError, match="folder that can be written"):
        Unfinished(tmp_path / "run.unfinished")
    assert os.listdir(tmp_path / "real") == []


def test_a_folder_that_cannot_be_made_leaves_no_part_of_it(tmp_path):
    with pytest.raises(InputError, match="File name too long"):
        Unfinished(tmp_path / "a" / "b" / ("x" * 300))
    assert os.listdir(tmp_path) == []


def test_files_of_others_stay(folder):
    folder.describe({})
    folder.put("sums-1", ARRAYS)
    mine = ["notes.txt", "sums-1.txt", f"results.{'0' * 32}", "sums"]
    for name in mine:
        (folder.path / name).write_text("mine")
    (folder.path / f"sums-2.{'0' * 32}").mkdir()
    assert foreign_files(folder.path) == sorted(mine)
    assert [path.name.split(".")[0] for path in folder.names("sums")] == ["sums-1", "sums-2"]
    folder.discard()
    assert sorted(os.listdir(folder.path)) == sorted([*mine, f"sums-2.{'0' * 32}"])


def test_what_a_dead_process_left_half_written_is_swept(folder):
    (folder.path / ".partial-0123456789abcdef").write_text("half")
    whole = folder.put("sums-1", ARRAYS)
    damaged = folder.put("sums-2", ARRAYS)
    damaged.write_bytes(b"")
    folder.read(damaged)
    folder.sweep()
    assert sorted(os.listdir(folder.path)) == sorted([LOCK, whole.name])


def test_discard_removes_the_parents_that_it_made_if_they_are_empty(tmp_path):
    (tmp_path / "there").mkdir()
    path = tmp_path / "there" / "a" / "b" / "run.unfinished"
    first = Unfinished(path)
    first.discard()
    assert os.listdir(tmp_path / "there") == []
    second = Unfinished(path)
    (tmp_path / "there" / "a" / "mine").write_text("")
    second.discard()
    assert [str(one.relative_to(tmp_path)) for one in sorted(tmp_path.rglob("*"))] == [
        "there",
        "there/a",
        "there/a/mine",
    ]


def test_who_has_given_it_up_removes_nothing(tmp_path):
    path = tmp_path / "run.unfinished"
    first = Unfinished(path)
    first.close()
    second = Unfinished(path)
    second.describe({"a": 1})
    first.discard()
    assert second.manifest() == {"a": 1}
    second.close()


@pytest.mark.parametrize("umask", [0o077, 0o022, 0o000])
def test_files_have_the_permissions_that_the_umask_leaves(tmp_path, umask):
    before = os.umask(umask)
    try:
        folder = Unfinished(tmp_path / "deep" / "run.unfinished")
        folder.describe({})
        folder.put("sums-1", ARRAYS)
    finally:
        os.umask(before)
    for path in (tmp_path / "deep").rglob("*"):
        most = 0o777 if path.is_dir() else 0o666
        assert path.stat().st_mode & 0o777 == most & ~umask, path
    folder.close()


@pytest.mark.parametrize(
    ("given", "unfinished", "finished"),
    [
        ("runs/a", "runs/a.unfinished", "runs/a"),
        ("runs/a.unfinished", "runs/a.unfinished", "runs/a"),
        ("a.b", "a.b.unfinished", "a.b"),
        (".unfinished", ".unfinished", ".unfinished"),
    ],
)
def test_names(given, unfinished, finished):
    assert unfinished_path(Path(given)) == Path(unfinished)
    assert finished_path(Path(given)) == Path(finished)


def test_the_working_directory_has_a_name(tmp_path, monkeypatch):
    (tmp_path / "a.unfinished").mkdir()
    monkeypatch.chdir(tmp_path / "a.unfinished")
    assert unfinished_path(Path()) == tmp_path / "a.unfinished"
    assert finished_path(Path()) == tmp_path / "a"
    assert unfinished_path(Path("..")).name.endswith(".unfinished")


def test_a_write_takes_no_memory_of_the_size_of_the_file(folder):
    """A writer copies no more than one piece, here none of 40 MB."""
    import tracemalloc

    array = np.zeros((5_000_000, 1))
    tracemalloc.start()
    try:
        file = folder.put("futures-0-1", [array])
        assert folder.fill(file, [array])
        assert tracemalloc.get_traced_memory()[1] < 4e6
    finally:
        tracemalloc.stop()


def test_the_clock_does_not_matter(folder, monkeypatch):
    """Files from the future, or of 1970, are as whole as any."""
    file = folder.put("sums-1", ARRAYS)
    for when in (0, 4e9):
        os.utime(file, (when, when))
        os.utime(folder.path / LOCK, (when, when))
        monkeypatch.setattr(time, "time", lambda when=when: when)
        assert folder.fill(file, room())
        assert is_written(folder.path)

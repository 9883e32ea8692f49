"""A run folder is data only: links, pipes, packed or borrowed arrays, bombs and lies are refused before reading."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from datasets import synthetic

from tcosim import limits
from tcosim.analysis.summarize import summarize
from tcosim.errors import InputError
from tcosim.results import checksums
from tcosim.results.folder import CHECKSUMS, FILES, LARGEST, open_run
from tcosim.results.write_folder import write_run

ASSUMPTIONS = {"library_sha256": "1" * 64, "assumptions": []}
SOON_SECONDS = 5


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dataset = synthetic(64)
    return write_run(
        tmp_path_factory.mktemp("made") / "run",
        dataset,
        scenario_toml="[scenario]\n",
        assumptions=ASSUMPTIONS,
        summary=summarize(dataset),
    )


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "run"))


def sealed(run: Path) -> Path:
    """Make the checksums anew: whoever changes a folder can do that too."""
    (run / CHECKSUMS).write_text(checksums.listing(run, FILES), encoding="utf-8")
    return run


def refused(run: Path, rule: str, *, load: bool = False) -> None:
    begin = time.monotonic()
    with pytest.raises(InputError, match=rule) as caught:
        opened = open_run(run)
        if load:
            opened.load()
    assert time.monotonic() - begin < SOON_SECONDS
    assert "\n" not in str(caught.value) and all(one.way_out for one in caught.value.problems)


def test_what_is_whole_is_read(run: Path) -> None:
    open_run(sealed(run)).load()


@pytest.mark.parametrize("name", (*FILES, CHECKSUMS))
@pytest.mark.parametrize("kind", ["link", "dangling link", "directory", "pipe"])
def test_only_files_of_its_own_are_read(run: Path, name: str, kind: str) -> None:
    path = run / name
    kept = path.rename(run.parent / name)
    match kind:
        case "link":
            path.symlink_to(kept)
        case "dangling link":
            path.symlink_to("/nowhere")
        case "directory":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
    what = {"directory": "a directory", "pipe": "a pipe"}.get(kind, "a link")
    refused(run, f"{name} must be a file, this is {what}")


@pytest.mark.parametrize("name", (*FILES, CHECKSUMS))
def test_a_file_beyond_its_size_is_not_read(run: Path, name: str) -> None:
    os.truncate(run / name, LARGEST[name] + 1)  # a hole, which takes no room
    refused(run, f"{name} must be smaller than")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("[" * 100_000, "levels deep"),
        ('{"a":' * 200 + "1" + "}" * 200, "levels deep"),
        ('{"seed": 1, "seed": 2}', "'seed' stands twice"),
        ('{"seed": NaN}', "finite numbers, not NaN"),
        ('{"seed": 1e999}', "finite numbers, not 1e999"),
        ('{"seed": ' + "1" * 5000 + "}", "must be JSON"),
        ('{"seed": ' + "1" * 1000 + "}", "over 600 digits"),
        ('{"seed": "\\ud800"}', "whole characters"),
        ('{"\\ud800": 1}', "whole characters"),
        ('{"' + "k" * 300 + '": 1}', "keys of at most 200"),
        ("[]", "states no schema_version"),
    ],
)
@pytest.mark.parametrize("name", ["summary.json", "assumptions.json"])
def test_json_that_is_none_or_goes_on_forever(run: Path, name: str, text: str, rule: str) -> None:
    (run / name).write_text(text, encoding="utf-8")
    is_list = text == "[]" and name == "assumptions.json"
    refused(sealed(run), "does not hold the assumptions" if is_list else rule)


@pytest.mark.parametrize("content", [b"\xff\xfe{}", b"{}\xff", b"\0", b""])
def test_what_is_no_text_is_refused(run: Path, content: bytes) -> None:
    (run / "summary.json").write_bytes(content)
    refused(sealed(run), "summary.json cannot be read")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"options": "api"}, "options must be array"),
        ({"options": [{"name": 1}]}, r"options\[0\]"),
        ({"samples": 0}, "samples lies outside"),
        ({"samples": True}, "samples must be integer"),
        ({"samples": 64.0}, "samples must be integer"),
        ({"months": 10**30}, "months lies outside"),
        ({"seed": None}, "seed must be integer"),
        ({"headline": {"option": "api"}}, "headline"),
        ({"scenario_sha256": "x"}, "scenario_sha256"),
    ],
)
def test_a_summary_of_another_shape_is_refused(run: Path, change: dict[str, Any], place: str) -> None:
    path = run / "summary.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    refused(sealed(run), f"summary.json is not what its schema says.*{place}")


def test_a_summary_of_another_run_is_refused(run: Path) -> None:
    path = run / "summary.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"months": 36', '"months": 12'), encoding="utf-8"
    )
    refused(sealed(run), "its months is not that of summary.json", load=True)


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (lambda text: "", "changed since"),
        (lambda text: text.splitlines(keepends=True)[0], "result.nc changed since"),
        (lambda text: text + text, "two checksums of one file"),
        (lambda text: text + "0" * 128 + "  ../run/summary.json\n", "no checksum line"),
        (lambda text: text + "0" * 128 + "  ..\n", "changed since"),
        (lambda text: text + "0" * 128 + "  a\0b\n", "no checksum line"),
        (lambda text: text + "0" * 128 + "  \n", "no checksum line"),
        (lambda text: text + "0" * 128 + "  zero\n", "zero changed since"),
        (lambda text: text + "0" * 128 + "  pipe\n", "pipe changed since"),
    ],
)
def test_checksums_cover_the_files_of_the_folder(run: Path, edit: Callable[[str], str], rule: str) -> None:
    os.mkfifo(run / "pipe")
    (run / "zero").symlink_to("/dev/zero")
    path = run / CHECKSUMS
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    refused(run, rule)


def _replace(make: Callable[[h5py.File], None]) -> Callable[[h5py.File], None]:
    def change(file: h5py.File) -> None:
        del file["npv"]
        make(file)

    return change


def _packed(file: h5py.File) -> None:
    file.create_dataset("npv", data=np.zeros((64, 4)), compression="gzip")


def _chunked(file: h5py.File) -> None:
    file.create_dataset("npv", shape=(10**12,), dtype="f8", chunks=(10**6,))


def _promised(file: h5py.File) -> None:
    file.create_dataset("npv", shape=(10**12,), dtype="f8")


def _promised_often(file: h5py.File) -> None:
    for number in range(100):
        file.create_dataset(f"npv{number}", shape=(10_000,), dtype="f8")


def _virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout(shape=(64, 4), dtype="f8")
    layout[:] = h5py.VirtualSource("/etc/passwd", "npv", shape=(64, 4))
    file.create_virtual_dataset("npv", layout)


def _elsewhere(file: h5py.File) -> None:
    file.create_dataset("npv", shape=(64, 4), dtype="f8", external=[("/etc/passwd", 0, 2048)])


def _linked(link: object) -> Callable[[h5py.File], None]:
    return lambda file: file.__setitem__("npv", link)


def _typed(dtype: object, shape: tuple[int, ...] = (4,)) -> Callable[[h5py.File], None]:
    return lambda file: file.create_dataset("npv", shape=shape, dtype=dtype) and None


def _long_texts(file: h5py.File) -> None:
    text = "x" * (limits.TEXT_BYTES // 8)
    file.create_dataset("npv", data=[text] * 10, dtype=h5py.string_dtype())


def _many_texts(file: h5py.File) -> None:
    file.create_dataset("npv", data=["x"] * (limits.MOST_TEXTS + 1), dtype=h5py.string_dtype())


def _many(file: h5py.File) -> None:
    for number in range(limits.MOST_VARIABLES):
        file.create_dataset(f"v{number}", data=1.0)


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (_packed, "npv is packed by a filter"),
        (_chunked, "npv is not kept in one piece"),
        (_promised, "with npv it states more values than it has room for"),
        (_promised_often, "states more values than it has room for"),
        (_virtual, "npv is not kept in one piece|elsewhere|another file"),
        (_elsewhere, "npv is kept in another file"),
        (_linked(h5py.ExternalLink("/etc/passwd", "/")), "is a link to somewhere else"),
        (_linked(h5py.SoftLink("/total")), "is a link to somewhere else"),
        (_linked(np.dtype("f8")), "is no array"),
        (lambda file: file.create_group("npv") and None, "is no array"),
        (_typed(h5py.ref_dtype), "values of the type"),
        (_typed(h5py.regionref_dtype), "values of the type"),
        (_typed(h5py.vlen_dtype(np.int32)), "values of the type"),
        (_typed([("a", "f8"), ("b", "i4")]), "values of the type"),
        (_typed("c16"), "values of the type"),
        (_typed("V100"), "values of the type"),
        (_typed("f8", (64, 4, 1)), "npv: has the dimensions|cannot be read|schema"),
        (_long_texts, "texts are longer than 16 MB"),
        (_many_texts, "texts, more than 20000"),
        (_many, "variables, more than 200"),
        (lambda file: file.attrs.__setitem__("note", "x" * 5), ""),
    ],
)
def test_arrays_are_plain_or_not_read(run: Path, make: Callable[[h5py.File], None], rule: str) -> None:
    with h5py.File(run / "result.nc", "a") as file:
        (make if not rule else _replace(make))(file)
    if rule:
        refused(sealed(run), f"result.nc.*({rule})", load=True)
    else:
        open_run(sealed(run)).load()


def test_attributes_are_small_and_plain(run: Path) -> None:
    lists = np.empty(1, h5py.vlen_dtype(np.uint8))
    lists[0] = np.arange(3, dtype=np.uint8)
    for number, (value, rule) in enumerate(
        [
            (np.zeros(7_000), "is too large"),
            (np.zeros(2, [("a", "f8"), ("b", "i4")]), "is no number and no text"),
            (lists, "is no number and no text"),
        ]
    ):
        name = f"odd{number}"
        with h5py.File(run / "result.nc", "a") as file:
            file["npv"].attrs[name] = value
        refused(sealed(run), f"{name}.*of npv {rule}", load=True)
        with h5py.File(run / "result.nc", "a") as file:
            del file["npv"].attrs[name]
    with h5py.File(run / "result.nc", "a") as file:
        file.attrs.update({f"n{number}": number for number in range(80)})
    refused(sealed(run), "more than 64 attributes", load=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("samples", "many"),
        ("samples", [64, 64]),
        ("months", 36.0),
        ("baseline", 3),
        ("seed", -1.5),
        ("samples", 0),
    ],
)
def test_an_attribute_of_another_kind_is_named(run: Path, name: str, value: object) -> None:
    with h5py.File(run / "result.nc", "a") as file:
        file.attrs[name] = value
    refused(sealed(run), f"{name}", load=True)


def test_attributes_do_not_change_values(run: Path) -> None:
    """Units of a calendar and factors are those of other writers; a run's values are what was written."""
    with h5py.File(run / "result.nc", "a") as file:
        before = file["npv"][()]
        file["npv"].attrs["scale_factor"] = 1000.0
        file["npv"].attrs["_FillValue"] = before[0, 0]
        file["cost"].attrs["units"] = "days since 1970-01-01"
    loaded = open_run(sealed(run)).load()
    np.testing.assert_array_equal(loaded["npv"].values, before)
    assert loaded["cost"].dtype == np.float64


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.9])
def test_noise_in_the_arrays_is_refused_or_read_as_numbers(run: Path, share: float) -> None:
    content = bytearray((run / "result.nc").read_bytes())
    rng = np.random.default_rng(int(100 * share))
    for place in rng.integers(0, len(content), 40):
        content[place] = rng.integers(256)
    (run / "result.nc").write_bytes(content[: int(len(content) * (1 - share))])
    try:
        open_run(sealed(run)).load()
    except InputError as error:
        assert "result.nc" in str(error)

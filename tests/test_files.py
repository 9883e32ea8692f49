"""Files that may be anything: only regular ones are read, only so much of them, and only flat JSON."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcosim.files import Unreadable, check_regular, check_shape, decoded, parsed_json, read_bytes, said_bytes
from tcosim.limits import DEEPEST


def refused(read: Callable[[], object]) -> str:
    with pytest.raises(Unreadable) as caught:
        read()
    assert caught.value.rule
    return caught.value.rule


def test_a_file_is_read_whole_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_bytes(path, 5) == b"12345"
    assert check_regular(path) == 5
    assert "smaller than 4 B" in refused(lambda: read_bytes(path, 4))


def test_what_is_no_regular_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "socket"))
        for name, what in (
            ("pipe", "a pipe"), ("folder", "a directory"), ("socket", "a socket"), ("/dev/zero", "a device"),
            ("/dev/full", "a device"), ("missing", "No such file"), ("a\0b", "null"),
        ):  # fmt: skip
            path = tmp_path / name
            assert what in refused(lambda path=path: read_bytes(path, 100))


def test_links_are_followed_unless_they_may_not_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    link, loop = tmp_path / "link", tmp_path / "loop"
    link.symlink_to(tmp_path / "file")
    loop.symlink_to(loop)
    assert read_bytes(link, 1) == b"x"
    assert "a link" in refused(lambda: read_bytes(link, 1, links=False))
    assert "links" in refused(lambda: read_bytes(loop, 1))
    assert "a link" in refused(lambda: read_bytes(loop, 1, links=False))


def test_a_file_that_states_no_size_is_limited_too() -> None:
    path = Path("/proc/self/maps")
    if not path.exists():
        pytest.skip("no /proc on this system")
    assert path.stat().st_size == 0
    assert "smaller than 100 B" in refused(lambda: read_bytes(path, 100))


def test_text_is_utf8_and_a_mark_in_front_is_none_of_it() -> None:
    assert decoded(b"\xef\xbb\xbfa") == "a"
    assert "line 3" in refused(lambda: decoded(b"a\nb\nc\xff"))


def test_levels_are_counted() -> None:
    def nested(levels: int) -> str:
        return '{"a":[' * (levels // 2) + "1" + "]}" * (levels // 2)

    assert parsed_json(nested(DEEPEST - 2))
    assert "levels deep" in refused(lambda: parsed_json(nested(DEEPEST + 2)))
    assert "at most 3 keys" in refused(lambda: check_shape({"a": [1, 2, 3]}, most=3))
    check_shape({"a": [1, 2]}, most=3)


texts = st.text(st.characters(codec="utf-8"), max_size=5)
plain = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    st.recursive(
        plain | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=8,
    )
)
def test_what_json_writes_is_read_as_it_was(content: object) -> None:
    assert parsed_json(json.dumps(content)) == content


@pytest.mark.parametrize(
    ("size", "said"), [(5, "5 B"), (64_000, "64 kB"), (1_000_000, "1 MB"), (16 * 10**9, "16 GB")]
)
def test_sizes_are_said_in_short(size: int, said: str) -> None:
    assert said_bytes(size) == said

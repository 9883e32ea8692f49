"""Good inputs of every reader, cut, doubled and filled with words of its format: read or refused in words."""

from __future__ import annotations

import functools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import seeds, targets

SLOW = {"log": 6, "result": 6, "scenario": 25, "included": 25, "setting": 15}
"""Examples of readers that take ten milliseconds and more; of all others `EXAMPLES`."""
EXAMPLES = 60


@functools.cache
def _seeds(name: str) -> list[bytes]:
    return seeds.seeds(name)


@functools.cache
def _words(name: str) -> list[bytes]:
    return seeds.words(name)


def edited(name: str, data: st.DataObject) -> bytes:
    """Draw a good input with a few edits."""
    content = bytearray(data.draw(st.sampled_from(_seeds(name))))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 12))
        new = data.draw(st.sampled_from(_words(name)) | st.binary(max_size=6))
        content[place : place + length] = new
    return bytes(content)


@pytest.mark.parametrize("name", targets.TARGETS)
def test_an_edited_input_is_read_or_refused(name: str) -> None:
    @settings(
        max_examples=SLOW.get(name, EXAMPLES),
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        targets.TARGETS[name](edited(name, data))

    run()

"""What is allowed but looks like a slip is pointed out, and nothing else."""

from __future__ import annotations

import pytest

from tcosim.scenario.library import Library, default_library
from tcosim.scenario.load import load, load_text
from tcosim.scenario.sanity import warnings
from tests.scenario.conftest import SCENARIO


@pytest.mark.parametrize("name", default_library().scenarios())
def test_the_shipped_scenarios_raise_no_doubt(name: str) -> None:
    assert warnings(load(name)) == ()


@pytest.mark.parametrize(
    ("override", "start", "words"),
    [
        ("volume.tokens_per_month=3", "volume.tokens_per_month: 3 tokens a month", "did you mean 3e9?"),
        ("volume.tokens_per_month=60_000", "volume.tokens_per_month: 60,000 tokens", "with M or B"),
        (
            "option.api.usd_per_million_output=1.5e-5",
            "option.api.route.default.usd_per_million_output: 1.5e-5 USD",
            "did you mean per token?",
        ),
        (
            "option.api.usd_per_million_cached_input=4",
            "option.api.route.default.usd_per_million_cached_input: 4 USD",
            "swapped?",
        ),
        ("option.rented-h100.min_replicas=600", "option.rented-h100.min_replicas", "1,200 GPUs"),
        (
            "option.owned.decode_tokens_per_second=30_000",
            "option.owned.decode_tokens_per_second: 30,000 tokens a second",
            "the prefill rate, 20,000",
        ),
    ],
)
def test_what_looks_like_a_slip_is_one_line(library: Library, override: str, start: str, words: str) -> None:
    assert warnings(load_text(SCENARIO, library=library)) == ()
    (warning,) = warnings(load_text(SCENARIO, overrides=[override], library=library))
    assert warning.startswith(start)
    assert words in warning


def test_what_is_free_is_no_slip(library: Library) -> None:
    free = ["option.api.usd_per_million_output=0", "option.api.usd_per_million_cached_input=0"]
    assert warnings(load_text(SCENARIO, overrides=free, library=library)) == ()

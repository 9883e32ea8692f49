"""The library: found, read strictly, with the closest match for what it does not have."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from tcosim.errors import InputError, TcosimError
from tcosim.scenario.library import Library, default_library
from tests.scenario.conftest import entry

GOOD = entry(
    "people.launch_hours", 'dist = "normal"\np5 = 1\np95 = 3\nlow_limit = 0\nhigh_limit = 9', low=0, high=9
)


def one_entry(tmp_path: Path, text: str) -> Library:
    """A library whose only topic holds this text."""
    (tmp_path / "people.toml").write_text(text)
    (tmp_path / "sources.toml").write_text('[made-up]\ntitle = "Nowhere"\npublisher = "No one"\n')
    return Library(tmp_path)


def test_a_quantity_says_what_it_is_and_where_it_comes_from(tmp_path: Path) -> None:
    library = one_entry(tmp_path, GOOD)
    quantity = library.quantity("people.launch_hours")
    assert quantity.distribution.dist == "normal"
    assert (quantity.unit, quantity.support, quantity.grade) == ("share", (0.0, 9.0), "judgement")
    assert quantity.checked == datetime.date(2026, 1, 1)
    assert library.source(quantity.sources[0]).publisher == "No one"
    assert library.keys() == ("people.launch_hours",)
    library.check()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("p5 = 1", "p5 = 4", "below p95"),
        ("p5 = 1", "p6x = 1", "no parameter"),
        ('unit = "share"', "unit = 3", "unit: must be text"),
        ("support = [0, 9]", "support = [0, 8]", "must contain every value"),
        ("support = [0, 9]", "support = 3", "[lowest, highest]"),
        ("support = [0, 9]", 'support = ["a", "b"]', "two numbers"),
        ('meaning = "For tests."', "", "meaning"),
        ('source = ["made-up"]', "source = 3", "keys of sources.toml"),
        ("checked = 2026-01-01", 'checked = "yesterday"', "must be a date"),
        ('grade = "judgement"', 'grade = "guess"', "measured, published, judgement"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_file(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(InputError) as refused:
        one_entry(tmp_path, GOOD.replace(old, new)).check()
    assert words in str(refused.value)
    assert "people.toml" in str(refused.value)


def test_unknown_keys_have_the_closest_match(library: Library) -> None:
    with pytest.raises(InputError, match=r"did you mean people\.launch_hours"):
        library.quantity("people.lunch_hours")
    with pytest.raises(InputError, match="did you mean office-hours"):
        library.shape("office-hour")
    with pytest.raises(InputError, match="did you mean made-up"):
        library.source("made-op")


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TcosimError, match=r"people\.toml cannot be read"):
        one_entry(tmp_path, "a = = 1").keys()


def test_the_hash_covers_names_and_contents_but_not_line_ends(tmp_path: Path) -> None:
    first = one_entry(tmp_path, GOOD).sha256
    (tmp_path / "people.toml").write_bytes(GOOD.replace("\n", "\r\n").encode())
    assert Library(tmp_path).sha256 == first
    (tmp_path / "people.toml").rename(tmp_path / "persons.toml")
    assert Library(tmp_path).sha256 != first


def test_the_shipped_library_is_sound() -> None:
    library = default_library()
    library.check()
    assert len(library.keys()) > 50
    assert library.scenarios()[0] == "support-assistant"
    for shape in library.shapes.values():
        assert len(shape.values) == 168
        assert sum(shape.values) == pytest.approx(168)


def test_one_unit_has_one_spelling_in_fields_and_library() -> None:
    library = default_library()
    for key, unit in (
        ("gpu.h100.usd_per_gpu_hour_on_demand", "USD/GPU/hour"),
        ("traffic.annual_growth", "share/year"),
        ("api.jumps_per_year", "jumps/year"),
        ("traffic.burst_sigma", "log sd"),
        ("gpu.server_share", "share of GPU price"),  # says more than the field's "share"
    ):
        assert library.quantity(key).unit == unit


def test_a_correlation_of_the_library_is_known_by_its_value(library: Library) -> None:
    assert library.states_correlation("people.engineer_hours_per_month", "people.launch_hours", 0.4)
    assert not library.states_correlation("people.engineer_hours_per_month", "people.launch_hours", 0.5)

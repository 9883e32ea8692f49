"""A figure shows the digits that its interval supports."""

from __future__ import annotations

import math

import pytest

from tcosim.report.words.rounding import (
    last_place,
    percent,
    percent_with_interval,
    share_place,
    spread_place,
    tight,
    usd,
    volume,
)


@pytest.mark.parametrize(
    ("share", "low", "high", "expected"),
    [
        (0.31243, 0.3113, 0.3136, ("31.2 %", "31.1 to 31.4 %")),
        (0.42964, 0.42876, 0.43053, ("43.0 %", "42.8 to 43.1 %")),
        (0.42964, 0.42960, 0.42968, ("43.0 %", "42.9 to 43.0 %")),
        (0.475, 0.316, 0.634, ("48 %", "31 to 64 %")),
        (0.00123, 0.00121, 0.00125, ("0.123 %", "0.121 to 0.125 %")),
        (0.0, 0.0, 3.7e-6, ("0 %", "0 to 0.0004 %")),
        (1.0, 0.9999963, 1.0, ("100 %", "99.9996 to 100 %")),
        (0.004, 0.0, 0.2, ("<1 %", "0 to 20 %")),
        (0.0, 0.0, 0.975, ("0 %", "0 to 98 %")),
    ],
)
def test_probability(share, low, high, expected):
    assert percent_with_interval(share, low, high) == expected


@pytest.mark.parametrize(("share", "expected"), [(1e-9, "<0.1 %"), (1 - 1e-9, ">99.9 %"), (0, "0 %")])
def test_a_share_is_never_rounded_to_the_end(share, expected):
    assert percent(share, -1) == expected


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (-50_039.0, -50_601.0, -49_477.0, "-$50.0 k"),
        (50_039.0, 40_000.0, 60_000.0, "$50 k"),
        (1_234_567.0, 1_234_000.0, 1_235_000.0, "$1.23 M"),
        (1_234_567.0, 1_134_567.0, 1_334_567.0, "$1.2 M"),
        (300.0, -50_000.0, 50_000.0, "$0"),
        (995_000.0, 905_000.0, 1_085_000.0, "$1.00 M"),
        (12.0, 11.0, 13.0, "$12"),
        (12.34, math.nan, math.nan, "$12.3"),
        (-1_234_567.0, math.nan, math.nan, "-$1.23 M"),
        (0.0, math.nan, math.nan, "$0"),
    ],
)
def test_money(value, low, high, expected):
    assert usd(value, low, high) == expected


def test_no_width_supports_no_place():
    assert last_place(1.0, 1.0) is None
    assert last_place(math.nan, 1.0) is None


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        (3e9, "3 billion"),
        (2.5e9, "2.5 billion"),
        (1.25e12, "1.25 trillion"),
        (2e6, "2 million"),
        (500.0, "500"),
        (3e16, "30,000 trillion"),
        (1_234_567_890.0, "1.235 billion"),
    ],
)
def test_volume_reads_as_people_say_it(tokens, expected):
    assert volume(tokens) == expected


def test_tight_has_no_blank():
    assert tight(1_234_567.0) == "1.23M"


@pytest.mark.parametrize(
    ("value", "place", "expected"),
    [
        (821_603.0, 4, "820k"),
        (2_243_881.0, 4, "2.24M"),
        (2_243_881.0, 5, "2.2M"),
        (-2_243_881.0, 5, "-2.2M"),
        (821_603.0, 6, "800k"),  # the leading digit is always shown
        (999_900.0, 3, "1.00M"),
        (1_234_567.0, 0, "1.23M"),  # never more than three
        (0.0034, -5, "0.00340"),
        (0.0, 3, "0"),
    ],
)
def test_tight_down_to_a_place(value, place, expected):
    assert tight(value, place) == expected


def test_more_futures_support_more_digits():
    assert [spread_place(2e5, 2.2e6, n) for n in (20, 2_000, 20_000, 1_000_000)] == [5, 4, 4, 3]
    assert spread_place(1.0, 1.0, 100) is None
    assert [share_place(0.26, n) for n in (100, 20_000, 1_000_000)] == [1, 0, -1]
    assert share_place(1.0, 100) is None

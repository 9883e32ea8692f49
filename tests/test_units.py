"""Numbers as people write and read them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcosim.errors import InputError
from tcosim.units import (
    LARGEST_COUNT,
    format_count,
    format_exact,
    format_percent,
    format_plain,
    format_quantity,
    format_stated,
    format_usd,
    parse_count,
    parse_number,
    parse_suffixed,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e6", 1e6),
        ("1_000_000", 1e6),
        ("2.5B", 2.5e9),
        ("2.5b", 2.5e9),
        ("2.5 G", 2.5e9),
        ("3M", 3e6),
        ("10k", 1e4),
        ("10K", 1e4),
        ("1T", 1e12),
        ("0.2%", 0.002),
        ("20 %", 0.2),
        ("-3", -3.0),
        ("+.5", 0.5),
        ("1.", 1.0),
        (" 7 ", 7.0),
        ("1.5e3k", 1.5e6),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "nan",
        "inf",
        "-inf",
        "1e999",
        "1e99999999999",
        "1__0",
        "1,000",
        "0x10",
        "5kk",
        "5%%",
        "--3",
        "1 2",
        "_1",
    ],
)
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_number(text, "volume")
    problem = refused.value.problems[0]
    assert problem.field == "volume"
    assert problem.value == text
    assert "finite number" in problem.rule
    assert "1e6" in problem.way_out


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_back_exactly(value: float) -> None:
    assert parse_number(repr(value)) == value


@given(st.integers(1, LARGEST_COUNT))
def test_every_count_is_read_back_exactly(value: int) -> None:
    assert parse_count(str(value)) == value


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("abc", "finite number"),
        ("nan", "finite number"),
        ("inf", "finite number"),
        ("1.5", "whole number"),
        ("0", "between 1 and"),
        ("-5", "between 1 and"),
        ("1e300", "between 1 and"),
        ("2e12", "between 1 and"),
    ],
)
def test_a_bad_count_names_field_rule_value_and_way_out(text: str, rule: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_count(text, "--samples")
    problem = refused.value.problems[0]
    assert (problem.field, problem.value) == ("--samples", text)
    assert rule in problem.rule
    assert problem.way_out


def test_a_count_may_have_a_smaller_limit() -> None:
    assert parse_count("10k", largest=10_000) == 10_000
    with pytest.raises(InputError, match="between 1 and 9,999"):
        parse_count("10k", largest=9_999)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "$0"),
        (1.234e6, "$1.23 M"),
        (-41_200, "-$41.2 k"),
        (999.6, "$1.00 k"),
        (999_999, "$1.00 M"),
        (12.34, "$12.3"),
        (0.004567, "$0.00457"),
        (2.5e9, "$2.50 B"),
        (math.nan, "n/a"),
        (math.inf, "unlimited"),
    ],
)
def test_money_has_three_significant_digits(value: float, shown: str) -> None:
    assert format_usd(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (16, "16"), (999, "999"), (10_000, "10.0 k"), (2.5e9, "2.50 B"), (1.5, "1.50"), (-0.0, "0")],
)
def test_counts_have_three_significant_digits(value: float, shown: str) -> None:
    assert format_count(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.3124, "31.2 %"),
        (0, "0.0 %"),
        (1, "100.0 %"),
        (1e-5, "<0.1 %"),
        (0.99999, ">99.9 %"),
        (-1e-5, "0.0 %"),
        (-0.5, "-50.0 %"),
    ],
)
def test_an_uncertain_share_is_never_shown_as_certain(value: float, shown: str) -> None:
    assert format_percent(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(2e9, "2e9"), (1e15, "1e15"), (0.25, "0.25"), (1e-5, "1e-5"), (36, "36")]
)
def test_plain_numbers_are_short_and_can_be_read_again(value: float, shown: str) -> None:
    assert format_plain(value) == shown
    assert parse_number(shown) == value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (-0.0, "0"),
        (2_000, "2,000"),
        (4_200, "4,200"),
        (11_832, "11,800"),
        (0.02241, "0.0224"),
        (-0.35, "-0.35"),
        (999.6, "1,000"),
        (123_456, "123,000"),
        (999_999, "1M"),
        (1.234e6, "1.23M"),
        (2.5e9, "2.5B"),
        (1e15, "1,000T"),
        (1e300, "1e300"),
        (1e-4, "0.0001"),
        (9.999e-5, "0.0001"),
        (5e-5, "5e-5"),
        (5e-324, "4.94e-324"),
        (math.inf, "no limit"),
        (-math.inf, "no lower limit"),
        (math.nan, "n/a"),
    ],
)
def test_quantities_are_written_out(value: float, shown: str) -> None:
    assert format_quantity(value) == shown


@given(st.floats(1e-4, 9.9e5) | st.floats(-9.9e5, -1e-4))
def test_quantities_of_everyday_size_keep_three_digits_and_have_no_exponent(value: float) -> None:
    shown = format_quantity(value)
    assert "e" not in shown
    assert float(shown.replace(",", "")) == float(f"{value:.3g}")
    assert len(shown.strip("-").replace(",", "").replace(".", "").strip("0")) <= 3


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (60000.0, "60,000"), (3e9, "3e9"), (-2.5e9, "-2.5e9"), (1234567, "1,234,567"), (0.25, "0.25"),
        (0.1 + 0.2, "0.3"), (3e-6, "3e-6"), (1e15, "1e15"), (0, "0"), (-0.0, "0"), (math.inf, "inf"),
    ],
)  # fmt: skip
def test_numbers_in_messages_are_written_as_people_state_them(value: float, shown: str) -> None:
    assert format_stated(value) == shown


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_an_exact_number_reads_back(value: float) -> None:
    assert float(format_exact(value)) == value


@pytest.mark.parametrize(
    ("text", "number"), [("3B", 3e9), ("60 %", 0.6), ("10k", 1e4), ("1.5", None), ("", None), ("xB", None)]
)
def test_only_a_suffix_makes_a_quoted_number(text: str, number: float | None) -> None:
    assert parse_suffixed(text) == number

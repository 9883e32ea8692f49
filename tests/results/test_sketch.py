"""Quantiles from counts by bins: exact sums of counts, and errors within the stated bound."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tcosim.analysis.risk import cvar
from tcosim.results import sketch
from tcosim.results.sketch import LEAST, RELATIVE_ERROR, Sketch, merge, quantile

EPSILON = float(np.finfo(float).eps)
SIZES = st.one_of(
    st.floats(-1e15, 1e15),
    st.floats(-10.0, 10.0),
    st.floats(-3e-6, 3e-6),
    st.integers(-3, 3).map(float),
    st.sampled_from([0.0, -0.0, 1e15, -1e15, LEAST, -LEAST, 1e-300, 1.0 - 2**-53]),
)
VALUES = st.lists(SIZES, min_size=1, max_size=60)
PROBABILITIES = (0.0, 0.05, 0.1, 0.5, 0.95, 1.0)


def row(values):
    return Sketch.of(np.array([values], dtype=float))


def as_bytes(found):
    return (
        found.keys.tobytes(),
        found.counts.tobytes(),
        found.counts.shape,
        found.keys.dtype,
        found.counts.dtype,
    )


@st.composite
def tables(draw):
    columns = draw(st.integers(1, 3))
    sizes = draw(st.lists(st.integers(0, 20), min_size=3, max_size=3))
    return [
        np.array(draw(st.lists(SIZES, min_size=columns * n, max_size=columns * n))).reshape(columns, n)
        for n in sizes
    ]


@given(tables())
def test_merging_is_the_same_bytes_in_any_order_and_grouping(parts):
    a, b, c = map(Sketch.of, parts)
    whole = as_bytes(Sketch.of(np.concatenate(parts, axis=1)))
    assert as_bytes(a.merged(b)) == as_bytes(b.merged(a))
    for found in (a.merged(b).merged(c), a.merged(b.merged(c)), c.merged(a).merged(b), merge([b, c, a])):
        assert as_bytes(found) == whole
    assert as_bytes(a.merged(Sketch.empty(len(parts[0])))) == as_bytes(a)


def bound(values, probability):
    """What is promised for the error of a quantile, and rounding."""
    ordered = np.sort(values)
    place = probability * (len(ordered) - 1)
    rank = math.floor(place)
    lower, upper = abs(ordered[rank]), abs(ordered[min(rank + 1, len(ordered) - 1)])
    size = (1 - (place - rank)) * lower + (place - rank) * upper
    return RELATIVE_ERROR * size + LEAST + 8 * EPSILON * (lower + upper)


@given(VALUES)
def test_quantiles_are_those_of_numpy_within_the_stated_error(values):
    found = quantile(row(values), 0, PROBABILITIES)
    expected = np.quantile(values, PROBABILITIES)
    for p, one, other in zip(PROBABILITIES, found, expected, strict=True):
        assert abs(one - other) <= bound(np.array(values), p)


@given(st.lists(st.floats(1.0, 1e15), min_size=1, max_size=60), st.booleans(), st.floats(0, 1))
def test_with_one_sign_the_error_is_a_share_of_the_quantile_itself(values, turned, p):
    signed = [-value for value in values] if turned else values
    expected = np.quantile(signed, p)
    assert abs(quantile(row(signed), 0, p) - expected) <= (RELATIVE_ERROR + 16 * EPSILON) * abs(expected)


def worst_error(values):
    """Largest distance of a value from what stands for its bin, as a share of the value."""
    return float(np.max(np.abs(sketch.representative(sketch.bin_keys(values)) - values) / np.abs(values)))


def test_the_error_is_the_stated_one_and_bins_twice_as_wide_would_break_it(monkeypatch):
    rng = np.random.default_rng(3)
    values = rng.choice([-1.0, 1.0], 20_000) * np.exp(rng.uniform(np.log(LEAST), np.log(1e15), 20_000))
    values[:100] = 2.0 ** np.arange(-19, 81)  # the lower ends of bins are the worst
    assert worst_error(values) == RELATIVE_ERROR
    dropped = 52 - (sketch.BITS - 1)
    monkeypatch.setattr(sketch, "_DROPPED", dropped)
    monkeypatch.setattr(sketch, "_SIZE", (1 << (63 - dropped)) - 1)
    monkeypatch.setattr(sketch, "_BEFORE", (int(np.float64(LEAST).view(np.int64)) >> dropped) - 1)
    assert worst_error(values) > 1.9 * RELATIVE_ERROR


def test_bins_are_those_of_the_bits_on_any_processor():
    """Whole numbers that may never change: files hold them."""
    an_octave, one = 2**sketch.BITS, 20 * 2**sketch.BITS + 1
    values = [0.0, -0.0, LEAST, np.nextafter(LEAST, 0), 1.0, 1.5, np.nextafter(2.0, 0), 2.0, -1.0, -1.5]
    expected = [0, 0, 1, 0, one, one + an_octave // 2, one + an_octave - 1, one + an_octave, -one]
    assert sketch.bin_keys(values).tolist() == [*expected, -one - an_octave // 2]
    assert sketch.bin_keys([np.finfo(float).max]) == sketch._MOST


@given(st.lists(SIZES, min_size=1, max_size=40, unique=True))
def test_keys_rise_with_the_values_and_edges_hold_them(values):
    ordered = np.sort(values)
    keys = sketch.bin_keys(ordered)
    assert (np.diff(keys) >= 0).all()
    for key, value in zip(map(int, keys), ordered, strict=True):
        low, high = sketch.edges(key)
        assert low <= value <= high if key else abs(value) < LEAST
        assert low <= sketch.representative(key) <= high


@given(VALUES, st.sampled_from([0.05, 0.1, 0.5, 1.0]))
def test_the_mean_of_the_tail_is_within_the_stated_error(values, tail):
    found = sketch.mean_beyond(row(values), 0, tail)
    ordered = np.sort(values)[::-1]
    weights = np.clip(max(1.0, round(tail * len(values), 9)) - np.arange(len(values)), 0, 1)
    size = float(np.abs(ordered) @ weights / weights.sum())
    assert abs(found - cvar(values, tail)) <= RELATIVE_ERROR * size + LEAST + 1e-13 * size


@given(VALUES, SIZES)
def test_counts_above_a_number_hold_the_true_one(values, threshold):
    least, likely, most = sketch.counted_above(row(values), 0, threshold)
    assert least <= likely <= most
    tiny = max(LEAST, abs(threshold) * EPSILON)
    above = sum(value > threshold + tiny for value in values)
    assert above <= most
    assert least <= sum(value > threshold - tiny for value in values)
    if abs(threshold) > LEAST:
        assert least <= sum(value > threshold for value in values) <= most


def test_what_is_no_saving_is_not_above_zero():
    values = row([0.0] * 30 + [5.0] * 10 + [-5.0] * 20)
    assert sketch.counted_above(values, 0, 0.0) == (10, 10.0, 10)
    assert sketch.counted_above(values, 0, -1e-9) == (40, 40.0, 40)


@pytest.mark.parametrize("n", [20_000, 500_000])
def test_quantiles_and_tail_of_a_normal(n):
    """Against the closed form, by the standard error; the neighbouring percentile would be seen."""
    mean, sd = 2e5, 1e5
    draws = mean + sd * np.random.default_rng(4).standard_normal((1, n))
    found = merge([Sketch.of(part) for part in np.array_split(draws, 7, axis=1)])
    for p in (0.05, 0.5, 0.95):
        point = stats.norm.ppf(p)
        error = sd * np.sqrt(p * (1 - p) / n) / stats.norm.pdf(point)
        assert abs(quantile(found, 0, p) - (mean + sd * point)) < 4 * error + RELATIVE_ERROR * abs(
            mean + sd * point
        )
        assert abs(quantile(found, 0, p + 0.02) - (mean + sd * point)) > 4 * error
    point = stats.norm.ppf(0.95)
    tail = stats.norm.pdf(point) / 0.05
    error = sd * np.sqrt((1 + point * tail - tail**2 + 0.95 * (tail - point) ** 2) / (0.05 * n))
    assert abs(sketch.mean_beyond(found, 0, 0.05) - (mean + sd * tail)) < 4 * error


@given(VALUES)
def test_turning_the_signs_twice_changes_nothing(values):
    found = row(values)
    assert as_bytes(found.negated().negated()) == as_bytes(found)
    assert as_bytes(found.negated()) == as_bytes(row([-value for value in values]))


def test_one_column_holds_no_bins_of_the_others():
    both = Sketch.of(np.array([[1.0, 2.0, 2.0], [-4.0, 8.0, 2.0]]))
    assert as_bytes(both.column(1)) == as_bytes(row([-4.0, 8.0, 2.0]))
    assert len(both.keys) == 4


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="not finite"):
        Sketch.of(np.array([[1.0, value]]))


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(ValueError, match=r"\[1, 2\] columns"):
        Sketch.empty(1).merged(Sketch.empty(2))
    with pytest.raises(ValueError, match="no quantiles"):
        quantile(Sketch.empty(1), 0, 0.5)
    with pytest.raises(ValueError, match="no mean"):
        sketch.mean_beyond(Sketch.empty(1), 0, 0.05)
    with pytest.raises(ValueError, match="from 0 to 1"):
        quantile(row([1.0]), 0, 1.5)


def test_room_is_bounded_by_the_octaves_not_by_the_values():
    rng = np.random.default_rng(5)
    few, many = (Sketch.of(rng.uniform(-1e6, 1e6, (1, n))) for n in (100_000, 1_000_000))
    octaves = math.log2(1e6 / LEAST) + 1
    assert len(few.keys) < len(many.keys) < 2 * 2**sketch.BITS * octaves + 1
    assert many.counts.sum() == 1_000_000

"""Bins of round width, zero an edge, nothing lost."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tcosim.report.words.histogram import bins


@example(values=[0.0, 2.2250738585072014e-308], about=2)
@example(values=[1.0, 1.0 + 2.220446049250313e-16], about=40)
@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=300), st.integers(2, 40))
def test_every_value_is_in_one_bin(values, about):
    found = bins(values, about)
    assert sum(one.share for one in found) == pytest.approx(1)
    assert all(one.high == after.low for one, after in pairwise(found))
    assert len(found) <= 2 * about + 4
    for one in found:
        if one.low < one.high and math.isfinite(one.low + one.high):
            inside = sum(one.low <= value < one.high for value in values)
            assert one.share == pytest.approx(inside / len(values))


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=100, unique=True))
def test_no_bin_mixes_losses_and_savings(values):
    for one in bins(values):
        if one.low < one.high and not (math.isinf(one.low) or math.isinf(one.high)):
            assert one.low >= 0 or one.high <= 0 or max(values) - min(values) < 1e-9


def test_edges_are_round():
    found = bins(np.random.default_rng(0).normal(50_000, 250_000, 100_000))
    edges = [one.low for one in found if math.isfinite(one.low)]
    assert 0.0 in edges
    assert all(edge % 100_000 == 0 for edge in edges)
    assert 8 <= len(found) <= 16


def test_one_value_has_one_bin():
    assert [(one.low, one.high, one.share) for one in bins([5.0, 5.0])] == [(5.0, 5.0, 1.0)]


def test_values_apart_by_next_to_nothing_have_one_bin():
    assert [one.share for one in bins([0.0, 5e-324])] == [1.0]


def test_a_long_tail_goes_into_an_open_bin():
    found = bins([*np.linspace(0, 1, 1000), 1e9])
    assert found[-1].high == math.inf
    assert found[-1].share > 0

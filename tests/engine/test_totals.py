"""Sums over futures are the same bytes in whatever blocks and order they are added up."""

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcosim.engine.block import Block
from tcosim.engine.pack import pack
from tcosim.engine.totals import Totals, block_totals
from tcosim.kernels.layout import LANES
from tests.engine.scenarios import scenario

GROUPS = 13
MONTHS = 2
SCRAMBLES = 16
FIGURES = ("components", "total", "use", "tokens", "npv", "futures", "beats", "cheapest", "paid_back")


@cache
def packed():
    built = scenario("rented", "owned", months=MONTHS)
    return built, pack(built)


@cache
def futures():
    """A block with numbers of very different size, which add up to other bytes in another order."""
    built, packing = packed()
    block = Block.room(built, packing, GROUPS * LANES)
    rng = np.random.default_rng(7)
    for array in (block.components, block.use, block.tokens, block.costs, block.cumulated):
        array[...] = rng.standard_normal(array.shape) * np.exp(rng.uniform(-8, 8, array.shape))
    return block


def totals_of(first, end):
    """Sums over some futures, as a thread makes them of its block: padded to whole groups."""
    _, packing = packed()
    whole, padded = futures(), -(-(end - first) // LANES) * LANES
    where = slice(first, first + padded)
    block = Block(
        **{
            name: getattr(whole, name)
            for name in Block.__dataclass_fields__
            if name not in ("components", "use", "tokens", "costs", "cumulated")
        },
        components=np.ascontiguousarray(whole.components[..., where]),
        use=np.ascontiguousarray(whole.use[..., where]),
        tokens=np.ascontiguousarray(whole.tokens[where]),
        costs=np.ascontiguousarray(whole.costs[:, where]),
        cumulated=np.ascontiguousarray(whole.cumulated[:, where]),
    )
    order = packing.order
    npv, total = block.components.sum(axis=1)[order], block.costs.sum(axis=2)[order]
    return block_totals(first, block, order, npv, total, 0, end - first, eligible=np.ones(len(order), bool))


def added(pieces):
    found = Totals(pieces[0].shape)
    for piece in pieces:
        found.add(piece)
    return found


def figures(totals):
    return {name: np.asarray(getattr(totals, name)).tobytes() for name in FIGURES}


@st.composite
def cuts(draw):
    """A number of futures, cut into blocks of whole groups, in any order; each block may come in parts of its own."""
    count = draw(st.integers(1, GROUPS * LANES))
    groups = -(-count // LANES)
    inside = sorted(draw(st.sets(st.integers(1, max(1, groups - 1)), max_size=groups)))
    ends = [min(end * LANES, count) for end in inside if end < groups] + [count]
    pieces = list(zip([0, *ends], ends, strict=False))
    return count, draw(st.permutations(pieces)), draw(st.lists(st.integers(0, 2), min_size=1, max_size=20))


def in_any_grouping(pieces, groups):
    """Add up some of the pieces with each other before the rest."""
    bins = {}
    for piece, group in zip(pieces, groups * len(pieces), strict=False):
        bins.setdefault(group, []).append(totals_of(*piece))
    return added([added(parts) for parts in bins.values()])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cuts())
def test_any_order_and_grouping_gives_the_same_bytes(cut):
    count, pieces, groups = cut
    assert figures(in_any_grouping(pieces, groups)) == figures(totals_of(0, count))


def test_a_sum_in_the_order_of_arrival_does_not():
    """What the test above can see: the same numbers, added one after the other, depend on the order."""
    pieces = [totals_of(g * LANES, (g + 1) * LANES).components for g in range(GROUPS)]
    assert sum(pieces[1:], pieces[0]).tobytes() != sum(pieces[-2::-1], pieces[-1]).tobytes()


@pytest.mark.parametrize("count", [1, 255, 256, 257, 3000, GROUPS * LANES])
def test_figures_are_the_exact_sums_to_rounding(count):
    block, (_, packing) = futures(), packed()
    totals = added([totals_of(first, min(first + LANES, count)) for first in range(0, count, LANES)])
    within = 64 * np.finfo(float).eps
    for found, of in (
        (totals.components, block.components),
        (totals.use, block.use),
        (totals.tokens, block.tokens.sum(axis=1)),
        (totals.total, block.costs.sum(axis=2)[packing.order]),
    ):
        values = of[..., :count].reshape(-1, count)
        exact = np.array([math.fsum(row) for row in values])
        size = np.array([math.fsum(abs(row)) for row in values])
        assert (abs(np.ravel(found) - exact) <= within * size).all()
    npv = block.components.sum(axis=1)[packing.order][:, :count]
    for r in range(SCRAMBLES):
        for option, row in enumerate(npv[:, r::SCRAMBLES]):
            assert totals.npv[r, option] == pytest.approx(math.fsum(row), abs=within * math.fsum(abs(row)))
    assert totals.futures.sum() == count
    assert (totals.cheapest.sum(axis=1) == totals.futures).all()
    assert (totals.paid_back.sum(axis=2) == totals.beats).all()
    np.testing.assert_array_equal(totals.beats.sum(axis=0), (npv < npv[0]).sum(axis=1))


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.integers(1, 1500), st.randoms(use_true_random=False))
def test_the_sums_held_stay_few(groups, random):
    """In order at most one for each binary digit; in any order no two that could be added."""
    totals = Totals((1, 1, 1, 1, 1))
    one = np.ones(totals.sums_length)
    for index in range(groups):
        totals.add_node((0, index), one)
        assert len(totals.nodes) <= (index + 1).bit_count()
    assert totals.tokens == groups
    shuffled = Totals((1, 1, 1, 1, 1))
    for index in random.sample(range(groups), groups):
        shuffled.add_node((0, index), one)
    assert sorted(shuffled.nodes) == sorted(totals.nodes)

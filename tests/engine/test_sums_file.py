"""Sums on the disk come back as they were, and what no run can come to is refused."""

import numpy as np
import pytest

from tcosim.engine import shards, sums_file
from tcosim.engine.part import Part, Sketches
from tcosim.engine.shards import cut, ranges_left, united
from tcosim.engine.simulation import Simulation
from tcosim.engine.sums_file import nodes_of, packed, unpacked
from tcosim.engine.threads import blocks
from tcosim.engine.totals import Totals
from tests.engine.scenarios import scenario

SHARD, SAMPLES = 512, 4000
"""Eight shards, the last of which ends within a group of 256."""


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Shards of two groups."""
    for room in (shards, sums_file):
        monkeypatch.setattr(room, "SHARD_FUTURES", SHARD)


def state():
    """What some shards came to, as a file of sums and what it takes to read it."""
    job = Simulation(scenario("rented", months=1, volume=2e10), 5, is_sketched=True)
    covered = [(0, 2 * SHARD), (3 * SHARD, 4 * SHARD)]
    totals, sketches = None, Sketches()
    for first, _ in blocks(covered, 256):
        part = job.work(first, job.points(first, 256), 256)
        if totals is None:
            totals = Totals(part.totals.shape)
        totals.add(part.totals)
        sketches.add(part.sketches)
    empty = Part(Totals(totals.shape), Sketches(), None)
    return covered, totals, sketches, empty


def read(arrays, empty, samples=SAMPLES, is_sketched=True):
    content = b"".join(np.ascontiguousarray(one).tobytes() for one in arrays)
    return unpacked(content, empty, samples, is_sketched=is_sketched)


def test_sums_come_back_as_they_were():
    covered, totals, sketches, empty = state()
    found, of_totals, of_sketches = read(packed(covered, totals, sketches), empty)
    assert found == covered
    assert of_totals.counts.tobytes() == totals.counts.tobytes()
    assert {key: row.tobytes() for key, row in of_totals.nodes.items()} == {
        key: row.tobytes() for key, row in totals.nodes.items()
    }
    assert of_sketches.merged().counts.tobytes() == sketches.merged().counts.tobytes()
    assert of_sketches.merged().keys.tobytes() == sketches.merged().keys.tobytes()


HUGE = [-1, 2**40, 2**63 - 1, -(2**63)]


def test_sums_that_no_run_can_come_to_are_refused():
    """Whatever number of the file is another one: it is refused, and takes no memory nor time."""
    covered, totals, sketches, empty = state()
    for place, array in enumerate(packed(covered, totals, sketches)):
        for at in sorted({0, array.size // 2, array.size - 1}):
            for value in HUGE if array.dtype == np.int64 else [np.nan, np.inf, -np.inf]:
                changed = [one.copy() for one in packed(covered, totals, sketches)]
                changed[place].reshape(-1)[at] = value
                assert read(changed, empty) is None, (place, at, value)
    assert read(packed(covered, totals, sketches), empty) is not None


@pytest.mark.parametrize(
    "ranges",
    [
        [(0, 2 * SHARD)],
        [(0, 2 * SHARD), (2 * SHARD, 4 * SHARD)],
        [(3 * SHARD, 4 * SHARD), (0, 2 * SHARD)],
        [(0, 2 * SHARD), (SHARD, 4 * SHARD)],
        [(0, 3 * SHARD)],
        [(0, 2 * SHARD), (3 * SHARD, 4 * SHARD + 16)],
        [(256, 2 * SHARD + 256), (3 * SHARD, 4 * SHARD)],
        [],
    ],
)
def test_other_ranges_than_those_that_were_summed_are_refused(ranges):
    _, totals, sketches, empty = state()
    assert read(packed(ranges, totals, sketches), empty) is None


def test_sums_of_a_run_of_another_length_or_shape_are_refused():
    covered, totals, sketches, empty = state()
    arrays = packed(covered, totals, sketches)
    assert read(arrays, empty, samples=4 * SHARD - 1) is None
    assert read(arrays, empty, is_sketched=False) is None
    assert read(packed(covered, totals, Sketches()), empty) is None
    assert read(arrays, Part(Totals((3, *totals.shape[1:])), Sketches(), None)) is None
    content = b"".join(np.ascontiguousarray(one).tobytes() for one in arrays)
    for end in (0, 8, 31, 32, 40, len(content) - 8, len(content) - 1):
        assert unpacked(content[:end], empty, SAMPLES, is_sketched=True) is None


@pytest.mark.parametrize("ends", [[(0, 4000)], [(512, 1024)], [(0, 512), (1536, 3584)], [(2560, 4000)]])
def test_the_nodes_of_some_futures_are_those_that_sums_have(ends):
    totals = Totals((1, 1, 1, 1, 1))
    one = np.ones(totals.sums_length)
    for first, end in ends:
        for index in range(first // 256, -(-end // 256)):
            totals.add_node((0, index), one)
    assert nodes_of(ends) == sorted(totals.nodes)


def test_what_is_left_is_what_is_not_covered():
    rng = np.random.default_rng(1)
    for _ in range(200):
        whole_shards = [(at, at + SHARD) for at in range(0, 8 * SHARD, SHARD) if rng.random() < 0.5]
        first, end = sorted(int(at) * 256 for at in rng.integers(0, 17, 2))
        left = ranges_left(first, end, united(whole_shards))
        there = np.zeros(8 * SHARD, int)
        for start, stop in whole_shards:
            there[start:stop] = 1
        wanted = np.zeros(8 * SHARD, int)
        wanted[first:end] = 1 - there[first:end]
        for start, stop in left:
            assert start < stop
            assert start // SHARD == (stop - 1) // SHARD
            wanted[start:stop] -= 1
        assert not wanted.any()
        assert cut(left) == left

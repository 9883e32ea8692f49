"""A budget of memory is kept to by fewer threads and smaller blocks; one that is too small is told the least."""

import re

import pytest

from tcosim.engine import memory
from tcosim.engine.memory import MemoryPlan, plan_memory
from tcosim.errors import InputError
from tcosim.kernels.layout import LANES
from tests.engine.scenarios import every_kind, scenario

HELD = 250_000_000


@pytest.fixture(autouse=True)
def steady(monkeypatch):
    """A process of the same size in every test."""
    monkeypatch.setattr(memory, "resident_bytes", lambda: HELD)
    monkeypatch.setattr(memory, "usable_processors", lambda: 8)


@pytest.fixture(scope="module", params=["one fleet", "every kind"])
def built(request):
    return scenario("rented", months=1) if request.param == "one fleet" else every_kind(months=36)


def plan(built, budget, samples=10**6, **how):
    return plan_memory(built, samples, budget, volumes=26, **how)


def least(built, **how):
    """What the refusal names, in bytes."""
    with pytest.raises(InputError) as caught:
        plan(built, 1_000_000, **how)
    found = re.search(r"must be at least ([\d,]+) MB", str(caught.value))
    return int(found[1].replace(",", "")) * 10**6


@pytest.mark.parametrize(
    "how", [{}, {"samples": 2000}, {"samples": 10**9}, {"workers": 3}, {"threads": 1}], ids=str
)
def test_the_least_that_is_named_is_the_least_that_works(built, how):
    named = least(built, **how)
    found = plan(built, named, **how)
    assert found.threads >= 1
    assert found.block_futures >= LANES
    with pytest.raises(InputError):
        plan(built, named - 2 * memory.MARGIN_BYTES, **how)


def room(found):
    return found.threads * found.block_futures


def test_more_memory_is_never_used_worse(built):
    budget, before = least(built), None
    while budget < 4e9:
        found = plan(built, budget)
        if before is not None:
            assert found.threads >= before.threads
            assert found.curve_threads >= before.curve_threads
            if found.threads == before.threads == 8:
                assert found.block_futures >= before.block_futures
        budget, before = int(budget * 1.15), found
    assert before == MemoryPlan(8, 1024, 8)


def test_more_futures_than_are_kept_take_no_more(built):
    assert least(built, samples=10**9) == least(built, samples=10**6 + 1)
    assert least(built, samples=10**6) < least(built, samples=10**6 + 1) < least(built, samples=10**6) + 100e6
    assert least(built, samples=10**5) < least(built, samples=10**6)


@pytest.mark.parametrize("threads", [1, 2, 1024])
def test_no_more_threads_than_were_asked_for(built, threads):
    found = plan(built, 10**13, threads=threads)
    assert (found.threads, found.curve_threads) == (threads, threads)


def test_workers_share_what_is_left(built):
    named = least(built, workers=4)
    assert plan(built, named, workers=4).worker_bytes >= memory.WORKER_BYTES
    more = plan(built, named + 4 * 10**9, workers=4)
    assert more.worker_bytes == pytest.approx(plan(built, named, workers=4).worker_bytes + 10**9, abs=2)
    assert least(built, workers=8) > named + 3 * memory.WORKER_BYTES


def test_what_is_reserved_for_kept_futures_is_what_they_take():
    """The arrays of a run, counted without making them."""
    from tcosim.engine.kept import Kept

    for samples in (1, 1000, 70_000):
        kept = Kept.empty(0, samples, 3, 12, 20)
        taken = sum(getattr(kept, name).nbytes for name in Kept.__dataclass_fields__ if name != "first")
        assert memory._kept_bytes(samples, 3, 12, 20) == taken


def test_this_process_has_a_size(monkeypatch):
    monkeypatch.undo()
    assert 20e6 < memory.resident_bytes() < 20e9

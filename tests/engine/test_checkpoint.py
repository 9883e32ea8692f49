"""A run that dies and goes on ends with the same bytes, and none goes on with the blocks of another."""

import contextlib
import errno
import json
import threading
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tcosim.engine import checkpoint as module
from tcosim.engine import kept, run, shard_files, shards, simulate, sums_file
from tcosim.engine.checkpoint import Checkpoint
from tcosim.engine.identity import identity
from tcosim.engine.part import Part, Sketches
from tcosim.engine.shards import cut, ranges_left, united
from tcosim.engine.simulation import Simulation
from tcosim.engine.sums_file import nodes_of, packed, unpacked
from tcosim.engine.threads import Threads, blocks
from tcosim.engine.totals import Totals
from tcosim.errors import Cancelled, InputError, TcosimError
from tcosim.results import dataset, validity
from tcosim.results.unfinished import Unfinished
from tcosim.studies import precision
from tests.engine.scenarios import scenario

SHARD, KEPT, COSTS = 512, 2048, 768
SAMPLES, SEED = 4000, 5
"""Eight shards, the last of which ends within a group of 256."""


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Shards of two groups, and a run that keeps half of its futures."""
    for room in (module, shards, sums_file):
        monkeypatch.setattr(room, "SHARD_FUTURES", SHARD)
    for room in (kept, run, shard_files, dataset, validity):
        monkeypatch.setattr(room, "KEPT_FUTURES", KEPT)
    for room in (kept, run):
        monkeypatch.setattr(room, "COST_FUTURES", COSTS)


@cache
def built():
    return scenario("rented", months=1, volume=2e10)


WHOLE = {}


def whole(samples=SAMPLES):
    """The run without a break."""
    if samples not in WHOLE:
        WHOLE[samples] = simulate(built(), samples=samples, seed=SEED)
    return WHOLE[samples]


def assert_same_bytes(first, second):
    assert set(first.variables) == set(second.variables)
    for name in first.variables:
        assert first[name].values.tobytes() == second[name].values.tobytes(), name
    assert first.attrs == second.attrs


class Shuffled:
    """Gives pieces of the ranges in any order, as a cluster does; breaks off after so many."""

    def __init__(self, seed, breaks_after=None):
        self.rng, self.left = np.random.default_rng(seed), breaks_after

    def run(self, job, ranges, *, cancel=None):
        tasks = [task for one in ranges for task in blocks([one], int(self.rng.choice([256, 512])))]
        for at in self.rng.permutation(len(tasks)):
            if self.left is not None:
                if not self.left:
                    raise Cancelled("broken off")
                self.left -= 1
            first, end = tasks[at]
            parts = [
                job.work(start, job.points(start, -(-(stop - start) // 256) * 256), stop - start)
                for start, stop in blocks([(first, end)], 256)
            ]
            yield (first, end), job.join(parts)


def attempt(path, on, samples=SAMPLES, told=None):
    """One process's try at the run: what it comes to, or None if it was broken off."""
    folder = Unfinished(Path(path))
    asked = identity(built(), samples, SEED)
    if folder.manifest() is None:
        folder.describe(asked)
    try:
        with Checkpoint(folder, told=told) as blocks_kept:
            one = run.Run(built(), most=samples, seed=SEED, on=on, checkpoint=blocks_kept)
            restored = blocks_kept.restored
            try:
                one.extend(samples)
            except Cancelled:
                blocks_kept.flush()
                return None, restored
            return one.dataset(), restored
    finally:
        folder.close()


def sums_of(path):
    (file,) = Path(path).glob("sums-*")
    return file


@pytest.mark.parametrize("samples", [1800, SAMPLES], ids=["all kept", "with sketches"])
@pytest.mark.parametrize("threads", [1, 3])
def test_a_run_stopped_after_every_shard_has_the_same_bytes(tmp_path, samples, threads):
    path = tmp_path / "run.unfinished"
    for upto in [*range(SHARD, samples, SHARD), None]:
        stop = threading.Event()

        def progress(done, _, upto=upto, stop=stop):
            if upto is not None and done >= upto:
                stop.set()

        how = {"threads": threads, "block_futures": 256, "progress": progress, "cancel": stop}
        with contextlib.suppress(Cancelled):
            found = simulate(built(), samples=samples, seed=SEED, checkpoint=path, **how)
    assert_same_bytes(found, whole(samples))
    assert bool(found["sketch_key"].size) == (samples > KEPT)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("samples", [1800, SAMPLES], ids=["all kept", "with sketches"])
def test_pieces_in_any_order_and_many_deaths_change_no_byte(tmp_path, seed, samples):
    path, rng = tmp_path / "run.unfinished", np.random.default_rng(seed)
    restored = []
    for _ in range(200):
        found, before = attempt(path, Shuffled(rng.integers(99), int(rng.integers(1, 5))), samples)
        restored.append(before)
        if found is not None:
            break
    assert_same_bytes(found, whole(samples))
    assert restored == sorted(restored)
    assert restored[-1] >= SHARD


def test_a_run_that_went_through_shuffled_is_that_of_threads():
    one = run.Run(built(), most=SAMPLES, seed=SEED, on=Shuffled(3))
    one.extend(SAMPLES)
    assert_same_bytes(one.dataset(), whole())


def test_a_finished_run_is_read_and_not_simulated_again(tmp_path):
    simulate(built(), samples=SAMPLES, seed=SEED, checkpoint=tmp_path / "kept")

    class Never:
        def run(self, job, ranges, *, cancel=None):
            assert not ranges
            return iter(())

    found, restored = attempt(tmp_path / "kept", Never())
    assert restored == SAMPLES
    assert_same_bytes(found, whole())


def test_little_is_left_on_the_disk(tmp_path):
    """One file of sums, and one for each shard as far as single futures are kept."""
    path = tmp_path / "kept"
    simulate(built(), samples=SAMPLES, seed=SEED, checkpoint=path)
    assert len(list(path.glob("sums-*"))) == 1
    assert len(list(path.glob("futures-*"))) == KEPT // SHARD
    assert len(list(path.iterdir())) == KEPT // SHARD + 3


@pytest.mark.parametrize("reached", [600, 2048, 4000])
def test_a_precision_run_goes_on_to_the_same_futures(tmp_path, monkeypatch, reached):
    monkeypatch.setattr(precision, "FIRST_LOOK", 1024)
    asked = {"most": 20_000, "seed": SEED}
    unbroken, said = precision.simulate_to_precision(built(), 0.001, **asked)
    assert 4000 < said.samples < 20_000
    path, stop = tmp_path / "run.unfinished", threading.Event()

    def once(**how):
        folder = Unfinished(path)
        if folder.manifest() is None:
            folder.describe(identity(built(), 20_000, SEED))
        try:
            with Checkpoint(folder) as blocks_kept:
                return precision.simulate_to_precision(built(), 0.001, checkpoint=blocks_kept, **asked, **how)
        finally:
            folder.close()

    with pytest.raises(Cancelled):
        once(progress=lambda done, _: stop.set() if done >= reached else None, cancel=stop, block_futures=256)
    again, told = once()
    assert told == said
    assert_same_bytes(again, unbroken)


def damage(path, how):
    content = bytearray(path.read_bytes())
    if how == "truncated":
        path.write_bytes(content[: len(content) // 2])
    elif how == "flipped":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    elif how == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()


@pytest.mark.parametrize("how", ["truncated", "flipped", "empty", "gone"])
@pytest.mark.parametrize("which", ["futures-", "sums-"])
def test_damaged_blocks_are_done_again_and_it_is_said(tmp_path, how, which):
    path = tmp_path / "run.unfinished"
    assert attempt(path, Shuffled(1, 6))[0] is None
    damage(sorted(path.glob(f"{which}*"))[0], how)
    told = []
    found, restored = attempt(path, Threads(2), told=told.append)
    assert restored == 0
    assert_same_bytes(found, whole())
    if (which, how) == ("sums-", "gone"):
        assert told == []  # as if it had died before the first were written
    else:
        (text,) = told
        assert text.startswith("finished blocks are damaged or missing (" + which)
        assert text.endswith("; the run starts over")
    told.clear()
    found, restored = attempt(path, Threads(2), told=told.append)
    assert (restored, told) == (SAMPLES, [])
    assert_same_bytes(found, whole())


def test_older_sums_are_taken_where_newer_ones_are_damaged(tmp_path):
    """A process that died between writing the new ones and removing the old ones leaves both."""
    path = tmp_path / "run.unfinished"
    attempt(path, Shuffled(1, 4))
    older = sums_of(path)
    content = older.read_bytes()
    attempt(path, Shuffled(2, 5))
    damage(sums_of(path), "truncated")
    assert not older.exists()
    older.write_bytes(content)
    told = []
    found, restored = attempt(path, Threads(1), told=told.append)
    assert 0 < restored < SAMPLES
    assert f"goes on from {restored:,} futures" in told[0]
    assert_same_bytes(found, whole())


def test_a_damaged_file_beside_a_whole_one_of_its_shard_does_no_harm(tmp_path):
    path = tmp_path / "run.unfinished"
    attempt(path, Shuffled(1, 6))
    for file in sorted(path.glob("futures-*")):
        file.with_suffix("." + "f" * 32).write_bytes(b"damaged")
        file.with_suffix("." + "0" * 32).write_bytes(b"damaged")
    found, restored = attempt(path, Threads(1))
    assert restored > 0
    assert_same_bytes(found, whole())


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"seed": 6}, "same seed"),
        ({"samples": SAMPLES + 256}, "same samples"),
        ({"scenario": scenario("rented", months=1, volume=2.1e10)}, "same scenario sha256"),
    ],
)
def test_the_blocks_of_another_run_are_refused(tmp_path, asked, text):
    path = tmp_path / "kept"
    simulate(built(), samples=SAMPLES, seed=SEED, checkpoint=path)
    before = {file.name: file.read_bytes() for file in path.iterdir()}
    with pytest.raises(InputError, match=text):
        simulate(**{"scenario": built(), "samples": SAMPLES, "seed": SEED} | asked, checkpoint=path)
    assert {file.name: file.read_bytes() for file in path.iterdir()}.keys() == before.keys()


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("tcosim_version", "0.0.1", "same tcosim version"),
        ("library_sha256", "0" * 64, "same library sha256"),
        ("fingerprint", "0" * 32, "same kind of processor"),
        ("format", 2, "same format"),
    ],
)
def test_blocks_of_another_version_or_machine_are_refused_and_stay(tmp_path, key, value, text):
    path = tmp_path / "kept"
    simulate(built(), samples=SAMPLES, seed=SEED, checkpoint=path)
    manifest = json.loads((path / "run.json").read_text())
    (path / "run.json").write_text(json.dumps(manifest | {key: value}))
    before = {file.name for file in path.iterdir()}
    with pytest.raises(InputError, match=text):
        simulate(built(), samples=SAMPLES, seed=SEED, checkpoint=path)
    assert {file.name for file in path.iterdir()} == before


def test_a_folder_with_other_things_is_not_written_to(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(InputError, match=r"holds thesis\.tex"):
        simulate(built(), samples=300, checkpoint=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("files", [0, 3, 7])
def test_a_disk_that_fills_up_says_what_is_kept_and_the_run_goes_on(tmp_path, monkeypatch, files):
    path, write = tmp_path / "run.unfinished", Unfinished.put
    written = []

    def put(self, name, arrays):
        if len(written) >= files:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(name)
        return write(self, name, arrays)

    monkeypatch.setattr(Unfinished, "put", put)
    monkeypatch.setattr(Checkpoint, "_write_on", in_step(Checkpoint._write_on))
    with pytest.raises(TcosimError) as caught:
        simulate(built(), samples=SAMPLES, seed=SEED, checkpoint=path, threads=1, block_futures=256)
    monkeypatch.undo()
    assert "finished blocks cannot be written" in str(caught.value)
    assert "No space left on device" in str(caught.value)
    kept_there = [int(name.removeprefix("sums-")) for name in written if name.startswith("sums-")]
    assert f"{max(kept_there, default=0):,} futures are kept" in str(caught.value)


def test_after_a_full_disk_the_folder_goes_on(tmp_path, monkeypatch):
    path, write = tmp_path / "run.unfinished", Unfinished.put

    def put(self, name, arrays):
        if name == "sums-000000002048":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(self, name, arrays)

    monkeypatch.setattr(Unfinished, "put", put)
    on = Threads(1, 256)
    monkeypatch.setattr(Checkpoint, "_write_on", in_step(Checkpoint._write_on))
    with pytest.raises(TcosimError, match="1,536 futures are kept"):
        attempt(path, on)
    monkeypatch.setattr(Unfinished, "put", write)
    found, restored = attempt(path, on)
    assert restored == 1536
    assert_same_bytes(found, whole())


def in_step(write_on):
    """Wait for every file, so that a test knows which ones are there."""

    def waiting(self):
        write_on(self)
        if self._writing is not None:
            self._finish_writing()

    return waiting


def test_who_stops_does_not_wait_for_the_file_in_writing(tmp_path, monkeypatch):
    """Of a half-written file nothing is left, and the lock is free at once."""
    import time

    path, write = tmp_path / "run.unfinished", Unfinished.put
    begun = threading.Event()

    def slow(self, name, arrays):
        def slowly():
            for array in arrays:
                begun.set()
                time.sleep(0.05)
                yield array

        return write(self, name, slowly())

    monkeypatch.setattr(Unfinished, "put", slow)
    started = time.monotonic()
    with pytest.raises(Cancelled):
        simulate(
            built(), samples=SAMPLES, seed=SEED, checkpoint=path, cancel=begun, threads=1, block_futures=256
        )
    assert time.monotonic() - started < 5
    monkeypatch.undo()
    Unfinished(path).close()
    assert not list(path.glob(".partial*"))
    assert not list(path.glob("sums*"))


def state():
    """What some shards came to, as a file of sums and what it takes to read it."""
    job = Simulation(built(), SEED, is_sketched=True)
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

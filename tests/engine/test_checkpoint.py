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
from tcosim.engine.threads import Threads, blocks
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


def attempt(path, on, samples=SAMPLES, told=None, seed=SEED):
    """One process's try at the run: what it comes to, or None if it was broken off."""
    folder = Unfinished(Path(path))
    asked = identity(built(), samples, seed)
    if folder.manifest() is None:
        folder.describe(asked)
    try:
        with Checkpoint(folder, told=told) as blocks_kept:
            one = run.Run(built(), most=samples, seed=seed, on=on, checkpoint=blocks_kept)
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
    assert_same_bytes(found, whole())
    (text,) = told
    if (which, how) == ("sums-", "gone"):  # as if it had died before the first were written
        assert text == "no finished block has sums yet; the run starts over"
    else:
        assert text.startswith("finished blocks are damaged or missing (" + which)
    if which == "sums-":
        assert restored == 0
        assert text.endswith("; the run starts over")
    else:  # the sums are whole, and what is lost of single futures is seconds of work
        assert restored > 0
        assert text.endswith("; their futures are simulated again")
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
    assert told[0].endswith("; their futures are simulated again")
    assert_same_bytes(found, whole())


@pytest.mark.parametrize("which", ["futures-", "sums-"])
def test_blocks_of_another_seed_are_not_taken_for_those_of_this_run(tmp_path, which):
    mine, other = tmp_path / "a.unfinished", tmp_path / "b.unfinished"
    for path, seed in ((mine, SEED), (other, SEED + 1)):
        assert attempt(path, Shuffled(1, 6), seed=seed)[0] is None
    for file in mine.glob(f"{which}*"):
        file.unlink()
    for file in other.glob(f"{which}*"):
        (mine / file.name).write_bytes(file.read_bytes())
    told = []
    found, _ = attempt(mine, Threads(1), told=told.append)
    assert told
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
        ("first_futures_digest", "0" * 32, "same kind of processor"),
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

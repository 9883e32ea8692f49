"""A dask cluster computes the bytes that threads compute, also if workers die, and says what is wrong with it."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import socket
import sys
import threading
import time

import numpy as np
import pytest

from tcosim.engine import simulate
from tcosim.engine.simulation import Simulation
from tcosim.errors import Cancelled, InputError, TcosimError
from tcosim.sampling.conditional import ConditionalSampler
from tcosim.studies.curve import curve
from tcosim.studies.diff import compare, split
from tcosim.studies.drivers import drivers
from tcosim.studies.precision import simulate_to_precision
from tests.engine.clusters import WITHOUT_TCOSIM, free_port, scheduler, worker
from tests.engine.scenarios import every_kind, scenario

distributed = pytest.importorskip("distributed", reason="dask is an extra of the project")

SAMPLES = 11 * 2_048 + 300
"""Of one month: a second or less."""


@pytest.fixture(scope="module")
def client():
    from tcosim.engine.clients import cluster_client

    with cluster_client(workers=2) as connected:
        yield connected


@pytest.fixture(scope="module")
def month():
    return every_kind(months=1)


@pytest.fixture(scope="module")
def by_threads(month):
    return simulate(month, samples=SAMPLES, seed=3)


def same(one, other):
    assert one.attrs == other.attrs
    assert set(one.variables) == set(other.variables)
    for name in one.variables:
        a, b = one[name].values, other[name].values
        assert a.dtype == b.dtype, name
        assert a.tolist() == b.tolist() if a.dtype == object else a.tobytes() == b.tobytes(), name


class Once:
    """A progress hook that does something when the first futures are done, and so in the middle."""

    def __init__(self, act):
        self.act, self.is_done = act, False

    def __call__(self, done, total):
        if not self.is_done:
            assert 0 < done < total
            self.is_done = True
            self.act()


def test_a_run_has_the_bytes_of_threads(client, month, by_threads):
    same(simulate(month, samples=SAMPLES, seed=3, client=client), by_threads)
    other = simulate(month, samples=SAMPLES, seed=4, client=client)
    assert other["npv"].values.tobytes() != by_threads["npv"].values.tobytes()


def test_blocks_of_any_size_have_the_same_bytes(client, month):
    small = simulate(month, samples=5000, seed=3, client=client, block_futures=256)
    same(small, simulate(month, samples=5000, seed=3))


def test_a_curve_has_the_bytes_of_threads(client, month):
    volumes = [1e9, 3e9, 2e10]
    same(
        curve(month, volumes, samples=9000, seed=5, client=client),
        curve(month, volumes, samples=9000, seed=5),
    )


@pytest.fixture
def small_tasks(monkeypatch):
    monkeypatch.setattr("tcosim.engine.cluster.SMALLEST_TASK_FUTURES", 256)


def test_drivers_have_the_bytes_of_threads(client, small_tasks):
    small = scenario("rented", months=1)
    assert drivers(small, samples=5e4, seed=2, client=client) == drivers(small, samples=5e4, seed=2)


def test_the_difference_of_two_runs_has_the_bytes_of_threads(client, small_tasks, tmp_path):
    from tcosim.analysis.summarize import summarize
    from tcosim.results.folder import open_run
    from tcosim.results.write_folder import write_run
    from tcosim.scenario.write import resolved_toml

    runs = []
    for name, volume in (("a", 3e9), ("b", 9e9)):
        one = scenario("rented", months=1, volume=volume, overrides=[f"volume.annual_growth={volume / 3e10}"])
        dataset = simulate(one, samples=2048)
        write_run(
            tmp_path / name,
            dataset,
            scenario_toml=resolved_toml(one),
            assumptions={"library_sha256": "", "assumptions": []},
            summary=summarize(dataset),
        )
        runs.append(open_run(tmp_path / name))
    comparison = compare(*runs)
    assert len(comparison.differences) == 2
    assert split(comparison, client=client) == split(comparison)


def test_a_precision_takes_as_many_futures_as_on_threads(client):
    asked = {"precision": 0.02, "most": 60_000}
    small = scenario("rented", months=1, volume=2e10)
    (here, reached), (there, also) = (
        simulate_to_precision(small, **asked, client=one) for one in (None, client)
    )
    assert reached == also
    same(there, here)


def test_points_of_conditional_inputs_survive_pickling():
    """What is sent is made anew there: it has to come to the same values."""
    import cloudpickle

    from tcosim.studies.drivers import _Draws
    from tcosim.studies.mixture import InputValues, common_points

    a, b = scenario("rented"), scenario("rented", "owned")
    points = np.random.default_rng(0).random((32, 2 * len(a.uncertain_inputs())))
    draws = _Draws(a)
    for values in (draws.of_b, draws.held(a, 1, 0.9).values, InputValues(a, common_points(a, b, []))):
        sent = pickle.loads(cloudpickle.dumps(values))
        assert sent(points).tobytes() == values(points).tobytes()
    assert isinstance(draws.conditional, ConditionalSampler)


def test_a_run_is_stopped_at_once(client, month):
    cancel = threading.Event()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        simulate(month, samples=1e9, client=client, cancel=cancel, progress=Once(cancel.set))
    assert time.monotonic() - started < 20
    same(simulate(month, samples=300, client=client), simulate(month, samples=300))


def test_an_error_in_a_worker_comes_through_unchanged(client):
    route = "option.api.route.default"
    fixed = ["volume.annual_growth=0.0", "volume.growth_volatility=0.0"]
    hopeless = scenario(
        "rented", months=240, overrides=[*fixed, f"{route}.jumps_per_year=12.0", f"{route}.jump_log_mean=3.0"]
    )
    told = []
    for one in (None, client):
        with pytest.raises(TcosimError, match="the api_tokens of option 'api' come to inf") as caught:
            _without_fingerprint(simulate, hopeless, samples=256, client=one)
        told.append((type(caught.value), str(caught.value)))
    assert told[0] == told[1]


def _without_fingerprint(call, *arguments, **options):
    """The digest of the first futures is taken here before anything is sent, and would meet the error here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Simulation, "fingerprint", lambda self: "none")
        client = options["client"]
        if client is not None:
            client.run(_fingerprint_none)
        try:
            return call(*arguments, **options)
        finally:
            if client is not None:
                client.run(_fingerprint_back)


def _fingerprint_none():
    from tcosim.engine import simulation

    simulation.kept_fingerprint = simulation.Simulation.fingerprint
    simulation.Simulation.fingerprint = lambda self: "none"


def _fingerprint_back():
    from tcosim.engine import simulation

    simulation.Simulation.fingerprint = simulation.kept_fingerprint


def test_a_worker_that_computes_other_bytes_is_named(client, month):
    client.run(_fingerprint_none)
    try:
        with pytest.raises(
            TcosimError, match=r"worker tcp://127.* computes other bytes than this machine: .* none"
        ):
            simulate(month, samples=300, client=client)
    finally:
        client.run(_fingerprint_back)


def test_a_worker_with_another_version_is_named(client, month, monkeypatch):
    monkeypatch.setattr("tcosim._version.__version__", "0.0.1")
    with pytest.raises(
        TcosimError, match=r"worker tcp://127.* has other versions \(tcosim .*, here 0\.0\.1\)"
    ):
        simulate(month, samples=300, client=client)


@pytest.mark.parametrize("how_many", [1, 2], ids=["one worker", "all workers"])
def test_workers_killed_in_the_middle_do_not_change_a_byte(client, month, by_threads, how_many):
    processes = list(client.run(os.getpid).values())

    def kill():
        for process in processes[:how_many]:
            os.kill(process, signal.SIGKILL)

    same(simulate(month, samples=SAMPLES, seed=3, client=client, progress=Once(kill)), by_threads)
    client.wait_for_workers(2, timeout=30)
    assert len(set(processes) - set(client.run(os.getpid).values())) == how_many


def test_dask_does_not_speak_on_stderr(client):
    speaking = [
        name
        for name in logging.root.manager.loggerDict
        if name.partition(".")[0] in ("distributed", "tornado", "asyncio")
        and logging.getLogger(name).isEnabledFor(logging.ERROR)
    ]
    assert speaking == []


def test_a_cluster_without_workers_is_refused(month, monkeypatch):
    monkeypatch.setattr("tcosim.engine.cluster.NO_WORKERS_SECONDS", 0.5)
    with (
        distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=None) as cluster,
        distributed.Client(cluster, set_as_default=False) as empty,
        pytest.raises(TcosimError, match=r"has no workers .*; start some: dask worker"),
    ):
        simulate(month, samples=300, client=empty)


def test_an_adaptive_cluster_that_begins_with_none_is_waited_for(month):
    with (
        distributed.LocalCluster(
            n_workers=0, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as growing,
    ):
        begun = threading.Timer(1.0, lambda: cluster.scale(1))
        begun.start()
        found = simulate(month, samples=300, client=growing)
        begun.join()
    assert found.attrs["samples"] == 300


def test_a_cluster_that_loses_all_workers_for_good_is_given_up(month, monkeypatch):
    for name, seconds in (("SILENCE_SECONDS", 0.3), ("NO_WORKERS_SECONDS", 0.6)):
        monkeypatch.setattr(f"tcosim.engine.contact.{name}", seconds)
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as leaving,
        pytest.raises(TcosimError, match="has lost its workers"),
    ):
        simulate(month, samples=1e8, client=leaving, progress=Once(lambda: cluster.scale(0)))


def test_a_scheduler_that_dies_or_freezes_ends_the_run_with_an_error(
    month, by_threads, tmp_path, monkeypatch
):
    from tcosim.engine.clients import cluster_client

    monkeypatch.setattr("tcosim.engine.contact.SILENCE_SECONDS", 1)
    monkeypatch.setattr("tcosim.engine.contact.ANSWER_SECONDS", 15)
    (tmp_path / "blocked.py").write_text(WITHOUT_TCOSIM)
    with scheduler() as (process, address), cluster_client(scheduler=address) as client:
        with worker(address, "--preload", tmp_path / "blocked.py"):
            client.wait_for_workers(1, timeout=60)
            with pytest.raises(TcosimError, match=r"cannot run tcosim .*No module named 'tcosim'"):
                simulate(month, samples=300, client=client)
        with worker(address):
            _wait_for_one(client)
            same(simulate(month, samples=SAMPLES, seed=3, client=client), by_threads)
            monkeypatch.setattr("tcosim.engine.contact.ANSWER_SECONDS", 1)
            frozen = Once(lambda: process.send_signal(signal.SIGSTOP))
            with pytest.raises(TcosimError, match=f"the cluster at {address} gives no answer"):
                simulate(month, samples=1e9, client=client, progress=frozen)
            process.send_signal(signal.SIGCONT)
            monkeypatch.setattr("tcosim.engine.contact.ANSWER_SECONDS", 15)
            started = time.monotonic()
            with pytest.raises(TcosimError, match=f"connection to the scheduler at {address} is lost"):
                simulate(month, samples=1e9, client=client, progress=Once(process.kill))
            assert time.monotonic() - started < 15


def _wait_for_one(client):
    """One worker, where another has just left."""
    until = time.monotonic() + 60
    while len(client.nthreads()) != 1 or "No module" in str(client.run(_can_import, on_error="return")):
        assert time.monotonic() < until
        time.sleep(0.1)


def _can_import():
    import tcosim

    return tcosim.__version__


@pytest.mark.parametrize(
    "address", ["", "nonsense", "tcp://", "tcp://127.0.0.1:nowhere", "http://127.0.0.1:1", "8786"]
)
def test_what_is_no_address_is_refused(address, monkeypatch):
    _refused(address, monkeypatch)


@pytest.mark.parametrize("says", [None, b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff" * 64])
def test_what_is_no_scheduler_is_refused(says, monkeypatch):
    """Nobody there; and others that are silent, speak another language, or announce more than there is memory."""
    if says is None:
        _refused(f"tcp://127.0.0.1:{free_port()}", monkeypatch)
        return
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                kept.append(connection)
                connection.sendall(says)

        kept = []
        threading.Thread(target=answer, daemon=True).start()
        _refused(f"tcp://127.0.0.1:{server.getsockname()[1]}", monkeypatch)
        for connection in kept:
            connection.close()


def _refused(address, monkeypatch):
    from tcosim.engine import clients

    monkeypatch.setattr(clients, "CONNECT_SECONDS", 1)
    started = time.monotonic()
    with (
        pytest.raises(
            InputError, match="--scheduler: must be the address of a dask scheduler that answers"
        ) as caught,
        clients.cluster_client(scheduler=address),
    ):
        pass
    assert time.monotonic() - started < 5
    assert "\n" not in str(caught.value)


def test_both_neither_and_too_many_workers():
    from tcosim.engine.clients import cluster_client

    with cluster_client() as nobody:
        assert nobody is None
    with (
        pytest.raises(InputError, match="cannot go with --scheduler"),
        cluster_client(workers=2, scheduler="tcp://a:1"),
    ):
        pass
    with (
        pytest.raises(InputError, match=r"must be from 1 to \d+: 8 for each processor"),
        cluster_client(workers=0),
    ):
        pass


@pytest.mark.parametrize(
    ("asked", "field"), [({"workers": 2}, "--workers"), ({"scheduler": "tcp://a:1"}, "--scheduler")]
)
def test_without_dask_it_is_said_what_to_install(asked, field, monkeypatch):
    from tcosim.engine.clients import cluster_client

    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(InputError, match=rf"{field}: needs dask.*pip install dask distributed"),
        cluster_client(**asked),
    ):
        pass

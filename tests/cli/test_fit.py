"""``tcosim fit``: what it prints and writes, and how it refuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import tcosim as package
from tcosim.evidence.traffic import estimate, goodness
from tests.fits import SCENARIO

DATA = Path(__file__).parents[3] / "shared" / "data"
AZURE = DATA / "azure2024_code_hourly.csv"


def hourly(hours=8 * 24, seed=0, columns=("requests", "input_tokens", "output_tokens"), start=None):
    """Hourly counts of a service that is busy by day."""
    rng = np.random.default_rng(seed)
    begin = start or datetime(2024, 5, 6, tzinfo=UTC)
    lines = [",".join(["time", *columns])]
    for hour in range(hours):
        level = (2_000 + 1_500 * np.sin((hour % 24 - 6) / 24 * 2 * np.pi)) * rng.lognormal(0, 0.3)
        counts = {
            "requests": round(level),
            "input_tokens": round(900 * level),
            "output_tokens": round(100 * level),
        }
        stamp = (begin + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%S+00:00")
        lines.append(",".join([stamp, *(str(counts[name]) for name in columns)]))
    return "\n".join(lines) + "\n"


def reduce(patch):
    """Few simulated logs: what they say is wide, in a tenth of the time."""
    patch.setattr(estimate, "SIMULATED_HOURS", 1)
    patch.setattr(estimate, "FEWEST", 3_072)
    patch.setattr(goodness, "LOGS", 256)


@pytest.fixture
def few(monkeypatch):
    reduce(monkeypatch)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """One fit with everything that it can write."""
    from tcosim.cli.app import app

    folder = tmp_path_factory.mktemp("fit")
    (folder / "log.csv").write_text(hourly())
    arguments = ["fit", "log.csv", "--zone", "UTC", "--out", "fitted.toml", "--png", "fit.png"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        reduce(patch)
        result = CliRunner().invoke(app, arguments)
        again = CliRunner().invoke(app, ["fit", "log.csv", "--zone", "UTC", "--json", "--threads", "1"])
    assert result.exit_code == 0, result.output
    assert again.exit_code == 0, again.output
    return folder, result, json.loads(again.stdout)


def test_the_answer(fitted):
    _, result, _ = fitted
    text = " ".join(result.stdout.split())
    assert text.startswith("log.csv: format counts, 192 rows 192 hours (1.1 weeks), Mon 2024-05-06 00:00 to")
    for part in (
        "What the log says field median 90 % unit learned volume.forecast_ratio",
        "traffic.input_share 0.900",
        "Simulated against observed",
        "Hold-out: of",
        'write include = "fitted.toml" under [scenario]',
    ):
        assert part in text
    assert result.stderr.splitlines() == [
        "reading the log",
        "simulating logs to compare it with",
        "wrote fitted.toml",
        "picture: fit.png",
    ]


def test_the_file_goes_into_a_scenario(fitted):
    from tcosim.cli.app import app

    folder, _, found = fitted
    tables = tomllib.loads((folder / "fitted.toml").read_text())
    assert tables["volume"]["tokens_per_month"] == found["tokens_per_month"]
    assert len(tables["traffic"]["weekly_profile"]) == 168
    (folder / "scenario.toml").write_text(SCENARIO)
    result = CliRunner().invoke(app, ["check", str(folder / "scenario.toml")])
    assert result.exit_code == 0, result.output
    assert "holds together" in result.stdout


def test_the_picture_is_one(fitted):
    picture = (fitted[0] / "fit.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n")
    assert b"held out at the end" in picture


def test_json_holds_all_of_it_for_any_number_of_threads(fitted):
    """The file was written with all processors, the JSON with one thread: the same figures."""
    folder, _, found = fitted
    tables = tomllib.loads((folder / "fitted.toml").read_text())
    assert found["schema_version"] == 1
    assert found["log"]["measure"] == "tokens"
    assert found["log"]["hours"] == 192
    assert len(found["profile"]["observed"]) == 168
    assert found["hourly"][0]["share"] == 0.01
    for row in found["quantities"]:
        table, _, name = row["field"].partition(".")
        assert (row["told"] == "nothing new") == (name not in tables[table])
        if name not in tables[table]:
            continue
        stated = tables[table][name]
        stated = stated if isinstance(stated, dict) else dict.fromkeys(("p5", "p50", "p95"), stated)
        for level in ("p5", "p50", "p95"):
            assert stated[level] == pytest.approx(row[level], rel=1e-4)
    held = found["held_out"]
    assert len(held["observed"]) == len(held["p5"]) == len(held["p95"])
    inside = [
        low <= value <= high
        for value, low, high in zip(held["observed"], held["p5"], held["p95"], strict=True)
    ]
    assert np.mean(inside) == pytest.approx(held["coverage"], abs=0.05)


@pytest.mark.usefixtures("few")
def test_a_log_of_requests_and_a_shape_of_the_library(tcosim, tmp_path):
    (tmp_path / "a.csv").write_text(hourly(4 * 24, columns=("requests",)))
    later = datetime(2024, 5, 10, tzinfo=UTC)
    (tmp_path / "b.csv").write_text(hourly(3 * 24, seed=1, columns=("requests",), start=later))
    result = tcosim("fit", "a.csv", "b.csv", "--zone", "UTC", "--profile", "office-hours", "--out", "x.toml")
    assert result.exit_code == 0, result.output
    tables = tomllib.loads((tmp_path / "x.toml").read_text())
    assert "tokens_per_month" not in tables["volume"]
    assert tables["traffic"]["weekly_profile"] == "office-hours"
    assert "2 files (a.csv and b.csv)" in result.stdout
    assert "168 hours (1 week)" in result.stdout
    assert "tokens_per_month under [volume]" in " ".join(result.stdout.split())


@pytest.mark.usefixtures("few")
def test_tokens_of_requests_a_map_and_a_short_log(tcosim, tmp_path):
    text = hourly(3 * 24, columns=("requests",)).replace("time,requests", "when,calls")
    (tmp_path / "own.csv").write_text(text)
    result = tcosim(
        "fit", "own.csv", "--zone", "UTC", "--map", "time=when,requests=calls", "--tokens-per-request", "1.5k",
        "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["tokens_per_month"] == pytest.approx(1_500 * found["log"]["requests"] / 72 * 730, rel=0.3)
    learned = {row["field"]: row["learned"] for row in found["quantities"]}
    assert learned["volume.annual_growth"] < learned["traffic.burst_sigma"] - 0.3
    assert any("no week" in one["what"] for one in found["findings"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.csv",), "LOG: must be a file that exists, got nowhere.csv"),
        (("log.csv", "--profile", "ofice-hours"), "did you mean office-hours?"),
        (("log.csv", "--profile", "ofice-hours"), "--profile: must be a shape of the library"),
        (("log.csv", "--zone", "Europe/Berlim"), "--zone: must be the name of a time zone"),
        (("log.csv", "--map", "time"), "--map: must be pairs ROLE=COLUMN"),
        (("log.csv", "--map", "time=a,time=b"), "--map: must map time once"),
        (("log.csv", "--map", "tme=time"), "--map: must map some of"),
        (("log.csv", "--map", "time=nothing"), "--map: must name a column of log.csv for time, got nothing"),
        (("log.csv", "--format", "azur"), "did you mean azure?"),
        (("log.csv", "--gaps", "some"), "--gaps: must be one of auto, traffic, gap"),
        (("log.csv", "--memory", "much"), "--memory: must be an amount of memory"),
        (("log.csv", "--tokens-per-request", "9"), "--tokens-per-request: is only for logs that count requests"),
        (("log.csv", "--tokens-per-request", "few"), "--tokens-per-request: must be a finite number"),
        (("log.csv", "--threads", "0"), "--threads: must lie between 1"),
        (("log.csv", "--seed", "-1"), "--seed: must be a whole number"),
        (("log.csv", "--out", "log.csv"), "--out: must not exist yet"),
        (("log.csv", "--out", "fit.json"), "--out: must end in .toml"),
        (("log.csv", "--out", "no/fit.toml"), "--out: must lie in a folder that exists"),
        (("log.csv", "--out", "."), "--out: must be a file, this is a folder"),
        (("log.csv", "--png", "fit.svg"), "--png: must end in .png"),
        (("one.csv", "--zone", "UTC"), "must hold at least 24 whole hours"),
        (("zero.csv", "--zone", "UTC"), "must have traffic"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_before_any_work(tcosim, tmp_path, arguments, said, monkeypatch):
    from tcosim.evidence.traffic import fit as module

    def never(*_, **__):
        raise AssertionError("fitted")

    monkeypatch.setattr(module, "fit_traffic", never)
    (tmp_path / "log.csv").write_text(hourly())
    (tmp_path / "one.csv").write_text(hourly(1))
    (tmp_path / "zero.csv").write_text("time,requests\n2024-05-06T00:00:00Z,0\n2024-05-06T01:00:00Z,0\n")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    result = tcosim("fit", *arguments)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "nothing was written" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_all_wrong_options_at_once_and_no_log(tcosim):
    result = tcosim("fit", "x.csv", "--seed", "-1", "--out", "x.txt", "--profile", "nine-to-five")
    assert result.stderr.count("error: ") == 3
    assert tcosim("fit").exit_code == 2


@pytest.mark.usefixtures("few")
def test_a_full_disk_does_not_cost_the_answer(tcosim, tmp_path, monkeypatch):
    """The folder goes between the check and the writing."""
    from tcosim.evidence.traffic import file

    def gone(*arguments):
        (tmp_path / "out").rmdir()
        return "x = 1\n"

    (tmp_path / "log.csv").write_text(hourly(3 * 24))
    (tmp_path / "out").mkdir()
    monkeypatch.setattr(file, "fitted_toml", gone)
    result = tcosim("fit", "log.csv", "--zone", "UTC", "--out", "out/fit.toml")
    assert result.exit_code == 1
    assert "What the log says" in result.stdout
    assert "the answer above is complete, but out/fit.toml could not be written" in " ".join(
        result.stderr.split()
    )


# Windows cannot send an interrupt to one process as Ctrl-C does.
@pytest.mark.skipif(os.name == "nt", reason="needs signals")
@pytest.mark.parametrize(
    "work", ["[progress(0.1) or time.sleep(0.05) for _ in range(600)]", "time.sleep(30)"]
)
def test_ctrl_c_ends_it_within_a_second(tmp_path, work):
    (tmp_path / "log.csv").write_text(hourly(3 * 24))
    code = f"""
    import sys, time
    sys.path[:0] = {[str(Path(package.__file__).parents[1])]!r}
    from tcosim.evidence.traffic import fit

    def fit_traffic(log, *, shape, seed, threads, progress):
        print("working", file=sys.stderr, flush=True)
        {work}

    fit.fit_traffic = fit_traffic
    sys.argv = ["tcosim", "fit", "log.csv", "--zone", "UTC", "--out", "x.toml"]
    from tcosim.cli.app import main
    main()
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    took = []
    for _ in range(3):  # the rest of a busy machine is not this command's: once within a second will do
        with subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            assert process.stdout is not None
            while "working" not in process.stderr.readline():
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            sent = time.monotonic()
            assert process.wait(20) == 130
            took.append(time.monotonic() - sent)
            assert process.stderr.read().strip().endswith("stopped: nothing was written")
            assert process.stdout.read() == ""
        if took[-1] <= 1.0:
            break
    assert min(took) <= 1.0
    assert os.listdir(tmp_path) == ["log.csv"]


def test_the_bar_shows_both_stages():
    import io

    from rich.console import Console

    from tcosim.cli.fit_work import run_in_stages

    file = io.StringIO()

    def work(hook):
        for stage in ("reading [it]", "simulating"):
            for share in (0.2, 0.7, 1.0):
                hook(stage, share)
                time.sleep(0.15)
        return 7

    assert run_in_stages(work, Console(file=file, force_terminal=True, width=100)) == 7
    assert "reading [it]" in file.getvalue()
    assert "simulating" in file.getvalue()


# The trace is public data that the project does not ship; made-up logs are fitted above.
@pytest.mark.skipif(not AZURE.exists(), reason="the public traces are not part of the project")
@pytest.mark.usefixtures("few")
def test_a_real_week(tcosim):
    # a public trace whose mean, input share and peak are known: FACTS.md beside it
    result = tcosim("fit", AZURE, "--zone", "UTC", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    share = next(row for row in found["quantities"] if row["field"] == "traffic.input_share")
    assert share["p5"] <= 113 / 114 <= share["p95"] + 0.005
    peak = next(row for row in found["compared"] if row["name"] == "peak_over_mean")
    assert peak["observed"] == pytest.approx(3.1, abs=0.05)

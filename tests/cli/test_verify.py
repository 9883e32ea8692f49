"""``tcosim verify``: what it prints, its exit codes, the page, and Ctrl-C."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from interrupts import interrupt_in_work

import tcosim as package
from tcosim.studies.verify import outcomes, run
from tcosim.studies.verify.check import Group, Planned


@pytest.fixture
def checks(monkeypatch):
    """Two checks in place of every group; call it with what the second one gives."""

    def stand_in(got=1.0):
        planned = (
            Planned("plain", "One is one.", "arithmetic", lambda setting: outcomes.same(1.0, 1.0)),
            Planned("asked", "It is what it is.", "arithmetic", lambda setting: outcomes.same(1.0, got)),
        )
        monkeypatch.setattr(run, "group", lambda name: Group(name, "A group", planned))
        monkeypatch.setattr(run, "_fingerprint", lambda: "0" * 32)

    stand_in()
    return stand_in


def test_what_holds_exits_with_0(tcosim, checks):
    result = tcosim("verify")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("All 12 checks hold.")
    assert "arithmetic" in result.stdout  # a file has room for sources
    assert "checking this installation" in result.stderr


def test_what_fails_exits_with_1_and_is_told_in_full(tcosim, checks):
    checks(2.0)
    result = tcosim("verify", "--only", "twins")
    assert result.exit_code == 1
    assert result.stdout.startswith("1 of 2 checks fails: twins/asked.")
    assert "Expected 1, got 2, exact." in result.stdout
    assert "FAILS" in result.stdout


def test_json(tcosim, checks):
    checks(2.0)
    result = tcosim("verify", "--only", "twins", "--only", "coverage", "--seed", "3", "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert [one["name"] for one in found["groups"]] == ["twins", "coverage"]
    assert (found["seed"], found["passed"], found["failed"]) == (3, 2, 2)


def test_a_page_is_written_once(tcosim, checks, tmp_path):
    result = tcosim("verify", "--page", "pack.html", "--json")
    assert result.exit_code == 0, result.output
    page = (tmp_path / "pack.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and "All 12 checks hold." in page
    assert "page: pack.html" in result.stderr
    again = tcosim("verify", "--page", "pack.html")
    assert again.exit_code == 2
    assert "--page: must not exist yet" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--only", "twin"), "--only: must be a group of checks, got twin; did you mean twins"),
        (("--seed", "-3"), "--seed"),
        (("--threads", "none"), "--threads"),
        (("--page", "pack.txt"), "--page: must end in .html"),
        (("--page", "nowhere/pack.html"), "--page: must lie in a folder that exists"),
    ],
)
def test_wrong_input_is_refused_before_any_work(tcosim, arguments, said):
    result = tcosim("verify", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_the_installation_as_it_is(tcosim):
    result = tcosim("verify", "--only", "installation", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == (1 if found["failed"] else 0)
    assert found["checks"][-1]["got"] == found["fingerprint"]


@pytest.mark.parametrize("work", ["cancel.wait(30)", "time.sleep(30)"], ids=["polite", "stubborn"])
def test_ctrl_c_ends_it_within_a_second(tmp_path, work):
    code = f"""
    import sys, time
    sys.path[:0] = {[str(Path(package.__file__).parents[1])]!r}
    import tcosim.studies.verify as pack
    from tcosim.errors import Cancelled

    def verify(*, seed, threads, only, progress, cancel):
        print("working", file=sys.stderr, flush=True)
        {work}
        raise Cancelled("stopped")

    pack.verify = verify
    sys.argv = ["tcosim", "verify", "--page", "pack.html"]
    from tcosim.cli.app import main
    main()
    """
    interrupt_in_work(code, tmp_path)

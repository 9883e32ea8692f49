"""The validation pack on a terminal: figures with the digits of their tolerance, failures in full."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from verify_cases import BROKEN, CHECKS, DIGEST, DIGITS, ESTIMATE, NOTE, SMALL, check, pack

from tcosim.report.terminal.verify_view import print_verify
from tcosim.report.words import verify as words


def printed(found, width):
    file = io.StringIO()
    print_verify(found, Console(file=file, width=width, color_system=None, highlight=False))
    return file.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120, 10_000])
def test_every_check_is_there_and_nothing_is_too_wide(width):
    text = printed(pack(*CHECKS, BROKEN), width)
    for one in (*CHECKS, BROKEN):
        assert one["name"] in text
    assert max(map(len, text.splitlines())) <= width
    assert ("a table" in text.split("On closed-forms")[1]) == (width == 10_000)


def test_the_verdict_comes_first():
    assert printed(pack(*CHECKS), 80).startswith("All 4 checks hold.\n1 more line is information.")
    text = printed(pack(*CHECKS, BROKEN), 80)
    assert text.startswith("1 of 5 checks fails: invariants/folder.\nDo not rely on")
    assert "It could not be asked: OSError: no <space> left" in text


@pytest.mark.parametrize(
    ("one", "expected", "got", "tolerance", "origin"),
    [
        (ESTIMATE, "0.0709", "0.0710", "± 0.0018", "4 s.e."),
        (DIGITS, "2.131", "2.13145", "± 5e-04", "digits"),
        (SMALL, "0", "3.4e-07", "± 5.7e-06", "rounding"),
        (DIGEST, DIGEST["got"], DIGEST["got"], "exact", ""),
        (NOTE, "-", "AMD EPYC <b>", "-", ""),
        (BROKEN, "-", "OSError: no <space> left", "-", ""),
        (check("g", "n", expected=1234567.891, got=-0.001, tolerance=250.0, tolerance_from="rounding"),
         "1,234,570", "0", "± 250", "rounding"),
        (check("g", "n", expected=0.0, got=float("nan"), tolerance=0.0, tolerance_from="exact"),
         "0", "no number", "exact", ""),
        (check("g", "n", expected=1500.0, got=1500.0, tolerance=0.0, tolerance_from="exact"),
         "1,500", "1,500", "exact", ""),
    ],
)  # fmt: skip
def test_figures(one, expected, got, tolerance, origin):
    assert (words.expected(one), words.got(one)) == (expected, got)
    assert (words.tolerance(one), words.tolerance_from(one)) == (tolerance, origin)


def test_many_failures_are_counted():
    failing = [check("twins", f"n{k}", "fails", expected=0.0, got=1.0, tolerance=0.0) for k in range(7)]
    said = words.summary(pack(*failing))[0]
    assert said == "7 of 7 checks fail: twins/n0, twins/n1, twins/n2, twins/n3 and 3 more."


def test_the_command_that_gives_it_again():
    found = pack(ESTIMATE, DIGITS)
    assert words.command(found, ("closed-forms", "published")) == "tcosim verify"
    assert words.command(found | {"seed": 4}, ("closed-forms", "published", "twins")) == (
        "tcosim verify --only closed-forms --only published --seed 4"
    )


def test_nothing_that_could_fail():
    assert words.summary(pack(NOTE))[0] == "No check was asked that could fail."

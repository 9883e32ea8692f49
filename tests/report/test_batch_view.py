"""The table of a batch: digits that are earned, failures in words, lines that fit."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tcosim.report.terminal.batch_view import print_batch
from tcosim.report.words.batch import batch_rows, failures


def run(
    scenario="a-case", *, given="a.toml", volume=3e9, samples=10_000, folder="runs/x", error=None, **headline
):
    figures = {
        "option": "owned-h100", "baseline": "api", "probability": 0.4004, "ci95": [0.391, 0.41],
        "expected_saving_usd": 284_321.0, "expected_saving_ci95_usd": [279_000.0, 289_500.0],
        "cvar95_loss_usd": 1_238_000.0,
    } | headline  # fmt: skip
    if error is not None:
        return {
            "scenario": scenario, "given": given, "volume_tokens_per_month": volume, "seed": 0, "samples": None,
            "headline": None, "folder": None, "error": error,
        }  # fmt: skip
    return {
        "scenario": scenario, "given": given, "volume_tokens_per_month": volume, "seed": 0, "samples": samples,
        "headline": figures, "folder": folder, "error": None,
    }  # fmt: skip


def printed(found, width=10_000):
    console = Console(file=io.StringIO(), width=width, force_terminal=False, color_system=None)
    print_batch(found, console)
    return console.file.getvalue()


def test_figures_have_the_digits_that_their_intervals_support():
    (row,) = batch_rows([run()])
    assert (row.volume, row.option, row.futures) == ("3B", "owned-h100", "10,000")
    assert (row.probability, row.interval) == ("40 %", "(39 to 41 %)")
    assert row.saving == "$284 k"
    assert row.loss == "$1.24 M"
    (rough,) = batch_rows([run(expected_saving_ci95_usd=[80_000.0, 490_000.0])])
    assert rough.saving == "$300 k"
    assert rough.loss == "$1.2 M"


def test_without_intervals_or_without_an_answer_there_are_dashes():
    (row,) = batch_rows([run(ci95=None, expected_saving_ci95_usd=None)])
    assert (row.interval, row.saving) == ("-", "$284 k")
    (none,) = batch_rows([run() | {"headline": None}])
    assert (none.option, none.probability, none.saving, none.loss) == ("-",) * 4
    assert none.futures == "10,000"


def test_scenarios_of_one_name_are_told_apart_by_what_was_given():
    names = [row.scenario for row in batch_rows([run(), run(volume=9e9), run("other")])]
    assert names == ["a-case", "a-case", "other"]
    names = [row.scenario for row in batch_rows([run(), run(given="b.toml"), run("other")])]
    assert names == ["a-case (a.toml)", "a-case (b.toml)", "other"]


def test_failures_are_said_in_words_and_the_rest_is_shown():
    found = [run(error="future 3 is not finite"), run("other"), run(error="future 3 is not finite")]
    assert failures(found) == ["a-case at 3 billion tokens a month: future 3 is not finite (2 times)"]
    text = printed(found)
    assert text.count("failed") == 2
    assert "Failed\na-case at 3 billion tokens a month: future 3 is not finite" in text
    assert text.count("runs/x") == 1


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_the_terminal_and_no_figure_is_cut(width):
    found = [
        run("a-scenario-with-a-rather-long-name-of-its-own"),
        run("b", samples=1_000_000, ci95=[0.3991, 0.4019], expected_saving_usd=-284_321.0),
        run("c", error="no " * 60),
    ]
    text = printed(found, width)
    lines = text.splitlines()
    for figures in (
        ("40 %", "(39 to 41 %)", "$284 k", "10,000"),
        ("40.0 %", "(39.9 to 40.2 %)", "1,000,000"),
    ):
        assert sum(all(figure in line for figure in figures) for line in lines) == 1, figures
    assert text.count("owned-h100") == 2
    if width >= 80:
        assert max(map(len, lines)) <= width

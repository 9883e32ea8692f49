"""The report as it stands in a terminal and in a pipe."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from datasets import synthetic
from rich.console import Console

from tcosim.analysis.saving import savings
from tcosim.analysis.summarize import summarize
from tcosim.report.content.run import run_report
from tcosim.report.terminal.run_view import print_report


def rendered(dataset, width=100, encoding="utf-8", **options):
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    console = Console(file=file, width=width, highlight=False, **options)
    summary = summarize(dataset)
    headline = summary["headline"]
    single = None if headline is None else savings(dataset, headline["option"])
    print_report(run_report(summary, dataset.attrs["baseline"], single), console)
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [80, 100, 120])
def test_it_fits_and_has_no_blanks_at_line_ends(width):
    for line in rendered(synthetic(4096), width).splitlines():
        assert len(line) <= width
        assert line == line.rstrip()


def test_it_says_what_it_must():
    text = rendered(synthetic(4096), 120)
    assert "At 3 billion tokens a month, rented-h100 is unlikely to cost less than api over 36 months" in text
    for name in ("api", "managed", "rented-h100", "owned-h100"):
        assert name in text
    assert "costs more" in text
    assert "reserved basis" in text
    assert "usage basis" in text
    assert "Probability of costing less than api, with its 95 % interval" in text


def test_losses_and_savings_differ_without_color():
    text = rendered(synthetic(4096), 120)
    bars = [
        line for line in text.splitlines() if " to " in line and "$" in line and ("░" in line or "█" in line)
    ]
    losses = [line for line in bars if line.lstrip().startswith("-$")]
    assert losses
    assert len(losses) < len(bars)
    assert all("░" in line and "█" not in line for line in losses)


def test_without_a_terminal_there_is_no_escape():
    assert "\x1b" not in rendered(synthetic(64), force_terminal=False, color_system=None)
    assert "\x1b" in rendered(synthetic(64), force_terminal=True, color_system="standard", no_color=False)


def test_ascii_is_enough():
    text = rendered(synthetic(4096), encoding="ascii")
    assert "####" in text
    assert "----" in text


def test_the_same_dataset_gives_the_same_bytes():
    assert rendered(synthetic(500)) == rendered(synthetic(500))


@pytest.mark.parametrize("samples", [1, 2, 31, 40])
def test_short_runs_are_printed(samples):
    assert "P95" in rendered(synthetic(samples))


def test_equal_futures_are_printed():
    assert "always" in rendered(synthetic(64, npv=np.full((64, 4), 1e6)))


def test_the_bad_end_is_told_with_payback_and_costs_so_far():
    text = rendered(synthetic(4096))
    assert "If it goes wrong: saving against api" in text
    assert re.search(r"12 mo +24 mo +36 mo", text)
    assert "Costs so far in USD" in text
    alone = rendered(synthetic(64, options={"api": "api"}, npv=np.full((64, 1), 1e6)))
    assert "If it goes wrong" not in alone


def test_without_self_hosting_it_is_printed():
    text = rendered(synthetic(64, options={"api": "api", "managed": "managed"}))
    assert "no rented or owned option" in text


def test_long_names_stand_whole_above_their_figures():
    long = "rented-" + "h" * 53
    npv = np.random.default_rng(0).normal(1e6, 1e5, (64, 2))
    dataset = synthetic(64, options={"api": "api", long: "rented"}, npv=npv)
    lines = rendered(dataset, 80).splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert lines.count(f"  {long}") == 4  # in the list of probabilities and in the three tables
    assert f"  {long} " in rendered(dataset, 10_000)


@pytest.mark.parametrize("width", [80, 10_000])
@pytest.mark.parametrize("scale", [1e-2, 1e6, 1e13])
@pytest.mark.parametrize("shift", [0.0, -3.0])
def test_tiny_huge_and_negative_amounts_are_whole(width, scale, shift):
    npv = (shift + np.random.default_rng(0).normal([1, 1.2, 0.9, -0.5], 0.4, (500, 4))) * scale
    text = rendered(synthetic(500, npv=npv, tokens=108e3 * scale), width)
    assert "…" not in text
    assert "e+" not in text
    assert all(len(line) <= max(width, 80) + 4 for line in text.splitlines())


def test_headings_are_not_broken():
    for width in (80, 100, 120):
        lines = rendered(synthetic(4096), width).splitlines()
        upper, lower = next(
            (line.split(), lines[index + 1].split()) for index, line in enumerate(lines) if "hours" in line
        )
        assert upper == ["NPV"] * 4 + ["USD", "a", "USD/M", "USD/M", "hours"]
        assert lower == ["mean", "P5", "P50", "P95", "month", "paid", "used", "load", "over", "cheapest"]


def test_running_text_is_wrapped_in_a_wide_file_and_keeps_units():
    lines = rendered(synthetic(4096), 10_000).splitlines()
    assert all(len(line) <= 100 for line in lines)
    for width in range(60, 100):
        for line in rendered(synthetic(64), width).splitlines():
            assert not line.lstrip().startswith(("%", "k ", "M "))


def test_few_futures_support_few_digits():
    def figures(samples):
        row = next(line for line in rendered(synthetic(samples)).splitlines() if line.startswith("  api  "))
        return row.split()[1:5]

    assert all(re.fullmatch(r"\d\.\dM|\d00k", figure) for figure in figures(16))
    assert all(re.fullmatch(r"\d\.\d\dM|\d\d\dk", figure) for figure in figures(100_000))

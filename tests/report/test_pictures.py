"""All charts of a page beside its sentences and tables: one quantity has one value, and none is said that cannot be."""

from __future__ import annotations

import re

import numpy as np
import pytest
from curves import GRID, PLANNED, synthetic_curve
from datasets import OPTIONS, synthetic

from tcosim.analysis.summarize import summarize
from tcosim.report.content.run import run_report
from tcosim.report.content.series import series
from tcosim.report.documents.pictures import draw
from tcosim.report.words.planned import curve_with_run

BASELINE, HEADLINE = "api", "owned-h100"
UNTOLD, MARK = "cannot be told from nothing", "mean, not told from $0"
EVEN = {"managed": 1e14, "rented-h100": 1.2e10, "owned-h100": 4e9}


def content(samples, saving_usd, seed=0):
    """Summary and arrays of a run in which the headline saves so much on average, give or take 4e5."""
    rng = np.random.default_rng(seed)
    base = rng.lognormal(13.4, 0.5, samples)
    others = {"managed": -3e5, "rented-h100": saving_usd - 2e5, HEADLINE: saving_usd}
    npv = np.stack(
        [base, *(base - saving - 4e5 * rng.standard_normal(samples) for saving in others.values())], axis=1
    )
    dataset = synthetic(samples, npv=npv, tokens=PLANNED * 36)
    curve = synthetic_curve(
        min(samples, 512), (*GRID[:12:3], PLANNED, *GRID[12::3]), options=OPTIONS, even=EVEN
    )
    summary = summarize(dataset, curve=curve)
    return summary, series(dataset, summary)


def page(samples, saving_usd, seed=0):
    """Summary, sentences and charts of the same."""
    summary, arrays = content(samples, saving_usd, seed)
    return summary, run_report(summary, BASELINE, arrays.savings), draw(summary, arrays)


@pytest.fixture(scope="module")
def run():
    return page(2000, 1e5)


@pytest.mark.parametrize("samples", [16, 100, 2000])
@pytest.mark.parametrize("saving_usd", [-4e5, -5e3, 2e4])
def test_the_mean_is_said_where_the_sentences_say_it_and_only_there(samples, saving_usd):
    summary, run, pictures = page(samples, saving_usd, seed=samples)
    sentence = next(text for text in run.sentences if UNTOLD in text or "n average it" in text)
    finding, svg = pictures.saving.finding, pictures.saving.svg
    assert (UNTOLD in sentence) == (UNTOLD in finding) == (MARK in svg)
    low, high = summary["headline"]["expected_saving_ci95_usd"]
    assert (UNTOLD in sentence) == (low < 0 < high)
    if UNTOLD in sentence:
        assert "on average" not in finding
        assert not re.search(r"mean -?\$", svg)
        return
    (figure,) = re.findall(r"n average it (?:saves|costs) (\$\S+ ?[kMB]?)", sentence)
    assert f"{figure} on average" in finding or f"{figure} more on average" in finding
    assert f"mean {figure}" in svg or f"mean -{figure}" in svg


def test_both_kinds_of_run_are_among_these():
    """Or the test above could not fail."""
    bounds = [
        content(2000, usd, seed=2000)[0]["headline"]["expected_saving_ci95_usd"] for usd in (-4e5, -5e3)
    ]
    assert [low < 0 < high for low, high in bounds] == [False, True]


def test_at_the_planned_volume_charts_and_tables_say_what_the_run_says(run):
    summary, report, pictures = run
    chances = {one.option: (one.value, one.interval) for one in report.probabilities}
    prices = {one.option: one.reserved for one in report.options}
    for name in EVEN:
        if name == "managed":
            continue
        value, interval = chances[name]
        assert f"{name} {value} ({interval})" in pictures.chance.svg
        at = pictures.chance.table.heads.index(name)
        (row,) = [row for row in pictures.chance.table.rows if row[0] == "3 billion"]
        assert row[at : at + 2] == (value, interval)
        assert (
            f"{name} at 3 billion tokens a month: ${prices[name]} per million tokens"
            in pictures.utilization.svg
        )
    assert f"{BASELINE} costs ${prices[BASELINE]} at 3 billion" in pictures.utilization.finding
    # the curve's own figures are others, so that nothing of this holds by itself
    (own,) = [point for point in summary["curve"]["volumes"] if point["is_planned"]]
    assert own["options"][3]["probability_beats_baseline"] != summary["headline"]["probability"]


def test_the_curve_itself_stays_as_it_is(run):
    summary = run[0]
    (own,) = [point for point in summary["curve"]["volumes"] if point["is_planned"]]
    curve = curve_with_run(summary)
    (point,) = [point for point in curve["volumes"] if point["is_planned"]]
    assert "price_place" not in own["options"][0]
    assert len(curve["volumes"]) == len(summary["curve"]["volumes"])
    headline = next(one for one in point["options"] if one["name"] == HEADLINE)
    assert headline["expected_saving_usd"] == summary["headline"]["expected_saving_usd"]
    assert headline["expected_saving_ci95_usd"] == summary["headline"]["expected_saving_ci95_usd"]
    for one, of_run in zip(point["options"], summary["options"], strict=True):
        assert one["mean_npv_usd"] == of_run["npv_usd"]["mean"]
        if one["name"] != BASELINE:
            base = summary["options"][0]["npv_usd"]["mean"]
            assert one["expected_saving_usd"] == pytest.approx(base - one["mean_npv_usd"], rel=1e-6)
    assert (
        point["cheapest_expected"] == min(summary["options"], key=lambda one: one["npv_usd"]["mean"])["name"]
    )
    assert curve_with_run({**summary, "curve": None}) is None


def test_components_have_the_figures_of_the_table_of_options(run):
    _, report, pictures = run
    for option in report.options:
        shown = re.sub(r"([kMB])$", r" \1", f"${option.mean}")
        assert f">{shown}<" in pictures.components.svg
    for name in (HEADLINE, BASELINE):
        mean = re.sub(r"([kMB])$", r" \1", next(one.mean for one in report.options if one.option == name))
        assert f"{name}: ${mean} of present value" in pictures.components.finding


def test_every_chart_but_that_of_components_has_its_table(run):
    pictures = run[2]
    for picture in (pictures.chance, pictures.saving, pictures.utilization):
        assert picture.table is not None
    assert pictures.components.table is None
    for _, picture in (*pictures.cost, *pictures.week):
        assert picture.table is not None
    assert len({week.svg.count("data-tip") for _, week in pictures.week}) == 1

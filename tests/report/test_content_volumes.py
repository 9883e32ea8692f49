"""What the slider reads off: the run's own answer at its volume, the curve's elsewhere, in words of one place."""

from __future__ import annotations

import pytest
from curves import PLANNED, synthetic_curve
from datasets import synthetic

from tcosim.analysis.summarize import summarize
from tcosim.report.content.volumes import STEPS, UNTOLD, curve_content
from tcosim.report.words import rounding
from tcosim.report.words.board import saving_words, verdict


@pytest.fixture(scope="module")
def summary():
    dataset = synthetic(4096)
    options = dict(zip(dataset["option"].values.tolist(), dataset["kind"].values.tolist(), strict=True))
    hosted = [name for name in options if name != "api"]
    curve = synthetic_curve(512, options=options, even={name: 4e9 * (k + 1) for k, name in enumerate(hosted)})
    same = ("scenario_sha256", "library_sha256", "seed", "months", "baseline")
    curve.attrs |= {key: dataset.attrs[key] for key in same} | {"planned_tokens_per_month": PLANNED}
    return {**summarize(dataset, curve=curve), "volume_tokens_per_month": PLANNED}


def test_the_planned_volume_reads_as_the_headline(summary):
    content = curve_content(summary)
    planned, headline = content.readings[content.planned], summary["headline"]
    assert planned.tokens_per_month == PLANNED
    assert (planned.chance, planned.between) == rounding.percent_with_interval(
        headline["probability"], *headline["ci95"]
    )
    assert planned.option == headline["option"]
    assert planned.words == verdict(headline["probability"], *headline["ci95"])
    assert planned.saving == saving_words(
        headline["expected_saving_usd"], headline["expected_saving_ci95_usd"]
    )


def test_simulated_volumes_read_as_the_curve(summary):
    content = curve_content(summary)
    tokens = [reading.tokens_per_month for reading in content.readings]
    assert tokens == sorted(set(tokens))
    by_volume = {reading.tokens_per_month: reading for reading in content.readings}
    for point in summary["curve"]["volumes"]:
        if point["tokens_per_month"] == PLANNED:
            continue
        reading = by_volume[point["tokens_per_month"]]
        best = next(one for one in point["options"] if one["name"] == point["best_self_hosted"])
        assert reading.is_simulated
        assert reading.option == best["name"]
        assert reading.cheapest in (point["cheapest_expected"], UNTOLD)
        assert (
            reading.chance
            == rounding.percent_with_interval(
                best["probability_beats_baseline"], *best["probability_beats_baseline_ci95"]
            )[0]
        )
    count = len(summary["curve"]["volumes"])
    assert len(content.readings) >= STEPS * (count - 1) + 1
    assert sum(reading.is_simulated for reading in content.readings) in (count, count + 1)


def test_without_a_curve_or_a_headline_there_is_nothing_to_read(summary):
    assert curve_content({**summary, "curve": None}) is None
    assert curve_content({**summary, "headline": None}) is None


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "practically no chance, in none of the futures"),
        (0.352, "unlikely, about 1 in 3"),
        (0.5, "about an even chance, about 1 in 2"),
        (0.96, "almost certain, about 24 in 25"),
        (1.0, "practically certain, in all of the futures"),
    ],
)
def test_verdicts(probability, words):
    assert verdict(probability, probability, probability) == words


def test_a_wide_interval_is_no_verdict():
    assert verdict(0.0, 0.0, 0.976) == "somewhere between 0 and 98 %"


@pytest.mark.parametrize(
    ("saving", "bounds", "words"),
    [
        (-21_800.0, [-22_300.0, -21_200.0], "costs $21.8 k more on average"),
        (50_000.0, [49_000.0, 51_000.0], "saves $50 k on average"),
        (10.0, [-500.0, 520.0], "saves or costs, it cannot be told (-$500 to $500)"),
        (-7.0, None, "costs $7 more"),
    ],
)
def test_savings_in_words(saving, bounds, words):
    assert saving_words(saving, bounds) == words

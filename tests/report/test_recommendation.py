"""One recommendation: the cheapest on average, how safe that is, and what to find out first."""

from __future__ import annotations

from typing import Any

import pytest

from tcosim.report.words.recommendation import driver_sentences, recommendation


def summary(
    probability: float,
    *,
    means: tuple[float, ...] = (100.0, 120.0),
    half: float = 0.002,
    worth: Any = None,
    told: bool = True,
    third: float = 0.6,
) -> dict[str, Any]:
    """Options api (the baseline), owned (the headline) and, with a third mean, api2."""
    worth = [{"input": "traffic.annual_growth", "usd": 147_000.0, "se": 1_500.0}] if worth is None else worth
    bounds = [max(0.0, probability - half), min(1.0, probability + half)]
    lowest = min(means)
    chances = [(None, None), (probability, bounds), (third, [third - 0.002, third + 0.002])]
    return {
        "samples": 1000,
        "headline": {
            "option": "owned",
            "baseline": "api",
            "probability": probability,
            "ci95": bounds,
            "expected_saving_ci95_usd": [means[0] - means[1] - 1, means[0] - means[1] + 1],
        },
        "options": [
            {
                "name": name,
                "eligible": True,
                "npv_usd": {"mean": mean},
                "probability_beats_baseline": chance,
                "probability_beats_baseline_ci95": interval,
                "excess_ci95_usd": [0.0, 0.0]
                if mean == lowest
                else [mean - lowest - (1 if told else 1e3), mean - lowest + (1 if told else 1e3)],
            }
            for name, mean, (chance, interval) in zip(("api", "owned", "api2"), means, chances, strict=False)
        ],
        "value_of_information": {"evppi_usd": worth},
        "tornado": [],
    }


def test_a_bet_names_what_to_find_out_first():
    meanings = {"traffic.annual_growth": "Yearly growth of the tokens, before it is measured."}
    assert recommendation(summary(0.35), meanings) == (
        "Choose api: it costs least on average. That is a bet: owned costs less than api in 35.0 % of the futures. What"
        " would help most to know first is yearly growth of the tokens (traffic.annual_growth), worth up to $147 k."
    )


@pytest.mark.parametrize(
    ("probability", "means", "name", "chance"),
    [(0.03, (100, 120), "api", "3.0 %"), (0.97, (120, 100), "owned", "97.0 %")],
)
def test_a_choice_that_mean_and_odds_agree_on(probability, means, name, chance):
    text = recommendation(summary(probability, means=means, worth=[]), {})
    assert text == (
        f"Choose {name}: it costs least on average, and owned costs less than api in {chance} of the futures."
    )


@pytest.mark.parametrize("probability", [0.04, 0.3, 0.45, 0.55, 0.7, 0.96])
@pytest.mark.parametrize("means", [(100, 120), (120, 100), (110, 120, 100), (120, 110, 100)])
@pytest.mark.parametrize("third", [0.05, 0.5, 0.95])
@pytest.mark.parametrize("told", [True, False])
def test_a_bet_is_called_one_and_what_is_not_told_is_not_recommended(probability, means, third, told):
    text = recommendation(summary(probability, means=means, third=third, told=told), {})
    best = ("api", "owned", "api2")[means.index(min(means))]
    right = {"api": 1 - probability, "owned": probability, "api2": third}[best]
    if not told:
        assert "it cannot be told between" in text
        assert best in text.partition(". ")[0]
        assert "Choose by other reasons" in text
        return
    assert text.startswith(f"Choose {best}: it costs least on average")
    assert ("That is a bet" in text) == (right < 0.9)
    if best == "api2":
        assert "api2 costs less than api in" in text


def test_odds_against_the_mean_are_said():
    assert "in 60.0 % of the futures, but loses much in the others" in recommendation(summary(0.6), {})
    text = recommendation(summary(0.07, means=(120, 100)), {})
    assert "That is a bet: owned costs less than api in 7.0 % of the futures, and then by much" in text


def test_what_cannot_be_told_is_not_recommended():
    text = recommendation(summary(0.12, half=0.1), {})
    assert (
        text == "Simulate more before deciding: 1,000 futures are too few to tell a safe choice from a bet."
    )


def test_what_is_worth_nothing_that_can_be_told_is_not_named():
    text = recommendation(summary(0.35, worth=[{"input": "x", "usd": 10.0, "se": 20.0}]), {})
    assert "help most" not in text


def test_without_self_hosting():
    text = recommendation({**summary(0.3), "headline": None}, {})
    assert text.startswith("Choose api: of the options here, none of them self-hosted")


def test_drivers_are_the_strongest_that_can_be_told():
    rows = [
        {
            "input": name,
            "p10": 0.1,
            "p90": 0.9,
            "saving_at_p10_usd": -swing / 2,
            "saving_at_p90_usd": swing / 2,
            "saving_at_p10_se_usd": 2_000.0,
            "saving_at_p90_se_usd": 2_000.0,
            "swing_usd": swing,
            "se_usd": se,
        }
        for name, swing, se in [
            ("a", 9e5, 3e3),
            ("b", 5e5, 3e3),
            ("c", 4e3, 3e3),
            ("d", 2e5, 3e3),
            ("e", 1e5, 3e3),
        ]
    ]
    told = driver_sentences(
        {"tornado": rows}, {"a": "What a is, in short."}, {"a": "share/year", "b": "hours/month"}
    )
    assert [text.partition(":")[0] for text in told] == ["What a is (a)", "b", "d"]
    assert told[0] == (
        "What a is (a): at 10 % a year, its 10th percentile, the expected saving is -$450 k; at 90 % a year, its 90th,"
        " it is $450 k."
    )
    assert "at 0.1 hours a month," in told[1]

"""One recommendation: the cheapest on average, how safe that is, and what to find out first."""

from __future__ import annotations

from typing import Any

import pytest

from tcosim.report.words.recommendation import driver_sentences, recommendation


def summary(
    probability: float, *, means: tuple[float, float] = (100.0, 120.0), half: float = 0.002, worth: Any = None
) -> dict[str, Any]:
    worth = [{"input": "traffic.annual_growth", "usd": 147_000.0, "se": 1_500.0}] if worth is None else worth
    return {
        "samples": 1000,
        "headline": {
            "option": "owned",
            "baseline": "api",
            "probability": probability,
            "ci95": [max(0.0, probability - half), min(1.0, probability + half)],
        },
        "options": [
            {"name": name, "eligible": True, "npv_usd": {"mean": mean}}
            for name, mean in zip(("api", "owned"), means, strict=True)
        ],
        "value_of_information": {"evppi_usd": worth},
        "tornado": [],
    }


def test_a_bet_names_what_to_find_out_first():
    assert recommendation(summary(0.35)) == (
        "Choose api: it costs least on average. It is a bet; the first thing to find out is traffic.annual_growth,"
        " worth up to $147 k."
    )


@pytest.mark.parametrize(
    ("probability", "means", "name"), [(0.03, (100, 120), "api"), (0.97, (120, 100), "owned")]
)
def test_a_safe_choice(probability, means, name):
    text = recommendation(summary(probability, means=means, worth=[]))
    assert text == f"Choose {name}: it costs least on average. That is a safe choice."


def test_odds_against_the_mean_are_said():
    text = recommendation(summary(0.6, means=(100, 120)))
    assert "owned wins in more than half of the futures and loses much in the others" in text
    text = recommendation(summary(0.4, means=(120, 100)))
    assert "Choose owned" in text
    assert "wins in fewer than half of the futures and then by much" in text


def test_what_cannot_be_told_is_not_recommended():
    text = recommendation(summary(0.12, half=0.1))
    assert (
        text == "Simulate more before deciding: 1,000 futures are too few to tell a safe choice from a bet."
    )


def test_what_is_worth_nothing_that_can_be_told_is_not_named():
    text = recommendation(summary(0.35, worth=[{"input": "x", "usd": 10.0, "se": 20.0}]))
    assert "find out" not in text


def test_without_self_hosting():
    text = recommendation({**summary(0.3), "headline": None})
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
    told = driver_sentences({"tornado": rows}, {"a": "what a is"})
    assert [text.partition(" ")[0].strip(":") for text in told] == ["a", "b", "d"]
    assert told[0] == (
        "a (what a is): at its 10th percentile, 0.1, the expected saving is -$450 k; at its 90th, 0.9, it is $450 k."
    )

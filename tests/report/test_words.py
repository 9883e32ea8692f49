"""The sentences for the board."""

from __future__ import annotations

import numpy as np
import pytest
from datasets import synthetic

from tcosim.analysis.summarize import summarize
from tcosim.report.words.board import SCALE, board_sentence, chance, money_sentence, odds


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (0.0, "has practically no chance to"),
        (0.03, "has almost no chance to"),
        (0.1, "is very unlikely to"),
        (0.312, "is unlikely to"),
        (0.5, "has about an even chance to"),
        (0.6, "is likely to"),
        (0.9, "is very likely to"),
        (0.97, "is almost certain to"),
        (1.0, "is practically certain to"),
    ],
)
def test_words(probability, expected):
    assert chance(probability) == expected


def test_the_scale_rises_and_is_symmetric():
    edges = [edge for edge, _ in SCALE[:-1]]
    assert edges == sorted(edges)
    assert [round(1 - edge, 2) for edge in reversed(edges)] == edges


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (0.0, "in none of the futures"),
        (0.0001, "less than 1 in 1,000"),
        (0.001, "about 1 in 1,000"),
        (0.05, "about 1 in 20"),
        (0.312, "about 1 in 3"),
        (0.43, "about 2 in 5"),
        (0.5, "about 1 in 2"),
        (0.67, "about 2 in 3"),
        (0.9, "about 9 in 10"),
        (0.99995, "more than 999 in 1,000"),
        (1.0, "in all of the futures"),
    ],
)
def test_odds(probability, expected):
    assert odds(probability) == expected


def summary(probability, low, high, saving=1e5, bounds=(9e4, 1.1e5), loss=3e5):
    content = summarize(synthetic(64))
    content["headline"] |= {
        "probability": probability,
        "ci95": [low, high],
        "expected_saving_usd": saving,
        "expected_saving_ci95_usd": None if bounds is None else list(bounds),
        "cvar95_loss_usd": loss,
    }
    return content


def test_the_sentence():
    assert board_sentence(summary(0.312, 0.311, 0.313)) == (
        "At 3 billion tokens a month, rented-h100 is unlikely to cost less than api over 36 months:"
        " about 1 in 3 (31.2 %, 95 % interval 31.1 to 31.3 %)."
    )


def test_a_narrow_interval_across_two_words_keeps_one():
    assert "is unlikely to" in board_sentence(summary(0.449, 0.448, 0.4505))


def test_a_wide_interval_across_two_words_says_so():
    text = board_sentence(summary(0.4, 0.25, 0.55))
    assert "between 25 and 55 %" in text
    assert "64 futures are too few" in text


def test_money_saved_and_lost():
    assert money_sentence(summary(0.6, 0.59, 0.61)) == (
        "On average it saves $100 k in present value (95 % interval $90 k to $110 k);"
        " in the worst 5 % of futures it costs $300 k more on average."
    )
    assert money_sentence(summary(0.4, 0.39, 0.41, -1e5, (-1.1e5, -9e4), -2e3)) == (
        "On average it costs $100 k more in present value (95 % interval $90 k to $110 k);"
        " even in the worst 5 % of futures it saves $2 k on average."
    )


def test_the_tail_has_the_digits_of_a_twentieth_of_the_futures():
    narrow, wide = (
        money_sentence(summary(0.6, 0.59, 0.61, 1e5, bounds, 1_234_567))
        for bounds in ((99_900, 100_100), (60_000, 140_000))
    )
    assert "it costs $1.23 M more on average" in narrow
    assert "it costs $1.2 M more on average" in wide


def test_a_bound_above_nothing_is_not_shown_as_nothing():
    text = money_sentence(summary(0.6, 0.59, 0.61, 2.3e4, (1.2e3, 4.5e4)))
    assert "95 % interval $1 k to $40 k" in text


def test_rare_large_gains_are_marked():
    assert money_sentence(summary(0.4, 0.39, 0.41)).startswith("Yet on average it saves $100 k")
    assert money_sentence(summary(0.6, 0.59, 0.61, -1e5, (-1.1e5, -9e4))).startswith(
        "Yet on average it costs"
    )


def test_a_saving_that_may_be_nothing():
    text = money_sentence(summary(0.5, 0.45, 0.55, 1e4, (-5e4, 7e4)))
    assert text.startswith("Its expected saving cannot be told from nothing (95 % interval -$50 k to $70 k)")


def test_one_future():
    assert money_sentence(summary(0.0, 0.0, 0.97, -1e4, None)).startswith(
        "In this one future it costs $10.0 k"
    )


def test_without_self_hosting_there_is_no_claim():
    content = summarize(synthetic(64, options={"api": "api", "managed": "managed"}))
    assert "nothing can be said about self-hosting" in board_sentence(content)
    assert money_sentence(content) == ""


@pytest.mark.parametrize("samples", [1, 3, 20, 40, 1000])
def test_every_size_of_run_has_a_sentence(samples):
    content = summarize(synthetic(samples, npv=np.full((samples, 4), 1e6)))
    assert board_sentence(content).endswith(".")
    assert money_sentence(content).endswith(".")

"""The curve as it is read: sentences for every case, tables that hold together, and a picture."""

from __future__ import annotations

import io
import math
import re
import struct

import pytest
from curves import EVEN, GRID, OPTIONS, PLANNED, synthetic_curve
from rich.console import Console

from tcosim.analysis.curve import summarize_curve
from tcosim.report.charts.curve import curve_chart, curve_png
from tcosim.report.terminal.curve_view import print_curve
from tcosim.report.words.curve import interval_words, rounded, sentences, volume_words

TWO = {"api": "api", "rented": "rented"}
WITH_PLANNED = tuple(sorted({*GRID, PLANNED}))


def two(volumes=GRID, even=6e9, samples=3200, **others):
    return summarize_curve(synthetic_curve(samples, volumes, options=TWO, even={"rented": even}, **others))


def shown(summary, width=80, encoding="utf-8"):
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    print_curve(summary, Console(file=file, width=width, highlight=False))
    file.flush()
    return raw.getvalue().decode(encoding)


def place(value, low, high):
    return {"tokens_per_month": value, "ci95": [low, high]}


@pytest.mark.parametrize(
    ("given", "words", "interval"),
    [
        (place(9.81e9, 9.62e9, 9.99e9), "9.8 billion", "95 % interval 9.6 billion to 10 billion"),
        (place(9.8123e9, 9.8101e9, 9.8139e9), "9.81 billion", "95 % interval 9.81 billion to 9.82 billion"),
        (place(6e9, 1e9, 4e10), "6 billion", "95 % interval 1 billion to 40 billion"),
        (place(9.81e9, None, 1.2e10), "10 billion", "95 % interval below 12 billion, open within these volumes"),
        (place(9.81e9, 9.1e9, None), "9.8 billion", "95 % interval above 9.1 billion, open within these volumes"),
        (place(9.81e8, None, None), "980 million", "these volumes are too few, or the futures, for an interval"),
    ],
)  # fmt: skip
def test_volumes_have_the_digits_of_their_interval(given, words, interval):
    assert volume_words(given) == words
    assert interval_words(given) == interval


def test_rounding_goes_outward_and_never_to_nothing():
    value, low, high = rounded(place(2e9, 0.3e9, 3.4e10))
    assert 0 < low <= 0.3e9
    assert high >= 3.4e10
    assert value > 0


@pytest.mark.parametrize(
    ("volumes", "even", "expected"),
    [
        (GRID, 6e9, " 23 billion) self-host (rented); between them it is a bet."),
        (GRID[:14], 6e9, " it is a bet: up to 4.22 billion self-hosting does not become a safe choice (rented wins in"),
        (GRID[13:], 6e9, ") self-host (rented); below it is a bet, already at 4.22 billion (rented wins in"),
        (GRID[13:16], 6e9, "From 4.22 billion to 7.5 billion tokens a month it is a bet: rented wins in"),
        (GRID, 1e14, "Up to 100 billion tokens a month, the largest volume asked about, choose api."),
        (GRID, 1e6, "From 100 million tokens a month, the smallest volume asked about, self-host (rented)."),
        ((3e9,), 1e14, "At 3 billion tokens a month, choose api."),
        ((3e9,), 1e6, "At 3 billion tokens a month, self-host (rented)."),
        ((3e9,), 3e9, " a month, it is a bet: rented wins in 49 % of the futures, 95 % interval 47 to 52 %."),
    ],
)  # fmt: skip
def test_the_switch_sentence_of_every_case(volumes, even, expected):
    assert expected in sentences(two(volumes, even))[0]


@pytest.mark.parametrize(
    ("volumes", "even", "samples", "expected"),
    [
        (GRID, 6e9, 1, "From 100 million to 100 billion tokens a month it cannot be told from 1 future whether to"),
        ((1e9,), 1e9 * math.exp(1.28), 500, "At 1 billion tokens a month it cannot be told from 500 futures whether"),
        ((1e8, 2e9), 2e9 * math.exp(1.28), 500, "At 100 million tokens a month choose api, at 2 billion it cannot be"),
        ((2e9, 1e12), 2e9 * math.exp(1.28), 500, "At 2 billion tokens a month it cannot be told from 500 futures, at"
         " 1 trillion self-host (rented)."),
    ],
)  # fmt: skip
def test_no_choice_is_named_that_the_intervals_do_not_support(volumes, even, samples, expected):
    summary = two(volumes, even, samples)
    assert not summary["decision"]["sure"]
    assert sentences(summary)[0].startswith(expected)


def test_many_stretches_are_folded_into_one():
    summary = two()
    summary["decision"]["sure"] = False
    for index, point in enumerate(summary["volumes"]):
        point["verdict"] = ("buy", "cannot be told")[index % 2]
    assert sentences(summary)[0] == (
        "At 100 million tokens a month choose api, from 133 million to 75 billion it changes, or cannot be told from"
        " 3,200 futures, at 100 billion choose api."
    )


def test_one_future_gives_no_figure_without_an_interval():
    text = shown(summarize_curve(synthetic_curve(1, GRID[::6])))
    rows = [line for line in text.splitlines() if line.strip().startswith(("100M", "100B"))]
    assert len(rows) == 2
    assert all("0-98 %" in row or "2-100 %" in row for row in rows)
    assert all(
        row.endswith("- -") for row in rows
    )  # neither a saving nor an option that is cheapest on average
    assert "Too few futures for an interval" in text
    assert all(line.endswith(" -") for line in text.splitlines() if line.strip().startswith("best self-"))
    assert "Where the chance is even cannot be told" in " ".join(text.split())
    assert "on average cannot be told" in " ".join(text.split())


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", "\u2592"), ("ascii", "~")])
def test_a_wide_interval_is_shown_by_both_of_its_ends(encoding, mark):
    few, many = (shown(two(samples=samples, volumes=(6e9,)), encoding=encoding) for samples in (64, 25_600))
    assert mark in few
    assert re.search(r"\d+-\d+ %\*", few)
    assert mark not in many
    assert not re.search(r"\d+-\d+ %", many)


def test_the_even_chance_and_the_break_even_have_their_intervals():
    switch, terms, even, equal, covers = sentences(two(skew=0.0))
    assert switch.count("(95 % interval ") == 2
    assert covers.endswith("cover the error of simulating and of reading between the volumes simulated.")
    assert terms.startswith("A bet means a chance of 10 to 90 % that the self-hosted option with the lowest")
    assert even.startswith("An even chance is reached at ")
    assert equal.startswith("On average self-hosting costs less than api from ")
    assert all("(95 % interval " in text for text in (even, equal))


@pytest.mark.parametrize(
    ("skew", "cause"), [(1.0, "rare large savings"), (-0.6, "rare large losses"), (0.0, None)]
)
def test_odds_and_mean_that_disagree_are_named(skew, cause):
    found = [text for text in sentences(two(samples=16_000, skew=skew)) if "carry the mean" in text]
    assert len(found) == (cause is not None)
    assert cause is None or (found[0].startswith("Between ") and cause in found[0])


def test_where_nothing_crosses_the_volumes_of_disagreement_are_those_that_were_simulated():
    summary = two(samples=16_000, skew=1.0, volumes=(4.9e9, 5.2e9, 5.4e9))
    assert sentences(summary)[-1].startswith(
        "From 4.9 billion to 5.4 billion tokens a month self-hosting is cheaper"
    )
    summary = two(samples=16_000, skew=1.0, volumes=(5.2e9,))
    assert sentences(summary)[-1].startswith(
        "At 5.2 billion tokens a month self-hosting is cheaper on average"
    )


def test_crossings_that_cannot_be_told_apart_do_not_disagree():
    summary = two(samples=64, skew=0.1)
    best = summary["best_self_hosted"]
    even, equal = best["probability_levels"][1]["crossings"][0], best["break_even"]["crossings"][0]
    assert equal["ci95"][1] > even["ci95"][0]
    assert not any("carry the mean" in text for text in sentences(summary))


def test_a_chance_below_even_everywhere_is_said():
    text = " ".join(sentences(two(even=1e14)))
    assert "The chance is below even at all these volumes." in text
    assert "On average self-hosting costs more than api at all these volumes." in text


def test_several_crossings_are_counted():
    summary = two()
    level = summary["best_self_hosted"]["probability_levels"][1]
    level["crossings"] = [
        {"tokens_per_month": tokens, "ci95": [0.9 * tokens, 1.1 * tokens], "rises": rises}
        for tokens, rises in ((2e9, True), (4e9, False), (8e9, True))
    ]
    text = " ".join(sentences(summary))
    assert "The chance passes even 3 times (replicas come in whole numbers): first at 2 billion" in text
    assert "last at 8 billion" in text
    assert "2B, 8B" in shown(summary)


def test_without_self_hosting_nothing_is_claimed():
    options = {"api": "api", "managed": "managed"}
    summary = summarize_curve(synthetic_curve(64, options=options, even={"managed": 1e14}))
    assert sentences(summary) == [
        "Nothing can be said about self-hosting: the scenario has no rented or owned option."
    ]
    assert "managed" in shown(summary)
    assert curve_png(summary).startswith(b"\x89PNG")


@pytest.mark.parametrize("width", [80, 100, 140])
def test_five_options_fit_and_no_line_ends_in_blanks(width):
    for line in shown(summarize_curve(synthetic_curve(3200, WITH_PLANNED)), width).splitlines():
        assert len(line) <= width
        assert line == line.rstrip()


@pytest.mark.parametrize("width", [60, 80, 10_000])
@pytest.mark.parametrize("length", [18, 60])
def test_long_names_are_replaced_by_letters_and_stand_whole_in_a_legend(width, length):
    options = {f"{name}-{'x' * (length - len(name) - 1)}": kind for name, kind in OPTIONS.items()}
    even = {long: EVEN[name] for long, name in zip(options, OPTIONS, strict=True) if name in EVEN}
    text = shown(summarize_curve(synthetic_curve(640, options=options, even=even)), width)
    assert all(len(line) <= width for line in text.splitlines())
    assert "  A api-xxx" in text
    if width >= 80:
        assert all(f"  {letter} {name}\n" in text for letter, name in zip("ABCDE", options, strict=True))


def test_many_options_go_into_several_tables():
    options = {"api": "api"} | {f"rented-{index}": "rented" for index in range(14)}
    even = {name: 1e9 * (index + 1) for index, name in enumerate(list(options)[1:])}
    text = shown(summarize_curve(synthetic_curve(640, GRID[::4], options=options, even=even)))
    assert all(len(line) <= 80 for line in text.splitlines())
    probabilities = text[text.index("Probability of") : text.index("What a million")]
    assert probabilities.count("a month") > 1
    wide = shown(summarize_curve(synthetic_curve(640, GRID[::4], options=options, even=even)), 10_000)
    assert wide[wide.index("Probability of") : wide.index("What a million")].count("a month") == 1


def test_the_planned_volume_is_marked_once_in_each_table():
    text = shown(summarize_curve(synthetic_curve(640, WITH_PLANNED)))
    assert sum(line.strip().startswith("> 3.00B") for line in text.splitlines()) == 2
    assert ">: the scenario's own volume." in " ".join(text.split())
    text = shown(summarize_curve(synthetic_curve(640, GRID)))
    assert "> " not in text
    assert "own volume" not in text


def test_bars_show_the_chance_and_ascii_is_enough():
    text = shown(two(), encoding="ascii")
    rows = [line for line in text.splitlines() if line.strip().startswith(("100M", "100B"))]
    assert ".........." in rows[0]
    assert "##########" in rows[1]


def test_volumes_that_are_not_reached_say_on_which_side():
    text = shown(two(even=1e14))
    assert text.count(">100B") > 4
    text = shown(two(even=1e6))
    assert text.count("<100M") > 4


@pytest.mark.parametrize("samples", [1, 16, 31, 64])
def test_short_curves_are_printed(samples):
    text = shown(summarize_curve(synthetic_curve(samples)))
    assert "nan" not in text
    assert "None" not in text


def test_few_futures_have_few_digits():
    few, many = (shown(two(samples=samples, volumes=GRID[12:20])) for samples in (64, 25_600))
    row = next(line for line in few.splitlines() if line.strip().startswith("5.62B"))
    assert ".0 %" not in row
    assert len(row.split("%")[0].split(".")) == 2  # the volume alone has a point
    assert few != many


@pytest.mark.parametrize("volumes", [(3e9,), (1e9, 1e10), GRID])
def test_the_picture_is_a_png_of_two_panels_and_always_the_same(volumes):
    summary = summarize_curve(synthetic_curve(640, volumes))
    first = curve_png(summary)
    assert first.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", first[16:24])
    assert 1000 < width < 1400 < 2 * height
    assert first == curve_png(summary)


def test_the_chart_draws_every_figure_and_skips_what_a_log_scale_cannot_hold():
    summary = summarize_curve(synthetic_curve(640, WITH_PLANNED))
    summary["volumes"][0]["options"][0]["usd_per_million_tokens"] = -1.0
    spec = curve_chart(summary).to_dict()
    chances, prices = spec["vconcat"]

    def rows(panel):
        used = {layer.get("data", panel.get("data"))["name"] for layer in panel["layer"]}
        return max((spec["datasets"][name] for name in used), key=len)

    assert len(rows(chances)) == 3 * len(WITH_PLANNED)
    assert len(rows(prices)) == 5 * len(WITH_PLANNED) - 1
    assert {row["option"] for row in rows(prices)} == set(OPTIONS)


def test_both_panels_give_an_option_one_color():
    """Panels share their scales: one that names fewer options would shift the colors of all."""
    spec = curve_chart(summarize_curve(synthetic_curve(640, WITH_PLANNED))).to_dict()
    scales = [
        layer["encoding"]["color"]["scale"]
        for panel in spec["vconcat"]
        for layer in panel["layer"]
        if "color" in layer["encoding"]
    ]
    assert len(scales) == 5
    assert all(scale == scales[0] for scale in scales)
    assert set(scales[0]["domain"]) == set(OPTIONS)

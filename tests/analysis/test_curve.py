"""Curves over volumes: crossings against closed forms, their intervals over many seeds, and the advice."""

from __future__ import annotations

import json
import math
from itertools import pairwise, product

import numpy as np
import pytest
from curves import EVEN, GRID, PLANNED, dataset_of, synthetic_curve
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from tcosim.analysis.crossing import MONEY, PROBABILITY, Line, cliffs, level_of
from tcosim.analysis.curve import LEVELS, odds_and_mean, summarize_curve
from tcosim.analysis.interval import Interval, mean_interval, probability_interval, student

TWO = {"api": "api", "rented": "rented"}
MIDDLE = 6e9
NARROW = tuple(10 ** (8.5 + step / 8) for step in range(21))
"""Eight volumes a decade, as a curve has if nothing else is asked for; spread 1 in log volume."""


def one(samples, seed=0, volumes=NARROW, **others):
    """A curve with one self-hosted option that is even at `MIDDLE`."""
    return synthetic_curve(
        samples, volumes, seed=seed, options=TWO, even={"rented": others.pop("even", MIDDLE)}, **others
    )


def crossing(summary, level):
    (found,) = (
        one for one in summary["options"][0]["probability_levels"] if math.isclose(one["level"], level)
    )
    (only,) = found["crossings"]
    return only


def standard_error(level, samples):
    """Of the log volume at which p = Phi(ln(V / middle)) reaches a level, with independent futures."""
    return math.sqrt(level * (1 - level) / samples) / stats.norm.pdf(stats.norm.ppf(level))


@pytest.mark.parametrize("samples", [1600, 16_000])
def test_a_known_curve_crosses_where_it_must(samples):
    summary = summarize_curve(one(samples))
    for level in LEVELS:
        truth = math.log(MIDDLE) + stats.norm.ppf(level)
        found, error = crossing(summary, level), standard_error(level, samples)
        assert abs(math.log(found["tokens_per_month"]) - truth) < 4 * error
        low, high = found["ci95"]
        assert low < found["tokens_per_month"] < high
        # 16 scrambles know their own spread to one part in sqrt(2 x 15), and the hull is wider than either interval.
        ratio = math.log(high / low) / 2 / (student(15) * error)
        assert 1 - 4 / math.sqrt(30) < ratio < 1.3 + 4 / math.sqrt(30)


def test_a_curve_that_is_even_seven_percent_away_would_be_told():
    """The tolerance of the test before is small enough to tell another curve."""
    found, error = crossing(summarize_curve(one(16_000)), 0.5), standard_error(0.5, 16_000)
    assert abs(math.log(found["tokens_per_month"] / (0.93 * MIDDLE))) > 4 * error


def line_of(values, spread=0.0, unresolved=None):
    """A curve with given values whose scrambles all agree; its intervals are ``spread`` to each side."""
    values = np.asarray(values, dtype=float)
    steps = np.zeros(len(values) - 1, dtype=bool) if unresolved is None else np.asarray(unresolved)
    return Line(values, values - spread, values + spread, np.tile(values, (16, 1)), steps)


@pytest.mark.parametrize("level", [0.1, 0.9])
def test_a_straight_line_over_a_coarse_grid_misses_where_the_normal_score_does_not(level):
    volumes = np.exp(math.log(MIDDLE) + np.array([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0]))
    p = stats.norm.cdf(np.log(volumes / MIDDLE))
    truth = MIDDLE * math.exp(stats.norm.ppf(level))
    (found,) = level_of(volumes, line_of(p), level, PROBABILITY).crossings
    assert found.volume == pytest.approx(truth, rel=1e-9)
    (straight,) = level_of(volumes, line_of(p), level, PROBABILITY[::-1]).crossings
    assert abs(math.log(straight.volume / truth)) > 0.05
    # Either way the interval holds the truth, although there is no sampling error at all.
    assert straight.low <= truth * (1 + 1e-9)
    assert straight.high >= truth * (1 - 1e-9)


SHAPES = {
    "t2": stats.t(2).cdf,
    "gumbel": stats.gumbel_r.cdf,
    "0.96 Phi": lambda score: 0.96 * stats.norm.cdf(score),
    "logistic": stats.logistic.cdf,
    "Phi": stats.norm.cdf,
}


@pytest.mark.parametrize("a_decade", [2, 4, 8])
@pytest.mark.parametrize("beside", [0.0, 0.1])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_interval_holds_the_crossing_of_any_smooth_curve_without_noise(shape, beside, a_decade):
    """Where nothing is simulated, all of the interval is for reading between volumes."""
    step = math.log(10) / a_decade
    for level, spread, shift in product(LEVELS, (0.7, 1.0, 2.0), (0.0, 0.2, 0.5, 0.9)):
        x = math.log(MIDDLE) + step * (np.arange(-7 * a_decade, 7 * a_decade) + shift)
        if beside:  # volumes of a list may be as near to each other as anyone likes
            x = np.sort(np.concatenate([x, x + beside * step]))
        p = SHAPES[shape]((x - math.log(MIDDLE)) / spread)
        truth = optimize.brentq(lambda at, s=spread, c=level: SHAPES[shape](at / s) - c, -60, 60)
        (found,) = level_of(np.exp(x), line_of(p, unresolved=cliffs(p)), level, PROBABILITY).crossings
        low, high = (math.log(end / MIDDLE) for end in (found.low, found.high))
        assert low - 1e-9 <= truth <= high + 1e-9
        assert high - low <= step + 1e-9
        if a_decade == 8:  # the volumes of a curve if nothing else is asked for
            assert high - low < 0.12 * spread


def test_two_readings_of_the_same_step_alone_would_not():
    """Normal scores and a straight line both err to one side of a curve with heavy tails."""
    x = math.log(10) / 2 * (np.arange(-14, 14) + 0.2)
    p = SHAPES["t2"](x)
    step = int(np.flatnonzero((p[1:] >= 0.9) & (p[:-1] < 0.9))[0])
    ends = [
        x[step] + (x[step + 1] - x[step]) * reading(p[step], p[step + 1], 0.9, 1.0) for reading in PROBABILITY
    ]
    assert not min(ends) <= stats.t(2).ppf(0.9) <= max(ends)


def test_the_crossing_between_two_volumes_alone_may_be_anywhere_between():
    found = level_of([1e9, 2e9], line_of([0.4, 0.6]), 0.5, PROBABILITY).crossings[0]
    assert (found.low, found.high) == (pytest.approx(1e9), pytest.approx(2e9))


def test_an_interval_ends_where_the_volumes_do():
    line = line_of([0.2, 0.49, 0.8], 0.001)
    line.left_out[:, 1] += np.linspace(-0.3, 0.3, 16)
    found = level_of([1e9, 2e9, 4e9], line, 0.5, PROBABILITY).crossings[0]
    assert (found.low, found.high) == (None, None)


@pytest.mark.parametrize(
    ("volumes", "samples", "case", "sure", "told"),
    [
        (NARROW, 1600, "switch", True, {"buy", "bet", "self_host"}),
        ((MIDDLE * math.exp(-1.28),), 400, None, False, {"cannot be told"}),
        ((MIDDLE * math.exp(1.28),), 400, None, False, {"cannot be told"}),
        ((1e7, 1e8), 1, "never", False, {"cannot be told"}),
        ((1e7, 1e8), 1600, "never", True, {"buy"}),
        ((1e12, 1e13), 1600, "always", True, {"self_host"}),
        ((1e12, 1e13), 16, "always", False, {"cannot be told"}),
    ],
)
def test_a_case_that_the_intervals_do_not_support_is_not_sure(volumes, samples, case, sure, told):
    summary = summarize_curve(one(samples, volumes=volumes))
    assert case in (None, summary["decision"]["case"])
    assert summary["decision"]["sure"] == sure
    assert {point["verdict"] for point in summary["volumes"]} - (
        {"cannot be told"} if sure else set()
    ) == told


def test_money_that_is_fixed_cost_and_saving_per_token_breaks_even_exactly():
    volumes = np.array([1e9, 2e9, 4e9, 8e9])
    (found,) = level_of(volumes, line_of(2e-6 * volumes - 6000), 0.0, MONEY).crossings
    assert found.volume == pytest.approx(3e9, rel=1e-12)


def coverage(samples, runs, transform=lambda low, high: (low, high)):
    covered = dict.fromkeys((*LEVELS, "money"), 0)
    for seed in range(runs):
        summary = summarize_curve(one(samples, seed, NARROW[1:20]))
        truths = {level: MIDDLE * math.exp(stats.norm.ppf(level)) for level in LEVELS} | {"money": MIDDLE}
        for level, truth in truths.items():
            found = (
                summary["options"][0]["break_even"]["crossings"][0]
                if level == "money"
                else crossing(summary, level)
            )
            low, high = transform(*map(math.log, found["ci95"]))
            covered[level] += low <= math.log(truth) <= high
    return {level: count / runs for level, count in covered.items()}


@pytest.mark.parametrize("samples", [400, 1600])
def test_the_interval_of_a_crossing_covers(samples):
    runs = 200
    slack = 4 * math.sqrt(0.95 * 0.05 / runs)  # 6 %
    shares = coverage(samples, runs)
    for level, share in shares.items():
        assert 0.95 - slack <= share, (level, share)
    assert shares[0.5] < 1  # an interval that always holds the truth is too wide


def test_an_interval_of_a_third_of_the_width_does_not_cover():
    def third(low, high):
        middle, half = (low + high) / 2, (high - low) / 6
        return middle - half, middle + half

    runs = 100
    shares = coverage(800, runs, third)
    assert max(shares.values()) < 0.95 - 4 * math.sqrt(0.95 * 0.05 / runs)


@pytest.mark.parametrize(
    ("even", "side", "case"), [(1e15, "below", "never"), (1e4, "above", "always")], ids=["never", "always"]
)
def test_a_curve_that_never_crosses_says_on_which_side_it_is(even, side, case):
    summary = summarize_curve(one(1600, even=even))
    for found in (
        *summary["options"][0]["probability_levels"],
        summary["options"][0]["break_even"],
        *summary["best_self_hosted"]["probability_levels"],
    ):
        assert found["side"] == side
        assert found["sure"]
        assert found["crossings"] == []
    assert summary["decision"]["case"] == case
    wanted, other = ("buy", "self_host") if case == "never" else ("self_host", "buy")
    assert summary["decision"][other] is None
    name = "api" if case == "never" else "rented"
    assert summary["decision"][wanted] == {
        "tokens_per_month": None,
        "ci95": None,
        "options": [{"option": name, "from_tokens_per_month": NARROW[0]}],
    }


def test_below_by_less_than_its_error_is_not_sure():
    found = level_of([1.0, 2.0], line_of([0.4, 0.49], 0.02), 0.5, PROBABILITY)
    assert (found.side, found.sure) == ("below", False)
    assert level_of([1.0, 2.0], line_of([0.4, 0.49], 0.005), 0.5, PROBABILITY).sure


def test_every_crossing_of_a_saw_is_found():
    volumes = [1e9, 2e9, 4e9, 8e9, 16e9]
    found = level_of(volumes, line_of([0.3, 0.6, 0.4, 0.55, 0.7], 0.01), 0.5, PROBABILITY)
    assert [one.rises for one in found.crossings] == [True, False, True]
    places = [one.volume for one in found.crossings]
    assert places == sorted(places)
    for one_, low, high in zip(found.crossings, volumes, volumes[1:], strict=False):
        # Without one of its neighbours there is no crossing: it may be anywhere in its step, and nowhere else.
        assert one_.low < one_.volume < one_.high
        assert one_.low >= low * (1 - 1e-9)
        assert one_.high <= high * (1 + 1e-9)


def test_a_crossing_near_the_end_is_open_there():
    found = level_of([1e9, 2e9, 4e9], line_of([0.2, 0.4, 0.52], 0.05), 0.5, PROBABILITY).crossings[0]
    assert found.high is None
    assert 2e9 < found.low < found.volume < 4e9
    found = level_of([1e9, 2e9, 4e9], line_of([0.48, 0.6, 0.8], 0.05), 0.5, PROBABILITY).crossings[0]
    assert found.low is None
    assert 1e9 < found.volume < found.high < 2e9


@pytest.mark.parametrize("rises", [True, False])
def test_a_curve_that_does_not_cross_without_a_scramble_opens_the_interval(rises):
    line = line_of([0.3, 0.4, 0.51] if rises else [0.51, 0.4, 0.3], 0.001)
    line.left_out[3] = [0.3, 0.4, 0.49] if rises else [0.49, 0.4, 0.3]
    found = level_of([1e9, 2e9, 4e9], line, 0.5, PROBABILITY).crossings[0]
    assert (found.high is None) == rises
    assert (found.low is None) == (not rises)


def test_a_cliff_is_known_no_better_than_the_step():
    p = np.array([0.02, 0.05, 0.95, 0.97])
    found = level_of([1e9, 2e9, 4e9, 8e9], line_of(p, 0.01, cliffs(p)), 0.5, PROBABILITY).crossings[0]
    assert found.low == pytest.approx(2e9)
    assert found.high == pytest.approx(4e9)


def test_futures_that_all_agree_leave_the_whole_step():
    volumes = (1e9, 2e9, 4e9)
    npv = np.tile(np.array([[[1.0, 2.0]], [[2.0, 2.5]], [[4.0, 3.0]]]), (1, 64, 1))
    summary = summarize_curve(dataset_of(npv, volumes, options=TWO))
    for level in LEVELS:
        low, high = crossing(summary, level)["ci95"]
        assert low <= 2e9 * (1 + 1e-9)
        assert high >= 4e9 * (1 - 1e-9)


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.floats(0.0, 1.0), min_size=2, max_size=12),
    spread=st.floats(0.0, 0.3),
    level=st.sampled_from(LEVELS),
)
def test_crossings_alternate_lie_in_their_steps_and_in_their_intervals(values, spread, level):
    volumes = [1e8 * 1.5**index for index in range(len(values))]
    found = level_of(volumes, line_of(values, spread), level, PROBABILITY)
    above = [value >= level for value in values]
    assert len(found.crossings) == sum(a != b for a, b in pairwise(above))
    assert (found.side == "crosses") == bool(found.crossings)
    at = 0.0
    for index, place in enumerate(found.crossings):
        assert place.rises == (not above[0] if index % 2 == 0 else above[0])
        assert at <= place.volume
        at = place.volume * (1 - 1e-9)
        assert place.low is None or place.low <= place.volume * (1 + 1e-9)
        assert place.high is None or place.high >= place.volume * (1 - 1e-9)


def test_figures_of_a_volume_are_those_of_its_sums():
    dataset = synthetic_curve(1600)
    summary = summarize_curve(dataset)
    futures = dataset["scramble_futures"].values
    for v in (0, 12, 24):
        point = dataset.isel(volume=v)
        for o, option in enumerate(summary["volumes"][v]["options"][1:], start=1):
            chance = probability_interval(point["scramble_beats"].values[:, o], futures)
            sums = point["scramble_npv_sum"].values
            saving = mean_interval(sums[:, 0] - sums[:, o], futures)
            assert option["probability_beats_baseline"] == chance.value
            assert option["probability_beats_baseline_ci95"] == [chance.low, chance.high]
            assert option["expected_saving_usd"] == saving.value
            assert option["expected_saving_ci95_usd"] == [saving.low, saving.high]
            price = float(point["mean_total"].values[o] / point["mean_tokens"].values) * 1e6
            assert option["usd_per_million_tokens"] == pytest.approx(price)
            assert (option["utilization"] is None) == (option["kind"] not in ("rented", "owned"))
        baseline = summary["volumes"][v]["options"][0]
        assert baseline["probability_beats_baseline"] is None
        assert baseline["expected_saving_usd"] is None


def test_the_best_self_hosted_option_is_the_one_with_the_lowest_mean_there():
    even = EVEN | {"rented-h100": 3e9}
    dataset = synthetic_curve(3200, even=even, skew=0.0)
    # Dearer by a fixed sum at large volumes: the owned option takes over above 10 billion.
    change = np.where(np.array(GRID) > 1e10, 1e15, 0.0)
    dataset["scramble_npv_sum"][:, :, 2] += change[:, None]
    summary = summarize_curve(dataset)
    assert [point["best_self_hosted"] for point in summary["volumes"]] == ["rented-h100"] * 17 + [
        "owned-h100"
    ] * 8
    (host,) = summary["decision"]["self_host"]["options"]
    assert host["option"] == "owned-h100"


def test_where_the_best_option_changes_the_crossing_is_known_no_better_than_the_step():
    volumes = (1e9, 2e9, 4e9, 8e9)
    npv = np.full((4, 1600, 3), 100.0)
    rng = np.random.default_rng(0)
    for v, (rented, owned, p_rented, p_owned) in enumerate(
        [(90, 300, 0.3, 0.0), (90, 300, 0.4, 0.0), (300, 60, 0.0, 0.6), (300, 60, 0.0, 0.7)]
    ):
        for o, (mean, p) in ((1, (rented, p_rented)), (2, (owned, p_owned))):
            wins = rng.permutation(1600) < p * 1600
            npv[v, :, o] = np.where(wins, 50.0, 150.0)
            npv[v, 0, o] += 1600 * (mean - npv[v, :, o].mean())  # one future carries the mean
    names = {"api": "api", "rented": "rented", "owned": "owned"}
    summary = summarize_curve(dataset_of(npv, volumes, options=names))
    even = summary["best_self_hosted"]["probability_levels"][1]
    low, high = even["crossings"][0]["ci95"]
    assert low <= 2e9 * (1 + 1e-9)
    assert high >= 4e9 * (1 - 1e-9)


@pytest.mark.parametrize(
    ("volumes", "case"),
    [
        (NARROW, "switch"),
        (NARROW[:11], "buy_or_bet"),
        (NARROW[10:], "bet_or_self_host"),
        (NARROW[9:12], "bet"),
        ((1e8,), "never"),
        ((6e9,), "bet"),
        ((1e12,), "always"),
    ],
)
def test_every_case_of_the_advice(volumes, case):
    decision = summarize_curve(one(1600, volumes=volumes))["decision"]
    assert decision["case"] == case
    assert (decision["buy"] is None) == (case in ("bet_or_self_host", "bet", "always"))
    assert (decision["self_host"] is None) == (case in ("buy_or_bet", "bet", "never"))
    if case == "switch":
        assert decision["buy"]["tokens_per_month"] < MIDDLE < decision["self_host"]["tokens_per_month"]


def test_a_chance_that_falls_again_is_no_safe_choice():
    volumes = (1e9, 2e9, 4e9, 8e9)
    npv = np.ones((4, 1600, 2))
    for v, p in enumerate((0.02, 0.5, 0.95, 0.6)):
        npv[v, :, 1] = np.where(np.arange(1600) % 100 < 100 * p, 0.5, 1.5)
    decision = summarize_curve(dataset_of(npv, volumes, options=TWO))["decision"]
    assert decision["case"] == "buy_or_bet"


def test_below_the_switch_the_cheapest_that_is_not_self_hosted_is_chosen():
    dataset = synthetic_curve(1600)
    dataset["scramble_npv_sum"][:3, :, 1] = 0.0  # the managed cloud costs nothing at the smallest volumes
    buy = summarize_curve(dataset)["decision"]["buy"]
    assert [one["option"] for one in buy["options"]] == ["managed", "api"]
    assert buy["options"][1]["from_tokens_per_month"] == GRID[3]


@pytest.mark.parametrize(
    ("chance", "saving", "expected"),
    [
        ((0.6, 0.7), (1.0, 2.0), "agree"),
        ((0.3, 0.4), (-2.0, -1.0), "agree"),
        ((0.3, 0.4), (1.0, 2.0), "disagree"),
        ((0.6, 0.7), (-2.0, -1.0), "disagree"),
        ((0.4, 0.6), (1.0, 2.0), "cannot be told"),
        ((0.3, 0.4), (-1.0, 2.0), "cannot be told"),
        ((0.3, 0.4), (math.nan, math.nan), "cannot be told"),
    ],
)
def test_odds_and_mean(chance, saving, expected):
    made = [Interval(sum(ends) / 2, *ends, "scrambles") for ends in (chance, saving)]
    assert odds_and_mean(*made) == expected


def test_a_skewed_saving_makes_them_disagree_where_it_must():
    summary = summarize_curve(one(25_600, skew=1.0, volumes=(1e9, 4.9e9, 5.4e9, 6e9, 2e10)))
    found = [point["options"][1]["odds_and_mean"] for point in summary["volumes"]]
    assert found == ["agree", "disagree", "disagree", "cannot be told", "agree"]


@pytest.mark.parametrize("samples", [1, 2, 15, 17, 31, 40])
def test_short_curves_are_summarized_without_an_interval_that_nothing_supports(samples):
    summary = summarize_curve(synthetic_curve(samples))
    json.dumps(summary, allow_nan=False)
    savings = [point["options"][1]["expected_saving_ci95_usd"] for point in summary["volumes"]]
    assert all((bounds is None) == (samples < 32) for bounds in savings)
    if samples < 32:
        for option in summary["options"]:
            for one_ in option["break_even"]["crossings"]:
                assert one_["ci95"] == [None, None]


def test_it_is_plain_and_marks_the_planned_volume():
    summary = summarize_curve(synthetic_curve(64, volumes=(1e9, PLANNED, 1e10)))
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert [point["is_planned"] for point in summary["volumes"]] == [False, True, False]


def test_without_self_hosting_there_is_no_advice():
    options = {"api": "api", "managed": "managed"}
    summary = summarize_curve(synthetic_curve(64, options=options, even={"managed": 1e14}))
    assert summary["decision"] is None
    assert summary["best_self_hosted"] is None
    assert all(point["best_self_hosted"] is None for point in summary["volumes"])

"""What charts show, in words: the figures are those of the content, with the digits that they support."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from chart_cases import HOSTILE, hostile, run, tornado_row

from tcosim.report.words import findings, week
from tcosim.report.words.outer import outer_savings
from tcosim.report.words.planned import curve_with_run


@pytest.fixture(scope="module")
def found():
    return run(25_600)


def test_the_chance_of_each_self_hosted_option_and_where_it_is_even(found):
    text = findings.chance_finding(found["summary"]["curve"])
    assert text.startswith(
        "Chance of costing less than api from 100 million to 100 billion tokens a month: rented rises from"
    )
    assert text.count(";") == 2
    assert "managed" not in text
    assert "owned rises from <0.01 % to 99.8 %, even at 6" in text


def test_what_the_curve_cannot_tell_is_not_claimed():
    few = run(40, (2e9, 3e9))["summary"]["curve"]
    text = findings.chance_finding(few)
    assert "rises" not in text
    assert "goes from" in text
    assert "(95 % interval" in text
    one = findings.chance_finding(run(4000, (3e9,))["summary"]["curve"])
    assert "from" not in one
    assert one.startswith("Chance of costing less than api at 3 billion tokens a month: rented ")
    low = findings.chance_finding(run(25_600, (1e8, 2e8))["summary"]["curve"])
    assert low.count("always below an even chance") == 3


def test_the_saving_says_how_often_how_much_and_how_bad(found):
    text = findings.saving_finding(found["savings"], found["summary"])
    share = 100 * (found["savings"] > 0).mean()
    assert f"owned costs less than api in {share:.0f} % of the futures" in text or f"{share:.1f} %" in text
    assert "in the worst twentieth of the futures it costs $1." in text
    assert "in the best twentieth it saves $9" in text
    summary = copy.deepcopy(found["summary"])
    summary["headline"]["expected_saving_usd"] = -1e6
    summary["headline"]["expected_saving_ci95_usd"] = None
    assert "In the one future that was simulated owned costs $1." in findings.saving_finding(
        np.array([-1e6]), summary
    )


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (2.5e5, 5e5, "$250 k to $500 k saved"),
        (-5e5, -2.5e5, "$250 k to $500 k lost"),
        (-2.5e5, 0.0, "$0 to $250 k lost"),
        (0.0, 2.5e5, "$0 to $250 k saved"),
        (-np.inf, -3e6, "more than $3 M lost"),
        (3e6, np.inf, "more than $3 M saved"),
        (0.0, 0.0, "nothing saved"),
        (-7e4, -7e4, "$70.0 k lost"),
        (1.025e6, 1.05e6, "$1.025 M to $1.05 M saved"),
    ],
)
def test_ranges_of_savings(low, high, text):
    assert findings.sided(low, high) == text


def test_each_end_has_its_own_error_and_none_is_told_that_is_not(found):
    summary = copy.deepcopy(found["summary"])
    rng = np.random.default_rng(5)
    savings = -5e5 + rng.lognormal(13, 1.5, 25_600)  # a long good end
    for option in summary["options"]:
        option["risk"] = {
            "saving_usd": dict(
                zip(("p5", "p50", "p95"), np.quantile(savings, (0.05, 0.5, 0.95)), strict=True)
            )
        }
    ends = outer_savings(savings, summary)
    width = {key: end.high - end.low for key, end in ends.items()}
    assert width["p95"] > 20 * width["p5"]
    parts = [np.quantile(savings[scramble::16], 0.95) for scramble in range(16)]
    assert width["p95"] == pytest.approx(2 * 2.131 * np.std(parts, ddof=1) / 4, rel=1e-3)
    few = outer_savings(savings[:100], summary)
    assert few["p5"].high - few["p5"].low == few["p95"].high - few["p95"].low == 2e6
    assert "comes out about even at best" in findings.saving_finding(savings[:100], summary)


def test_the_mean_is_not_told_where_its_interval_holds_nothing(found):
    summary = copy.deepcopy(found["summary"])
    summary["headline"] |= {"expected_saving_usd": 1e3, "expected_saving_ci95_usd": [-4e3, 6e3]}
    text = findings.saving_finding(found["savings"], summary)
    assert "its mean saving cannot be told from nothing" in text
    assert "on average" not in text


def test_the_strongest_input_and_the_two_behind_it(found):
    text = findings.tornado_finding(found["summary"]["tornado"], "owned", "api")
    assert text == (
        "topic.input_1 moves the expected saving of owned against api most: from -$420 k to $380 k between its p10 and"
        " its p90; topic.input_2 by $400 k and topic.input_3 by $270 k."
    )
    moved = [tornado_row("x", 1e5) | {"moves_with": ["y"]}]
    assert findings.tornado_finding(moved, "owned", "api").startswith(
        "x and what moves with it move the expected"
    )
    assert "No input moves" in findings.tornado_finding([tornado_row("x", 1e3)], "owned", "api")
    assert findings.tornado_finding([], "owned", "api") == ""


def test_what_is_worth_most_to_know(found):
    text = findings.worth_finding(found["summary"])
    assert text == (
        "To know topic.input_1 before choosing is worth $100 k at most; topic.input_2 $50 k and topic.input_3 $33 k."
    )
    assert findings.worth_finding({"value_of_information": None}) == ""


def test_costs_of_the_first_and_the_last_month(found):
    text = findings.cost_finding("api", found["cost"]["api"], found["quantiles"], 25_600)
    assert text.startswith(
        "api costs $10.0 k in month 1 in the middle future ($4.0 k to $30.0 k in 90 % of the"
    )
    assert "and $20.0 k in month 36" in text
    few = findings.cost_finding("api", found["cost"]["api"], found["quantiles"], 16)
    assert "$10 k in month 1" in few
    sold = findings.cost_finding("owned", found["cost"]["owned"], found["quantiles"], 25_600)
    assert sold.endswith("(resale of the hardware in the last month).")
    assert "resale" not in text
    most = findings.cost_finding("api", found["cost"]["api"], found["quantiles"], 65_536)
    assert most == findings.cost_finding("api", found["cost"]["api"], found["quantiles"], 10_000_000)
    same = findings.cost_finding("api", np.full((2, 5), 1234.0), found["quantiles"], 16)
    assert same == "api costs $1.23 k in month 1 and $1.23 k in month 2."


def test_components_week_and_price(found):
    summary = found["summary"]
    text = findings.components_finding(summary)
    assert text.count("of present value") == 2
    assert text.startswith("owned: $")
    assert " api: $" in text
    assert len(text.split()) <= 60
    curve = curve_with_run(summary)
    price = findings.utilization_finding(curve, "owned")
    assert price.startswith("owned costs $")
    assert price.count("per million tokens at 100 million tokens a month") == 1
    assert price.endswith(" at 3 billion tokens a month.")
    assert len(price.split()) <= 60
    assert findings.utilization_finding(curve).startswith("rented costs $")


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        ([(1, 11)], "on Tuesdays around 11:00 to 12:00"),
        ([(day, hour) for day in range(5) for hour in (10, 11)], "on weekdays around 10:00 to 12:00"),
        ([(5, 3), (6, 3), (6, 4)], "at the weekend around 03:00 to 05:00"),
        ([(day, hour) for day in range(7) for hour in (23, 0, 1)], "every day around 23:00 to 02:00"),
        ([(1, 9), (2, 9), (3, 9), (3, 15)], "on Tuesdays to Thursdays around 09:00 to 10:00"),
        (
            [(0, 9), (2, 9), (0, 14), (2, 14)],
            "on Mondays and Wednesdays around 09:00 to 10:00 and 14:00 to 15:00",
        ),
        ([(0, 1), (0, 5), (0, 9)], "on Mondays around 01:00 to 10:00"),
        ([(6, hour) for hour in range(24)], "on Sundays at all hours"),
        ([(day, day) for day in range(4)], "on Mondays to Thursdays around 00:00 to 04:00"),
    ],
)
def test_hours_of_the_week_are_named_as_blocks(hours, text):
    assert week.block(24 * day + hour for day, hour in hours) == text


def test_hours_that_cannot_be_told_apart_are_one_block(found):
    rng = np.random.default_rng(1)
    hour = np.arange(168)
    office = (hour < 120) & (hour % 24 >= 10) & (hour % 24 < 12)
    load = np.where(office, 0.24, 0.05) + rng.uniform(-0.002, 0.002, 168)
    text = week.week_finding("owned", load)
    assert text.startswith("owned is fullest on weekdays around 10:00 to 12:00, with about 24 % of the paid")
    assert text.endswith(", with about 5 %.")
    assert "on Tuesdays around 11:00 to 12:00, with about 42 %" in week.week_finding("rented", found["load"])
    assert week.week_finding("x", 0.3 + rng.uniform(-0.004, 0.004, 168)) == (
        "At every hour of the week x uses about 30 % of the paid capacity."
    )
    assert "uses less than 1 %" in week.week_finding("x", np.full(168, 1e-3))
    assert week.week_futures(16) == 16
    assert week.week_futures(1_000_000) == 256


def test_without_content_there_is_nothing_to_say():
    assert findings.chance_finding(None) == ""
    assert findings.utilization_finding(None) == ""
    assert findings.saving_finding(None, {"headline": None}) == ""
    assert week.week_finding("x", np.full(168, np.nan)) == ""
    assert findings.components_finding({"headline": None, "samples": 1, "options": []}) == ""


def test_names_stand_as_they_are():
    given = hostile()
    assert HOSTILE[0] in findings.chance_finding(given["summary"]["curve"])
    assert HOSTILE[0] in findings.components_finding(given["summary"])

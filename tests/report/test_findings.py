"""What charts show, in words: the figures are those of the content, with the digits that they support."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from chart_cases import HOSTILE, hostile, run, tornado_row

from tcosim.report.words import findings


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
    assert "in one future of twenty it costs $1.0" in text
    assert "it saves $9" in text
    summary = copy.deepcopy(found["summary"])
    summary["headline"]["expected_saving_usd"] = -1e6
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
        (-np.inf, -3e6, "more than $3.00 M lost"),
        (3e6, np.inf, "more than $3.00 M saved"),
        (0.0, 0.0, "nothing saved"),
        (-7e4, -7e4, "$70.0 k lost"),
    ],
)
def test_ranges_of_savings(low, high, text):
    assert findings.sided(low, high).replace(".0 k", " k") == text.replace(".0 k", " k")


def test_the_strongest_input_and_the_two_behind_it(found):
    text = findings.tornado_finding(found["summary"]["tornado"], "owned", "api")
    assert text == (
        "topic.input_1 moves the expected saving of owned against api most: from -$420 k to $380 k between its p10 and"
        " its p90; topic.input_2 by $400 k and topic.input_3 by $270 k."
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
    same = findings.cost_finding("api", np.full((2, 5), 1234.0), found["quantiles"], 16)
    assert same == "api costs $1.23 k in month 1 and $1.23 k in month 2."


def test_components_week_and_price(found):
    summary = found["summary"]
    text = findings.components_finding(summary)
    assert text.count("of present value") == len(summary["options"])
    week = findings.week_finding("rented", found["load"])
    assert week.startswith(
        "rented is fullest on Tuesday 11:00 to 12:00, with 42 % of the paid capacity in use"
    )
    assert "At every hour" in findings.week_finding("rented", np.full(168, 0.3))
    price = findings.utilization_finding(summary["curve"])
    assert price.count("per million tokens at 100 million tokens a month") == 3
    assert price.endswith("per million tokens at 3 billion tokens a month.")


def test_without_content_there_is_nothing_to_say():
    assert findings.chance_finding(None) == ""
    assert findings.utilization_finding(None) == ""
    assert findings.saving_finding(None, {"headline": None}) == ""
    assert findings.week_finding("x", np.full(168, np.nan)) == ""
    assert findings.components_finding({"options": []}) == ""


def test_names_stand_as_they_are():
    given = hostile()
    assert HOSTILE[0] in findings.chance_finding(given["summary"]["curve"])
    assert HOSTILE[3] in findings.components_finding(given["summary"])

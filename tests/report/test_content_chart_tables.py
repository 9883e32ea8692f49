"""The figures behind the charts as text: whole, with honest digits, and nothing where nothing can be told."""

from __future__ import annotations

import copy
from dataclasses import fields

import numpy as np
import pytest
from chart_cases import VOLUMES, hostile, run, tornado_row

from tcosim.report.content import chart_tables as tables
from tcosim.report.content.chart_tables import ChartTable
from tcosim.report.words.planned import curve_with_run


@pytest.fixture(scope="module")
def found():
    return run(25_600)


def of_all(given):
    """All tables of a page."""
    summary, curve = given["summary"], curve_with_run(given["summary"])
    return [
        tables.chance_table(curve),
        tables.saving_table(given["savings"], summary),
        tables.tornado_table(summary["tornado"], "owned", "api"),
        tables.worth_table(summary),
        *(
            tables.cost_table(name, cost, given["quantiles"], summary["samples"])
            for name, cost in given["cost"].items()
        ),
        tables.week_table("owned", given["load"]),
        tables.utilization_table(curve),
    ]


@pytest.mark.parametrize("case", [run, hostile])
def test_all_rows_are_text_and_as_wide_as_the_heads(case):
    for table in of_all(case()):
        assert [field.name for field in fields(ChartTable)] == ["caption", "heads", "rows"]
        assert table.caption
        assert table.rows
        for row in table.rows:
            assert len(row) == len(table.heads)
            assert all(isinstance(cell, str) and cell and cell == cell.strip() for cell in row[1:])


def test_the_chance_at_every_volume_with_its_interval(found):
    table = tables.chance_table(curve_with_run(found["summary"]))
    assert len(table.rows) == len(VOLUMES)
    names = ("rented", "owned", "hybrid")
    assert table.heads == ("tokens a month", *(head for name in names for head in (name, "95 % interval")))
    assert table.rows[0][0] == "100 million"
    assert tables.chance_table(None) is None


def test_all_savings_are_in_one_range(found):
    table = tables.saving_table(found["savings"], found["summary"])
    shares = [float(row[1].removesuffix(" %").lstrip("<")) for row in table.rows]
    assert sum(shares) == pytest.approx(100, abs=0.06 * len(shares))
    assert table.rows[0][0].startswith("more than $")
    assert tables.saving_table(None, found["summary"]) is None


def test_the_tornado_has_told_inputs_only_and_marks_what_others_follow():
    rows = [tornado_row("strong", 1e5) | {"moves_with": ["other"]}, tornado_row("weak", 1e3)]
    table = tables.tornado_table(rows, "owned", "api")
    assert table.rows == [
        ("strong ~", "-0.116", "1.22", "-$120 k", "$10 k", "$80 k", "$10 k", "$200 k", "$10 k")
    ]
    assert "correlated inputs follow" in table.caption
    assert "correlated" not in tables.tornado_table([tornado_row("x", 1e5)], "owned", "api").caption
    assert tables.tornado_table(rows[1:], "owned", "api") is None


def test_worth_that_cannot_be_told_is_left_out(found):
    summary = copy.deepcopy(found["summary"])
    table = tables.worth_table(summary)
    assert table.rows[0] == ("topic.input_1", "$100 k", "$4 k")
    assert len(table.rows) < 99
    for row in summary["value_of_information"]["evppi_usd"]:
        row["se"] = 1e6
    assert tables.worth_table(summary) is None


def test_costs_by_quarter_with_three_digits_at_most(found):
    table = tables.cost_table("owned", found["cost"]["owned"], found["quantiles"], 10_000_000)
    assert [row[0] for row in table.rows] == ["1", *map(str, range(3, 37, 3))]
    assert table.heads == ("month", "P5", "P50", "P95")
    for row in table.rows:
        for cell in row[1:]:
            assert sum(letter.isdigit() for letter in cell) <= 3, cell
    few = tables.cost_table("owned", found["cost"]["owned"], found["quantiles"], 16)
    assert few.rows[0][2] == "$40 k"
    months = tables.cost_table("owned", found["cost"]["owned"][:2], found["quantiles"], 16)
    assert [row[0] for row in months.rows] == ["1", "2"]


def test_the_week_is_seven_days_of_twenty_four_hours(found):
    load = found["load"].copy()
    load[0] = 0.001
    table = tables.week_table("owned", load)
    assert [row[0] for row in table.rows][::6] == ["Monday", "Sunday"]
    assert (table.rows[0][1], table.rows[1][12]) == ("<1", "42")


def test_fleets_without_a_price_above_nothing_have_a_gap(found):
    summary = copy.deepcopy(found["summary"])
    summary["curve"]["volumes"][0]["options"][3]["usd_per_million_tokens"] = -1.0
    table = tables.utilization_table(summary["curve"])
    assert table.rows[0][table.heads.index("owned: load") :][:2] == ("-", "-")
    assert all("$" in row[2] for row in table.rows)
    assert tables.utilization_table(None) is None


def test_a_price_has_no_more_digits_than_its_present_value_supports(found):
    summary = copy.deepcopy(found["summary"])
    option = summary["curve"]["volumes"][0]["options"][3]
    option |= {"usd_per_million_tokens": 12.345, "mean_npv_usd": 1e6, "mean_npv_ci95_usd": [0.8e6, 1.2e6]}
    assert tables.utilization_table(summary["curve"]).rows[0][4] == "$12"
    option["mean_npv_ci95_usd"] = None
    assert tables.utilization_table(summary["curve"]).rows[0][4] == "$10"
    option["mean_npv_ci95_usd"] = [1e6 - 1, 1e6 + 1]
    assert tables.utilization_table(summary["curve"]).rows[0][4] == "$12.3"


def test_a_load_of_nothing_is_no_number_that_is_missing():
    assert tables.week_table("x", np.zeros(168)).rows[0][1] == "0"

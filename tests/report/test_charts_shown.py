"""What charts draw: every figure where it belongs, and nothing that breaks on runs of any size."""

from __future__ import annotations

import copy
import itertools
import json
import math

import numpy as np
import pytest
from chart_cases import HOSTILE, HOSTILE_BASELINE, VOLUMES, charts, hostile, run, tornado_row
from hypothesis import given, settings
from hypothesis import strategies as st

from tcosim.report.charts.components import MOST, components_chart, largest
from tcosim.report.charts.cost import cost_charts, cost_domain, runs_off
from tcosim.report.charts.frame import TIP, around, volume_ticks
from tcosim.report.charts.look import PAGE, PAPER
from tcosim.report.charts.picture import inline_svg
from tcosim.report.charts.saving import saving_chart
from tcosim.report.charts.tornado import tornado_chart
from tcosim.report.charts.week import week_chart
from tcosim.report.charts.worth import worth_chart


@pytest.fixture(scope="module")
def found():
    return run()


def rows(chart, field):
    """Rows of the first data set with a field."""
    return next(rows for rows in chart.to_dict()["datasets"].values() if field in rows[0])


@pytest.mark.parametrize("case", [run, hostile])
def test_every_chart_is_valid_and_shown_on_paper_as_on_the_page(case):
    given = case()
    for key, chart in charts(given, PAPER).items():
        spec = chart.to_dict(validate=True)
        assert spec["width"] == 400, key
        assert chart.to_dict()["layer"] is not None


def test_names_are_values_of_data_and_of_scales_only():
    """A name in a filter, a field or an expression would be run."""

    def walk(spec, key=""):
        if isinstance(spec, dict):
            for name, value in spec.items():
                if name not in ("datasets", "domain", "text", "subtitle", "sort"):
                    yield from walk(value, name)
        elif isinstance(spec, list):
            for value in spec:
                yield from walk(value, key)
        else:
            yield key, str(spec)

    for chart in charts(hostile(), PAGE).values():
        for key, value in walk(chart.to_dict()):
            named = "script" in value or "datum['" in value or "Собств" in value
            assert not named or key == "title", (key, value)


def test_the_saving_histogram_holds_every_future_and_tells_losses_from_gains(found):
    bars = rows(saving_chart(found["savings"], found["summary"], PAPER), "share")
    bars = [bar for bar in bars if "side" in bar]
    assert sum(bar["share"] for bar in bars) == pytest.approx(1.0)
    lost = sum(bar["share"] for bar in bars if bar["side"] == "loss")
    assert lost == pytest.approx((found["savings"] < 0).mean())
    assert 30 < len(bars) < 63
    assert all(bar["high"] <= 0 or bar["low"] >= 0 for bar in bars)
    assert bars[0]["weight"] == bars[-1]["weight"] == 0.55
    assert bars[0]["tip"].startswith(f"{TIP}more than $1.")
    assert f"lost: {100 * bars[0]['share']:.1f} % of futures" in bars[0]["tip"]


@pytest.mark.parametrize("value", [0.0, 1e-9, -3e5, 1e12])
@pytest.mark.parametrize("count", [1, 50])
def test_savings_that_are_all_the_same_are_drawn(found, value, count):
    summary = copy.deepcopy(found["summary"])
    summary["headline"] |= {"expected_saving_usd": value, "expected_saving_ci95_usd": None}
    summary["options"][3]["risk"] = {
        "saving_usd": dict.fromkeys(("mean", "p5", "p50", "p95"), value), "var95_loss_se_usd": None,
    }  # fmt: skip
    chart = saving_chart(np.full(count, value), summary, PAGE)
    (bar,) = rows(chart, "side")
    assert bar["side"] == ("none" if value == 0 else "gain" if value > 0 else "loss")
    assert "data-tip" in inline_svg(chart, id="s", label="s")


def test_the_tornado_shows_the_strongest_and_where_their_bars_end(found):
    chart = tornado_chart(
        found["summary"]["tornado"], option="owned", baseline="api", mean_usd=-2e4, look=PAPER, top=8
    )
    bars = rows(chart, "end")
    assert [bar["input"] for bar in bars[::2]] == [f"topic.input_{number}" for number in range(1, 9)]
    assert [bar["saving"] for bar in bars[:2]] == [-4.2e5, 3.8e5]
    assert [bar["above"] for bar in bars[:2]] == [False, True]
    assert "topic.input_1 at its p10 (-0.116): owned costs $420 k more on average" in bars[0]["tip"]


def test_two_ends_on_one_side_share_the_height_and_the_room_on_the_other():
    row = tornado_row("x", 1e5) | {"saving_at_p10_usd": 2e5}
    chart = tornado_chart([row], option="o", baseline="b", mean_usd=-2e4, look=PAPER)
    upper, lower = rows(chart, "end")
    assert upper["to"] == lower["from"]
    assert upper["value"] == "p10: -0.116, p90: 1.22"
    assert (upper["at"], upper["above"], lower["value"]) == (-2e4, False, "")


def test_an_end_has_its_interval_and_what_others_follow_its_mark():
    told = [tornado_row("x", 1e5) | {"moves_with": ["y"]}, tornado_row("x", 9e4), tornado_row("z", 1e3)]
    chart = tornado_chart(told, option="o", baseline="b", mean_usd=-2e4, look=PAPER)
    bars = rows(chart, "end")
    assert [bar["name"] for bar in bars] == ["x ~", "x ~", "x", "x"]  # z moves it by less than its error
    half = 2.131 * 5e3
    assert (bars[0]["low"], bars[0]["high"]) == pytest.approx((-1.2e5 - half, -1.2e5 + half), rel=1e-3)
    assert bars[0]["at"] == bars[0]["low"]
    assert "with what moves with it): o costs $120 k more on average" in bars[0]["tip"]
    text = inline_svg(chart, id="t", label="t")
    assert "correlated inputs follow" in text
    assert text.count(">x ~<") == text.count(">x<") == 1
    assert (
        "saves or costs, it cannot be told"
        in rows(
            tornado_chart([tornado_row("x", 2.1e4)], option="o", baseline="b", mean_usd=-2e4, look=PAPER),
            "end",
        )[1]["tip"]
    )
    assert tornado_chart(told[2:], option="o", baseline="b", mean_usd=-2e4, look=PAPER) is None


@pytest.mark.parametrize(("mean", "swing"), [(0.0, 1e-5), (5e4, 1e-3), (-1.0, 1e-3), (1e9, 1e10)])
def test_tornados_of_any_size_are_drawn(mean, swing):
    row = tornado_row("x", 0.0, se=0.0) | {
        "saving_at_p10_usd": mean - swing, "saving_at_p90_usd": mean + swing, "swing_usd": 2 * swing,
    }  # fmt: skip
    chart = tornado_chart([row], option="o", baseline="b", mean_usd=mean, look=PAGE)
    assert "data-tip" in inline_svg(chart, id="t", label="t")


def test_worth_is_shown_with_its_error_where_it_can_be_told(found):
    summary = copy.deepcopy(found["summary"])
    bars = rows(worth_chart(summary, PAPER), "usd")
    assert [bar["usd"] for bar in bars] == [1e5 / number for number in range(1, 7)]
    assert bars[0]["text"] == "$100 k ± $4 k"
    assert bars[0]["high"] - bars[0]["low"] == pytest.approx(2 * 2.131 * 2e3, rel=1e-3)
    for row in summary["value_of_information"]["evppi_usd"]:
        row["se"] = 1e6
    assert worth_chart(summary, PAPER) is None


def test_components_add_up_and_what_pays_back_lies_left_of_nothing(found):
    options = copy.deepcopy(found["summary"]["options"])
    options[3]["components_usd"]["gpus"] = -5e5
    bars = rows(components_chart({"samples": 4000, "options": options}, PAPER), "key")
    assert len({bar["key"] for bar in bars}) == MOST + 1
    sums = {
        part: sum(abs(one["components_usd"][part]) for one in options)
        for part in options[0]["components_usd"]
    }
    assert largest(options) == sorted(sums, key=lambda part: -sums[part])[:MOST]
    for index, option in enumerate(options):
        mine = [bar for bar in bars if index <= bar["middle"] < index + 1]
        signed = sum((bar["high"] - bar["low"]) * math.copysign(1, bar["center"]) for bar in mine)
        assert signed == pytest.approx(sum(option["components_usd"].values()))
        edges = sorted((bar["low"], bar["high"]) for bar in mine)
        assert all(left[1] == pytest.approx(right[0]) for left, right in itertools.pairwise(edges))
    assert min(bar["low"] for bar in bars) == -5e5


def test_all_cost_charts_share_their_axis_and_hold_every_month(found):
    drawn = cost_charts(found["cost"], found["quantiles"], found["summary"], PAPER)
    assert [name for name, _ in drawn] == list(found["cost"])
    low, high = cost_domain(found["cost"])
    assert (low, high) == (0.0, max(float(values.max()) for values in found["cost"].values()))
    assert [name for name, chart in drawn if "runs off" in str(chart.to_dict()["title"])] == ["owned"]
    for name, chart in drawn:
        spec = chart.to_dict()
        domains = [
            layer["encoding"]["y"]["scale"]["domain"]
            for layer in spec["layer"]
            if "scale" in layer["encoding"]["y"]
        ]
        assert domains == [[low, high]] * 4
        months = rows(chart, "q2")
        assert [row["q2"] for row in months[:36]] == [float(value) for value in found["cost"][name][:, 2]]
    assert (
        "Month 36: -$120 k in the middle one, -$144 k to -$80 k in 50 %" in rows(drawn[3][1], "q2")[35]["tip"]
    )


def test_a_last_month_that_reaches_little_below_the_others_stays_in_the_picture(found):
    cost = {name: values.copy() for name, values in found["cost"].items()}
    cost["owned"][-1] = -1e3
    assert cost_domain(cost)[0] == -1e3
    assert not runs_off(cost)
    alone = {"owned": np.full((1, 5), -3e5)}  # one month alone is no exception
    assert cost_domain(alone)[0] == -3e5


def test_weeks_share_a_scale(found):
    def legend(load, **more):
        (layer,) = week_chart(load, PAPER, futures=256, **more).to_dict()["layer"]
        return layer["encoding"]["opacity"]["scale"]["domain"]

    assert legend(0.1 * found["load"], most=float(found["load"].max())) == legend(found["load"])
    assert legend(0.1 * found["load"]) != legend(found["load"])
    assert "mean of 256 futures" in str(week_chart(found["load"], PAPER, futures=256).to_dict()["title"])


def test_the_week_is_whole(found):
    cells = rows(week_chart(found["load"], PAPER, futures=256), "load")
    assert len(cells) == 168
    assert [cell["load"] for cell in cells] == [float(value) for value in found["load"]]
    assert (cells[24 + 11]["day"], cells[24 + 11]["from"]) == ("Tue", 11)


@pytest.mark.parametrize("load", [np.zeros(168), np.ones(168), np.full(168, 1e-6)])
def test_weeks_of_one_load_are_drawn(load):
    assert inline_svg(week_chart(load, PAGE, futures=1), id="w", label="w").count("data-tip") == 168


def test_without_content_there_is_no_chart(found):
    empty = copy.deepcopy(found)
    empty["summary"] |= {"headline": None, "curve": None, "tornado": [], "value_of_information": None}
    for option in empty["summary"]["options"]:
        option["components_usd"] = dict.fromkeys(option["components_usd"], 0.0)
    empty |= {"savings": None, "cost": {}, "load": None}
    assert all(chart is None for chart in charts(empty, PAGE).values())
    assert week_chart(np.full(168, np.nan), PAGE, futures=256) is None


@pytest.mark.parametrize("samples", [1, 16, 40])
@pytest.mark.parametrize("volumes", [(3e9,), (2.9e9, 3.1e9), VOLUMES[:3]])
def test_short_runs_are_drawn(samples, volumes):
    given = run(samples, volumes)
    given["cost"] = {name: months[:1] for name, months in given["cost"].items()}
    drawn = charts(given, PAGE)
    for key in ("chance", "saving", "utilization", "cost-0"):
        text = inline_svg(drawn[key], id=key, label=key)
        assert "data-tip" in text
        assert "NaN" not in text


def test_only_bought_options_have_no_curve_to_show(found):
    curve = copy.deepcopy(found["summary"]["curve"])
    for one in (*curve["options"], *(option for point in curve["volumes"] for option in point["options"])):
        one["kind"] = "api"
    given = {**found, "summary": {**found["summary"], "curve": curve}}
    drawn = charts(given, PAGE)
    assert drawn["chance"] is None
    assert drawn["utilization"] is None


def test_prices_that_a_log_scale_cannot_hold_are_left_out(found):
    curve = copy.deepcopy(found["summary"]["curve"])
    for option in curve["volumes"][0]["options"]:
        option["usd_per_million_tokens"] = -1.0
    drawn = charts({**found, "summary": {**found["summary"], "curve": curve}}, PAPER)["utilization"]
    shown = max(drawn.to_dict()["datasets"].values(), key=len)
    assert len(shown) == 3 * (len(VOLUMES) - 1)
    assert all(row["usd"] > 0 for row in shown)


def test_every_option_has_its_tip_by_its_full_name():
    text = json.dumps([chart.to_dict() for chart in charts(hostile(), PAGE).values()], ensure_ascii=False)
    for name in HOSTILE[1:7]:
        assert f"{name} at 100 million tokens a month" in text
    assert HOSTILE_BASELINE in text.replace("\\", "")


@settings(max_examples=60)
@given(st.lists(st.floats(1.0, 1e15), min_size=1, max_size=40, unique=True))
def test_areas_of_volumes_leave_no_gap_and_axes_have_two_ticks(volumes):
    volumes = sorted(volumes)
    areas = around(volumes)
    assert all(left[1] == right[0] for left, right in itertools.pairwise(areas))
    assert all(low <= volume <= high for volume, (low, high) in zip(volumes, areas, strict=True))
    low, high = areas[0][0], areas[-1][1]
    ticks = volume_ticks(low, high)
    assert len(ticks) >= 2
    assert low <= min(ticks) < max(ticks) <= high

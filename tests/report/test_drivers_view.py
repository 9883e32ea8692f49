"""Drivers in words, as tables and as a picture."""

from __future__ import annotations

import copy
import io

import pytest
from rich.console import Console

from tcosim.report.charts.look import PAPER
from tcosim.report.charts.tornado import tornado_chart, tornado_png
from tcosim.report.terminal.drivers_view import print_drivers
from tcosim.report.words.drivers import is_told, money, sentences, share

LONG = "serving.llama-70b-h100x2.prefill_tokens_per_second"


def tornado_row(name, low, high, *, se=2e3, end_se=5e3, moves_with=(), values=(0.1, 1.2)):
    return {
        "input": name, "unit": "share/year", "p10": values[0], "p90": values[1],
        "saving_at_p10_usd": low, "saving_at_p10_se_usd": end_se,
        "saving_at_p90_usd": high, "saving_at_p90_se_usd": end_se,
        "swing_usd": abs(high - low), "se_usd": se, "moves_with": list(moves_with),
    }  # fmt: skip


def sobol_row(inputs, first, total, half=0.02):
    return {
        "driver": " + ".join(inputs) or "monthly and hourly luck", "inputs": list(inputs),
        "first_order": first, "first_order_ci95": [first - half, first + half],
        "total_order": total, "total_order_ci95": [total - half, total + half],
    }  # fmt: skip


@pytest.fixture
def found():
    return {
        "tcosim_version": "0", "seed": 7, "scenario_name": "test", "months": 36,
        "volume_tokens_per_month": 3e9, "option": "owned-h100", "baseline": "api", "samples": 227_584,
        "base_points": 4096, "tornado_points": 768,
        "mean_saving_usd": -20_000.0, "mean_saving_ci95_usd": [-30_000.0, -10_000.0],
        "sd_saving_usd": 807_000.0, "p5_saving_usd": -9e5, "p50_saving_usd": -1e5, "p95_saving_usd": 1.2e6,
        "probability_beats_baseline": 0.35, "probability_beats_baseline_ci95": [0.34, 0.36],
        "sobol": [
            sobol_row(["growth"], 0.33, 0.5),
            sobol_row(["decline", "drift"], 0.11, 0.26),
            sobol_row([], 0.23, 0.25),
            sobol_row(["small"], -0.004, 0.006, 0.008),
            sobol_row(["none"], 0.0, 0.0, 0.0),
        ],
        "tornado": [
            tornado_row("growth", -384_000.0, 557_000.0),
            tornado_row("decline", 333_000.0, -330_000.0, moves_with=["drift", "other"]),
            tornado_row(LONG, -120_000.0, -80_000.0, values=(11_800.0, 2.3e6)),
            tornado_row("small", -20_000.0, -21_000.0),
            tornado_row("none", -20_000.0, -20_000.0, se=0.0),
        ],
    }  # fmt: skip


def rendered(found, width=100, top=12, encoding="utf-8"):
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    print_drivers(found, Console(file=file, width=width, highlight=False), top)
    file.flush()
    return raw.getvalue().decode(encoding)


def test_the_first_sentence_says_what_decides(found):
    first, second, third = sentences(found)
    assert first == (
        "What decides is growth: from its p10 to its p90 it moves the expected saving of owned-h100 against api by"
        " $941 k, from -$380 k to $560 k."
    )
    assert second.startswith("growth and decline can each turn the answer")
    assert (
        "Luck of the hours and months explains 23 % of the spread (95 % interval 21 to 25 %), 25 %" in third
    )


def test_what_moves_with_it_is_part_of_it(found):
    found["tornado"][0]["moves_with"] = ["x"]
    assert "it and what moves with it move the expected saving" in sentences(found)[0]


def test_an_input_within_its_error_decides_nothing(found):
    for row in found["tornado"]:
        row["se_usd"] = 1e6
    assert sentences(found)[0].startswith("No input moves the expected saving of owned-h100")


def test_an_answer_that_nothing_turns(found):
    found["tornado"] = [tornado_row("growth", -384_000.0, -7_000.0, end_se=5e3)]
    assert "No input turns the answer by itself: owned-h100 stays dearer on average" in sentences(found)[1]
    # within its error of 0 is no turn
    found["tornado"] = [tornado_row("growth", -384_000.0, 7_000.0, end_se=5e3)]
    assert "No input turns" in sentences(found)[1]
    found["tornado"] = [tornado_row("growth", -384_000.0, 17_000.0, end_se=5e3)]
    assert "growth can turn the answer" in sentences(found)[1]


def test_many_that_turn_are_counted(found):
    found["tornado"] = [tornado_row(f"x{k}", -3e5, 3e5) for k in range(9)]
    assert sentences(found)[1].startswith("x0, x1, x2 and 6 more inputs can each turn")


def test_another_driver_may_explain_the_spread(found):
    found["sobol"].insert(0, found["sobol"].pop(1))
    assert "comes with decline and what moves with it: 26 % of it" in sentences(found)[2]
    found["sobol"].insert(0, found["sobol"].pop(2))
    assert "Luck of the hours and months, more than any input, explains" in sentences(found)[-1]


def test_luck_alone_and_not_even_that(found):
    found |= {"tornado": [], "sobol": [sobol_row([], 1.0, 1.0, 0.0)]}
    (only,) = sentences(found)
    assert "luck of the hours and months alone" in only
    assert "Share of the spread" not in rendered(found)
    found |= {"sd_saving_usd": 0.0, "mean_saving_usd": 29_186.0}
    assert sentences(found) == [
        "Nothing is uncertain: in every future owned-h100 saves $29.2 k in present value against api."
    ]


def test_shares_are_cut_in_words_only(found):
    row = sobol_row(["x"], -0.004, 1.03, 0.05)
    assert share(row, "first_order") == ("0 %", "0 to 5 %")
    assert share(row, "total_order") == ("100 %", "98 to 100 %")
    assert row["first_order"] == -0.004


def test_money_has_the_digits_of_its_error():
    assert money(384_438.0, 11_000.0) == "$380 k"
    assert money(384_438.0, 100.0) == "$384 k"
    assert money(-1_234_567.0, 0.0) == "-$1.23 M"


@pytest.mark.parametrize("width", [60, 80, 100, 140])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
def test_it_fits(found, width, scale):
    found = copy.deepcopy(found)
    found["sobol"].append(sobol_row([LONG, LONG.replace("prefill", "decode")], 0.03, 0.04))
    for row in (found, *found["tornado"]):
        for key, value in row.items():
            if key.endswith("_usd") and key != "mean_saving_ci95_usd":
                row[key] = scale * value
    for line in rendered(found, width).splitlines():
        assert len(line) <= width
        assert line == line.rstrip()
        assert "…" not in line


def test_bars_stand_on_either_side_of_the_mean(found):
    lines = rendered(found, 10_000).splitlines()
    bars = {line.split()[0]: line for line in lines if "│" in line}
    places = {line.index("│") for line in bars.values()}
    assert len(places) == 1
    assert bars["growth"].count("█") > bars["growth"].count("░") > 0
    assert bars["decline"].count("░") == pytest.approx(bars["growth"].count("░"), abs=1)
    assert "█" not in bars[LONG]
    assert "decline ~" in bars["decline"]
    assert "2 more inputs move it by less than $5.3 k each." in rendered(found, 10_000)
    assert "decline moves with drift and 1 more" in rendered(found)


def test_only_the_strongest_are_shown(found):
    text = rendered(found, top=1)
    assert " decline" not in text.split("Expected saving")[1].split("Share of the spread")[0]
    assert "4 more inputs move it by less than" in text
    assert "4 more drivers: below 30 % in all each." in text


def test_ascii(found):
    text = rendered(found, encoding="ascii")
    assert "----|####" in text
    assert text.isascii()


def bars(found, **options):
    """Rows of the chart's bars."""
    told = [row for row in found["tornado"] if is_told(row)]
    names = {key: found[key] for key in ("option", "baseline")}
    content = tornado_chart(told, **names, mean_usd=found["mean_saving_usd"], look=PAPER, **options).to_dict()
    return next(rows for rows in content["datasets"].values() if "end" in rows[0])


def test_the_picture(found):
    picture = tornado_png(found)
    assert picture.startswith(b"\x89PNG")
    assert picture == tornado_png(found)
    rows = bars(found)
    assert [row["input"] for row in rows[::2]] == [
        "growth",
        "decline",
        LONG,
    ]  # the others are within their errors
    assert rows[0]["saving"] == -384_000.0
    assert (rows[0]["above"], rows[1]["above"]) == (False, True)
    assert len(bars(found, top=1)) == 2
    for row in found["tornado"]:
        row["se_usd"] = 1e6
    assert tornado_png(found) != picture  # nothing can be told: the first one alone

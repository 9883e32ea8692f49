"""The words and tables of ``tcosim value``: no figure beyond its error, and a verdict only where there is one."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from tcosim.analysis.jackknife import CERTAIN
from tcosim.report.terminal.value_view import input_meanings, print_value
from tcosim.report.words.value import error, first_sentence, money, verdict, what_it_shows
from tcosim.scenario.load import load


def measured(days: int, usd: float, se: float | None, cost: float, worth: bool | None) -> dict[str, Any]:
    return {
        "days": days,
        "usd": usd,
        "se": se,
        "cost_usd": cost,
        "cost_setup_usd": 0.75 * cost,
        "cost_waiting_usd": 0.25 * cost,
        "net_usd": usd - cost,
        "net_se": se,
        "worth": worth,
        "learns": ["traffic.burst_sigma", "volume.annual_growth"],
        "learned_share": {"traffic.burst_sigma": 0.97, "volume.annual_growth": 0.01},
    }


def result(**changes: Any) -> dict[str, Any]:
    value = {
        "evpi_usd": 212_345.0,
        "evpi_se_usd": 400.0,
        "best_option": "api",
        "futures": 100_000,
        "evppi_usd": [
            {"input": "traffic.annual_growth", "usd": 61_234.0, "se": 350.0},
            {"input": "people.launch_hours", "usd": 2_000.0, "se": 500.0},
            {"input": "energy.pue", "usd": 100.0, "se": 300.0},
        ],
        "groups": [{"group": "traffic", "inputs": ["traffic.annual_growth"], "usd": 80_000.0, "se": 500.0}],
    }
    return {
        "scenario_name": "case",
        "volume_tokens_per_month": 3e9,
        "months": 36,
        "samples": 100_000,
        "seed": 7,
        "value_of_information": value | changes,
        "measurement": [measured(30, 20_000.0, 300.0, 3_200.0, True)],
    }


def printed(content: dict[str, Any], width: int = 10_000, top: int = 10, encoding: str = "utf-8") -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
    console = Console(file=file, width=width, color_system=None, highlight=False)
    meanings = {"traffic.annual_growth": "Growth of the volume in a year; 0.4 is 40 % more."}
    print_value(content, meanings=meanings, top=top, console=console)
    file.flush()
    return file.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("usd", "se", "words", "its_error"),
    [
        (61_234.0, 350.0, "$61.2 k", "± $700"),
        (61_234.0, 3_500.0, "$61 k", "± $7 k"),
        (212_345.0, 20_000.0, "$210 k", "± $40 k"),
        (1_000.0, 900.0, "less than $3 k", ""),
        (0.0, 420.0, "less than $900", ""),
        (2_000.0, 1_000.0, "less than $5 k", ""),
        (0.0, 0.001, "less than $1", ""),
        (0.0, 0.0, "nothing", ""),
        (0.0, None, "-", ""),
        (123_456.0, None, "about $100 k", ""),
    ],
)
def test_a_value_has_the_digits_that_its_error_supports(
    usd: float, se: float | None, words: str, its_error: str
) -> None:
    assert money(usd, se) == words
    assert error(usd, se) == its_error


def test_what_a_value_is_less_than_is_never_rounded_down() -> None:
    for usd in (1.0, 9.99, 10.0, 123.0, 4_999.0, 95_001.0):
        words = money(0.0, usd / CERTAIN)
        shown, _, letter = words.removeprefix("less than $").partition(" ")
        assert usd <= float(shown) * {"": 1, "k": 1e3}[letter] <= 2 * usd + 1


def test_the_first_sentence_names_the_best_thing_to_find_out() -> None:
    assert first_sentence(result()["value_of_information"], 100_000) == (
        "Knowing everything before choosing would be worth $212 k on average; the best single thing to find out is"
        " traffic.annual_growth, worth up to $61.2 k."
    )
    untold = [{"input": "energy.pue", "usd": 100.0, "se": 300.0}]
    said = first_sentence(result(evppi_usd=untold)["value_of_information"], 100_000)
    assert said.endswith("; no single input is worth anything that can be told.")
    nothing = result(evpi_usd=0.0, evpi_se_usd=0.0)["value_of_information"]
    assert first_sentence(nothing, 2_000) == (
        "Nothing that one could find out changes the choice: in all 2,000 futures api is the cheapest."
    )
    assert "in the one future api" in first_sentence(nothing, 1)


def test_the_tables_fit_a_terminal_and_say_what_the_inputs_are_where_there_is_room() -> None:
    narrow, wide = printed(result(), width=80).splitlines(), printed(result())
    assert max(map(len, narrow)) <= 80
    assert not any(line != line.rstrip() for line in narrow)
    assert "Growth of the volume" not in "\n".join(narrow)
    rows = {line.split()[0]: line for line in wide.splitlines() if line.startswith("  ")}
    assert " ".join(rows["traffic.annual_growth"].split()).startswith(
        "traffic.annual_growth $61.2 k ± $700 29 % Growth of the volume in a year"
    )
    assert rows["energy.pue"].split() == ["energy.pue", "<$800", "-"]
    assert rows["30"].split() == ["30", "$20.0", "k", "±", "$600", "$2.4", "k", "$800", "$16.8", "k", "yes"]
    assert "Measure first: 30 days of one's own traffic are worth $20.0 k and cost $3.2 k." in wide


def test_a_terminal_without_unicode_gets_ascii() -> None:
    assert "+- $700" in printed(result(), encoding="ascii")


def test_only_the_top_is_listed_and_the_rest_counted() -> None:
    said = printed(result(), top=1)
    assert "people.launch_hours" not in said
    assert "2 more inputs: --top 3" in said
    assert "more input" not in printed(result(), top=3)


def test_too_few_futures_are_told_so_and_no_verdict_is_given() -> None:
    content = result(evpi_se_usd=None, evppi_usd=[], groups=[])
    content["measurement"] = [measured(30, 0.0, None, 3_000.0, None)]
    said = printed(content)
    assert "would be worth about $200 k on average." in said
    assert "too few futures" in said
    assert "Measur" not in said.replace("a measurement", "")


def test_a_known_traffic_has_nothing_to_measure() -> None:
    content = result()
    content["measurement"] = [measured(30, 0.0, 0.0, 3_000.0, False) | {"learns": [], "learned_share": {}}]
    assert "a log would teach nothing" in printed(content)


def test_the_verdict_is_the_shortest_of_the_best_and_only_beyond_the_error() -> None:
    short, same = measured(30, 20_000, 300, 3_000, True), measured(60, 20_900, 300, 3_500, True)
    better = measured(90, 30_000, 300, 4_000, True)
    assert "30 days" in verdict([short, same])
    assert "90 days" in verdict([short, same, better])
    no = [measured(30, 400, 100, 3_000, False), measured(60, 500, 100, 4_000, False)]
    assert verdict(no) == (
        "Do not wait for a measurement: even 30 days of one's own traffic cost $3.0 k and are worth $400."
    )
    assert "cannot be told" in verdict([no[0], measured(60, 4_000, 900, 4_000, None)])
    assert "less than" in verdict([measured(30, 100, 100, 3_000, False)])


def test_what_a_log_shows_is_said_by_the_share_that_it_explains() -> None:
    row = measured(30, 1.0, 1.0, 1.0, None)
    assert (
        what_it_shows(row) == "What 30 days of hourly tokens show well: burst_sigma; hardly: annual_growth."
    )


def test_every_uncertain_input_has_a_meaning() -> None:
    scenario = load()
    meanings = input_meanings(scenario)
    assert set(meanings) == {quantity.name for quantity in scenario.uncertain_inputs()}
    assert all(meaning.endswith(".") for meaning in meanings.values())

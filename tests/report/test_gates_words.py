"""What is said of gates: who is shut out and why, what would hold without each, and marks in the tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tcosim.analysis.summarize import summarize
from tcosim.report.content.run import run_report
from tcosim.report.documents.board import board_pdf
from tcosim.report.documents.markdown import markdown
from tcosim.report.words.board import board_sentence, choice_sentence
from tcosim.report.words.gates import checked_sentences, curve_gates, gate_sentences, gates_line
from tcosim.report.words.recommendation import recommendation
from tcosim.results.dataset import Gate
from tests.analysis.test_gates import GUESS, NO_TEAM
from tests.curves import synthetic_curve
from tests.datasets import synthetic
from tests.report.pages import example_page


def test_a_gate_that_changes_the_headline():
    summary = summarize(synthetic(gates=[GUESS]))
    (said,) = gate_sentences(summary)
    assert said.startswith(
        "Shut out: rented-h100, because the volume is a guess (constraints.volume_measured). Without this gate api"
        " would still cost least on average, and rented-h100 would be the best self-hosted option: it costs less than"
        " api with a probability of 4"
    )
    assert said.endswith("On trust it lets managed pass: no volume_measured is stated for it.")
    assert gates_line(summary) == "Shut out by gates: rented-h100 (volume_measured)."


def test_a_gate_that_changes_the_cheapest_alone():
    gate = Gate("data_may_leave", {"api": "data may not leave"})
    (said,) = gate_sentences(summarize(synthetic(baseline="managed", gates=[gate])))
    assert said == (
        "Shut out: api, because data may not leave (constraints.data_may_leave). Without this gate api would cost"
        " least on average, and rented-h100 would still be the best self-hosted option."
    )


def test_a_gate_that_changes_no_answer():
    dear = Gate("latency_p99_ms", {"owned-h100": "it is slow"})
    (said,) = gate_sentences(summarize(synthetic(gates=[dear])))
    assert said.endswith("Without this gate the answer would be the same.")
    (idle,) = gate_sentences(summarize(synthetic(gates=[Gate("agreement_needed", {})])))
    assert idle == "The gate constraints.agreement_needed shuts nothing out."


def test_options_that_share_a_reason_stand_together():
    rows = [
        {
            "gate": "air_gap",
            "shuts_out": [
                {"option": "a", "reason": "r"},
                {"option": "b", "reason": "s"},
                {"option": "c", "reason": "r"},
            ],
            "unstated": [],
        }
    ]
    assert checked_sentences(rows) == ["Shut out: a and c, because r; b, because s (constraints.air_gap)."]


def test_answer_choice_and_recommendation_speak_of_eligible_options():
    summary = summarize(synthetic(gates=[NO_TEAM]))
    assert board_sentence(summary).endswith("gates shut out every rented and owned option.")
    assert "costs least on average of the eligible options" in choice_sentence(summary)
    assert recommendation(summary, {}).startswith("Choose api: of the eligible options, none of them")
    gate = Gate("data_may_leave", {"api": "data may not leave"})
    chosen = recommendation(summarize(synthetic(baseline="managed", gates=[gate])), {})
    assert chosen.startswith("Choose rented-h100: it costs least on average of the eligible options")


def test_shut_out_options_stay_in_the_tables_and_are_marked():
    report = run_report(summarize(synthetic(gates=[GUESS])), "api")
    marks = {row.option: row.cheapest == "shut out" for row in report.options}
    assert marks == {"api": False, "managed": False, "rented-h100": True, "owned-h100": False}
    assert report.risk is not None
    assert {row.option for row in report.risk.rows if row.regret == "shut out"} == {"rented-h100"}
    assert "rented-h100 (shut out)" in {row.named for row in report.probabilities}


@pytest.mark.parametrize("shut_out", [(), ("owned-h100",)])
def test_a_curve_says_who_is_shut_out(shut_out):
    from tcosim.analysis.curve import summarize_curve

    curve = summarize_curve(synthetic_curve(256, shut_out=shut_out))
    assert curve_gates(curve["options"]).startswith("Gates shut out owned-h100") == bool(shut_out)


def test_page_and_sheet_hold_the_gates():
    said = "Shut out: api, because data may not leave (constraints.data_may_leave)."
    page = example_page()
    gated = replace(page, run=replace(page.run, gates=[said], gates_line="Shut out by gates: api (x)."))
    assert "## Gates\n\n- Shut out: api" in markdown(gated) and "## Gates" not in markdown(page)
    assert board_pdf(gated, None, None) != board_pdf(page, None, None)

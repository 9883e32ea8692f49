"""What is said of gates: who is shut out and why, what would hold without each, and marks in the tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tcosim.analysis.summarize import summarize
from tcosim.report.content.run import run_report
from tcosim.report.documents.board import board_pdf
from tcosim.report.documents.markdown import markdown
from tcosim.report.words.board import board_sentence, choice_sentence
from tcosim.report.words.curve import sentences
from tcosim.report.words.gates import checked_sentences, curve_gates, gate_sentences, gates_line
from tcosim.report.words.planned import curve_with_run
from tcosim.report.words.recommendation import recommendation
from tcosim.results.dataset import Gate
from tests.analysis.test_gates import GUESS, NO_TEAM
from tests.curves import GRID, synthetic_curve
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
    assert said.startswith(
        "Shut out: api, because data may not leave (constraints.data_may_leave). Without this gate api would cost"
        " least on average (less than managed with a probability of 8"
    )
    assert said.endswith("), and rented-h100 would still be the best self-hosted option.")


def test_a_gate_that_changes_no_answer():
    dear = Gate("latency_p99_ms", {"owned-h100": "it is slow"})
    (said,) = gate_sentences(summarize(synthetic(gates=[dear])))
    assert said.endswith("Without this gate the answer would be the same.")
    (idle,) = gate_sentences(summarize(synthetic(gates=[Gate("agreement_needed", {})])))
    assert idle == "The gate constraints.agreement_needed shuts nothing out."


def test_gates_that_shut_out_the_same_say_so_and_what_holds_without_any():
    names = ("data_may_leave", "agreement_needed")
    gates = [Gate(name, {"api": f"reason {k}"}) for k, name in enumerate(names)]
    first, second, any_of_them = gate_sentences(summarize(synthetic(baseline="managed", gates=gates)))
    assert first.endswith("Without this gate alone: the same; agreement_needed shuts out api too.")
    assert second.endswith("Without this gate alone: the same; data_may_leave shuts out api too.")
    assert any_of_them.startswith(
        "Without any of these gates api would cost least on average (less than managed with a probability of "
    )
    assert any_of_them.endswith("), and rented-h100 would still be the best self-hosted option.")
    # one that shuts nothing out needs no sentence on all of them
    idle = gate_sentences(summarize(synthetic(gates=[GUESS, Gate("agreement_needed", {})])))
    assert len(idle) == 2 and not any("Without any" in text for text in idle)


FLEETS = {"owned-a": "owned", "owned-b": "owned"}


@pytest.mark.parametrize("volumes", [(3e9,), (3e10,), GRID])
@pytest.mark.parametrize("even", [1e7, 6e9, 1e14])
@pytest.mark.parametrize("samples", [16, 4096])
@pytest.mark.parametrize("skew", [0.0, 2.0])
def test_a_curve_whose_baseline_is_a_fleet_names_the_options(volumes, even, samples, skew):
    from tcosim.analysis.curve import summarize_curve

    dataset = synthetic_curve(samples, volumes, options=FLEETS, even={"owned-b": even}, skew=skew)
    text = " ".join(sentences(summarize_curve(dataset)))
    assert "that owned-b costs less than owned-a over" in text
    assert "self-host" not in text and " buy" not in text


def test_a_curve_that_switches_between_fleets():
    from tcosim.analysis.curve import summarize_curve

    dataset = synthetic_curve(options=FLEETS, even={"owned-b": 6e9})
    switch, terms, *_ = sentences(summarize_curve(dataset))
    assert (
        switch.startswith("Below ") and " choose owned-a, above " in switch and " choose owned-b; " in switch
    )
    assert "% that owned-b costs less than owned-a over" in terms


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


def test_at_the_planned_volume_nothing_that_is_shut_out_is_named():
    """The run's own figures take the place of the curve's: an option that a gate shuts out stays out."""
    gate = Gate("volume_measured", {"owned-h100": "the volume is a guess"})
    dataset = synthetic(gates=[gate])
    options = dict(zip(dataset["option"].values.tolist(), dataset["kind"].values.tolist(), strict=True))
    even = {name: 1e9 for name in options if name != "api"}
    planned = float(dataset.attrs["volume_tokens_per_month"])
    curve = synthetic_curve(
        256,
        [planned / 2, planned, 2 * planned],
        options=options,
        even=even,
        planned=planned,
        shut_out=("owned-h100",),
    )
    same = ("scenario_sha256", "library_sha256", "seed", "months", "baseline")
    curve.attrs |= {key: dataset.attrs[key] for key in same}
    summary = summarize(dataset, curve=curve)
    for option in summary["options"]:  # the cheapest of all, by far
        if option["name"] == "owned-h100":
            option["npv_usd"]["mean"] = 1.0
    (point,) = (one for one in curve_with_run(summary)["volumes"] if one["is_planned"])
    assert "owned-h100" not in (
        point["cheapest_expected"],
        point["best_self_hosted"],
        point["cheapest_bought"],
    )
    open_ = {
        **summary["curve"],
        "volumes": [{**point, "options": [{**o, "eligible": True} for o in point["options"]]}],
    }
    (without,) = curve_with_run({**summary, "curve": open_})["volumes"]
    assert without["cheapest_expected"] == without["best_self_hosted"] == "owned-h100"

"""Published claims recomputed: what holds, what does not and where, what hardware allows, who contradicts whom."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcosim.errors import InputError
from tcosim.results.summary import plain
from tcosim.scenario.claims import Claim, Claims, Gpu, Hardware, Step, Topic, Verdict
from tcosim.scenario.claims_formulas import Range
from tcosim.scenario.library import default_library
from tcosim.studies import claims as study
from tcosim.studies import claims_simulated
from tcosim.studies.claims_contradictions import contradictions
from tcosim.studies.claims_hardware import against_library, hardware, peak_tokens_per_second
from tcosim.studies.claims_recomputed import held, recompute


def at(value: float, high: float | None = None) -> Range:
    return Range(value, value if high is None else high)


def claim(steps, inputs, *, name="one", relation="equals", topics=None, verdict=None, source="article-marka"):
    return Claim(name, source, "", "", "", relation, inputs, {}, tuple(steps), topics or {}, verdict=verdict)


@pytest.fixture(scope="module")
def shipped():
    return {row["id"]: row for row in study.claims(simulation=False)["claims"]}


CHAIN = (
    Step("usd_per_month", "product", ("usd_per_hour", "hours"), at(1440), at(10)),
    Step("usd_per_million", "blend", ("input_share", "input", "output"), at(5.63), at(0.01)),
    Step("tokens", "break_even", ("usd_per_month", "usd_per_million"), at(256e6), at(1e6)),
)
INPUTS = {
    "usd_per_hour": at(2),
    "hours": at(720),
    "input_share": at(0.75),
    "input": at(2.5),
    "output": at(15),
}


def test_a_claim_that_holds():
    found = recompute(claim(CHAIN, INPUTS))
    assert (found.holds, found.broken) == (True, "")
    assert found.figures["tokens"] == at(256e6)  # 1,440 / 5.625


def test_a_wrong_claim_is_found_out_with_factor_and_step():
    found = recompute(claim(CHAIN, {**INPUTS, "input_share": at(0.5)}))
    assert (found.holds, found.broken) == (False, "usd_per_million")
    assert found.factor == pytest.approx(256e6 * 8.75 / 1440e6)
    # by itself, from the price that is stated, the last step is right
    assert [one.holds for one in found.steps] == [True, False, True]


def test_an_error_in_the_last_step_alone_is_named_there():
    wrong = (*CHAIN[:2], Step("tokens", "break_even", CHAIN[2].of, at(300e6), at(1e6)))
    found = recompute(claim(wrong, INPUTS))
    assert (found.holds, found.broken) == (False, "tokens")
    assert found.factor == pytest.approx(300 / 256)


def test_an_input_that_is_used_twice_has_one_value():
    steps = (
        Step("total", "sum", ("rent", "labor")),
        Step("multiple", "ratio", ("total", "rent"), at(2, 3), at(0.1)),
    )
    found = recompute(claim(steps, {"rent": at(1, 2), "labor": at(2)}))
    assert found.figures["multiple"] == at(2, 3)  # not 3/2 to 4/1
    assert found.holds


def test_a_claim_without_a_stated_figure_holds_nothing():
    found = recompute(claim([Step("x", "reciprocal", ("a",))], {"a": at(4)}))
    assert (found.holds, found.factor, found.figures["x"]) == (None, None, at(0.25))
    assert recompute(claim([], {"a": at(4)})).holds is None


def test_division_by_zero_is_refused():
    with pytest.raises(InputError, match=r"claim\.one\.steps: cannot be computed"):
        recompute(claim([Step("x", "reciprocal", ("a",))], {"a": at(0)}))


@pytest.mark.parametrize(
    ("relation", "stated", "found", "holds", "factor"),
    [
        ("equals", at(833), at(833.333), True, None),
        ("equals", at(833), at(833.6), False, 833 / 833.6),
        ("equals", at(3, 4), at(4, 5), False, 3 / 4),
        ("at_least", at(50), at(171), True, None),
        ("at_least", at(50), at(20, 171), False, 50 / 20),
        ("at_most", at(1), at(0.5, 1.4), True, None),
        ("at_most", at(1), at(0.5, 2), False, 1 / 2),
        ("within", at(3, 6), at(4, 5), True, None),
        ("within", at(3, 6), at(18, 24), False, 6 / 24),
        ("within", at(30, 60), at(10, 40), False, 30 / 10),
        ("reaches", at(5), at(1, 5.2), True, None),
        ("reaches", at(5), at(0.1, 0.5), False, 5 / 0.5),
        ("spans", at(15), at(9, 32), True, None),
        ("spans", at(15), at(20, 32), False, 15 / 20),
        ("spans", at(15), at(9, 12), False, 15 / 12),
        ("covers", at(15, 25), at(9, 14), True, None),
        ("covers", at(15, 25), at(9, 30), False, 25 / 30),
        ("covers", at(15, 25), at(18, 20), False, 15 / 18),
    ],
)
def test_relations(relation, stated, found, holds, factor):
    answer = held(stated, at(1.0), found, relation)
    assert answer[0] is holds
    if factor is not None:
        assert answer[1] == pytest.approx(factor)


def test_most_is_more_than_half_of_the_figures():
    def most(*figures: float) -> bool | None:
        return held(at(3, 4), at(1), at(min(figures), max(figures)), "most", [at(one) for one in figures])[0]

    assert most(4, 4, 4, 9) is True
    assert most(4, 4, 9, 9) is False
    step = Step("x", "span", ("a", "b", "c"), at(3, 4), at(1))
    assert recompute(claim([step], {"a": at(3), "b": at(4), "c": at(9)}, relation="most")).holds is True
    assert recompute(claim([step], {"a": at(3), "b": at(9), "c": at(9)}, relation="most")).holds is False


def test_each_end_has_its_own_rounding():
    assert held(at(100, 256), Range(10, 1), at(96, 256), "equals")[0] is True
    assert held(at(100, 256), Range(1, 10), at(96, 256), "equals")[0] is False
    assert held(at(100, 256), Range(10, 1), at(100, 257), "equals")[0] is False


def test_a_failure_that_rests_on_an_assumption_is_no_failure_of_the_source():
    wrong = (Step("x", "product", ("a", "b"), at(10), at(1)), Step("y", "product", ("x", "c")))
    own = claim(wrong, {"a": at(2), "b": at(3), "c": at(4)})
    assert recompute(own).finding == "does not hold"
    assert recompute(replace(own, inputs={"a": at(2), "c": at(4)}, assumed={"b": at(3)})).finding == (
        "depends on what is assumed"
    )
    # what is assumed only after the asserted figure decides nothing
    after = replace(own, inputs={"a": at(2), "b": at(3)}, assumed={"c": at(4)})
    assert recompute(after).finding == "does not hold"
    assert recompute(replace(after, inputs={"a": at(2), "b": at(5)})).finding == "holds"


@given(
    value=st.floats(1e-6, 1e12),
    digits=st.integers(1, 6),
    error=st.floats(1.5, 1e3),
)
def test_rounding_holds_and_anything_beyond_does_not(value, digits, error):
    place = 10.0 ** (math.floor(math.log10(value)) - digits + 1)
    rounded = round(value / place) * place
    assert held(at(rounded), at(place), at(value), "equals")[0] is True
    assert held(at(rounded + error * place), at(place), at(value), "equals")[0] is False


# --- what ships -----------------------------------------------------------------------------------


def test_the_known_errors_are_found_by_computing(shipped):
    known = {
        "marka-blended-price": (5.63 / 8.75, "usd_per_million"),
        "framework-50m-bill": (2250 / 360, "usd_per_month"),
        "framework-500m-verdict": (5 * 4140 / 0.95 / 3600, "api_usd_per_month"),
        "llmops-a100-token-cost": (0.027 * 70000 * 3600 / 1.91e6, "usd_per_million"),
        "garnet-spend": (50 / 15, "self_hosted_usd_per_month"),
    }
    for name, (factor, step) in known.items():
        assert shipped[name]["holds"] is False
        assert shipped[name]["factor"] == pytest.approx(factor)
        assert shipped[name]["broken_step"] == step


def test_the_known_truths_hold(shipped):
    for name in (
        "marka-h200-depreciation",
        "garnet-engineer",
        "framework-a10g-x4-month",
        "framework-effective-80",
    ):
        assert shipped[name]["holds"] is True, name
        assert shipped[name]["broken_step"] is None


def test_no_claim_says_itself_whether_it_holds():
    """Another stated figure gives another answer: nothing is typed in."""
    stated = study.load_claims()
    for one in stated.claims:
        step = one.asserted
        if step is None or one.relation != "equals":
            continue
        moved = Range(
            step.stated.low * 1.5 + step.rounded_to.low, step.stated.high * 1.5 + step.rounded_to.high
        )
        right = recompute(one).figures[step.name]
        for figure, expected in (
            (right, True),
            (Range(right.low * 3 + moved.low, right.high * 3 + moved.high), False),
        ):
            steps = tuple(
                Step(s.name, s.formula, s.of, figure if s is step else s.stated, s.rounded_to)
                for s in one.steps
            )
            changed = claim(steps, {**one.inputs, **one.assumed}, relation=one.relation)
            assert recompute(changed).holds is expected, one.id


def test_plain_data_and_sources():
    found = study.claims("article-tokenware", simulation=False)
    assert json.loads(json.dumps(plain(found)))["source"] == "article-tokenware"
    assert {row["source"] for row in found["claims"]} == {"article-tokenware"}
    for topic in found["topics"]:
        assert any(answer["source"] == "article-tokenware" for answer in topic["answers"])
    own = {row["id"] for row in found["claims"]}
    for topic in found["topics"]:
        for pair in topic["contradictions"]:
            assert own & {pair["lower"], pair["higher"]}
    with pytest.raises(InputError, match="did you mean article-marka"):
        study.claims("article-mark", simulation=False)


# --- hardware -------------------------------------------------------------------------------------


def test_the_peak_is_operations_over_twice_the_parameters():
    assert peak_tokens_per_second(Gpu("x", {8: 140, 4: 280}, ""), 4, 70) == pytest.approx(8000)


@pytest.mark.parametrize(
    ("rate", "verdict"),
    [
        (100, "below the library's P5"),
        (700, "within"),
        (3000, "above the library's P95"),
        (7900, "above the library's P95"),
        (8100, "above the peak"),
    ],
)
def test_throughput_is_placed_between_the_library_and_the_peak(rate, verdict):
    wanted = Hardware("a10g", "gpus", "billion", "rate", "llama-70b-a10gx4", "input_share")
    known = {"gpus": at(4), "billion": at(70), "rate": at(rate), "input_share": at(0.8)}
    found = hardware(wanted, known, {"a10g": Gpu("a10g", {8: 140, 4: 280}, "")}, default_library())
    assert found["verdict"] == verdict
    assert found["library"]["p5"] < found["library"]["p50"] < found["library"]["p95"]


def test_rates_are_scaled_to_the_gpus_of_the_claim():
    def p50(gpus: float) -> float:
        wanted = Hardware("a100", "gpus", "billion", "rate", "llama-70b-a100-80x2", "input_share")
        known = {"gpus": at(gpus), "billion": at(70), "rate": at(1), "input_share": at(0.5)}
        return hardware(wanted, known, {"a100": Gpu("a100", {8: 624}, "")}, default_library())["library"][
            "p50"
        ]

    assert p50(1) == pytest.approx(p50(2) / 2)


def test_a_figure_against_the_library():
    key = "people.engineer_usd_per_hour"
    found = against_library(at(0, 1e9), key, default_library())
    assert found["share_within"] == pytest.approx(1)
    assert found["within_p5_p95"]
    assert not against_library(at(1e6), key, default_library())["within_p5_p95"]


# --- contradictions -------------------------------------------------------------------------------


def of_topic(*claims):
    pairs = [(one, recompute(one)) for one in claims]
    (topic,) = contradictions(pairs, {"t": Topic("t", "T", "USD")})
    return topic["contradictions"]


def says(name, low, high=None, *, relation="equals"):
    figure = at(low, high)
    steps = [Step("x", "sum", ("a",), figure, at(1))]
    return claim(steps, {"a": figure}, name=name, relation=relation, topics={"t": "x"})


def test_answers_apart_contradict_and_the_gap_is_their_ratio():
    assert of_topic(says("low", 10, 20), says("high", 40, 50)) == [
        {"lower": "low", "higher": "high", "factor": 2.0}
    ]
    assert of_topic(says("low", 10, 20), says("high", 15, 50)) == []
    assert of_topic(says("low", 10), says("high", 10.9)) == []  # within their rounding


def test_a_bound_contradicts_on_one_side_only():
    assert of_topic(says("open", 30, relation="at_least"), says("far", 9000)) == []
    assert of_topic(says("open", 30, relation="at_least"), says("near", 10))[0]["factor"] == 3
    assert of_topic(says("open", 30, relation="at_most"), says("near", 10)) == []
    assert of_topic(says("open", 30, relation="at_most"), says("far", 90))[0]["factor"] == 3


def test_a_figure_that_is_the_least_does_not_exclude_higher_ones():
    least = replace(says("least", 10, 20), lower_bounds=("t",))
    assert of_topic(says("least", 10, 20), says("high", 40))[0]["factor"] == 2
    assert of_topic(least, says("high", 40)) == []
    assert of_topic(least, says("low", 5))[0]["factor"] == 2


def test_the_contradictions_that_the_sources_hold():
    topics = {one["topic"]: one for one in study.claims(simulation=False)["topics"]}
    assert topics["refresh-cost"]["contradictions"][0]["factor"] == pytest.approx(6)
    assert topics["break-even"]["contradictions"][0]["factor"] == pytest.approx(11e9 / 256e6)
    assert topics["engineer-hours"]["contradictions"] == []  # both lower figures are "at minimum"
    assert topics["a100-token-cost-14b"]["contradictions"][0]["factor"] == pytest.approx(13 / 0.027)
    assert topics["cost-multiple"]["contradictions"] == []


# --- simulation -----------------------------------------------------------------------------------

SET = ("scenario.months=2", "option.api.usd_per_million_output=2")


def verdict(asserts, *volumes):
    return Verdict(asserts, "support-assistant", volumes, SET)


def test_each_scenario_is_simulated_once_at_all_its_volumes(monkeypatch):
    calls = []
    real = claims_simulated.curve

    def counted(scenario, volumes, **kwargs):
        calls.append(volumes)
        return real(scenario, volumes, **kwargs)

    monkeypatch.setattr(claims_simulated, "curve", counted)
    one = claim([], {"a": at(1)}, name="one", verdict=verdict("api", 1e9))
    even = claim([], {"a": at(1)}, name="even", verdict=verdict("even", 1e9))
    two = claim([], {"a": at(1)}, name="two", verdict=verdict("self_host", 1e9, 3e9))
    heard = []
    found = study.claims(
        samples=320, stated=Claims((one, two, even), {}, {}), progress=lambda *said: heard.append(said)
    )  # fmt: skip
    assert calls == [(1e9, 3e9)]
    assert heard[-1] == (640, 640)
    (api,), (hosted, _), (both,) = (row["verdict"]["simulated"] for row in found["claims"])
    assert api["probability"] == pytest.approx(1 - hosted["probability"])
    assert api["ci95"] == pytest.approx([1 - hosted["ci95"][1], 1 - hosted["ci95"][0]])
    assert api["ci95"][0] <= api["probability"] <= api["ci95"][1]
    assert both == hosted  # shown as self-hosting


def test_without_an_interval_there_is_no_probability():
    def asserted(*interval: float | None) -> tuple[object, object]:
        option = {
            "name": "x",
            "probability_beats_baseline": 0.25,
            "probability_beats_baseline_ci95": interval,
        }
        entry = {"tokens_per_month": 1e9, "best_self_hosted": "x", "options": [option]}
        found = claims_simulated._asserted(verdict("api", 1e9), entry)
        return found["probability"], found["ci95"]

    assert asserted(0.125, 0.5) == (0.75, [0.5, 0.875])
    assert asserted(math.nan, math.nan) == (None, None)
    assert asserted(None, None) == (None, None)


def test_the_findings_of_what_ships(shipped):
    assert shipped["framework-output-price"]["finding"] == "holds"
    assert shipped["garnet-total"]["finding"] == "holds"
    assert shipped["garnet-crossover"]["finding"] == "depends on what is assumed"
    assert shipped["framework-50m-bill"]["finding"] == "does not hold"
    assert shipped["llmops-a100-per-thousand"]["finding"] is None
    on_gpus = {name: row["hardware"]["verdict"] for name, row in shipped.items() if row["hardware"]}
    assert on_gpus["framework-500m-verdict"] == "above the library's P95"
    assert on_gpus["llmops-a100-token-cost"] == on_gpus["llmops-h100-throughput"] == "above the peak"


def test_marka_on_budget_apis_is_simulated_in_its_own_setup(shipped):
    for name in ("marka-saves-5x", "marka-budget-any-volume"):
        verdict = shipped[name]["verdict"]
        assert verdict["scenario"] == "break-even-256m"
        assert verdict["set"] == ["scenario.baseline=api-budget", "traffic.input_share=0.5"]

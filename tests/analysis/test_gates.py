"""Only eligible options are chosen, compared and recommended; the answer without a gate is the one it shut out."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tcosim.analysis.curve import summarize_curve
from tcosim.analysis.headline import headline_option, mean_npv
from tcosim.analysis.information import value_of_information
from tcosim.analysis.reading import points_between
from tcosim.analysis.risk import option_regret
from tcosim.analysis.summarize import summarize
from tcosim.results.dataset import Gate
from tcosim.results.netcdf import read_dataset, write_dataset
from tcosim.results.validity import DatasetError, validate
from tests.curves import synthetic_curve
from tests.datasets import OPTIONS, synthetic

NO_TEAM = Gate("platform_team", dict.fromkeys(("rented-h100", "owned-h100"), "nobody is there to run GPUs"))
NO_API = Gate("data_may_leave", {"api": "data may not leave"})
GUESS = Gate("volume_measured", {"rented-h100": "the volume is a guess"}, ("managed",))
OUT = [
    names
    for count in range(3)
    for names in itertools.combinations([name for name in OPTIONS if name != "managed"], count)
]
"""Every choice of up to two options besides the baseline, managed."""


def without(summary, *keys):
    return {key: value for key, value in summary.items() if key not in keys}


@pytest.mark.parametrize("samples", [1024, 4096])
def test_a_gate_that_shuts_nothing_out_changes_nothing(samples):
    plain = summarize(synthetic(samples), curve=synthetic_curve(1024))
    idle = summarize(synthetic(samples, gates=[Gate("agreement_needed", {})]), curve=synthetic_curve(1024))
    assert plain["gates"] == [] and all(option["eligible"] for option in plain["options"])
    assert without(idle, "gates", "without_gates") == without(plain, "gates", "without_gates")
    assert plain["without_gates"] is None
    (gate,) = idle["gates"]
    assert gate["shuts_out"] == []
    assert gate["without_it"]["headline_option"] == plain["headline"]["option"]
    assert gate["without_it"]["probability"] == plain["headline"]["probability"]
    assert gate["without_it"]["ci95"] == plain["headline"]["ci95"]


def test_the_headline_is_eligible_and_the_answer_without_the_gate_is_the_ungated_one():
    open_, gated = synthetic(gates=[]), synthetic(gates=[GUESS])
    assert headline_option(open_) == "rented-h100" and headline_option(gated) == "owned-h100"
    before, after = summarize(open_), summarize(gated)
    (gate,) = after["gates"]
    assert gate["shuts_out"] == [{"option": "rented-h100", "reason": "the volume is a guess"}]
    assert gate["unstated"] == ["managed"]
    assert gate["without_it"] == {
        "headline_option": before["headline"]["option"],
        "probability": before["headline"]["probability"],
        "ci95": before["headline"]["ci95"],
        "cheapest_expected": "api",
    }
    rows = {option["name"]: option for option in after["options"]}
    assert [name for name, row in rows.items() if not row["eligible"]] == ["rented-h100"]
    for key in ("probability_cheapest", "probability_cheapest_ci95", "expected_regret_usd"):
        assert rows["rented-h100"][key] is None
    # shut out, it is still simulated and compared with the baseline
    ungated = {option["name"]: option for option in before["options"]}["rented-h100"]
    assert rows["rented-h100"]["probability_beats_baseline"] == ungated["probability_beats_baseline"]
    assert rows["rented-h100"]["npv_usd"] == ungated["npv_usd"]
    eligible = [row["probability_cheapest"] for row in rows.values() if row["eligible"]]
    assert sum(eligible) == pytest.approx(1.0, abs=1e-12)


def test_a_gate_is_lifted_alone():
    """What two gates shut out stays out without one of them."""
    both = [GUESS, Gate("platform_team", {"rented-h100": "nobody"})]
    first, second = summarize(synthetic(gates=both))["gates"]
    assert first["without_it"]["headline_option"] == "owned-h100"
    assert second["without_it"]["headline_option"] == "owned-h100"


@pytest.mark.parametrize("samples", [1024, 4096])
def test_without_any_gate_is_the_ungated_answer(samples):
    """Where two gates shut out the same, lifting either changes nothing, and lifting both does."""
    gates = [GUESS, Gate("platform_team", {"rented-h100": "nobody"}), Gate("x", {"managed": "why"})]
    open_, gated = summarize(synthetic(samples)), summarize(synthetic(samples, gates=gates))
    assert gated["headline"]["option"] == "owned-h100"
    assert gated["without_gates"] == {
        "headline_option": "rented-h100",
        "probability": open_["headline"]["probability"],
        "ci95": open_["headline"]["ci95"],
        "cheapest_expected": "api",
    }


def test_without_an_eligible_self_hosted_option_there_is_no_headline():
    found = summarize(synthetic(gates=[NO_TEAM]))
    assert found["headline"] is None and found["tornado"] == []
    assert found["gates"][0]["without_it"]["headline_option"] == "rented-h100"


@pytest.mark.parametrize("out", OUT, ids=lambda out: "+".join(out) or "none")
def test_choices_are_those_among_the_options_that_are_left(out):
    """Every figure that is about a choice equals that of a run without the others."""
    npv = synthetic(1024)["npv"].values
    gated = synthetic(1024, npv=npv, baseline="managed", gates=[Gate("any", dict.fromkeys(out, "why"))])
    left = {name: kind for name, kind in OPTIONS.items() if name not in out}
    columns = [list(OPTIONS).index(name) for name in left]
    alone = synthetic(1024, npv=npv[:, columns], baseline="managed", options=left)
    alone["input"] = gated["input"]
    assert headline_option(gated) == headline_option(alone)
    assert value_of_information(gated) == value_of_information(alone)
    regret, alone_regret = option_regret(gated), option_regret(alone)
    assert {name: value for name, value in regret.items() if value is not None} == alone_regret
    both = (gated["scramble_cheapest"].values[:, columns], alone["scramble_cheapest"].values)
    np.testing.assert_array_equal(*both)


def test_the_baseline_is_no_candidate_of_its_own():
    """Two fleets behind an air gap: the headline is the other one."""
    options = {"owned-h100": "owned", "rented-h100": "rented"}
    dataset = synthetic(options=options, baseline="rented-h100")
    means = mean_npv(dataset)
    assert means["rented-h100"] < means["owned-h100"] and headline_option(dataset) == "owned-h100"
    assert summarize(dataset)["headline"]["option"] == "owned-h100"


def test_a_dataset_that_contradicts_its_gates_is_refused():
    dataset = synthetic(gates=[GUESS])
    dataset["eligible"] = dataset["eligible"].copy(data=np.ones(len(OPTIONS), np.int8), deep=False)
    with pytest.raises(DatasetError, match="eligible: is not what the gates leave"):
        validate(dataset)
    with pytest.raises(DatasetError, match="'api' is shut out"):
        synthetic(gates=[NO_API])


@pytest.mark.parametrize("gates", [[], [GUESS, Gate("agreement_needed", {})]])
def test_gates_survive_the_file(tmp_path, gates):
    dataset = synthetic(256, gates=gates)
    write_dataset(dataset, tmp_path / "result.nc")
    with read_dataset(tmp_path / "result.nc") as again:
        assert summarize(again.load())["gates"] == summarize(dataset)["gates"]


def test_the_best_of_a_curve_is_eligible_at_every_volume():
    out = ("owned-h100",)
    before, after = (summarize_curve(synthetic_curve(1024, shut_out=names)) for names in ((), out))
    assert "owned-h100" in {point["best_self_hosted"] for point in before["volumes"]}
    for point in points_between(after["volumes"], 3):
        assert point["best_self_hosted"] not in out and point["cheapest_expected"] not in out
    shown = {one["name"]: one for one in after["volumes"][0]["options"]}
    assert shown["owned-h100"]["probability_cheapest"] is None and not shown["owned-h100"]["eligible"]
    assert shown["owned-h100"]["probability_beats_baseline"] is not None
    none = summarize_curve(synthetic_curve(256, shut_out=("owned-h100", "rented-h100", "hybrid-h100")))
    assert none["best_self_hosted"] is None and none["decision"] is None

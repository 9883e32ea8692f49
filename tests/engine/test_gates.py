"""Gates in a simulation: nothing is left out of it, only eligible options can be the cheapest, and what may not use a
public API pays for none of its tokens."""

from __future__ import annotations

import numpy as np
import pytest

from tcosim.engine import simulate
from tcosim.results.schema import COMPONENTS
from tcosim.scenario.load import load
from tcosim.studies.curve import curve
from tests.scenario.test_gates import FLEETS, KEPT_IN

SHORT = ("scenario.months=8",)


@pytest.fixture(scope="module")
def inside():
    scenario = load(overrides=[*KEPT_IN, *SHORT, "constraints.data_may_leave=false"])
    return scenario, simulate(scenario, samples=512, seed=3)


def test_what_may_not_use_a_public_api_pays_for_none_of_its_tokens(inside):
    _, dataset = inside
    parts = dataset["component"].sel(option=list(FLEETS)).values
    for part in ("api_tokens", "api_fees", "api_engineers", "migrations"):
        assert np.all(parts[:, COMPONENTS.index(part)] == 0.0), part
    # what the fleets cannot serve is lost at its stated cost, before launch too
    assert np.all(parts[:, COMPONENTS.index("lost_work")] > 0.0)
    open_ = simulate(load(overrides=SHORT), samples=512, seed=3)
    assert np.all(open_["component"].sel(option=list(FLEETS)).values[:, COMPONENTS.index("api_tokens")] > 0.0)


def test_a_gate_changes_who_may_be_chosen_and_no_cost(inside):
    scenario, gated = inside
    free = simulate(scenario.with_overrides(["constraints.data_may_leave=true"]), samples=512, seed=3)
    np.testing.assert_array_equal(gated["npv"].values, free["npv"].values)
    np.testing.assert_array_equal(gated["scramble_beats"].values, free["scramble_beats"].values)
    assert gated["eligible"].values.tolist() == [0, 1, 1, 1, 1] and free["eligible"].values.all()
    wins = gated["scramble_cheapest"].values.sum(axis=0)
    others = gated["npv"].values[:, 1:]
    assert wins.tolist() == [0, *np.bincount(others.argmin(axis=1), minlength=4).tolist()]
    assert free["scramble_cheapest"].values[:, 0].sum() > 0


def test_a_curve_knows_the_gates_too(inside):
    scenario, _ = inside
    dataset = curve(scenario, [3e9, 3e10], samples=256, seed=3)
    assert dataset["eligible"].values.tolist() == [0, 1, 1, 1, 1]
    wins = dataset["scramble_cheapest"].values
    assert np.all(wins[:, :, 0] == 0) and wins.sum() == 2 * 256

"""The month from which an option has cost less for good."""

import numpy as np
import pytest

from tcosim.engine import simulate
from tcosim.engine.run import Run
from tcosim.engine.totals import payback_months
from tests.engine.scenarios import every_kind


def twin(option, baseline):
    """By the definition, one future at a time."""
    found = []
    for mine, theirs in zip(option, baseline, strict=True):
        month = len(mine)
        while month > 0 and mine[month - 1] < theirs[month - 1]:
            month -= 1
        found.append(month)
    return found


@pytest.mark.parametrize("months", [1, 2, 36])
def test_the_months_are_those_of_the_definition(months):
    rng = np.random.default_rng(months)
    option, baseline = rng.integers(0, 4, (2, 500, months)).astype(float)
    np.testing.assert_array_equal(payback_months(option, baseline), twin(option, baseline))


def test_cumulated_costs_end_at_the_present_value_and_paid_back_at_the_winners():
    run = simulate(every_kind(months=5), samples=2000, seed=1)
    assert run["scramble_paid_back"].sum() > 0
    np.testing.assert_array_equal(run["scramble_paid_back"].sum("month"), run["scramble_beats"])
    last = run["cumulated"].isel(month=-1)
    expected = np.quantile(run["npv"].values, run["quantile"].values, axis=0).T
    np.testing.assert_allclose(last, expected, rtol=1e-6)


def test_an_extended_run_is_the_longer_run():
    scenario = every_kind(months=3)
    run = Run(scenario, most=2000, seed=7)
    run.extend(512)
    np.testing.assert_array_equal(run.dataset()["npv"], simulate(scenario, samples=512, seed=7)["npv"])
    run.extend(2000)
    whole, direct = run.dataset(), simulate(scenario, samples=2000, seed=7)
    for name in direct.variables:
        assert whole[name].values.tobytes() == direct[name].values.tobytes(), name
    with pytest.raises(ValueError, match="cannot be extended"):
        run.extend(2256)

"""A provider's outages are paid by whom they hit: by the share of work that goes to the API (docs/model.md, 4.3)."""

import numpy as np
import pytest

from tcosim.engine import simulate
from tests.engine.scenarios import every_kind, without_uncertainty

HOURS, USD = 36.0, 500.0
A_MONTH = HOURS * USD / 12


@pytest.fixture(scope="module")
def costs():
    """Median monthly cost of every option, (months,), with outages less without."""

    def monthly(usd):
        built = without_uncertainty(
            every_kind(months=6, volume=2e10), f"option.api.outage_hours_per_year={HOURS!r}",
            f"option.api.outage_usd_per_hour={usd!r}", "option.managed.outage_hours_per_year=0.0",
            "option.rented.launch_months=2.0", "option.reserved.launch_months=0.0", "option.reserved.lead_months=0.0",
            "option.reserved.headroom=9.0", "option.rented.headroom=9.0",
        )  # fmt: skip
        dataset = simulate(built, samples=256, seed=4)
        return {
            str(name): dataset["cost"].sel(option=name, quantile=0.5).values
            for name in dataset["option"].values
        }

    with_outages, without = monthly(USD), monthly(0.0)
    return {name: with_outages[name] - without[name] for name in with_outages}


def test_the_api_pays_them_whole_and_a_managed_cloud_its_own(costs):
    np.testing.assert_allclose(costs["api"], A_MONTH, rtol=2e-6)
    np.testing.assert_array_equal(costs["managed"], 0.0)


def test_a_fleet_pays_them_before_launch_and_a_hybrid_for_the_rest(costs):
    np.testing.assert_allclose(costs["rented"][:2], A_MONTH, rtol=2e-6)
    assert np.all(costs["rented"][2:] < 0.2 * A_MONTH)  # overflow alone
    least = 0.3 * A_MONTH  # the reserved fleet may serve 70 %
    assert np.all(costs["reserved"] >= least * (1 - 1e-5))
    assert np.median(costs["reserved"]) == pytest.approx(least, rel=0.05)


def test_who_sends_nothing_to_the_api_pays_none(costs):
    np.testing.assert_array_equal(costs["owned"], 0.0)  # its overflow is lost

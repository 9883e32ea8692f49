"""No field of a scenario is silently without effect: moving any one of them moves some option's cost."""

import numpy as np
import pytest

from tcosim.engine import simulate
from tcosim.scenario.fields import Kind, field_specs
from tests.engine.scenarios import every_kind, without_uncertainty

# values at which everything is at work: demand near capacity, several moves and jumps, failures, a growing fleet
ACTIVE = (
    "volume.annual_growth=2.0", "volume.growth_volatility=0.3", "volume.forecast_ratio=1.4",
    "traffic.burst_sigma=0.8", "traffic.spikes_per_month=8.0", "traffic.spike_size=3.0",
    "option.api.route.default.batch_share=0.3", "option.api.route.default.months_between_moves=3.0",
    "option.api.route.default.jumps_per_year=9.0", "option.api.route.default.jump_log_sd=0.4",
    "option.api.route.default.list_price_volatility=0.5",
    "option.api.rate_limit_usd_per_month=90.0",
    *(
        f"option.{name}.{setting}"
        for name in ("rented", "autoscaled", "reserved", "owned")
        for setting in (
            "launch_months=1.0", "gpu_failures_per_gpu_year=15.0", "refresh_weeks=3.0", "incidents_per_month=3.0",
            "headroom=0.7", "resize_every_months=2", "out_of_the_box_share=0.4", "tuning_months=2.0",
            "software_gain_per_year=0.4", "token_ratio=1.3", "launch_usd=4000.0", "refresh_usd=700.0",
            "underestimate_share=0.4", "fleet_cached_share=0.3", "finetune_runs_per_year=5.0",
        )
    ),
    "option.rented.longest_wait_hours=0.5", "option.reserved.lead_months=1.0", "option.owned.lead_months=1.0",
)  # fmt: skip


@pytest.fixture(scope="module")
def active():
    return without_uncertainty(every_kind(months=8, volume=3e10), *ACTIVE)


@pytest.fixture(scope="module")
def costs(active):
    return simulate(active, samples=512, seed=2)["npv"].values


def moved(value):
    """Another value that every field allows."""
    if value == 0:
        return 0.25
    return value * 0.8 if value > 1e-6 else value + 0.1


def paths(scenario):
    return [path for path, _ in scenario.fields()]


PATHS = paths(every_kind())


@pytest.mark.parametrize("path", PATHS)
def test_moving_a_field_moves_a_cost(active, costs, path):
    quantity = dict(active.fields())[path]
    name = path.rsplit(".", 1)[-1]
    if path in NOT_FOR_THIS_KIND:
        pytest.skip(NOT_FOR_THIS_KIND[path])
    value = {"launch_months": 2.0, "lead_months": 3.0}.get(name, moved(quantity.point_value))
    changed = simulate(active.with_overrides([f"{path}={value!r}"]), samples=512, seed=2)["npv"].values
    assert np.any(changed != costs), f"{path}: {quantity.point_value} -> {value} changes nothing"


NOT_FOR_THIS_KIND = {
    **dict.fromkeys(
        (
            "option.autoscaled.reserved_discount", "option.rented.reserved_discount",
            "option.rented.spot_interruptions_per_gpu_year", "option.reserved.spot_interruptions_per_gpu_year",
        ),
        "counts for another contract only, and may not be stated here",
    ),
    **dict.fromkeys(
        (f"option.{name}.lost_usd_per_million_tokens" for name in ("rented", "autoscaled", "reserved")),
        "counts where overflow is lost, and may not be stated here",
    ),
    **dict.fromkeys(
        (f"option.{name}.fleet_cached_share" for name in ("autoscaled", "reserved", "owned")),
        "a mixed rate holds the cache already",
    ),
}  # fmt: skip


@pytest.mark.parametrize("option", ["rented", "autoscaled", "reserved", "owned"])
@pytest.mark.parametrize(
    "setting", ["gpus_per_replica=3", "min_replicas=9", "spare_replicas=3", "resize_every_months=1"]
)
def test_moving_a_policy_moves_a_cost(active, costs, option, setting):
    changed = simulate(active.with_overrides([f"option.{option}.{setting}"]), samples=512, seed=2)[
        "npv"
    ].values
    assert np.any(changed != costs)


@pytest.mark.parametrize(
    "setting", ["option.reserved.term_months=3", "option.rented.autoscale=true", 'option.rented.contract="spot"',
                'option.rented.overflow="lost"', "scenario.months=7", 'traffic.weekly_profile="flat"']
)  # fmt: skip
def test_moving_a_choice_moves_a_cost(active, costs, setting):
    extra = []
    if "lost" in setting:
        extra = ["option.rented.lost_usd_per_million_tokens=3.0"]
    elif "spot" in setting:
        extra = ["option.rented.spot_interruptions_per_gpu_year=5.0"]
    changed = simulate(active.with_overrides([setting, *extra]), samples=512, seed=2)["npv"].values
    assert np.any(changed != costs)


def test_no_uncertain_field_of_any_option_is_left_out_above(active):
    for option in active.options:
        for name, spec in field_specs(type(option)).items():
            stated = getattr(option, name) is not None
            if spec.kind is Kind.UNCERTAIN and stated:
                assert f"option.{option.name}.{name}" in PATHS


def test_a_list_that_wanders_is_met_at_the_first_move(active):
    """Before it the price is that of today, so with moves beyond the horizon the field must have no effect."""
    path = "option.api.route.default.{}"
    stays = active.with_overrides([path.format("months_between_moves=8.0")])
    wild = stays.with_overrides([path.format("list_price_volatility=2.0")])
    one, other = (simulate(s, samples=512, seed=2)["npv"].values for s in (stays, wild))
    np.testing.assert_array_equal(one, other)
    moves = wild.with_overrides([path.format("months_between_moves=7.0")])
    calm = stays.with_overrides([path.format("months_between_moves=7.0")])
    one, other = (simulate(s, samples=512, seed=2)["npv"].values for s in (moves, calm))
    assert np.any(one != other, axis=1).all()

"""Scenarios that load: defaults, names of inputs, sharing, files, correlations."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tcosim.errors import InputError
from tcosim.scenario.distributions import Empirical, Point, Uniform
from tcosim.scenario.fields import Kind, Use, field_specs
from tcosim.scenario.library import Library, default_library
from tcosim.scenario.load import load, load_text
from tcosim.scenario.models import OPTION_KINDS, ApiOption, FleetOption, RentedOption, Scenario
from tests.scenario.conftest import SCENARIO


def with_lines(*lines: str, after: str, text: str = SCENARIO) -> str:
    """Insert lines after the first line that begins with ``after``."""
    found = text.splitlines()
    at = next(number for number, line in enumerate(found) if line.startswith(after))
    return "\n".join([*found[: at + 1], *lines, *found[at + 1 :]]) + "\n"


def test_what_is_left_out_comes_from_the_library_and_is_remembered(library: Library) -> None:
    scenario = load_text(SCENARIO, library=library)
    fleet = scenario.option("rented-h100")
    assert isinstance(fleet, RentedOption)
    assert fleet.repair_hours.library_key == fleet.repair_hours.name == "failures.repair_hours"
    assert fleet.repair_hours.distribution == library.quantity("failures.repair_hours").distribution
    assert fleet.min_replicas == 2
    assert {"option.rented-h100.repair_hours", "option.rented-h100.min_replicas", "scenario.months"} <= set(
        scenario.defaulted
    )
    assert "volume.annual_growth" not in scenario.defaulted
    assert "option.owned.engineer_hours_per_month" not in scenario.defaulted
    assert scenario.library_sha256 == library.sha256


def test_inputs_are_named_for_their_library_key_or_their_field(library: Library) -> None:
    scenario = load_text(SCENARIO, library=library)
    names = [quantity.name for quantity in scenario.uncertain_inputs()]
    assert len(names) == len(set(names))
    assert "volume.annual_growth" in names
    assert "traffic.annual_growth" not in names
    assert "option.api.route.default.usd_per_million_output" in names
    assert "option.api.route.default.usd_per_million_input" not in names
    assert names.index("volume.annual_growth") < names.index("traffic.burst_sigma")
    assert names.count("people.engineer_usd_per_hour") == 1


def test_fields_that_do_not_apply_are_the_number_zero(library: Library) -> None:
    scenario = load_text(SCENARIO, library=library)
    fleet = scenario.option("rented-h100")
    assert isinstance(fleet, RentedOption)
    for quantity in (
        fleet.reserved_discount,
        fleet.spot_interruptions_per_gpu_year,
        fleet.lost_usd_per_million_tokens,
    ):
        assert quantity.point_value == 0
    assert fleet.lead_months.point_value == 0
    names = {quantity.name for quantity in scenario.uncertain_inputs()}
    assert "gpu.reserved_discount" not in names


def test_a_reserved_contract_has_its_own_fields(library: Library) -> None:
    text = with_lines('contract = "reserved"', "term_months = 24", after='name = "rented-h100"')
    fleet = load_text(text, library=library).option("rented-h100")
    assert isinstance(fleet, RentedOption)
    assert fleet.term_months == 24
    assert fleet.reserved_discount.library_key == "gpu.reserved_discount"
    assert fleet.lead_months.library_key == "serving.lead_months"


def test_engineers_are_stated_in_hours_or_full_time(library: Library) -> None:
    scenario = load_text(SCENARIO, library=library)
    owned, rented = scenario.option("owned"), scenario.option("rented-h100")
    assert isinstance(owned, FleetOption)
    assert isinstance(rented, FleetOption)
    assert owned.engineer_hours_per_month is None
    assert owned.monthly_engineer_hours == (owned.engineer_fte, 160.0)
    assert rented.monthly_engineer_hours == (rented.engineer_hours_per_month, 1.0)


def test_one_input_name_is_one_draw(library: Library) -> None:
    shared = 'burst_hours = { dist = "uniform", low = 1, high = 3, input = "slow" }'
    again = 'spike_hours = { dist = "uniform", low = 1, high = 3, input = "slow" }'
    scenario = load_text(with_lines(shared, again, after="[traffic]"), library=library)
    assert scenario.traffic.burst_hours.name == scenario.traffic.spike_hours.name == "slow"
    assert [quantity.name for quantity in scenario.uncertain_inputs()].count("slow") == 1


def test_a_use_may_have_a_draw_of_its_own(library: Library) -> None:
    line = 'gpu_failures_per_gpu_year = { use = "failures.gpu_failures_per_gpu_year", input = "failures-of-mine" }'
    scenario = load_text(with_lines(line, after='name = "rented-h100"'), library=library)
    names = {quantity.name for quantity in scenario.uncertain_inputs()}
    assert {"failures-of-mine", "failures.gpu_failures_per_gpu_year"} <= names


def test_a_bill_may_mix_routes(library: Library) -> None:
    head, tail = SCENARIO.split("usd_per_million_input = 3\n")
    tail = tail[tail.index("[[option]]") :]
    prices = "usd_per_million_input = 3\nusd_per_million_cached_input = 1\nusd_per_million_output = 9\n"
    routes = f'[[option.route]]\nname = "cheap"\nshare = 0.7\n{prices}[[option.route]]\nshare = 0.3\n{prices}'
    api = load_text(head + routes + tail, library=library).option("api")
    assert isinstance(api, ApiOption)
    assert [(route.name, route.share) for route in api.routes] == [("cheap", 0.7), ("route-2", 0.3)]


def test_observed_values_come_from_a_file_beside_the_scenario(library: Library, tmp_path: Path) -> None:
    (tmp_path / "repairs.csv").write_text("site,hours\na,2\nb,5.5\n")
    line = 'repair_hours = { dist = "empirical", file = "repairs.csv", column = "hours" }'
    path = tmp_path / "s.toml"
    path.write_text(with_lines(line, after='name = "rented-h100"'))
    fleet = load(path, library=library).option("rented-h100")
    assert isinstance(fleet, FleetOption)
    assert fleet.repair_hours.distribution == Empirical(values=(2.0, 5.5))


def test_a_profile_may_be_listed_and_is_scaled_to_mean_one(library: Library) -> None:
    values = ", ".join(["1", "3"] * 84)
    traffic = load_text(
        with_lines(f"weekly_profile = [{values}]", after="[traffic]"), library=library
    ).traffic
    assert traffic.weekly_profile == (0.5, 1.5) * 84
    assert traffic.weekly_profile_name == ""
    named = load_text(with_lines('weekly_profile = "half"', after="[traffic]"), library=library).traffic
    assert named.weekly_profile_name == "half"
    assert sum(named.weekly_profile) == pytest.approx(168)


CORRELATION = '[[correlation]]\ninputs = ["{0}", "{1}"]\nrank_correlation = {2}\n'


def test_the_librarys_correlations_apply_unless_the_pair_is_stated(library: Library) -> None:
    assert [c.rank_correlation for c in load_text(SCENARIO, library=library).correlations] == [0.4]
    own = CORRELATION.format("people.engineer_hours_per_month", "people.launch_hours", -0.2)
    assert [c.rank_correlation for c in load_text(SCENARIO + own, library=library).correlations] == [-0.2]
    fixed = with_lines("launch_hours = 100", after='name = "rented-h100"')
    fixed = with_lines("launch_hours = 100", after='name = "owned"', text=fixed)
    assert load_text(fixed, library=library).correlations == ()


def test_correlations_take_the_field_for_its_input(library: Library) -> None:
    own = CORRELATION.format("option.rented-h100.repair_hours", "volume.annual_growth", 0.3)
    found = load_text(SCENARIO + own, library=library).correlations[0]
    assert found.inputs == ("failures.repair_hours", "volume.annual_growth")


def test_updates_are_checked_copies(library: Library) -> None:
    scenario = load_text(SCENARIO, library=library)
    larger = scenario.with_volume(5e9)
    assert (scenario.volume.tokens_per_month, larger.volume.tokens_per_month) == (2e9, 5e9)
    assert larger.options is scenario.options
    assert larger.sha256() != scenario.sha256()
    for bad in (0, -1, 1e16, float("nan"), float("inf")):
        with pytest.raises(InputError, match="tokens_per_month"):
            scenario.with_volume(bad)
    changed = scenario.with_overrides(["volume.annual_growth=20%", "option.rented-h100.contract=spot"])
    assert changed.volume.annual_growth.point_value == 0.2
    assert "option.rented-h100.contract" not in changed.defaulted
    with pytest.raises(InputError, match="did you mean rented-h100"):
        scenario.option("rented-h10")


def test_a_shipped_scenario_is_found_by_name(library: Library) -> None:
    assert load(library=library) == load("support-assistant", library=library)


def test_every_default_of_every_field_is_in_the_shipped_library() -> None:
    library = default_library()
    for model in OPTION_KINDS.values():
        for spec in field_specs(model).values():
            for default in (spec.default, spec.example):
                if isinstance(default, Use):
                    library.quantity(default.key)


@pytest.mark.parametrize("name", default_library().scenarios())
def test_the_shipped_scenarios_load_and_quickly(name: str) -> None:
    load(name)
    start = time.perf_counter()
    scenario = load(name)
    assert time.perf_counter() - start < 0.3
    assert isinstance(scenario, Scenario)
    assert scenario.name == name
    assert scenario.uncertain_inputs()


def test_every_field_of_every_table_is_declared() -> None:
    for model in OPTION_KINDS.values():
        undeclared = set(model.model_fields) - set(field_specs(model)) - {"routes"}
        assert not undeclared
        for spec in field_specs(model).values():
            assert spec.meaning.endswith("."), spec.name
            assert spec.unit or spec.kind not in (Kind.UNCERTAIN, Kind.NUMBER, Kind.INTEGER), spec.name


def test_a_quantity_knows_whether_it_is_a_plain_number(library: Library) -> None:
    scenario = load_text(SCENARIO, library=library)
    assert scenario.volume.forecast_ratio.distribution == Point(value=1.0)
    price = scenario.option("api").routes[0].usd_per_million_output  # type: ignore[attr-defined]
    assert price.distribution == Uniform(low=10.0, high=15.0)
    with pytest.raises(ValueError, match="has no single value"):
        _ = price.point_value

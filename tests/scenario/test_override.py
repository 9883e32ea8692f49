"""``--set path=value`` and ``--volume``."""

from __future__ import annotations

import pytest

from tcosim.errors import InputError
from tcosim.scenario.distributions import Normal
from tcosim.scenario.library import Library
from tcosim.scenario.load import load, load_text
from tcosim.scenario.models import ApiOption, FleetOption, RentedOption, Scenario
from tcosim.scenario.write import resolved_toml
from tests.scenario.conftest import SCENARIO
from tests.scenario.test_load import CORRELATION


def load_with(
    library: Library, *overrides: str, volume: float | None = None, text: str = SCENARIO
) -> Scenario:
    """Load the small scenario with some fields set."""
    return load_text(text, overrides=overrides, volume=volume, library=library)


def test_numbers_are_set_as_people_write_them(library: Library) -> None:
    scenario = load_with(
        library, "volume.tokens_per_month=2.5B", "volume.annual_growth = 20%", "scenario.months=1.2e1"
    )
    assert scenario.volume.tokens_per_month == 2.5e9
    assert scenario.volume.annual_growth.point_value == 0.2
    assert scenario.months == 12
    assert load_with(library, volume=7e9).volume.tokens_per_month == 7e9


def test_distributions_and_words_are_set(library: Library) -> None:
    scenario = load_with(
        library,
        'volume.annual_growth={ dist = "normal", p5 = 0, p95 = 1, low_limit = -0.9 }',
        "traffic.weekly_profile=half",
        "option.rented-h100.contract=spot",
        'option.rented-h100.label="A, b"',
        "option.rented-h100.autoscale=true",
    )
    assert isinstance(scenario.volume.annual_growth.distribution, Normal)
    assert scenario.traffic.weekly_profile_name == "half"
    fleet = scenario.option("rented-h100")
    assert isinstance(fleet, RentedOption)
    assert (fleet.contract, fleet.label, fleet.autoscale) == ("spot", "A, b", True)
    assert fleet.spot_interruptions_per_gpu_year.library_key == "gpu.spot_interruptions_per_gpu_year"


def test_one_part_of_a_stated_distribution_is_set(library: Library) -> None:
    scenario = load_with(library, "volume.annual_growth.p95=0.9")
    distribution = scenario.volume.annual_growth.distribution
    assert isinstance(distribution, Normal)
    assert dict(distribution.stated) == {"p5": 0.1, "p95": 0.9}


def test_options_and_routes_are_addressed_by_name(library: Library) -> None:
    scenario = load_with(
        library, "option.api.route.default.usd_per_million_input=5", "option.api.usd_per_million_output=6"
    )
    api = scenario.option("api")
    assert isinstance(api, ApiOption)
    assert api.routes[0].usd_per_million_input.point_value == 5
    assert api.routes[0].usd_per_million_output.point_value == 6


def test_what_stands_instead_of_another_takes_its_place(library: Library) -> None:
    scenario = load_with(
        library, "option.owned.engineer_hours_per_month=50", "option.owned.mixed_tokens_per_second=5k"
    )
    fleet = scenario.option("owned")
    assert isinstance(fleet, FleetOption)
    assert fleet.engineer_fte is None
    assert fleet.prefill_tokens_per_second is None


def test_a_correlation_of_what_was_set_falls_away(library: Library) -> None:
    text = SCENARIO + CORRELATION.format("volume.annual_growth", "traffic.burst_sigma", 0.3)
    assert len(load_with(library, text=text).correlations) == 2
    for path in ("volume.annual_growth", "traffic.burst_sigma"):
        assert [c.inputs[0] for c in load_with(library, f"{path}=0.4", text=text).correlations] == [
            "people.launch_hours"
        ]
    with pytest.raises(InputError, match="plain number"):
        load_with(library, text=text.replace("[traffic]", "[traffic]\nburst_sigma = 0.4"))


@pytest.mark.parametrize(
    ("override", "field", "words"),
    [
        ("months", "--set", "path=value"),
        ("=3", "--set", "path=value"),
        ("volume..x=3", "--set", "path=value"),
        ("volume.annual_growth=", "volume.annual_growth", "needs a value after ="),
        ("option.owned.label= ", "option.owned.label", "needs a value after ="),
        ("people.lunch_hours=3", "people.lunch_hours", "did you mean people.launch_hours?"),
        ("people.launch_usd.p5=3", "people.launch_usd.p5", "set people.launch_usd as a whole"),
        (
            "launch_usd=3",
            "launch_usd",
            "did you mean option.rented-h100.launch_usd or option.owned.launch_usd?",
        ),
        ("months=3", "months", "did you mean scenario.months?"),
        ("volum.annual_growth=3", "volum.annual_growth", "did you mean volume.annual_growth?"),
        ("volume.anual_growth=3", "volume.anual_growth", "did you mean annual_growth?"),
        ("option.rented.share=1", "option.rented", "must be the name of an option"),
        ("option.rented-h10.share=1", "option.rented-h10", "did you mean rented-h100?"),
        ("option.rented-h100.repair=1", "option.rented-h100.repair", "did you mean repair_hours?"),
        ("option.api.route.defolt.share=1", "option.api.route.defolt", "did you mean default?"),
        ("correlation.x=1", "correlation.x", "scenario file"),
        ("volume.annual_growth=abc", "volume.annual_growth", "2.5B"),
        ("volume.annual_growth=1\nx = 2", "volume.annual_growth", "2.5B"),
        ("volume.annual_growth=nan", "volume.annual_growth", "finite"),
        ("volume.annual_growth.p_5=1", "volume.annual_growth.p_5", "did you mean p5"),
        ("volume.forecast_ratio.p5=1", "volume.forecast_ratio.p5", "as a whole"),
        ("scenario.months=1.5", "scenario.months", "whole number"),
        ("option.owned.name=a b", "option.owned.name", "letters"),
        ("option.rented-h100.contract=spott", "option.rented-h100.contract", "did you mean spot?"),
    ],
)
def test_a_bad_override_is_refused_with_its_text(
    library: Library, override: str, field: str, words: str
) -> None:
    with pytest.raises(InputError) as refused:
        load_with(library, override)
    problem = refused.value.problems[0]
    assert problem.field == field or field.endswith(problem.field.split(".")[-1])
    assert words in f"{problem.rule} {problem.way_out}"
    assert problem.place in (f"--set {override}", "")


def test_bad_overrides_and_a_bad_file_are_reported_together(library: Library) -> None:
    with pytest.raises(InputError) as refused:
        load_with(
            library, "x=1", "volume.annual_growth=-3", text=SCENARIO.replace("[traffic]", "[traffic]\nx = 1")
        )
    assert len(refused.value.problems) == 3


def test_an_override_meets_an_odd_layout(library: Library) -> None:
    for odd in ("route = 3", "route = [[1]]", "route = { a = 1 }"):
        text = SCENARIO.replace('name = "api"', f'name = "api"\n{odd}')
        with pytest.raises(InputError, match=r"option\.route"):
            load_with(library, "option.api.route.default.usd_per_million_input=1", text=text)


def test_a_bad_volume_is_refused(library: Library) -> None:
    for volume in (0.0, -1.0, 1e16, float("nan"), float("inf")):
        with pytest.raises(InputError, match=r"--volume: volume\.tokens_per_month"):
            load_with(library, volume=volume)


def test_the_name_of_an_input_sets_every_field_that_takes_it(library: Library) -> None:
    scenario = load_with(library, "people.launch_usd=7k")
    for name in ("rented-h100", "owned"):
        fleet = scenario.option(name)
        assert isinstance(fleet, FleetOption)
        assert fleet.launch_usd.point_value == 7000
    assert "option.owned.launch_usd" not in scenario.defaulted
    text = SCENARIO.replace(
        "[traffic]",
        "[traffic]\n"
        + "".join(
            f'{field} = {{ dist = "uniform", low = 1, high = 3, input = "slow" }}\n'
            for field in ("burst_hours", "spike_hours")
        ),
    )
    traffic = load_with(library, "slow=2", text=text).traffic
    assert (traffic.burst_hours.point_value, traffic.spike_hours.point_value) == (2, 2)


def test_an_input_that_tables_call_by_its_key_is_set_by_its_key_and_by_its_field(library: Library) -> None:
    text = "\n".join(line for line in SCENARIO.splitlines() if not line.startswith("annual_growth"))
    for path in ("volume.annual_growth", "traffic.annual_growth"):
        assert load_with(library, f"{path}=0.3", text=text).volume.annual_growth.point_value == 0.3
    # a field comes before an input of the same name, and the last setting counts
    assert load_with(library, "traffic.burst_sigma=0.3").traffic.burst_sigma.point_value == 0.3
    both = load_with(library, "traffic.annual_growth=0.3", "traffic.annual_growth=0.4", text=text)
    assert both.volume.annual_growth.point_value == 0.4


def test_a_distribution_for_an_input_stays_one_draw_and_keeps_its_correlations(library: Library) -> None:
    stated = 'people.launch_hours={ dist = "lognormal", p5 = 100, p95 = 300 }'
    scenario = load_with(library, stated)
    fleet = scenario.option("rented-h100")
    assert isinstance(fleet, FleetOption)
    assert fleet.launch_hours.name == "people.launch_hours"
    assert fleet.launch_hours.library_key is None
    assert [c.inputs[0] for c in scenario.correlations] == ["people.launch_hours"]
    assert load_text(resolved_toml(scenario), library=library) == scenario


def test_a_key_is_an_input_only_where_a_field_takes_it(library: Library) -> None:
    reserved = ["option.rented-h100.contract=reserved", "gpu.reserved_discount=0.3"]
    fleet = load_with(library, *reserved).option("rented-h100")
    assert isinstance(fleet, RentedOption)
    assert fleet.reserved_discount.point_value == 0.3
    with pytest.raises(InputError, match="no field of this scenario uses"):
        load_with(library, reserved[1])


def test_an_input_in_a_resolved_scenario_is_set_likewise(library: Library) -> None:
    scenario = load_with(library).with_overrides(["people.launch_usd=7"])
    prices = [quantity for path, quantity in scenario.fields() if path.endswith(".launch_usd")]
    assert [price.point_value for price in prices] == [7, 7]


def test_what_an_input_cannot_be_is_one_problem(library: Library) -> None:
    with pytest.raises(InputError) as refused:
        load_with(library, "people.launch_usd=-7")
    (problem,) = refused.value.problems
    assert problem.place == "--set people.launch_usd=-7"
    assert "cannot be negative" in problem.way_out


@pytest.mark.parametrize(
    "setting", ["option.rented-h100.mixed_tokens_per_second=9000", "option.owned-h100.engineer_fte=1.0"]
)
def test_what_a_field_stands_for_takes_its_correlations_with_it(setting: str) -> None:
    """A resolved file states all correlations; those of inputs that an override leaves without a field fall away."""
    built = load_text(resolved_toml(load()), overrides=[setting])
    path, _, value = setting.partition("=")
    assert dict(built.fields())[path].point_value == float(value)

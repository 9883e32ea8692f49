"""The worked examples of the articles, with nothing uncertain and nothing but what they count.

Each shipped scenario with every quantity a point and every cost at 0 that its source leaves out must give the source's
own intermediate figures to the cent, where their arithmetic holds; where it does not, what follows from their inputs.
"""

from __future__ import annotations

import functools
from typing import Any

import pytest

import tcosim
from tcosim.scenario.library import default_library
from tcosim.scenario.load import load_text
from tcosim.scenario.models import Scenario
from tcosim.units import HOURS_PER_MONTH

CENT = 0.005
DAYS_PER_MONTH = 30
"""As the articles count; a month of the model is 730 hours, 30.4167 days."""

# What leaves a figure alone; every other quantity that a case does not state is 0.
NEUTRAL = {
    "forecast_ratio": 1, "token_ratio": 1, "latency_utilization": 1, "out_of_the_box_share": 1, "headroom": 1,
    "share": 1, "batch_price_ratio": 1, "host_power_ratio": 1, "pue": 1, "tuning_months": 1, "burst_hours": 1,
    "burst_days": 1, "spike_hours": 1, "months_between_moves": 240, "refresh_weeks": 1000, "repair_hours": 24,
    "engineer_usd_per_hour": 100,
}  # fmt: skip
STATED_BY_SCENARIO = {
    "usd_per_million_input", "usd_per_million_cached_input", "usd_per_million_output", "prefill_tokens_per_second",
    "decode_tokens_per_second", "usd_per_gpu_hour", "usd_per_gpu", "input_share",
}  # fmt: skip


def plain(name: str, *overrides: str, months: int = 1, volume: float | None = None) -> Scenario:
    """Load a shipped scenario as nothing but what its source counts; ``overrides`` are stated last."""
    shipped = tcosim.load(name)
    fixed = []
    for path, quantity in shipped.fields():
        last = path.rpartition(".")[2]
        if last in STATED_BY_SCENARIO:
            value = quantity.point_value if quantity.is_point else quantity.distribution.central_range()[1]
        else:
            value = NEUTRAL.get(last, 0)
        if not (quantity.is_point and quantity.point_value == value):  # what does not apply counts as 0
            fixed.append(f"{path}={float(value)!r}")
    built = tcosim.load(name, overrides=[*fixed, f"scenario.months={months}", *overrides], volume=volume)
    assert built.uncertain_inputs() == ()
    return built


def monthly(scenario: Scenario) -> dict[str, dict[str, float]]:
    """Simulate; USD a month of each component of each option. Nothing is discounted, so they are nominal."""
    dataset = tcosim.simulate(scenario, samples=16)
    parts = dataset["component"] / scenario.months
    return {
        str(option): {
            str(part): float(parts.sel(option=option, part=part)) for part in dataset["part"].values
        }
        for option in dataset["option"].values
    }


@functools.cache
def cost(name: str, *overrides: str, **others: Any) -> dict[str, dict[str, float]]:
    """As `monthly` of `plain`, remembered."""
    return monthly(plain(name, *overrides, **others))


def only(parts: dict[str, float], **expected: float) -> None:
    """These components to the cent, and all others 0.

    Hours are simulated in float32, so a bill may be 3e-7 off (docs/model.md, 6): a cent from 17,000 USD on.
    """
    assert {part for part, value in parts.items() if abs(value) > CENT} == {
        part for part, value in expected.items() if value
    }
    for part, value in expected.items():
        assert parts[part] == pytest.approx(value, abs=CENT, rel=3e-7), part


ONE_MACHINE = (
    "option.rented-a10g.prefill_tokens_per_second=1e6",
    "option.rented-a10g.decode_tokens_per_second=1e6",
)


# ---- volumes


@pytest.mark.parametrize(
    ("name", "per_day"),
    [
        ("employee-assistant", 500_000),
        ("support-chatbot", 50_000 * 1_000),
        ("a10g-50m-a-day", 50_000_000),
        ("a10g-500m-a-day", 500_000_000),
        ("fine-tuned-7b", 50_000_000),
    ],
)
def test_a_day_of_the_source_is_a_thirtieth_of_the_planned_month(name: str, per_day: int) -> None:
    tokens = tcosim.load(name).volume.tokens_per_month
    assert tokens == DAYS_PER_MONTH * per_day
    # The month of the model has 730 hours, so its day carries 1.4 % less than the day of the source.
    assert tokens * 24 / HOURS_PER_MONTH == pytest.approx(per_day * 720 / 730)


def test_every_shipped_scenario_says_whose_example_it_is() -> None:
    library = default_library()
    articles = [key for key in library.sources if key.startswith("article-")]
    for name in library.scenarios()[1:]:
        head = library.scenario_path(name).read_text(encoding="utf-8").partition("[scenario]")[0]
        assert any(key in head for key in articles), name
        assert "# Stated there: " in head, name
        assert "# Ours: " in head, name


# ---- bills of APIs


def test_a_million_each_way_is_75_cents() -> None:  # article-tokenware, its calculation example
    prices = [f"option.api.usd_per_million_{kind}={usd}" for kind, usd in (("input", 0.15), ("output", 0.6))]
    parts = cost("employee-assistant", *prices, "traffic.input_share=0.5", volume=2e6)["api"]
    only(parts, api_tokens=0.75)


def test_the_bill_of_50_million_a_day_is_360_and_not_2250() -> None:  # article-cost-framework
    small = cost("a10g-50m-a-day", *ONE_MACHINE)["api"]
    large = cost("a10g-500m-a-day", *ONE_MACHINE)["api"]
    only(small, api_tokens=30 * 50 * (0.8 * 0.15 + 0.2 * 0.60))
    only(large, api_tokens=30 * 500 * (0.8 * 0.15 + 0.2 * 0.60))
    assert small["api_tokens"] == pytest.approx(360, abs=CENT)
    # The stated bills are 6.25 times what follows from the stated prices, both of them: 1.50 USD per million.
    assert 2_250 / small["api_tokens"] == pytest.approx(6.25)
    assert 22_500 / large["api_tokens"] == pytest.approx(6.25)
    # With the price that they imply the stated bills come out to the cent.
    implied = [f"option.api.usd_per_million_{kind}=1.5" for kind in ("input", "output")]
    only(cost("a10g-50m-a-day", *ONE_MACHINE, *implied)["api"], api_tokens=2_250)
    only(cost("a10g-500m-a-day", *ONE_MACHINE, *implied)["api"], api_tokens=22_500)


def test_the_blended_price_of_5_63_is_three_to_one() -> None:  # article-marka
    a_million = {"volume": 1e6}
    stated = cost("break-even-256m", **a_million)["api"]["api_tokens"]
    assert stated == pytest.approx(5.625, abs=CENT)
    assert abs(stated - 5.63) <= CENT
    halves = cost("break-even-256m", "traffic.input_share=0.5", **a_million)["api"]["api_tokens"]
    assert halves == pytest.approx(8.75, abs=CENT)  # what the 50/50 split would be


def test_the_openai_bill_is_15000_and_the_saving_12000() -> None:  # article-garnet-grid
    server = [
        f"option.rented-a100.{field}" for field in ("min_replicas=1", f"usd_per_gpu_hour={3000 / 730!r}")
    ]
    fast = [f"option.rented-a100.{kind}_tokens_per_second=1e6" for kind in ("prefill", "decode")]
    parts = cost("api-bill-15k", *server, *fast)
    only(parts["api"], api_tokens=15_000)
    only(parts["rented-a100"], gpus=3_000)
    assert sum(parts["api"].values()) - sum(parts["rented-a100"].values()) == pytest.approx(
        12_000, abs=2 * CENT
    )


def test_11_billion_at_50_50_are_nearly_the_4200_stated() -> None:  # article-llmops-report
    bill = cost("break-even-11b")["api"]
    only(bill, api_tokens=11_000 * 0.375)
    # "Approximately $4,200" and "around 11 billion": they meet at 11.2 billion, 2 % off.
    assert 4_200 / bill["api_tokens"] == pytest.approx(11.2 / 11)
    only(cost("break-even-11b", volume=11.2e9)["api"], api_tokens=4_200)


def test_the_bill_behind_the_owned_h100_is_within_4000_to_5000() -> None:  # article-llmops-report
    only(cost("owned-h100")["api"], api_tokens=4_400)


@pytest.mark.parametrize("markup", [0.15, 0.22, 0.4])
@pytest.mark.parametrize("overhead", [200, 2_000])
def test_the_markup_and_overhead_of_a_managed_cloud(markup: float, overhead: int) -> None:  # article-marka
    parts = cost(
        "regulated-hospital",
        f"option.managed.markup_share={markup}",
        f"option.managed.overhead_usd_per_month={overhead}",
        "traffic.input_share=0.5",
    )
    bill = 400 * 9.0
    only(parts["managed"], api_tokens=bill, managed_markup=bill * markup + overhead)


def test_70_25_5_is_a_mix_of_bills() -> None:  # article-marka
    at_the_time = [
        f"option.routed.route.cheap.usd_per_million_{kind}={usd}"
        for kind, usd in (("input", 0.14), ("output", 0.28))
    ]
    frontier = {"input": 15.0, "output": 60.0}
    dear = [f"{path}.usd_per_million_{kind}={usd}" for path in ("option.routed.route.frontier", "option.frontier")
            for kind, usd in frontier.items()]  # fmt: skip
    parts = cost("three-way-routing", *at_the_time, *dear, "traffic.input_share=0.75")
    cheap, standard, best = (0.75 * price + 0.25 * out for price, out in ((0.14, 0.28), (3, 15), (15, 60)))
    only(parts["frontier"], api_tokens=1_000 * best)
    only(parts["routed"], api_tokens=1_000 * (0.70 * cheap + 0.25 * standard + 0.05 * best))
    # The stated 15 % need a frontier at 16.2 USD per million: dearer ones make it less, cheaper ones more.
    breaks_even = (0.70 * cheap + 0.25 * standard) / (0.15 - 0.05)
    assert breaks_even == pytest.approx(16.225)
    assert parts["routed"]["api_tokens"] / parts["frontier"]["api_tokens"] < 0.15
    shipped = cost("three-way-routing", "traffic.input_share=0.75")
    assert shipped["routed"]["api_tokens"] / shipped["frontier"]["api_tokens"] > 0.15


# ---- rent and purchase


@pytest.mark.parametrize(
    ("usd_per_hour", "gpus", "stated", "rounded_to"),
    [(1.00, 1, 730, 1), (5.67, 4, 4_140, 10), (32.77, 8, 23_900, 100), (3.67, 1, 2_680, 10)],
)
def test_machines_of_article_cost_framework_by_the_month(
    usd_per_hour: float, gpus: int, stated: int, rounded_to: int
) -> None:
    overrides = (
        f"option.rented-a10g.usd_per_gpu_hour={usd_per_hour / gpus!r}",
        f"option.rented-a10g.gpus_per_replica={gpus}",
    )
    rent = cost("a10g-50m-a-day", *ONE_MACHINE, *overrides)["rented-a10g"]
    only(rent, gpus=730 * usd_per_hour)  # the article counts 730 hours a month, as the model does
    assert abs(rent["gpus"] - stated) <= rounded_to / 2


def test_idle_time_is_paid_once_and_not_divided_by_utilization() -> None:  # article-cost-framework
    stated = ("option.rented-a10g.usd_per_gpu_hour=1.4175",)
    for rate in ("723.4", "1e5"):  # 80 % busy, and hardly busy at all
        fast = (f"option.rented-a10g.mixed_tokens_per_second={rate}",)
        scenario = plain_mixed("a10g-50m-a-day", "rented-a10g", *fast, *stated)
        dataset = tcosim.simulate(scenario, samples=16)
        part = dataset["component"].sel(option="rented-a10g", part="gpus")
        assert float(part) == pytest.approx(4_139.10, abs=CENT)
    assert 4_140 / 0.8 == 5_175  # the "effective cost" of the article: more than anybody pays
    assert round(4_140 / 0.95, -1) == 4_360


def plain_mixed(name: str, option: str, *overrides: str) -> Scenario:
    """As `plain`, with a mixed rate instead of prefill and decode."""
    built = plain(name)
    rates = [f"option.{option}.{kind}_tokens_per_second" for kind in ("prefill", "decode")]
    text = default_library().scenario_path(name).read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith(("prefill_tokens", "decode_tokens"))]
    shipped = dict(tcosim.load(name).fields())
    fixed = [
        f"{path}={quantity.point_value!r}"
        for path, quantity in built.fields()
        if path not in rates
        and not (shipped[path].is_point and shipped[path].point_value == quantity.point_value)
    ]
    return load_text("\n".join(kept), overrides=[*fixed, "scenario.months=1", *overrides])


def test_four_a10g_that_are_80_percent_busy_cannot_carry_ten_times_as_much() -> (
    None
):  # article-cost-framework
    # 80 % at 50 million a day is a capacity of 723 tokens/s; at 500 million a day ten machines are needed.
    capacity = 50e6 / 86_400 / 0.8
    overrides = (
        f"option.rented-a10g.mixed_tokens_per_second={capacity!r}",
        "option.rented-a10g.usd_per_gpu_hour=1.4175",
    )
    machines = {}
    for name in ("a10g-50m-a-day", "a10g-500m-a-day"):
        dataset = tcosim.simulate(plain_mixed(name, "rented-a10g", *overrides), samples=16)
        rent = float(dataset["component"].sel(option="rented-a10g", part="gpus"))
        machines[name] = rent / (730 * 5.67)
    assert machines["a10g-50m-a-day"] == pytest.approx(1, abs=1e-6)
    assert machines["a10g-500m-a-day"] == pytest.approx(
        8, abs=1e-6
    )  # 8 x 723 x 730 h are 15.2 billion tokens


def test_256_million_is_720_hours_of_rent_over_the_blended_price() -> None:  # article-marka
    parts = cost("break-even-256m", "option.rented-a100.usd_per_gpu_hour=2")
    only(parts["api"], api_tokens=1_440)
    only(parts["rented-a100"], gpus=1_460)
    # 30 days of 24 hours make it exact; with the 730 hours of the model the break-even is 730/720 higher.
    assert parts["api"]["api_tokens"] == pytest.approx(
        parts["rented-a100"]["gpus"] * 720 / HOURS_PER_MONTH, abs=CENT
    )
    even = 256e6 * HOURS_PER_MONTH / 720
    level = cost("break-even-256m", "option.rented-a100.usd_per_gpu_hour=2", volume=even)
    assert level["api"]["api_tokens"] == pytest.approx(level["rented-a100"]["gpus"], abs=CENT)


@pytest.mark.parametrize("a_month", [2_500, 4_000])
def test_redundancy_doubles_the_rent_of_an_a100(a_month: int) -> None:  # article-garnet-grid: 5,000 to 8,000
    fast = [f"option.rented-a100.{kind}_tokens_per_second=1e6" for kind in ("prefill", "decode")]
    parts = cost("api-bill-15k", *fast, f"option.rented-a100.usd_per_gpu_hour={a_month / 730!r}")
    only(parts["rented-a100"], gpus=2 * a_month)


@pytest.mark.parametrize(
    ("usd_per_gpu", "gpus", "stated"),
    [
        (30_000, 1, 833),
        (15_000, 2, 800),
        (20_000, 2, 1_100),
    ],  # article-marka; article-llmops-report, rounded to 50
)
def test_depreciation_over_36_months(usd_per_gpu: int, gpus: int, stated: int) -> None:
    fast = [f"option.owned-h100.{kind}_tokens_per_second=1e6" for kind in ("prefill", "decode")]
    hardware = (f"option.owned-h100.usd_per_gpu={usd_per_gpu}", f"option.owned-h100.gpus_per_replica={gpus}")
    parts = cost("owned-h100", *fast, *hardware, months=36)
    only(parts["owned-h100"], gpus=usd_per_gpu * gpus / 36)
    assert abs(parts["owned-h100"]["gpus"] - stated) <= (0.5 if gpus == 1 else 50)


def test_the_site_multiplies_the_power_of_the_machines() -> None:  # article-marka: 1.5 to 2 times
    power = (
        "option.owned-h100.prefill_tokens_per_second=1e6", "option.owned-h100.decode_tokens_per_second=1e6",
        "option.owned-h100.idle_watts_per_gpu=700", "option.owned-h100.load_watts_per_gpu=700",
        "option.owned-h100.usd_per_kwh=0.12", "option.owned-h100.usd_per_gpu=100",
    )  # fmt: skip
    for factor in (1.5, 2.0):
        parts = cost("owned-h100", *power, f"option.owned-h100.pue={factor}")["owned-h100"]
        assert parts["hosting"] == pytest.approx(2 * 0.7 * HOURS_PER_MONTH * 0.12 * factor, abs=CENT)


def test_a_tenth_of_the_load_costs_ten_times_as_much_per_token() -> (
    None
):  # article-llmops-report, article-marka
    fast = tuple(f"option.rented-20b.{kind}_tokens_per_second=1e6" for kind in ("prefill", "decode"))
    full, tenth = (
        cost("break-even-11b", *fast, volume=volume)["rented-20b"]["gpus"] / volume
        for volume in (11e9, 1.1e9)
    )
    assert tenth / full == pytest.approx(10)


# ---- people


@pytest.mark.parametrize(("a_year", "stated"), [(200_000, 4_167), (280_000, 5_833)])
def test_a_quarter_of_an_engineer(a_year: int, stated: int) -> None:  # article-garnet-grid
    fte = (
        "option.rented-a100.engineer_fte=0.25",
        f"option.rented-a100.engineer_usd_per_hour={a_year / 1_920!r}",
    )
    parts = cost("api-bill-15k", *fte)["rented-a100"]
    assert parts["engineers"] == pytest.approx(0.25 * a_year / 12, abs=CENT)  # 12 x 160 hours a year
    assert round(parts["engineers"]) == stated


@pytest.mark.parametrize(("fte", "stated"), [(0.25, 37_500), (1.0, 150_000)])
def test_personnel_at_150000_a_year(fte: float, stated: int) -> None:  # article-cost-framework: "37K-150K"
    hours = (
        f"option.rented-a10g.engineer_hours_per_month={160 * fte}",
        "option.rented-a10g.engineer_usd_per_hour=78.125",
    )
    parts = cost("a10g-50m-a-day", *ONE_MACHINE, *hours, months=12)["rented-a10g"]
    assert 12 * parts["engineers"] == pytest.approx(stated, abs=12 * CENT)


@pytest.mark.parametrize(("hours", "rate", "stated"), [(10, 75, 750), (20, 150, 3_000)])
def test_ten_to_twenty_hours_a_month(hours: int, rate: int, stated: int) -> None:  # article-marka
    people = (
        f"option.rented-a100.engineer_hours_per_month={hours}",
        f"option.rented-a100.engineer_usd_per_hour={rate}",
    )
    only(
        cost("break-even-256m", *people, "option.rented-a100.usd_per_gpu_hour=2")["rented-a100"],
        gpus=1_460,
        engineers=stated,
    )


def test_the_named_items_of_the_realistic_total_stay_below_it() -> (
    None
):  # article-garnet-grid: 15,000 to 25,000
    totals = []
    for a_month, a_year in ((2_500, 200_000), (4_000, 280_000)):
        stated = (
            "option.rented-a100.prefill_tokens_per_second=1e6", "option.rented-a100.decode_tokens_per_second=1e6",
            f"option.rented-a100.usd_per_gpu_hour={a_month / 730!r}", "option.rented-a100.engineer_fte=0.25",
            f"option.rented-a100.engineer_usd_per_hour={a_year / 1_920!r}",
        )  # fmt: skip
        totals.append(sum(cost("api-bill-15k", *stated)["rented-a100"].values()))
    assert totals == pytest.approx([9_166.67, 13_833.33], abs=CENT)
    assert totals[1] < 15_000


# ---- what the scenarios are for


def test_nothing_of_the_hospital_goes_to_the_public_api() -> None:
    dataset = tcosim.simulate(tcosim.load("regulated-hospital"), samples=256)
    for name in ("rented-h100", "owned-h100"):
        for part in ("api_tokens", "api_fees", "api_engineers", "migrations"):
            assert float(dataset["component"].sel(option=name, part=part)) == 0
        assert float(dataset["component"].sel(option=name, part="lost_work")) > 0
    # The same check fails where overflow goes to the API.
    open_door = tcosim.simulate(tcosim.load("ai-search"), samples=256)["component"]
    assert float(open_door.sel(option="rented-h100", part="api_tokens")) > 0


@pytest.mark.parametrize("name", default_library().scenarios()[1:])
def test_each_shipped_scenario_simulates(name: str) -> None:
    scenario = tcosim.load(name)
    summary = tcosim.summarize(tcosim.simulate(scenario.with_overrides(["scenario.months=12"]), samples=64))
    assert summary["headline"]["baseline"] == scenario.baseline

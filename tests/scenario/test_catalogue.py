"""The price catalogue on a stated day, and what it fills into a route; a made-up catalogue has the exact answers."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal

import pytest
from genai_prices import data_snapshot, types
from hypothesis import given
from hypothesis import strategies as st

from tcosim.errors import InputError
from tcosim.scenario.catalogue import genai
from tcosim.scenario.catalogue.day import listed_on, minutes_between
from tcosim.scenario.catalogue.key import FIELDS, PriceKey, origin, price_key
from tcosim.scenario.catalogue.listed import Listed
from tcosim.scenario.catalogue.route import PRICES, RATIO, fill
from tcosim.scenario.catalogue.search import find_model, refuse_unknown, search
from tcosim.scenario.catalogue.warnings import price_warnings
from tcosim.scenario.library import default_library
from tcosim.scenario.load import load, load_text
from tcosim.scenario.models import ApiOption, Scenario
from tcosim.scenario.problems import Fault
from tcosim.scenario.write import resolved_toml

DAY = datetime.date(2026, 11, 20)


def usd(**prices: str | types.TieredPrices) -> types.ModelPrice:
    return types.ModelPrice(
        **{name: Decimal(price) if isinstance(price, str) else price for name, price in prices.items()}
    )


def from_day(day: str, **prices: str) -> types.ConditionalPrice:
    return types.ConditionalPrice(
        types.StartDateConstraint(datetime.date.fromisoformat(day)), prices=usd(**prices)
    )


def in_hours(start: str, end: str, **prices: str) -> types.ConditionalPrice:
    times = (datetime.time.fromisoformat(time) for time in (start, end))
    return types.ConditionalPrice(types.TimeOfDateConstraint(*times), prices=usd(**prices))


def always(**prices: str) -> types.ConditionalPrice:
    return types.ConditionalPrice(prices=usd(**prices))


def batch(day: str | None, **prices: str) -> types.PriceVariant:
    begins = None if day is None else types.StartDateConstraint(datetime.date.fromisoformat(day))
    return types.PriceVariant({"processing": "batch"}, usd(**prices), begins)


def model(identity: str, prices: object, *variants: types.PriceVariant, **more: object) -> types.ModelInfo:
    match = types.ClauseStartsWith(identity)
    return types.ModelInfo(identity, match, prices=prices, price_variants=[*variants] or None, **more)  # type: ignore[arg-type]


def tiered(base: str, start: int, price: str) -> types.TieredPrices:
    return types.TieredPrices(Decimal(base), [types.Tier(start, Decimal(price))])


MODELS = (
    model("plain-1", usd(input_mtok="2", cache_read_mtok="0.1", output_mtok="10"),
          batch("2026-10-14", input_mtok="1", output_mtok="5")),
    model("plain-2", usd(input_mtok="3", output_mtok="12"), name="The Second"),
    model("doubles", [always(input_mtok="0.5", output_mtok="2"),
                      from_day("2026-06-01", input_mtok="0.75", output_mtok="3"),
                      from_day("2027-01-01", input_mtok="1.5", output_mtok="6")]),
    model("corrected", [always(input_mtok="0.1", output_mtok="0.4"),
                        from_day("2026-11-01", input_mtok="0.4", output_mtok="1.6")]),
    model("not-yet", [from_day("2027-01-01", input_mtok="1", output_mtok="4")]),
    model("night", [always(input_mtok="1", output_mtok="4"),
                    in_hours("22:30", "04:30", input_mtok="0.5", output_mtok="2")]),
    model("long", usd(input_mtok=tiered("1", 200_000, "2"), output_mtok=tiered("4", 200_000, "6"))),
    model("speech", usd(audio_hours="0.2")),
    model("embedding", usd(input_mtok="0.02")),
    model("free", usd(input_mtok="0", output_mtok="0")),
    model("per-token", usd(input_mtok="0.000003", output_mtok="0.000015")),
    model("mixed-up", usd(input_mtok="0.05", output_mtok="6")),
)  # fmt: skip


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the catalogue by one provider, ``acme``, and a cheaper host of one of its models."""
    host = [model("acme/plain-1", usd(input_mtok="1.5", output_mtok="8"))]
    providers = tuple(
        types.Provider(id=name, name=name, api_pattern=name, models=list(models))
        for name, models in (("acme", MODELS), ("host", host))
    )
    monkeypatch.setattr(genai, "_providers", lambda: providers)


def on(name: str, day: datetime.date = DAY) -> Listed:
    found = genai.model_on("acme", name, day)
    assert found is not None
    return found


def text_of(route: str = 'model = "acme:plain-1"', header: str = "", correlation: str = "") -> str:
    return f"""
[scenario]
name = "small"
{header}
[volume]
tokens_per_month = 2e9
[[option]]
kind = "api"
name = "api"
{route}
[[option]]
kind = "managed"
name = "managed"
{correlation}
"""


def route_of(scenario: Scenario, number: int = 0) -> dict[str, float]:
    option = scenario.option("api")
    assert isinstance(option, ApiOption)
    return {name: getattr(option.routes[number], name).point_value for name in FIELDS}


class TestOnADay:
    """What the catalogue says of one model."""

    pytestmark = pytest.mark.usefixtures("made_up")

    @pytest.mark.parametrize(
        ("day", "price"),
        [("2026-05-31", 0.5), ("2026-06-01", 0.75), ("2026-12-31", 0.75), ("2027-01-01", 1.5)],
    )
    def test_a_price_holds_from_its_first_day(self, day: str, price: float) -> None:
        assert on("doubles", datetime.date.fromisoformat(day)).prices.input == price

    def test_changes_are_split_into_what_was_and_what_is_announced(self) -> None:
        found = on("doubles")
        assert [change.date for change in found.scheduled] == [datetime.date(2027, 1, 1)]
        assert (found.scheduled[0].before.output, found.scheduled[0].prices.output) == (3, 6)
        assert found.last_change is not None
        assert found.last_change.date == datetime.date(2026, 6, 1)
        assert on("doubles", datetime.date(2027, 1, 1)).scheduled == ()

    def test_a_price_by_the_hour_is_its_mean_over_the_day(self) -> None:
        found = on("night")
        # 22:30 to 04:30 is six hours, across midnight
        assert found.prices.input == (6 * 0.5 + 18 * 1) / 24
        assert found.prices.output == (6 * 2 + 18 * 4) / 24
        shown = [(f"{part.start:%H:%M}", f"{part.end:%H:%M}", part.prices.input) for part in found.by_hour]
        assert shown == [("00:00", "04:30", 0.5), ("04:30", "22:30", 1.0), ("22:30", "00:00", 0.5)]

    def test_tiers_begin_with_the_first(self) -> None:
        found = on("long")
        assert (found.prices.input, found.prices.output) == (1, 4)
        assert [(tier.above_tokens, tier.prices.input, tier.prices.output) for tier in found.tiers] == [
            (200_000, 2, 6)
        ]

    def test_a_batch_price_begins_on_its_day(self) -> None:
        found = on("plain-1").batch
        assert found is not None
        assert (found.input, found.cached_input, found.output) == (1, 0.1, 5)
        assert on("plain-1", datetime.date(2026, 10, 13)).batch is None
        assert on("plain-2").batch is None

    def test_a_model_without_a_price_yet_has_none(self) -> None:
        # The package itself would take the price of next year.
        assert on("not-yet").prices.input is None
        assert on("not-yet", datetime.date(2027, 1, 1)).prices.input == 1

    def test_what_is_billed_otherwise_says_so(self) -> None:
        assert (on("speech").by_token, on("speech").other_units) == (False, ("audio_hours",))
        assert (on("embedding").by_token, on("embedding").other_units) == (False, ())


@given(st.times(timezones=st.just(datetime.UTC)), st.times(), st.integers(1, 500), st.integers(1, 500))
def test_the_mean_of_a_day_lies_between_its_prices(
    start: datetime.time, end: datetime.time, day: int, night: int
) -> None:
    times = [time.replace(second=0, microsecond=0) for time in (start, end)]
    prices = [
        always(input_mtok=str(day), output_mtok="1"),
        types.ConditionalPrice(
            types.TimeOfDateConstraint(*times), prices=usd(input_mtok=str(night), output_mtok="1")
        ),
    ]
    found = listed_on("acme", model("any", prices), DAY)
    assert found.prices.input is not None
    assert min(day, night) <= found.prices.input <= max(day, night)
    if found.by_hour:
        minutes = [minutes_between(part.start, part.end) for part in found.by_hour]
        assert sum(minutes) == 24 * 60
        parts = [part.prices.input for part in found.by_hour]
        total = sum(length * price for length, price in zip(minutes, parts, strict=True) if price is not None)
        assert found.prices.input == pytest.approx(total / (24 * 60), rel=1e-12)
    else:
        assert times[0].replace(tzinfo=None) == times[1] or day == night


class TestTheInstalledCatalogue:
    """The real one, held against the package's own arithmetic."""

    def test_prices_are_what_the_package_bills(self) -> None:
        moment = datetime.datetime.combine(DAY, datetime.time(12), tzinfo=datetime.UTC)
        from genai_prices.data import providers

        listed = {one.reference: one for one in genai.listed(DAY)}
        checked = 0
        for provider in providers:
            for one in provider.models:
                found = listed[f"{provider.id}:{one.id}"]
                if not found.by_token or found.by_hour or "requests_kcount" in found.other_units:
                    continue
                usage = types.Usage(input_tokens=1000, output_tokens=1000)
                bill = one.calc_price(usage, provider, genai_request_timestamp=moment)
                assert float(
                    bill["total_price"] if isinstance(bill, dict) else bill.total_price
                ) == pytest.approx(
                    (found.prices.input + found.prices.output) / 1000  # type: ignore[operator]
                ), found.reference
                checked += 1
        assert checked > 1000

    def test_the_default_day_and_the_bounds_are_data(self) -> None:
        assert genai.default_date().isoformat() == default_library().source("genai-prices").date
        inside = [one for one in genai.listed(genai.default_date()) if one.by_token]
        refused = [one for one in inside if fill(one.reference, genai.default_date(), {}).faults]
        # The bounds are there for errors: they must let nearly everything through, and catch something.
        assert 0 < len(refused) < 0.02 * len(inside)

    def test_an_updated_snapshot_changes_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        before = list(genai.listed(DAY))
        monkeypatch.setattr(data_snapshot, "_custom_snapshot", data_snapshot.DataSnapshot([], True))
        assert list(genai.listed(DAY)) == before

    def test_a_scenario_without_a_model_never_opens_it(self) -> None:
        code = "import sys, tcosim; tcosim.load(); assert 'genai_prices' not in sys.modules"
        subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


class TestNames:
    """Exactly what a scenario names; nothing that is only close."""

    pytestmark = pytest.mark.usefixtures("made_up")

    @pytest.mark.parametrize("reference", ["acme:plain-1", "ACME:Plain-1", " acme : plain-1 "])
    def test_found(self, reference: str) -> None:
        found = find_model(reference, DAY)
        assert isinstance(found, Listed)
        assert found.reference == "acme:plain-1"

    @pytest.mark.parametrize(
        ("reference", "way_out"),
        [
            ("acme:plane-1", "did you mean acme:plain-1"),
            ("acme:plain_1", "did you mean acme:plain-1"),
            ("acme:plain-1-20260101", "did you mean acme:plain-1"),
            ("acmee:plain-1", "did you mean acme?"),
            ("plain-1", "did you mean acme:plain-1"),
            ("acme:", "tcosim prices --provider acme"),
            (":plain-1", "tcosim prices"),
            ("", "tcosim prices"),
        ],
    )
    def test_not_found(self, reference: str, way_out: str) -> None:
        found = find_model(reference, DAY)
        assert isinstance(found, Fault)
        assert way_out in found.way_out

    def test_search_takes_every_word_in_any_spelling(self) -> None:
        assert [one.reference for one in search("Plain 1", DAY)] == ["acme:plain-1", "host:acme/plain-1"]
        assert next(one.reference for one in search("plain_1", DAY)) == "acme:plain-1"
        assert [one.reference for one in search("second", DAY)] == ["acme:plain-2"]
        assert [one.provider for one in search("", DAY, "host")] == ["host"]
        assert search("nothing of the kind", DAY) == []

    def test_nothing_found_is_refused_with_what_is_close(self) -> None:
        with pytest.raises(InputError, match="did you mean acme:doubles"):
            refuse_unknown("duobles", None)
        with pytest.raises(InputError, match="did you mean acme"):
            search("x", DAY, "acmee")


class TestFill:
    """The fields of a route."""

    pytestmark = pytest.mark.usefixtures("made_up")

    def test_all_four(self) -> None:
        filled = fill("acme:plain-1", DAY, {})
        assert filled.values == {**dict(zip(PRICES, (2, 0.1, 10), strict=True)), RATIO: 0.5}
        assert not filled.faults
        keys = {name: price_key(key) for name, key in filled.keys.items()}
        assert keys == {name: PriceKey(genai.version(), DAY, "acme:plain-1", name) for name in filled.values}

    def test_what_is_stated_is_left_alone(self) -> None:
        filled = fill("acme:plain-1", DAY, {"usd_per_million_output": 1, RATIO: 0.4})
        assert set(filled.values) == set(PRICES) - {"usd_per_million_output"}

    def test_cached_input_without_a_price_costs_the_usual_one(self) -> None:
        filled = fill("acme:plain-2", DAY, {})
        assert filled.values["usd_per_million_cached_input"] == filled.values["usd_per_million_input"] == 3
        assert filled.keys["usd_per_million_cached_input"] == filled.keys["usd_per_million_input"]

    def test_no_batch_price_leaves_the_default_unless_work_is_sent_there(self) -> None:
        assert RATIO not in fill("acme:plain-2", DAY, {"batch_share": 0}).values
        (fault,) = fill("acme:plain-2", DAY, {"batch_share": 0.2}).faults
        assert fault.key == RATIO
        assert "api.batch_price_ratio" in fault.way_out
        assert not fill("acme:plain-2", DAY, {"batch_share": 0.2, RATIO: 0.5}).faults

    @pytest.mark.parametrize(
        ("name", "field", "said"),
        [
            ("speech", "model", "billed by audio_hours"),
            ("embedding", "model", "no price for output tokens"),
            ("not-yet", "model", "no price by the token"),
            ("free", "model", "is free"),
            ("per-token", "usd_per_million_input", "between 0.005 and 200"),
            ("mixed-up", "usd_per_million_output", "0.5 to 25 times the input"),
        ],
    )
    def test_refused_unless_stated(self, name: str, field: str, said: str) -> None:
        faults = fill(f"acme:{name}", DAY, {}).faults
        assert faults[0].key == field
        assert said in faults[0].rule
        assert "yourself" in faults[0].way_out
        assert not fill(f"acme:{name}", DAY, dict.fromkeys(PRICES, 1.0)).faults

    def test_a_refused_price_shows_its_value(self) -> None:
        assert [fault.value for fault in fill("acme:per-token", DAY, {}).faults] == [0.000003, 0.000015]


class TestInAScenario:
    """From the text of a scenario to its numbers and back."""

    pytestmark = pytest.mark.usefixtures("made_up")

    def test_directly_and_in_routes(self) -> None:
        direct = load_text(text_of())
        assert route_of(direct) == {**dict(zip(PRICES, (2, 0.1, 10), strict=True)), RATIO: 0.5}
        both = load_text(
            text_of(
                '[[option.route]]\nname = "a"\nshare = 0.4\nmodel = "acme:plain-1"\n'
                '[[option.route]]\nname = "b"\nshare = 0.6\nmodel = "acme:plain-2"\nusd_per_million_output = 11'
            )
        )
        assert route_of(both) == route_of(direct)
        assert list(route_of(both, 1).values())[:3] == [3, 3, 11]

    @pytest.mark.parametrize(
        ("written", "price"), [("2026-05-31", 0.5), ("2027-01-01", 1.5), ('"2027-01-01"', 1.5)]
    )
    def test_the_day_is_the_scenario_s(self, written: str, price: float) -> None:
        scenario = load_text(text_of('model = "acme:doubles"', f"prices_on = {written}"))
        assert route_of(scenario)["usd_per_million_input"] == price

    @pytest.mark.parametrize(
        "written", ['"yesterday"', "2026", '"2026-13-01"', "2026-11-21T00:00:00", "true"]
    )
    def test_a_day_that_is_none_is_refused(self, written: str) -> None:
        with pytest.raises(InputError, match=r"scenario\.prices_on: must be .* (day|text)"):
            load_text(text_of(header=f"prices_on = {written}"))

    def test_all_problems_at_once_and_none_twice(self) -> None:
        bad = text_of('model = "acme:plane-1"', 'prices_on = "never"') + "\n[traffics]\n"
        with pytest.raises(InputError) as caught:
            load_text(bad)
        assert [one.field for one in caught.value.problems] == [
            "scenario.prices_on", "option.api.model", "traffics",
        ]  # fmt: skip
        assert caught.value.problems[1].place == "scenario:10"

    def test_not_beside_routes_and_only_for_an_api(self) -> None:
        with pytest.raises(InputError, match="move it into each route"):
            load_text(text_of('model = "acme:plain-1"\n[[option.route]]\nmodel = "acme:plain-1"'))
        with pytest.raises(InputError, match=r"option\.managed\.model: is no known field"):
            load_text(text_of().replace('name = "managed"', 'name = "managed"\nmodel = "acme:plain-1"'))
        with pytest.raises(InputError, match=r"option\.api\.model: must be text"):
            load_text(text_of("model = 3\nusd_per_million_input = 1\nusd_per_million_cached_input = 1\n"
                              "usd_per_million_output = 1"))  # fmt: skip

    def test_a_resolved_scenario_needs_no_catalogue(self, monkeypatch: pytest.MonkeyPatch) -> None:
        scenario = load_text(text_of(header="prices_on = 2026-11-21"))
        resolved = resolved_toml(scenario)
        assert f'use = "genai-prices {genai.version()}, 2026-11-21: acme:plain-1, {RATIO}"' in resolved

        def gone() -> None:
            raise AssertionError("the catalogue was opened")

        monkeypatch.setattr(genai, "_providers", gone)
        monkeypatch.setattr(genai, "version", gone)
        again = load_text(resolved)
        assert again == scenario
        assert again.sha256() == scenario.sha256()

    def test_a_newer_catalogue_changes_no_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        resolved = resolved_toml(load_text(text_of()))
        dearer = types.Provider(
            id="acme",
            name="",
            api_pattern="",
            models=[model("plain-1", usd(input_mtok="9", output_mtok="9"))],
        )
        monkeypatch.setattr(genai, "_providers", lambda: (dearer,))
        assert route_of(load_text(resolved))["usd_per_million_input"] == 2
        assert route_of(load_text(text_of()))["usd_per_million_input"] == 9  # a new run does change


class TestSetFromOutside:
    """``--set option.api.model=...``: another model, and so other prices."""

    pytestmark = pytest.mark.usefixtures("made_up")

    def test_it_replaces_the_prices_of_a_file(self) -> None:
        scenario = load("support-assistant", overrides=["option.api.model=acme:plain-1"])
        assert list(route_of(scenario).values()) == [2, 0.1, 10, 0.5]

    @pytest.mark.parametrize("order", [1, -1])
    def test_a_price_set_beside_it_wins(self, order: int) -> None:
        settings = ["option.api.model=acme:plain-1", "option.api.usd_per_million_output=7"][::order]
        scenario = load("support-assistant", overrides=settings)
        assert list(route_of(scenario).values()) == [2, 0.1, 7, 0.5]

    def test_it_replaces_those_of_a_run(self) -> None:
        first = load_text(text_of())
        other = first.with_overrides(["option.api.route.default.model=acme:plain-2"])
        assert list(route_of(other).values()) == [3, 3, 12, 0.5]
        assert other == other.with_overrides([])

    def test_in_one_route_of_several(self) -> None:
        scenario = load("three-way-routing", overrides=["option.routed.route.cheap.model=acme:plain-2"])
        option = scenario.option("routed")
        assert isinstance(option, ApiOption)
        assert option.routes[0].usd_per_million_input.point_value == 3
        assert option.routes[2].usd_per_million_input.library_key == "api.flagship.usd_per_million_input"

    def test_a_correlation_of_a_price_that_is_gone_goes_with_it(self) -> None:
        prices = (
            'usd_per_million_input = { dist = "uniform", low = 1, high = 2 }\nusd_per_million_cached_input = 1\n'
            "usd_per_million_output = 9"
        )
        tie = (
            '[[correlation]]\ninputs = ["option.api.usd_per_million_input", "traffic.annual_growth"]\n'
            "rank_correlation = 0.3"
        )
        assert (
            len(load_text(text_of(prices, correlation=tie)).correlations)
            == len(load_text(text_of(prices)).correlations) + 1
        )
        set_model = load_text(text_of(prices, correlation=tie), overrides=["option.api.model=acme:plain-1"])
        assert set_model.correlations == load_text(text_of()).correlations

    def test_what_is_wrong_names_the_setting(self) -> None:
        with pytest.raises(InputError) as caught:
            load("support-assistant", overrides=["option.api.model=acme:plane-1"])
        (problem,) = caught.value.problems
        assert problem.place == "--set option.api.model=acme:plane-1"


class TestKeys:
    """Where a price came from, in its key alone."""

    @given(
        st.from_regex(r"[0-9]+\.[0-9]+", fullmatch=True),
        st.dates(),
        st.from_regex(r"[a-z_-]+:[A-Za-z0-9@~/:., ()-]+[a-z0-9]", fullmatch=True),
        st.sampled_from(sorted(FIELDS)),
        st.sampled_from(["", "first tier", "mean of the day"]),
    )
    def test_a_key_reads_back(
        self, version: str, day: datetime.date, name: str, field: str, how: str
    ) -> None:
        key = PriceKey(version, day, name, field, how)
        assert price_key(str(key)) == key

    @pytest.mark.parametrize(
        "text",
        [None, "", "api.frontier.usd_per_million_input", "genai-prices 0.2.3, 2026-13-20: a:b, usd_per_million_input",
         "genai-prices 0.2.3, 2026-11-20: a:b, share", "genai-prices 0.2.3, 2026-11-20: a:b, batch_price_ratio (soon)"],
    )  # fmt: skip
    def test_other_keys_are_none(self, text: str | None) -> None:
        assert price_key(text) is None

    def test_it_tells_source_day_and_grade(self) -> None:
        key = PriceKey("0.2.3", DAY, "acme:plain-1", "usd_per_million_output", "first tier")
        told = origin(key, default_library())
        assert (told["grade"], told["checked"]) == ("published", "2026-11-20")
        assert told["sources"][0]["title"] == "genai-prices 0.2.3, 2026-11-20"
        assert told["sources"][0]["url"].startswith("https://")
        assert "acme:plain-1" in told["meaning"]
        assert "long input" in told["caveat"]


class TestWarnings:
    """What a reader should know; none of it changes a number."""

    pytestmark = pytest.mark.usefixtures("made_up")

    @staticmethod
    def said(route: str, header: str = "", today: datetime.date = DAY) -> Iterator[str]:
        yield from price_warnings(load_text(text_of(route, header)), today)

    def test_nothing_to_say(self) -> None:
        assert list(self.said('model = "acme:plain-1"')) == []
        assert price_warnings(load(), DAY) == ()

    def test_the_age_of_prices_is_told_once_and_from_61_days_on(self) -> None:
        two = '[[option.route]]\nshare = 0.5\nmodel = "acme:plain-1"\n' * 2
        later = DAY + datetime.timedelta(days=60)
        assert list(self.said(two, today=later)) == []
        (line,) = self.said(two, today=later + datetime.timedelta(days=1))
        assert "2026-11-20 are 61 days old" in line

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("plain-2", ("no price for it", "that of usd_per_million_input")),
            ("long", ("2 / 6 USD", "200,000 tokens")),
            ("night", ("0.5 / 2 USD in 6 hours", "1 / 4 USD in 18 hours")),
            ("corrected", ("2026-11-01", "may be a correction")),
        ],
    )
    def test_what_the_price_leaves_out(self, name: str, words: tuple[str, ...]) -> None:
        lines = [line for line in self.said(f'model = "acme:{name}"') if words[0] in line]
        assert len(lines) == 1
        assert all(word in lines[0] for word in words)

    def test_an_announced_change_within_the_horizon(self) -> None:
        lines = [line for line in self.said('model = "acme:doubles"') if "2027-01-01" in line]
        assert len(lines) == 1
        for word in ("0.75 / 3 USD to 1.5 / 6 USD", "jumps_per_year", "low = 0.75, high = 1.5", "prices_on"):
            assert word in lines[0]
        assert not [
            line for line in self.said('model = "acme:doubles"', "months = 1") if "2027-01-01" in line
        ]

    def test_a_stated_price_is_noted(self) -> None:
        (line,) = self.said('model = "acme:plain-1"\nusd_per_million_output = 9')
        assert "usd_per_million_output: stated" in line
        assert "10" in line
        all_stated = 'model = "acme:plain-1"\n' + "\n".join(f"{name} = 1" for name in (*PRICES, RATIO))
        (line,) = self.said(all_stated)
        assert "everything is stated" in line

    def test_another_version_speaks_of_age_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        resolved = resolved_toml(load_text(text_of('model = "acme:doubles"')))
        monkeypatch.setattr(genai, "version", lambda: "99.0")
        later = DAY + datetime.timedelta(days=100)
        lines = price_warnings(load_text(resolved), later)
        assert len([line for line in lines if "days old" in line]) == 1
        assert not [line for line in lines if "2027-01-01" in line]

"""What differs between two scenarios, what changes together, and mixtures of the two."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcosim.errors import InputError
from tcosim.scenario.difference import CORRELATIONS, differences, stated_pairs
from tcosim.scenario.exchange import exchange, separable
from tcosim.scenario.load import load, load_text
from tcosim.scenario.models import ApiOption, RentedOption
from tcosim.scenario.write import resolved_toml
from tests.engine.scenarios import every_kind

SETTINGS = (
    ("volume.tokens_per_month=4e9",),
    ("volume.annual_growth=0.4",),
    ("scenario.discount_rate_per_year=0.05",),
    ("people.engineer_hours_per_month=40",),
    ('people.launch_hours={dist = "lognormal", p5 = 200, p95 = 900}',),
    ("people.wage_growth_per_year=0.01",),
    ('option.rented.contract="reserved"', "option.rented.term_months=6"),
    ('option.rented.overflow="lost"', "option.rented.lost_usd_per_million_tokens=7"),
    ("option.rented.mixed_tokens_per_second=8000",),
    ("option.rented.usd_per_gpu_hour=2.1",),
    ("option.autoscaled.autoscale=false",),
    ('option.autoscaled.contract="on-demand"',),
    ("option.reserved.term_months=12",),
    ("option.reserved.engineer_fte=0.3",),
    ("option.owned.min_replicas=3",),
    ('traffic.weekly_profile="support"',),
    ("traffic.burst_sigma=0.3",),
    ('traffic.spike_size={dist = "uniform", low = 1, high = 2}',),
    ("option.api.retry_share=0.02",),
    ("option.api.route.default.usd_per_million_input=2.5",),
)
BASE = every_kind()
TEXT = resolved_toml(BASE)


def changed(*overrides):
    return every_kind(overrides=overrides)


def names(found):
    return [one.name for one in found]


def as_labelled(mixed, like):
    """The mixture with the names for people, and the notes on defaults, of another scenario."""
    return mixed.model_copy(
        update={key: getattr(like, key) for key in ("name", "title", "defaulted", "library_sha256")}
    )


chosen_settings = st.lists(st.sampled_from(SETTINGS), unique=True, max_size=8)


@settings(max_examples=10, deadline=None)
@given(chosen_settings, chosen_settings, st.randoms(use_true_random=False))
def test_any_mixture_is_a_from_here_and_b_from_there(of_a, of_b, random):
    a = changed(*(one for several in of_a for one in several))
    b = changed(*(one for several in of_b for one in several))
    found = separable(a, b, differences(a, b))
    assert exchange(a, b, ()) == a
    assert as_labelled(exchange(a, b, found), b) == b
    some = [one for one in found if random.random() < 0.5]
    try:
        mixed = exchange(a, b, some)
    except InputError as refused:
        # each can change alone, yet not all together without the rest; then it says which it was
        assert all(one.name in str(refused) for one in some)
        return
    left = differences(mixed, b)
    fields = {change.path for one in found if one not in some for change in one.changes}
    assert {change.path for one in left for change in one.changes} == fields
    assert as_labelled(exchange(mixed, b, left), b) == b


def test_equal_scenarios_do_not_differ_by_how_they_are_called_or_ordered():
    b = load_text(
        TEXT.replace('name = "test"', 'name = "other"', 1).replace('label = ""', 'label = "Something"')
    )
    assert differences(BASE, b) == ()
    turned = BASE.model_copy(update={"options": BASE.options[::-1]})
    assert differences(BASE, turned) == ()
    assert differences(BASE, changed("people.wage_growth_per_year=0.035")) == ()


def test_fields_that_share_a_draw_are_one_difference():
    (one,) = differences(BASE, changed("people.engineer_hours_per_month=40"))
    assert one.name == "people.engineer_hours_per_month"
    assert {change.path.split(".")[1] for change in one.changes} == {
        "rented",
        "autoscaled",
        "reserved",
        "owned",
    }
    (back,) = differences(changed("people.engineer_hours_per_month=40"), BASE)
    assert back.name == one.name
    found = differences(BASE, changed("option.rented.engineer_hours_per_month=40"))
    assert names(found) == ["option.rented.engineer_hours_per_month"]


def test_two_fields_that_leave_a_shared_input_go_together_and_others_do_not():
    b = changed("option.rented.engineer_hours_per_month=40", "option.owned.engineer_hours_per_month=50")
    assert len(differences(BASE, b)) == 1
    b = changed("option.rented.min_replicas=1", "option.owned.min_replicas=1")
    assert len(differences(BASE, b)) == 2


@pytest.mark.parametrize(
    ("setting", "name", "fields"),
    [
        (
            ('option.rented.contract="reserved"',),
            "option.rented.contract",
            {"contract", "reserved_discount", "term_months", "lead_months"},
        ),
        (
            ("option.rented.mixed_tokens_per_second=8000",),
            "option.rented.mixed_tokens_per_second",
            {"mixed_tokens_per_second", "prefill_tokens_per_second", "decode_tokens_per_second"},
        ),
        (
            ("option.owned.engineer_fte=0.3",),
            "option.owned.engineer_hours_per_month",
            {"engineer_fte", "engineer_hours_per_month"},
        ),
        (
            ('option.owned.overflow="api"',),
            "option.owned.overflow",
            {"overflow", "lost_usd_per_million_tokens"},
        ),
        (
            ('traffic.weekly_profile="support"',),
            "traffic.weekly_profile",
            {"weekly_profile", "weekly_profile_name"},
        ),
    ],
)
def test_what_needs_each_other_changes_together(setting, name, fields):
    b = changed(*setting)
    (one,) = differences(BASE, b)
    assert one.name == name
    assert {change.path.rpartition(".")[2] for change in one.changes} == fields
    assert as_labelled(exchange(BASE, b, [one]), b) == b


def test_what_cannot_change_alone_is_merged_with_what_lets_it():
    a = changed('option.autoscaled.contract="on-demand"')
    b = changed('option.autoscaled.contract="reserved"', "option.autoscaled.autoscale=false")
    found = differences(a, b)
    contract = next(one for one in found if one.name.endswith("contract"))
    with pytest.raises(InputError, match=r"option\.autoscaled\.contract of the second: .*autoscale"):
        exchange(a, b, [contract])
    (merged,) = separable(a, b, found)
    assert {"option.autoscaled.contract", "option.autoscaled.autoscale"} <= {c.path for c in merged.changes}
    assert as_labelled(exchange(a, b, [merged]), b) == b


def test_what_nothing_helps_is_refused_by_name():
    b = changed("option.rented.usd_per_gpu_hour=2.1")

    def never(mixed):
        from tcosim.errors import Problem

        raise InputError(Problem("x", "cannot be"))

    with pytest.raises(InputError, match="cannot be"):
        separable(BASE, b, differences(BASE, b), never)


ROUTES = """
[[option.route]]
name = "{0}"
share = {1}
usd_per_million_input = 3
usd_per_million_cached_input = 0.3
usd_per_million_output = 15
[[option.route]]
name = "{2}"
share = {3}
usd_per_million_input = 1
usd_per_million_cached_input = 0.1
usd_per_million_output = 5
"""


def routed(first, share, second):
    text = f"""
[scenario]
name = "routes"
[volume]
tokens_per_month = 1e9
[[option]]
kind = "api"
name = "api"
{ROUTES.format(first, share, second, 1 - share)}
[[option]]
kind = "managed"
name = "managed"
"""
    return load_text(text)


def test_shares_of_routes_change_together_and_other_routes_as_a_whole():
    a, b, c = routed("dear", 0.5, "cheap"), routed("dear", 0.25, "cheap"), routed("dear", 0.25, "small")
    (shares,) = differences(a, b)
    assert [change.path for change in shares.changes] == [
        "option.api.route.dear.share",
        "option.api.route.cheap.share",
    ]
    assert as_labelled(exchange(a, b, [shares]), b) == b
    (whole,) = differences(a, c)
    assert whole.name == "option.api.route"
    mixed = exchange(a, c, [whole]).option("api")
    assert isinstance(mixed, ApiOption)
    assert [route.name for route in mixed.routes] == ["dear", "small"]


def test_what_cannot_be_compared_is_refused_all_at_once():
    other = load_text(TEXT.replace('kind = "managed"\nname = "managed"', 'kind = "managed"\nname = "cloud"'))
    other = other.model_copy(update={"months": 5})
    with pytest.raises(InputError) as refused:
        differences(BASE, other)
    text = str(refused.value)
    assert [problem.field for problem in refused.value.problems] == [
        "scenario.months",
        "option.managed",
        "option.cloud",
    ]
    assert "4 in the first, 5 in the second" in text
    assert all(problem.way_out for problem in refused.value.problems)
    with pytest.raises(InputError, match=r"scenario\.baseline"):
        differences(BASE, BASE.model_copy(update={"baseline": "managed"}))


CORRELATION = '\n[[correlation]]\ninputs = ["{}", "{}"]\nrank_correlation = {}\n'
PAIR = ("traffic.input_share", "traffic.burst_daily_share")


def correlated(value, *overrides):
    return load_text(TEXT + CORRELATION.format(*PAIR, value), overrides=list(overrides))


def pair_of(scenario):
    found = stated_pairs(scenario).get(frozenset(PAIR))
    return None if found is None else found[2]


def test_correlations_are_one_difference_between_inputs_that_both_have():
    a, b = correlated(0.5), correlated(-0.2, "option.rented.min_replicas=1")
    field, pairs = differences(a, b)
    assert pairs.name == CORRELATIONS
    assert [(c.path, c.before, c.after) for c in pairs.changes] == [(" with ".join(PAIR), 0.5, -0.2)]
    assert pair_of(exchange(a, b, [field])) == 0.5
    assert pair_of(exchange(a, b, [pairs])) == -0.2
    assert exchange(a, b, [field, pairs]).correlations == b.correlations
    (lost,) = differences(a, BASE)
    assert (lost.name, lost.changes[0].after) == (CORRELATIONS, 0.0)
    assert exchange(a, BASE, [lost]).correlations == BASE.correlations


def test_a_correlation_that_ends_with_its_input_is_no_difference_of_its_own():
    fixed = changed("traffic.input_share=0.8")
    (one,) = differences(correlated(0.5), fixed)
    assert one.name == "traffic.input_share"
    (back,) = differences(fixed, correlated(0.5))
    assert pair_of(exchange(fixed, correlated(0.5), [back])) == 0.5
    b = changed("traffic.input_share=0.8", "option.rented.min_replicas=1")
    found = {one.name: one for one in differences(correlated(0.5), b)}
    assert pair_of(exchange(correlated(0.5), b, [found["option.rented.min_replicas"]])) == 0.5
    assert pair_of(exchange(correlated(0.5), b, [found["traffic.input_share"]])) is None


def test_the_shipped_scenario_mixes_too():
    a = load()
    b = a.with_overrides(["people.engineer_hours_per_month=40", 'option.rented-h100.contract="spot"'])
    found = differences(a, b)
    assert names(found) == ["people.engineer_hours_per_month", "option.rented-h100.contract"]
    fleet = exchange(a, b, found[1:]).option("rented-h100")
    assert isinstance(fleet, RentedOption)
    assert fleet.contract == "spot"
    assert (
        not fleet.spot_interruptions_per_gpu_year.is_point
        or fleet.spot_interruptions_per_gpu_year.point_value
    )
    assert fleet.engineer_hours_per_month == a.option("rented-h100").engineer_hours_per_month

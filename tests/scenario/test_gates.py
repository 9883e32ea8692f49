"""Gates: who is shut out and why, what is refused, and that one gate more never lets an option in."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcosim.errors import InputError
from tcosim.scenario.difference import differences
from tcosim.scenario.exchange import exchange
from tcosim.scenario.fields import field_specs
from tcosim.scenario.gates import eligible, gate_rows, gates, shut_out
from tcosim.scenario.load import load, load_text
from tcosim.scenario.models import NO_CONSTRAINTS, Constraints
from tcosim.scenario.template import template
from tcosim.scenario.write import resolved_toml

FLEETS = ("rented-h100", "owned-h100", "hybrid-h100")
KEPT_IN = (
    *(f"option.{name}.overflow=lost" for name in FLEETS),
    *(f"option.{name}.lost_usd_per_million_tokens=20" for name in FLEETS),
    "option.hybrid-h100.share=1",
    "scenario.baseline=managed",
)
"""No fleet of the shipped scenario sends work to its API."""
ON = {
    "data_may_leave": False,
    "agreement_needed": True,
    "residency_needed": True,
    "frontier_quality_needed": True,
    "latency_p99_ms": 1000.0,
    "platform_team": False,
    "volume_measured": False,
    "air_gap": True,
}


def constrained(*names, base, **options):
    """The same scenario with these gates on; nothing is checked."""
    chosen = tuple(option.model_copy(update=options.get(option.kind, {})) for option in base.options)
    constraints = NO_CONSTRAINTS.model_copy(update={name: ON[name] for name in names})
    return base.model_copy(update={"constraints": constraints, "options": chosen})


@pytest.fixture(scope="module")
def kept_in():
    return load(overrides=KEPT_IN)


@pytest.fixture(scope="module")
def shipped():
    return load()


def problems(*overrides):
    with pytest.raises(InputError) as caught:
        load(overrides=overrides)
    return caught.value.problems


def test_no_gate_is_in_force_unless_stated(shipped):
    assert gates(shipped) == () and all(eligible(shipped))
    assert shipped.constraints == NO_CONSTRAINTS
    assert set(ON) == set(field_specs(Constraints))


@pytest.mark.parametrize(
    ("name", "out"),
    [
        ("data_may_leave", {"api"}),
        ("agreement_needed", {"api"}),
        ("residency_needed", {"api"}),
        ("frontier_quality_needed", set(FLEETS)),
        ("latency_p99_ms", set()),
        ("platform_team", set(FLEETS)),
        ("volume_measured", {"owned-h100"}),
        ("air_gap", {"api", "managed", "rented-h100", "hybrid-h100"}),
    ],
)
def test_each_gate_by_the_defaults_of_the_kinds(kept_in, name, out):
    found = constrained(name, base=kept_in)
    assert set(shut_out(found)) == out
    assert [gate.name for gate in gates(found)] == [name]
    assert all(reason for reasons in shut_out(found).values() for _, reason in reasons)


def test_a_hybrid_keeps_the_api_for_what_needs_frontier_quality(shipped):
    found = constrained("frontier_quality_needed", base=shipped)
    assert set(shut_out(found)) == {"rented-h100", "owned-h100"}
    weak = constrained("frontier_quality_needed", base=shipped, api={"has_frontier_quality": False})
    assert set(shut_out(weak)) == {"api", *FLEETS}


@pytest.mark.parametrize("gate", ["agreement_needed", "residency_needed"])
def test_work_that_goes_to_the_api_needs_what_the_api_lacks(shipped, gate):
    reasons = shut_out(constrained(gate, base=shipped))
    assert set(reasons) == {"api", *FLEETS}
    assert "api, where some of the work goes" in reasons["rented-h100"][0][1]


def test_a_stated_latency_is_compared_and_an_unknown_one_noted(kept_in):
    slow = constrained("latency_p99_ms", base=kept_in, owned={"latency_p99_ms": 1000.5})
    (gate,) = gates(slow)
    assert gate.shuts_out == {"owned-h100": "a p99 latency of 1,000.5 ms is more than 1,000 ms"}
    assert gate.unstated == ("api", "managed", "rented-h100", "hybrid-h100")
    even = constrained("latency_p99_ms", base=kept_in, owned={"latency_p99_ms": 1000.0})
    assert all(eligible(even))


def test_a_hybrid_is_no_faster_than_the_api_that_it_shares_its_work_with(shipped):
    quick = {kind: {"latency_p99_ms": 300.0} for kind in ("rented", "owned", "managed")}
    slow = constrained("latency_p99_ms", base=shipped, api={"latency_p99_ms": 3000.0}, **quick)
    out = shut_out(slow)
    assert set(out) == {"api", "hybrid-h100"}
    assert "of api, where some of the work goes" in out["hybrid-h100"][0][1]
    unknown = constrained("latency_p99_ms", base=shipped, **quick)
    assert gates(unknown)[0].unstated == ("api", "hybrid-h100")


def test_a_reservation_commits_money_to_a_guess(shipped):
    reserved = load(overrides=["option.rented-h100.contract=reserved", "constraints.volume_measured=false"])
    assert set(shut_out(reserved)) == {"rented-h100", "owned-h100"}


FLAGS = ("has_agreement", "has_residency", "keeps_data_inside", "has_frontier_quality")
OFFERS = st.fixed_dictionaries(
    {flag: st.booleans() for flag in FLAGS} | {"latency_p99_ms": st.one_of(st.none(), st.floats(1.0, 5000.0))}
)


@settings(max_examples=150, deadline=None)
@given(
    st.sets(st.sampled_from(sorted(ON))),
    st.sampled_from(sorted(ON)),
    st.fixed_dictionaries(dict.fromkeys(("api", "managed", "rented", "owned"), OFFERS)),
    st.booleans(),
)
def test_one_gate_more_lets_no_option_in(shipped, kept_in, names, more, offers, sends_out):
    base = shipped if sends_out else kept_in
    before = eligible(constrained(*names, base=base, **offers))
    after = eligible(constrained(*names, more, base=base, **offers))
    assert all(was or not now for was, now in zip(before, after, strict=True))
    # what is shut out is exactly what some gate gives a reason for
    out = [gate.shuts_out for gate in gates(constrained(*names, base=base, **offers))]
    assert [not any(one.name in gate for gate in out) for one in base.options] == list(before)


def test_data_that_may_not_leave_is_sent_nowhere():
    found = {problem.field: problem for problem in problems("constraints.data_may_leave=false")}
    for name in FLEETS:
        assert 'set overflow = "lost"' in found[f"option.{name}.overflow"].way_out
    assert "must be 1" in found["option.hybrid-h100.share"].rule
    assert "api is shut out, because data may not leave" in found["scenario.baseline"].rule
    assert found["scenario.baseline"].way_out == "use managed"


def test_an_uncertain_share_is_a_hybrid():
    found = problems(
        *KEPT_IN,
        'option.hybrid-h100.share={ dist = "uniform", low = 0.9, high = 1.0 }',
        "constraints.data_may_leave=false",
    )
    assert [problem.field for problem in found] == ["option.hybrid-h100.share"]


def test_a_private_endpoint_may_take_what_overflows():
    found = load(overrides=["option.api.keeps_data_inside=true", "constraints.data_may_leave=false"])
    assert all(eligible(found))


def test_the_smallest_set_of_gates_that_conflict_is_named():
    off = ("constraints.residency_needed=true", "constraints.volume_measured=false")
    (found,) = problems(*KEPT_IN, *off, "constraints.data_may_leave=false", "constraints.platform_team=false")
    # data_may_leave and residency_needed shut out the same: the first of them is named, and no third gate
    assert found.field == "constraints.data_may_leave and constraints.platform_team"
    assert "leave only managed" in found.rule and "add an option that passes both" in found.way_out


def test_gates_that_shut_everything_out():
    quality = "option.managed.has_frontier_quality=false"
    (found,) = problems(
        *KEPT_IN, quality, "constraints.data_may_leave=false", "constraints.frontier_quality_needed=true"
    )
    assert "shut out every option" in found.rule
    assert found.field == "constraints.data_may_leave and constraints.frontier_quality_needed"
    (alone,) = problems(*KEPT_IN, "constraints.air_gap=true")
    assert alone.field == "constraints.air_gap" and "leaves only owned-h100" in alone.rule


@pytest.mark.parametrize("other", ["platform_team", "volume_measured"])
def test_gates_that_no_kind_of_option_passes_contradict_each_other(other):
    (found,) = problems(*KEPT_IN, "constraints.air_gap=true", f"constraints.{other}=false")
    assert found.field == f"constraints.{other} and constraints.air_gap"
    assert "no option of any kind passes both" in found.rule


def test_every_contradiction_is_told_at_once():
    off = ("constraints.platform_team=false", "constraints.volume_measured=false")
    found = problems(*KEPT_IN, "constraints.air_gap=true", *off)
    assert [problem.field for problem in found] == [
        "constraints.platform_team and constraints.air_gap",
        "constraints.volume_measured and constraints.air_gap",
    ]


def test_a_fleet_is_the_baseline_only_where_nothing_bought_is_eligible():
    (found,) = problems("scenario.baseline=rented-h100", "constraints.volume_measured=false")
    assert "of kind api or managed, rented-h100 is rented" in found.rule
    assert problems("scenario.baseline=rented-h100")[0].field == "scenario.baseline"
    text = template(("api", "owned"))
    first, second = text.split("[[option]]", 1)
    fleet = "[[option]]" + second.split("[[option]]")[1].split("# [[correlation]]")[0]
    closed = "air_gap = true\n"
    lost = 'overflow = "lost"\nlost_usd_per_million_tokens = 20\n'
    fleets = [
        fleet.replace('name = "owned"\n', f'name = "{name}"\n{lost}', 1) for name in ("owned-a", "owned-b")
    ]
    head = first.replace("[constraints]\n", f"[constraints]\n{closed}", 1)
    head = head.replace("[scenario]\n", '[scenario]\nbaseline = "owned-a"\n', 1)
    loaded = load_text(head + "[[option]]" + second.split("[[option]]")[0] + "".join(fleets))
    assert eligible(loaded) == (False, True, True)


def test_constraints_are_written_loaded_and_overridden(kept_in):
    found = load(overrides=[*KEPT_IN, "constraints.data_may_leave=false", "constraints.latency_p99_ms=2000"])
    text = resolved_toml(found)
    again = load_text(text)
    assert again == found and resolved_toml(again) == text
    assert "[constraints]\ndata_may_leave = false\n" in text and "latency_p99_ms = 2000.0" in text
    assert gate_rows(found)[0]["shuts_out"] == [{"option": "api", "reason": "data may not leave"}]


def test_misspelled_and_implausible_constraints():
    (typo,) = problems("constraints.air_gpa=true")
    assert "did you mean air_gap?" in typo.way_out
    (negative,) = problems("constraints.latency_p99_ms=0")
    assert negative.field == "constraints.latency_p99_ms"


def test_every_gate_is_in_the_template_as_a_comment():
    text = template()
    assert "\n[constraints]\n" in text
    assert all(f"# {name} =" in text for name in ON)
    assert load_text(text).constraints == NO_CONSTRAINTS


def test_every_pair_of_gates_loads_or_says_why():
    """No pair ends in anything but a scenario with two eligible options, or a refusal with a way out."""
    for pair in itertools.combinations(ON, 2):
        stated = [f"constraints.{name}={str(ON[name]).lower()}" for name in pair]
        try:
            loaded = load(overrides=[*KEPT_IN, *stated])
        except InputError as error:
            assert all(problem.way_out for problem in error.problems)
        else:
            assert sum(eligible(loaded)) >= 2
            assert dict(zip((o.name for o in loaded.options), eligible(loaded), strict=True))["managed"]


def test_a_constraint_is_a_difference_that_can_be_exchanged(kept_in):
    other = kept_in.with_overrides(["constraints.volume_measured=false"])
    (found,) = differences(kept_in, other)
    assert [(change.path, change.before, change.after) for change in found.changes] == [
        ("constraints.volume_measured", True, False)
    ]
    assert exchange(kept_in, other, (found,)).constraints == other.constraints

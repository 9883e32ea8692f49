"""What each option works under: every rule of the scenario shows in the words, with its figures, and no other does."""

from __future__ import annotations

import pytest

from tcosim.report.content.rules import option_rules
from tcosim.scenario.load import load, load_text
from tcosim.scenario.models import OPTION_KINDS
from tcosim.scenario.write import resolved_toml

RENTED, OWNED, HYBRID = "option.rented-h100.", "option.owned-h100.", "option.hybrid-h100."
RESERVED = RENTED + "contract=reserved"
LOST = (OWNED + "overflow=lost", OWNED + "lost_usd_per_million_tokens=20")


def rules(*overrides):
    return dict(option_rules(load_text(resolved_toml(load(overrides=overrides)))))


def test_every_option_has_rules_in_the_order_of_the_scenario():
    scenario = load()
    assert {option.kind for option in scenario.options} == set(OPTION_KINDS)
    assert [name for name, _ in option_rules(scenario)] == [option.name for option in scenario.options]
    for text in rules().values():
        assert text.endswith(".")
        assert "  " not in text
        assert "None" not in text


@pytest.mark.parametrize(
    ("option", "overrides", "words"),
    [
        ("api", ["option.api.months_between_moves=12"], "moves to a successor every 12 months."),
        ("api", ["option.api.batch_share=0.25"], "At the batch price: 25 % of the tokens."),
        ("managed", ["option.managed.markup_share=0.1"], "the models of api at its prices and a markup of 10 %;"),
        ("rented-h100", [], "GPUs on demand, 2 to a replica."),
        ("rented-h100", [RENTED + "gpus_per_replica=8"], "8 to a replica."),
        ("rented-h100", [RENTED + "contract=spot"], "spot GPUs, which may be taken away"),
        ("rented-h100", [RESERVED, RENTED + "term_months=6"], "reserved for terms of 6 months, paid idle or not"),
        ("rented-h100", [RENTED + "autoscale=true"], "follows the load of the hour before"),
        ("rented-h100", [RENTED + "launch_months=0"], "Serves all of the work from the first month on."),
        ("rented-h100", [RENTED + "launch_months=1"], "after 1 month; api does all of it until then."),
        ("rented-h100", [], "times the weekly peak of the plan, at least 2 replicas; resized every 3 months"),
        ("rented-h100", [RENTED + "min_replicas=1"], "at least 1 replica;"),
        ("rented-h100", [RENTED + "spare_replicas=1"], "at least 2 replicas, plus 1 spare;"),
        ("rented-h100", [RENTED + "headroom=2.5"], "Sized at launch for 2.5 times"),
        ("rented-h100", [RENTED + "resize_every_months=0"], "; never resized."),
        ("rented-h100", [RENTED + "resize_every_months=1"], "resized every month to the traffic of that month"),
        ("rented-h100", [], "up or down. Work"),
        ("rented-h100", [RESERVED], "every 3 months and at each new term to the traffic of that month, downward at a"),
        ("owned-h100", [], "upward only; more GPUs stand 2 months after their order."),
        ("owned-h100", [OWNED + "launch_months=0"], "once launched, after 2 months; api"),
        ("owned-h100", [OWNED + "lead_months=9"], "or when its GPUs stand if that is later"),
        ("owned-h100", [OWNED + "longest_wait_hours=4"], "waits, up to 4 hours of full capacity; what is beyond that"),
        ("owned-h100", [*LOST], "cannot serve within the hour is lost, at 20 USD per million tokens."),
        ("owned-h100", [*LOST], "; until then it is lost."),
        ("hybrid-h100", [], "Serves 60 % of the work once launched"),
        ("hybrid-h100", [], "api does the rest, and all of it until then."),
        ("hybrid-h100", [HYBRID + "launch_months=0"], "60 % of the work from the first month on; api does the rest."),
        (
            "hybrid-h100",
            [HYBRID + 'share={dist="uniform", low=0.4, high=0.8}'],
            "Serves 42 to 78 % (P5 to P95) of the work",
        ),
    ],
)  # fmt: skip
def test_a_rule_shows_with_its_figure(option, overrides, words):
    assert words in rules(*overrides)[option]


@pytest.mark.parametrize(
    "setting",
    [
        "share=0.5", "overflow=lost", "gpus_per_replica=4", "launch_months=5", "headroom=1.7", "min_replicas=5",
        "spare_replicas=3", "resize_every_months=6", "longest_wait_hours=2", "lead_months=7", "contract=spot",
        "contract=reserved", "autoscale=true",
    ],
)  # fmt: skip
def test_every_policy_of_a_fleet_changes_the_words_of_that_fleet_alone(setting):
    also = [RENTED + "lost_usd_per_million_tokens=20"] if setting == "overflow=lost" else []
    before, after = rules(), rules(RENTED + setting, *also)
    assert {name for name in before if before[name] != after[name]} == {"rented-h100"}


@pytest.mark.parametrize("setting", ["usd_per_gpu_hour=9", "engineer_hours_per_month=900", "refresh_usd=9"])
def test_prices_are_no_rules(setting):
    assert rules() == rules(RENTED + setting)


def test_rules_that_do_not_apply_are_not_told():
    plain = rules()["rented-h100"]
    for word in ("term", "spot", "lost", "waits", "spare", "follows", "stand"):
        assert word not in plain


def test_routes_are_named_with_their_shares():
    price = "usd_per_million_input = 3\nusd_per_million_cached_input = 1\nusd_per_million_output = 9\n"
    routes = "".join(
        f'[[option.route]]\nname = "{name}"\nshare = {share}\n{price}'
        for name, share in (("cheap", 0.7), ("mid", 0.25), ("frontier", 0.05))
    )
    text = f'[scenario]\nname = "x"\n[volume]\ntokens_per_month = 1e9\n[[option]]\nkind = "api"\nname = "api"\n{routes}'
    words = dict(option_rules(load_text(f'{text}[[option]]\nkind = "managed"\nname = "managed"\n')))["api"]
    assert "3 models, by tokens 70 % cheap, 25 % mid and 5 % frontier;" in words

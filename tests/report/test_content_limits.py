"""What the model leaves out: only what is true of the scenario's options, short, and without figures."""

from __future__ import annotations

import itertools
import re

import pytest

from tcosim.report.content.limits import leaves_out
from tcosim.scenario.load import load, load_text

API = """
[scenario]
name = "x"
[volume]
tokens_per_month = 1e9
[[option]]
kind = "api"
name = "api"
usd_per_million_input = 3
usd_per_million_cached_input = 1
usd_per_million_output = 9
"""
RENTED = """
[[option]]
kind = "rented"
name = "rented"
gpus_per_replica = 2
mixed_tokens_per_second = 9000
usd_per_gpu_hour = 2
"""
OWNED = """
[[option]]
kind = "owned"
name = "owned"
gpus_per_replica = 2
mixed_tokens_per_second = 9000
usd_per_gpu = 20000
"""
SPECIAL = {
    "wait": ("option.rented.longest_wait_hours=3", "Waiting"),
    "uncertain wait": ('option.rented.longest_wait_hours={dist="uniform", low=0, high=3}', "Waiting"),
    "spot": ("option.rented.contract=spot", "Spot GPUs"),
    "reserved": ("option.rented.contract=reserved", "A reservation"),
    "autoscale": ("option.rented.autoscale=true", "autoscaling"),
}


def said(text, *overrides):
    return leaves_out(load_text(text, overrides=overrides))


def test_without_a_fleet_no_sentence_speaks_of_one():
    second = API[API.index("[[option]]") :].replace('name = "api"', 'name = "other"')
    found = said(API + second)
    assert 6 <= len(found) <= 18
    assert not re.search(r"GPU|replica|open model|reserv|resale|managed", " ".join(found))


def test_a_managed_service_is_named_where_there_is_one():
    assert any("managed services" in text for text in leaves_out(load()))
    assert not any("managed services" in text for text in said(API + RENTED))


@pytest.mark.parametrize("case", SPECIAL)
def test_a_contract_or_policy_has_its_sentence_and_only_then(case):
    setting, words = SPECIAL[case]
    assert not any(words in text for text in said(API + RENTED))
    assert sum(words in text for text in said(API + RENTED, setting)) == 1


def test_lost_work_and_owned_gpus():
    lost = ("option.rented.overflow=lost", "option.rented.lost_usd_per_million_tokens=20")
    assert not any("Lost work" in text for text in said(API + RENTED))
    assert any("Lost work" in text for text in said(API + RENTED, *lost))
    assert not any("wned GPUs" in text for text in said(API + RENTED))
    assert sum("wned GPUs" in text for text in said(API + OWNED)) == 2


def test_any_scenario_gets_few_short_sentences_without_figures():
    switches = [setting for name, (setting, _) in SPECIAL.items() if name != "reserved"]
    for size in range(len(switches) + 1):
        for chosen in itertools.combinations(switches, size):
            found = said(API + OWNED + RENTED, *chosen)
            assert 6 <= len(found) <= 18
            assert len(set(found)) == len(found)
            for text in found:
                assert len(text) < 160
                assert text.endswith(".")
                assert not re.search(r"\d", text)


def test_none_is_lost_where_there_are_many():
    few, many = (
        said(API + RENTED),
        said(API + OWNED + RENTED, *(SPECIAL[name][0] for name in ("wait", "spot", "autoscale"))),
    )
    assert many[0] == few[0]
    assert set(few) - {text for text in few if "nothing after the horizon" in text} <= set(many)

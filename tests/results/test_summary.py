"""summary.json follows its published schema, and its text has exact floats and no NaN."""

from __future__ import annotations

import json
import math

import jsonschema
import numpy as np
import pytest
from datasets import INPUTS, synthetic

from tcosim.analysis.summarize import summarize
from tcosim.results.dataset import Gate
from tcosim.results.summary import plain, summary_schema, to_json


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(summary_schema())


@pytest.mark.parametrize("samples", [1, 2, 15, 16, 31, 32, 100, 4096])
def test_a_summary_of_any_size_follows_the_schema(samples):
    text = to_json(summarize(synthetic(samples)))
    jsonschema.validate(json.loads(text), summary_schema())


def test_a_scenario_without_self_hosting_follows_the_schema():
    summary = summarize(synthetic(64, options={"api": "api", "managed": "managed"}))
    assert summary["headline"] is None
    jsonschema.validate(summary, summary_schema())


def test_gates_follow_the_schema_and_the_answer_without_them_is_required():
    summary = summarize(synthetic(64, gates=[Gate("x", {"managed": "why"})]))
    jsonschema.validate(summary, summary_schema())
    assert summary["without_gates"] is not None
    del summary["without_gates"]
    with pytest.raises(jsonschema.ValidationError, match="without_gates"):
        jsonschema.validate(summary, summary_schema())


def test_drivers_and_value_are_there_from_a_thousand_futures_on():
    few, many = summarize(synthetic(64)), summarize(synthetic(4096))
    for summary in (few, many):
        jsonschema.validate(summary, summary_schema())
        assert summary["value_of_information"]["evpi_usd"] > 0
    assert few["drivers"] == few["value_of_information"]["evppi_usd"] == []
    assert {row["input"] for row in many["drivers"]} == set(INPUTS)
    assert {row["input"] for row in many["value_of_information"]["evppi_usd"]} == set(INPUTS)
    assert {"input", "first_order", "total_order"} <= set(many["drivers"][0])


@pytest.mark.parametrize("change", [{"extra": 1}, {"samples": 0}, {"seed": -1}, {"options": []}])
def test_the_schema_refuses(change):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**summarize(synthetic(64)), **change}, summary_schema())


def test_the_keys_of_the_design_are_there():
    summary = summarize(synthetic(64))
    assert {"schema_version", "tcosim_version", "seed", "samples", "months"} <= set(summary)
    assert {"option", "baseline", "probability", "ci95", "expected_saving_usd", "cvar95_loss_usd"} <= set(
        summary["headline"]
    )
    wanted = {"name", "kind", "npv_usd", "probability_cheapest", "probability_beats_baseline"}
    wanted |= {"usd_per_million_tokens", "utilization", "hours_over_capacity"}
    assert all(wanted <= set(option) for option in summary["options"])
    assert all(set(option["npv_usd"]) == {"mean", "p5", "p50", "p95"} for option in summary["options"])


def test_floats_come_back_exactly():
    values = [0.1, 1 / 3, 1e300, 5e-324, -0.0, 123456789.123456789]
    assert json.loads(to_json(values)) == values


def test_what_json_lacks_becomes_null():
    assert json.loads(to_json({"a": math.nan, "b": [math.inf, np.float32("nan")]})) == {
        "a": None,
        "b": [None, None],
    }


def test_numpy_numbers_are_numbers():
    assert plain({"a": np.int64(3), "b": np.float32(0.5), "c": np.bool_(True)}) == {
        "a": 3,
        "b": 0.5,
        "c": True,
    }


def test_what_has_no_json_form_is_refused():
    with pytest.raises(TypeError, match="no JSON form"):
        to_json({"a": object()})

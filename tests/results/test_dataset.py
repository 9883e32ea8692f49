"""The Dataset is what its schema says, and anything else is refused with a name."""

from __future__ import annotations

import numpy as np
import pytest
from datasets import synthetic

from tcosim.results.schema import ATTRIBUTES, COMPONENTS, COORDINATES, VARIABLES, WEEK_FUTURES
from tcosim.results.validity import DatasetError, validate


def test_every_field_has_its_dimensions_type_units_and_name():
    dataset = synthetic(100)
    for field in (*COORDINATES, *VARIABLES):
        variable = dataset[field.name]
        assert variable.dims == field.dims
        assert variable.attrs["units"] == field.units
        assert variable.attrs["long_name"] == field.long_name
        if field.dtype != "str":
            assert variable.dtype == np.dtype(field.dtype)
    assert set(dataset.variables) == {field.name for field in (*COORDINATES, *VARIABLES)}
    assert list(dataset.attrs) == list(ATTRIBUTES)
    assert dataset["cost"].attrs["futures"] == dataset["load"].attrs["futures"] == 100
    assert synthetic(1000)["load"].attrs["futures"] == WEEK_FUTURES


def test_arrays_of_the_right_type_are_taken_without_a_copy():
    npv = np.random.default_rng(0).normal(1e6, 1e5, (64, 4))
    assert np.shares_memory(synthetic(64, npv=npv)["npv"].values, npv)


def test_no_uncertain_input_is_fine():
    assert synthetic(64, inputs=()).sizes["name"] == 0


def test_a_future_that_is_not_finite_is_named():
    npv = np.random.default_rng(0).normal(1e6, 1e5, (64, 4))
    npv[17, 2] = np.nan
    with pytest.raises(DatasetError, match="npv: is nan at future 17, option rented-h100"):
        synthetic(64, npv=npv)


def test_infinite_input_is_named():
    dataset = synthetic(64)
    dataset["input"][5, 1] = np.inf
    with pytest.raises(DatasetError, match=r"input: is inf at future 5, name traffic.burst_sigma"):
        validate(dataset)


def test_fleets_may_not_have_gaps_but_others_may():
    dataset = synthetic(64)
    assert np.isnan(dataset["mean_utilization"].sel(option="api"))
    dataset["mean_utilization"].loc[{"option": "owned-h100"}] = np.nan
    with pytest.raises(DatasetError, match="mean_utilization: is nan at option owned-h100"):
        validate(dataset)


def test_a_week_has_168_hours():
    dataset = synthetic(64)
    with pytest.raises(DatasetError, match="hour_of_week: has the length 167, not 168"):
        validate(dataset.isel(hour_of_week=slice(1, None)))


def test_components_must_sum_to_the_mean():
    dataset = synthetic(64)
    dataset["component"][2, COMPONENTS.index("gpus")] += 1000
    with pytest.raises(DatasetError, match="components of rented-h100 do not sum"):
        validate(dataset)


@pytest.mark.parametrize("name", ["npv", "scramble_beats", "mean_tokens"])
def test_a_missing_variable_is_named(name):
    with pytest.raises(DatasetError, match=name):
        validate(synthetic(64).drop_vars(name))


def test_counts_must_sum_to_the_samples():
    dataset = synthetic(64)
    dataset["scramble_futures"][0] += 1
    with pytest.raises(DatasetError, match="sums to 65, not to samples = 64"):
        validate(dataset)


def test_baseline_must_be_an_option():
    dataset = synthetic(64)
    dataset.attrs["baseline"] = "cloud"
    with pytest.raises(DatasetError, match="'cloud' is no option"):
        validate(dataset)


def test_wrong_type_is_named():
    dataset = synthetic(64)
    dataset["npv"] = dataset["npv"].astype("f4").assign_attrs(dataset["npv"].attrs)
    with pytest.raises(DatasetError, match="npv: has the type float32"):
        validate(dataset)

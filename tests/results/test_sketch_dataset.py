"""A run beyond what is kept one by one holds counts by bins, and a shorter one none."""

from __future__ import annotations

import numpy as np
import pytest
from datasets import keep_few, synthetic

from tcosim.results.netcdf import read_dataset, write_dataset
from tcosim.results.schema import SKETCHES
from tcosim.results.sketch import RELATIVE_ERROR
from tcosim.results.validity import DatasetError, validate

KEPT, SAMPLES = 1600, 4000


@pytest.fixture
def long_run(monkeypatch):
    keep_few(monkeypatch, KEPT)
    return synthetic(SAMPLES)


def test_a_run_that_keeps_all_futures_has_no_bins():
    dataset = synthetic(64)
    assert dataset.sizes["bin"] == 0
    assert dataset["npv_count"].shape == (0, 4)
    assert dataset.attrs["sketch_relative_error"] == RELATIVE_ERROR


def test_a_longer_one_counts_every_future(long_run):
    assert (long_run.sizes["future"], long_run.attrs["samples"]) == (KEPT, SAMPLES)
    for name in SKETCHES[1:]:
        assert (long_run[name].sum("bin") == SAMPLES).all()
    of_baseline = long_run["saving_count"].sel(option="api").values
    assert of_baseline[long_run["sketch_key"].values == 0] == SAMPLES


@pytest.mark.parametrize("samples", [KEPT, KEPT + 1])
def test_both_come_back_from_a_file(tmp_path, monkeypatch, samples):
    keep_few(monkeypatch, KEPT)
    dataset = synthetic(samples)
    for name in ("one.nc", "two.nc"):
        write_dataset(dataset, tmp_path / name)
    assert (tmp_path / "one.nc").read_bytes() == (tmp_path / "two.nc").read_bytes()
    with read_dataset(tmp_path / "one.nc") as opened:
        loaded = opened.load()
    validate(loaded)
    assert (loaded.sizes["bin"] > 0) == (samples > KEPT)
    for name in SKETCHES:
        np.testing.assert_array_equal(loaded[name].values, dataset[name].values)
        assert loaded[name].dtype == dataset[name].dtype


def break_order(dataset):
    dataset["sketch_key"].values[:2] = dataset["sketch_key"].values[1::-1]


def break_sum(dataset):
    dataset["total_count"].values[0, 1] += 1


def break_sign(dataset):
    dataset["npv_count"].values[:2, 0] = -1, dataset["npv_count"].values[:2, 0].sum() + 1


def break_error(dataset):
    dataset.attrs["sketch_relative_error"] = 0.01


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (break_order, "sketch_key: does not increase"),
        (break_sum, "total_count: sums to 4001 for managed, not to samples = 4000"),
        (break_sign, "npv_count: has a count below 0"),
        (break_error, "sketch_relative_error: is 0.01, not 0.00048828125"),
    ],
)
def test_a_fault_is_named(long_run, fault, said):
    validate(long_run)
    fault(long_run)
    with pytest.raises(DatasetError, match=said):
        validate(long_run)


def test_bins_are_there_exactly_where_not_every_future_is_kept(long_run, monkeypatch):
    keep_few(monkeypatch, SAMPLES)
    with pytest.raises(
        DatasetError, match=r"sketch_key: has \d+ bins with 4000 futures, of which 4000 can be kept"
    ):
        validate(long_run)
    dataset = synthetic(SAMPLES)
    keep_few(monkeypatch, KEPT)
    with pytest.raises(DatasetError, match="sketch_key: has 0 bins with 4000 futures"):
        validate(dataset)


def test_a_file_without_them_is_another_version_s():
    dataset = synthetic(64).drop_vars(["npv_count", "sketch_key"])
    with pytest.raises(DatasetError, match=r"missing: sketch_key, npv_count; another version of tcosim"):
        validate(dataset)

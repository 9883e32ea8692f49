"""Whether a Dataset is what the schema says a run's is.

Knows the schema and arrays; knows nothing of files, or of what the numbers mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from tcosim.errors import TcosimError
from tcosim.results.schema import (
    ATTRIBUTES,
    COMPONENTS,
    COORDINATES,
    KEPT_FUTURES,
    KINDS,
    QUANTILES,
    SCRAMBLES,
    SELF_HOSTED,
    SKETCHES,
    VARIABLES,
    Field,
)
from tcosim.results.sketch import RELATIVE_ERROR
from tcosim.units import HOURS_PER_WEEK

COMPONENT_TOLERANCE = 1e-6
"""The components may miss the mean NPV by this share of the sum of their sizes (rounding of long sums)."""


class DatasetError(TcosimError):
    """A Dataset is not what the schema says; the message lists everything that is wrong."""


def validate(dataset: xr.Dataset) -> None:
    """Check a Dataset against the schema.

    Raises
    ------
    DatasetError
        With everything that is wrong; a future with a value that is not finite is named by its index.
    """
    missing = [name for name in ATTRIBUTES if name not in dataset.attrs]
    absent = [field.name for field in (*COORDINATES, *VARIABLES) if field.name not in dataset.variables]
    if missing or absent:
        raise DatasetError(
            f"missing: {', '.join((*absent, *missing))}; another version of tcosim may have written it"
        )
    found = list(_attribute_problems(dataset)) or list(_problems(dataset))
    if found:
        raise DatasetError("\n".join(found))


def _attribute_problems(dataset: xr.Dataset) -> Iterator[str]:
    kinds = {int: (int, np.integer), float: (int, float, np.integer, np.floating), str: (str,)}
    for name, kind in ATTRIBUTES.items():
        value = dataset.attrs[name]
        if isinstance(value, bool) or not isinstance(value, kinds[kind]):
            yield f"{name}: is {value!r}, no {kind.__name__}"
    for name in ("samples", "months"):
        value = dataset.attrs[name]
        if isinstance(value, (int, np.integer)) and value < 1:
            yield f"{name}: is {value}, below 1"


def _problems(dataset: xr.Dataset) -> Iterator[str]:
    shapes = list(shape_problems(dataset))
    if shapes:
        yield from shapes
        return
    for field in (*COORDINATES, *VARIABLES):
        for attribute in ("units", "long_name"):
            if not dataset[field.name].attrs.get(attribute):
                yield f"{field.name}: has no {attribute}"
    yield from _size_problems(dataset)
    yield from _sketch_problems(dataset)
    for field in VARIABLES:
        if field.dtype.startswith("f"):
            yield from _gap_problems(dataset, field)


def shape_problems(dataset: xr.Dataset) -> Iterator[str]:
    """Yield which variables have other dimensions or another type than the schema says; reads no array."""
    for field in (*COORDINATES, *VARIABLES):
        if field.name not in dataset.variables:
            continue
        variable = dataset[field.name]
        if tuple(map(str, variable.dims)) != field.dims:
            yield f"{field.name}: has the dimensions {variable.dims}, not {field.dims}"
        elif (
            variable.dtype != np.dtype(field.dtype)
            if field.dtype != "str"
            else variable.dtype.kind not in "OUST"
        ):
            yield f"{field.name}: has the type {variable.dtype}, not {field.dtype}"


def _size_problems(dataset: xr.Dataset) -> Iterator[str]:
    attributes, sizes = dataset.attrs, dataset.sizes
    samples = int(attributes["samples"])
    expected = {
        "month": int(attributes["months"]),
        "future": min(samples, KEPT_FUTURES),
        "hour_of_week": HOURS_PER_WEEK,
        "scramble": SCRAMBLES,
        "quantile": len(QUANTILES),
        "part": len(COMPONENTS),
    }
    for dimension, size in expected.items():
        if sizes[dimension] != size:
            yield f"{dimension}: has the length {sizes[dimension]}, not {size}"
    options = [str(name) for name in dataset["option"].values]
    if len(set(options)) != len(options):
        yield f"option: names must be unique, got {options}"
    elif attributes["baseline"] in options:
        is_shut_out = (dataset["gate_reason"] != "").any("gate").values
        if (is_shut_out == dataset["eligible"].values.astype(bool)).any():
            yield "eligible: is not what the gates leave"
        elif is_shut_out[options.index(str(attributes["baseline"]))]:
            yield f"baseline: {attributes['baseline']!r} is shut out by a gate"
    if attributes["baseline"] not in options:
        yield f"baseline: {attributes['baseline']!r} is no option of {options}"
    if (dataset["scramble_paid_back"].sum("month") != dataset["scramble_beats"]).any():
        yield "scramble_paid_back: does not sum to scramble_beats over the months"
    unknown = sorted({str(kind) for kind in dataset["kind"].values} - set(KINDS))
    if unknown:
        yield f"kind: unknown kinds {unknown}"
    counted = int(dataset["scramble_futures"].sum())
    if counted != samples:
        yield f"scramble_futures: sums to {counted}, not to samples = {samples}"
    parts = dataset["component"].values
    mean = dataset["scramble_npv_sum"].values.sum(axis=0) / max(samples, 1)
    missed = np.abs(parts.sum(axis=1) - mean) > COMPONENT_TOLERANCE * (np.abs(parts).sum(axis=1) + 1)
    for index in np.flatnonzero(missed):
        yield f"component: the components of {options[index]} do not sum to its mean NPV {mean[index]!r}"


def _sketch_problems(dataset: xr.Dataset) -> Iterator[str]:
    samples, keys = int(dataset.attrs["samples"]), dataset["sketch_key"].values
    if (samples > KEPT_FUTURES) != (len(keys) > 0):
        yield f"sketch_key: has {len(keys)} bins with {samples} futures, of which {KEPT_FUTURES} can be kept"
    elif len(keys):
        if dataset.attrs["sketch_relative_error"] != RELATIVE_ERROR:
            yield f"sketch_relative_error: is {dataset.attrs['sketch_relative_error']}, not {RELATIVE_ERROR}"
        if (np.diff(keys.astype(np.int64)) <= 0).any():
            yield "sketch_key: does not increase"
        for name in SKETCHES[1:]:
            counts = dataset[name].values
            if counts.min() < 0:
                yield f"{name}: has a count below 0"
            for option, counted in zip(dataset["option"].values, counts.sum(axis=0), strict=True):
                if counted != samples:
                    yield f"{name}: sums to {counted} for {option}, not to samples = {samples}"


def _gap_problems(dataset: xr.Dataset, field: Field) -> Iterator[str]:
    variable = dataset[field.name]
    if field.gaps == "without fleet":
        fleet = np.isin(dataset["kind"].values.astype(str), SELF_HOSTED)
        variable = variable.isel(option=np.flatnonzero(fleet))
    values: NDArray[Any] = variable.values
    # The smallest and the largest value tell without a mask as large as the array.
    if values.size == 0 or (np.isfinite(values.min()) and np.isfinite(values.max())):
        return
    where = np.argwhere(~np.isfinite(values))[0]
    place = ", ".join(
        f"{dimension} {dataset[dimension].values[index] if dimension != 'option' else variable['option'].values[index]}"
        for dimension, index in zip(field.dims, where, strict=True)
    )
    yield f"{field.name}: is {values[tuple(where)]} at {place or 'its only value'}"

"""Build the Dataset of a run from plain arrays, and check that one is what the schema says.

Knows the schema; knows nothing of how the arrays were simulated, of files, or of what the numbers mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from tcosim.errors import TcosimError
from tcosim.results.schema import (
    ATTRIBUTES,
    COMPONENTS,
    COORDINATES,
    COST_FUTURES,
    KEPT_FUTURES,
    KINDS,
    QUANTILES,
    SCHEMA_VERSION,
    SCRAMBLES,
    SELF_HOSTED,
    VARIABLES,
    WEEK_FUTURES,
    Field,
)
from tcosim.units import HOURS_PER_WEEK

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

COMPONENT_TOLERANCE = 1e-6
"""The components may miss the mean NPV by this share of the sum of their sizes (rounding of long sums)."""


@dataclass(frozen=True)
class Gate:
    """A gate in force: why it shuts options out, by their names, and options that pass it unseen."""

    name: str
    shuts_out: Mapping[str, str]
    unstated: Sequence[str] = ()


class DatasetError(TcosimError):
    """A Dataset is not what the schema says; the message lists everything that is wrong."""


def build(
    *,
    options: Sequence[str],
    kinds: Sequence[str],
    input_names: Sequence[str],
    input_topics: Sequence[str],
    tied: Sequence[int],
    variables: Mapping[str, ArrayLike],
    attributes: Mapping[str, object],
    eligible: Sequence[bool] | ArrayLike | None = None,
    gates: Sequence[Gate] = (),
) -> xr.Dataset:
    """Put the arrays of a run together as its Dataset.

    Parameters
    ----------
    options, kinds : sequence of str, length ``o``
        Names and kinds of the options, in the order of the scenario.
    input_names : sequence of str, length ``d``
        Names of the uncertain inputs; may be empty.
    input_topics : sequence of str, length ``d``
        What each input is about.
    tied : sequence of int, length ``d``
        Number of the group of correlated inputs that each belongs to, -1 if it is alone.
    variables : mapping of str to array
        Every variable of `tcosim.results.schema.VARIABLES`, with the shape given by its dimensions. An array
        of the right type is taken as it is, without a copy.
    attributes : mapping of str to object
        Every attribute of `tcosim.results.schema.ATTRIBUTES` but ``schema_version``.
    eligible : sequence of bool, length ``o``, optional
        Options that no gate shuts out; all of them if left out.
    gates : sequence of Gate
        Those in force.

    Returns
    -------
    xarray.Dataset
        Valid by `validate`, with units and long names on every variable.

    Raises
    ------
    DatasetError
        If a variable or attribute is missing, unknown, of the wrong shape or not finite.
    """
    unstated = _by_gate(gates, options, lambda gate, option: option in gate.unstated, np.int8)
    variables = {"gate_unstated": unstated, **variables}
    declared = {field.name for field in VARIABLES}
    _refuse_difference("variable", declared, set(variables))
    _refuse_difference("attribute", set(ATTRIBUTES), {"schema_version", *attributes})
    given = {"schema_version": SCHEMA_VERSION, **attributes}
    samples, months = _whole(given["samples"]), _whole(given["months"])
    coordinates: dict[str, object] = {
        "option": list(options),
        "kind": list(kinds),
        "eligible": np.ones(len(options)) if eligible is None else eligible,
        "gate": [gate.name for gate in gates],
        "gate_reason": _by_gate(gates, options, lambda gate, option: gate.shuts_out.get(option, ""), np.str_),
        "month": np.arange(months),
        "quantile": np.array(QUANTILES),
        "future": np.arange(min(samples, KEPT_FUTURES)),
        "name": list(input_names),
        "topic": list(input_topics),
        "tied": list(tied),
        "part": list(COMPONENTS),
        "hour_of_week": np.arange(HOURS_PER_WEEK),
        "scramble": np.arange(SCRAMBLES),
    }
    dataset = xr.Dataset(attrs={name: kind(given[name]) for name, kind in ATTRIBUTES.items()})
    for field in COORDINATES:
        dataset = dataset.assign_coords({field.name: (field.dims, _array(field, coordinates[field.name]))})
    for field in VARIABLES:
        array = _array(field, variables[field.name])
        if array.ndim != len(field.dims):
            raise DatasetError(f"{field.name}: has {array.ndim} dimensions, not {len(field.dims)}")
        try:
            dataset[field.name] = (field.dims, array)
        except ValueError as error:
            raise DatasetError(f"{field.name}: {error}") from error
    for field in (*COORDINATES, *VARIABLES):
        dataset[field.name].attrs.update(units=field.units, long_name=field.long_name)
    for name in ("cost", "cumulated", "tokens"):
        dataset[name].attrs["futures"] = min(samples, COST_FUTURES)
    dataset["load"].attrs["futures"] = min(samples, WEEK_FUTURES)
    validate(dataset)
    return dataset


def _by_gate(
    gates: Sequence[Gate], options: Sequence[str], value: Callable[[Gate, str], object], dtype: Any
) -> NDArray[Any]:
    """One value for each gate and option, shape (gates, o), also without a gate."""
    rows = [[value(gate, option) for option in options] for gate in gates]
    return np.asarray(rows, dtype=dtype).reshape(len(gates), len(options))


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
        raise DatasetError(f"missing: {', '.join((*absent, *missing))}")
    found = list(_problems(dataset))
    if found:
        raise DatasetError("\n".join(found))


def _problems(dataset: xr.Dataset) -> Iterator[str]:
    for field in (*COORDINATES, *VARIABLES):
        variable = dataset[field.name]
        if tuple(map(str, variable.dims)) != field.dims:
            yield f"{field.name}: has the dimensions {variable.dims}, not {field.dims}"
            return
        if (
            variable.dtype != np.dtype(field.dtype)
            if field.dtype != "str"
            else variable.dtype.kind in "biufc"
        ):
            yield f"{field.name}: has the type {variable.dtype}, not {field.dtype}"
        for attribute in ("units", "long_name"):
            if not variable.attrs.get(attribute):
                yield f"{field.name}: has no {attribute}"
    yield from _size_problems(dataset)
    for field in VARIABLES:
        if field.dtype.startswith("f"):
            yield from _gap_problems(dataset, field)


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


def _array(field: Field, values: object) -> NDArray[Any]:
    if field.dtype == "str":
        return np.asarray(values, dtype=np.str_)
    return np.asarray(values, dtype=field.dtype)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise DatasetError(f"expected a whole number, got {value!r}")
    return int(value)


def _refuse_difference(what: str, declared: set[str], given: set[str]) -> None:
    if declared != given:
        missing, unknown = sorted(declared - given), sorted(given - declared)
        raise DatasetError(f"{what}s missing: {missing or 'none'}; unknown: {unknown or 'none'}")

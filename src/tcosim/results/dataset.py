"""Build the Dataset of a run from plain arrays.

Knows the schema; knows nothing of how the arrays were simulated, of files, or of what the numbers mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from tcosim.results.schema import (
    ATTRIBUTES,
    COMPONENTS,
    COORDINATES,
    COST_FUTURES,
    KEPT_FUTURES,
    QUANTILES,
    SCHEMA_VERSION,
    SCRAMBLES,
    SKETCHES,
    VARIABLES,
    WEEK_FUTURES,
    Field,
)
from tcosim.results.sketch import RELATIVE_ERROR
from tcosim.results.validity import DatasetError, validate
from tcosim.units import HOURS_PER_WEEK

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Gate:
    """A gate in force: why it shuts options out, by their names, and options that pass it unseen."""

    name: str
    shuts_out: Mapping[str, str]
    unstated: Sequence[str] = ()


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
        of the right type is taken as it is, without a copy. Those of `tcosim.results.schema.SKETCHES`, the bins'
        numbers among them, may be left out together: there are no bins then.
    attributes : mapping of str to object
        Every attribute of `tcosim.results.schema.ATTRIBUTES` but ``schema_version`` and ``sketch_relative_error``.
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
    if not set(SKETCHES) & set(variables):
        variables.update({name: np.empty((0, len(options))) for name in SKETCHES}, sketch_key=[])
    declared = {"sketch_key", *(field.name for field in VARIABLES)}
    _refuse_difference("variable", declared, set(variables))
    own = {"schema_version": SCHEMA_VERSION, "sketch_relative_error": RELATIVE_ERROR}
    _refuse_difference("attribute", set(ATTRIBUTES), {*own, *attributes})
    given = {**own, **attributes}
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
        "sketch_key": variables["sketch_key"],
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

"""What it is worth to know more before choosing: of everything, of one input, of several, of a measurement.

Knows the Dataset of a run; knows nothing of scenarios, of words or of files.

Every figure is an upper bound on what to pay for the knowledge, in USD of present value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from tcosim.analysis.choice import FEWEST_FUTURES, Choice, futures_for
from tcosim.analysis.eligible import eligible_columns, eligible_names
from tcosim.analysis.jackknife import Estimate
from tcosim.analysis.threads import in_threads
from tcosim.errors import InputError, Problem
from tcosim.scenario.near import closest, did_you_mean

TOPIC_GROUPS = ("traffic", "people", "gpu price", "api price")
"""Topics whose inputs are also valued together: people find these out, or fix them by contract, as one."""


def value_of_information(
    dataset: xr.Dataset, groups: Mapping[str, Sequence[str]] | None = None, *, most: int | None = None
) -> dict[str, Any]:
    """EVPI, and the EVPPI of every input and of groups of inputs, over the kept futures.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of a run. Its eligible options can be chosen.
    groups : mapping of str to sequence of str, optional
        Names of inputs to value together, besides those of the topics traffic, people, GPU price and API price; one
        with the name of a topic takes its place.
    most : int, optional
        Value inputs and groups by at most this many futures, the first; the EVPI always by all.

    Returns
    -------
    dict
        ``evpi_usd``, ``evpi_se_usd``, ``best_option``, ``futures`` (by which inputs are valued); ``evppi_usd``, one
        entry an input, the largest first: ``input``, ``usd``, ``se`` (None: it varies in too few futures to tell);
        ``groups``, likewise: ``group``, ``inputs``, ``usd``, ``se``, ``futures``, by which the group is valued. Below
        1024 futures the error of the EVPI is None and both lists are empty.

    Raises
    ------
    InputError
        If a group is empty or names an unknown input; all problems at once.

    Notes
    -----
    What must hold is imposed: an input is worth at most the EVPI, a group at most that and at least as much as
    each of its inputs and as each group listed within it.
    """
    names = [str(name) for name in dataset["name"].values]
    members = _groups(dataset, names, groups or {})
    choice = Choice(eligible_columns(dataset, dataset["npv"].values))
    best_option = eligible_names(dataset)[choice.best]
    perfect = choice.perfect()
    if most is not None:
        choice = choice.first(most)
    singles: list[Estimate] = []
    together: dict[str, Estimate] = {}
    if choice.futures >= FEWEST_FUTURES:
        inputs = dataset["input"].values[: choice.futures]
        raw = in_threads(
            lambda column: choice.given_column(np.ascontiguousarray(inputs[:, column])), range(len(names))
        )
        singles = [_at_most(estimate, perfect) for estimate in raw]
        together = _group_values(choice, inputs, members, singles, perfect)
    order = sorted(range(len(singles)), key=lambda column: -singles[column].value)
    groups_in_order = sorted(together, key=lambda group: -together[group].value)
    return {
        "evpi_usd": digits(perfect.value),
        "evpi_se_usd": digits_of_error(perfect.error),
        "best_option": best_option,
        "futures": choice.futures,
        "evppi_usd": [{"input": names[column], **_plain(singles[column])} for column in order],
        "groups": [
            {
                "group": group,
                "inputs": [names[column] for column in members[group]],
                **_plain(together[group]),
                "futures": futures_for(len(members[group]), choice.futures),
            }
            for group in groups_in_order
        ],
    }


def value_of_statistic(
    costs: xr.Dataset | NDArray[np.floating], statistic: NDArray[np.floating]
) -> tuple[float, float | None]:
    """Expected value of knowing a statistic before choosing: the EVSI, if it is what a measurement would show.

    Parameters
    ----------
    costs : xarray.Dataset or ndarray, shape (n, o)
        A run, whose eligible options can be chosen, or costs of which future ``s`` belongs to scramble ``s % 16``.
    statistic : ndarray, shape (n, q) or (n,)
        What would be seen in each future, drawn with its error of measurement.

    Returns
    -------
    (float, float or None)
        Value, between 0 and the EVPI, and standard error [USD]; 0 and None below 1024 futures, which cannot tell.
    """
    array = eligible_columns(costs, costs["npv"].values) if isinstance(costs, xr.Dataset) else costs
    choice = Choice(array)
    columns = np.asarray(statistic)
    columns = columns[:, None] if columns.ndim == 1 else columns
    if len(columns) != choice.futures:
        raise ValueError(f"a statistic of {len(columns)} futures for costs of {choice.futures}")
    if choice.futures < FEWEST_FUTURES:
        return 0.0, None
    found = _at_most(choice.given_columns(columns), choice.perfect())
    return digits(found.value), digits_of_error(found.error)


def digits(value: float) -> float:
    """Six significant digits: the rest depends on the order in which the machine at hand adds up."""
    return float(f"{value:.6g}")


def digits_of_error(error: float | None) -> float | None:
    """Two significant digits: one from 16 scrambles is itself uncertain by 18 %."""
    return None if error is None else float(f"{error:.2g}")


def _plain(estimate: Estimate) -> dict[str, float | None]:
    return {"usd": digits(estimate.value), "se": digits_of_error(estimate.error)}


def _at_most(estimate: Estimate, perfect: Estimate) -> Estimate:
    if estimate.value > perfect.value:
        return perfect
    return Estimate(max(estimate.value, 0.0), estimate.error)


def _group_values(
    choice: Choice,
    inputs: NDArray[np.floating],
    members: Mapping[str, Sequence[int]],
    singles: Sequence[Estimate],
    perfect: Estimate,
) -> dict[str, Estimate]:
    """Value of each group, at least that of each single input and of each smaller group within it."""
    found: dict[str, Estimate] = {}
    for group in sorted(members, key=lambda name: len(members[name])):
        columns = set(members[group])
        within = [singles[column] for column in members[group]]
        within += [value for other, value in found.items() if columns >= set(members[other])]
        least = max(within, key=lambda estimate: estimate.value)
        estimate = least if len(columns) == 1 else choice.given_columns(inputs[:, sorted(columns)])
        found[group] = least if estimate.value < least.value else _at_most(estimate, perfect)
    return found


def _groups(
    dataset: xr.Dataset, names: Sequence[str], given: Mapping[str, Sequence[str]]
) -> dict[str, list[int]]:
    """Columns of each group: those of the topics, then those given."""
    topics = [str(topic) for topic in dataset["topic"].values]
    found = {
        topic: [column for column, other in enumerate(topics) if other == topic]
        for topic in TOPIC_GROUPS
        if topic in topics
    }
    problems = []
    for group, members in given.items():
        if not members:
            rule = "must name at least one uncertain input"
            problems.append(Problem(f"group.{group}", rule, way_out=_some_of(names)))
        for name in members:
            if name not in names:
                near = did_you_mean(closest(name, names)) or _some_of(names)
                problems.append(
                    Problem(f"group.{group}", "must name uncertain inputs of the run", name, near)
                )
    if problems:
        raise InputError(problems)
    unique = {group: list(dict.fromkeys(members)) for group, members in given.items()}
    return found | {group: [names.index(name) for name in members] for group, members in unique.items()}


def _some_of(names: Sequence[str]) -> str:
    return f"such as {', '.join(names[:3])}" if names else "the run has none"

"""The correlations that apply in a scenario: its own, and those of the library that it does not overrule.

Knows names of inputs; whether the correlations can hold together is the copula's business.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from tcosim.limits import MOST_CORRELATED, MOST_CORRELATIONS
from tcosim.scenario.correlation import Correlation
from tcosim.scenario.elicit import Refused
from tcosim.scenario.near import closest, did_you_mean
from tcosim.scenario.reader import Reader

_FIELDS = ("inputs", "rank_correlation", "matrix")


def stated_correlations(reader: Reader, raw: object, uncertain: Collection[str]) -> tuple[Correlation, ...]:
    """Read the ``[[correlation]]`` tables; problems go to the reader.

    Parameters
    ----------
    reader : Reader
        Has read all other tables.
    raw : object
        What stands under ``correlation``.
    uncertain : collection of str
        Names of the inputs that are uncertain.
    """
    if not isinstance(raw, list) or not all(isinstance(table, dict) for table in raw):
        reader.refuse(
            "correlation", ("correlation",), "must be [[correlation]] tables", None, "use double brackets"
        )
        return ()
    if len(raw) > MOST_CORRELATIONS:
        rule = f"must be at most {MOST_CORRELATIONS:,} tables"
        reader.refuse("correlation", ("correlation",), rule, len(raw), "state a matrix for many inputs")
    found: list[Correlation] = []
    seen: dict[frozenset[str], str] = {}
    for position, table in enumerate(raw[:MOST_CORRELATIONS]):
        label = f"correlation[{position + 1}]"
        path = ("correlation", position)
        reader.refuse_unknown(table, _FIELDS, label, path)
        if not all(key in _FIELDS for key in table):
            continue  # without the misspelled one, others would seem to be missing
        names = _input_names(reader, table, label, path, uncertain)
        if names is None:
            continue
        correlation = _correlation(reader, {**table, "inputs": names}, label, path)
        if correlation is None:
            continue
        for first, second, _ in correlation.pairs():
            pair = frozenset((first, second))
            if pair in seen:
                rule = f"states the pair {first}, {second} again, after {seen[pair]}"
                reader.refuse(label, path, rule, None, "state each pair once")
            seen[pair] = label
        kept = [name for name in correlation.inputs if name in uncertain]
        found += _within(correlation, set(kept))
    return tuple(found)


def _input_names(
    reader: Reader,
    table: Mapping[str, Any],
    label: str,
    path: tuple[str | int, ...],
    uncertain: Collection[str],
) -> tuple[str, ...] | None:
    given_names = table.get("inputs")
    inputs = [name for name in given_names if isinstance(name, str)] if isinstance(given_names, list) else []
    if not isinstance(given_names, list) or len(inputs) < len(given_names):
        rule = "is missing" if given_names is None else "must be a list of names in quotes"
        reader.refuse(f"{label}.inputs", path, rule, given_names, 'write inputs = ["first", "second"]')
        return None
    if len(inputs) > MOST_CORRELATED:
        rule = f"must be at most {MOST_CORRELATED} names"
        reader.refuse(f"{label}.inputs", path, rule, len(inputs), "part them into several tables")
        return None
    names = tuple(reader.input_of_field.get(name, name) for name in inputs)
    good = True
    for given, name in zip(inputs, names, strict=True):
        if name in uncertain or name in reader.displaced or given in reader.displaced:
            continue
        good = False
        if given in reader.input_of_field or given in reader.input_of_field.values():
            rule, way_out = "is a plain number here", "take it out, or state a distribution for it"
        else:
            rule = "is no uncertain input of the scenario"
            near = closest(given, [*uncertain, *reader.input_of_field], most=2)
            way_out = did_you_mean(near) or "list the inputs with: tcosim inputs"
        reader.refuse(f"{label}.inputs", (*path, "inputs"), rule, given, way_out)
    return names if good else None


def _correlation(
    reader: Reader, table: Mapping[str, Any], label: str, path: tuple[str | int, ...]
) -> Correlation | None:
    matrix = table.get("matrix")
    values: dict[str, Any] = {key: table[key] for key in ("inputs", "rank_correlation") if key in table}
    if matrix is not None:
        if not isinstance(matrix, list) or not all(isinstance(row, list) for row in matrix):
            reader.refuse(
                f"{label}.matrix", path, "must be a list of rows", matrix, "write [[1, 0.5], [0.5, 1]]"
            )
            return None
        values["matrix"] = tuple(tuple(row) for row in matrix)
    try:
        return Correlation.model_validate(values)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            cause = item.get("ctx", {}).get("error")
            if isinstance(cause, Refused):
                field = f"{label}.{cause.key}" if cause.key else label
                reader.refuse(field, path, cause.rule, cause.value, cause.way_out)
            else:
                key = ".".join(str(part) for part in item["loc"])
                reader.refuse(
                    f"{label}.{key}", path, "must be a finite number", item["input"], "write a plain number"
                )
    return None


def _within(
    correlation: Correlation, names: Collection[str], without: Collection[frozenset[str]] = ()
) -> list[Correlation]:
    """Return what remains of a correlation among ``names``, without some pairs."""
    pairs = [
        (first, second, value)
        for first, second, value in correlation.pairs()
        if first in names and second in names and frozenset((first, second)) not in without
    ]
    if len(pairs) == len(list(correlation.pairs())):
        return [correlation]
    return [Correlation(inputs=(first, second), rank_correlation=value) for first, second, value in pairs]


def with_library(
    stated: tuple[Correlation, ...], library: Iterable[Correlation], uncertain: Collection[str]
) -> tuple[Correlation, ...]:
    """Add the library's correlations whose inputs are all uncertain here, except for pairs stated already."""
    taken = {frozenset((first, second)) for correlation in stated for first, second, _ in correlation.pairs()}
    added: list[Correlation] = []
    for correlation in library:
        if all(name in uncertain for name in correlation.inputs):
            added += _within(correlation, correlation.inputs, taken)
            taken |= {frozenset((first, second)) for first, second, _ in correlation.pairs()}
    return (*stated, *added)

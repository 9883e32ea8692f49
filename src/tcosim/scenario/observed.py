"""Observed values from a CSV file into the table of an empirical distribution.

Knows CSV; knows nothing of fields.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tcosim.files import Unreadable, decoded, read_bytes
from tcosim.limits import VALUES_BYTES
from tcosim.scenario.distributions import Empirical
from tcosim.scenario.near import closest, did_you_mean
from tcosim.scenario.problems import Fault


def with_values(table: Mapping[str, Any], folder: Path | None) -> dict[str, Any] | list[Fault]:
    """Replace ``file`` and ``column`` of an empirical table by the values that stand there.

    Parameters
    ----------
    table : mapping
        A distribution table; returned as it is unless it is empirical and names a file.
    folder : pathlib.Path or None
        What the file's name is relative to.

    Returns
    -------
    dict or list of Fault
        The table with its values, or what is wrong.
    """
    if table.get("dist") != "empirical" or "file" not in table:
        return dict(table)
    rest = {key: value for key, value in table.items() if key not in ("file", "column")}
    if "values" in rest or "weights" in rest:
        return [Fault("file", "stands instead of values and weights, not beside", None, "take one out")]
    name, column = table["file"], table.get("column")
    if not isinstance(name, str) or not name or "\0" in name:
        return [Fault("file", "must be the name of a CSV file in quotes", name, "put it in quotes")]
    path = Path(name) if folder is None else folder / name
    try:
        text = decoded(read_bytes(path, VALUES_BYTES))
        return _column(csv.DictReader(io.StringIO(text, newline="")), column, rest)
    except Unreadable as error:
        way_out = "name it relative to the scenario file" if "cannot" in error.rule else error.way_out
        return [
            Fault("file", error.rule.replace("must be UTF-8", "is no CSV file in UTF-8"), str(path), way_out)
        ]
    except csv.Error as error:
        return [Fault("file", f"is no CSV file: {error}", str(path), "save it as CSV in UTF-8")]


def _column(rows: csv.DictReader[str], column: object, rest: dict[str, Any]) -> dict[str, Any] | list[Fault]:
    names = [name for name in rows.fieldnames or [] if name]
    if column is None and len(names) == 1:
        column = names[0]
    if not isinstance(column, str) or column not in names:
        near = did_you_mean(closest(column, names)) if isinstance(column, str) else ""
        return [
            Fault(
                "column",
                f"must be one of {', '.join(names) or 'no columns'}",
                column,
                near or "name a column",
            )
        ]
    values: list[float] = []
    for row in rows:
        text = (row[column] or "").strip()
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            return [
                Fault(
                    "file",
                    f"line {rows.line_num}, column {column} must be a finite number",
                    text,
                    "correct it",
                )
            ]
        values.append(value)
        if len(values) > Empirical.largest:
            rule = f"must hold at most {Empirical.largest} rows"
            return [Fault("file", rule, None, 'thin it out, or state percentiles with dist = "quantiles"')]
    return {**rest, "values": values}

"""Price files: CSV with one dated price a row, by columns that are named or recognized.

Knows files and columns; knows nothing of what is made of the prices.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tcosim.errors import InputError, Problem
from tcosim.evidence.prices.series import KIND_OF, Family, Kind, PriceHistory, Reading, clean
from tcosim.files import Unreadable, decoded, read_bytes
from tcosim.limits import MOST_SERIES, PRICES_BYTES

ROLES = ("date", "price", "series", "input", "output", "where")
INPUT_PARTS, BLEND_PARTS = 3, 4
"""Three tokens of input to one of output: how list prices are compared, where a file parts the two."""
MOST_PROBLEMS = 20
YEARS = (1950, 2150)
"""A date outside is a slip; a list price that stands from the year 1 on would be filled in month by month."""
DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?(?:[ T].*)?")
EXAMPLE = "--map date=month,price=usd,series=provider+gpu"
FAMILIES: tuple[Family, ...] = ("api", "rental", "purchase")


@dataclass(frozen=True)
class Columns:
    """Which columns hold what.

    Attributes
    ----------
    date : str
    price : tuple of str
        One column, or input and output.
    series : tuple of str
        Together they name a series; the first one is its group. Empty: the file is one series.
    where : tuple of (str, str)
        Only rows with these entries.
    """

    date: str
    price: tuple[str, ...]
    series: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()

    def named(self) -> list[str]:
        return [self.date, *self.price, *self.series, *(column for column, _ in self.where)]


KNOWN: tuple[tuple[Family, Columns], ...] = (
    ("api", Columns("date", ("blend_3to1",), ("vendor", "tier"))),
    ("api", Columns("date", ("blend",), ("vendor", "tier"))),
    (
        "rental",
        Columns(
            "month",
            ("usd_per_gpu_hr_median",),
            ("provider", "gpu_model"),
            (("rental_type", "on_demand"),),
        ),
    ),
    ("rental", Columns("month", ("usd_per_gpu_hr_median",), ("provider", "gpu_model"))),
    ("rental", Columns("month", ("usd_per_gpu_hr",), ("cloud", "gpu"))),
    ("purchase", Columns("month", ("usd",), ("gpu",))),
)
"""Files that need no map, by their columns; the first that fits."""


SERIES = ("vendor", "provider", "cloud", "gpu", "gpu_model", "model", "tier", "series")
"""Columns that part the series of a file with a date and a price, by the words that such files use."""


def parse_map(text: str | None) -> Columns | None:
    """Read ``date=...,price=...,series=a+b,input=...,output=...,where=column:entry``.

    Raises
    ------
    InputError
        If a part is unknown, stated twice, or missing.
    """
    if text is None:
        return None
    roles: dict[str, str] = {}
    for part in text.split(","):
        role, found, column = (one.strip() for one in part.partition("="))
        if not found or not column or role not in ROLES:
            raise _map_error("must be ROLE=COLUMN parts with the roles " + ", ".join(ROLES), part)
        if role in roles:
            raise _map_error(f"names {role} twice", text)
        roles[role] = column
    if len(set(roles.values())) < len(roles):
        raise _map_error("must give a column one meaning", text)
    price = (
        (roles["price"],) if "price" in roles else tuple(roles.get(one, "") for one in ("input", "output"))
    )
    if "date" not in roles or not all(price):
        raise _map_error("must name date, and price or input and output", text)
    if "price" in roles and ("input" in roles or "output" in roles):
        raise _map_error("must name either price or input and output, not both", text)
    where = tuple(_condition(one) for one in roles["where"].split("+")) if "where" in roles else ()
    return Columns(roles["date"], price, tuple(filter(None, roles.get("series", "").split("+"))), where)


def read_prices(
    path: Path, columns: Columns | None = None, family: Family | None = None, kind: Kind | None = None
) -> PriceHistory:
    """Read a CSV file of dated prices.

    Parameters
    ----------
    path : path
    columns : Columns, optional
        Recognized by the names of the columns if left out.
    family, kind : str, optional
        As recognized by the columns if left out; a file with a map must say one of them.

    Raises
    ------
    InputError
        If it cannot be read, or says nothing about moves of prices.
    """
    header, rows = _table(path)
    recognized: Family | None = None
    if columns is None:
        recognized, columns = _recognized(path, header, family)
    missing = [one for one in columns.named() if one not in header]
    if missing:
        raise InputError(
            Problem(
                "--map",
                f"names columns that {path.name} does not have; it has {', '.join(header)}",
                ", ".join(missing),
                f"correct it, like: {EXAMPLE}",
            )
        )
    if family is None and recognized is None and kind != "tier":
        raise InputError(
            Problem(
                "--family",
                "must say what the prices are of where the columns do not",
                path.name,
                "--family api, --family rental or --family purchase",
            )
        )
    chosen_kind = kind or (KIND_OF[family] if family else KIND_OF[recognized] if recognized else "walk")
    chosen = family or recognized or ("api" if chosen_kind == "tier" else "rental")
    readings = _readings(path, rows, columns)
    if not readings:
        raise _file_error(
            path, "must hold prices; it has no rows" if not rows else "has no row that fits where"
        )
    if len({one.when for one in readings}) < 2:
        raise _file_error(path, "must hold prices of two dates or more", "add an earlier or a later reading")
    if len({one.name for one in readings}) > MOST_SERIES:
        raise _file_error(path, f"must hold at most {MOST_SERIES:,} series", "keep some with where=")
    history = clean(readings, chosen, chosen_kind, path.name)
    if not history.series:
        told = "; ".join(one.what for one in history.findings)
        raise _file_error(path, f"has no series that can be used: {told}", "add readings of more months")
    return history


def _condition(text: str) -> tuple[str, str]:
    column, found, entry = text.partition(":")
    if not found:
        raise _map_error("must say where as COLUMN:ENTRY", text)
    return column, entry


def _map_error(rule: str, value: str) -> InputError:
    return InputError(Problem("--map", rule, value, f"write it like: {EXAMPLE}"))


def _file_error(path: Path, rule: str, way_out: str = "name another file") -> InputError:
    return InputError(Problem("FILE", rule, str(path), way_out))


def _table(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Names of the columns, and the rows with their text."""
    if path.is_dir():
        raise _file_error(path, "must be a CSV file, this is a folder", "name the file in it")
    try:
        content = read_bytes(path, PRICES_BYTES)
    except Unreadable as error:
        rule = error.rule.replace("cannot be read: ", "must be a file that can be read: ")
        raise _file_error(path, rule, error.way_out) from error
    if b"\0" in content:
        raise _file_error(path, "must be CSV text, this is a binary file", "export it as CSV")
    try:
        lines = decoded(content).splitlines()
    except Unreadable as error:
        raise _file_error(path, "must be CSV text in UTF-8", "export it as CSV in UTF-8") from error
    try:
        found = [row for row in csv.reader(lines) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise _file_error(path, f"must be CSV text ({error})", "export it again") from error
    if not found:
        raise _file_error(path, "must hold prices; it is empty")
    header = [cell.strip() for cell in found[0]]
    rows = [dict(zip(header, (cell.strip() for cell in row), strict=False)) for row in found[1:]]
    return header, rows


def _recognized(path: Path, header: Sequence[str], stated: Family | None) -> tuple[Family | None, Columns]:
    for family, columns in KNOWN:
        if all(one in header for one in columns.named()):
            return family, columns
    if {"date", "price"} <= set(header):
        return stated, Columns("date", ("price",), tuple(one for one in SERIES if one in header))
    raise InputError(
        Problem(
            "FILE",
            f"must have columns that are recognized, such as date and price; it has {', '.join(header)}",
            str(path),
            f"say which one holds what, like: {EXAMPLE}",
        )
    )


def _readings(path: Path, rows: Sequence[Mapping[str, str]], columns: Columns) -> list[Reading]:
    problems: list[Problem] = []
    seen: dict[tuple[str, float], Reading] = {}
    for number, row in enumerate(rows, start=2):
        if any(row.get(column) != entry for column, entry in columns.where):
            continue
        place = f"{path.name}, row {number}"
        when = _when(row.get(columns.date, ""))
        price = _price([row.get(one, "") for one in columns.price])
        if when is None:
            rule = "must be a month or a day, such as 2026-03 or 2026-03-14"
            problems.append(Problem(columns.date, rule, row.get(columns.date, ""), "correct it", place))
        if price is None:
            shown = " and ".join(row.get(one, "") for one in columns.price)
            problems.append(
                Problem(
                    "+".join(columns.price),
                    "must be a price above 0",
                    shown,
                    "correct it or take it out",
                    place,
                )
            )
        if when is None or price is None:
            continue
        parts = [row.get(one, "") for one in columns.series]
        reading = Reading(" ".join(parts) or path.stem, parts[0] if parts else path.stem, when, price)
        other = seen.setdefault((reading.name, when), reading)
        if other.price != price:
            value = f"{other.price:g} and {price:g} for {reading.name} on {row[columns.date]}"
            way_out = "name the columns that part them with series=, or take one out"
            problems.append(
                Problem(columns.date, "must be there once for each series", value, way_out, place)
            )
    if problems:
        more = len(problems) - MOST_PROBLEMS
        if more > 0:
            problems = [
                *problems[:MOST_PROBLEMS],
                Problem("FILE", f"has {more} more such problems", str(path), "correct the ones above first"),
            ]
        raise InputError(problems)
    return list(seen.values())


def _when(text: str) -> float | None:
    """Months since the year 0; the day is the fraction."""
    found = DATE.fullmatch(text)
    if found is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError:
        return None
    if not YEARS[0] <= day.year <= YEARS[1]:
        return None
    return 12 * day.year + day.month - 1 + (day.day - 1) / 32


def _price(texts: Sequence[str]) -> float | None:
    try:
        values = [float(text) for text in texts]
    except ValueError:
        return None
    if not all(math.isfinite(value) and value > 0 for value in values):
        return None
    if len(values) == 1:
        return values[0]
    blend = (INPUT_PARTS * values[0] + (BLEND_PARTS - INPUT_PARTS) * values[1]) / BLEND_PARTS
    return blend if math.isfinite(blend) else None

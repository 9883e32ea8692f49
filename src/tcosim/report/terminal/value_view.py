"""What finding something out is worth before choosing: sentences and tables for a terminal or a pipe.

Knows figures with their standard errors and words; computes no statistics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType

from tcosim.analysis.jackknife import CERTAIN
from tcosim.report.terminal.lines import INDENT, is_plain, print_blocks, prose
from tcosim.report.terminal.table import LEFT, RIGHT, Column, Table
from tcosim.report.words import rounding
from tcosim.report.words.english import plural
from tcosim.report.words.value import (
    NOTHING,
    as_things_stand,
    error,
    first_sentence,
    is_told,
    money,
    rough,
    verdict,
    what_it_shows,
)
from tcosim.scenario.fields import Declared, field_specs
from tcosim.scenario.models import Scenario
from tcosim.scenario.uncertain import Uncertain

MEANING_WIDTH = 100
"""A narrower table leaves out what the inputs mean."""

EXPLAINED = (
    "Worth: how much lower the expected cost gets if this, and nothing else, is known before choosing: the most to pay"
    " for finding it out. What is tied to it is then known better too; worths do not add up. {sign}: 95 %, simulation"
    " error only."
)
TOO_FEW = "For the worth of single inputs and of a measurement these are too few futures: take --samples 1e5."


def print_value(
    result: Mapping[str, Any], *, meanings: Mapping[str, str], top: int, console: Console
) -> None:
    """Print the content of ``tcosim value --json`` for people.

    Parameters
    ----------
    result : mapping
    meanings : mapping of str to str
        What each input is, as `input_meanings` says.
    top : int
        Most single inputs to show.
    console : rich.console.Console
    """
    value = result["value_of_information"]
    sign = "+-" if is_plain(console) else "±"
    evpi, futures = value["evpi_usd"], plural(result["samples"], "future")
    blocks: list[RenderableType] = [
        Group(
            prose(result["scenario_name"], "bold"),
            prose(
                f"{rounding.volume(result['volume_tokens_per_month'])} tokens a month, {result['months']} months,"
                f" {futures}, seed {result['seed']}",
                "dim",
            ),
        ),
        Group(prose(first_sentence(value, result["samples"]), "bold"), prose(as_things_stand(value))),
    ]
    if value["groups"]:
        blocks.append(
            _table("Worth of knowing all of a group", "group", _group_rows(value["groups"]), evpi, sign)
        )
    shown = value["evppi_usd"][:top]
    if shown:
        rows = [(one["input"], one["usd"], one["se"], meanings.get(one["input"], "")) for one in shown]
        described = console.width >= MEANING_WIDTH
        blocks.append(_table("Worth of knowing one input", "input", rows, evpi, sign, described=described))
        left = len(value["evppi_usd"]) - len(shown)
        if left > 0:
            blocks.append(prose(f"{plural(left, 'more input')}: --top {len(value['evppi_usd'])}", "dim"))
    if value["evpi_se_usd"] is None:
        blocks.append(prose(TOO_FEW))
    else:
        blocks.append(prose(EXPLAINED.format(sign=sign), "dim"))
        blocks.extend(_measurement(result["measurement"], sign))
    print_blocks(blocks, console)


def input_meanings(scenario: Scenario) -> dict[str, str]:
    """What each uncertain input is: the meaning of the first field that it fills."""
    routes = [route for option in scenario.options for route in getattr(option, "routes", ())]
    found: dict[str, str] = {}
    table: Declared
    for table in (scenario, scenario.volume, scenario.traffic, *scenario.options, *routes):
        for spec in field_specs(type(table)).values():
            quantity = getattr(table, spec.name)
            if isinstance(quantity, Uncertain) and not quantity.is_point:
                found.setdefault(quantity.name, spec.meaning)
    return found


Row = tuple[str, float, float | None, str]


def _group_rows(groups: Sequence[Mapping[str, Any]]) -> list[Row]:
    return [(one["group"], one["usd"], one["se"], ", ".join(one["inputs"])) for one in groups]


def _table(
    title: str, head: str, rows: Sequence[Row], evpi: float, sign: str, *, described: bool = False
) -> RenderableType:
    columns = [Column(head), Column("worth", RIGHT), Column(), Column("of all", RIGHT)]
    cells = [
        [
            name,
            money(usd, se, "<"),
            error(usd, se, sign),
            _share(usd, se, evpi),
            *([words] if described else []),
        ]
        for name, usd, se, words in rows
    ]
    if described:
        columns.append(Column("", LEFT, "dim", wraps=True))
    return Group(prose(title, "bold"), Table(columns, cells, 2, INDENT))


def _share(usd: float, se: float | None, evpi: float) -> str:
    """Share of the value of perfect information, in whole percent or tens of percent."""
    if not is_told(usd, se) or evpi <= 0:
        return NOTHING
    place = rounding.last_place(0.0, 100 * CERTAIN * se / evpi) if se else 1
    unit = 10.0 ** max(0, place if place is not None else 0)
    share = round(100 * usd / evpi / unit) * unit
    return f"{share:.0f} %" if share > 0 else "<1 %"


def _measurement(rows: Sequence[Mapping[str, Any]], sign: str) -> list[RenderableType]:
    if not rows:
        return []
    head = prose("Measuring the traffic before deciding", "bold")
    if not any(row["learns"] for row in rows):
        return [Group(head, prose("Nothing about the traffic is uncertain here: a log would teach nothing."))]
    columns = (
        Column("days", RIGHT),
        Column("worth", RIGHT),
        Column(),
        Column("set-up", RIGHT),
        Column("waiting", RIGHT),
        Column("net", RIGHT),
        Column("worth it?"),
    )
    cells = [
        [
            str(row["days"]),
            money(row["usd"], row["se"], "<"),
            error(row["usd"], row["se"], sign),
            rough(row["cost_setup_usd"]),
            rough(row["cost_waiting_usd"]),
            _net(row),
            {True: "yes", False: "no", None: "cannot be told"}[row["worth"]],
        ]
        for row in rows
    ]
    return [
        Group(head, prose(verdict(rows))),
        Table(columns, cells, 2, INDENT),
        prose(
            f"{what_it_shows(max(rows, key=lambda row: row['days']))} Set-up: engineers' hours."
            " Waiting: one stays on the baseline meanwhile and forgoes the saving of what one would choose.",
            "dim",
        ),
    ]


def _net(row: Mapping[str, Any]) -> str:
    net, se = row["net_usd"], row["net_se"]
    if row["worth"] is None or se is None:
        return NOTHING
    size = max(CERTAIN * se, 0.05 * abs(net))
    return rounding.usd(net, net - size, net + size)

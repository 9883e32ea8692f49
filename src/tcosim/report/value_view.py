"""What finding something out is worth before choosing: sentences and tables for a terminal or a pipe.

Knows figures with their standard errors and words; computes no statistics.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType

from tcosim.analysis.jackknife import CERTAIN
from tcosim.report import rounding
from tcosim.report.lines import INDENT, is_plain, print_blocks, prose
from tcosim.report.table import LEFT, RIGHT, Column, Table
from tcosim.scenario.fields import Declared, field_specs
from tcosim.scenario.models import Scenario
from tcosim.scenario.uncertain import Uncertain

MEANING_WIDTH = 100
"""A narrower table leaves out what the inputs mean."""
NOTHING = "-"
LEARNED = (((0.8, 2.0), "well"), ((0.2, 0.8), "in part"), ((0.0, 0.2), "hardly"))
"""Shares of an input's variance that a log explains, in words."""

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
    evpi, futures = value["evpi_usd"], _plural(result["samples"], "future")
    blocks: list[RenderableType] = [
        Group(
            prose(result["scenario_name"], "bold"),
            prose(
                f"{rounding.volume(result['volume_tokens_per_month'])} tokens a month, {result['months']} months,"
                f" {futures}, seed {result['seed']}",
                "dim",
            ),
        ),
        Group(prose(first_sentence(value, result["samples"]), "bold"), prose(_as_things_stand(value))),
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
            blocks.append(prose(f"{_plural(left, 'more input')}: --top {len(value['evppi_usd'])}", "dim"))
    if value["evpi_se_usd"] is None:
        blocks.append(prose(TOO_FEW))
    else:
        blocks.append(prose(EXPLAINED.format(sign=sign), "dim"))
        blocks.extend(_measurement(result["measurement"], sign))
    print_blocks(blocks, console)


def first_sentence(value: Mapping[str, Any], samples: int) -> str:
    """Say what perfect information is worth, and which single input is worth most."""
    usd, se = value["evpi_usd"], value["evpi_se_usd"]
    if usd == 0 and se is None:
        return (
            f"{_plural(samples, 'future')} {'is' if samples == 1 else 'are'} too few to say what knowing more would be"
            " worth."
        )
    if usd == 0:
        simulated = "the one future" if samples == 1 else f"all {samples:,} futures"
        return (
            f"Nothing that one could find out changes the choice: in {simulated} {value['best_option']} is the"
            " cheapest."
        )
    start = f"Knowing everything before choosing would be worth {money(usd, se)} on average"
    best = next(iter(value["evppi_usd"]), None)
    if best is None:
        return f"{start}."
    if not _is_told(best["usd"], best["se"]):
        return f"{start}; no single input is worth anything that can be told."
    return (
        f"{start}; the best single thing to find out is {best['input']},"
        f" worth up to {money(best['usd'], best['se'])}."
    )


def _as_things_stand(value: Mapping[str, Any]) -> str:
    return f"As things stand, {value['best_option']} has the lowest expected cost."


def money(usd: float, se: float | None, less: str = "less than ") -> str:
    """Write a value with the digits that its error supports; below twice its error only what it is less than."""
    if se is None:
        return f"about {rounding.usd(usd, 0.1 * usd, 1.9 * usd)}" if usd > 0 else NOTHING
    if usd == 0 and se == 0:
        return "nothing"
    if not _is_told(usd, se):
        return f"{less}{_ceiling(usd + CERTAIN * se)}"
    return rounding.usd(usd, usd - CERTAIN * se, usd + CERTAIN * se)


def error(usd: float, se: float | None, sign: str = "±") -> str:
    """Write half the width of the 95 % interval of a value that can be told."""
    if not se or not _is_told(usd, se):
        return ""
    size = CERTAIN * se
    return f"{sign} {rounding.usd(size, 0.0, 2 * size)}"


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


def _is_told(usd: float, se: float | None) -> bool:
    return usd > 0 and (se is None or usd > CERTAIN * se)


def _ceiling(usd: float) -> str:
    """Money rounded up to its leading digit, a dollar at least."""
    scale = 10.0 ** math.floor(math.log10(max(usd, 1.0)))
    up = math.ceil(usd / scale - 1e-9) * scale
    return rounding.usd(up, 0.0, 2 * scale)


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
    if not _is_told(usd, se) or evpi <= 0:
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
            _rough(row["cost_setup_usd"]),
            _rough(row["cost_waiting_usd"]),
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


def what_it_shows(row: Mapping[str, Any]) -> str:
    """Say which fields a log of so many days shows, by the share of their variance that it explains."""
    parts = []
    for (low, high), words in LEARNED:
        names = [
            path.rpartition(".")[2] for path, share in row["learned_share"].items() if low <= share < high
        ]
        if names:
            parts.append(f"{words}: {_listed(names)}")
    return f"What {_plural(row['days'], 'day')} of hourly tokens show {'; '.join(parts)}."


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]


def _rough(usd: float) -> str:
    """Two digits of a cost that rests on judgement."""
    return rounding.usd(usd, -0.05 * usd, 0.15 * usd) if usd > 0 else "$0"


def _net(row: Mapping[str, Any]) -> str:
    net, se = row["net_usd"], row["net_se"]
    if row["worth"] is None or se is None:
        return NOTHING
    size = max(CERTAIN * se, 0.05 * abs(net))
    return rounding.usd(net, net - size, net + size)


def verdict(rows: Sequence[Mapping[str, Any]]) -> str:
    """Say whether measuring pays, and for how long."""
    paying = [row for row in rows if row["worth"]]
    if paying:
        best = max(paying, key=lambda row: row["net_usd"])
        # Of lengths that cannot be told apart the shortest is recommended.
        near = [row for row in paying if best["net_usd"] - row["net_usd"] <= CERTAIN * best["net_se"]]
        chosen = min(near, key=lambda row: row["days"])
        return (
            f"Measure first: {_plural(chosen['days'], 'day')} of one's own traffic are worth"
            f" {money(chosen['usd'], chosen['se'])} and cost {_rough(chosen['cost_usd'])}."
        )
    if all(row["worth"] is False for row in rows):
        best = max(rows, key=lambda row: row["net_usd"])
        return (
            f"Do not wait for a measurement: even {_plural(best['days'], 'day')} of one's own traffic cost"
            f" {_rough(best['cost_usd'])} and are worth {money(best['usd'], best['se'])}."
        )
    open_ = _listed([str(row["days"]) for row in rows if row["worth"] is None])
    refused = [str(row["days"]) for row in rows if row["worth"] is False]
    also = f"; {_listed(refused)} days do not" if refused else ""
    return f"Whether measuring for {open_} days pays cannot be told: value and cost are too close{also}."


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"

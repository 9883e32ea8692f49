"""Prices on a terminal: models of the API catalogue on a stated day, and what GPUs cost.

From the content that ``tcosim prices --json`` prints; looks nothing up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console, Group, RenderableType

from tcosim.report.terminal.lines import INDENT, print_blocks, prose
from tcosim.report.terminal.table import RIGHT, Column, Table
from tcosim.report.words.english import listed
from tcosim.units import format_quantity, format_stated

PRICE_FIELDS = ("usd_per_million_input", "usd_per_million_cached_input", "usd_per_million_output")
MEANT = ("input", "cached input", "output")
NONE = "-"

_LEGEND = (
    "USD per million tokens, as the catalogue has them: list prices, without volume discounts. cached: input read "
    "from the prompt cache. batch: for work that can wait. 3:1: three parts input, one "
    "part output, to sort by. above ...: longer inputs cost more, and what is shown is the price of the others. by "
    "hour: the price depends on the time of day (UTC), and what is shown is the mean of the day."
)
_GPU_LEGEND = (
    "Percentiles are the spread between providers at the date checked, not what the price will be; how it moves is "
    "in gpu.price_drift and gpu.price_volatility (tcosim inputs gpu). USD per GPU-hour, or per GPU."
)


def print_models(found: dict[str, Any], shown: int, console: Console) -> None:
    """Print models of the catalogue: the first ``shown`` of them, and how many there are."""
    models = found["models"][:shown]
    blocks: list[RenderableType] = [_title(found), _models(models)]
    rest = len(found["models"]) - len(models)
    if rest:
        more = f"{rest:,} more match; name it more closely, or see them all with --all or --json."
        blocks.append(prose(more))
    if hours := [text for one in models for text in _hours(one)]:
        blocks.append(Group(prose("By hour", "bold"), *(prose(text) for text in hours)))
    if changes := _changes(models):
        blocks.append(Group(prose(f"Scheduled after {found['on']}", "bold"), changes))
    blocks.append(prose(_LEGEND, "dim"))
    if usable := [one["reference"] for one in models if one["by_token"] and not one["deprecated"]]:
        blocks.append(prose(f'In a scenario: model = "{usable[0]}"', "dim"))
    print_blocks(blocks, console)


def print_providers(found: dict[str, Any], console: Console) -> None:
    """Print the providers with the number of their models, and every change that is scheduled."""
    columns = [Column("provider"), Column("models", RIGHT), Column("priced\nby token", RIGHT)]
    rows = [[one["provider"], f"{one['models']:,}", f"{one['by_token']:,}"] for one in found["providers"]]
    blocks: list[RenderableType] = [_title(found), Table(columns, rows, 2, INDENT)]
    if changes := _changes(found["models"]):
        blocks.append(Group(prose(f"Scheduled after {found['on']}", "bold"), changes))
    blocks.append(prose("Models: tcosim prices WORDS, or --provider NAME; GPUs: tcosim prices gpu", "dim"))
    print_blocks(blocks, console)


def print_gpus(rows: Sequence[dict[str, Any]], console: Console) -> None:
    """Print GPU prices with what they stand on."""
    columns = [
        Column("key"),
        *(Column(head, RIGHT) for head in ("P5", "P50", "P95")),
        Column("unit"),
        Column("checked"),
        Column("grade"),
        Column("sources", wraps=True),
    ]
    cells = [
        [
            row["key"],
            *(format_quantity(row["percentiles"][level]) for level in ("p5", "p50", "p95")),
            row["unit"],
            row["checked"],
            row["grade"],
            ", ".join(source["key"] for source in row["sources"]),
        ]
        for row in rows
    ]
    one = prose("One of them, with its caveat: tcosim inputs KEY", "dim")
    print_blocks([Table(columns, cells), prose(_GPU_LEGEND, "dim"), one], console)


def _title(found: dict[str, Any]) -> RenderableType:
    catalogue = found["catalogue"]
    return prose(f"{catalogue['name']} {catalogue['version']}, prices on {found['on']}", "bold")


def _models(models: Sequence[dict[str, Any]]) -> RenderableType:
    heads = ("input", "cached", "output", "batch\ninput", "batch\noutput", "3:1")
    columns = [Column("model"), *(Column(head, RIGHT) for head in heads), Column("", wraps=True)]
    cells = [
        [
            one["reference"],
            *(_price(one["prices"][name]) for name in PRICE_FIELDS),
            *(_price((one["batch_prices"] or {}).get(PRICE_FIELDS[index])) for index in (0, 2)),
            _figure(one["blended_3_to_1"]),
            _marks(one),
        ]
        for one in models
    ]
    return Table(columns, cells, 2)


def _price(value: float | None) -> str:
    """Write a list price to its last digit, as whoever states it does; a mean of a day to six."""
    return NONE if value is None else format_stated(float(f"{value:.6g}"))


def _figure(value: float | None) -> str:
    return NONE if value is None else format_quantity(value)


def _marks(one: dict[str, Any]) -> str:
    marks = []
    if not one["by_token"]:
        units = one["other_units"]
        marks.append(f"billed by {listed(units)}" if units else "no price by the token for text")
    if one["tiers"]:
        marks.append(f"above {format_stated(one['tiers'][0]['above_tokens'])} tokens more")
    if one["by_hour"]:
        marks.append("by hour")
    if one["scheduled"]:
        marks.append(f"changes {one['scheduled'][0]['date']}")
    if one["deprecated"]:
        marks.append("deprecated")
    return ", ".join(marks)


def _hours(one: dict[str, Any]) -> list[str]:
    """Say when which price holds."""
    parts = [
        f"{part['start']} to {part['end']} UTC {_price(part['prices'][PRICE_FIELDS[0]])} in, "
        f"{_price(part['prices'][PRICE_FIELDS[2]])} out"
        for part in one["by_hour"]
    ]
    return [f"{one['reference']}: {'; '.join(parts)}"] if parts else []


def _changes(models: Sequence[dict[str, Any]]) -> RenderableType | None:
    heads = [Column("model"), Column("from"), *(Column(name, RIGHT) for name in MEANT)]
    cells = [
        [one["reference"], change["date"], *(_moved(change, name) for name in PRICE_FIELDS)]
        for one in models
        for change in one["scheduled"]
    ]
    return Table(heads, cells, 2, INDENT) if cells else None


def _moved(change: dict[str, Any], name: str) -> str:
    before, after = _price(change["before"][name]), _price(change["prices"][name])
    return before if before == after else f"{before} to {after}"

"""What the saving depends on, on a terminal or in a pipe: sentences, the tornado as bars, the shares of the spread.

From the content of `tcosim.studies.drivers.drivers`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.constrain import Constrain
from rich.text import Text

from tcosim.analysis.jackknife import CERTAIN
from tcosim.report.terminal.lines import INDENT, is_plain, print_blocks, prose
from tcosim.report.terminal.table import RIGHT, Column, Table
from tcosim.report.words import rounding
from tcosim.report.words.drivers import ROUNDING_USD, is_told, money, sentences, share, varies
from tcosim.units import format_quantity

BAR, NARROW_BAR = 18, 8
LESS, MORE, MEAN = "\u2591", "\u2588", "\u2502"
ASCII_LESS, ASCII_MORE, ASCII_MEAN = "-", "#", "|"
FOLLOWED = "~"
WITH_UNITS, NARROW = 130, 80
"""A narrower terminal does without the units; a very narrow one has shorter bars and no intervals of the shares."""
SMALLEST_SHARE = 0.001
WIDEST = 120
"""Members of a large group are broken into lines here, also in a file."""
INDICES = (
    "alone: by how much the variance of the saving shrinks, on average, once this is known (first-order index). in all:"
    " what is left of it if everything but this is known (total index). What is in all and not alone acts through"
    " others."
)


@dataclass(frozen=True)
class Scale:
    """Cells of the bars: so many before the mean, so many after it, and USD a cell."""

    before: int
    after: int
    usd: float


def print_drivers(found: dict[str, Any], console: Console, top: int = 12) -> None:
    """Print drivers.

    Parameters
    ----------
    found : dict
        From `tcosim.studies.drivers.drivers`.
    console : Console
    top : int
        So many inputs and drivers, the strongest ones.
    """
    said = sentences(found)
    blocks: list[RenderableType] = [
        Group(prose(found["scenario_name"], "bold"), prose(_setting(found), "dim")),
        Group(*(prose(text, "bold" if index == 0 else "") for index, text in enumerate(said))),
    ]
    if varies(found) and found["tornado"]:
        blocks.append(_tornado(found, top, console.width, is_plain(console)))
        blocks.append(_indices(found, top, console.width))
    print_blocks(blocks, console)


def _setting(found: dict[str, Any]) -> str:
    months, volume = found["months"], rounding.volume(found["volume_tokens_per_month"])
    return (
        f"{volume} tokens a month, {months} month{'' if months == 1 else 's'},"
        f" {found['samples']:,} futures, seed {found['seed']}"
    )


def _tornado(found: dict[str, Any], top: int, width: int, plain: bool) -> RenderableType:
    shown = [row for row in found["tornado"] if is_told(row)][:top] or found["tornado"][:1]
    mean, error = found["mean_saving_usd"], _mean_error(found)
    less, more = (ASCII_LESS, ASCII_MORE) if plain else (LESS, MORE)
    head = prose(
        f"Expected saving of {found['option']} against {found['baseline']}, USD, with one input at its p10 or p90:"
        f" {less} below the mean of {money(mean, error)}, {more} above",
        "bold",
    )
    with_units = width >= WITH_UNITS
    columns = [
        Column("input"),
        Column("its\np10", RIGHT),
        Column("its\np90", RIGHT),
        *([Column("unit")] if with_units else []),
        Column("saving\nat p10", RIGHT),
        Column("saving\nat p90", RIGHT),
        Column("swing", RIGHT),
        Column(),
    ]
    scale = _scale(shown, mean, BAR if width >= NARROW else NARROW_BAR)
    rows = [
        [
            f"{row['input']}{' ' + FOLLOWED if row['moves_with'] else ''}",
            format_quantity(row["p10"]),
            format_quantity(row["p90"]),
            *([row["unit"]] if with_units else []),
            *(_column(row[f"saving_at_{end}_usd"], row[f"saving_at_{end}_se_usd"]) for end in ("p10", "p90")),
            _column(row["swing_usd"], row["se_usd"]),
            _bar(row, mean, scale, plain),
        ]
        for row in shown
    ]
    notes = [note for note in (_left_out(found, shown), _followers(shown)) if note]
    return Group(head, Table(columns, rows, indent=INDENT), *(prose(note, "dim") for note in notes))


def _column(value: float, error: float) -> str:
    """Money without blanks and signs of currency."""
    return money(value, error).replace("$", "").replace(" ", "")


def _scale(rows: Sequence[dict[str, Any]], mean: float, cells: int) -> Scale:
    ends = [mean, *(row[f"saving_at_{end}_usd"] for row in rows for end in ("p10", "p90"))]
    low, high = min(ends), max(ends)
    if low == high:
        return Scale(0, 0, 1.0)
    before = round(cells * (mean - low) / (high - low))
    return Scale(before, cells - before, (high - low) / cells)


def _bar(row: dict[str, Any], mean: float, scale: Scale, plain: bool) -> Text:
    """Bar from the lower end of the saving to the higher one, on either side of the mean."""
    ends = [row["saving_at_p10_usd"], row["saving_at_p90_usd"], mean]
    before = min(scale.before, round((mean - min(ends)) / scale.usd))
    after = min(scale.after, round((max(ends) - mean) / scale.usd))
    less, more, middle = (ASCII_LESS, ASCII_MORE, ASCII_MEAN) if plain else (LESS, MORE, MEAN)
    bar = Text(" " * (scale.before - before))
    bar.append(less * before, style="red").append(middle, style="dim").append(more * after, style="green")
    return bar


def _left_out(found: dict[str, Any], shown: Sequence[dict[str, Any]]) -> str:
    rest = found["tornado"][len(shown) :]
    if not rest:
        return ""
    largest = max(row["swing_usd"] + CERTAIN * row["se_usd"] for row in rest)
    what = "1 more input moves" if len(rest) == 1 else f"{len(rest)} more inputs move"
    if largest <= ROUNDING_USD:
        return f"{what} it not at all."
    return f"{what} it by less than {_usd_up(largest)}{'' if len(rest) == 1 else ' each'}."


def _followers(shown: Sequence[dict[str, Any]]) -> str:
    said = [f"{row['input']} moves with {_some(row['moves_with'])}" for row in shown if row["moves_with"]]
    if not said:
        return ""
    first, *others = said
    others = [text.replace(" moves with ", " with ") for text in others]
    return (
        f"{FOLLOWED}: what is correlated follows, as is to be expected of it: {'; '.join([first, *others])}."
    )


def _some(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _indices(found: dict[str, Any], top: int, width: int) -> RenderableType:
    shown = [row for row in found["sobol"] if row["total_order"] >= SMALLEST_SHARE][:top] or found["sobol"][
        :1
    ]
    head = prose(
        f"Share of the spread between futures (standard deviation {rounding.usd(found['sd_saving_usd'])})",
        "bold",
    )
    bounds = [Column("(95 %)")] if width >= NARROW else []
    columns = [
        Column("alone", RIGHT),
        *bounds,
        Column("in all", RIGHT),
        *bounds,
        Column("driver", wraps=True),
    ]
    rows = []
    for row in shown:
        cells: list[str] = []
        for order in ("first_order", "total_order"):
            value, between = share(row, order)
            cells += [value, f"({between})"] if bounds else [value]
        rows.append([*cells, ", ".join(row["inputs"]) or row["driver"]])
    notes = [_rest(found, len(shown)), INDICES]
    if any(len(row["inputs"]) > 1 for row in shown):
        notes.append("Correlated inputs are one driver: what they share cannot be split between them.")
    said = prose(" ".join(note for note in notes if note), "dim")
    return Group(head, Constrain(Table(columns, rows, indent=INDENT), WIDEST), said)


def _rest(found: dict[str, Any], shown: int) -> str:
    rest = found["sobol"][shown:]
    if not rest:
        return ""
    largest = min(1.0, max(SMALLEST_SHARE, *(row["total_order_ci95"][1] for row in rest)))
    what = "1 more driver" if len(rest) == 1 else f"{len(rest)} more drivers"
    return f"{what}: below {_up(100 * largest, 1):g} % in all{'' if len(rest) == 1 else ' each'}."


def _usd_up(value: float) -> str:
    """Money rounded up to two digits."""
    above = _up(value, 2)
    unit = 10.0 ** (math.floor(math.log10(above)) - 1)
    return rounding.usd(above, above - unit, above + unit)


def _up(value: float, digits: int) -> float:
    """A figure above 0 rounded up to so many significant digits."""
    unit = 10.0 ** (math.floor(math.log10(value)) - digits + 1)
    return math.ceil(value / unit) * unit


def _mean_error(found: dict[str, Any]) -> float:
    low, high = found["mean_saving_ci95_usd"]
    return float(high - low) / 2 / CERTAIN

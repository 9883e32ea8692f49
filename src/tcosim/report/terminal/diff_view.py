"""What moved the probability between two runs, on a terminal or in a pipe.

Knows the plain data of a comparison; simulates nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rich.console import Console, Group, RenderableType

from tcosim.report.terminal.lines import INDENT, print_blocks, prose
from tcosim.report.terminal.table import RIGHT, Column, Table
from tcosim.report.words import rounding
from tcosim.report.words.diff import change_text, gate_sentences, phrase
from tcosim.report.words.english import listed
from tcosim.report.words.points import aligned, around, half_width, point_bounds, points, signed_usd

MOST = 0.5
"""A part that is at least this share of the whole is most of it."""
AGAINST = 0.25
"""A part of the other sign is worth a sentence from this share of the whole on."""
BEYOND = 1.5
"""A remainder counts as more than simulation error above so many half widths of its 95 % interval (3 errors)."""


def print_diff(result: dict[str, Any], console: Console, top: int | None = None) -> None:
    """Print a comparison.

    Parameters
    ----------
    result : dict
        From `tcosim.studies.diff`.
    console : rich.console.Console
    top : int, optional
        Differences to show; the smaller ones become one line.
    """
    blocks: list[RenderableType] = [
        Group(
            *(prose(_origin(letter, run), "dim") for letter, run in zip("AB", result["runs"], strict=True))
        ),
        Group(*(prose(text, "bold" if k == 0 else "") for k, text in enumerate(sentences(result)))),
    ]
    if result["parts"]:
        blocks.append(_table(result, len(result["parts"]) if top is None else top))
        blocks.append(prose(LEGEND, "dim"))
    print_blocks(blocks, console)


LEGEND = (
    "points: step of the probability in percentage points when the change is made on the way from A to B, in the order"
    " shown, largest effect alone first; what several inputs do together goes to the later one, so another order would"
    " split it otherwise. alone: the same change made alone in A. saving: step of the expected saving in present"
    " value, above 0 is cheaper. A distribution is shown by its P5 and P95."
)


def _origin(letter: str, run: dict[str, Any]) -> str:
    futures = f"{run['samples']:,} future{'' if run['samples'] == 1 else 's'}"
    return f"{letter}: {run['path']} ({run['scenario_name']}, {futures}, seed {run['seed']})"


def sentences(result: dict[str, Any]) -> list[str]:
    """Return what there is to say before the table; the first sentence is the answer."""
    said = [_answer(result)] if result["parts"] else [_same_question(result)]
    said += [_money(result)] if result["parts"] else []
    said += _about_the_option(result)
    said += gate_sentences(result)
    interplay = _interplay(result)
    said += [interplay] if interplay else []
    rest = result["remainder"]
    error = rest["simulation_error"]
    if error is not None and abs(rest["probability_change"]) > BEYOND * error:
        said.append(
            f"The remainder, {points(rest['probability_change'], around(rest['probability_change'], error))} points,"
            f" is more than simulation error explains: {_cause(result['runs'])}."
        )
    return said


def _answer(result: dict[str, Any]) -> str:
    before, after = (_probability(run) for run in result["runs"])
    subject = f"the probability that {result['option']} costs less than {result['baseline']}"
    total, move = result["total"], result["move"]["probability_change"]
    interval = total["probability_change_ci95"]
    error = result["remainder"]["simulation_error"]
    if interval is None or (interval[0] <= 0 <= interval[1] and abs(move) > (error or 0.0)):
        count = result["samples"]
        return (
            f"From A to B {subject} went from {before} to {after}; {count:,} future{'' if count == 1 else 's'} of each"
            " variant are too few to say what moved it (--samples takes more)."
        )
    if interval[0] <= 0 <= interval[1]:
        text = f"From A to B {subject} does not move beyond simulation error: {before} in A, {after} in B"
        parts = sorted(result["parts"], key=_size, reverse=True)
        if parts and _is_clear(parts[0]):
            against = [one for one in parts[1:] if _is_clear(one) and _sign(one) != _sign(parts[0])]
            text += f"; {_weighed(parts[0])}"
            text += f" and {_weighed(against[0])} cancel out" if against else " is undone by the others"
        return f"{text}."
    verb = "rose" if move > 0 else "fell"
    text = f"From A to B {subject} {verb} from {before} to {after}"
    whole = total["probability_change"]
    along = [one for one in result["parts"] if one["probability_change"] * whole > 0]
    largest = max(along, key=_size)
    how = "most of it" if _size(largest) >= MOST * abs(whole) else "the largest part"
    if len(result["parts"]) == 1:
        return f"{text}; what changed is {phrase(largest)}."
    text += f"; {how} ({_signed_points(largest)} points) is {phrase(largest)}"
    against = [
        one
        for one in result["parts"]
        if one["probability_change"] * whole < 0 and _size(one) >= AGAINST * abs(whole) and _is_clear(one)
    ]
    if against:
        text += f", and {_weighed(max(against, key=_size))} works against it"
    return f"{text}."


def _money(result: dict[str, Any]) -> str:
    before, after = (
        rounding.usd(run["expected_saving_usd"], *(run["expected_saving_ci95_usd"] or (math.nan, math.nan)))
        for run in result["runs"]
    )
    return f"Its expected saving in present value goes from {before} to {after}."


def _same_question(result: dict[str, Any]) -> str:
    a, b = result["runs"]
    before, after = _probability(a), _probability(b)
    others = [
        f"{word} ({first} and {second})"
        for word, first, second in (
            ("seed", a["seed"], b["seed"]),
            ("number of futures", f"{a['samples']:,}", f"{b['samples']:,}"),
            ("version", a["tcosim_version"], b["tcosim_version"]),
        )
        if first != second
    ]
    text = "Both runs ask the same question: nothing in their scenarios differs"
    if result["gates"]:
        text = "Nothing that moves a cost differs between the scenarios, only gates"
    text += f"; they differ in {listed(others)}. " if others else ". "
    subject = f"The probability that {result['option']} costs less than {result['baseline']}"
    if a["probability"] == b["probability"]:
        return f"{text}{subject} is {before} in both."
    rest = result["remainder"]
    within = "" if abs(rest["probability_change"]) > rest["simulation_error"] else ", within simulation error"
    return f"{text}{subject} is {before} in A and {after} in B{within}."


def _about_the_option(result: dict[str, Any]) -> list[str]:
    option = result["option"]
    a, b = (run["headline_option"] for run in result["runs"])
    if a == b == option:
        return []
    here = f"the figures here are those of {option}"
    if a is None and b is None:
        return [f"Neither run has a headline; {here}."]
    if a is None:
        return [f"A has no headline, that of B is about {b}; {here}."]
    if b is None:
        return [f"B has no headline, that of A is about {a}; {here}."]
    if a == b:
        return [f"The headline of both runs is about {a}; {here}."]
    return [
        f"The headline changed from {a} in A to {b} in B; the figures here are those of {option} in both runs."
    ]


def _interplay(result: dict[str, Any]) -> str:
    """Say by how much the effects alone miss the whole, where that is more than error."""
    parts, total = result["parts"], result["total"]
    if len(parts) < 2:
        return ""
    single = math.fsum(one["alone"]["probability_change"] for one in parts)
    widths = [half_width(one["alone"]["probability_change_ci95"]) for one in parts]
    error = math.fsum((*widths, half_width(total["probability_change_ci95"])))
    if not abs(single - total["probability_change"]) > error:
        return ""
    return (
        f"The changes act on each other: alone they sum to {points(single, around(single, error))} points, together"
        f" they make {points(total['probability_change'], total['probability_change_ci95'])}."
    )


def _cause(runs: Sequence[dict[str, Any]]) -> str:
    a, b = (run["tcosim_version"] for run in runs)
    if a != b:
        return f"tcosim {a} made A and tcosim {b} made B"
    return f"other code than this made one of the runs, although both say tcosim {a}"


def _table(result: dict[str, Any], top: int) -> RenderableType:
    shown, rest = result["parts"][:top], result["parts"][top:]
    rows = [_row(one, change_text(one), one["alone"]) for one in shown]
    if rest:
        names = f"{len(rest)} other change{'' if len(rest) == 1 else 's'}"
        rows.append(_row(_summed(rest), names, None, bare=True))
    total = "all changes together" if len(result["parts"]) > 1 else "the change, as simulated here"
    rows.append(_row(result["total"], total, None))
    runs, left = result["runs"], dict(result["remainder"])
    for key, error in (
        ("probability_change", "simulation_error"),
        ("saving_change_usd", "simulation_error_usd"),
    ):
        left[_ci(key)] = around(left[key], left[error])
    same = runs[0]["tcosim_version"] == runs[1]["tcosim_version"]
    rows.append(_row(left, f"simulation error{'' if same else ' and versions'}", None, bare=True))
    move = dict(result["move"])
    errors = (("probability_change", "ci95"), ("saving_change_usd", "expected_saving_ci95_usd"))
    for key, interval in errors:
        move[_ci(key)] = around(move[key], math.hypot(*(half_width(run[interval]) for run in runs)))
    rows.append(_row(move, "from A to B, by the run folders", None, bare=True))
    heads = (("points", RIGHT), ("95 % interval", RIGHT), ("alone", RIGHT), ("saving", RIGHT))
    columns = [*(Column(head, side) for head, side in heads), Column("what changed", wraps=True)]
    *figures, texts = zip(*rows, strict=True)
    cells = list(zip(*map(aligned, figures), texts, strict=True))
    return Table(columns, cells, 2, INDENT)


def _row(
    one: dict[str, Any], text: str, alone: dict[str, Any] | None, *, bare: bool = False
) -> tuple[str, str, str, str, str]:
    """Cells of one line; a bare one leaves its interval out."""
    value, interval = one["probability_change"], one["probability_change_ci95"]
    return (
        points(value, interval),
        "" if bare else point_bounds(interval),
        "" if alone is None else points(alone["probability_change"], alone["probability_change_ci95"]),
        signed_usd(one["saving_change_usd"], one["saving_change_ci95_usd"]),
        text,
    )


def _summed(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Sum of some parts; its error is that of parts whose errors all point the same way, which is the worst."""
    found: dict[str, Any] = {}
    for key in ("probability_change", "saving_change_usd"):
        found[key] = math.fsum(one[key] for one in parts)
        found[_ci(key)] = around(found[key], math.fsum(half_width(one[_ci(key)]) for one in parts))
    return found


def _ci(key: str) -> str:
    return {
        "probability_change": "probability_change_ci95",
        "saving_change_usd": "saving_change_ci95_usd",
    }[key]


def _signed_points(one: dict[str, Any]) -> str:
    return points(one["probability_change"], one["probability_change_ci95"])


def _weighed(one: dict[str, Any]) -> str:
    return f"{phrase(one)} ({_signed_points(one)} points)"


def _size(one: dict[str, Any]) -> float:
    return abs(float(one["probability_change"]))


def _sign(one: dict[str, Any]) -> bool:
    return bool(one["probability_change"] > 0)


def _is_clear(one: dict[str, Any]) -> bool:
    """Whether the interval of a part leaves no doubt about its sign."""
    interval = one["probability_change_ci95"]
    return interval is not None and (interval[0] > 0 or interval[1] < 0)


def _probability(run: dict[str, Any]) -> str:
    return rounding.percent_with_interval(run["probability"], *run["ci95"])[0]

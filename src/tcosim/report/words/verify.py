"""Checks of an installation in words: figures with the digits that their tolerance supports, and what came of them.

Knows the content of `tcosim.studies.verify.verify`; knows no terminal and no file.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

HOLDS, FAILS, NOTED = "holds", "fails", "noted"
SHOWN = {HOLDS: "holds", FAILS: "FAILS", NOTED: "noted"}
EXACT = "exact"
MOST_DIGITS = 10
"""Of a figure: more say nothing to a reader, and the verdict does not depend on what is shown."""
MOST_NAMED = 4
"""Failed checks that a sentence names; each stands below it in full."""
SMALL = 1e-3
"""Tolerances below this, around 0, are written as powers of ten."""
PUBLISHED = "digits stated"
SHORT = (
    ("standard errors", "4 s.e."),
    (PUBLISHED, "digits"),
    ("promised", "table"),
    ("bisection", "rounding"),
    ("rounding", "rounding"),
)
"""Where a tolerance comes from in a word, by what the long form holds."""


def figure(value: float | str | None, tolerance: float | None) -> str:
    """Write a figure down to the second digit of its tolerance; a text as it is.

    Parameters
    ----------
    value : float or str or None
    tolerance : float or None
        None or 0 for an exact figure.
    """
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if not math.isfinite(value):
        return "no number"
    if not tolerance:
        return f"{value:,.12g}" if abs(value) < 1e12 else f"{value:.12g}"
    if tolerance < SMALL and abs(value) < 10 * tolerance:
        return "0" if value == 0 else f"{value:.1e}"
    place = math.floor(math.log10(tolerance)) - 1
    if value:
        place = max(place, math.floor(math.log10(abs(value))) + 1 - MOST_DIGITS)
    decimals = max(0, -place)
    shown = f"{round(value, -place):,.{decimals}f}"
    return shown.replace("-0", "0", 1) if float(shown.replace(",", "")) == 0 and shown[0] == "-" else shown


def expected(check: dict[str, Any]) -> str:
    """What was expected; a published figure with the digits that were published."""
    width = check["tolerance"]
    return figure(check["expected"], 20 * width if check["tolerance_from"] == PUBLISHED else width)


def got(check: dict[str, Any]) -> str:
    """What came out."""
    return figure(check["got"], check["tolerance"])


def tolerance(check: dict[str, Any]) -> str:
    """How far the two may lie apart, in the unit of the check; ``"exact"`` where not at all."""
    width = check["tolerance"]
    if check["verdict"] == NOTED or not check["tolerance_from"]:
        return "-"
    return f"± {_two_digits(width)}" if width else EXACT


def tolerance_from(check: dict[str, Any]) -> str:
    """Where the tolerance comes from, in a word; empty where there is none."""
    if not check["tolerance"]:
        return ""
    said: str = check["tolerance_from"]
    return next((short for part, short in SHORT if part in said), said)


def tolerance_in_full(check: dict[str, Any]) -> str:
    """The tolerance and where it comes from."""
    width = tolerance(check)
    return width if width in ("-", EXACT) else f"{width}: {check['tolerance_from']}"


def verdict(check: dict[str, Any]) -> str:
    """The verdict; one that matters stands out without color."""
    return SHOWN[check["verdict"]]


def rival(check: dict[str, Any]) -> str:
    """What a slightly wrong model would have given; empty if none was asked."""
    if check["rival"] is None:
        return ""
    return f"Would have been noticed: {check['rival_is']} ({figure(check['rival'], check['tolerance'])})."


def unit(check: dict[str, Any]) -> str:
    """Unit of the figures; empty for plain numbers."""
    said: str = check["unit"]
    return "" if said == "1" else said


def summary(found: dict[str, Any]) -> list[str]:
    """Say in sentences what came of all checks: the verdict first."""
    passed, failed, noted = found["passed"], found["failed"], found["noted"]
    asked = passed + failed
    if failed:
        names = _listed([f"{check['group']}/{check['name']}" for check in failures(found)])
        said = [f"{failed} of {_count(asked, 'check')} {'fails' if failed == 1 else 'fail'}: {names}."]
        said.append("Do not rely on results of this installation before you know why.")
    elif asked:
        said = [f"{'The check asked for holds' if asked == 1 else f'All {asked} checks hold'}."]
    else:
        said = ["No check was asked that could fail."]
    if noted:
        said.append(f"{_count(noted, 'more line')} {'is' if noted == 1 else 'are'} information.")
    return said


def failures(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Checks that fail."""
    return [check for check in found["checks"] if check["verdict"] == FAILS]


def failure(check: dict[str, Any]) -> list[str]:
    """What is known of a failed check: what it was to prove, what was expected, what came out."""
    said = [check["proves"]]
    if check["expected"] is None:
        return [*said, f"It could not be asked: {got(check)}"]
    apart = "" if tolerance(check) == "-" else f", {tolerance_in_full(check)}"
    said.append(f"Expected {_with_unit(expected(check), check)}, got {got(check)}{apart}.")
    if check["rival"] is not None:
        said.append(
            f"It also has to tell this from {check['rival_is']} ({figure(check['rival'], check['tolerance'])})."
        )
    return [*said, f"Source: {check['source']}."]


def tally(checks: Iterable[dict[str, Any]]) -> str:
    """Count the verdicts of a group: ``"12 hold"``, ``"11 hold, 1 FAILS"``."""
    verdicts = [check["verdict"] for check in checks]
    holding, failing, noted = (verdicts.count(one) for one in (HOLDS, FAILS, NOTED))
    said = [f"{holding} hold{'s' if holding == 1 else ''}"] if holding else []
    said += [f"{failing} {'FAILS' if failing == 1 else 'FAIL'}"] if failing else []
    said += [f"{noted} noted"] if noted else []
    return ", ".join(said)


def facts(found: dict[str, Any]) -> list[tuple[str, str]]:
    """Where and how it was checked."""
    return [
        ("tcosim", found["tcosim_version"]),
        ("Python", found["python"]),
        ("system", found["platform"]),
        ("processor", found["processor"]),
        ("seed", str(found["seed"])),
        ("fingerprint", found["fingerprint"] or "could not be computed"),
    ]


def command(found: dict[str, Any], every: Iterable[str]) -> str:
    """The command that gives the same table again; `every` are the names of all groups."""
    groups = [group["name"] for group in found["groups"]]
    only = [] if groups == list(every) else [f"--only {name}" for name in groups]
    seed = [f"--seed {found['seed']}"] if found["seed"] else []
    return " ".join(["tcosim verify", *only, *seed])


def _two_digits(size: float) -> str:
    """A tolerance: two significant digits, as a power of ten where it is small."""
    if size < SMALL:
        return f"{size:.1e}".replace(".0e", "e")
    decimals = max(0, 1 - math.floor(math.log10(size)))
    place = math.floor(math.log10(size)) - 1
    return f"{round(size, -place):,.{decimals}f}"


def _listed(names: list[str]) -> str:
    """The first of many names."""
    more = len(names) - MOST_NAMED
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:MOST_NAMED])} and {more} more"


def _with_unit(said: str, check: dict[str, Any]) -> str:
    return " ".join(part for part in (said, unit(check)) if part)


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


LEGEND = (
    "A check holds if what came out lies within the tolerance of what was expected. 4 s.e.: four standard errors of a"
    " figure that is estimated from random futures, which a sound installation exceeds once in 16,000 checks."
    " rounding: of the arithmetic, float32 in hours and float64 elsewhere. digits: half of the last digit that was"
    " published. table: the error promised of tabulated quantiles. exact: to the last digit or byte."
)
RIVALS = (
    "Estimates are also held against a slightly wrong model, and hold only if they tell the two apart: a check that"
    " nothing can fail proves nothing."
)
FINGERPRINT = (
    "Machines that show the same fingerprint give the same bytes. A different one is no fault: another kind of"
    " processor may round otherwise in the last digits, and another version or library gives other figures."
)
MORE = "What each check proves, and the source of each expected figure: tcosim verify --page FILE.html, or --json."

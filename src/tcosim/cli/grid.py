"""The volumes of a curve as people write them: ``1e8:1e11``, ``1e8:1e11:13`` or ``1e9,2B,5B``.

Knows text, numbers and the bounds of a volume; knows no simulation.
"""

from __future__ import annotations

from itertools import pairwise

from tcosim.cli.parsing import Problems
from tcosim.errors import InputError, Problem
from tcosim.results.schema import DEFAULT_VOLUMES, MOST_VOLUMES
from tcosim.units import format_exact, parse_count, parse_number

FIELD = "--volumes"
DIGITS = 3
HOW = "write LOW:HIGH as in 1e8:1e11, LOW:HIGH:COUNT, or a list as in 1e9,2B,5B"


def volumes_option(text: str | None) -> tuple[float, ...] | None:
    """Read a grid of volumes.

    Parameters
    ----------
    text : str or None
        ``LOW:HIGH`` (25 volumes, evenly spaced in the logarithm, to three digits), ``LOW:HIGH:COUNT``, or a list with
        commas; numbers as `tcosim.units.parse_number` reads them.

    Returns
    -------
    tuple of float or None
        Increasing [token/month]; None if nothing was stated.

    Raises
    ------
    InputError
        With everything that is wrong with it.
    """
    if text is None:
        return None
    if not text.strip(" ,:"):
        raise InputError(Problem(FIELD, "must name one volume or more", text.strip() or "nothing", HOW))
    return _range(text) if ":" in text else _list(text)


def _range(text: str) -> tuple[float, ...]:
    parts = text.split(":")
    if len(parts) not in (2, 3) or not all(part.strip() for part in parts):
        raise InputError(Problem(FIELD, "must have two ends, and possibly a count", text, HOW))
    problems = Problems()
    low, high = (problems.collect(lambda part=part: _volume(part), 0.0) for part in parts[:2])  # type: ignore[misc]
    count = problems.collect(lambda: _count(parts[2]) if len(parts) == 3 else DEFAULT_VOLUMES, 0)
    problems.raise_any()
    if low == high:
        raise InputError(
            Problem(
                FIELD,
                "must have two ends that differ",
                text,
                f"for this volume alone write {parts[0].strip()}",
            )
        )
    if low > high:
        turned = ":".join(part.strip() for part in (parts[1], parts[0], *parts[2:]))
        raise InputError(
            Problem(FIELD, "must run from the smaller volume to the larger", text, f"write {turned}")
        )
    inner = (low * (high / low) ** (step / (count - 1)) for step in range(1, count - 1))
    grid = (low, *(float(f"{volume:.{DIGITS}g}") for volume in inner), high)
    if any(after <= before for before, after in pairwise(grid)):
        raise InputError(
            Problem(
                FIELD, f"must leave room for {count} volumes of {DIGITS} digits between its ends", text,
                "move the ends apart or ask for fewer volumes",
            )
        )  # fmt: skip
    return grid


def _list(text: str) -> tuple[float, ...]:
    parts = text.split(",")
    if not all(part.strip() for part in parts):
        raise InputError(Problem(FIELD, "must have a volume between any two commas", text, HOW))
    if len(parts) > MOST_VOLUMES:
        raise InputError(_too_many(str(len(parts))))
    problems = Problems()
    grid = tuple(problems.collect(lambda part=part: _volume(part), 0.0) for part in parts)  # type: ignore[misc]
    problems.raise_any()
    if any(after <= before for before, after in pairwise(grid)):
        ordered = ",".join(format_exact(volume) for volume in sorted(set(grid)))
        raise InputError(
            Problem(FIELD, "must increase from one volume to the next", text, f"write {ordered}")
        )
    return grid


def _volume(text: str) -> float:
    from tcosim.scenario.fields import field_specs
    from tcosim.scenario.models.traffic import Volume

    volume = parse_number(text, FIELD)
    bounds = field_specs(Volume)["tokens_per_month"].bounds
    if not bounds.holds(volume):
        raise InputError(
            Problem(
                FIELD,
                f"must be {bounds} tokens a month",
                text.strip(),
                "state tokens a month as a scenario may have them, for example 2e9",
            )
        )
    return volume


def _count(text: str) -> int:
    count = parse_count(text, FIELD)
    if count > MOST_VOLUMES:
        raise InputError(_too_many(text.strip()))
    if count < 2:
        raise InputError(
            Problem(
                FIELD,
                "must have a count of 2 or more",
                text.strip(),
                "for one volume alone write just that volume",
            )
        )
    return count


def _too_many(count: str) -> Problem:
    return Problem(
        FIELD,
        f"must be at most {MOST_VOLUMES} volumes",
        count,
        f"ask for fewer, {DEFAULT_VOLUMES} show the shape of the curve",
    )

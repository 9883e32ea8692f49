"""What a curve over volumes says between the volumes that were simulated.

Knows the content of `tcosim.analysis.curve.summarize_curve`; knows nothing of words or of how it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from scipy import special

from tcosim.analysis.crossing import EDGE
from tcosim.results.schema import SELF_HOSTED

Point = dict[str, Any]
"""The curve at one volume, as in ``summarize_curve(...)["volumes"]``."""


def is_self_hosted(option: Point) -> bool:
    """Whether an option at a volume is self-hosted and not itself the baseline, which beats nothing."""
    return option["kind"] in SELF_HOSTED and option["probability_beats_baseline"] is not None


def is_candidate(option: Point) -> bool:
    """Whether an option at a volume may be the best self-hosted one."""
    return bool(option["eligible"]) and is_self_hosted(option)


def points_between(volumes: Sequence[Point], steps: int) -> list[Point]:
    """Refine a curve: so many steps of equal ratio from each volume to the next.

    Parameters
    ----------
    volumes : sequence of dict
        Of `summarize_curve`.
    steps : int
        At least 1.

    Returns
    -------
    list of dict
        The simulated volumes as they are, and between them points with the same keys, ``is_simulated`` False: a
        probability has a normal score that is straight over log volume, money is straight over volume, as for the
        crossings (docs/decision.md, D1). The ends of intervals are read in the same way.
    """
    found = [{**volumes[0], "is_simulated": True}]
    for before, after in pairwise(volumes):
        found += [_between(before, after, step / steps) for step in range(1, steps)]
        found.append({**after, "is_simulated": True})
    return found


def _between(before: Point, after: Point, share: float) -> Point:
    low, high = before["tokens_per_month"], after["tokens_per_month"]
    volume = low * (high / low) ** share
    in_volume = (volume - low) / (high - low)
    options = [
        _option(one, other, share, in_volume)
        for one, other in zip(before["options"], after["options"], strict=True)
    ]
    eligible = [one for one in options if one["eligible"]]
    hosted = [one for one in eligible if is_candidate(one)]
    return {
        "tokens_per_month": volume,
        "is_planned": False,
        "is_simulated": False,
        "cheapest_expected": _cheapest(eligible),
        "best_self_hosted": _cheapest(hosted) if hosted else None,
        "options": options,
    }


def _option(before: Point, after: Point, share: float, in_volume: float) -> Point:
    def probability(key: str) -> Any:
        return _each(before[key], after[key], lambda a, b: _probit(a, b, share))

    def money(key: str) -> Any:
        return _each(before[key], after[key], lambda a, b: a + (b - a) * in_volume)

    return {
        "name": before["name"],
        "kind": before["kind"],
        "eligible": before["eligible"],
        **{
            key: probability(key) for key in ("probability_beats_baseline", "probability_beats_baseline_ci95")
        },
        **{key: money(key) for key in ("expected_saving_usd", "expected_saving_ci95_usd", "mean_npv_usd")},
    }


def _each(before: Any, after: Any, read: Any) -> Any:
    """Read a figure or both ends of an interval; None where either side knows none."""
    if before is None or after is None:
        return None
    if isinstance(before, list):
        return [_each(a, b, read) for a, b in zip(before, after, strict=True)]
    return read(before, after)


def _probit(before: float, after: float, share: float) -> float:
    if before == after:
        return before
    start, end = (float(special.ndtri(min(max(y, EDGE), 1 - EDGE))) for y in (before, after))
    read = float(special.ndtr(start + (end - start) * share))
    return min(max(read, min(before, after)), max(before, after))


def _cheapest(options: Sequence[Point]) -> str:
    return str(min(options, key=lambda one: one["mean_npv_usd"])["name"])

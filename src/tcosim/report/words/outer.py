"""The saving of the headline option in words: its mean, where that can be told, and its bad and its good case.

From the content of ``summary.json`` and the savings of single futures; knows no chart.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.analysis.counted import error_of_all
from tcosim.analysis.jackknife import CERTAIN
from tcosim.analysis.risk import scramble_error
from tcosim.report.words import rounding

SCALE = re.compile(r"[kMBT]$")
LEVELS = {"p5": 0.05, "p95": 0.95}


@dataclass(frozen=True)
class Figure:
    """An amount of money and its 95 % interval [USD]; NaN ends where nothing is known of its error."""

    usd: float
    low: float = math.nan
    high: float = math.nan

    @property
    def is_told(self) -> bool:
        """Whether it can be told from nothing; without an interval nothing speaks against it."""
        return not self.low < 0 < self.high

    @property
    def text(self) -> str:
        """With the digits that its interval supports."""
        return rounding.usd(self.usd, self.low, self.high)


def mean_saving(summary: dict[str, Any]) -> Figure:
    """Expected saving of the headline option."""
    headline = summary["headline"]
    return Figure(headline["expected_saving_usd"], *(headline["expected_saving_ci95_usd"] or ()))


def outer_savings(savings: NDArray[Any], summary: dict[str, Any]) -> dict[str, Figure]:
    """Bad and good case of the headline option: ``"p5"`` and ``"p95"``, each by its own error.

    The error is that over scrambles; with too few futures for a tail in each, the leading digit of the spread stands
    for it.
    """
    name = summary["headline"]["option"]
    known: dict[str, float] = next(
        one["risk"]["saving_usd"] for one in summary["options"] if one["name"] == name
    )
    found = {}
    for key, level in LEVELS.items():
        over_kept = scramble_error(savings, partial(np.quantile, q=level))
        error = error_of_all(over_kept, known[key], len(savings), summary["samples"])
        half = _rough(known) if error is None else CERTAIN * error
        found[key] = Figure(known[key], known[key] - half, known[key] + half)
    return found


def _rough(saving: dict[str, float]) -> float:
    place = rounding.last_place(saving["p5"], saving["p95"])
    return math.nan if place is None else 10.0**place


def saved(figure: Figure) -> str:
    """``"saves $20.5 k"``, or ``"costs $20.5 k more"``; what cannot be told from nothing comes out about even."""
    if not figure.is_told:
        return "comes out about even"
    size = rounding.usd(abs(figure.usd), figure.low, figure.high)
    if size == "$0":
        return "neither saves nor costs more"
    return f"saves {size}" if figure.usd > 0 else f"costs {size} more"


def dollars(text: str) -> str:
    """A figure of a column as money in a sentence: ``"816k"`` gives ``"$816 k"``."""
    size = SCALE.sub(r" \g<0>", text.lstrip("-"))
    return f"{'-' if text.startswith('-') else ''}${size}"


def exact(usd: float) -> str:
    """Money that is a round number by choice, such as the edge of a bin: ``"$1.025 M"``, ``"$250 k"``."""
    size = abs(usd)
    letter, scale = next(
        (pair for pair in rounding.SCALES if size >= pair[1] * (1 - 1e-9)), rounding.SCALES[-1]
    )
    return f"{'-' if usd < 0 else ''}${size / scale:.6g}{' ' + letter if letter else ''}"

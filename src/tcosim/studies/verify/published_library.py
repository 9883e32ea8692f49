"""The shipped library against itself: drawn values have the percentiles that its files state, and stay in range.

Knows the library; holds no figure of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tcosim.sampling import families
from tcosim.scenario.library import default_library
from tcosim.studies.verify import outcomes
from tcosim.studies.verify.check import Checks, Outcome

if TYPE_CHECKING:
    from tcosim.scenario.entries import Quantity
    from tcosim.studies.verify.setting import Setting

CHECKS = Checks()
ROUNDING = 1e-12


def _stated(quantity: Quantity) -> dict[float, float]:
    """Percentiles that a quantity states, by probability; empty if it states parameters."""
    stated = dict(quantity.distribution.stated or ())
    found = {float(name[1:]) / 100: value for name, value in stated.items() if name[1:2].isdigit()}
    return {p: value for p, value in found.items() if 0 < p < 1}


@CHECKS.check(
    "library-percentiles",
    "Every shipped quantity that is stated by percentiles is drawn with these percentiles.",
    "distributions/*.toml, with their sources",
)
def library_percentiles(setting: Setting) -> Outcome:
    worst, compared = 0.0, 0
    for quantity in default_library().quantities():
        stated = _stated(quantity)
        if not stated:
            continue
        # limits cut a distribution off beyond what its percentiles say
        law = families.LAWS[quantity.distribution.dist](quantity.distribution)
        p, expected = np.array(list(stated)), np.array(list(stated.values()))
        scale = np.maximum(np.abs(expected), np.ptp(expected))
        worst = max(worst, float((np.abs(law.at(p, 1 - p) - expected) / scale).max()))
        compared += len(stated)
    if not compared:
        raise ValueError("no quantity of the library states percentiles")
    return outcomes.at_most(worst, ROUNDING, outcomes.BY_ROUNDING, f"relative, of {compared} percentiles")


@CHECKS.check(
    "library-in-range",
    "No quantity of the library can be drawn outside of the range that its file states.",
    "distributions/*.toml",
)
def library_in_range(setting: Setting) -> Outcome:
    outside = 0
    for quantity in default_library().quantities():
        low, high = families.support(quantity.distribution)
        outside += not quantity.support[0] <= low <= high <= quantity.support[1]
    return outcomes.none_of(outside, "quantities out of range")

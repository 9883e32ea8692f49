"""Families, truncated ones too, against distribution functions and root finding; bins against plain loops.

Knows declared distributions; the twins know nothing of how values are drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from tcosim.analysis.bins import binned
from tcosim.reference import ref_information
from tcosim.reference.ref_families import ref_of
from tcosim.sampling import families
from tcosim.sampling.table import PROMISE, scale_of
from tcosim.scenario.distributions import distribution
from tcosim.studies.verify import outcomes
from tcosim.studies.verify.check import Checks, Outcome

if TYPE_CHECKING:
    from tcosim.studies.verify.setting import Setting

CHECKS = Checks()
AT = np.array([1e-6, 0.01, 0.2, 0.5, 0.93, 0.999])
DIRECT = 1e-9
"""Of the scale, or of the distance from the median where that is larger: what bisection leaves."""
HUMPS: list[dict[str, Any]] = [
    {"weight": 7, "dist": "lognormal", "p5": 10.0, "p95": 20.0},
    {"weight": 3, "dist": "triangular", "low": 30.0, "mode": 35.0, "high": 60.0},
]
CASES: dict[str, dict[str, Any]] = {
    "truncated-normal": {"dist": "normal", "mean": 0.0, "sd": 1.0, "low_limit": -1.0, "high_limit": 5.0},
    "truncated-lognormal": {"dist": "lognormal", "median": 1.0, "sigma": 1.0, "low_limit": 0.2, "high_limit": 3.0},
    "truncated-gamma": {"dist": "gamma", "shape": 0.7, "scale": 2.0, "low_limit": 1.0},
    "truncated-pert": {"dist": "pert", "low": 1.0, "mode": 2.0, "high": 5.0, "low_limit": 3.0},
    "percentiles": {"dist": "quantiles", "p5": 1.0, "p25": 2.0, "p50": 3.0, "p95": 20.0, "minimum": 0.0},
    "percentiles-of-both-signs": {"dist": "quantiles", "p10": -5.0, "p30": -1.0, "p50": 0.0, "p99": 8.0},
    "empirical": {"dist": "empirical", "values": [3.0, 1.0, 2.0, 3.0, 9.0], "weights": [1.0, 5.0, 0.5, 1.0, 2.0]},
    "mixture": {"dist": "mixture", "components": HUMPS},
}  # fmt: skip


def _family(name: str) -> Callable[[Setting], Outcome]:
    def ask(setting: Setting) -> Outcome:
        declared = distribution(CASES[name])
        twin = ref_of(declared)
        expected = np.array([twin.ppf(float(u)) for u in AT])
        got = families.ppf(declared, AT)
        scale = scale_of(families.exact_law(declared))
        far = np.maximum(scale, np.abs(expected - families.median(declared)))
        tabulated = declared.dist in families.TABULATED
        return outcomes.at_most(
            float((np.abs(got - expected) / far).max()),
            PROMISE if tabulated else DIRECT,
            "error promised of its table" if tabulated else "error of bisection",
            "of its scale",
        )

    return ask


for _name in CASES:
    CHECKS.check(
        f"family-{_name}",
        f"Values of a distribution ({_name.replace('-', ' ')}) are those that root finding on its probabilities gives.",
        "tcosim.reference.ref_families",
    )(_family(_name))


@CHECKS.check(
    "bins",
    "The bins behind the value of information hold the futures and sums that plain loops put there.",
    "tcosim.reference.ref_information",
)
def bins(setting: Setting) -> Outcome:
    rng = np.random.default_rng(setting.seed)
    column = rng.integers(0, 50, 700).astype(np.float32)
    values = rng.integers(-9, 9, (1, 700)).astype(float)
    found = binned(column, values)
    counts, sums = ref_information.binned_sums(column.tolist(), values[0].tolist())
    apart = sum(
        found.counts[b, k] != counts.get((b, k), 0) or found.sums[0][b, k] != sums.get((b, k), 0.0)
        for b in range(len(found.counts))
        for k in range(ref_information.SCRAMBLES)
    )
    return outcomes.none_of(int(apart), "cells that differ")

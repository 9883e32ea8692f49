"""Scenes through the kernels and through the twins, and how far apart two figures are.

Knows scenes and arrays; the twins are float64 throughout, the hours of the kernels float32.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

from tcosim.reference.ref_ledger import Book
from tcosim.studies.verify.scene_runs import Floats, run_kernels, run_trace, run_twin
from tcosim.studies.verify.scenes import FLEET_KINDS, crowd, scene, silence

if TYPE_CHECKING:
    from tcosim.studies.verify.setting import Setting

KINDS = list(FLEET_KINDS)
MONTHS = 2
LANES_COMPARED = (0, 1, 2, 3)
WORDS = 200

EXACT = 1e-12
"""Relative: figures that are float64 on both sides and take a few hundred operations."""
HOURLY = 8 * 20 * 2**-24
"""One operation in float32 rounds to 2^-24; an hour's demand takes some twenty, and exponents of up to 8 scale the
rounding of 2^x by as much."""
MONTHLY = 24 * 2**-24
"""A day's sum gathers at most 24 roundings of a partial sum."""
AUTOSCALER_HOURS = 2
"""Hours in which an autoscaler may stand with a replica more or less than its twin."""
BY_HOUR = "rounding of float32, 160 x 2⁻²⁴"
BY_MONTH = "rounding of float32, 24 x 2⁻²⁴ for each sum"


class Compared:
    """A scene through the kernels and, lane by lane, through the twins."""

    def __init__(self, s: SimpleNamespace) -> None:
        self.scene, self.arrays = s, run_kernels(s)
        self.lanes = [
            SimpleNamespace(
                lane=lane,
                future=s.futures[lane % len(s.futures)],
                twin=run_twin(s, lane),
                traced=run_trace(s, self.arrays, lane),
            )
            for lane in LANES_COMPARED
        ]


def plain(setting: Setting) -> Compared:
    return setting.once("scene", lambda: Compared(scene(setting.seed, KINDS, n_months=MONTHS)))


def silent(setting: Setting) -> Compared:
    return setting.once(
        "silent scene", lambda: Compared(silence(scene(setting.seed + 1, KINDS, n_months=MONTHS)))
    )


def crowded(setting: Setting) -> Compared:
    return setting.once(
        "crowded scene", lambda: Compared(crowd(scene(setting.seed + 2, KINDS, n_months=1), "packs"))
    )


def relative(got: Floats, twin: object) -> float:
    """Largest difference over the largest figure."""
    expected = np.asarray(twin, dtype=float)
    scale = float(np.abs(expected).max())
    apart = float(np.abs(got - expected).max())
    return apart / scale if scale else apart


def apart_of(got: Floats, twin: object) -> int:
    """How many figures differ."""
    return int(np.count_nonzero(np.asarray(got) != np.asarray(twin)))


def until(one: SimpleNamespace, k: int) -> int:
    """Hours until a large autoscaler rounds up where its twin rounds down; all, nearly always."""
    twin = np.array([row.replicas for row in one.twin.hours[k]])
    apart = np.flatnonzero(one.traced[1][k, :, 4] != twin)
    return int(apart[0]) if len(apart) else len(twin)


def in_step(one: SimpleNamespace, k: int) -> bool:
    """Whether a fleet and its twin stand with the same replicas in every hour, so that their sums can be compared."""
    return until(one, k) == len(one.twin.hours[k])


def books(one: SimpleNamespace) -> list[tuple[int, Book]]:
    """Books of the options, by their place in the kernels' order: api, managed, fleets."""
    before = len(one.twin.books) - len(KINDS)
    return [(k, book) for k, book in enumerate(one.twin.books) if k < before or in_step(one, k - before)]

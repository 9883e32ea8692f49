"""Scenes with hours in which nothing comes (docs/model.md, 2.4)."""

import numpy as np
from scipy.special import ndtri

from tests.reference.ref_hours import floor_and_mean


def silence(s):
    """The same scene with bursts that fall silent in some share of the hours."""
    rng = np.random.default_rng(s.seed)
    for future in s.futures:
        share = rng.uniform(0.02, 0.7)
        future.world |= {
            "burst_sigma": rng.uniform(0.5, 1.5),
            "silent_share": share,
            "silent_score": float(ndtri(share)),
        }
    return s


def stretched(world):
    """How much larger a rounding of the burst becomes: the floor is cut off, and the rest scaled to a mean of 1."""
    floor, mean = floor_and_mean(world["burst_sigma"], world["silent_share"])
    return 1 + floor / mean

"""How much less a log tells of the traffic where hours are silent (docs/model.md, 2.4).

Arrays in, factors out: draws nothing, knows no Dataset. Numbers (M7) refer to docs/decision.md, D5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[Any]

_SIGMAS = np.geomspace(0.02, 4.0, 40)
_SCORES = np.linspace(ndtri(1e-4), ndtri(0.96), 40)
_NODES = 200
_FARTHEST = 9.0
"""Normal score beyond which no hour counts."""


def information(sigma: Floats, score: Floats) -> Floats:
    """Fisher information of one hour on (log level, log sigma, score of the silent share), shape (..., 3, 3).

    Parameters
    ----------
    sigma : ndarray
        Log sd of the swings, above 0.
    score : ndarray
        Normal score c of the silent share.
    """
    c = np.asarray(score)[..., None]
    sd = np.asarray(sigma)[..., None]
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    half = (_FARTHEST - c) / 2
    z = c + half * (nodes + 1)
    weights = half * weights * _normal_density(z)
    y, floor = np.exp(sd * z - sd**2 / 2), np.exp(sd * c - sd**2 / 2)
    above = ndtr(-c)
    mean = ndtr(sd - c) - floor * above
    rest = (y - floor) / y
    floor_by_sd = floor * (c - sd)
    mean_by_sd = _normal_density(sd - c) - floor_by_sd * above
    mean_by_score = -sd * floor * above

    def shifted(by_mean: Floats, by_floor: Floats) -> Floats:
        """What a change of mean and floor does to log y, at the same tokens."""
        return np.asarray(rest * by_mean / mean + by_floor / y)

    by_sd = shifted(mean_by_sd, floor_by_sd)
    by_score = shifted(mean_by_score, sd * floor)
    slopes = np.stack(
        [
            rest * (1 + z / sd) - 1,
            -z * (by_sd + sd - z) - 1 - sd * by_sd + sd * mean_by_sd / mean,
            -(z / sd + 1) * by_score + mean_by_score / mean,
        ]
    )
    total = np.einsum("i...n,j...n,...n->...ij", slopes, slopes, weights)
    total[..., 2, 2] += (_normal_density(c) ** 2 / ndtr(c))[..., 0]
    return np.asarray(total)


def _normal_density(x: Floats) -> Floats:
    return np.asarray(np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi))


@cache
def _tables() -> Floats:
    """Logarithms of the three factors of `Silence` over _SIGMAS and _SCORES, shape (3, sigmas, scores)."""
    sigma = _SIGMAS[:, None] * np.ones(len(_SCORES))
    known = information(sigma, _SCORES * np.ones((len(_SIGMAS), 1)))
    unknown = np.linalg.inv(known)
    level = 1.0 / known[..., 0, 0]
    return np.log(
        np.stack(
            [
                level / sigma**2,
                0.5 / unknown[..., 1, 1],
                np.maximum(unknown[..., 0, 0] - level, 1e-12) / (sigma**4 / 2),
            ]
        )
    )


@dataclass(frozen=True)
class Silence:
    """What silent hours do to the errors of a log: factors that are 1 where no hour can be silent (M7).

    Attributes
    ----------
    sigma, share : ndarray
        Log sd of the swings before the silent hours are cut off, and the share that is.
    """

    sigma: Floats
    share: Floats

    @cached_property
    def _factors(self) -> tuple[Floats, Floats, Floats]:
        if not np.any(self.share):
            none = np.ones(1)
            return none, none, none
        from scipy.interpolate import RegularGridInterpolator  # 0.2 s, for such scenarios alone

        grid = (np.log(_SIGMAS), _SCORES)
        at = np.stack(
            np.broadcast_arrays(
                np.clip(np.log(self.sigma), grid[0][0], grid[0][-1]),
                np.clip(ndtri(self.share), _SCORES[0], _SCORES[-1]),
            ),
            axis=-1,
        )
        level, swings, mean = (np.exp(RegularGridInterpolator(grid, table)(at)) for table in _tables())
        return level, swings, mean

    @property
    def level(self) -> Floats:
        """Variance of the log level as one hour shows it, sigma and share being known, over sigma^2."""
        return self._factors[0]

    @property
    def swings(self) -> Floats:
        """Hours without silence that tell as much of sigma as one hour with it."""
        return self._factors[1]

    @property
    def mean(self) -> Floats:
        """What not knowing sigma and share adds to the variance of the log level, over what it adds without silence."""
        return self._factors[2]

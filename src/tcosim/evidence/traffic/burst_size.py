"""Size and shape of the burst: between what a log shows and what a scenario states (docs/model.md, 2.4).

Arrays in, arrays out: knows nothing of logs or scenarios.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

Floats = NDArray[Any]

NEVER = -np.inf
"""Silent score of a burst from which nothing is cut off: no hour is silent."""
SMALLEST_SIGMA, LARGEST_SIGMA = 0.02, 3.0
"""What the field burst_sigma allows beside a silent share."""
_STEPS = 60


def coefficient_of_variation(sigma: ArrayLike, silent_score: ArrayLike) -> Floats:
    """Standard deviation of the burst over its mean.

    Parameters
    ----------
    sigma : array_like
        Log sd of the swings.
    silent_score : array_like
        Normal score of the silent share; -inf where no hour is silent.

    Notes
    -----
    With Y lognormal of mean 1 and the floor K, E[(Y - K)+] = Phi(s - c) - K Phi(-c) and E[(Y - K)+^2] =
    exp(s^2) Phi(2 s - c) - 2 K Phi(s - c) + K^2 Phi(-c).
    """
    sigma, score = np.broadcast_arrays(
        np.asarray(sigma, dtype=np.float64), np.asarray(silent_score, dtype=np.float64)
    )
    silent = score > NEVER
    c = np.where(silent, score, 0.0)
    floor = np.where(silent, np.exp(sigma * c - sigma**2 / 2), 0.0)
    above = np.where(silent, ndtr(sigma - c), 1.0)
    mean = above - floor * np.where(silent, ndtr(-c), 1.0)
    square = np.exp(sigma**2) * np.where(silent, ndtr(2 * sigma - c), 1.0)
    square = square - 2 * floor * above + floor**2 * np.where(silent, ndtr(-c), 1.0)
    return np.asarray(np.sqrt(np.maximum(square / mean**2 - 1.0, 0.0)))


def sigma_of(cv: ArrayLike, silent_score: ArrayLike) -> Floats:
    """Log sd of the swings that gives a coefficient of variation at a silent share.

    Returns
    -------
    ndarray
        Within what the field allows: where hours are silent, the burst cannot vary less than its zeros make it.
    """
    cv, score = np.broadcast_arrays(
        np.asarray(cv, dtype=np.float64), np.asarray(silent_score, dtype=np.float64)
    )
    return _solved(cv, lambda sigma: coefficient_of_variation(sigma, score))


def of_displacement(cv: ArrayLike, displacement: ArrayLike) -> tuple[Floats, Floats]:
    """Log sd and silent score of a burst with a coefficient of variation and a floor over its mean.

    Parameters
    ----------
    displacement : array_like
        K, in [0, 1).

    Returns
    -------
    (ndarray, ndarray)
        Of the swings; of the silent share, -inf where K is 0.
    """
    cv, floor = np.broadcast_arrays(
        np.asarray(cv, dtype=np.float64), np.asarray(displacement, dtype=np.float64)
    )
    with np.errstate(divide="ignore"):
        log_floor = np.log(floor)
    sigma = _solved(cv, lambda sigma: coefficient_of_variation(sigma, log_floor / sigma + sigma / 2))
    return sigma, log_floor / sigma + sigma / 2


def _solved(cv: Floats, of: Any) -> Floats:
    """Bisection on the log of sigma: the coefficient of variation grows with it."""
    low = np.full(cv.shape, SMALLEST_SIGMA)
    high = np.full(cv.shape, LARGEST_SIGMA)
    for _ in range(_STEPS):
        middle = np.sqrt(low * high)
        too_large = of(middle) > cv
        high = np.where(too_large, middle, high)
        low = np.where(too_large, low, middle)
    return np.asarray(np.sqrt(low * high))

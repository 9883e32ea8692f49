"""The law through stated percentiles: smooth and monotone between them, straight in normal scores beyond them.

Knows percentiles as floats; nothing of declarations, truncation or tables.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import special

from tcosim.sampling.law import Floats, Law, normal_score

_ITERATIONS = 64


class QuantilesLaw(Law):
    """A curve of value against normal score ``z`` through stated percentiles.

    Between the percentiles it is a monotone cubic in ``z`` (PCHIP slopes inside; at the two outermost percentiles
    the slope of the adjoining chord, because the PCHIP slope can vanish there, which would pile a whole tail up at
    one value). Beyond them it goes on straight, so that a normal is reproduced exactly; towards a stated minimum or
    maximum it bends off exponentially instead and reaches it only at probability 0 or 1. With ``on_log_scale`` the
    same is done with logarithms of the values, so that a lognormal is reproduced exactly.

    Parameters
    ----------
    percentiles : sequence of (probability, value)
        Three or more, rising in both, probabilities inside (0, 1).
    minimum, maximum : float or None
        Ends of the support.
    on_log_scale : bool
        Every value stated is above 0.
    """

    def __init__(
        self,
        percentiles: Sequence[tuple[float, float]],
        minimum: float | None,
        maximum: float | None,
        on_log_scale: bool,
    ) -> None:
        self._log = on_log_scale
        open_low = 0.0 if on_log_scale else -math.inf
        self.support = open_low if minimum is None else minimum, math.inf if maximum is None else maximum
        z = np.asarray(special.ndtri([p for p, _ in percentiles]), dtype=np.float64)
        y = self._scaled(np.array([value for _, value in percentiles], dtype=np.float64))
        chords = np.diff(y) / np.diff(z)
        from scipy.interpolate import CubicHermiteSpline, pchip_interpolate  # 0.2 s, for this family alone

        slopes = np.asarray(pchip_interpolate(z, y, z, der=1), dtype=np.float64)
        slopes[0], slopes[-1] = chords[0], chords[-1]
        self._z, self._y, self._ends = z, y, (float(slopes[0]), float(slopes[-1]))
        inner = CubicHermiteSpline(z, y, slopes).c[::-1]
        first, last = np.zeros((4, 1)), np.zeros((4, 1))
        first[:2, 0], last[:2, 0] = (y[0], slopes[0]), (y[-1], slopes[-1])
        # One cell below the lowest percentile, one above the highest, the cubics between.
        self._cubics = np.ascontiguousarray(np.hstack([first, inner, last]))
        self._origins = np.concatenate([z[:1], z])
        low, high = (float(end) for end in self._scaled(np.array(self.support)))
        self._room = float(y[0]) - low, high - float(y[-1])

    def _scaled(self, values: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return np.log(values) if self._log else values

    def _curve(self, z: Floats) -> Floats:
        cell = self._z.searchsorted(z)
        step = z - self._origins.take(cell, mode="clip")
        y: Floats = self._cubics[3].take(cell, mode="clip")
        for power in (2, 1, 0):
            y *= step
            y += self._cubics[power].take(cell, mode="clip")
        for room, slope, sign, beyond in (
            (self._room[0], self._ends[0], -1.0, 0),
            (self._room[1], self._ends[1], 1.0, len(self._z)),
        ):
            if math.isfinite(room):
                out = np.flatnonzero(cell == beyond)
                left = np.exp(-sign * slope / room * step[out])
                y[out] = self._y[0 if beyond == 0 else -1] + sign * room * (1 - left)
        return y

    def at(self, p: Floats, q: Floats) -> Floats:
        values = self._curve(normal_score(p, q))
        if self._log:
            np.exp(values, out=values)
        low, high = self.support
        np.clip(values, low, high, out=values)
        return values

    def _score(self, x: Floats) -> Floats:
        """Normal score of each value; plus or minus infinity at and beyond the ends of the support."""
        y = self._scaled(np.clip(x, *self.support))
        score = self._inner_score(np.clip(y, self._y[0], self._y[-1]))
        with np.errstate(divide="ignore"):
            for room, slope, sign, k in (
                (self._room[0], self._ends[0], -1.0, 0), (self._room[1], self._ends[1], 1.0, -1)
            ):  # fmt: skip
                out = np.flatnonzero(sign * (y - self._y[k]) > 0)
                beyond = sign * (y[out] - self._y[k])
                score[out] = self._z[k] + sign * (
                    -room / slope * np.log(np.maximum(1 - beyond / room, 0.0))
                    if math.isfinite(room)
                    else beyond / slope
                )
        return score

    def _inner_score(self, y: Floats) -> Floats:
        """Solve the cubic between two percentiles by Newton's method, by bisection where that would leave them."""
        cell = np.clip(self._y.searchsorted(y), 1, len(self._y) - 1)
        c0, c1, c2, c3 = self._cubics[:, cell]
        low, high = np.zeros_like(y), self._z[cell] - self._z[cell - 1]
        step = high * (y - self._y[cell - 1]) / (self._y[cell] - self._y[cell - 1])
        for _ in range(_ITERATIONS):
            excess = ((c3 * step + c2) * step + c1) * step + (c0 - y)
            low, high = np.where(excess < 0, step, low), np.where(excess < 0, high, step)
            with np.errstate(divide="ignore", invalid="ignore"):
                newton = step - excess / ((3 * c3 * step + 2 * c2) * step + c1)
            following = np.where((newton >= low) & (newton <= high), newton, low + (high - low) / 2)
            if np.all(np.abs(following - step) <= 1e-16):
                break
            step = following
        return np.asarray(self._z[cell - 1] + step)

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(special.ndtr(self._score(x)))

    def sf(self, x: Floats) -> Floats:
        return np.asarray(special.ndtr(-self._score(x)))

    def bends(self) -> tuple[float, ...]:
        return tuple(float(z) for z in self._z)

    def edges(self) -> tuple[float, ...]:
        stated = np.exp(self._y) if self._log else self._y
        return tuple(sorted({*super().edges(), *stated.tolist()}))

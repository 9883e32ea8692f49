"""The laws made of parts: observed values, and mixtures of other laws.

Knows laws and weights; nothing of declarations or tables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from tcosim.sampling.law import Floats, Law

Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]

_ALL_BUT_SIGN = np.int64(2**63 - 1)
_NEGLIGIBLE_SHARE = 1e-15
_BINS_PER_VALUE = 8


class EmpiricalLaw(Law):
    """Observed values with weights.

    A value is found through a table of equal bins of probability; only where a bin holds a step (one in eight
    at equal weights) is the step looked for by bisection.
    """

    def __init__(self, values: Floats, weights: Floats) -> None:
        kept = weights > 0
        self._values, where = np.unique(values[kept], return_inverse=True)
        merged = np.asarray(np.bincount(where, weights[kept]), dtype=np.float64)
        total = merged.sum()
        self._weights: Floats = merged / total
        # Summed before they are divided: the second of four equal values ends at a half to the last bit.
        self._below = np.cumsum(merged) / total
        self._below[-1] = 1.0
        self._above = np.append(np.cumsum(merged[:0:-1])[::-1] / total, 0.0)
        self.support = float(self._values[0]), float(self._values[-1])
        self._bins = _BINS_PER_VALUE * len(self._values)
        steps = self._below.searchsorted(np.arange(self._bins + 1) / self._bins)
        self._first = steps[:-1]
        self._settled = steps[1:] == steps[:-1]

    def at(self, p: Floats, q: Floats) -> Floats:
        cell = (p * self._bins).astype(np.intp)
        step = self._first.take(cell, mode="clip")
        open_ = np.flatnonzero(~self._settled.take(cell, mode="clip"))
        step[open_] = self._below.searchsorted(p[open_])
        values: Floats = self._values.take(step, mode="clip")
        return values

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(np.append(0.0, self._below)[self._values.searchsorted(x, side="right")])

    def sf(self, x: Floats) -> Floats:
        return np.asarray(np.append(1.0, self._above)[self._values.searchsorted(x, side="right")])

    def mean(self) -> float:
        return float(np.sum(self._values * self._weights))

    def edges(self) -> tuple[float, ...]:
        return tuple(self._values.tolist())

    def atom(self, x: float) -> float:
        k = int(self._values.searchsorted(x))
        return float(self._weights[k]) if k < len(self._values) and self._values[k] == x else 0.0

    def mass(self, low: float, high: float) -> float:
        return float(self._weights[(self._values >= low) & (self._values <= high)].sum())

    def restricted(self, low: float, high: float) -> Law:
        inside = (self._values >= low) & (self._values <= high)
        return EmpiricalLaw(self._values[inside], self._weights[inside])


class MixtureLaw(Law):
    """One of several laws, by share; its quantiles are found by bisection, so it is drawn through a table.

    Parameters
    ----------
    laws : sequence of Law
    shares : sequence of float
        Above 0; scaled to sum to 1.
    """

    def __init__(self, laws: Sequence[Law], shares: Sequence[float]) -> None:
        total = sum(shares)
        self._parts = tuple((law, share / total) for law, share in zip(laws, shares, strict=True))
        self.support = min(law.support[0] for law in laws), max(law.support[1] for law in laws)

    def at(self, p: Floats, q: Floats) -> Floats:
        quantiles = np.stack([law.at(p, q) for law, _ in self._parts])
        low, high = quantiles.min(axis=0), quantiles.max(axis=0)
        values = np.empty_like(p)
        lower = p <= 0.5
        for side, reached in (
            (lower, lambda x: self.cdf(x) >= p[lower]),
            (~lower, lambda x: self.sf(x) <= q[~lower]),
        ):
            values[side] = _smallest(reached, low[side], high[side])
        return values

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(sum(share * law.cdf(x) for law, share in self._parts))

    def sf(self, x: Floats) -> Floats:
        return np.asarray(sum(share * law.sf(x) for law, share in self._parts))

    def mean(self) -> float:
        return float(sum(share * law.mean() for law, share in self._parts))

    def edges(self) -> tuple[float, ...]:
        return tuple(sorted({edge for law, _ in self._parts for edge in law.edges()}))

    def atom(self, x: float) -> float:
        return sum(share * law.atom(x) for law, share in self._parts)

    def mass(self, low: float, high: float) -> float:
        return sum(share * law.mass(low, high) for law, share in self._parts)

    def restricted(self, low: float, high: float) -> Law:
        whole = self.mass(low, high)
        kept = [
            (law.restricted(low, high), part)
            for law, share in self._parts
            if (part := share * law.mass(low, high)) > _NEGLIGIBLE_SHARE * whole
        ]
        return kept[0][0] if len(kept) == 1 else MixtureLaw(*zip(*kept, strict=True))


def _smallest(reached: Callable[[Floats], Flags], low: Floats, high: Floats) -> Floats:
    """Smallest value in ``[low, high]`` at which `reached` turns true, to the last bit.

    By bisection of the bit patterns: 64 steps settle any bracket, whether it spans a hair or 600 orders of magnitude.
    """
    high = np.where(reached(low), low, high)
    below, above = _ordered(low), _ordered(high)
    while True:
        middle = (below >> 1) + (above >> 1) + (below & above & 1)
        inside = (below < middle) & (middle < above)
        if not inside.any():
            return _value(above)
        enough = reached(_value(middle))
        below, above = np.where(inside & ~enough, middle, below), np.where(inside & enough, middle, above)


def _ordered(x: Floats) -> Integers:
    """Whole numbers in the order of the floats."""
    bits = (x + 0.0).view(np.int64)
    return np.asarray(bits ^ ((bits >> 63) & _ALL_BUT_SIGN))


def _value(ordered: Integers) -> Floats:
    return np.ascontiguousarray(ordered ^ ((ordered >> 63) & _ALL_BUT_SIGN)).view(np.float64)

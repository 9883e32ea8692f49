"""What every distribution can do once it is ready to be drawn from, and how any of them is truncated.

Knows no single family and no declaration; probabilities in, values out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

_QUADRATURE_REACH = 37.0
"""Normal scores beyond this have a probability below 1e-299."""


class Law(ABC):
    """A distribution on the real line.

    Both tails are kept exact by handing over two numbers for one probability: ``p`` (below) and ``q = 1 - p``
    (above). Whichever is the smaller carries the digits.

    Attributes
    ----------
    support : (float, float)
        Smallest and largest value, possibly infinite.
    """

    support: tuple[float, float]

    @abstractmethod
    def at(self, p: Floats, q: Floats) -> Floats:
        """Smallest value with at least ``p`` of the probability at or below it.

        Parameters
        ----------
        p, q : ndarray, shape (n,)
            Probability below and above, ``p + q = 1``, both above 0.

        Returns
        -------
        ndarray, shape (n,)
            A new array, within the support, rising with ``p``.
        """

    @abstractmethod
    def cdf(self, x: Floats) -> Floats:
        """Probability of a value at or below each of ``x``."""

    @abstractmethod
    def sf(self, x: Floats) -> Floats:
        """Probability of a value above each of ``x``; exact in the upper tail."""

    def mean(self) -> float:
        """Return the mean, possibly infinite; by quadrature over normal scores unless a family knows better."""
        edges = np.union1d(np.linspace(-_QUADRATURE_REACH, _QUADRATURE_REACH, 149), self.bends())
        nodes, weights = np.polynomial.legendre.leggauss(20)
        half = np.diff(edges)[:, None] / 2
        z = ((edges[:-1] + edges[1:])[:, None] / 2 + half * nodes).ravel()
        values = self.at(special.ndtr(z), special.ndtr(-z))
        density = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
        mass = (half * weights).ravel() * density
        return float(np.sum(values * mass) / np.sum(mass))

    def bends(self) -> tuple[float, ...]:
        """Normal scores at which the curve is not smooth; the quadrature of the mean stops there."""
        return ()

    def edges(self) -> tuple[float, ...]:
        """Finite values at which the law begins, ends, bends or has a mass of its own, in rising order."""
        return tuple(end for end in self.support if np.isfinite(end))

    def atom(self, x: float) -> float:
        """Probability of exactly ``x``."""
        return 0.0

    def mass(self, low: float, high: float) -> float:
        """Probability of a value from ``low`` to ``high``, both included."""
        ends = np.array([low, high])
        below, above = self.cdf(ends), self.sf(ends)
        inner = below[1] - below[0] if below[0] < 0.5 else above[0] - above[1]
        return float(max(inner, 0.0)) + self.atom(low)

    def restricted(self, low: float, high: float) -> Law:
        """Return the law truncated to ``[low, high]``, which must leave some mass."""
        return Truncated(self, low, high)


class Truncated(Law):
    """A continuous law without what lies outside ``[low, high]``; the rest keeps its shape."""

    def __init__(self, law: Law, low: float, high: float) -> None:
        self._law = law
        self.support = max(law.support[0], low), min(law.support[1], high)
        ends = np.array(self.support)
        below, above = law.cdf(ends), law.sf(ends)
        self._below, self._above = float(below[0]), float(above[1])
        self._mass = law.mass(*self.support)

    def at(self, p: Floats, q: Floats) -> Floats:
        values = self._law.at(self._below + p * self._mass, self._above + q * self._mass)
        return np.clip(values, *self.support, out=values)

    def edges(self) -> tuple[float, ...]:
        low, high = self.support
        ends = {end for end in self.support if np.isfinite(end)}
        return tuple(sorted(ends | {edge for edge in self._law.edges() if low < edge < high}))

    def cdf(self, x: Floats) -> Floats:
        if self._below >= 0.5:
            return 1 - self.sf(x)
        return np.asarray(np.clip((self._law.cdf(x) - self._below) / self._mass, 0.0, 1.0))

    def sf(self, x: Floats) -> Floats:
        if self._below < 0.5 and self._above > 0.5:
            return 1 - self.cdf(x)
        return np.asarray(np.clip((self._law.sf(x) - self._above) / self._mass, 0.0, 1.0))


def normal_score(p: Floats, q: Floats) -> Floats:
    """Quantile of the standard normal, exact in both tails."""
    score = special.ndtri(np.minimum(p, q))
    return np.copysign(score, p - q, out=score)

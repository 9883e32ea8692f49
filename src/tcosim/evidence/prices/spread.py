"""How volatilities differ from series to series, and how much series move together (docs/evidence.md, P2 and P3).

Knows moves and their time steps; knows nothing of drifts, of files or of what a price is for.

Legend: ``n`` series, ``k`` readings of one, ``g`` points of a grid.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from tcosim.evidence.prices.series import MONTHS_PER_YEAR, Floats, PriceSeries

SCALE_POINTS, SCALE_REACH = 61, 3.0
"""Points of the grid of the typical volatility, and its reach in logarithms around the pooled figure."""
DEGREES = np.geomspace(2.0, 200.0, 14)
"""Degrees of freedom of the spread between series: at 200 all are alike to within 5 %; below 2 no mean is left."""
CORRELATIONS = np.linspace(0.0, 0.95, 13)
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
FEWEST_WEIGHT, VALUE_POINTS = 1e-4, 200
"""Points of the grid that hold less are left out; points of the distribution function that is read off."""


@dataclass(frozen=True)
class Spread:
    """Percentiles of something uncertain."""

    p5: float
    p25: float
    p50: float
    p75: float
    p95: float

    @classmethod
    def of(cls, values: Floats, cdf: Floats) -> Spread:
        """From a distribution function on a grid of rising values."""
        rising = np.maximum.accumulate(cdf)
        # a flat stretch of the curve has no inverse: the first value of it counts
        _, first = np.unique(rising, return_index=True)
        return cls(*(float(v) for v in np.interp(LEVELS, rising[first], values[first])))

    @classmethod
    def weighted(cls, values: Floats, weights: Floats) -> Spread:
        """From weights on a grid of rising values; half of a point's weight lies below it."""
        share = weights / weights.sum()
        return cls.of(values, np.cumsum(share) - share / 2)


@dataclass(frozen=True)
class Volatility:
    """What is believed about the volatilities of series.

    Attributes
    ----------
    typical : Spread
        Scale of the spread between series [1/sqrt(year)].
    another : Spread
        Volatility of one more series of the kind.
    of_series : ndarray, shape (n,)
        Of each series, pulled towards the others as far as its own moves are few.
    log_scale_sd : float
        Standard deviation of the logarithm of `typical`.
    """

    typical: Spread
    another: Spread
    of_series: Floats
    log_scale_sd: float


def fit_volatility(
    moves: Sequence[Floats], steps: Sequence[Floats], unchanged_share: float, effective_share: float
) -> Volatility:
    """Posterior on a grid for sigma_j^2 ~ inverse gamma(nu/2, nu s^2/2) over series.

    Parameters
    ----------
    moves, steps : sequences of ndarray, each (k - 1,)
        Moves of the logarithm less their drift, and years that they took.
    unchanged_share : float
        Share of moves that are none: prices posted in steps tell less about their volatility than prices that move
        always.
    effective_share : float
        Effective number of series over their number; the likelihood is taken to this power.
    """
    years = np.array([float(step.sum()) for step in steps])
    realized = np.array([float(np.square(move).sum()) for move in moves]) / years
    uneven = np.array([float(np.square(step).sum()) / float(step.sum()) ** 2 for step in steps])
    relative_variance = (3.0 / (1.0 - unchanged_share) - 1.0) * uneven
    degrees = 2.0 / relative_variance
    pooled = float((realized * years).sum() / years.sum())
    seen = realized[realized > 0]
    smallest = float(seen.min())
    log_scale = np.log(pooled) / 2 + np.linspace(-SCALE_REACH, SCALE_REACH, SCALE_POINTS)
    square, spread = np.exp(2 * log_scale)[:, None, None], DEGREES[None, :, None]
    ratio = np.maximum(realized, smallest)[None, None, :] / square
    exact = _log_f(ratio, degrees[None, None, :], spread)
    # a price that was never seen to move has some volatility below the smallest one seen
    below = np.log(np.maximum(special.fdtr(degrees[None, None, :], spread, ratio), 1e-300))
    likelihood = np.where(realized[None, None, :] > 0, exact, below).sum(axis=2) * effective_share
    weights = np.exp(likelihood - likelihood.max())
    marginal = weights.sum(axis=1)
    share = marginal / marginal.sum()
    center = float((share * log_scale).sum())
    sd = math.sqrt(float((share * np.square(log_scale - center)).sum()))
    scale_square = math.exp(2 * center)
    nu = float((weights.sum(axis=0) * DEGREES).sum() / weights.sum())
    of_series = np.sqrt((degrees * realized + nu * scale_square) / (degrees + nu))
    return Volatility(
        Spread.weighted(np.exp(log_scale), marginal), _another(log_scale, weights), of_series, sd
    )


def _log_f(ratio: Floats, first: Floats, second: Floats) -> Floats:
    """Log density of the logarithm of an F-distributed ratio, up to nothing."""
    half, other = first / 2, second / 2
    return np.asarray(
        half * np.log(first / second * ratio)
        - (half + other) * np.log1p(first / second * ratio)
        - special.betaln(half, other)
    )


def _another(log_scale: Floats, weights: Floats) -> Spread:
    share = weights / weights.sum()
    rows, columns = np.nonzero(share > FEWEST_WEIGHT)
    square, nu = np.exp(2 * log_scale[rows]), DEGREES[columns]
    values = np.geomspace(math.sqrt(square.min()) / 20, math.sqrt(square.max()) * 20, VALUE_POINTS)
    inner = special.gammaincc(nu[:, None] / 2, (nu * square)[:, None] / (2 * values[None, :] ** 2))
    kept = share[rows, columns]
    return Spread.of(values, kept @ inner / kept.sum())


@dataclass(frozen=True)
class Together:
    """How series move together.

    Attributes
    ----------
    market : ndarray, shape (g,)
        Posterior weights of `CORRELATIONS` between any two series in one month.
    group : float
        Share of the rest that series of one group have in common.
    overlap : ndarray, shape (n, n)
        Years that two series have in common.
    same_group : ndarray of bool, shape (n, n)
    """

    market: Floats
    group: float
    overlap: Floats
    same_group: NDArray[np.bool_]

    @property
    def mean(self) -> float:
        return float((self.market * CORRELATIONS).sum())

    def correlation(self, market: float) -> Floats:
        """Correlation of monthly moves for one value of the market's share, shape (n, n)."""
        found = np.where(self.same_group, market + (1 - market) * self.group, market)
        np.fill_diagonal(found, 1.0)
        return found

    @property
    def effective_series(self) -> float:
        """Independent series whose mean is known as well as the mean of these."""
        return float(len(self.overlap) ** 2 / self._shared().sum())

    @property
    def effective_volatilities(self) -> float:
        """Independent series that say as much about volatility: squares are tied by the square of the correlation."""
        return float(len(self.overlap) ** 2 / np.square(self._shared()).sum())

    def _shared(self) -> Floats:
        root = np.sqrt(np.diag(self.overlap))
        return np.asarray(self.correlation(self.mean) * self.overlap / np.outer(root, root))


def fit_together(series: Sequence[PriceSeries], drift: float, volatility: Floats) -> Together:
    """Posterior of the market's share from the months' means, and the groups' share by moments.

    Parameters
    ----------
    series : sequence of PriceSeries
    drift : float
        Of all series together [1/year].
    volatility : ndarray, shape (n,)
    """
    monthly, first, last = _monthly_moves(series, drift)
    monthly *= math.sqrt(MONTHS_PER_YEAR) / volatility[:, None]
    there = np.isfinite(monthly)
    alike, length = _overlaps(there, first, last)
    values = np.where(there, monthly, 0.0)
    overlap = there.astype(float) @ there.T.astype(float) / MONTHS_PER_YEAR
    groups = np.array([one.group for one in series])
    same = groups[:, None] == groups[None, :]
    count, total = there.sum(axis=0), values.sum(axis=0)
    common_square = np.square(total) / np.maximum(count, 1)
    rest = np.square(values).sum(axis=0) - common_square
    several = (count > 1) & (rest > 0)
    n, ratio = count[several], common_square[several] / rest[several]
    shared_part = CORRELATIONS[:, None] * alike[several]
    # The ratio of the common square to the rest is F-distributed whatever the month's own volatility was.
    inflated = (1 + (n - 1) * shared_part) / (1 - shared_part)
    terms = (np.log(inflated) + n * np.log1p(ratio / inflated)) / length[several]
    log_weights = -0.5 * terms.sum(axis=1)
    market = np.exp(log_weights - log_weights.max())
    market /= market.sum()
    products = values @ values.T
    pairs = same & ~np.eye(len(series), dtype=bool) & (overlap > 0)
    shared = float(overlap[pairs].sum()) * MONTHS_PER_YEAR * float(np.average(alike, weights=count))
    inside = float(products[pairs].sum()) / shared if pairs.any() else 0.0
    common = float((market * CORRELATIONS).sum())
    group = min(max((inside - common) / (1 - common), 0.0), CORRELATIONS[-1])
    return Together(market, group, overlap, same)


def _monthly_moves(
    series: Sequence[PriceSeries], drift: float
) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """Moves by month, shape (n, months), NaN outside of a series, and the months in which each began and ended.

    A move over k months stands in each of them, over the root of k: of the variance of a month.
    """
    begin = min(int(one.months[0]) for one in series)
    end = max(int(one.months[-1]) for one in series)
    found = np.full((len(series), end - begin), np.nan)
    first, last = (np.zeros(found.shape, dtype=np.int64) for _ in range(2))
    for k, one in enumerate(series):
        for start, stop, move in zip(one.months[:-1] - begin, one.months[1:] - begin, one.moves, strict=True):
            length = int(stop - start)
            # a price that stood still stays at 0: less a drift, all that stand still would seem to move as one
            rest = move - drift * length / MONTHS_PER_YEAR if move != 0 else 0.0
            found[k, start:stop] = rest / math.sqrt(length)
            first[k, start:stop], last[k, start:stop] = start, stop
    return found, first, last


def _overlaps(
    there: NDArray[np.bool_], first: NDArray[np.int64], last: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """For each month how far the moves of two series cover the same months, and how many months a move takes."""
    alike, length = np.ones(there.shape[1]), np.ones(there.shape[1])
    for month in np.flatnonzero(there.sum(axis=0) > 1):
        start, stop = first[there[:, month], month], last[there[:, month], month]
        took = stop - start
        length[month] = took.mean()
        if took.max() > 1:
            common = np.minimum.outer(stop, stop) - np.maximum.outer(start, start)
            ratio = common / np.sqrt(np.outer(took, took))
            n = len(took)
            alike[month] = (ratio.sum() - n) / (n * (n - 1))
    return alike, length

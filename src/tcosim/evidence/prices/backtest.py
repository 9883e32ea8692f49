"""Forecasts of prices made at past dates, with only what was known then, against what came (docs/evidence.md, P6).

Knows histories, forecasts and scores; reads no file and prints nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tcosim.errors import InputError, Problem
from tcosim.evidence.prices import scores as scoring
from tcosim.evidence.prices.fit import fit_prices
from tcosim.evidence.prices.paths import log_ratios
from tcosim.evidence.prices.quantities import FIELDS, LIBRARY_KEYS, fitted_distributions
from tcosim.evidence.prices.series import Floats, PriceHistory
from tcosim.scenario.distributions import Distribution
from tcosim.scenario.library import Library, default_library

Forecaster = Literal["shipped", "fitted"]
HORIZONS = (3, 6, 12, 24)
FUTURES = 4096
FEWEST_SERIES, FEWEST_MOVES = 3, 12
"""Below this a fit at a past date is not tried; the date is counted."""
BAR = (0.80, 0.97)
"""The 90 % interval is to cover this share: less is too sure of itself, more says nothing."""
BAR_LEVEL = 0.9


@dataclass(frozen=True)
class Windows:
    """Pairs of dates in series, w of them.

    Attributes
    ----------
    series : ndarray of int64
        Position of the series.
    origin : ndarray of int64
        Month in which the forecast is made.
    months : ndarray of int64
        Months ahead.
    move : ndarray of float64
        Logarithm of the price then over the price at the origin.
    """

    series: NDArray[np.int64]
    origin: NDArray[np.int64]
    months: NDArray[np.int64]
    move: Floats


def backtest(
    history: PriceHistory,
    *,
    horizons: Sequence[int] = HORIZONS,
    forecaster: Forecaster = "shipped",
    library: Library | None = None,
    futures: int = FUTURES,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Score the forecasts of a history's prices.

    Parameters
    ----------
    history : PriceHistory
    horizons : sequence of int
        Months ahead, rising.
    forecaster : str
        ``"shipped"``: the distributions of the library as they are. ``"fitted"``: fitted at each date to what was
        known then; what is not fitted is the library's.
    library : Library, optional
    futures, seed : int
    progress : callable, optional
        Called with forecasts made and forecasts to make.

    Returns
    -------
    dict
        As ``tcosim backtest --json`` prints for one file.

    Raises
    ------
    InputError
        If no series is long enough for any horizon, or for any fit.
    """
    found, library = windows_of(history, horizons), library or default_library()
    if not len(found.move):
        raise _too_short(history, horizons)
    if forecaster == "shipped":
        scores, order = _shipped(history, found, horizons, library, futures, seed)
        skipped = 0
    else:
        scores, order, skipped = _fitted(history, found, horizons, library, futures, seed, progress)
    found = Windows(found.series[order], found.origin[order], found.months[order], found.move[order])
    return _summary(history, found, scores, horizons, forecaster, skipped, futures, seed)


def windows_of(history: PriceHistory, horizons: Sequence[int]) -> Windows:
    """All pairs of readings that lie a horizon apart."""
    rows: list[tuple[int, int, int, float]] = []
    for index, one in enumerate(history.series):
        at = {int(month): float(value) for month, value in zip(one.months, one.log_prices, strict=True)}
        rows += [
            (index, month, ahead, at[month + ahead] - value)
            for ahead in horizons
            for month, value in at.items()
            if month + ahead in at
        ]
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    series, origin, months = (table[:, k].astype(np.int64) for k in range(3))
    return Windows(series, origin, months, table[:, 3])


def shipped_distributions(history: PriceHistory, library: Library, name: str) -> dict[str, Distribution]:
    """What the library says of a series: of its own GPU where there is such an entry."""
    keys = list(LIBRARY_KEYS[history.family])
    if history.family == "rental":
        keys[0] = own_drift(name, library) or keys[0]
    return {
        field: library.quantity(key).distribution
        for field, key in zip(FIELDS[history.family], keys, strict=True)
    }


def own_drift(name: str, library: Library) -> str | None:
    """Key of the drift of the GPU that a series names, if the library has one."""
    told = name.lower()
    for key in library.keys():  # noqa: SIM118
        parts = key.split(".")
        is_own = len(parts) == 3 and parts[0] == "gpu" and parts[2] == "price_drift"
        if is_own and all(word in told for word in parts[1].split("-")):
            return key
    return None


def _shipped(
    history: PriceHistory, found: Windows, horizons: Sequence[int], library: Library, futures: int, seed: int
) -> tuple[scoring.Scores, NDArray[np.int64]]:
    drift = [own_drift(one.name, library) if history.family == "rental" else None for one in history.series]
    parts: list[scoring.Scores] = []
    order: list[NDArray[np.int64]] = []
    for key in dict.fromkeys(drift):
        members = [index for index, one in enumerate(drift) if one == key]
        said = shipped_distributions(history, library, history.series[members[0]].name)
        samples = log_ratios(history.family, said, horizons, futures, seed)
        _score_each(found, np.isin(found.series, members), samples, horizons, parts, order)
    return scoring.joined(parts), np.concatenate(order)


def _fitted(
    history: PriceHistory,
    found: Windows,
    horizons: Sequence[int],
    library: Library,
    futures: int,
    seed: int,
    progress: Callable[[int, int], None] | None,
) -> tuple[scoring.Scores, NDArray[np.int64], int]:
    parts: list[scoring.Scores] = []
    order: list[NDArray[np.int64]] = []
    skipped = 0
    unfitted = shipped_distributions(history, library, history.series[0].name)
    origins = np.unique(found.origin).tolist()
    for done, origin in enumerate(origins):
        known = history.until(origin)
        moved = sum(int(np.count_nonzero(one.moves)) for one in known.series)
        moves = sum(len(one.moves) for one in known.series)
        if len(known.series) < FEWEST_SERIES or moves < FEWEST_MOVES or not moved:
            skipped += int((found.origin == origin).sum())
        else:
            said = {**unfitted, **fitted_distributions(fit_prices(known))}
            samples = log_ratios(history.family, said, horizons, futures, seed)
            _score_each(found, found.origin == origin, samples, horizons, parts, order)
        if progress is not None:
            progress(done + 1, len(origins))
    if not parts:
        raise _too_short(history, horizons)
    return scoring.joined(parts), np.concatenate(order), skipped


def _score_each(
    found: Windows,
    chosen: NDArray[np.bool_],
    samples: Floats,
    horizons: Sequence[int],
    parts: list[scoring.Scores],
    order: list[NDArray[np.int64]],
) -> None:
    for row, ahead in enumerate(horizons):
        at = np.flatnonzero(chosen & (found.months == ahead))
        if len(at):
            parts.append(scoring.score(samples[row], found.move[at]))
            order.append(at)


def _too_short(history: PriceHistory, horizons: Sequence[int]) -> InputError:
    longest = max(int(one.months[-1] - one.months[0]) for one in history.series)
    return InputError(
        Problem(
            "FILES",
            f"{history.source} has no series with enough readings for any horizon",
            f"longest series {longest} months, horizons {', '.join(map(str, horizons))}",
            "add readings, or ask for shorter --horizons",
        )
    )


def _summary(
    history: PriceHistory,
    found: Windows,
    scores: scoring.Scores,
    horizons: Sequence[int],
    forecaster: Forecaster,
    skipped: int,
    futures: int,
    seed: int,
) -> dict[str, Any]:
    everything = np.ones(len(found.move), dtype=bool)
    by_horizon = []
    for ahead in horizons:
        chosen = found.months == ahead
        row = _row(history, found, scores, chosen, seed) if chosen.any() else {"windows": 0}
        by_horizon.append({"months": int(ahead), **row})
    by_series = [
        {"series": one.name, **_short_row(scores, found.series == index)}
        for index, one in enumerate(history.series)
        if (found.series == index).any()
    ]
    overall = _row(history, found, scores, everything, seed)
    return {
        "source": history.source,
        "family": history.family,
        "kind": history.kind,
        "forecaster": forecaster,
        "futures": futures,
        "seed": seed,
        "rows": history.rows,
        "series": len(history.series),
        "windows_without_forecast": skipped,
        "findings": [one.what for one in history.findings],
        "bar": list(BAR),
        "verdict": _verdict(overall),
        "overall": overall,
        "horizons": by_horizon,
        "by_series": by_series,
    }


def _row(
    history: PriceHistory, found: Windows, scores: scoring.Scores, chosen: NDArray[np.bool_], seed: int
) -> dict[str, Any]:
    groups = [history.series[index].group for index in found.series[chosen]]
    dates, block = found.origin[chosen], int(found.months[chosen].max())
    weights = scoring.bootstrap_weights(groups, dates, block, seed)
    of_groups, of_dates = scoring.blocks(groups, dates, block)
    coverage = {}
    for row, level in enumerate(scoring.LEVELS):
        value, error = scoring.mean_and_error(scores.covered[row, chosen], weights)
        coverage[f"{100 * level:g}"] = {"value": value, "se": error}
    skill, skill_error = scoring.skill_and_error(scores.crps[chosen], scores.naive[chosen], weights)
    return {
        "windows": int(chosen.sum()),
        "series": len(np.unique(found.series[chosen])),
        "groups": of_groups,
        "date_blocks": of_dates,
        "coverage": coverage,
        "crps": float(scores.crps[chosen].mean()),
        "crps_naive": float(scores.naive[chosen].mean()),
        "skill": skill,
        "skill_se": skill_error,
        "unchanged_share": float((np.abs(found.move[chosen]) < scoring.TIE).mean()),
        "pit": scoring.pit_shares(scores, chosen).tolist(),
    }


def _short_row(scores: scoring.Scores, chosen: NDArray[np.bool_]) -> dict[str, Any]:
    naive = float(scores.naive[chosen].sum())
    return {
        "windows": int(chosen.sum()),
        "coverage": {
            f"{100 * level:g}": float(scores.covered[row, chosen].mean())
            for row, level in enumerate(scoring.LEVELS)
        },
        "skill": 1 - float(scores.crps[chosen].sum()) / naive if naive > 0 else None,
    }


def _verdict(overall: dict[str, Any]) -> dict[str, Any]:
    value = overall["coverage"][f"{100 * BAR_LEVEL:g}"]["value"]
    low, high = BAR
    return {
        "coverage_90": "below" if value < low else "above" if value > high else "inside",
        "better_than_naive": bool(overall["skill"] > 0),
    }

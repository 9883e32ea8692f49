"""The spread of costs over futures: quantiles, the mean of the worst, the regret of a choice.

Knows arrays and the Dataset; knows no words and no files.

Legend: ``n`` futures, ``o`` options.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from tcosim.analysis.counted import chance_above, error_of_all, loss_sketch, sketch_of
from tcosim.analysis.eligible import eligible_columns, eligible_names
from tcosim.analysis.interval import Interval, probability_interval
from tcosim.analysis.saving import expected_saving, savings
from tcosim.results.schema import SCRAMBLES
from tcosim.results.sketch import Sketch, mean_beyond, quantile

TAIL = 0.05
FEWEST_TAILS = 16 * 40
"""Below this many futures a scramble has fewer than two in its tail."""
QUANTILES = (0.05, 0.5, 0.95)
KEYS = ("p5", "p50", "p95")


def cvar(losses: ArrayLike, tail: float = TAIL) -> float:
    """Mean of the worst share of the losses (conditional value at risk, expected shortfall).

    Parameters
    ----------
    losses : array_like, shape (n,)
        Positive is a loss.
    tail : float
        Share of the futures, in (0, 1]; a fraction of a future counts with that fraction.
    """
    array = np.asarray(losses, dtype=float)
    # Rounded, or 0.05 * 20 futures might come out as a hair above one future and take a second one in.
    size = round(tail * len(array), 9)
    whole = max(1, math.ceil(size))
    worst = np.sort(np.partition(array, len(array) - whole)[len(array) - whole :])
    weights = np.ones(whole)
    weights[0] -= max(0.0, whole - size) if size >= 1 else 0.0
    return float(worst @ weights / weights.sum())


def cvar95_loss(dataset: xr.Dataset, option: str) -> float:
    """Mean loss against the baseline in the worst 5 % of the futures [USD]; positive is a loss."""
    counts = loss_sketch(dataset, option)
    return cvar(-savings(dataset, option)) if counts is None else mean_beyond(counts, 0, TAIL)


def var(losses: ArrayLike, tail: float = TAIL) -> float:
    """Loss that is passed with a probability of ``tail`` (value at risk).

    Parameters
    ----------
    losses : array_like, shape (n,)
        Positive is a loss.
    tail : float
        In (0, 1).
    """
    return float(np.quantile(np.asarray(losses, dtype=float), 1 - tail))


def loss_over(dataset: xr.Dataset, option: str, budget_usd: float) -> Interval:
    """Probability that an option costs more than the baseline by more than a budget."""
    losses, counts = -savings(dataset, option), loss_sketch(dataset, option)
    if counts is not None:
        return chance_above(losses, counts, budget_usd)
    passed = losses > budget_usd
    scramble = np.arange(len(passed)) % SCRAMBLES
    futures = np.bincount(scramble, minlength=SCRAMBLES)
    return probability_interval(np.bincount(scramble, passed, SCRAMBLES), futures)


def quantiles(values: ArrayLike, probabilities: Sequence[float] = QUANTILES) -> NDArray[Any]:
    """Quantiles over futures of each option, shape (n, o) -> (len(probabilities), o)."""
    array = np.asarray(values)
    columns = [
        np.quantile(np.ascontiguousarray(array[:, index], dtype=float), probabilities)
        for index in range(array.shape[1])
    ]
    return np.stack(columns, axis=1)


def scramble_error(values: NDArray[Any], statistic: Callable[[NDArray[Any]], float]) -> float | None:
    """Standard error of a statistic of futures, from its spread over the scrambles.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Future ``s`` belongs to scramble ``s % 16``.
    statistic : callable
        Of the values of one scramble.

    Returns
    -------
    float or None
        None with too few futures for a tail in each scramble.
    """
    if len(values) < FEWEST_TAILS:
        return None
    parts = [statistic(values[scramble::SCRAMBLES]) for scramble in range(SCRAMBLES)]
    return float(np.std(parts, ddof=1)) / math.sqrt(SCRAMBLES)


def option_risk(dataset: xr.Dataset) -> dict[str, dict[str, Any] | None]:
    """Saving against the baseline and its bad end, by option; None for the baseline [USD].

    Returns
    -------
    dict
        ``saving_usd``: mean and quantiles; ``var95_loss_usd`` and ``cvar95_loss_usd``, each with its standard error
        (``var95_loss_se_usd``, ...), None where it cannot be told.
    """
    names, baseline = map(str, dataset["option"].values), dataset.attrs["baseline"]
    return {name: None if name == baseline else _risk(dataset, name) for name in names}


def _risk(dataset: xr.Dataset, option: str) -> dict[str, Any]:
    saving, counts = savings(dataset, option), loss_sketch(dataset, option)
    if counts is None:
        spread, tail = _kept_risk(saving)
    else:
        spread, tail = _counted_risk(counts, expected_saving(dataset, option).value)
    found: dict[str, Any] = {"saving_usd": spread}
    for key, statistic in (("var95", var), ("cvar95", cvar)):
        error = scramble_error(-saving, statistic)
        found[f"{key}_loss_usd"] = tail[key]
        found[f"{key}_loss_se_usd"] = error_of_all(
            error, tail[key], len(saving), int(dataset.attrs["samples"])
        )
    return found


def _kept_risk(saving: NDArray[Any]) -> tuple[dict[str, float], dict[str, float]]:
    """Mean and quantiles of the saving, and the bad end of the loss, where every future is kept."""
    spread = dict(zip(KEYS, map(float, np.quantile(saving, QUANTILES)), strict=True))
    return {"mean": float(saving.mean()), **spread}, {"var95": var(-saving), "cvar95": cvar(-saving)}


def _counted_risk(losses: Sketch, mean: float) -> tuple[dict[str, float], dict[str, float]]:
    """The same from counts of the loss by bins."""
    spread = dict(zip(KEYS, map(float, quantile(losses.negated(), 0, QUANTILES)), strict=True))
    tail = {"var95": float(quantile(losses, 0, 1 - TAIL)), "cvar95": mean_beyond(losses, 0, TAIL)}
    return {"mean": mean, **spread}, tail


def option_quantiles(
    dataset: xr.Dataset, variable: Literal["npv", "total"], probabilities: Sequence[float] = QUANTILES
) -> dict[str, dict[str, float]]:
    """Quantiles over all futures of ``npv`` or ``total``, by option: ``{"api": {"p5": ..., ...}}`` [USD]."""
    counts, options = sketch_of(dataset, variable), dataset["option"].values
    if counts is None:
        found = quantiles(dataset[variable].values, probabilities)
    else:
        found = np.stack([quantile(counts, o, probabilities) for o in range(len(options))], axis=1)
    keys = [f"p{100 * probability:g}" for probability in probabilities]
    return {
        str(name): dict(zip(keys, map(float, found[:, index]), strict=True))
        for index, name in enumerate(options)
    }


def expected_regret(means: ArrayLike, npv: ArrayLike) -> NDArray[Any]:
    """Mean cost of each option less the mean of the cheapest in each future, shape (o,).

    Parameters
    ----------
    means : array_like, shape (o,)
        Mean NPV of each option over the same futures as ``npv``.
    npv : array_like, shape (n, o)
    """
    array = np.asarray(npv)
    cheapest = array[:, 0].copy()
    for index in range(1, array.shape[1]):
        np.minimum(cheapest, array[:, index], out=cheapest)
    regret: NDArray[Any] = np.asarray(means, dtype=float) - cheapest.mean()
    return regret


def option_regret(dataset: xr.Dataset) -> dict[str, float | None]:
    """Expected regret over the kept futures, by option [USD]; the lowest is the expected value of perfect
    information. Only eligible options can be regretted or envied: None for what is shut out."""
    npv = eligible_columns(dataset, dataset["npv"].values)
    means = np.array([np.ascontiguousarray(npv[:, index]).mean() for index in range(npv.shape[1])])
    found = expected_regret(means, npv)
    regret = dict(zip(eligible_names(dataset), map(float, found), strict=True))
    return {str(name): regret.get(str(name)) for name in dataset["option"].values}

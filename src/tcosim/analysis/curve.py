"""The figures of a curve over volumes in one dictionary: probabilities, savings, and where they cross.

Knows the Dataset of a curve; knows nothing of simulating, of files or of words.

Legend: ``v`` volumes, ``k`` scrambles, ``o`` options.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from tcosim.analysis.crossing import MONEY, PROBABILITY, Level, Line, cliffs, level_of
from tcosim.analysis.decision import LIKELY, UNLIKELY, decide, verdicts
from tcosim.analysis.eligible import eligible
from tcosim.analysis.interval import FEWEST_FUTURES, Interval, mean_interval, probability_interval
from tcosim.analysis.unit_cost import usd_per_million_tokens
from tcosim.results.schema import SELF_HOSTED

EVEN = 0.5
LEVELS = (UNLIKELY, EVEN, LIKELY)
SAME_VOLUME = 1e-9

KEYS = (
    *("schema_version", "tcosim_version", "seed", "samples", "months", "baseline", "scenario_name"),
    *("scenario_sha256", "library_sha256", "planned_tokens_per_month"),
)


def summarize_curve(dataset: xr.Dataset) -> dict[str, Any]:
    """Summarize a curve over volumes.

    Parameters
    ----------
    dataset : xarray.Dataset
        What `tcosim.studies.curve.curve` returns.

    Returns
    -------
    dict
        Plain numbers, strings, lists and None: the attributes of the Dataset; ``volumes``, one entry each with the
        figures of every option; ``options``, where each crosses 10, 50 and 90 % and where its expected saving
        crosses 0; ``best_self_hosted``, the same for the eligible self-hosted option with the lowest mean NPV at each
        volume; ``decision``. ``verdict``, of a volume: what the interval of the best self-hosted option's probability
        supports, ``"buy"``, ``"bet"``, ``"self_host"`` or ``"cannot be told"``. An interval is None where nothing can
        be said, an end of it where it is open.
    """
    figures = _Figures.of(dataset)
    best = figures.best()
    return {
        **{key: _plain(dataset.attrs[key]) for key in KEYS},
        "decision": _decision(figures, best),
        "best_self_hosted": None if best is None else _crossings(figures.volumes, best.chance, best.saving),
        "options": [
            {
                "name": name,
                "kind": figures.kinds[o],
                "eligible": bool(figures.eligible[o]),
                **_crossings(figures.volumes, *figures.lines(o)),
            }
            for o, name in enumerate(figures.names)
            if o != figures.baseline
        ],
        "volumes": [
            {**_at_volume(dataset, figures, best, index), "verdict": verdict}
            for index, verdict in enumerate(
                [None] * len(figures.volumes) if best is None else verdicts(best.chance)
            )
        ],
    }


@dataclass(frozen=True)
class _Best:
    """The eligible self-hosted option with the lowest mean NPV at each volume: index, shape (v,), and curves."""

    option: NDArray[Any]
    chance: Line
    saving: Line


@dataclass(frozen=True)
class _Figures:
    """Sums and counts as arrays; intervals by volume and option."""

    names: list[str]
    kinds: list[str]
    eligible: NDArray[np.bool_]  # (o,)
    baseline: int
    volumes: list[float]
    mean_npv: NDArray[Any]  # (v, o)
    chances: list[list[Interval]]
    savings: list[list[Interval]]
    npvs: list[list[Interval]]
    cheapest: list[list[Interval]]
    chance_without: NDArray[Any]  # (k, v, o)
    npv_without: NDArray[Any]  # (k, v, o)

    @classmethod
    def of(cls, dataset: xr.Dataset) -> _Figures:
        names = [str(name) for name in dataset["option"].values]
        baseline = names.index(str(dataset.attrs["baseline"]))
        futures = dataset["scramble_futures"].values.astype(float)
        hits, wins, npv = (
            dataset[name].transpose("volume", "scramble", "option").values.astype(float)
            for name in ("scramble_beats", "scramble_cheapest", "scramble_npv_sum")
        )
        rest = np.maximum(futures.sum() - futures, 1.0)[
            :, None, None
        ]  # one future alone leaves none without it

        def without(sums: NDArray[Any]) -> NDArray[Any]:
            left: NDArray[Any] = (sums.sum(axis=1, keepdims=True) - sums).transpose(1, 0, 2) / rest
            return left

        return cls(
            names,
            [str(kind) for kind in dataset["kind"].values],
            eligible(dataset),
            baseline,
            [float(volume) for volume in dataset["volume"].values],
            npv.sum(axis=1) / futures.sum(),
            _grid(hits, futures, probability_interval),
            _grid(npv[:, :, baseline, None] - npv, futures, _mean),
            _grid(npv, futures, _mean),
            _grid(wins, futures, probability_interval),
            without(hits),
            without(npv),
        )

    def lines(self, option: int) -> tuple[Line, Line]:
        """Curves of the probability and of the expected saving of one option."""
        chance, saving = ([row[option] for row in rows] for rows in (self.chances, self.savings))
        npv = self.npv_without
        smooth = np.zeros(len(self.volumes) - 1, dtype=bool)
        return (
            _line(chance, self.chance_without[:, :, option], cliffs(np.array([one.value for one in chance]))),
            _line(saving, npv[:, :, self.baseline] - npv[:, :, option], smooth),
        )

    def best(self) -> _Best | None:
        """Choose anew at each volume, and anew without each scramble."""
        hosted = self.columns(self_hosted=True)
        if not len(hosted):
            return None
        option = hosted[self.mean_npv[:, hosted].argmin(axis=1)]
        other = hosted[self.npv_without[:, :, hosted].argmin(axis=2)]  # (k, v)
        chance = [row[o] for row, o in zip(self.chances, option, strict=True)]
        saving = [row[o] for row, o in zip(self.savings, option, strict=True)]
        chance_without, npv_without = (
            np.take_along_axis(array, other[:, :, None], axis=2)[:, :, 0]
            for array in (self.chance_without, self.npv_without)
        )
        # Where another option takes over, the probability jumps at a volume that nobody simulated.
        changes = np.diff(option) != 0
        jumps = changes | cliffs(np.array([one.value for one in chance]))
        return _Best(
            option,
            _line(chance, chance_without, jumps),
            _line(saving, self.npv_without[:, :, self.baseline] - npv_without, np.zeros_like(changes)),
        )

    def cheapest_bought(self) -> list[str]:
        """Return at each volume the cheapest in expectation of the eligible options that are not self-hosted."""
        bought = self.columns(self_hosted=False)
        return [self.names[int(o)] for o in bought[self.mean_npv[:, bought].argmin(axis=1)]]

    def cheapest_expected(self, index: int) -> int:
        """Eligible option with the lowest mean NPV at a volume."""
        return int(np.where(self.eligible, self.mean_npv[index], np.inf).argmin())

    def columns(self, *, self_hosted: bool) -> NDArray[Any]:
        """Indices of the eligible options that are, or are not, self-hosted.

        The baseline is never one of the first; it counts as bought where nothing that is bought is eligible.
        """
        hosted = np.isin(self.kinds, SELF_HOSTED)
        hosted[self.baseline] = False
        return np.flatnonzero(self.eligible & (hosted == self_hosted))


def _grid(sums: NDArray[Any], futures: NDArray[Any], interval: Any) -> list[list[Interval]]:
    """Interval of each volume and option, from (v, k, o)."""
    return [[interval(point[:, o], futures) for o in range(point.shape[1])] for point in sums]


def _mean(sums: NDArray[Any], futures: NDArray[Any]) -> Interval:
    if futures.sum() < FEWEST_FUTURES:
        return Interval(float(sums.sum() / futures.sum()), math.nan, math.nan, "none")
    return mean_interval(sums, futures)


def _line(points: list[Interval], without: NDArray[Any], unresolved: NDArray[Any]) -> Line:
    values, low, high = (np.array([getattr(one, end) for one in points]) for end in ("value", "low", "high"))
    return Line(values, low, high, without, unresolved)


def _crossings(volumes: list[float], chance: Line, saving: Line) -> dict[str, Any]:
    return {
        "probability_levels": [
            _level(level_of(volumes, chance, level, PROBABILITY), "level") for level in LEVELS
        ],
        "break_even": _level(level_of(volumes, saving, 0.0, MONEY), "saving_usd"),
    }


def _level(found: Level, name: str) -> dict[str, Any]:
    return {
        name: found.level,
        "side": found.side,
        "sure": found.sure,
        "crossings": [
            {"tokens_per_month": one.volume, "ci95": [one.low, one.high], "rises": one.rises}
            for one in found.crossings
        ],
    }


def _decision(figures: _Figures, best: _Best | None) -> dict[str, Any] | None:
    if best is None:
        return None
    unlikely, likely = (
        level_of(figures.volumes, best.chance, level, PROBABILITY) for level in (UNLIKELY, LIKELY)
    )
    return decide(
        figures.volumes,
        best.chance,
        unlikely,
        likely,
        figures.cheapest_bought(),
        [figures.names[int(o)] for o in best.option],
    )


def _at_volume(dataset: xr.Dataset, figures: _Figures, best: _Best | None, index: int) -> dict[str, Any]:
    volume, planned = figures.volumes[index], float(dataset.attrs["planned_tokens_per_month"])
    return {
        "tokens_per_month": volume,
        "is_planned": math.isclose(volume, planned, rel_tol=SAME_VOLUME),
        "cheapest_expected": figures.names[figures.cheapest_expected(index)],
        "cheapest_bought": figures.cheapest_bought()[index],
        "best_self_hosted": None if best is None else figures.names[int(best.option[index])],
        "options": [_option(dataset, figures, index, o) for o in range(len(figures.names))],
    }


def _option(dataset: xr.Dataset, figures: _Figures, index: int, o: int) -> dict[str, Any]:
    chance, saving = figures.chances[index][o], figures.savings[index][o]
    npv, cheapest = figures.npvs[index][o], figures.cheapest[index][o]
    load = float(dataset["mean_utilization"].values[index, o])
    total, tokens = dataset["mean_total"].values[index, o], dataset["mean_tokens"].values[index]
    figures_against_baseline = {
        "probability_beats_baseline": chance.value,
        "probability_beats_baseline_ci95": _bounds(chance),
        "expected_saving_usd": saving.value,
        "expected_saving_ci95_usd": _bounds(saving),
        "odds_and_mean": odds_and_mean(chance, saving),
    }
    if o == figures.baseline:
        figures_against_baseline = dict.fromkeys(figures_against_baseline)
    return {
        "name": figures.names[o],
        "kind": figures.kinds[o],
        "eligible": bool(figures.eligible[o]),
        **figures_against_baseline,
        "probability_cheapest": cheapest.value if figures.eligible[o] else None,
        "probability_cheapest_ci95": _bounds(cheapest) if figures.eligible[o] else None,
        "mean_npv_usd": npv.value,
        "mean_npv_ci95_usd": _bounds(npv),
        "usd_per_million_tokens": usd_per_million_tokens(float(total), float(tokens)),
        "utilization": None if math.isnan(load) else load,
    }


def odds_and_mean(chance: Interval, saving: Interval) -> str:
    """Whether "wins in more than half of the futures" and "saves on average" say the same.

    Returns
    -------
    str
        ``"agree"`` or ``"disagree"`` if both intervals are clear of their threshold, else ``"cannot be told"``.
    """
    odds = 1 if chance.low > EVEN else -1 if chance.high < EVEN else 0
    mean = 1 if saving.low > 0 else -1 if saving.high < 0 else 0
    if odds * mean == 0:
        return "cannot be told"
    return "agree" if odds == mean else "disagree"


def _bounds(interval: Interval) -> list[float] | None:
    return None if math.isnan(interval.low) else [interval.low, interval.high]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value

"""Sums over all futures that do not depend on blocks, threads or their order of completion.

Futures are summed in groups of `LANES`, groups are added in order. Knows arrays, not what they mean for a decision.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tcosim.engine.block import Block
from tcosim.engine.pack import Floats
from tcosim.kernels.layout import LANES

SCRAMBLES = 16


@dataclass(frozen=True)
class GroupSums:
    """Sums over each group of a block; g groups, o options, k fleets.

    Attributes
    ----------
    components : ndarray, shape (g, o, c)
        Options in the kernels' order; in that of the scenario everywhere else.
    total : ndarray, shape (g, o)
    use : ndarray, shape (g, k, u)
    tokens : ndarray, shape (g,)
    futures, npv, beats, cheapest : ndarray, shapes (g, 16) and (g, 16, o)
        By scramble; counts are integers.
    paid_back : ndarray of int, shape (16, o, m)
        Futures of each scramble that pay back in each month, over the whole block.
    """

    components: Floats
    total: Floats
    use: Floats
    tokens: Floats
    futures: NDArray[np.int64]
    npv: Floats
    beats: NDArray[np.int64]
    cheapest: NDArray[np.int64]
    paid_back: NDArray[np.int64]


def _by_group(array: Floats, count: int) -> Floats:
    """Sum over futures (last axis) within each group, groups first; futures from `count` on are padding."""
    groups = -(-count // LANES)
    sums = [array[..., g * LANES : min((g + 1) * LANES, count)].sum(axis=-1) for g in range(groups)]
    return np.stack(sums)


def _by_scramble(array: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Sum of (o, n) by scramble within each group: (g, 16, o); a group starts at a multiple of 16."""
    options = array.shape[0]
    groups = -(-count // LANES)
    kept = np.where(np.arange(groups * LANES) < count, array[:, : groups * LANES], 0.0)
    sums: NDArray[np.float64] = kept.reshape(options, groups, LANES // SCRAMBLES, SCRAMBLES).sum(axis=2)
    return sums.transpose(1, 2, 0)


def payback_months(cumulated: Floats, of_baseline: Floats) -> NDArray[np.int64]:
    """First month at whose end an option has cost less than the baseline, for good; the horizon if never.

    Parameters
    ----------
    cumulated, of_baseline : ndarray, shape (n, m)
        Present value of all costs up to the end of each month.

    Returns
    -------
    ndarray of int, shape (n,)
        From 0; m where the option does not cost less at the end.
    """
    behind = cumulated >= of_baseline
    months = behind.shape[1]
    since = np.argmax(behind[:, ::-1], axis=1)  # months from the end to the last one behind
    return np.where(behind.any(axis=1), months - since, 0)


def _paid_back(cumulated: Floats, beats: NDArray[np.bool_], baseline: int, count: int) -> NDArray[np.int64]:
    """Futures that pay back in each month, by scramble: (16, o, m)."""
    n_options, _, months = cumulated.shape
    scramble = np.arange(count) % SCRAMBLES
    found = np.zeros((SCRAMBLES, n_options, months), np.int64)
    for option in range(n_options):
        if option == baseline:
            continue
        month = payback_months(cumulated[option, :count], cumulated[baseline, :count])
        # the sum of the components decides who wins; rounding of the months' sum must not contradict it
        month = np.minimum(month, months - 1)[beats[option, :count]]
        places = scramble[beats[option, :count]] * months + month
        found[:, option] = np.bincount(places, minlength=SCRAMBLES * months).reshape(SCRAMBLES, months)
    return found


def group_sums(
    block: Block,
    order: NDArray[np.int64],
    npv: Floats,
    total: Floats,
    baseline: int,
    count: int,
    *,
    eligible: NDArray[np.bool_],
) -> GroupSums:
    """Sum a block's first `count` futures by group.

    Parameters
    ----------
    order : ndarray of int, shape (o,)
        Place of each option of the scenario in the block.
    npv, total : ndarray, shape (o, n)
        Present value and nominal cost, options in the order of the scenario.
    baseline : int
        The option to beat.
    eligible : ndarray of bool, shape (o,)
        Options that may be the cheapest.
    """
    beats = npv < npv[baseline]
    choice = npv if eligible.all() else np.where(eligible[:, None], npv, np.inf)
    cheapest = np.arange(npv.shape[0])[:, None] == np.argmin(choice, axis=0)
    return GroupSums(
        components=_by_group(block.components, count),
        total=_by_group(total, count),
        use=_by_group(block.use, count),
        tokens=_by_group(block.tokens.sum(axis=1), count),
        futures=_by_scramble(np.ones((1, npv.shape[1])), count)[..., 0].astype(np.int64),
        npv=_by_scramble(npv, count),
        beats=_by_scramble(beats.astype(np.float64), count).astype(np.int64),
        cheapest=_by_scramble(cheapest.astype(np.float64), count).astype(np.int64),
        paid_back=_paid_back(block.cumulated[order], beats, baseline, count),
    )


class Totals:
    """Running sums of `GroupSums`, added group by group in order of the futures."""

    def __init__(self, n_options: int, n_components: int, n_fleets: int, n_use: int, n_months: int) -> None:
        self.components = np.zeros((n_options, n_components))
        self.total = np.zeros(n_options)
        self.use = np.zeros((n_fleets, n_use))
        self.tokens = np.zeros(())
        self.futures = np.zeros(SCRAMBLES, np.int64)
        self.npv = np.zeros((SCRAMBLES, n_options))
        self.beats = np.zeros((SCRAMBLES, n_options), np.int64)
        self.cheapest = np.zeros((SCRAMBLES, n_options), np.int64)
        self.paid_back = np.zeros((SCRAMBLES, n_options, n_months), np.int64)

    def add(self, sums: GroupSums) -> None:
        """Add the groups of the next block."""
        self.paid_back += sums.paid_back
        for g in range(sums.total.shape[0]):
            self.components += sums.components[g]
            self.total += sums.total[g]
            self.use += sums.use[g]
            self.tokens += sums.tokens[g]
            self.futures += sums.futures[g]
            self.npv += sums.npv[g]
            self.beats += sums.beats[g]
            self.cheapest += sums.cheapest[g]

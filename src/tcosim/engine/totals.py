"""Sums over futures that do not depend on blocks, threads, machines or their order of completion.

Futures are summed in groups of `LANES`; sums of two neighbouring groups are added to that of the pair, pairs to fours,
and so on, whenever both are there: the order of every addition is given by the futures' numbers alone. Counts are
whole numbers, whose order does not matter. Knows arrays, not what they mean for a decision.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.engine.block import Block
from tcosim.engine.pack import Floats
from tcosim.kernels.layout import LANES
from tcosim.results.schema import SCRAMBLES

Counts = NDArray[np.int64]


@dataclass
class Totals:
    """Sums over any set of whole groups of futures; o options, c components, k fleets, u figures of use, m months.

    Attributes
    ----------
    shape : tuple of int
        o, c, k, u, m.
    nodes : dict of (int, int) to ndarray, shape (f,)
        Sums of the futures of 2^level groups, from group index * 2^level on, by (level, index).
        No two that could be added are there.
    counts : ndarray of int, shape (n,)
    """

    shape: tuple[int, int, int, int, int]
    nodes: dict[tuple[int, int], Floats] = field(default_factory=dict)
    counts: Counts = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        if not self.counts.size:
            self.counts = np.zeros(sum(map(_size, self._count_shapes().values())), np.int64)

    @property
    def sums_length(self) -> int:
        """Figures of a node, f."""
        return sum(map(_size, self._sum_shapes().values()))

    def _sum_shapes(self) -> dict[str, tuple[int, ...]]:
        o, c, k, u, _ = self.shape
        return {"components": (o, c), "total": (o,), "use": (k, u), "tokens": (), "npv": (SCRAMBLES, o)}

    def _count_shapes(self) -> dict[str, tuple[int, ...]]:
        o, *_, m = self.shape
        by_option = (SCRAMBLES, o)
        return {
            "futures": (SCRAMBLES,), "beats": by_option, "cheapest": by_option, "paid_back": (*by_option, m),
        }  # fmt: skip

    def add_node(self, key: tuple[int, int], sums: Floats) -> None:
        """Add the sums of 2^level groups that are not in yet."""
        level, index = key
        while (sibling := self.nodes.pop((level, index ^ 1), None)) is not None:
            sums = sums + sibling  # of two numbers, so that their order does not matter
            level, index = level + 1, index >> 1
        self.nodes[level, index] = sums

    def add(self, other: Totals) -> None:
        """Add the sums over other futures."""
        for key, sums in other.nodes.items():
            self.add_node(key, sums)
        self.counts = self.counts + other.counts

    def _sum(self, name: str) -> Floats:
        where, shape = _place(self._sum_shapes(), name)
        found = np.zeros(_size(shape))
        for _, sums in sorted(self.nodes.items(), key=lambda node: node[0][1] << node[0][0]):
            found += sums[where]
        return found.reshape(shape)

    def _count(self, name: str) -> Counts:
        where, shape = _place(self._count_shapes(), name)
        return self.counts[where].reshape(shape)

    @property
    def components(self) -> Floats:
        """Present value by option (in the kernels' order) and component, shape (o, c) [USD]."""
        return self._sum("components")

    @property
    def total(self) -> Floats:
        """Nominal cost by option (in the scenario's order here and below), shape (o,) [USD]."""
        return self._sum("total")

    @property
    def use(self) -> Floats:
        """Figures of use by fleet, shape (k, u)."""
        return self._sum("use")

    @property
    def tokens(self) -> Floats:
        """Tokens over the horizon, shape ()."""
        return self._sum("tokens")

    @property
    def npv(self) -> Floats:
        """Present value by scramble and option, shape (16, o) [USD]."""
        return self._sum("npv")

    @property
    def futures(self) -> Counts:
        """Futures of each scramble, shape (16,)."""
        return self._count("futures")

    @property
    def beats(self) -> Counts:
        """Futures in which an option costs less than the baseline, shape (16, o)."""
        return self._count("beats")

    @property
    def cheapest(self) -> Counts:
        """Futures in which an option is the cheapest eligible one, shape (16, o)."""
        return self._count("cheapest")

    @property
    def paid_back(self) -> Counts:
        """Futures that pay back in each month, shape (16, o, m)."""
        return self._count("paid_back")


def _size(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape, dtype=np.int64))


def _place(shapes: dict[str, tuple[int, ...]], name: str) -> tuple[slice, tuple[int, ...]]:
    """Where a figure stands in the vector of all."""
    before = 0
    for other, shape in shapes.items():
        if other == name:
            return slice(before, before + _size(shape)), shape
        before += _size(shape)
    raise KeyError(name)


def _by_group(array: Floats, count: int) -> Floats:
    """Sum over futures (last axis) within each group: (g, everything else); futures from `count` on are padding."""
    groups = -(-count // LANES)
    sums = [array[..., g * LANES : min((g + 1) * LANES, count)].sum(axis=-1) for g in range(groups)]
    return np.stack(sums).reshape(groups, -1)


def _by_scramble(array: NDArray[Any], count: int) -> Floats:
    """Sum of (o, n) by scramble within each group: (g, 16, o); a group starts at a multiple of 16."""
    options = array.shape[0]
    groups = -(-count // LANES)
    kept = np.where(np.arange(groups * LANES) < count, array[:, : groups * LANES], 0)
    sums: Floats = kept.reshape(options, groups, LANES // SCRAMBLES, SCRAMBLES).sum(axis=2)
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


def block_totals(
    first: int,
    block: Block,
    order: NDArray[np.int64],
    npv: Floats,
    total: Floats,
    baseline: int,
    count: int,
    *,
    eligible: NDArray[np.bool_],
) -> Totals:
    """Sum a block's first `count` futures.

    Parameters
    ----------
    first : int
        First future of the block, a multiple of `LANES`.
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
    sums = (
        _by_group(block.components, count),
        _by_group(total, count),
        _by_group(block.use, count),
        _by_group(block.tokens.sum(axis=1), count),
        _by_scramble(npv, count).reshape(-(-count // LANES), -1),
    )
    counts = (
        _by_scramble(np.ones((1, npv.shape[1]), np.int64), count)[..., 0].sum(axis=0),
        _by_scramble(beats, count).sum(axis=0),
        _by_scramble(cheapest, count).sum(axis=0),
        _paid_back(block.cumulated[order], beats, baseline, count),
    )
    of_block = Totals(
        (npv.shape[0], block.components.shape[1], *block.use.shape[:2], block.cumulated.shape[2]),
        counts=np.concatenate([part.ravel() for part in counts]),
    )
    for index, group in enumerate(np.concatenate(sums, axis=1), start=first // LANES):
        of_block.add_node((0, index), group)
    return of_block

"""What a run keeps of single futures.

Knows arrays and a packing; nothing of what is asked of them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tcosim.engine.block import Block
from tcosim.engine.pack import Floats, Packing
from tcosim.kernels.layout import U
from tcosim.results.schema import COST_FUTURES, KEPT_FUTURES

Singles = NDArray[np.float32]


@dataclass
class Kept:
    """Futures in a row one by one, as far as they belong to the first `KEPT_FUTURES` of the run.

    Attributes
    ----------
    first : int
    npv : ndarray of float64, shape (futures, o)
    total, utilization : ndarray of float32, shape (futures, o)
    inputs : ndarray of float32, shape (futures, d)
    costs, cumulated : ndarray of float32, shape (o, m, monthly futures)
        Of the first `COST_FUTURES` of the run.
    tokens : ndarray of float32, shape (m, monthly futures)
    """

    first: int
    npv: Floats
    total: Singles
    utilization: Singles
    inputs: Singles
    costs: Singles
    cumulated: Singles
    tokens: Singles

    @classmethod
    def empty(cls, first: int, end: int, options: int, months: int, inputs: int) -> Kept:
        """Room for futures from first to end - 1; the system gives memory for what is written alone."""
        futures, monthly = (max(min(end, most) - first, 0) for most in (KEPT_FUTURES, COST_FUTURES))
        return cls(
            first=first,
            npv=np.empty((futures, options)),
            total=np.empty((futures, options), np.float32),
            utilization=np.full((futures, options), np.nan, np.float32),
            inputs=np.empty((futures, inputs), np.float32),
            costs=np.empty((options, months, monthly), np.float32),
            cumulated=np.empty((options, months, monthly), np.float32),
            tokens=np.empty((months, monthly), np.float32),
        )

    def arrays(self, first: int, end: int) -> dict[str, NDArray[np.floating]]:
        """Views on what is kept of the futures from first to end - 1."""
        where = slice(max(first - self.first, 0), max(end - self.first, 0))
        return {
            one.name: getattr(self, one.name)[where if one.name in OF_A_FUTURE else (..., where)]
            for one in fields(self)
            if one.name != "first"
        }

    def put(self, other: Kept) -> None:
        """Copy what another one keeps to its place; nothing is copied of futures that lie elsewhere."""
        end = other.first + max(other.npv.shape[0], other.tokens.shape[1])
        for name, there in self.arrays(other.first, end).items():
            there[:] = getattr(other, name)


OF_A_FUTURE = ("npv", "total", "utilization", "inputs")
"""Arrays with the futures first; they are last in the others."""


def kept_of_block(
    first: int, count: int, values: Floats, block: Block, npv: Floats, total: Floats, packing: Packing
) -> Kept:
    """Copy what is to be kept of a block's first `count` futures; options of npv and total as in the scenario."""
    months = block.costs.shape[2]
    kept = Kept.empty(first, first + count, len(packing.order), months, values.shape[0])
    if n := kept.npv.shape[0]:
        kept.npv[:] = npv[:, :n].T
        kept.total[:] = total[:, :n].T
        kept.inputs[:] = values[:, :n].T
        for option, k in packing.fleet_of.items():
            kept.utilization[:, option] = ratio(
                block.use[k, U.busy_replica_hours, :n], block.use[k, U.paid_replica_hours, :n]
            )
    if n := kept.tokens.shape[1]:
        for option, at in enumerate(packing.order):
            kept.costs[option] = block.costs[at, :n].T
            kept.cumulated[option] = block.cumulated[at, :n].T
        kept.tokens[:] = block.tokens[:n].T
    return kept


def ratio(above: Floats, below: Floats) -> Floats:
    """`above / below`, 0 where nothing was paid (a fleet that never launches)."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)

"""What a run keeps of single futures, and how their monthly figures become quantiles.

Knows arrays and a packing; nothing of what is asked of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tcosim.engine.block import Block
from tcosim.engine.pack import Floats, Packing
from tcosim.kernels.layout import U
from tcosim.results.schema import COST_FUTURES, KEPT_FUTURES
from tcosim.scenario.models import Scenario

Singles = NDArray[np.float32]


@dataclass
class Kept:
    """The first `KEPT_FUTURES` one by one, and the monthly figures of the first `COST_FUTURES`.

    Attributes
    ----------
    npv : ndarray of float64, shape (futures, o)
    total, utilization : ndarray of float32, shape (futures, o)
    inputs : ndarray of float32, shape (futures, d)
    costs, cumulated : ndarray of float32, shape (o, m, monthly futures)
    tokens : ndarray of float32, shape (m, monthly futures)
    """

    npv: Floats
    total: Singles
    utilization: Singles
    inputs: Singles
    costs: Singles
    cumulated: Singles
    tokens: Singles

    @classmethod
    def empty(cls, most: int, scenario: Scenario, n_inputs: int) -> Kept:
        """Room for a run of at most so many futures; the system gives memory for what is written alone."""
        futures, monthly = min(most, KEPT_FUTURES), min(most, COST_FUTURES)
        options, months = len(scenario.options), scenario.months
        return cls(
            npv=np.empty((futures, options)),
            total=np.empty((futures, options), np.float32),
            utilization=np.full((futures, options), np.nan, np.float32),
            inputs=np.empty((futures, n_inputs), np.float32),
            costs=np.empty((options, months, monthly), np.float32),
            cumulated=np.empty((options, months, monthly), np.float32),
            tokens=np.empty((months, monthly), np.float32),
        )

    def keep(
        self,
        first: int,
        count: int,
        values: Floats,
        block: Block,
        npv: Floats,
        total: Floats,
        packing: Packing,
    ) -> None:
        """Copy what is to be kept of a block; blocks write to places of their own, so threads need no lock."""
        n = max(min(count, self.npv.shape[0] - first), 0)
        if n > 0:
            where = slice(first, first + n)
            self.npv[where] = npv[:, :n].T
            self.total[where] = total[:, :n].T
            self.inputs[where] = values[:, :n].T
            for option, k in packing.fleet_of.items():
                self.utilization[where, option] = ratio(
                    block.use[k, U.busy_replica_hours, :n], block.use[k, U.paid_replica_hours, :n]
                )
        n = max(min(count, self.tokens.shape[1] - first), 0)
        if n > 0:
            for option, at in enumerate(packing.order):
                self.costs[option, :, first : first + n] = block.costs[at, :n].T
                self.cumulated[option, :, first : first + n] = block.cumulated[at, :n].T
            self.tokens[:, first : first + n] = block.tokens[:n].T


def ratio(above: Floats, below: Floats) -> Floats:
    """`above / below`, 0 where nothing was paid (a fleet that never launches)."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)

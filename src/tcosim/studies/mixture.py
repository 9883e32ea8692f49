"""Mixtures of two scenarios, simulated with the same points: a common input takes the same value in all of them.

Knows scenarios and the engine; knows nothing of what is asked of the savings.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tcosim.errors import InputError
from tcosim.sampling.copula import build_copula
from tcosim.sampling.families import law_of
from tcosim.scenario.correlation import Correlation
from tcosim.scenario.difference import Difference, Pairs, stated_pairs, uncertain_names
from tcosim.scenario.models import Scenario
from tcosim.scenario.uncertain import Uncertain

if TYPE_CHECKING:
    from distributed import Client

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]

BATCH_BYTES = 2e8
"""Present values that are held at a time."""


@dataclass(frozen=True)
class CommonPoints:
    """How the points of a future become the inputs of any mixture of two scenarios.

    Attributes
    ----------
    columns : dict of str to int
        Dimension of each input of either scenario, by name.
    pairs : dict
        Every pair of inputs that either scenario correlates.
    """

    columns: dict[str, int]
    pairs: Pairs

    @property
    def dimensions(self) -> int:
        return 1 + max(self.columns.values(), default=-1)


def common_points(a: Scenario, b: Scenario, found: Sequence[Difference]) -> CommonPoints:
    """Give every input of two scenarios a dimension of the points, those of A first and in its order.

    An input that only B has takes the dimension of one that only A has, if both fill the same field: they are never
    in the same mixture, and what is believed about the field then moves with the same luck.
    """
    columns = {quantity.name: k for k, quantity in enumerate(a.uncertain_inputs())}
    following = len(columns)
    of_b = uncertain_names(b)
    leaving = set(columns) - of_b
    for change in (change for one in found for change in one.changes):
        before, after = change.before, change.after
        if not (isinstance(before, Uncertain) and isinstance(after, Uncertain)):
            continue
        if before.name in leaving and after.name in of_b and after.name not in columns:
            columns[after.name] = columns[before.name]
            leaving.remove(before.name)
    for quantity in b.uncertain_inputs():
        if quantity.name not in columns:
            columns[quantity.name] = following
            following += 1
    return CommonPoints(columns, {**stated_pairs(b), **stated_pairs(a)})


class InputValues:
    """The values of a mixture's inputs at common points.

    Correlated inputs are mixed in the order of their dimensions, whatever their order in the mixture, and inputs that
    it lacks keep their place: what it has in common with A then takes A's values.

    Parameters
    ----------
    scenario : Scenario
    points : CommonPoints

    Raises
    ------
    InputError
        If the inputs cannot be drawn together.
    """

    def __init__(self, scenario: Scenario, points: CommonPoints) -> None:
        self._made_of = scenario, points
        uncertain = scenario.uncertain_inputs()
        here = [quantity.name for quantity in uncertain]
        self._laws = [law_of(quantity.distribution) for quantity in uncertain]
        by_column = {points.columns[name]: name for name in reversed(points.columns)}
        by_column |= {points.columns[name]: name for name in here}
        names = [by_column[column] for column in sorted(by_column)]
        absent = [
            Correlation(inputs=(first, second), rank_correlation=value)
            for pair, (first, second, value) in points.pairs.items()
            if pair <= set(names) and not pair <= set(here)
        ]
        own = build_copula([name for name in names if name in here], scenario.correlations)
        try:
            self._copula = build_copula(names, (*scenario.correlations, *absent))
        except InputError:  # what is correlated with absent inputs contradicts what is present
            names, self._copula = list(own.names), own
        self._columns = [points.columns[name] for name in names]
        self._rows = [names.index(name) for name in here]

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy on another machine is made anew from the scenario."""
        return InputValues, self._made_of

    def __call__(self, u: Floats) -> Floats:
        """Values, shape (d, n), at points of shape (n, dimensions)."""
        tied = self._copula.transform(u[:, self._columns])
        values = np.empty((len(self._laws), len(u)))
        for law, row, of_input in zip(self._laws, self._rows, values, strict=True):
            p = np.ascontiguousarray(tied[:, row])
            of_input[:] = law.at(p, 1 - p)
        return values


@dataclass
class Simulator:
    """Simulates mixtures, a few at a time, and says how far it is over all of them.

    Parameters
    ----------
    points : CommonPoints
    option, baseline : str
    samples, seed : int
    futures : int
        To simulate in total, over all calls.
    """

    points: CommonPoints
    option: str
    baseline: str
    samples: int
    seed: int
    futures: int
    threads: int | None = None
    client: Client | None = None
    progress: Progress | None = None
    cancel: threading.Event | None = None
    _done: int = 0

    def savings(self, scenarios: Sequence[Scenario]) -> Iterator[Floats]:
        """Yield the saving in each future, shape (samples,), of one scenario after the other [USD]."""
        from tcosim.engine.variants import Variant, simulate_variants

        if not scenarios:
            return
        names = [option.name for option in scenarios[0].options]
        at_once = max(1, int(BATCH_BYTES / (8 * self.samples * len(names))))
        for first in range(0, len(scenarios), at_once):
            batch = scenarios[first : first + at_once]
            npv = simulate_variants(
                [Variant(scenario, InputValues(scenario, self.points)) for scenario in batch],
                dimensions=self.points.dimensions,
                samples=self.samples,
                seed=self.seed,
                threads=self.threads,
                client=self.client,
                progress=self._tell(len(batch) * self.samples),
                cancel=self.cancel,
            )
            self._done += len(batch) * self.samples
            for of_variant in npv:
                yield of_variant[:, names.index(self.baseline)] - of_variant[:, names.index(self.option)]

    def _tell(self, in_batch: int) -> Progress | None:
        if self.progress is None:
            return None
        tell, before = self.progress, self._done
        return lambda done, total: tell(before + round(in_batch * done / total), self.futures)

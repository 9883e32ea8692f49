"""What some futures of a run came to, in a form that can be added up in any order.

Knows arrays; nothing of where they were computed or of what is asked of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tcosim.engine.kept import Kept
from tcosim.engine.pack import Floats
from tcosim.engine.totals import Totals
from tcosim.results.sketch import Sketch, merge

MOST_WAITING = 16
"""So many sketches are merged at once: one by one takes twice as long, and each that waits is a megabyte."""


@dataclass
class Sketches:
    """A sketch that others are added to; empty if none ever is.

    Attributes
    ----------
    waiting : list of Sketch
        Together they are the sketch.
    """

    waiting: list[Sketch] = field(default_factory=list)

    def add(self, other: Sketches) -> None:
        """Add the values of another one."""
        self.waiting += other.waiting
        if len(self.waiting) > MOST_WAITING:
            self.waiting = [merge(self.waiting)]

    def merged(self) -> Sketch | None:
        """All of it, the same bytes in whatever order it was added up; None if nothing was."""
        if len(self.waiting) > 1:
            self.waiting = [merge(self.waiting)]
        return self.waiting[0] if self.waiting else None


@dataclass
class Part:
    """Sums, sketches and single futures of a part of a run.

    Attributes
    ----------
    totals : Totals
    sketches : Sketches
        Of NPV, nominal total and saving by option, 3 o columns; only in a run that does not keep all of its futures.
    kept : Kept
    """

    totals: Totals
    sketches: Sketches
    kept: Kept


def joined(parts: Sequence[Part]) -> Part:
    """One part out of those of blocks that follow one another; they are of no use after that."""
    first, last = parts[0].kept, parts[-1].kept
    end = last.first + max(last.npv.shape[0], last.tokens.shape[1])
    options, months = first.costs.shape[:2]
    kept = Kept.empty(first.first, end, options, months, first.inputs.shape[1])
    for part in parts:
        kept.put(part.kept)
    totals, sketches = parts[0].totals, parts[0].sketches
    for part in parts[1:]:
        totals.add(part.totals)
        sketches.add(part.sketches)
    sketches.merged()
    return Part(totals, sketches, kept)


def sketch_of(npv: Floats, total: Floats, baseline: int) -> Sketches:
    """Sketch of futures, shape (o, n), by option in the order of the scenario."""
    return Sketches([Sketch.of(np.concatenate([npv, total, npv[baseline] - npv]))])

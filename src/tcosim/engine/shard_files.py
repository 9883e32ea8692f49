"""The files of finished shards: single futures of each, and sums over all of them; reading back what is whole.

Knows what is in them; nothing of when they are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from tcosim.engine.job import Range
from tcosim.engine.kept import Kept
from tcosim.engine.part import Part
from tcosim.engine.shards import cut
from tcosim.engine.sums_file import unpacked
from tcosim.results.schema import KEPT_FUTURES
from tcosim.results.unfinished import Unfinished

SINGLES, SUMS = "futures-", "sums-"


@dataclass
class Found:
    """Finished shards that are whole.

    Attributes
    ----------
    part : Part, optional
        What they came to; its single futures are in the run's own arrays.
    covered : list of (int, int)
    file : pathlib.Path, optional
        With the sums.
    lost : list of str
        Names of files that are damaged or missing.
    bare : list of (int, int)
        Shards that are in the sums, whose single futures are lost.
    is_unsummed : bool
        Whether there are single futures without any sums: the process died before the first, or they were removed.
    """

    part: Part | None = None
    covered: list[Range] = field(default_factory=list)
    file: Path | None = None
    lost: list[str] = field(default_factory=list)
    bare: list[Range] = field(default_factory=list)
    is_unsummed: bool = False


def newest(folder: Unfinished, empty: Part, samples: int) -> Found:
    """The newest sums that are whole, with the single futures that they are of; what is of no use is removed.

    Parameters
    ----------
    empty : Part
        Of the run, with room for what it keeps; the single futures are read into it.
    samples : int
        Futures that the run may come to.
    """
    found = Found()
    for file in reversed(folder.names(SUMS)):
        content = folder.read(file)
        state = content and unpacked(content, empty, samples, is_sketched=samples > KEPT_FUTURES)
        if state:
            found.covered, totals, sketches = state
            found.part, found.file = Part(totals, sketches, empty.kept), file
            found.bare = _not_filled(folder, found.covered, empty.kept)
            found.lost += [singles_name(*shard) for shard in found.bare]
            break
        found.lost.append(file.name)
        folder.damaged.append(file.name)
    found.is_unsummed = found.part is None and not found.lost and bool(folder.names(SINGLES))
    folder.sweep()
    return found


def _not_filled(folder: Unfinished, covered: Sequence[Range], kept: Kept) -> list[Range]:
    """Read the single futures of finished shards; those whose file is not whole."""
    files = folder.names(SINGLES)
    bare = []
    for first, end in cut(covered):
        # one that was damaged may lie beside the one that replaced it
        named = (file for file in files if file.name.startswith(f"{singles_name(first, end)}."))
        parts = pieces(kept, first, end)
        if parts and not any(folder.fill(one, parts) for one in named):
            bare.append((first, end))
    return bare


def pieces(kept: Kept, first: int, end: int) -> list[NDArray[Any]]:
    """What is kept of a shard, as views piece by piece as it goes to a file; none takes more than a small copy."""
    views = [view for view in kept.arrays(first, end).values() if view.size]
    return [piece for view in views for piece in ((view,) if view.flags.c_contiguous else view)]


def singles_name(first: int, end: int) -> str:
    """Name of the file with the single futures of a shard."""
    return f"{SINGLES}{first:012d}-{end:012d}"

"""Simulate until the headline probability is known to a stated precision, and no longer.

Knows when to stop; what is simulated and how sure it is are known below.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import xarray as xr

from tcosim.analysis.headline import lowest
from tcosim.analysis.interval import probability_interval
from tcosim.engine.arguments import checked
from tcosim.engine.executor import executor
from tcosim.engine.job import Progress
from tcosim.engine.run import Run
from tcosim.errors import InputError, Problem
from tcosim.kernels.layout import LANES
from tcosim.results.schema import SCRAMBLES
from tcosim.scenario.models import Scenario
from tcosim.studies.option import candidates

if TYPE_CHECKING:
    from distributed import Client

    from tcosim.engine.checkpoint import Checkpoint

MOST_FUTURES = 10_000_000
"""Where a simulation stops at the latest if nothing else is said: minutes of work."""
FIRST_LOOK = 2 * LANES * SCRAMBLES
"""Futures before the first look: 512 of each scramble."""
LOOK_FACTOR = 2**0.25
"""Each look comes after this many times the futures of the last, so few are simulated beyond what it takes."""


@dataclass(frozen=True)
class Precision:
    """How precise the headline probability was to be, and how precise it became.

    Attributes
    ----------
    asked, reached : float
        Half the width of the 95 % interval; 0.002 is 0.2 percentage points.
    met : bool
    samples, most : int
        Futures that it took; at which number it would have stopped in any case.
    needed : int or None
        About as many futures would have been needed, if `most` were too few.
    """

    asked: float
    reached: float
    met: bool
    samples: int
    most: int
    needed: int | None

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, for ``summary.json``."""
        return asdict(self)


def looks(most: int) -> Iterator[int]:
    """Numbers of futures after which precision is looked at; the last one is `most`."""
    count = float(FIRST_LOOK)
    while (look := round(count / LANES) * LANES) < most:
        yield look
        count *= LOOK_FACTOR
    yield most


def simulate_to_precision(
    scenario: Scenario,
    precision: float,
    *,
    most: float = MOST_FUTURES,
    seed: float = 0,
    threads: int | None = None,
    block_futures: int | None = None,
    client: Client | None = None,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> tuple[xr.Dataset, Precision]:
    """Simulate until half the 95 % interval of the headline probability is at most `precision`.

    Parameters
    ----------
    scenario : Scenario
        With a self-hosted option.
    precision : float
        0.002 is 0.2 percentage points.
    most : int
        Futures at which to stop in any case.
    seed, threads, block_futures, client, progress, cancel
        As for `tcosim.simulate`; progress is told an estimate of the futures needed.
    checkpoint : Checkpoint, optional
        Where finished blocks are kept.

    Returns
    -------
    xarray.Dataset
        A run like any other of as many futures.
    Precision

    Raises
    ------
    InputError
        If the precision is not between 0 and a half, or nothing is self-hosted.

    Notes
    -----
    The width of an interval from 16 scrambles is itself uncertain by 18 %. Who stops at the first width that is small
    enough stops where it is small by luck now and then, and his interval covers a little less often: 93.5 % instead of
    95 % (docs/decision.md, D7). Asking the look before to confirm it took 14 % more futures and gained 0.3 %.
    """
    limit, number = checked(scenario, most, seed, threads)
    if not 0 < precision < 0.5:
        raise InputError(
            Problem(
                "precision",
                "must be above 0 and below 50 %: half the width of the interval",
                precision,
                "for example 0.2%",
            )
        )
    may_be_headline = candidates(scenario)
    if not any(may_be_headline):
        which = "eligible " if any(option.is_fleet for option in scenario.options) else ""
        raise InputError(
            Problem(
                "precision",
                f"is that of the headline probability, and the scenario has no {which}rented or owned option",
                None,
                "add one, or ask for a number of futures",
            )
        )
    run = Run(
        scenario, most=limit, seed=number, on=executor(threads, block_futures, client), checkpoint=checkpoint
    )
    expected = FIRST_LOOK

    def told(done: int, _: int) -> None:
        if progress is not None:
            progress(done, max(expected, done))

    for look in looks(limit):
        if look < run.reached:  # an earlier run went on from here, so it was not precise enough
            continue
        run.extend(look, progress=told, cancel=cancel)
        width = _half_width(run, may_be_headline)
        if width <= precision:
            break
        needed = math.ceil(look * (width / precision) ** 2)
        expected = min(max(needed, look + 1), limit)
    met = width <= precision
    return run.dataset(), Precision(precision, width, met, run.samples, limit, None if met else needed)


def _half_width(run: Run, may_be_headline: list[bool]) -> float:
    """Half the 95 % interval of the headline probability of the futures so far."""
    option = lowest(may_be_headline, run.totals.npv.sum(axis=0))
    assert option is not None
    return probability_interval(run.totals.beats[:, option], run.totals.futures).half_width

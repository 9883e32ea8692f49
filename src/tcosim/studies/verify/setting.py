"""What all checks of one verification share: the seed, the threads, and what was computed once.

Knows how to simulate; knows no check.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from tcosim.errors import Cancelled

if TYPE_CHECKING:
    import xarray as xr

    from tcosim.scenario.models import Scenario

T = TypeVar("T")


class Setting:
    """One verification.

    Parameters
    ----------
    seed : int
        Every random check depends on it.
    threads : int, optional
    cancel : threading.Event, optional
        Ends the verification when set.
    """

    def __init__(
        self, seed: int = 0, threads: int | None = None, cancel: threading.Event | None = None
    ) -> None:
        self.seed, self.threads = seed, threads
        self._cancel = cancel
        self._made: dict[str, Any] = {}

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return what `make` returned when it was first asked for under this name; an error is raised anew."""
        if name not in self._made:
            self._made[name] = make()
        return cast("T", self._made[name])

    def simulate(self, scenario: Scenario, samples: int, **others: Any) -> xr.Dataset:
        """Simulate with the seed and threads of this verification, unless `others` say otherwise."""
        import tcosim

        self.refuse_if_cancelled()
        arguments = {"seed": self.seed, "threads": self.threads, "cancel": self._cancel, **others}
        return tcosim.simulate(scenario, samples=samples, **arguments)

    def sums(self, scenario: Scenario, samples: int, seed: int) -> tuple[Any, Any, Any]:
        """Futures (16,), and by option how many beat the baseline and their present values (16, o), by scramble.

        What the intervals of a run come from; many small runs need no Dataset each.
        """
        from tcosim.engine.executor import executor
        from tcosim.engine.run import Run

        self.refuse_if_cancelled()
        run = Run(scenario, most=samples, seed=seed, on=executor(self.threads))
        run.extend(samples, cancel=self._cancel)
        return run.totals.futures, run.totals.beats, run.totals.npv

    def refuse_if_cancelled(self) -> None:
        """Stop here if the verification is to end.

        Raises
        ------
        Cancelled
        """
        if self._cancel is not None and self._cancel.is_set():
            raise Cancelled("the verification was stopped; nothing was kept")

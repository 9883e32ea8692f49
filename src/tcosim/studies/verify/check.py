"""What a check is: what it proves, what was expected, what came out, how far the two may lie apart.

Knows figures; knows nothing of where they come from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tcosim.studies.verify.setting import Setting

Verdict = Literal["holds", "fails", "noted"]
Figure = float | str

HOLDS: Verdict = "holds"
FAILS: Verdict = "fails"
NOTED: Verdict = "noted"


@dataclass(frozen=True)
class Outcome:
    """What one check came to.

    Attributes
    ----------
    expected, got : float or str or None
        In `unit`; a text is compared as it stands. None where nothing is expected.
    verdict : {"holds", "fails", "noted"}
        ``"noted"`` is information: it can neither hold nor fail.
    tolerance : float or None
        How far `got` may lie from `expected`; 0 for exact figures, None for texts.
    tolerance_from : str
        Where the tolerance comes from.
    unit : str
    rival : float or None
        What a slightly wrong model would give; the check fails if it could not tell the two apart.
    rival_is : str
        That wrong model in words.
    """

    expected: Figure | None
    got: Figure | None
    verdict: Verdict
    tolerance: float | None = None
    tolerance_from: str = ""
    unit: str = "1"
    rival: float | None = None
    rival_is: str = ""


@dataclass(frozen=True)
class Check:
    """One check with its outcome.

    Attributes
    ----------
    group, name : str
    proves : str
        In one plain sentence.
    source : str
        Where the expected figure comes from.
    outcome : Outcome
    """

    group: str
    name: str
    proves: str
    source: str
    outcome: Outcome


@dataclass(frozen=True)
class Planned:
    """A check that can be asked; `ask` computes its outcome."""

    name: str
    proves: str
    source: str
    ask: Callable[[Setting], Outcome]


class Checks(list[Planned]):
    """Checks in the order in which they are declared."""

    def check(
        self, name: str, proves: str, source: str
    ) -> Callable[[Callable[[Setting], Outcome]], Callable[[Setting], Outcome]]:
        """Declare the decorated function a check."""

        def declare(ask: Callable[[Setting], Outcome]) -> Callable[[Setting], Outcome]:
            self.append(Planned(name, proves, source, ask))
            return ask

        return declare


@dataclass(frozen=True)
class Group:
    """Checks that have something in common.

    Attributes
    ----------
    name : str
        As it is given to ``--only``.
    title : str
        What they have in common, in a few words.
    planned : sequence of Planned
    """

    name: str
    title: str
    planned: Sequence[Planned]

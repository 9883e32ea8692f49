"""What a run was asked for: on a command line, in the folder of an unfinished run, or in that of a finished one.

Knows what the options of a run are; neither simulates nor writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tcosim.errors import InputError, Problem

if TYPE_CHECKING:
    from tcosim.results.folder import Run
    from tcosim.scenario.models import Scenario


@dataclass(frozen=True)
class Request:
    """What a run was asked for.

    Parameters
    ----------
    scenario : Scenario
    samples : int
        With a precision, the most.
    seed : int
    precision : float, optional
    budget_usd : float, optional
    is_named : bool
        Whether the user named the folder; else its name says what was reached.
    is_reported : bool
        Whether the page and the sheet for the board are wanted too.
    """

    scenario: Scenario
    samples: int
    seed: int
    precision: float | None = None
    budget_usd: float | None = None
    is_named: bool = False
    is_reported: bool = False

    def manifest(self) -> dict[str, Any]:
        """All of it but the scenario, which has a file of its own, as JSON."""
        from tcosim.engine.identity import identity

        own = {
            "precision": self.precision, "budget_usd": self.budget_usd, "is_named": self.is_named,
            "is_reported": self.is_reported,
        }  # fmt: skip
        return identity(self.scenario, self.samples, self.seed) | own


def request_of_manifest(found: Mapping[str, Any], scenario: Path) -> Request:
    """What an unfinished run was asked for.

    Parameters
    ----------
    found : mapping
        As `Request.manifest` made it, or anything.
    scenario : Path
        Its file.

    Raises
    ------
    InputError
        If something of it is none, or of another version of tcosim or of the library.
    """
    from tcosim.engine.arguments import checked
    from tcosim.engine.identity import check_identity, program_identity
    from tcosim.files import Unreadable, check_regular
    from tcosim.scenario.load import load

    folder = scenario.parent
    check_identity(found, program_identity(), folder)  # another version may not even read the scenario
    try:
        check_regular(scenario, links=False)
    except Unreadable as error:
        raise _unreadable(folder, f"{scenario.name} {error.rule}") from error
    for key, kinds in _KINDS.items():
        if type(found.get(key)) not in kinds:
            raise _unreadable(folder, f"{key} is {found.get(key)!r}")
    if not (found["precision"] is None or 0 < found["precision"] < 0.5):
        raise _unreadable(folder, f"precision is {found['precision']!r}")
    request = Request(load(str(scenario)), **{key: found[key] for key in _KINDS})
    check_identity(found, request.manifest(), folder)
    checked(request.scenario, request.samples, request.seed)
    return request


_KINDS: dict[str, tuple[type, ...]] = {
    "samples": (int,),
    "seed": (int,),
    "precision": (int, float, type(None)),
    "budget_usd": (int, float, type(None)),
    "is_named": (bool,),
    "is_reported": (bool,),
}


def _unreadable(folder: Path, reason: str) -> InputError:
    return InputError(
        Problem(
            "--resume",
            f"must hold an unfinished run, but what it was asked for cannot be read ({reason})",
            str(folder),
            "remove the folder and start again",
        )
    )


def request_of_run(run: Run) -> Request:
    """What a finished run was asked for."""
    from tcosim.results.folder import SCENARIO
    from tcosim.scenario.load import load

    precision = run.summary.get("precision") or {}
    budgets = [one["loss_over_budget"] for one in run.summary["options"] if one.get("loss_over_budget")]
    return Request(
        load(str(run.path / SCENARIO)),
        precision.get("most", run.summary["samples"]),
        run.summary["seed"],
        precision.get("asked"),
        budgets[0]["budget_usd"] if budgets else None,
    )


def check_same(asked: Request, found: Request, given: set[str]) -> None:
    """Refuse options that say something else than what the run was asked for.

    Parameters
    ----------
    given : set of str
        Names of the options on the command line: scenario, samples, seed, precision, budget.
    """
    pairs = {
        "scenario": (
            asked.scenario.sha256() if "scenario" in given else "",
            found.scenario.sha256(),
            "SCENARIO",
        ),
        "samples": (asked.samples, found.samples, "--samples"),
        "seed": (asked.seed, found.seed, "--seed"),
        "precision": (asked.precision, found.precision, "--precision"),
        "budget": (asked.budget_usd, found.budget_usd, "--budget"),
    }
    problems = [
        Problem(
            option,
            "must be that of the run to resume"
            + ("; its scenario is another one" if key == "scenario" else f", {_shown(there)}"),
            None if key == "scenario" else here,
            "leave it out: the folder knows what was asked for",
        )
        for key, (here, there, option) in pairs.items()
        if key in given and here != there
    ]
    if problems:
        raise InputError(problems)


def _shown(value: object) -> str:
    return "which has none" if value is None else f"{value:,}" if isinstance(value, int) else f"{value}"

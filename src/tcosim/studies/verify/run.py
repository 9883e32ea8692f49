"""Run the validation pack: every check of the groups asked for, in a fixed order.

Knows the groups; knows nothing of what a check computes or how it is shown.
"""

from __future__ import annotations

import importlib
import platform
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from tcosim._version import __version__
from tcosim.errors import Cancelled, InputError, Problem
from tcosim.studies.verify.check import FAILS, HOLDS, NOTED, Check, Group, Planned
from tcosim.studies.verify.outcomes import crashed
from tcosim.studies.verify.setting import Setting

HOMES = {
    "closed-forms": "closed_forms",
    "published": "published",
    "twins": "twins",
    "invariants": "invariants",
    "coverage": "coverage",
    "installation": "installation",
}
"""Module of each group; loaded when it is asked for, as some load the compiler."""
GROUPS = tuple(HOMES)
LARGEST_SEED = 2**63 - 1

Progress = Callable[[int, int], None]


def verify(
    *,
    seed: float = 0,
    threads: int | None = None,
    only: str | Sequence[str] | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> dict[str, Any]:
    """Check this installation against closed forms, published tables, slow twins and its own promises.

    Parameters
    ----------
    seed : int
        Of all that is random. A sound installation fails about one run in 400 with a seed of its own choosing, as
        some forty checks allow four standard errors; with seed 0 it does not.
    threads : int, optional
        All usable processors if left out. The result does not depend on it.
    only : str or sequence of str, optional
        Names of groups, of `GROUPS`; all if left out.
    progress : callable, optional
        Called with checks done and in total.
    cancel : threading.Event, optional
        Ends it when set.

    Returns
    -------
    dict
        Plain data, as JSON holds it: where it ran, ``checks`` in a fixed order, and how many ``passed``, ``failed``
        and were ``noted``. The same installation, seed and groups give the same content.

    Raises
    ------
    InputError
        If a group is unknown or the seed is none.
    Cancelled
        If `cancel` was set.
    """
    number = _checked_seed(seed)
    groups = [group(name) for name in chosen_groups(only)]
    setting = Setting(number, threads, cancel)
    planned = [(one, check) for one in groups for check in one.planned]
    checks = []
    for index, (one, check) in enumerate(planned):
        if progress is not None:
            progress(index, len(planned))
        checks.append(_ask(one, check, setting))
    if progress is not None:
        progress(len(planned), len(planned))
    verdicts = Counter(check.outcome.verdict for check in checks)
    return {
        "tcosim_version": __version__,
        "seed": number,
        **_machine(),
        "fingerprint": _fingerprint(),
        "groups": [{"name": one.name, "title": one.title} for one in groups],
        "checks": [_plain(check) for check in checks],
        "passed": verdicts[HOLDS],
        "failed": verdicts[FAILS],
        "noted": verdicts[NOTED],
    }


def group(name: str) -> Group:
    """Load a group and its checks."""
    try:
        found: Group = importlib.import_module(f"tcosim.studies.verify.{HOMES[name]}").GROUP
    except Exception as error:  # a damaged installation is what this is here to find
        broken = crashed(error)
        said = "The checks of this group can be loaded."
        return Group(name, name, (Planned("load", said, "this installation", lambda setting: broken),))
    return found


def count_checks(only: str | Sequence[str] | None = None) -> int:
    """How many checks the groups asked for have."""
    return sum(len(group(name).planned) for name in chosen_groups(only))


def chosen_groups(only: str | Sequence[str] | None) -> list[str]:
    """Names of the groups asked for, in the order of the pack.

    Raises
    ------
    InputError
        If one is unknown.
    """
    from tcosim.scenario.near import closest, did_you_mean

    asked = [only] if isinstance(only, str) else list(only or GROUPS)
    problems = [
        Problem(
            "only",
            "must be a group of checks",
            name,
            did_you_mean(closest(str(name), GROUPS)) or f"groups: {', '.join(GROUPS)}",
        )
        for name in asked
        if name not in GROUPS
    ]
    if problems:
        raise InputError(problems)
    return [name for name in GROUPS if name in asked]


def _checked_seed(seed: float) -> int:
    from tcosim.engine.arguments import as_whole

    number = as_whole("seed", seed)
    if not 0 <= number <= LARGEST_SEED:
        raise InputError(
            Problem("seed", "must be a whole number from 0 to 2^63 - 1", number, "for example 0")
        )
    return number


def _ask(one: Group, check: Planned, setting: Setting) -> Check:
    """Ask a check; whatever goes wrong is its outcome."""
    setting.refuse_if_cancelled()
    try:
        outcome = check.ask(setting)
    except Cancelled:
        raise
    except Exception as error:  # a check that cannot run has failed, and says why
        outcome = crashed(error)
    return Check(one.name, check.name, check.proves, check.source, outcome)


def _machine() -> dict[str, str]:
    from tcosim.studies.verify.machine import processor_name

    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": platform.platform(),
        "processor": processor_name(),
    }


def _fingerprint() -> str | None:
    """The fingerprint of this installation; None if it cannot simulate, which its checks then say."""
    from tcosim.studies.fingerprint import fingerprint

    try:
        return fingerprint()
    except Exception:  # the check of the fingerprint shows what went wrong
        return None


def _plain(check: Check) -> dict[str, Any]:
    about = {"group": check.group, "name": check.name, "proves": check.proves, "source": check.source}
    return about | asdict(check.outcome)

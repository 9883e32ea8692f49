"""Which option a study is about.

Knows scenarios; simulates nothing.
"""

from __future__ import annotations

from tcosim.errors import InputError, Problem
from tcosim.results.schema import SELF_HOSTED
from tcosim.scenario.gates import eligible
from tcosim.scenario.models import Scenario
from tcosim.scenario.near import closest, did_you_mean


def candidates(scenario: Scenario) -> list[bool]:
    """Whether each option may be the headline's: eligible, rented or owned, and not the baseline."""
    return [
        may and one.kind in SELF_HOSTED and one.name != scenario.baseline
        for one, may in zip(scenario.options, eligible(scenario), strict=True)
    ]


def check_option(scenario: Scenario, option: str | None) -> None:
    """Raise an InputError if there is no such option to compare with the baseline, or none to choose."""
    names = [one.name for one in scenario.options if one.name != scenario.baseline]
    if option is not None and option not in names:
        rule = f"must be an option other than the baseline {scenario.baseline}: {', '.join(names) or 'there is none'}"
        way_out = did_you_mean(closest(option, names)) or (f"choose {' or '.join(names)}" if names else "")
        raise InputError(Problem("option", rule, option, way_out or "add an option to the scenario"))
    if option is None and not any(candidates(scenario)):
        which = (
            "eligible " if any(name for name in names if scenario.option(name).kind in SELF_HOSTED) else ""
        )
        rule = f"must be named: the scenario has no {which}rented or owned option"
        way_out = f"choose {' or '.join(names)}" if names else "add an option to the scenario"
        raise InputError(Problem("option", rule, None, way_out))

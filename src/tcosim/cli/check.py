"""``tcosim check``: does a scenario hold together, and what does it say?

Parses, calls and prints; the rules are those of loading.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tcosim.cli import options
from tcosim.cli.parsing import Problems, volume_option

if TYPE_CHECKING:
    from tcosim.scenario.models import Scenario


def check(
    scenario: options.Scenario = None,
    volume: options.Volume = None,
    settings: options.Settings = None,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Print the scenario with every field explicit, as TOML.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Check a scenario without running it; all problems are shown at once."""
    from tcosim.cli.loading import load_scenario, refuse_impossible

    problems = Problems()
    tokens = problems.collect(lambda: volume_option(volume), None)
    loaded = problems.collect(lambda: load_scenario(scenario, settings or [], tokens), None)
    problems.raise_any()
    assert loaded is not None
    refuse_impossible(loaded)
    if resolved:
        from tcosim.scenario.write import resolved_toml

        sys.stdout.write(resolved_toml(loaded))
    elif as_json:
        from tcosim.results.summary import to_json

        sys.stdout.write(to_json(_facts(loaded)))
    else:
        _print(loaded)


def _facts(scenario: Scenario) -> dict[str, Any]:
    from tcosim.scenario.gates import eligible, gate_rows

    return {
        "ok": True,
        "name": scenario.name,
        "months": scenario.months,
        "baseline": scenario.baseline,
        "volume_tokens_per_month": scenario.volume.tokens_per_month,
        "options": [
            {"name": option.name, "kind": option.kind, "eligible": may}
            for option, may in zip(scenario.options, eligible(scenario), strict=True)
        ],
        "gates": gate_rows(scenario),
        "uncertain_inputs": [quantity.name for quantity in scenario.uncertain_inputs()],
        "correlations": [list(correlation.inputs) for correlation in scenario.correlations],
        "defaulted": list(scenario.defaulted),
        "scenario_sha256": scenario.sha256(),
        "library_sha256": scenario.library_sha256,
    }


def _print(scenario: Scenario) -> None:
    from tcosim.cli.console import result_console
    from tcosim.report.terminal.scenario_view import print_scenario
    from tcosim.report.words.rounding import volume

    tokens = volume(scenario.volume.tokens_per_month)
    print_scenario(
        title=f"{scenario.name} holds together",
        setting=f"{tokens} tokens a month, {scenario.months} months, baseline {scenario.baseline}",
        scenario=scenario,
        console=result_console(),
    )

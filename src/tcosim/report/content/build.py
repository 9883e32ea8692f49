"""Put the content of the page together from a run folder alone.

Knows results, the scenario's declarations and words; knows no HTML, no PDF and no chart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tcosim.report.content.assumptions import assumption_rows, judged
from tcosim.report.content.limits import leaves_out
from tcosim.report.content.page import Assumption, Page
from tcosim.report.content.rules import option_rules
from tcosim.report.content.run import run_report
from tcosim.report.content.series import Series
from tcosim.report.content.volumes import curve_content
from tcosim.report.words.board import verdict
from tcosim.report.words.recommendation import driver_sentences, recommendation
from tcosim.results.folder import CHECKSUMS, SCENARIO, Run
from tcosim.scenario.load import load_text

HASH_DIGITS = 12


def build_page(run: Run, series: Series) -> Page:
    """Return everything that a report of a run folder says.

    Parameters
    ----------
    run : Run
        From `tcosim.results.folder.open_run`.
    series : Series
        From its Dataset.

    Raises
    ------
    InputError
        If the scenario of the folder cannot be read.
    """
    summary = run.summary
    scenario = load_text(run.scenario_toml)
    assumptions = assumption_rows(run.assumptions, summary)
    headline = summary["headline"]
    reproduction = _reproduction(summary)
    labels = {option.name: option.label for option in scenario.options if option.label}
    return Page(
        run=replace(
            run_report(summary, scenario.baseline, series.savings), title=scenario.title or scenario.name
        ),
        verdict="" if headline is None else verdict(headline["probability"]),
        recommendation=recommendation(summary),
        drivers=driver_sentences(summary, _meanings(assumptions)),
        curve=curve_content(summary),
        rules=[
            (f"{name} ({labels[name]})" if name in labels else name, rules)
            for name, rules in option_rules(scenario)
        ],
        assumptions=assumptions,
        judged=judged(assumptions, summary),
        leaves_out=leaves_out(scenario),
        reproduction=reproduction,
        commands=_commands(summary),
        run_hash=_hash(reproduction),
    )


def _meanings(assumptions: Sequence[Assumption]) -> dict[str, str]:
    return {one.name: one.meaning for one in assumptions}


def _reproduction(summary: dict[str, Any]) -> list[tuple[str, str]]:
    precision = summary.get("precision")
    budget = _budget(summary)
    return [
        ("scenario", summary["scenario_name"]),
        ("hash of the resolved scenario (SHA-256)", summary["scenario_sha256"]),
        ("hash of the library (SHA-256)", summary["library_sha256"]),
        ("seed", str(summary["seed"])),
        ("futures", f"{summary['samples']:,}"),
        *([("precision asked for", f"{100 * precision['asked']:g} %")] if precision else []),
        *([("budget", f"{budget:,.0f} USD")] if budget is not None else []),
        ("tcosim", summary["tcosim_version"]),
    ]


def _budget(summary: dict[str, Any]) -> float | None:
    stated = [one["loss_over_budget"] for one in summary["options"] if one.get("loss_over_budget")]
    return float(stated[0]["budget_usd"]) if stated else None


def _commands(summary: dict[str, Any]) -> list[str]:
    """From the run folder: the same folder again, and the check that this one is whole."""
    precision, budget = summary.get("precision"), _budget(summary)
    futures = f"--samples {summary['samples']}"
    if precision:
        futures = f"--precision {precision['asked']!r} --samples {precision['most']}"
    stated = "" if budget is None else f" --budget {budget!r}"
    return [
        f"b2sum --check {CHECKSUMS}",
        f"tcosim run {SCENARIO} {futures} --seed {summary['seed']}{stated} --out again",
    ]


def _hash(reproduction: Sequence[tuple[str, str]]) -> str:
    text = "\n".join(f"{name}: {value}" for name, value in reproduction)
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_DIGITS]

"""Put the content of the page together from a run folder alone.

Knows results, the scenario's declarations and words; knows no HTML, no PDF and no chart.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tcosim.report.content.assumptions import assumption_rows, judged
from tcosim.report.content.components import components
from tcosim.report.content.correlations import correlation_rows
from tcosim.report.content.limits import leaves_out
from tcosim.report.content.page import Page
from tcosim.report.content.rules import option_rules
from tcosim.report.content.run import run_report
from tcosim.report.content.series import Series
from tcosim.report.content.volumes import curve_content
from tcosim.report.words.board import verdict
from tcosim.report.words.recommendation import driver_sentences, recommendation
from tcosim.results.checksums import checksum
from tcosim.results.folder import CHECKSUMS, SCENARIO, Run
from tcosim.scenario.load import load_text
from tcosim.scenario.models import FleetOption, Option

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
    run_hash = checksum(run.path / CHECKSUMS)[:HASH_DIGITS]
    meanings = {one.name: one.meaning for one in assumptions}
    return Page(
        run=replace(
            run_report(summary, scenario.baseline, series.savings), title=scenario.title or scenario.name
        ),
        verdict="" if headline is None else _verdict(headline),
        recommendation=recommendation(summary, meanings),
        drivers=driver_sentences(summary, meanings, {one.name: one.unit for one in assumptions}),
        curve=curve_content(summary),
        labels={option.name: option.label for option in scenario.options if option.label},
        components=components(summary),
        rules=[
            (name, f"{rules}{_size(summary, scenario.option(name))}")
            for name, rules in option_rules(scenario)
        ],
        assumptions=assumptions,
        judged=judged(assumptions, summary),
        correlations=correlation_rows(scenario),
        leaves_out=leaves_out(scenario),
        reproduction=_reproduction(summary),
        commands=_commands(summary, run_hash),
        run_hash=run_hash,
    )


def _size(summary: dict[str, Any], option: Option) -> str:
    """How large a fleet is on average, in GPUs."""
    replicas = next(one["replicas"] for one in summary["options"] if one["name"] == option.name)
    if replicas is None or not isinstance(option, FleetOption):
        return ""
    gpus = replicas * option.gpus_per_replica
    return f" While launched it has {replicas:.2g} replicas on average, {gpus:.2g} GPUs."


def _verdict(headline: dict[str, Any]) -> str:
    return f"{headline['option']}: {verdict(headline['probability'], *headline['ci95'])}"


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


def _commands(summary: dict[str, Any], run_hash: str) -> list[str]:
    """From the run folder: that it is this one and whole, the same again, and that it is the same."""
    precision, budget = summary.get("precision"), _budget(summary)
    futures = f"--samples {summary['samples']}"
    if precision:
        futures = f"--precision {precision['asked']!r} --samples {precision['most']}"
    stated = "" if budget is None else f" --budget {budget!r}"
    return [
        f"b2sum {CHECKSUMS}  # begins with {run_hash}",
        f"b2sum --check {CHECKSUMS}",
        f"tcosim run {SCENARIO} {futures} --seed {summary['seed']}{stated} --out again",
        f"cmp {CHECKSUMS} again/{CHECKSUMS}",
    ]

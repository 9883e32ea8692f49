"""``tcosim replay``: one future of a run again, month by month and hour by hour.

Parses, calls and prints; the run folder alone says what is simulated.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tcosim.cli.guard import keeping
from tcosim.cli.parsing import Problems, future_option, month_option
from tcosim.errors import InputError, Problem, TcosimError

if TYPE_CHECKING:
    from tcosim.results.folder import Run


def replay(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder, as written by tcosim run.")],
    sample: Annotated[str, typer.Option(metavar="INDEX", help="Index of the future, from 0.")],
    month: Annotated[str | None, typer.Option(metavar="INDEX", help="Only this month, from 0.")] = None,
    hours: Annotated[bool, typer.Option("--hours", help="Print every hour as CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Show one simulated future of a run."""
    from tcosim.results.folder import open_run

    if hours and as_json:
        raise InputError(
            Problem("--hours", "prints CSV and cannot be combined with --json", None, "take one")
        )
    opened = open_run(run)
    with keeping(lambda: f"the run folder {run} is unchanged"):
        _show(opened, sample, month, hours, as_json)


def _show(opened: Run, sample: str, month: str | None, hours: bool, as_json: bool) -> None:
    problems = Problems()
    future = problems.collect(lambda: future_option(sample, opened.summary["samples"]), 0)
    chosen = problems.collect(lambda: month_option(month, opened.summary["months"]), None)
    problems.raise_any()
    replayed = _replay(opened, future)
    _compare(opened, replayed)
    if hours:
        from tcosim.report.terminal.replay_view import hour_lines

        sys.stdout.writelines(hour_lines(replayed.hours, chosen))
    elif as_json:
        from tcosim.report.terminal.replay_view import replay_data
        from tcosim.results.summary import to_json

        data = replay_data(
            seed=replayed.seed,
            future=future,
            months=replayed.months,
            npv=replayed.npv,
            inputs=replayed.inputs,
            month=chosen,
        )
        sys.stdout.write(to_json(data))
    else:
        _print(opened, replayed, chosen)


def _replay(opened: Run, future: int) -> Any:
    from tcosim import engine
    from tcosim.scenario.load import load_text

    scenario = load_text(opened.scenario_toml, origin=str(opened.path / "scenario.toml"))
    return engine.replay(scenario, seed=opened.summary["seed"], future=future)


def _compare(opened: Run, replayed: Any) -> None:
    """Refuse a replay that is not the future that the run saw, to the last digit."""
    from tcosim import __version__

    with opened.dataset() as dataset:
        if replayed.future >= dataset.sizes["future"]:
            typer.echo(
                "note: the run did not keep this future, so there is nothing to compare with", err=True
            )
            return
        kept = dataset["npv"].isel(future=replayed.future)
        differing = [
            str(name)
            for name, value in zip(kept["option"].values, kept.values, strict=True)
            if float(value) != replayed.npv.get(str(name))
        ]
    if differing:
        written_by = opened.summary["tcosim_version"]
        cause = (
            f"tcosim {written_by} made the run and this is {__version__}"
            if written_by != __version__
            else f"changed code of the same version ({__version__}) or another kind of processor made the run"
        )
        raise TcosimError(
            f"future {replayed.future} comes out differently for {', '.join(differing)} than in the run folder:"
            f" {cause}; run its scenario again to replay it: tcosim run {opened.path / 'scenario.toml'}"
            f" --seed {opened.summary['seed']} --samples {opened.summary['samples']}"
        )


def _print(opened: Run, replayed: Any, month: int | None) -> None:
    from tcosim.cli.console import result_console
    from tcosim.report.terminal.replay_view import print_months

    summary = opened.summary
    print_months(
        title=f"{summary['scenario_name']}: future {replayed.future:,} of {summary['samples']:,},"
        f" seed {summary['seed']}",
        months=replayed.months,
        npv=replayed.npv,
        baseline=_baseline(opened),
        shut_out=[option["name"] for option in summary["options"] if not option["eligible"]],
        inputs=replayed.inputs,
        month=month,
        console=result_console(),
    )


def _baseline(opened: Run) -> str:
    """The option without a probability of beating itself."""
    return next(
        str(option["name"])
        for option in opened.summary["options"]
        if option["probability_beats_baseline"] is None
    )

"""``tcosim value``: what finding something out is worth before choosing, and whether to measure first.

Parses, calls and prints; computes nothing.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast

import typer

from tcosim.cli import options
from tcosim.cli.guard import keeping
from tcosim.cli.parsing import Problems, samples_option, seed_option, volume_option
from tcosim.cli.where import Where, computing, where_options
from tcosim.errors import InputError, Problem
from tcosim.units import parse_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import xarray as xr

    from tcosim.scenario.models import Scenario

RESULT = "result.nc"
"""A folder that holds it is a run."""
SAMPLES, SEED, DAYS, TOP = "1e5", "0", "7,14,30,60,90", "10"
MOST_DAYS = 365

T = TypeVar("T")
Groups = dict[str, list[str]]


def value(
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="SCENARIO|RUN",
            help="TOML file, name of a shipped scenario, or run folder; the shipped default if left out.",
        ),
    ] = None,
    samples: Annotated[
        str | None,
        typer.Option(metavar="COUNT", help=f"Futures to simulate: 1e6, 250k, 10_000. Default: {SAMPLES}."),
    ] = None,
    volume: options.Volume = None,
    seed: Annotated[
        str | None,
        typer.Option(metavar="NUMBER", help=f"The same seed gives the same result. Default: {SEED}."),
    ] = None,
    settings: options.Settings = None,
    threads: options.Threads = None,
    workers: options.Workers = None,
    scheduler: options.Scheduler = None,
    days: Annotated[
        str, typer.Option(metavar="DAYS", help="Days for which one might measure the traffic first.")
    ] = DAYS,
    groups: Annotated[
        list[str] | None,
        typer.Option(
            "--group",
            metavar="NAME=INPUT,INPUT",
            help="Value these inputs together too, under a name of your own; repeatable.",
        ),
    ] = None,
    top: Annotated[str, typer.Option(metavar="COUNT", help="Most single inputs to show.")] = TOP,
    as_json: options.Json = False,
) -> None:
    """Say what is worth finding out before choosing, and whether to measure the traffic first."""
    problems = Problems()
    nothing: tuple[int, ...] = ()
    lengths = problems.collect(lambda: days_option(days), nothing)
    shown = problems.collect(lambda: parse_count(top, "--top"), 0)
    named = problems.collect(lambda: group_options(groups or []), Groups())
    where = problems.collect(lambda: where_options(threads, workers, scheduler), Where())
    if target is not None and _is_run(target):
        given = {"--samples": samples, "--volume": volume, "--seed": seed, "--set": settings or None}
        problems.collect(lambda: _refuse_settings(given), None)
        dataset, scenario = problems.collect(
            lambda: _read(Path(target)), cast("tuple[xr.Dataset, Scenario]", (None, None))
        )
        if dataset is not None:
            problems.collect(lambda: _refuse_unknown(named, map(str, dataset["name"].values)), None)
        problems.raise_any()
        with keeping(lambda: f"the run folder {target} is unchanged"):
            _answer(dataset, scenario, lengths, named, shown, as_json)
        return

    from tcosim.cli.loading import load_scenario

    futures = problems.collect(lambda: samples_option(SAMPLES if samples is None else samples), 0)
    chosen_seed = problems.collect(lambda: seed_option(SEED if seed is None else seed), 0)
    tokens = problems.collect(lambda: volume_option(volume), None)
    loaded = problems.collect(lambda: load_scenario(target, settings or [], tokens), cast("Scenario", None))
    if loaded is not None:
        inputs = [quantity.name for quantity in loaded.uncertain_inputs()]
        problems.collect(lambda: _refuse_unknown(named, inputs), None)
    problems.raise_any()
    with computing(where) as on:
        dataset = _simulate(loaded, futures, chosen_seed, on)
    _answer(dataset, loaded, lengths, named, shown, as_json)


def days_option(text: str) -> tuple[int, ...]:
    """Lengths of the measurement, in the order given; all that is wrong at once."""
    from tcosim.analysis.measurement import FEWEST_DAYS

    problems, found = [], []
    for part in text.split(","):
        try:
            length = parse_count(part.strip(), "--days")
        except InputError:
            length = 0
        if not FEWEST_DAYS <= length <= MOST_DAYS:
            rule = f"must be whole numbers from {FEWEST_DAYS} to {MOST_DAYS}"
            problems.append(Problem("--days", rule, part, "write them like 30,60,90"))
        found.append(length)
    if problems:
        raise InputError(problems)
    return tuple(dict.fromkeys(found))


def group_options(texts: Sequence[str]) -> Groups:
    """Groups of inputs by name."""
    from tcosim.analysis.information import TOPIC_GROUPS

    problems: list[Problem] = []
    found: Groups = {}
    for text in texts:
        name, _, listed = text.partition("=")
        inputs = [part.strip() for part in listed.split(",")]
        if not name.strip() or not all(inputs):
            way_out = "write it like hiring=people.launch_hours,serving.launch_months"
            problems.append(Problem("--group", "must be a name, = and inputs", text, way_out))
        elif name.strip() in TOPIC_GROUPS:
            rule = f"must be another name than those of the groups that are shown anyway: {', '.join(TOPIC_GROUPS)}"
            problems.append(Problem("--group", rule, text, "take another name"))
        elif name.strip() in found:
            problems.append(Problem("--group", "must be given once for each name", text, "take another name"))
        else:
            found[name.strip()] = list(dict.fromkeys(inputs))
    if problems:
        raise InputError(problems)
    return found


def _refuse_unknown(groups: Groups, inputs: Iterable[str]) -> None:
    from tcosim.scenario.near import closest, did_you_mean

    known = list(inputs)
    problems = [
        Problem(
            "--group",
            "must name uncertain inputs",
            name,
            did_you_mean(closest(name, known)) or "list them with: tcosim check",
        )
        for listed in groups.values()
        for name in listed
        if name not in known
    ]
    if problems:
        raise InputError(problems)


def _is_run(target: str) -> bool:
    """Whether the argument is a folder; one that shares the name of a shipped scenario must hold a result."""
    from tcosim.scenario.library import default_library

    try:
        path = Path(target)
        return path.is_dir() and ((path / RESULT).exists() or target not in default_library().scenarios())
    except (OSError, ValueError):
        return False


def _refuse_settings(given: Mapping[str, object]) -> None:
    problems = [
        Problem(
            option,
            "says what to simulate, and a run is simulated already",
            value if isinstance(value, str) else None,
            "leave it out, or give a scenario instead of a run folder",
        )
        for option, value in given.items()
        if value is not None
    ]
    if problems:
        raise InputError(problems)


def _read(path: Path) -> tuple[xr.Dataset, Scenario]:
    from tcosim.results.folder import SCENARIO, open_run
    from tcosim.scenario.load import load_text

    opened = open_run(path)
    return opened.load(), load_text(opened.scenario_toml, origin=str(path / SCENARIO))


def _simulate(scenario: Scenario, samples: int, seed: int, on: dict[str, Any]) -> xr.Dataset:
    from tcosim.cli.console import work_console
    from tcosim.cli.progress import run_with_progress

    def work(progress: Any, cancel: Any) -> xr.Dataset:
        from tcosim import engine

        return engine.simulate(scenario, samples=samples, seed=seed, progress=progress, cancel=cancel, **on)

    return run_with_progress(work, samples, work_console())


def _answer(
    dataset: xr.Dataset,
    scenario: Scenario,
    days: Sequence[int],
    groups: Groups,
    top: int,
    as_json: bool,
) -> None:
    from tcosim.analysis.information import value_of_information
    from tcosim.analysis.measurement import measuring_traffic
    from tcosim.analysis.summarize import ORIGIN_KEYS
    from tcosim.cli.console import work_console

    keys = (
        "tcosim_version",
        "seed",
        "samples",
        "months",
        "volume_tokens_per_month",
        "baseline",
        *ORIGIN_KEYS,
    )

    def work() -> dict[str, Any]:
        return {
            **{key: dataset.attrs[key] for key in keys},
            "value_of_information": value_of_information(dataset, groups or None),
            "measurement": measuring_traffic(dataset, scenario, days),
        }

    with work_console().status("working out what is worth knowing"):
        result = _interruptible(work)
    if as_json:
        from tcosim.results.summary import to_json

        sys.stdout.write(to_json(result))
    else:
        from tcosim.cli.console import result_console
        from tcosim.report.terminal.value_view import input_meanings, print_value

        print_value(result, meanings=input_meanings(scenario), top=top, console=result_console())
    sys.stdout.flush()


def _interruptible(work: Callable[[], T]) -> T:
    """Do the work on a thread of its own: long sums do not hear Ctrl-C, whoever waits for them does."""
    outcome: Future[T] = Future()

    def body() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # handed on to the caller's thread
            outcome.set_exception(error)

    threading.Thread(target=body, name="value", daemon=True).start()
    return outcome.result()

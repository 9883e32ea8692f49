"""A run is a function of scenario, seed and number of futures, and of nothing else.

Knows Datasets as bytes; nothing of what they mean.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import tcosim
from tcosim.results.assumptions import assumption_snapshot
from tcosim.sampling.families import ppf
from tcosim.scenario.load import load_text
from tcosim.scenario.write import resolved_toml
from tcosim.studies.verify import outcomes
from tcosim.studies.verify.check import Checks, Outcome
from tcosim.studies.verify.scenarios import every_kind
from tcosim.units import HOURS_PER_MONTH

if TYPE_CHECKING:
    import xarray as xr

    from tcosim.scenario.models import Scenario
    from tcosim.studies.verify.setting import Setting

CHECKS = Checks()
FUTURES, MONTHS = 1500, 3
"""More than one block of each size, and no whole number of groups of lanes."""
BYTES = "BLAKE2b of the bytes"
BY_FUTURE = ("npv", "total", "input", "utilization")
PROMISE = "docs/model.md, 1.5"


def scenario_of(setting: Setting) -> Scenario:
    """One option of every kind."""
    return setting.once("every kind", lambda: every_kind(MONTHS))


def run_of(setting: Setting) -> xr.Dataset:
    """The run that the others are compared with, on one thread."""
    return setting.once(
        "run of every kind", lambda: setting.simulate(scenario_of(setting), FUTURES, threads=1)
    )


def digest(dataset: xr.Dataset, names: Iterable[str], futures: int | None = None) -> str:
    """Hash of the bytes of some variables, of all or of the first futures."""
    found = hashlib.blake2b(digest_size=16)
    for name in names:
        values = dataset[name].values if futures is None else dataset[name].values[:futures]
        if values.dtype.kind in "OUT":
            found.update("\0".join(map(str, values.ravel())).encode())
        else:
            found.update(np.ascontiguousarray(values).tobytes())
    return found.hexdigest()


def _variables(dataset: xr.Dataset) -> list[str]:
    return [str(name) for name in dataset.variables]


def _same_run(setting: Setting, **how: int) -> Outcome:
    first, second = run_of(setting), setting.simulate(scenario_of(setting), FUTURES, **how)
    return outcomes.same(digest(first, _variables(first)), digest(second, _variables(first)), BYTES)


@CHECKS.check("two-threads", "Two threads give the bytes of one.", PROMISE)
def two_threads(setting: Setting) -> Outcome:
    return _same_run(setting, threads=2)


@CHECKS.check("five-threads", "So do five, more than there are blocks to share evenly.", PROMISE)
def five_threads(setting: Setting) -> Outcome:
    return _same_run(setting, threads=5)


@CHECKS.check("small-blocks", "Blocks of 256 futures give the bytes of blocks of any other size.", PROMISE)
def small_blocks(setting: Setting) -> Outcome:
    return _same_run(setting, block_futures=256)


@CHECKS.check("odd-blocks", "So do blocks of a size that is no power of two.", PROMISE)
def odd_blocks(setting: Setting) -> Outcome:
    return _same_run(setting, block_futures=700)


@CHECKS.check("again", "The same run a second time gives the same bytes.", PROMISE)
def again(setting: Setting) -> Outcome:
    return _same_run(setting)


@CHECKS.check(
    "longer-extends-shorter",
    "The first 257 futures of a longer run are a run of 257 futures.",
    "docs/model.md, 1.2",
)
def longer_extends_shorter(setting: Setting) -> Outcome:
    shorter = 257
    short = setting.simulate(scenario_of(setting), shorter)
    return outcomes.same(digest(short, BY_FUTURE), digest(run_of(setting), BY_FUTURE, shorter), BYTES)


@CHECKS.check(
    "seeds-differ",
    "Another seed gives other futures: not one present value of 64 futures is the same.",
    "docs/model.md, 1.1",
)
def seeds_differ(setting: Setting) -> Outcome:
    seed = setting.seed + 1 if setting.seed < 2**62 else setting.seed - 1
    other = setting.simulate(scenario_of(setting), 64, seed=seed)["npv"].values
    return outcomes.none_of(
        int(np.count_nonzero(other == run_of(setting)["npv"].values[:64])), "present values shared"
    )


@CHECKS.check(
    "replay",
    "A future that is replayed by itself costs what it cost in the run, to the last digit.",
    PROMISE,
)
def replay(setting: Setting) -> Outcome:
    run, apart = run_of(setting), 0
    for future in (0, 255, 256, FUTURES - 1):
        setting.refuse_if_cancelled()
        alone = tcosim.replay(scenario_of(setting), seed=setting.seed, future=future)
        for k, name in enumerate(run["option"].values):
            apart += alone.npv[str(name)] != run["npv"].values[future, k]
    return outcomes.none_of(int(apart), "present values that differ")


@CHECKS.check(
    "hours-add-up",
    "The tokens of a replay's hours add up to the tokens that its months are billed for.",
    "docs/model.md, 1.5: the hours of a replay and those of a run are two loops",
)
def hours_add_up(setting: Setting) -> Outcome:
    alone = tcosim.replay(scenario_of(setting), seed=setting.seed, future=31)
    hours = alone.hours["tokens"].values.reshape(-1, HOURS_PER_MONTH).sum(axis=1)
    apart = float(np.abs(hours / alone.months["tokens"].values - 1).max())
    # a day is summed in float32: 24 roundings of 2^-24 at most
    return outcomes.at_most(apart, 24 * 2**-24, "rounding of float32, 24 x 2⁻²⁴", "relative")


@CHECKS.check(
    "hours-in-bounds",
    "In no hour is anything served, waiting or overflowing negative, or more replicas down than there are.",
    "docs/model.md, 3.6 to 3.10",
)
def hours_in_bounds(setting: Setting) -> Outcome:
    hours = tcosim.replay(scenario_of(setting), seed=setting.seed, future=31).hours
    outside = sum(int((hours[name] < 0).sum()) for name in ("demand", "served", "backlog", "overflow"))
    outside += int((hours["replicas_down"] > hours["replicas"]).sum())
    return outcomes.none_of(outside, "hours out of bounds")


@CHECKS.check(
    "folder",
    "A run that is written to a folder and read back is the same, to the last byte of every array.",
    "netCDF 4, with checksums; README.md",
)
def folder(setting: Setting) -> Outcome:
    scenario, run = scenario_of(setting), run_of(setting)
    with tempfile.TemporaryDirectory(prefix="tcosim-verify-") as place:
        path = tcosim.write_run(
            Path(place) / "run",
            run,
            scenario_toml=resolved_toml(scenario),
            assumptions=assumption_snapshot(scenario, ppf),
            summary=tcosim.summarize(run),
        )
        read = tcosim.open_run(path).load()
    names = sorted(_variables(run))
    return outcomes.same(digest(run, names), digest(read, names), BYTES)


@CHECKS.check(
    "resolved-scenario",
    "The scenario that a run writes out, with every default spelled out, gives the same run.",
    "README.md",
)
def resolved_scenario(setting: Setting) -> Outcome:
    text = resolved_toml(scenario_of(setting))
    second = setting.simulate(load_text(text), 257)
    return outcomes.same(digest(run_of(setting), BY_FUTURE, 257), digest(second, BY_FUTURE), BYTES)

"""What money must do: parts add up, a name or an order changes nothing, a dearer rival helps.

Knows runs of a scenario with every kind of option, and small changes of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import tcosim
from tcosim.studies.verify import outcomes
from tcosim.studies.verify.check import Checks, Outcome
from tcosim.studies.verify.invariants_run import MONTHS, run_of, scenario_of
from tcosim.studies.verify.scenarios import API, EVERY_KIND, RENTED, SECOND_API, certain, declared

if TYPE_CHECKING:
    from tcosim.studies.verify.setting import Setting

CHECKS = Checks()
FUTURES = 512
SUMS = 1e-12
"""Relative: a sum of 1,500 float64 in another order."""


@CHECKS.check(
    "parts-add-up",
    "The components of an option's cost add up to its present value.",
    "docs/model.md, 5.1",
)
def parts_add_up(setting: Setting) -> Outcome:
    run = run_of(setting)
    whole = run["npv"].values.mean(axis=0)
    apart = np.abs(run["component"].values.sum(axis=1) / whole - 1)
    return outcomes.at_most(float(apart.max()), SUMS, outcomes.BY_ROUNDING, "relative")


@CHECKS.check(
    "costs-so-far-end-at-npv",
    "The costs so far of a future are its present value at the end of the horizon.",
    "docs/model.md, 5.4",
)
def costs_so_far_end_at_npv(setting: Setting) -> Outcome:
    run = run_of(setting)
    last = run["cumulated"].sel(quantile=0.5).values[-1]
    expected = np.median(run["npv"].values.astype(np.float32), axis=0)
    apart = float(np.abs(last / expected - 1).max())
    return outcomes.at_most(apart, 2 * 2**-24, "rounding of float32, 2 x 2⁻²⁴", "relative")


@CHECKS.check(
    "months-add-up",
    "The nominal costs of a future's months add up to its cost over the horizon.",
    "docs/model.md, 5.1",
)
def months_add_up(setting: Setting) -> Outcome:
    run, future = run_of(setting), 31
    months = tcosim.replay(scenario_of(setting), seed=setting.seed, future=future).months["cost"]
    apart = np.abs(months.sum("month").values / run["total"].values[future] - 1)
    return outcomes.at_most(float(apart.max()), 2**-24, "rounding of float32, 2⁻²⁴", "relative")


@CHECKS.check(
    "scrambles-add-up",
    "The counts behind every interval are those of the futures themselves.",
    "docs/model.md, 5.3",
)
def scrambles_add_up(setting: Setting) -> Outcome:
    run, apart = run_of(setting), 0
    npv = run["npv"].values
    baseline = list(run["option"].values).index(run.attrs["baseline"])
    for scramble in range(16):
        own = npv[scramble::16]
        beats = (own < own[:, [baseline]]).sum(axis=0)
        apart += int(np.count_nonzero(run["scramble_beats"].values[scramble] != beats))
    return outcomes.none_of(apart, "counts that differ")


@CHECKS.check(
    "one-is-cheapest",
    "In every future exactly one option is the cheapest.",
    "docs/model.md, 5.4",
)
def one_is_cheapest(setting: Setting) -> Outcome:
    run = run_of(setting)
    return outcomes.same(float(run.sizes["future"]), float(run["scramble_cheapest"].sum()), "futures")


@CHECKS.check(
    "order-of-options",
    "Options that are listed in another order cost the same, future by future, where the inputs are the same.",
    "months and hours belong to the future; docs/model.md, 1.1",
)
def order_of_options(setting: Setting) -> Outcome:
    first, *others = EVERY_KIND
    one, other = (
        setting.simulate(certain(declared(options, months=MONTHS)), FUTURES)["npv"]
        for options in (EVERY_KIND, (first, *reversed(others)))
    )
    moved = other.sel(option=one["option"])
    return outcomes.none_of(int(np.count_nonzero(one.values != moved.values)), "present values that differ")


@CHECKS.check(
    "names-of-options",
    "An option of another name costs the same, future by future.",
    "docs/model.md, 1.1",
)
def names_of_options(setting: Setting) -> Outcome:
    options = [text.replace('name = "owned"', 'name = "of-our-own"') for text in EVERY_KIND]
    renamed = setting.simulate(declared(options, months=MONTHS), FUTURES)["npv"]
    before = run_of(setting)["npv"].values[:FUTURES]
    if "of-our-own" not in renamed["option"].values:
        raise ValueError("the option was not renamed")
    return outcomes.none_of(int(np.count_nonzero(before != renamed.values)), "present values that differ")


@CHECKS.check(
    "dearer-api",
    "A dearer API lets no self-hosted option lose a future that it wins against the cheaper one.",
    "a fleet buys no more tokens of the API than the API sells; docs/model.md, 4.3",
)
def dearer_api(setting: Setting) -> Outcome:
    dear = [
        text.replace("= 3.0", "= 6.0").replace("= 0.3", "= 0.6").replace("= 15.0", "= 30.0")
        for text in EVERY_KIND
    ]
    cheaper = run_of(setting)["npv"][:FUTURES]
    dearer = setting.simulate(declared(dear, months=MONTHS), FUTURES)["npv"]
    fleets = [str(name) for name in cheaper["option"].values if name not in ("api", "managed")]
    won, still = ((npv.sel(option=fleets) < npv.sel(option="api")).values for npv in (cheaper, dearer))
    if not still.sum() > won.sum() > 0:
        raise ValueError(f"{won.sum()} futures are won before and {still.sum()} after: nothing is compared")
    return outcomes.none_of(int(np.count_nonzero(won & ~still)), "futures lost")


@CHECKS.check(
    "an-option-against-itself",
    "Of two options that are the same neither ever beats the other.",
    "equal costs do not win; docs/model.md, 5.2",
)
def an_option_against_itself(setting: Setting) -> Outcome:
    still = [
        f"option.{name}.route.default.{field}=0.0"
        for name in ("api", "other")
        for field in ("jumps_per_year", "list_price_volatility")
    ]
    twice = declared((API, SECOND_API, RENTED), *still, months=3)
    run = setting.simulate(twice, FUTURES)
    return outcomes.none_of(int(run["scramble_beats"].sel(option="other").sum()), "futures won")

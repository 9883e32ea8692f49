"""Random words, monthly noise, sizes and every hour of every kind of fleet, against the twins.

Knows scenes that ran through both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tcosim.kernels import streams
from tcosim.reference import ref_streams
from tcosim.studies.verify import outcomes
from tcosim.studies.verify.check import Checks, Outcome
from tcosim.studies.verify.scenes import FLEET_KINDS
from tcosim.studies.verify.twins_compared import (
    AUTOSCALER_HOURS,
    BY_HOUR,
    EXACT,
    HOURLY,
    KINDS,
    WORDS,
    Compared,
    apart_of,
    crowded,
    plain,
    relative,
    silent,
    until,
)

if TYPE_CHECKING:
    from tcosim.studies.verify.setting import Setting

CHECKS = Checks()
FEWEST_COMPARED = 0.5
"""Share of all hours of fleets that has to be compared; with seed 0 it is all of them."""


@CHECKS.check(
    "random-words",
    "The words of the hours' generator are those of the same generator on Python's integers.",
    "tcosim.reference.ref_streams",
)
def random_words(setting: Setting) -> Outcome:
    apart = 0
    for future in (0, 1, 255, 10**9):
        words = np.empty((4, 1), np.uint32)
        streams.seed_lanes(np.uint64(setting.seed), future, words)
        state, twin = tuple(words[:, 0]), ref_streams.Hourly(setting.seed, future)
        for _ in range(WORDS):
            word, *after = streams.next_word(*state)
            state = tuple(np.uint32(one) for one in after)
            apart += int(word) != twin.word()
    return outcomes.none_of(apart, "words that differ")


@CHECKS.check(
    "monthly-noise",
    "Walks, jumps and lists of every month are those of the plain program.",
    "tcosim.reference.ref_noise",
)
def monthly_noise(setting: Setting) -> Outcome:
    worst, a = 0.0, plain(setting).arrays
    for one in plain(setting).lanes:
        noise, lane = one.twin.noise, one.lane
        worst = max(
            worst,
            relative(a.growth_walk[lane], noise.growth_walk),
            relative(a.gpu_walk[lane], noise.gpu_walk),
            relative(a.log_jumps[:, lane], noise.log_jumps),
            relative(a.log_lists[:, lane], noise.log_lists),
            relative(a.incidents[lane], noise.incidents),
        )
    return outcomes.at_most(worst, EXACT, outcomes.BY_ROUNDING, "relative")


@CHECKS.check(
    "levels-and-capacity",
    "The traffic expected of each month and the speed of each replica are those of the plain program.",
    "tcosim.reference.ref_planning",
)
def levels_and_capacity(setting: Setting) -> Outcome:
    worst, a = 0.0, plain(setting).arrays
    for one in plain(setting).lanes:
        worst = max(worst, relative(a.levels[one.lane], one.twin.levels))
        for k, plan in enumerate(one.twin.plans):
            worst = max(worst, relative(a.capacity[k, one.lane], plan.capacity))
    return outcomes.at_most(worst, EXACT, outcomes.BY_ROUNDING, "relative")


@CHECKS.check(
    "fleet-sizes",
    "Every kind of fleet stands and orders as many replicas in each month as the plain program says.",
    "tcosim.reference.ref_planning",
)
def fleet_sizes(setting: Setting) -> Outcome:
    apart, a = 0, plain(setting).arrays
    for one in plain(setting).lanes:
        for k, plan in enumerate(one.twin.plans):
            apart += apart_of(a.replicas[k, one.lane], plan.replicas) + apart_of(
                a.orders[k, one.lane], plan.orders
            )
    return outcomes.none_of(apart, "months that differ")


def _demand(compared: Compared) -> Outcome:
    worst = max(relative(one.traced[0], one.twin.demand) for one in compared.lanes)
    return outcomes.at_most(worst, HOURLY, BY_HOUR, "of the largest hour")


@CHECKS.check(
    "demand",
    "The tokens of every hour (profile, bursts, spikes) are those of the plain program.",
    "tcosim.reference.ref_hours",
)
def demand(setting: Setting) -> Outcome:
    return _demand(plain(setting))


@CHECKS.check(
    "demand-with-silence",
    "The same where hours fall silent.",
    "tcosim.reference.ref_hours",
)
def demand_with_silence(setting: Setting) -> Outcome:
    return _demand(silent(setting))


def _hours(compared: Compared) -> Outcome:
    """Served, waiting and overflowing tokens of every hour; a replica more or less shows in them at once."""
    worst, held, hours = 0.0, 0, 0
    for one in compared.lanes:
        for k, rows in enumerate(one.twin.hours):
            held, hours = held + until(one, k), hours + len(rows)
            largest = max(row.demand for row in rows)
            for name, column in (("demand", 0), ("served", 1), ("backlog", 2), ("overflow", 3)):
                twin = np.array([getattr(row, name) for row in rows])
                apart = np.abs(one.traced[1][k, :, column] - twin)
                worst = max(worst, float(apart[: until(one, k)].max(initial=0.0)) / largest)
    # fleets that leave their twins are told by replicas-up-and-down; here they must not leave nothing to compare
    if held < FEWEST_COMPARED * hours:
        worst = 1.0
    return outcomes.at_most(worst, 2 * HOURLY, f"2 x {BY_HOUR}", "of the largest hour")


@CHECKS.check(
    "service",
    "What nine kinds of fleet serve, hold back and hand on in every hour is what the plain program says.",
    "tcosim.reference.ref_hours",
)
def service(setting: Setting) -> Outcome:
    return _hours(plain(setting))


@CHECKS.check(
    "service-in-packs",
    "The same for crowded fleets whose replicas fail several at a time.",
    "tcosim.reference.ref_hours",
)
def service_in_packs(setting: Setting) -> Outcome:
    return _hours(crowded(setting))


@CHECKS.check(
    "replicas-up-and-down",
    "In every hour as many replicas stand, and as many are down, as the plain program says.",
    "tcosim.reference.ref_hours",
)
def replicas_up_and_down(setting: Setting) -> Outcome:
    compared, apart = [*plain(setting).lanes, *crowded(setting).lanes], 0
    for one in compared:
        for k, rows in enumerate(one.twin.hours):
            hours = until(one, k)
            standing = apart_of(one.traced[1][k, :, 4], [row.replicas for row in rows])
            # the size of an autoscaler is rounded up from a float32: now and then it lands on the other side
            apart += (
                max(0, standing - AUTOSCALER_HOURS) if FLEET_KINDS[KINDS[k]].get("autoscale") else standing
            )
            apart += apart_of(one.traced[1][k, :hours, 5], [row.down for row in rows[:hours]])
    return outcomes.none_of(apart, "hours that differ")

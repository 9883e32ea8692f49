"""Months of every kind of fleet and the books of every kind of option, against the twins.

Knows scenes that ran through both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tcosim.kernels.layout import COMPONENTS, FLEET_USE, HOURS_PER_MONTH, HOURS_PER_WEEK, H
from tcosim.reference import ref_hours
from tcosim.studies.verify import outcomes
from tcosim.studies.verify.check import Checks, Outcome
from tcosim.studies.verify.scene_runs import run_week, stretched
from tcosim.studies.verify.twins_compared import (
    BY_HOUR,
    BY_MONTH,
    HOURLY,
    KINDS,
    LANES_COMPARED,
    MONTHLY,
    MONTHS,
    apart_of,
    books,
    in_step,
    plain,
    relative,
    silent,
)

if TYPE_CHECKING:
    from tcosim.studies.verify.setting import Setting

CHECKS = Checks()


@CHECKS.check(
    "months-of-fleets",
    "Tokens served and overflowing in a month are the sums of the plain program's hours.",
    "tcosim.reference.ref_hours",
)
def months_of_fleets(setting: Setting) -> Outcome:
    worst = 0.0
    for compared in (plain(setting), silent(setting)):
        for one in compared.lanes:
            # where a floor is cut off the burst, the rest is scaled up, and its rounding with it
            stretch = stretched(one.future.world)
            for k, sums in enumerate(one.twin.sums):
                if not in_step(one, k):
                    continue
                got = compared.arrays.fleet_months[k, :, one.lane]
                scale = max(m.served + m.overflow for m in sums) * stretch
                for name, row in (("served", H.served), ("overflow", H.overflow)):
                    twin = np.array([getattr(m, name) for m in sums])
                    worst = max(worst, float(np.abs(got[row] - twin).max()) / scale)
    return outcomes.at_most(worst, 3 * MONTHLY, f"3 x {BY_MONTH}", "of the month's tokens")


@CHECKS.check(
    "paid-hours",
    "The replica-hours paid in each month are those of the plain program, to the last one.",
    "tcosim.reference.ref_hours",
)
def paid_hours(setting: Setting) -> Outcome:
    apart, compared = 0, plain(setting)
    for one in compared.lanes:
        for k, sums in enumerate(one.twin.sums):
            paid = compared.arrays.fleet_months[k, H.paid_replica_hours, one.lane]
            if in_step(one, k):
                apart += apart_of(paid, [m.paid for m in sums])
    return outcomes.none_of(apart, "months that differ")


@CHECKS.check(
    "load-of-the-week",
    "Busy and paid replica-hours by hour of the week are those of the plain program.",
    "tcosim.reference.ref_hours",
)
def load_of_the_week(setting: Setting) -> Outcome:
    compared = plain(setting)
    busy, paid = run_week(compared.scene, compared.arrays, len(LANES_COMPARED))
    expected = np.zeros((2, *busy.shape))
    steady = [all(in_step(one, k) for one in compared.lanes) for k in range(len(KINDS))]
    for one in compared.lanes:
        for k, (rows, plan) in enumerate(zip(one.twin.hours, one.twin.plans, strict=True)):
            expected[:, k] += ref_hours.week_sums(rows, plan, one.future.fleets[k]["latency_utilization"])
    hours = HOURS_PER_MONTH * MONTHS // HOURS_PER_WEEK + 1
    worst = max(relative(busy[steady], expected[0, steady]), relative(paid[steady], expected[1, steady]))
    return outcomes.at_most(worst, hours * 2 * HOURLY, f"{2 * hours} x {BY_HOUR}", "of the busiest hour")


@CHECKS.check(
    "ledger",
    "Every component of the present value of every kind of option is that of the plain program's books.",
    "tcosim.reference.ref_ledger",
)
def ledger(setting: Setting) -> Outcome:
    worst = 0.0
    for compared in (plain(setting), silent(setting)):
        for one in compared.lanes:
            stretch = stretched(one.future.world)
            for option, book in books(one):
                scale = sum(abs(usd) for usd in book.components.values()) * stretch
                twin = np.array([book.components.get(name, 0.0) for name in COMPONENTS])
                got = compared.arrays.components[option, :, one.lane]
                worst = max(worst, float(np.abs(got - twin).max()) / scale)
    return outcomes.at_most(worst, 4 * MONTHLY, f"4 x {BY_MONTH}", "of the option's cost")


@CHECKS.check(
    "ledger-by-month",
    "Nominal costs and costs so far of every month are those of the plain program's books.",
    "tcosim.reference.ref_ledger",
)
def ledger_by_month(setting: Setting) -> Outcome:
    worst, compared = 0.0, plain(setting)
    for one in compared.lanes:
        for option, book in books(one):
            scale = sum(abs(usd) for usd in book.components.values())
            for got, twin in (
                (compared.arrays.costs[option, one.lane], book.months),
                (compared.arrays.cumulated[option, one.lane], book.cumulated),
            ):
                worst = max(worst, float(np.abs(got - np.array(twin)).max()) / scale)
    return outcomes.at_most(worst, 4 * MONTHLY, f"4 x {BY_MONTH}", "of the option's cost")


@CHECKS.check(
    "use-of-fleets",
    "How busy each fleet was over the horizon is what the plain program says.",
    "tcosim.reference.ref_ledger",
)
def use_of_fleets(setting: Setting) -> Outcome:
    worst, compared = 0.0, plain(setting)
    for one in compared.lanes:
        for k, use in enumerate(one.twin.use):
            got = dict(zip(FLEET_USE, compared.arrays.use[k, :, one.lane], strict=True))
            if use.paid and in_step(one, k):
                worst = max(worst, abs(got["busy_replica_hours"] - use.busy) / use.paid)
    return outcomes.at_most(worst, 4 * MONTHLY, f"4 x {BY_MONTH}", "of the paid hours")

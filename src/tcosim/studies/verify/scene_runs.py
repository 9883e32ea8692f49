"""A scene through the compiled kernels, and through their slow twins.

Knows arrays and dictionaries of parameters; compares nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim import kernels
from tcosim.kernels import layout
from tcosim.kernels.layout import LANES
from tcosim.reference import ref_hours, ref_ledger, ref_noise, ref_planning
from tcosim.reference.ref_hours import floor_and_mean

Floats = NDArray[np.float64]

OWNERSHIP = {"on-demand": layout.ON_DEMAND, "reserved": layout.RESERVED, "owned": layout.OWNED}


def pack(rows: Sequence[str], dictionaries: Sequence[Mapping[str, float]], n: int = LANES) -> Floats:
    """(rows, n) from dictionaries, repeated over the futures."""
    columns = np.array([[d[name] for d in dictionaries] for name in rows], dtype=np.float64)
    return np.ascontiguousarray(columns[:, np.arange(n) % len(dictionaries)])


def pack_policies(policies: Sequence[Mapping[str, Any]]) -> NDArray[np.int64]:
    return np.array(
        [
            [OWNERSHIP[p[name]] if name == "ownership" else p[name] for name in layout.POLICY]
            for p in policies
        ],
        dtype=np.int64,
    ).reshape(len(policies), len(layout.POLICY))


def run_kernels(s: SimpleNamespace, n: int = LANES) -> SimpleNamespace:
    """All kernels over one or more blocks of a scene; arrays as the engine has them."""
    months, fleets, f = s.n_months, len(s.policies), s.futures
    a = SimpleNamespace()
    a.world = pack(layout.WORLD, [x.world for x in f], n)
    a.routes = np.stack([pack(layout.ROUTE, [x.routes[r] for x in f], n) for r in range(2)], axis=1)
    a.apis = pack(layout.API, [x.api for x in f], n)[:, None]
    a.manageds = pack(layout.MANAGED, [x.managed for x in f], n)[:, None]
    a.fleets = np.zeros((len(layout.FLEET), fleets, n))
    for k in range(fleets):
        a.fleets[:, k] = pack(layout.FLEET, [x.fleets[k] for x in f], n)
    a.policies = pack_policies(s.policies)
    a.swings = s.shape - np.float32(1)

    def by_month(*shape: int) -> Floats:
        return np.zeros((*shape, n, months))

    a.growth_walk, a.gpu_walk, a.incidents = by_month(), by_month(), by_month()
    a.log_jumps, a.log_lists = by_month(2), by_month(2)
    kernels.draw_monthly_noise(
        np.uint64(s.seed), s.first_future, a.routes, a.growth_walk, a.gpu_walk, a.log_jumps, a.log_lists,
        a.incidents,
    )  # fmt: skip
    a.levels, a.tokens = by_month(), by_month()
    a.replicas, a.capacity, a.orders = by_month(fleets), by_month(fleets), by_month(fleets)
    kernels.plan_fleets(
        a.world,
        float(a.swings.max()),
        a.fleets,
        a.policies,
        a.growth_walk,
        a.levels,
        a.replicas,
        a.capacity,
        a.orders,
    )
    a.fleet_months = by_month(fleets, len(layout.FLEET_MONTH))
    kernels.simulate_hours(
        np.uint64(s.seed), s.first_future, a.world, a.swings, a.fleets, a.policies, np.ones(1), a.levels,
        a.replicas, a.capacity, a.tokens, a.fleet_months,
    )  # fmt: skip
    a.costs, a.cumulated = by_month(2 + fleets), by_month(2 + fleets)
    a.components = np.zeros((2 + fleets, len(layout.COMPONENTS), n))
    a.use = np.zeros((fleets, len(layout.FLEET_USE), n))
    zero = np.zeros(2, np.int64)
    kernels.keep_books(
        a.world, a.routes, zero, a.apis, a.manageds, zero[:1], a.fleets, a.policies, a.tokens, a.replicas, a.capacity,
        a.orders, a.fleet_months, a.gpu_walk, a.log_jumps, a.log_lists, a.incidents, a.costs, a.cumulated,
        a.components, a.use,
    )  # fmt: skip
    return a


def run_trace(s: SimpleNamespace, a: SimpleNamespace, lane: int) -> tuple[Floats, Floats]:
    """Every hour of one lane."""
    hours = s.n_months * 730
    tokens, out = np.zeros(hours), np.zeros((len(s.policies), hours, 6))
    kernels.trace_hours(
        np.uint64(s.seed), s.first_future, lane, a.world, a.swings, a.fleets, a.policies, a.levels, a.replicas,
        a.capacity, tokens, out,
    )  # fmt: skip
    return tokens, out


def run_week(s: SimpleNamespace, a: SimpleNamespace, count: int = LANES) -> tuple[Floats, Floats]:
    """Replica-hours busy and paid of the first lanes, (k, 168) each."""
    busy, paid = np.zeros((2, len(s.policies), 168))
    kernels.week_hours(
        np.uint64(s.seed), s.first_future, count, a.world, a.swings, a.fleets, a.policies, a.levels, a.replicas,
        a.capacity, busy, paid,
    )  # fmt: skip
    return busy, paid


def run_twin(s: SimpleNamespace, lane: int) -> SimpleNamespace:
    """The twin's answer for one lane of a scene."""
    future = s.futures[lane % len(s.futures)]
    number = s.first_future + lane
    t = SimpleNamespace()
    t.noise = ref_noise.monthly_noise(s.seed, number, future.routes, s.n_months)
    t.levels = ref_planning.levels(future.world, t.noise.growth_walk)
    largest_swing = float(s.shape.max()) - 1
    t.demand, t.uniforms = ref_hours.traffic(s.seed, number, future.world, s.shape.astype(float), t.levels)
    t.tokens = [sum(t.demand[730 * m : 730 * (m + 1)]) for m in range(s.n_months)]
    t.plans, t.hours, t.sums, t.books, t.use = [], [], [], [], []
    prices, migrations = ref_ledger.api_prices(
        future.world, future.routes, future.api, t.noise.log_jumps, t.noise.log_lists, s.n_months
    )
    t.books.append(ref_ledger.api_book(future.world, future.api, prices, migrations, t.tokens))
    t.books.append(
        ref_ledger.managed_book(future.world, future.managed, future.api, prices, migrations, t.tokens)
    )
    for fleet, policy in zip(future.fleets, s.policies, strict=True):
        plan = ref_planning.plan(future.world, largest_swing, fleet, policy, t.levels)
        rows = ref_hours.serve(future.world, fleet, policy, plan, t.demand, t.uniforms, t.levels[0])
        sums = ref_hours.month_sums(rows, plan, s.n_months)
        book, use = ref_ledger.fleet_book(
            future.world, fleet, policy, future.api, prices, migrations, t.tokens, plan, sums, t.noise
        )
        t.plans.append(plan)
        t.hours.append(rows)
        t.sums.append(sums)
        t.books.append(book)
        t.use.append(use)
    return t


def stretched(world: Mapping[str, float]) -> float:
    """How much larger a rounding of the burst becomes: the floor is cut off, and the rest scaled to a mean of 1."""
    floor, mean = floor_and_mean(world["burst_sigma"], world["silent_share"])
    return 1 + floor / mean

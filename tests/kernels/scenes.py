"""Random parameters for the kernels, as dictionaries for the twins and as packed arrays for the kernels."""

from types import SimpleNamespace

import numpy as np

from tcosim import kernels
from tcosim.kernels import layout
from tcosim.kernels.layout import LANES
from tests.reference import ref_hours, ref_ledger, ref_noise, ref_planning

OWNERSHIP = {"on-demand": layout.ON_DEMAND, "reserved": layout.RESERVED, "owned": layout.OWNED}

# every kind of fleet that a scenario can declare
FLEET_KINDS = {
    "on-demand": {"ownership": "on-demand"},
    "on-demand-never-resized": {"ownership": "on-demand", "resize_every_months": 0},
    "autoscaled": {"ownership": "on-demand", "autoscale": 1},
    "autoscaled-queueing": {"ownership": "on-demand", "autoscale": 1, "waits": 1},
    "queueing": {"ownership": "on-demand", "waits": 1},
    "reserved": {"ownership": "reserved", "term_months": 2},
    "owned": {"ownership": "owned"},
    "owned-lost-overflow": {"ownership": "owned", "overflow_is_lost": 1},
    "hybrid": {"ownership": "on-demand", "hybrid": True},
}


def random_world(rng):
    return {
        "planned_tokens": 10 ** rng.uniform(8, 11),
        "forecast_ratio": rng.uniform(0.3, 2),
        "log_growth": rng.uniform(-0.3, 1),
        "log_growth_median": 0.2,
        "growth_volatility": rng.uniform(0, 0.5),
        "profile_following": rng.uniform(0, 1),
        "burst_sigma": rng.uniform(0, 1.5),
        "burst_hours": rng.uniform(0.3, 30),
        "burst_daily_share": rng.uniform(0, 1),
        "burst_days": rng.uniform(0.3, 10),
        "silent_share": 0.0,
        "silent_score": -np.inf,
        "spikes_per_hour": rng.uniform(0, 0.05),
        "spike_size": rng.uniform(0, 5),
        "spike_hours": rng.uniform(0.5, 12),
        "input_share": rng.uniform(0.1, 0.95),
        "cached_share": rng.uniform(0, 1),
        "discount_rate_per_year": rng.uniform(0, 0.2),
    }


def random_route(rng, share):
    return {
        "share": share,
        "usd_per_million_input": rng.uniform(0.1, 10),
        "usd_per_million_cached_input": rng.uniform(0.01, 1),
        "usd_per_million_output": rng.uniform(0.4, 40),
        "batch_share": rng.uniform(0, 1),
        "batch_price_ratio": rng.uniform(0.3, 1),
        "annual_decline": rng.uniform(-0.5, 0.8),
        "months_between_moves": rng.uniform(0.4, 5),
        "migration_hours": rng.uniform(0, 300),
        "jumps_per_year": rng.uniform(0, 6),
        "jump_log_mean": rng.uniform(-0.5, 0.5),
        "jump_log_sd": rng.uniform(0, 0.5),
    }


def random_people(rng):
    return {
        "engineer_hours_per_month": rng.uniform(0, 100),
        "engineer_usd_per_hour": rng.uniform(40, 250),
        "wage_growth_per_year": rng.uniform(-0.05, 0.1),
    }


def random_api(rng):
    return {
        "retry_share": rng.uniform(0, 0.2),
        "development_share": rng.uniform(0, 0.5),
        "fees_usd_per_month": rng.uniform(0, 1000),
        "setup_usd": rng.uniform(0, 20000),
        "outage_usd_per_month": rng.uniform(0, 3000),
        **random_people(rng),
    }


def random_managed(rng):
    return {
        "markup_share": rng.uniform(0, 0.4),
        "overhead_usd_per_month": rng.uniform(0, 2000),
        "setup_usd": rng.uniform(0, 20000),
        "outage_usd_per_month": rng.uniform(0, 3000),
        **random_people(rng),
    }


def random_policy(rng, kind):
    policy = {
        "api": 0, "gpus_per_replica": int(rng.integers(1, 9)), "min_replicas": int(rng.integers(0, 3)),
        "spare_replicas": int(rng.integers(0, 2)), "resize_every_months": 1, "term_months": 0,
        "ownership": "on-demand", "autoscale": 0, "overflow_is_lost": 0, "waits": 0,
    }  # fmt: skip
    return policy | {k: v for k, v in FLEET_KINDS[kind].items() if k != "hybrid"}


def random_fleet(rng, kind, world):
    # a throughput at which a handful of replicas are needed, so that capacity binds now and then
    rate = world["planned_tokens"] / 730 / 3600 / rng.uniform(0.5, 4)
    mixed = rng.random() < 0.5
    return {
        "share": rng.uniform(0.2, 0.9) if "hybrid" in kind else 1.0,
        "token_ratio": rng.uniform(0.7, 2),
        "lost_usd_per_million_tokens": rng.uniform(0, 50),
        "prefill_tokens_per_second": 0.0 if mixed else rate * rng.uniform(0.5, 2),
        "decode_tokens_per_second": 0.0 if mixed else rate * rng.uniform(0.3, 1),
        "mixed_tokens_per_second": rate if mixed else 0.0,
        "fleet_cached_share": rng.uniform(0, 0.9),
        "latency_utilization": rng.uniform(0.4, 1),
        "out_of_the_box_share": rng.uniform(0.2, 1),
        "tuning_months": rng.uniform(0.3, 4),
        "software_gain_per_year": rng.uniform(-0.1, 0.8),
        "launch_months": rng.uniform(0, 2.4),
        "headroom": rng.uniform(0.5, 1.5),
        "longest_wait_hours": rng.uniform(0.1, 5) if FLEET_KINDS[kind].get("waits") else 0.0,
        "lead_months": rng.uniform(0, 2.4),
        "failures_per_replica_hour": rng.uniform(0, 0.01),
        "repairs_per_hour": 1 / rng.uniform(1, 48),
        "engineer_hours_per_replica_month": rng.uniform(0, 10),
        "underestimate_share": rng.uniform(-0.2, 2),
        **random_people(rng),
        "launch_hours": rng.uniform(0, 1000),
        "launch_usd": rng.uniform(0, 50000),
        "refresh_weeks": rng.uniform(1, 12),
        "refresh_hours": rng.uniform(0, 100),
        "refresh_usd": rng.uniform(0, 5000),
        "finetune_hours_per_month": rng.uniform(0, 50),
        "finetune_usd_per_month": rng.uniform(0, 5000),
        "incidents_per_month": rng.uniform(0, 4),
        "incident_usd": rng.uniform(0, 5000),
        "platform_usd_per_month": rng.uniform(0, 5000),
        "audit_usd_per_year": rng.uniform(0, 50000),
        "setup_usd": rng.uniform(0, 50000),
        "usd_per_gpu_hour": rng.uniform(0.5, 10),
        "reserved_discount": rng.uniform(0, 0.6),
        "gpu_price_drift": rng.uniform(-0.5, 0.5),
        "gpu_price_volatility": rng.uniform(0, 0.6),
        "usd_per_gpu": rng.uniform(5000, 40000),
        "hardware_price_drift": rng.uniform(-0.5, 0.5),
        "hardware_price_volatility": rng.uniform(0, 0.6),
        "server_share": rng.uniform(0, 0.6),
        "residual_share_36_months": rng.uniform(0.05, 0.7),
        "support_share_per_year": rng.uniform(0, 0.2),
        "colocation_usd_per_kw_month": rng.uniform(80, 300),
        "provisioned_kw_per_gpu": rng.uniform(0.5, 2.5),
        "idle_watts_per_gpu": rng.uniform(30, 150),
        "load_watts_per_gpu": rng.uniform(200, 1000),
        "pue": rng.uniform(1.05, 2),
        "host_power_ratio": rng.uniform(1, 2),
        "usd_per_kwh": rng.uniform(0.05, 0.3),
        "energy_price_growth_per_year": rng.uniform(-0.1, 0.1),
    }


def random_shape(rng):
    shape = rng.uniform(0.05, 3, 168)
    return (shape / shape.mean()).astype(np.float32)


def scene(seed, kinds, *, n_months=3, n_distinct=4):
    """Random futures with one api of two routes, one managed option and the given kinds of fleet.

    Only the first `n_distinct` futures differ; the rest of the block repeats them with streams of their own.
    """
    rng = np.random.default_rng(seed)
    futures = []
    policies = [random_policy(rng, kind) for kind in kinds]
    share = rng.uniform(0, 1)
    for _ in range(n_distinct):
        world = random_world(rng)
        futures.append(
            SimpleNamespace(
                world=world,
                routes=[random_route(rng, share), random_route(rng, 1 - share)],
                api=random_api(rng),
                managed=random_managed(rng),
                fleets=[random_fleet(rng, kind, world) for kind in kinds],
            )
        )
    # from a generator of its own, so that all else stays what it was; some lists stand still
    volatilities = np.random.default_rng([seed, len(kinds)])
    for route in (route for future in futures for route in future.routes):
        route["list_price_volatility"] = max(0.0, volatilities.uniform(-0.3, 1.5))
    return SimpleNamespace(
        seed=int(rng.integers(2**62)), first_future=int(rng.integers(1000)) * LANES, futures=futures,
        policies=policies, shape=random_shape(rng), n_months=n_months,
    )  # fmt: skip


def pack(rows, dictionaries, n=LANES):
    """(rows, n) from dictionaries, repeated over the futures."""
    columns = np.array([[d[name] for d in dictionaries] for name in rows], dtype=np.float64)
    return np.ascontiguousarray(columns[:, np.arange(n) % len(dictionaries)])


def pack_policies(policies):
    return np.array(
        [
            [OWNERSHIP[p[name]] if name == "ownership" else p[name] for name in layout.POLICY]
            for p in policies
        ],
        dtype=np.int64,
    ).reshape(len(policies), len(layout.POLICY))


def run_kernels(s, n=LANES):
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

    def by_month(*shape):
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


def run_trace(s, a, lane):
    """Every hour of one lane."""
    hours = s.n_months * 730
    tokens, out = np.zeros(hours), np.zeros((len(s.policies), hours, 6))
    kernels.trace_hours(
        np.uint64(s.seed), s.first_future, lane, a.world, a.swings, a.fleets, a.policies, a.levels, a.replicas,
        a.capacity, tokens, out,
    )  # fmt: skip
    return tokens, out


def run_week(s, a, count=LANES):
    """Replica-hours busy and paid of the first lanes, (k, 168) each."""
    busy, paid = np.zeros((2, len(s.policies), 168))
    kernels.week_hours(
        np.uint64(s.seed), s.first_future, count, a.world, a.swings, a.fleets, a.policies, a.levels, a.replicas,
        a.capacity, busy, paid,
    )  # fmt: skip
    return busy, paid


def run_twin(s, lane):
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

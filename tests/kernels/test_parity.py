"""The fast kernels against their slow twins, over random scenarios of every kind of option.

What may differ is float32 rounding: about 1e-6 of a value, and now and then a threshold that falls between the two
roundings, which moves one event of one hour. Both are bounded below; a twin with one wrong line is far outside.
"""

import math

import numpy as np
import pytest

from tcosim.kernels.layout import COMPONENTS, FLEET_USE, H
from tcosim.reference import ref_hours
from tests.kernels.crowds import CROWDS, crowd
from tests.kernels.scenes import FLEET_KINDS, run_kernels, run_trace, run_twin, scene
from tests.kernels.silence import silence, stretched

KINDS = list(FLEET_KINDS)
LANES_COMPARED = (0, 1, 2, 3, 254)

# one addition or product in float32 rounds to 2^-24; an hour's demand takes about twenty, and exponents up to 8 scale
# the rounding of 2^x by as much
HOURLY = 8 * 20 * 2**-24
# a day's sum gathers at most 24 roundings of a partial sum, and the hours' own errors lean one way at most by HOURLY
MONTHLY = 24 * 2**-24


@pytest.fixture(scope="module", params=[0, 1, 2, "silent 3", "silent 4"])
def compared(request):
    silent, seed = isinstance(request.param, str), int(str(request.param)[-1])
    s = silence(scene(seed, KINDS)) if silent else scene(seed, KINDS)
    a = run_kernels(s)
    return s, a, {lane: run_twin(s, lane) for lane in LANES_COMPARED}


def test_noise_levels_and_plans_are_equal(compared):
    _, a, twins = compared
    for lane, t in twins.items():
        np.testing.assert_allclose(a.growth_walk[lane], t.noise.growth_walk, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(a.gpu_walk[lane], t.noise.gpu_walk, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(a.log_jumps[:, lane], t.noise.log_jumps, rtol=1e-12, atol=1e-13)
        np.testing.assert_array_equal(a.incidents[lane], t.noise.incidents)
        np.testing.assert_allclose(a.levels[lane], t.levels, rtol=1e-12)
        for k, plan in enumerate(t.plans):
            np.testing.assert_array_equal(a.replicas[k, lane], plan.replicas)
            np.testing.assert_allclose(a.capacity[k, lane], plan.capacity, rtol=1e-12)
            np.testing.assert_array_equal(a.orders[k, lane], plan.orders)


def test_demand_is_equal_hour_by_hour(compared):
    s, a, twins = compared
    for lane, t in twins.items():
        tokens, _ = run_trace(s, a, lane)
        share = s.futures[lane % len(s.futures)].world["silent_share"]
        # where a floor is cut off, what is left of an hour is as exact as the hour was before
        before = HOURLY * max(t.demand) if share else 0.0
        np.testing.assert_allclose(tokens, t.demand, rtol=HOURLY, atol=before)
        zeros = sum(tokens == 0.0), sum(d == 0.0 for d in t.demand)
        assert abs(zeros[0] - zeros[1]) <= 1 and (zeros[0] > 0) == (share > 0)


def largest_difference(traced, rows, name, column):
    """Largest difference of an hourly series, over the largest demand."""
    twin = np.array([getattr(row, name) for row in rows], dtype=float)
    return np.abs(traced[:, column] - twin).max() / max(row.demand for row in rows)


def assert_equal_hours(traced, rows, kind):
    """A fleet's hours are those of its twin."""
    np.testing.assert_array_equal(traced[:, 4], [row.replicas for row in rows], err_msg=kind)
    np.testing.assert_array_equal(traced[:, 5], [row.down for row in rows], err_msg=kind)
    for name, column in (("demand", 0), ("served", 1), ("backlog", 2), ("overflow", 3)):
        assert largest_difference(traced, rows, name, column) < 2 * HOURLY, (kind, name)


def test_fleets_are_equal_hour_by_hour(compared):
    s, a, twins = compared
    for lane, t in twins.items():
        _, traced = run_trace(s, a, lane)
        for k, rows in enumerate(t.hours):
            assert_equal_hours(traced[k], rows, KINDS[k])


@pytest.mark.parametrize("how", CROWDS)
@pytest.mark.parametrize("seed", [1, 2])
def test_fleets_that_fail_in_packs_are_equal_hour_by_hour(how, seed):
    s = crowd(scene(seed, KINDS, n_months=2), how)
    a = run_kernels(s)
    packs = set()
    for lane in range(4):
        t = run_twin(s, lane)
        _, traced = run_trace(s, a, lane)
        for k, rows in enumerate(t.hours):
            # a large autoscaler now and then rounds up where its twin rounds down: compared until then
            apart = np.flatnonzero(traced[k, :, 4] != [row.replicas for row in rows])
            assert len(apart) <= 2
            until = apart[0] if len(apart) else len(rows)
            assert_equal_hours(traced[k, :until], rows[:until], KINDS[k])
            packs |= {row.pack for row in rows}
    assert 1 in packs and len(packs & {2, 3, 4, 5, 6}) >= 3


def test_monthly_sums_are_equal(compared):
    s, a, twins = compared
    for lane, t in twins.items():
        stretch = stretched(s.futures[lane % len(s.futures)].world)
        np.testing.assert_allclose(a.tokens[lane], t.tokens, rtol=MONTHLY * stretch)
        for k, sums in enumerate(t.sums):
            got = a.fleet_months[k, :, lane].T
            scale = np.array([m.served + m.overflow for m in sums]) * stretch
            assert np.all(np.abs(got[:, H.served] - [m.served for m in sums]) <= 3 * MONTHLY * scale), KINDS[
                k
            ]
            assert np.all(np.abs(got[:, H.overflow] - [m.overflow for m in sums]) <= 3 * MONTHLY * scale), (
                KINDS[k]
            )
            np.testing.assert_array_equal(got[:, H.paid_replica_hours], [m.paid for m in sums])
            # with all of them down and nothing to do, N kappa less N kappa may round to more than nothing
            idle = [
                d == 0.0 and row.down == row.replicas for d, row in zip(t.demand, t.hours[k], strict=True)
            ]
            apart = np.abs(got[:, H.hours_over_capacity] - [m.over for m in sums])
            assert np.all(apart <= 1 + np.reshape(idle, (s.n_months, -1)).sum(axis=1)), KINDS[k]


def test_books_are_equal(compared):
    s, a, twins = compared
    for lane, t in twins.items():
        stretch = stretched(s.futures[lane % len(s.futures)].world)
        for option, book in enumerate(t.books):
            scale = sum(abs(usd) for usd in book.components.values()) * stretch
            np.testing.assert_allclose(a.costs[option, lane], book.months, rtol=0, atol=4 * MONTHLY * scale)
            got = a.cumulated[option, lane]
            np.testing.assert_allclose(got, book.cumulated, rtol=0, atol=4 * MONTHLY * scale)
            assert got[-1] == pytest.approx(a.components[option, :, lane].sum(), rel=1e-12)
            for c, name in enumerate(COMPONENTS):
                assert a.components[option, c, lane] == pytest.approx(
                    book.components.get(name, 0.0), rel=1e-9, abs=4 * MONTHLY * scale
                ), (option, name)
        for k, use in enumerate(t.use):
            got = dict(zip(FLEET_USE, a.use[k, :, lane], strict=True))
            assert got["busy_replica_hours"] == pytest.approx(use.busy, rel=4 * MONTHLY * stretch)
            assert got["paid_replica_hours"] == use.paid
            assert got["launched_months"] == use.launched
            assert got["idle_usd"] == pytest.approx(use.idle_usd, rel=1e-4, abs=1e-4 * abs(use.capacity_usd))


WRONG_LINES = {
    "the burst's mean is not 1": (
        "math.exp(sigma * x - sigma**2 / 2) - floor",
        "math.exp(sigma * x) - floor",
    ),
    "days are forgotten": ("+ math.sqrt(theta) * z_d", "+ 0 * z_d"),
    "spikes add tokens": ("/ (1 + lam * jump / (1 - delta))", ""),
    "down replicas fail": ("max(n - down, w) * f", "n * f"),
    "repairs ignore how many are down": ("max(down, w) * r", "r"),
    "no queue": ("wait * n * kappa", "0.0"),
    "the autoscaler sees this hour": ("math.ceil(last *", "math.ceil(eligible * tokens *"),
}
WRONG_PACKS = {
    "packs": {
        "packs are ignored": ("max(1, math.ceil(standing * f / 0.25))", "1"),
        "packs follow the hour's replicas": ("math.ceil(standing * f / 0.25)", "math.ceil(n * f / 0.25)"),
        "a pack fails as often as one replica": (
            "lam + max(n - down, w) * f / w",
            "lam + max(n - down, w) * f",
        ),
        "the last of a pack fail more seldom": ("max(n - down, w) * f / w", "(n - down) * f / w"),
        "the last of a pack are repaired more slowly": ("max(down, w) * r / w", "down * r / w"),
    },
    "beyond the hour": {
        "failures beyond the hour": ("min(1.0, 0.25 / f) if f > 0 else 1.0", "1.0"),
        "repairs are not slowed down": ("f * slower, r * slower", "f * slower, r"),
    },
}
WRONG_SILENCE = {
    "silence": {
        "silence is taken from the tokens": ("/ mean_burst", ""),
        "days have no share in the floor": (
            "- floor)",
            "- floor * math.exp(sigma * math.sqrt(theta) * z_d))",
        ),
        "the floor forgets the mean of the burst": ("sigma * score - sigma**2 / 2", "sigma * score"),
        "what is below the floor counts": ("max(0.0, math.exp", "max(-1e9, math.exp"),
    },
}
ALL_WRONG = [(None, name, *lines) for name, lines in WRONG_LINES.items()] + [
    (how, name, *lines)
    for how, wrong in (WRONG_PACKS | WRONG_SILENCE).items()
    for name, lines in wrong.items()
]


@pytest.mark.parametrize(("how", "wrong", "right", "replacement"), ALL_WRONG, ids=[x[1] for x in ALL_WRONG])
def test_a_twin_with_one_wrong_line_fails(how, wrong, right, replacement):
    """The comparison has teeth: each wrong line moves some series by far more than the tolerance."""
    with open(ref_hours.__file__) as file:
        source = file.read()
    assert right in source
    module = {}
    exec(compile(source.replace(right, replacement), "wrong_twin", "exec"), module)
    s = scene(0, KINDS, n_months=2)
    if how in WRONG_SILENCE:
        silence(s)
    elif how:
        crowd(s, how)
    a = run_kernels(s)
    worst = 0.0
    for lane in range(4):
        t = run_twin(s, lane)
        future = s.futures[lane]
        demand, uniforms = module["traffic"](
            s.seed, s.first_future + lane, future.world, s.shape.astype(float), t.levels
        )
        _, traced = run_trace(s, a, lane)
        for k, (fleet, policy) in enumerate(zip(future.fleets, s.policies, strict=True)):
            rows = module["serve"](future.world, fleet, policy, t.plans[k], demand, uniforms, t.levels[0])
            for name, column in (("demand", 0), ("served", 1), ("overflow", 3)):
                worst = max(worst, largest_difference(traced[k], rows, name, column))
    assert worst > 100 * HOURLY


@pytest.mark.parametrize(
    ("seed", "how"), [(seed, None) for seed in range(10, 16)] + [(seed, how) for seed in (16, 17) for how in CROWDS]
)  # fmt: skip
def test_conservation_holds_every_hour(seed, how):
    """D + Q before = S + Q + O, in every hour of random scenarios of every kind (docs/model.md, 3.11)."""
    s = scene(seed, KINDS, n_months=2)
    if how:
        crowd(s, how)
    a = run_kernels(s)
    for lane in range(0, 256, 51):
        tokens, traced = run_trace(s, a, lane)
        for k in range(len(KINDS)):
            demand, served, backlog, overflow, replicas, down = traced[k].T
            before = np.concatenate([[0.0], backlog[:-1]])
            full = np.repeat(a.capacity[k, lane], 730) * replicas
            # four roundings to float32: eligible demand, demand with backlog, less capacity, plus what is down
            rounding = 4 * 2**-24 * (demand + before + full)
            assert np.all(np.abs(demand + before - served - backlog - overflow) <= rounding), KINDS[k]
            assert np.all((served >= 0) & (backlog >= 0) & (overflow >= 0))
            assert np.all((down >= 0) & (down <= replicas))
            for m in range(s.n_months):
                hours = slice(730 * m, 730 * (m + 1))
                month = a.fleet_months[k, :, lane, m]
                assert month[H.overflow] == pytest.approx(
                    overflow[hours].sum(), rel=MONTHLY, abs=1e-6 * tokens.sum()
                )
                assert month[H.served] == pytest.approx(
                    served[hours].sum(), rel=1e-4, abs=1e-5 * tokens.sum()
                )
                assert month[H.paid_replica_hours] == replicas[hours].sum()


def test_replica_hours_of_a_large_autoscaled_fleet_are_summed_to_the_last_one():
    """In float32 a month of tens of thousands of replicas would be off by hours."""
    s = scene(5, ["autoscaled"], n_months=1)
    for future in s.futures:
        future.fleets[0]["launch_months"] = 0.0
        for rate in ("prefill_tokens_per_second", "decode_tokens_per_second", "mixed_tokens_per_second"):
            future.fleets[0][rate] /= 2e4
    a = run_kernels(s)
    in_float32 = []
    for lane in range(4):
        _, traced = run_trace(s, a, lane)
        replicas = traced[0, :, 4]
        assert a.fleet_months[0, H.paid_replica_hours, lane, 0] == replicas.sum()
        in_float32.append(np.cumsum(replicas, dtype=np.float32)[-1] == replicas.sum())
    assert not all(in_float32)


def test_replicas_that_fail_singly_do_so_beside_any_future():
    """A pack of one is one: a future's hours do not depend on whether replicas of another lane fail in packs."""
    s = scene(4, KINDS, n_months=2, n_distinct=1)
    alone = run_kernels(s)
    beside = crowd(scene(4, KINDS, n_months=2, n_distinct=1), "packs").futures[0]
    s.futures = [s.futures[0], beside]
    mixed = run_kernels(s)
    np.testing.assert_array_equal(alone.fleet_months[:, :, ::2], mixed.fleet_months[:, :, ::2])
    assert np.all(np.any(alone.fleet_months[:, :, 1::2] != mixed.fleet_months[:, :, 1::2], axis=(0, 1, 3)))


def test_a_future_is_the_same_in_every_block_and_lane():
    s = scene(3, KINDS, n_months=2, n_distinct=1)
    both = run_kernels(s, n=512)
    s.first_future += 256
    second = run_kernels(s, n=256)
    np.testing.assert_array_equal(both.costs[:, 256:], second.costs)
    np.testing.assert_array_equal(both.tokens[256:], second.tokens)
    assert len(np.unique(both.tokens[:, 0])) == 512
    assert math.isfinite(both.costs.sum())

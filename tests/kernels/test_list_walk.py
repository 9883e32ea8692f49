"""How far a list wanders, and when the buyer meets it (docs/model.md, 4.1): twin, closed forms, nothing else moved.

Statistical checks are seeded, at two sizes, with z = 4 standard errors; a buyer who meets the list at once must fail.
"""

import math

import numpy as np
import pytest

from tcosim.kernels import layout
from tcosim.kernels.noise import draw_monthly_noise
from tcosim.kernels.prices import follow_prices
from tcosim.reference import ref_ledger, ref_noise
from tests.kernels.scenes import pack, scene

Z = 4.0
SIZES = (2_000, 20_000)
SEED = 11
MONTHS = 26
TWIN = 1e-12


def noise_of(routes, seed=SEED, first=0, months=MONTHS):
    """What a block's routes draw: jumps and lists, (r, n, m) each."""
    r, n = routes.shape[1:]
    growth, gpu, incidents = (np.empty((n, months)) for _ in range(3))
    jumps, lists = (np.empty((r, n, months)) for _ in range(2))
    draw_monthly_noise(np.uint64(seed), first, routes, growth, gpu, jumps, lists, incidents)
    return jumps, lists, (growth, gpu, incidents)


def prices_of(i, world, routes, apis, jumps, lists):
    """USD per million tokens of one api option that has all routes, month by month."""
    months = jumps.shape[2]
    price, hours = np.empty((1, months)), np.empty((1, months))
    owner = np.zeros(routes.shape[1], dtype=np.int64)
    follow_prices(i, world, routes, owner, apis, jumps, lists, price, hours)
    return price[0]


def equal_routes(n, count=1, **fields):
    """Routes of price 1, the same in all futures."""
    routes = np.zeros((len(layout.ROUTE), count, n))
    stated = dict.fromkeys(layout.ROUTE[1:4], 1.0) | {"share": 1.0, "months_between_moves": 1.0} | fields
    for name, value in stated.items():
        routes[layout.ROUTE.index(name)] = value
    return routes


def log_prices(n, **fields):
    """Logarithm of the price of one route in every future and month, (n, m)."""
    routes = equal_routes(n, **fields)
    jumps, lists, _ = noise_of(routes)
    world, apis = np.zeros((len(layout.WORLD), n)), np.zeros((len(layout.API), 1, n))
    return np.log([prices_of(i, world, routes, apis, jumps, lists) for i in range(n)])


def largest_difference(api_prices):
    """Largest relative difference of the prices of random futures from a twin's."""
    worst = 0.0
    for seed in range(3):
        s = scene(seed, [], n_months=MONTHS)
        n = len(s.futures)
        world = pack(layout.WORLD, [f.world for f in s.futures], n)
        routes = np.stack([pack(layout.ROUTE, [f.routes[r] for f in s.futures], n) for r in range(2)], axis=1)
        apis = pack(layout.API, [f.api for f in s.futures], n)[:, None]
        jumps, lists, _ = noise_of(routes, s.seed, s.first_future)
        for i, f in enumerate(s.futures):
            noise = ref_noise.monthly_noise(s.seed, s.first_future + i, f.routes, MONTHS)
            np.testing.assert_allclose(lists[:, i], noise.log_lists, rtol=TWIN, atol=TWIN)
            twin, _ = api_prices(f.world, f.routes, f.api, noise.log_jumps, noise.log_lists, MONTHS)
            got = prices_of(i, world, routes, apis, jumps, lists)
            worst = max(worst, np.abs(got / twin - 1).max())
    return worst


def test_prices_equal_the_twin():
    assert largest_difference(ref_ledger.api_prices) < 100 * TWIN


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("wandered[seen]", "wandered[m]"), ("wandered[seen]", "0.0"), ("math.exp(jumps[m])", "math.exp(jumps[seen])")],
    ids=["the list is met at once", "the list is never met", "a jump is met at the move"],
)  # fmt: skip
def test_a_twin_with_one_wrong_line_fails(right, wrong):
    with open(ref_ledger.__file__) as file:
        source = file.read()
    assert right in source
    module = {}
    exec(compile(source.replace(right, wrong), "wrong_twin", "exec"), module)
    assert largest_difference(module["api_prices"]) > 0.01


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(
    ("interval", "month", "met"), [(10.0, 25, 20), (2.5, 9, 8), (7.0, 13, 7)], ids=["10", "2.5", "7"]
)
def test_the_list_is_that_of_the_last_move(n, interval, month, met):
    """ln P_m is normal with n I ln(1 - d)/12 and sigma^2 t_n/12; at m in place of t_n the variance is another."""
    sigma, decline = 0.7, 0.2
    fields = {"annual_decline": decline, "months_between_moves": interval, "list_price_volatility": sigma}
    found = log_prices(n, **fields)[:, month]
    mean = math.floor(month / interval) * interval / 12 * math.log(1 - decline)
    sd = sigma * math.sqrt(met / 12)
    assert abs(found.mean() - mean) < Z * sd / math.sqrt(n)
    error = sd**2 * math.sqrt(2 / n)
    assert abs(found.var(ddof=1) - sd**2) < Z * error
    if n == max(SIZES):
        assert abs(found.var(ddof=1) - sigma**2 * month / 12) > Z * error


@pytest.mark.parametrize("n", SIZES)
def test_steps_and_routes_are_independent(n):
    """Neither the list of another route, nor the jumps, nor the walks that all share."""
    routes = equal_routes(n, 2, list_price_volatility=1.0, jumps_per_year=6.0, jump_log_sd=0.5)
    jumps, lists, (growth, gpu, incidents) = noise_of(routes)
    steps = np.diff(lists[0])
    assert abs(np.square(steps).mean() * 12 - 1) < Z * math.sqrt(2 / steps.size)
    others = (
        np.diff(lists[1]), np.diff(jumps[0]), np.diff(jumps[1]), np.diff(growth), np.diff(gpu), incidents[:, 1:] - 0.5
    )  # fmt: skip
    for other in others:
        assert abs((steps * other).mean()) < Z * math.sqrt(1 / 12) * other.std() / math.sqrt(steps.size)
    assert abs((steps[:, 1:] * steps[:, :-1]).mean() * 12) < Z / math.sqrt(steps[:, 1:].size)


def test_nothing_else_moves_with_it():
    """Jumps and walks are the same to the last bit, whether a list wanders or not."""
    fields = {"jumps_per_year": 6.0, "jump_log_mean": 0.1, "jump_log_sd": 0.5}
    still, none, kept = noise_of(equal_routes(512, 3, **fields))
    wild, some, same = noise_of(equal_routes(512, 3, list_price_volatility=1.5, **fields))
    np.testing.assert_array_equal(still, wild)
    np.testing.assert_array_equal(np.array(kept), np.array(same))
    assert not none.any()
    assert np.all(some[:, :, 1:] != 0)
    assert not some[:, :, 0].any()

"""Each future's random numbers: equal to the twin word by word, distributed as they should be, and independent.

Statistical checks are seeded, at two sizes, with z = 4 standard errors; a slightly wrong stream must fail them.
"""

import math

import numba
import numpy as np
import pytest
from scipy import stats

from tcosim.kernels import streams
from tcosim.kernels.jit import FASTMATH
from tcosim.reference import ref_streams

Z = 4.0
P_VALUE = 2 * stats.norm.sf(Z)
SIZES = (64, 1024)
"""Futures; each with `HOURS` draws."""
HOURS = 512
SEEDS = (0, 1, 12345, 2**63 - 1)
FUTURES = (0, 1, 255, 256, 10**6, 10**9)


@numba.njit(error_model="numpy")
def draw_words(seed, first, lanes, hours):
    """Words of each future's hourly stream, shape (lanes, hours)."""
    state = np.empty((4, lanes), np.uint32)
    streams.seed_lanes(seed, first, state)
    out = np.empty((lanes, hours), np.uint32)
    for lane in range(lanes):
        s0, s1, s2, s3 = state[0, lane], state[1, lane], state[2, lane], state[3, lane]
        for h in range(hours):
            out[lane, h], s0, s1, s2, s3 = streams.next_word(s0, s1, s2, s3)
    return out


@numba.njit(fastmath=FASTMATH, error_model="numpy")
def scaled(words):
    out = np.empty(words.shape, np.float32)
    for k in range(words.size):
        out.flat[k] = streams.scaled_uniform(words.flat[k])
    return out


@numba.njit(fastmath=FASTMATH, error_model="numpy")
def paired_normals(words):
    out = np.empty(words.shape, np.float32)
    sd = np.float32(1)
    for lane in range(words.shape[0]):
        for h in range(0, words.shape[1], 2):
            out[lane, h], out[lane, h + 1] = streams.normal_pair_32(words[lane, h], words[lane, h + 1], sd)
    return out


@numba.njit(error_model="numpy")
def monthly_draws(seed, futures, months):
    """One uniform a month and future, (futures, months), and two normals, (futures, months, 2)."""
    u, normals = np.empty((futures, months)), np.empty((futures, months, 2))
    for s in range(futures):
        key = streams.stream_key(seed, np.uint64(s), streams.MONTHLY)
        for m in range(months):
            u[s, m] = streams.uniform_at(key, 4096 * m + 2)
            normals[s, m] = streams.normal_pair_at(key, 4096 * m)
    return u, normals


def words_of(seed, lanes, first=0, hours=HOURS):
    return draw_words(np.uint64(seed), first, lanes, hours)


def uniforms_of(seed, lanes):
    """Uniforms as the hour loop compares them: 32 bits in float32."""
    return scaled(words_of(seed, lanes)).astype(np.float64) * 2.0**-32


def normals_of(seed, lanes):
    return paired_normals(words_of(seed, lanes)).astype(np.float64)


# ---- the twin


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("future", FUTURES)
def test_hourly_words_equal_the_twin(seed, future):
    twin = ref_streams.Hourly(seed, future)
    assert words_of(seed, 1, future, 200)[0].tolist() == [twin.word() for _ in range(200)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_lane_holds_the_stream_of_its_future_wherever_the_block_begins(seed):
    block = words_of(seed, 300, 700, 4)
    np.testing.assert_array_equal(block[56:], words_of(seed, 244, 756, 4))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("future", FUTURES)
def test_monthly_numbers_equal_the_twin(seed, future):
    key = streams.stream_key(np.uint64(seed), np.uint64(future), streams.MONTHLY)
    assert int(key) == ref_streams.stream_key(seed, future, "Monthly")
    for position in (0, 1, 4095, 4096 * 35 + 8):
        assert streams.uniform_at(np.uint64(key), position) == ref_streams.uniform_at(int(key), position)
        np.testing.assert_allclose(
            streams.normal_pair_at(np.uint64(key), position),
            ref_streams.normal_pair_at(int(key), position),
            rtol=1e-12,
            atol=1e-14,
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_hourly_uniforms_and_normals_equal_the_twin(seed):
    words = words_of(seed, 1, 5, 400)
    twin = ref_streams.Hourly(seed, 5)
    np.testing.assert_allclose(scaled(words)[0] * 2.0**-32, [twin.uniform() for _ in range(400)], rtol=2**-24)
    twin = ref_streams.Hourly(seed, 5)
    normals = [normal for _ in range(200) for normal in twin.normals()]
    # near u = 1 the radius is the root of something rounded to 2^-24
    np.testing.assert_allclose(paired_normals(words)[0], normals, rtol=1e-5, atol=1e-5)


def test_a_twin_with_another_rotation_differs():
    class Wrong(ref_streams.Hourly):
        def word(self):
            result = super().word()
            self.s[3] = ((self.s[3] << 1) | (self.s[3] >> 31)) & ref_streams.M32
            return result

    twin = Wrong(1, 0)
    assert words_of(1, 1, 0, 20)[0].tolist() != [twin.word() for _ in range(20)]


# ---- distribution


def moments_off(values, moments):
    """Distance of the sample moments about 0 from the true ones, in standard errors.

    `moments` are E[X^k] for k = 1 to 8; the standard error of the k-th takes the 2k-th.
    """
    n = values.size
    off = []
    for k in range(1, 5):
        error = math.sqrt((moments[2 * k - 1] - moments[k - 1] ** 2) / n)
        off.append(abs((values**k).mean() - moments[k - 1]) / error)
    return max(off)


UNIFORM_MOMENTS = [0 if k % 2 else 0.5**k / (k + 1) for k in range(1, 9)]  # of U - 1/2
NORMAL_MOMENTS = [0, 1, 0, 3, 0, 15, 0, 105]


def kolmogorov_p(values, law):
    return stats.kstest(values.ravel(), law.cdf).pvalue


@pytest.mark.parametrize("lanes", SIZES)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_uniforms_are_uniform(lanes, seed):
    u = uniforms_of(seed, lanes)
    assert moments_off(u - 0.5, UNIFORM_MOMENTS) < Z
    assert kolmogorov_p(u, stats.uniform) > P_VALUE


@pytest.mark.parametrize("lanes", SIZES)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_normals_are_normal(lanes, seed):
    normals = normals_of(seed, lanes)
    for half in (normals, normals[:, ::2], normals[:, 1::2]):
        assert moments_off(half, NORMAL_MOMENTS) < Z
        assert kolmogorov_p(half, stats.norm) > P_VALUE


@pytest.mark.parametrize("lanes", SIZES)
def test_monthly_draws_are_uniform_and_normal(lanes):
    u, normals = monthly_draws(np.uint64(3), lanes, 36)
    assert moments_off(u - 0.5, UNIFORM_MOMENTS) < Z
    assert kolmogorov_p(u, stats.uniform) > P_VALUE
    assert moments_off(normals, NORMAL_MOMENTS) < Z
    assert kolmogorov_p(normals, stats.norm) > P_VALUE
    assert u.min() > 0 and u.max() < 1
    for one, other in ((u[1:], u[:-1]), (u[:, 1:], u[:, :-1]), (normals[..., 0], normals[..., 1])):
        assert correlation_off(one, other) < Z


def test_slightly_wrong_distributions_are_seen():
    u, normals = uniforms_of(0, max(SIZES)), normals_of(0, max(SIZES))
    assert moments_off(u**1.01 - 0.5, UNIFORM_MOMENTS) > Z
    assert kolmogorov_p(u**1.01, stats.uniform) < P_VALUE
    assert moments_off(1.01 * normals, NORMAL_MOMENTS) > Z
    assert kolmogorov_p(1.01 * normals, stats.norm) < P_VALUE


# ---- independence


def correlation_off(one, other):
    """Correlation of two samples of independent pairs, in standard errors (1 / sqrt(n) where it is 0)."""
    return abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) * math.sqrt(one.size)


def pairs_of(seed, draw, lanes):
    """Pairs of draws that must be independent: by hour, by future, by seed."""
    x = draw(seed, lanes)
    pairs = {f"{lag} hours apart": (x[:, lag:], x[:, :-lag]) for lag in (1, 2, 4, 24)}
    pairs |= {f"{lag} futures apart": (x[lag:], x[:-lag]) for lag in (1, 2, 16)}
    pairs |= {f"seed {seed} and {other}": (x, draw(other, lanes)) for other in (seed + 1, seed + 2**32)}
    return pairs


@pytest.mark.parametrize("lanes", SIZES)
@pytest.mark.parametrize("draw", [uniforms_of, normals_of])
@pytest.mark.parametrize("seed", [0, 7])
def test_hours_futures_and_seeds_do_not_correlate(lanes, draw, seed):
    center = 0.5 if draw is uniforms_of else 0.0
    for what, (one, other) in pairs_of(seed, draw, lanes).items():
        assert correlation_off(one, other) < Z, what
        # nor do their sizes: two normals of a pair share a radius and must not show it
        assert correlation_off((one - center) ** 2, (other - center) ** 2) < Z, what


def test_a_small_correlation_is_seen():
    x = normals_of(0, max(SIZES))
    assert correlation_off(x[1:], x[:-1] + 0.01 * x[1:]) > Z


def test_seed_0_is_a_seed_of_its_own():
    zero, one = words_of(0, 64), words_of(1, 64)
    # 32,768 pairs of 32-bit words: even one that is equal has a chance below 1e-5
    assert not np.any(zero == one)
    np.testing.assert_array_equal(zero, words_of(0, 64))


def test_no_two_futures_share_a_word_at_the_same_hour():
    first = words_of(0, 4096, hours=4).astype(np.uint64)
    streams_of = first[:, 0] << np.uint64(32) | first[:, 1]
    assert np.unique(streams_of).size == 4096


# ---- rare events


def test_scaled_uniform_stays_within_the_scale():
    edges = np.array([0, 1, 2, 3, 2**31, 2**32 - 2, 2**32 - 1], np.uint32)
    got = scaled(edges)
    assert got[:4].tolist() == [0, 1, 2, 3]
    assert got.max() == 2.0**32
    assert np.all(np.diff(got) >= 0)
    assert scaled(words_of(0, 64)).max() <= 2.0**32


def test_scaled_uniform_is_exact_where_the_rare_events_are():
    small = np.arange(2**24, dtype=np.uint32)[::37]
    np.testing.assert_array_equal(scaled(small).astype(np.int64), small)


@pytest.mark.parametrize("lanes", [1024, 16384])
@pytest.mark.parametrize("chance", [1e-4, 1e-5])
def test_rare_events_come_as_often_as_they_should(lanes, chance):
    u = uniforms_of(5, lanes)
    hits, n = np.count_nonzero(u < chance), u.size
    assert abs(hits - n * chance) < Z * math.sqrt(n * chance)
    # repairs are asked of 1 - U, whose rounding must not matter either
    mended = np.count_nonzero(1 - u < chance)
    assert abs(mended - n * chance) < Z * math.sqrt(n * chance)
    if n * chance > 500:  # a chance a quarter larger would not pass
        assert abs(hits - 1.25 * n * chance) > Z * math.sqrt(1.25 * n * chance)

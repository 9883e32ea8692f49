"""Float32 polynomials against float64: the stated errors hold, and are not idle."""

import math

import numba
import numpy as np
import pytest

from tcosim.kernels import mathf, streams
from tcosim.kernels.jit import FASTMATH

LOG2_ERROR, EXP2_ERROR, CIRCLE_ERROR = 8e-7, 5e-7, 2e-7
"""As stated in the docstrings of mathf; that of exp2 is relative."""
DOCSTRINGS = {
    mathf.log2_32: "absolute error below 8e-7 for x in [2^-32, 1], beside the rounding",
    mathf.exp2_32: "|x| < 120; relative error below 5e-7",
    mathf.sin_quarter_32: "[-1, 1]; absolute error below 2e-7",
    mathf.cos_quarter_32: "[-1, 1]; absolute error below 2e-7",
}


def over_arrays(function):
    """The function on an array, compiled with the options of the hour loop."""

    @numba.njit(fastmath=FASTMATH, error_model="numpy")
    def loop(x):
        out = np.empty_like(x)
        for k in range(x.size):
            out[k] = function(x[k])
        return out

    return loop


def floats_between(low, high):
    """Every float32 from `low` up to `high`, both positive."""
    first, last = np.array([low, high], np.float32).view(np.int32)
    return np.arange(first, last + 1, dtype=np.int32).view(np.float32)


@pytest.fixture(scope="module")
def log2():
    return over_arrays(mathf.log2_32)


@pytest.fixture(scope="module")
def exp2():
    return over_arrays(mathf.exp2_32)


@pytest.mark.parametrize("function", DOCSTRINGS)
def test_docstring_states_the_error_that_is_tested(function):
    assert DOCSTRINGS[function] in function.py_func.__doc__


def largest_log2_error(log2, x):
    return np.abs(log2(x) - np.log2(x.astype(np.float64))).max()


def test_log2_of_every_float_near_1(log2):
    """All of [1/4, 1], where the argument is cut at the root of a half and the result is near 0."""
    error = largest_log2_error(log2, floats_between(0.25, 1.0))
    assert LOG2_ERROR / 20 < error < LOG2_ERROR


def test_log2_over_all_octaves(log2):
    """Down to the smallest uniform; rounding to float32 alone comes to 2^-20 where the result is near 32."""
    mantissas = np.linspace(1, 2, 20_001)[:-1]
    x = np.concatenate([mantissas * 2.0**octave for octave in range(-32, 0)]).astype(np.float32)
    truth = np.log2(x.astype(np.float64))
    half_spacing = np.spacing(np.abs(truth).astype(np.float32)) / 2
    assert np.all(np.abs(log2(x) - truth) < LOG2_ERROR + half_spacing)


def test_log2_at_powers_of_two(log2):
    exponents = np.arange(-32, 1)
    np.testing.assert_array_equal(log2(np.exp2(exponents).astype(np.float32)), exponents)


def test_log2_is_never_above_0_up_to_1(log2):
    """The root of a uniform's logarithm is taken without a guard: a hair above 0 would make a NaN."""
    assert log2(floats_between(0.5, 1.0)).max() == 0


def test_exp2_over_its_whole_range(exp2):
    x = np.linspace(-120, 120, 4_000_001)[1:-1].astype(np.float32)
    error = np.abs(exp2(x) / np.exp2(x.astype(np.float64)) - 1).max()
    assert EXP2_ERROR / 20 < error < EXP2_ERROR


def test_exp2_of_every_float_in_one_period(exp2):
    """All floats of [1/2, 3/2] and their negatives: one period of the remainder, its seams at the halves included."""
    for sign in (1, -1):
        x = sign * floats_between(0.5, 1.5)
        assert np.abs(exp2(x) / np.exp2(x.astype(np.float64)) - 1).max() < EXP2_ERROR


def test_exp2_at_integers_and_around_the_seams(exp2):
    whole = np.arange(-119, 120, dtype=np.float32)
    np.testing.assert_allclose(exp2(whole), np.exp2(whole.astype(np.float64)), rtol=EXP2_ERROR)
    seams = whole + np.float32(0.5)
    for x in (np.nextafter(seams, -np.inf), seams, np.nextafter(seams, np.inf)):
        np.testing.assert_allclose(exp2(x), np.exp2(x.astype(np.float64)), rtol=EXP2_ERROR)
    assert exp2(np.zeros(1, np.float32))[0] == pytest.approx(1.0, abs=EXP2_ERROR)


@pytest.mark.parametrize(
    ("function", "truth"), [(mathf.sin_quarter_32, np.sin), (mathf.cos_quarter_32, np.cos)]
)
def test_circle(function, truth):
    loop = over_arrays(function)
    t = np.linspace(-1, 1, 4_000_001).astype(np.float32)
    error = np.abs(loop(t) - truth(np.pi / 2 * t.astype(np.float64))).max()
    assert CIRCLE_ERROR / 20 < error < CIRCLE_ERROR
    near_0 = np.geomspace(1e-30, 1e-3, 200_000).astype(np.float32)
    for x in (near_0, -near_0):
        assert np.abs(loop(x) - truth(np.pi / 2 * x.astype(np.float64))).max() < CIRCLE_ERROR


def test_sine_and_cosine_lie_on_the_circle():
    t = np.linspace(-1, 1, 100_001).astype(np.float32)
    sine, cosine = over_arrays(mathf.sin_quarter_32)(t), over_arrays(mathf.cos_quarter_32)(t)
    radius = np.hypot(sine.astype(np.float64), cosine.astype(np.float64))
    assert np.abs(radius - 1).max() < 2 * CIRCLE_ERROR


@numba.njit(fastmath=FASTMATH, error_model="numpy")
def normals_of(radius_words, angle_words, sd):
    out = np.empty((2, radius_words.size), np.float32)
    for k in range(radius_words.size):
        out[0, k], out[1, k] = streams.normal_pair_32(radius_words[k], angle_words[k], sd)
    return out


def test_normals_at_the_edges_of_the_words():
    """The largest radius word makes u = 1, the smallest the largest normal; both must be finite, and right."""
    edges = np.array([0, 1, 2, 3, 2**31 - 1, 2**31, 2**31 + 1, 2**32 - 2, 2**32 - 1], np.uint32)
    radius_words, angle_words = (words.ravel() for words in np.meshgrid(edges, edges))
    normals = normals_of(radius_words, angle_words, np.float32(1)).astype(np.float64)
    assert np.all(np.isfinite(normals))
    u = np.minimum(radius_words / 2**32 + 0.5**33, 1.0)
    radius = np.sqrt(-2 * np.log(u))
    assert radius.max() == pytest.approx(math.sqrt(2 * 33 * math.log(2)), abs=1e-4)
    angle = np.pi / 2 * angle_words.view(np.int32).astype(np.float64) / 2**31
    sign = np.where(angle_words & np.uint32(1), -1.0, 1.0)
    # near u = 1 the radius is the root of something rounded to 2^-24
    np.testing.assert_allclose(normals[0], radius * np.sin(angle), atol=1e-3)
    np.testing.assert_allclose(normals[1], sign * radius * np.cos(angle), atol=1e-3)
    large = radius > 1
    np.testing.assert_allclose(normals[0][large], (radius * np.sin(angle))[large], atol=3e-6)
    np.testing.assert_allclose(normals[1][large], (sign * radius * np.cos(angle))[large], atol=3e-6)


def test_normals_scale_with_their_standard_deviation():
    words = np.random.default_rng(0).integers(2**32, size=(2, 1000), dtype=np.uint32)
    one, three = (normals_of(*words, np.float32(sd)) for sd in (1, 3))
    np.testing.assert_allclose(three, 3 * one, rtol=3 * 2**-24)


def test_one_coefficient_rounded_away_would_be_seen():
    """The bound has teeth: a polynomial one degree lower misses it."""

    @numba.njit(fastmath=FASTMATH, error_model="numpy")
    def shorter(x):
        out = np.empty_like(x)
        for k in range(x.size):
            f = x[k]
            p = mathf.E3 + f * mathf.E4
            p = mathf.E2 + f * p
            p = mathf.E1 + f * p
            out[k] = mathf.E0 + f * p
        return out

    x = np.linspace(-0.5, 0.5, 10_001).astype(np.float32)
    assert np.abs(shorter(x) / np.exp2(x.astype(np.float64)) - 1).max() > EXP2_ERROR

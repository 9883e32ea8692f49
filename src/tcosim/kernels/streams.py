"""Each future's own random numbers: a counter-based hash for the months, xoshiro128+ in 32-bit lanes for the hours.

Knows only (seed, future); nothing here depends on blocks, threads or how many futures run.

Sources: SplitMix64 finalizer (Steele, Lea, Flood 2014); xoshiro128+ (Blackman, Vigna 2021, doi:10.1145/3460772).
"""

from __future__ import annotations

import math

import numpy as np

from tcosim.kernels.bits import float_as_int, int_as_float, sqrt32
from tcosim.kernels.jit import inlined, kernel
from tcosim.kernels.mathf import cos_quarter_32, log2_32, sin_quarter_32

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
HOURLY = np.uint64(0x486F75726C79)  # "Hourly"
MONTHLY = np.uint64(0x4D6F6E74686C79)  # "Monthly"
LOW_WORD = np.uint64(0xFFFFFFFF)
TWO_PI = 2.0 * math.pi

FULL_SCALE = np.float32(2.0**32)
"""Hourly uniforms are kept as U * 2^32, and probabilities with them: one multiplication less an hour."""
TO_UNIT = np.float32(2.0**-32)
HALF_CELL = np.float32(2.0**-33)
TO_QUARTER = np.float32(2.0**-31)
MINUS_TWO_LN_2 = np.float32(-2.0 * math.log(2.0))


@kernel
def mix(x):
    """SplitMix64's finalizer: a bijection of 64-bit words whose output bits are all but independent of the input."""
    x = np.uint64(x)
    x = (x ^ (x >> np.uint64(30))) * MIX_1
    x = (x ^ (x >> np.uint64(27))) * MIX_2
    return x ^ (x >> np.uint64(31))


@kernel
def stream_key(seed, future, purpose):
    """64-bit key of one future's stream for one purpose."""
    return mix(mix(mix(np.uint64(seed) + GOLDEN) ^ purpose) + np.uint64(future) * GOLDEN)


@kernel
def uniform_at(key, position):
    """Number `position` of a stream, in the open interval (0, 1), float64."""
    word = mix(key + (np.uint64(position) + np.uint64(1)) * GOLDEN)
    return (np.float64(word >> np.uint64(12)) + 0.5) * 2.0**-52


@kernel
def normal_pair_at(key, position):
    """Two independent standard normals from numbers `position` and `position + 1` of a stream (Box-Muller)."""
    radius = math.sqrt(-2.0 * math.log(uniform_at(key, position)))
    angle = TWO_PI * uniform_at(key, position + 1)
    return radius * math.cos(angle), radius * math.sin(angle)


@kernel
def seed_lanes(seed, first_future, words):
    """Fill `words` (4, lanes) uint32 with the hourly state of the futures from `first_future` on.

    Two 64-bit hashes make the 128 bits, so that 1e9 streams of 1e5 draws overlap with a probability below 1e-15.
    """
    for lane in range(words.shape[1]):
        key = stream_key(seed, np.uint64(first_future) + np.uint64(lane), HOURLY)
        for half in range(2):
            word = mix(key + np.uint64(half + 1) * GOLDEN)
            words[2 * half, lane] = np.uint32(word & LOW_WORD)
            words[2 * half + 1, lane] = np.uint32(word >> np.uint64(32))
        words[0, lane] |= np.uint32(1)  # the all-zero state is the one that never leaves itself


@inlined
def next_word(s0, s1, s2, s3):
    """One step of xoshiro128+: the word, then the four words of the new state. Every step is cast back to 32 bits."""
    word = np.uint32(s0 + s3)
    t = np.uint32(s1 << np.uint32(9))
    s2 = np.uint32(s2 ^ s0)
    s3 = np.uint32(s3 ^ s1)
    s1 = np.uint32(s1 ^ s2)
    s0 = np.uint32(s0 ^ s3)
    s2 = np.uint32(s2 ^ t)
    s3 = np.uint32(np.uint32(s3 << np.uint32(11)) | np.uint32(s3 >> np.uint32(21)))
    return word, s0, s1, s2, s3


@inlined
def scaled_uniform(word):
    """U * 2^32 for U in [0, 1], float32: exact near 0, where the rare events are, rounded near 1."""
    return np.float32(word)


@inlined
def normal_pair_32(radius_word, angle_word, sd):
    """Two independent normals of standard deviation `sd` in float32 from two words (Box-Muller, right half circle).

    The sine covers both signs; the cosine gets its sign from the lowest bit of the angle word, which is rounded away in
    all but the smallest angles. Two normals of one pair cost half of two by the inverse CDF. Replacing the square root
    by a bit trick and Newton steps was 1.15 x slower: the square root runs beside the multiplications.
    """
    u = scaled_uniform(radius_word) * TO_UNIT + HALF_CELL
    # u is at most 1, where log2_32 is exactly 0, so the root is never of a negative number
    radius = sd * sqrt32(MINUS_TWO_LN_2 * log2_32(u))
    quarter = np.float32(np.int32(angle_word)) * TO_QUARTER
    signed = int_as_float(np.int32(float_as_int(radius) ^ np.int32(angle_word << np.uint32(31))))
    return radius * sin_quarter_32(quarter), signed * cos_quarter_32(quarter)

"""The traffic of one block of lanes, two hours at a time: burst, spikes, weekly profile (docs/model.md, 2.3 to 2.6).

Knows nothing of fleets. All state of a block lies in one float32 buffer: quantity k of lane j at j + k * LANES, with
k and LANES known to the compiler, so that LLVM can prove the accesses apart. With an array for each quantity, a dozen
of them silently ends vectorization and the loop takes 16 x longer.
"""

from __future__ import annotations

import math

import numpy as np

from tcosim.kernels.bits import float_as_word, prefer_wide_vectors, word_as_float
from tcosim.kernels.jit import inlined, kernel
from tcosim.kernels.layout import HOURS_PER_MONTH, LANES, W
from tcosim.kernels.mathf import ONE, exp2_32
from tcosim.kernels.streams import FULL_SCALE, next_word, normal_pair_32, scaled_uniform

# fmt: off
(WORD_0, WORD_1, WORD_2, WORD_3,           # state of the hourly stream
 HOURLY_STATE, HOURLY_PHI, HOURLY_PSI,     # AR(1) over hours, scaled by sigma_b sqrt(1 - theta) log2(e)
 DAILY_STATE, DAILY_PHI, DAILY_PSI,        # AR(1) over days, scaled by sigma_b sqrt(theta) log2(e)
 NEXT_DAY_NORMAL, MEAN_EXPONENT,
 SPIKE_STATE, SPIKE_DECAY, SPIKE_SIZE, SPIKE_CHANCE,
 LEVEL, LEVEL_SWING,                       # tokens an hour; level x profile-following
 DAY_FACTOR, DAY_LEVEL, DAY_SWING,         # the part of the burst that a day shares, and the two times it
 FLOOR, DAY_FLOOR,                         # what is cut off the burst, K; the same over the day's part
 DEMAND_0, DEMAND_1,                       # this pair of hours
 FAILING_0, FAILING_1, SOONEST,            # U x 2^32, and the smaller, for failures; out of reach after a spike
 MENDING_0, MENDING_1,                     # (1 - U) x 2^32 for repairs
 TOKENS,                                   # sum over the month
 ) = range(31)
# fmt: on
QUANTITIES = 31
LOG2_E = 1.0 / math.log(2.0)
SQRT_HALF = math.sqrt(0.5)
ZERO = np.float32(0.0)

NEVER = np.float32(2.0**34)
"""Above every chance: an hour that holds a spike holds no failure."""
TINY = np.float32(1e-30)
"""Added to the spike state each hour. Without it the state decays to denormal numbers: 10 x slower."""


@inlined
def at(quantity, lane):
    """Index of a quantity of a lane; unsigned, or LLVM must assume that it can wrap."""
    return lane + np.uintp(quantity * LANES)


@inlined
def day_normals(b, j):
    """Two normals for a day and the next, taken from the lane's hourly stream."""
    s0 = float_as_word(b[at(WORD_0, j)])
    s1 = float_as_word(b[at(WORD_1, j)])
    s2 = float_as_word(b[at(WORD_2, j)])
    s3 = float_as_word(b[at(WORD_3, j)])
    radius_word, s0, s1, s2, s3 = next_word(s0, s1, s2, s3)
    angle_word, s0, s1, s2, s3 = next_word(s0, s1, s2, s3)
    b[at(WORD_0, j)] = word_as_float(s0)
    b[at(WORD_1, j)] = word_as_float(s1)
    b[at(WORD_2, j)] = word_as_float(s2)
    b[at(WORD_3, j)] = word_as_float(s3)
    return normal_pair_32(radius_word, angle_word, ONE)


@inlined
def begin_day_level(b, j, factor):
    """Set the day's share of the burst; multiplying the level once a day saves two additions in each pair of hours.

    The floor is divided by it, so that the hour's share alone tells whether anything rises above it.
    """
    b[at(DAY_FACTOR, j)] = factor
    b[at(DAY_FLOOR, j)] = b[at(FLOOR, j)] / factor
    b[at(DAY_LEVEL, j)] = b[at(LEVEL, j)] * factor
    b[at(DAY_SWING, j)] = b[at(LEVEL_SWING, j)] * factor


@kernel(fastmath=True)
def draw_first_states(b):
    """Draw both AR(1) states before the first hour and day; HOURLY_PSI and DAILY_PSI must hold their stationary sd."""
    prefer_wide_vectors()
    for lane in range(LANES):
        j = np.uintp(lane)
        hour_normal, day_normal = day_normals(b, j)
        b[at(HOURLY_STATE, j)] = b[at(HOURLY_PSI, j)] * hour_normal
        b[at(DAILY_STATE, j)] = b[at(DAILY_PSI, j)] * day_normal


@kernel(fastmath=True)
def even_day(b):
    """Begin a day of even number: draw for it and the next, and set the part of the exponent that a day shares."""
    prefer_wide_vectors()
    for lane in range(LANES):
        j = np.uintp(lane)
        today, tomorrow = day_normals(b, j)
        b[at(NEXT_DAY_NORMAL, j)] = tomorrow
        state = b[at(DAILY_PHI, j)] * b[at(DAILY_STATE, j)] + b[at(DAILY_PSI, j)] * today
        b[at(DAILY_STATE, j)] = state
        begin_day_level(b, j, exp2_32(b[at(MEAN_EXPONENT, j)] + state))


@kernel(fastmath=True)
def odd_day(b):
    """Begin a day of odd number with the normal that the day before drew for it."""
    prefer_wide_vectors()
    for lane in range(LANES):
        j = np.uintp(lane)
        state = b[at(DAILY_PHI, j)] * b[at(DAILY_STATE, j)] + b[at(DAILY_PSI, j)] * b[at(NEXT_DAY_NORMAL, j)]
        b[at(DAILY_STATE, j)] = state
        begin_day_level(b, j, exp2_32(b[at(MEAN_EXPONENT, j)] + state))


@kernel(fastmath=True)
def demand_pair(b, swing_0, swing_1):
    """Demand and the event uniform of two hours, for all lanes.

    Parameters
    ----------
    b : ndarray of float32, shape (QUANTITIES * LANES,)
        State of the block; DEMAND_*, FAILING_*, SOONEST, MENDING_* and TOKENS are written.
    swing_0, swing_1 : float32
        Weekly shape less one, ``b_w - 1``, in the two hours.
    """
    prefer_wide_vectors()
    for lane in range(LANES):
        j = np.uintp(lane)
        s0 = float_as_word(b[at(WORD_0, j)])
        s1 = float_as_word(b[at(WORD_1, j)])
        s2 = float_as_word(b[at(WORD_2, j)])
        s3 = float_as_word(b[at(WORD_3, j)])
        radius_word, s0, s1, s2, s3 = next_word(s0, s1, s2, s3)
        angle_word, s0, s1, s2, s3 = next_word(s0, s1, s2, s3)
        event_word_0, s0, s1, s2, s3 = next_word(s0, s1, s2, s3)
        event_word_1, s0, s1, s2, s3 = next_word(s0, s1, s2, s3)
        b[at(WORD_0, j)] = word_as_float(s0)
        b[at(WORD_1, j)] = word_as_float(s1)
        b[at(WORD_2, j)] = word_as_float(s2)
        b[at(WORD_3, j)] = word_as_float(s3)
        phi = b[at(HOURLY_PHI, j)]
        kick_0, kick_1 = normal_pair_32(radius_word, angle_word, b[at(HOURLY_PSI, j)])
        state_0 = phi * b[at(HOURLY_STATE, j)] + kick_0
        state_1 = phi * state_0 + kick_1
        b[at(HOURLY_STATE, j)] = state_1
        u_0 = scaled_uniform(event_word_0)
        u_1 = scaled_uniform(event_word_1)

        floor = b[at(DAY_FLOOR, j)]
        burst_0 = max(exp2_32(state_0) - floor, ZERO)
        burst_1 = max(exp2_32(state_1) - floor, ZERO)

        chance = b[at(SPIKE_CHANCE, j)]
        decay = b[at(SPIKE_DECAY, j)]
        size = b[at(SPIKE_SIZE, j)]
        spike_0 = decay * b[at(SPIKE_STATE, j)] + (size if u_0 < chance else TINY)
        spike_1 = decay * spike_0 + (size if u_1 < chance else TINY)
        # what every fleet would ask of U is asked once here
        failing_0 = NEVER if u_0 < chance else u_0
        failing_1 = NEVER if u_1 < chance else u_1
        b[at(FAILING_0, j)] = failing_0
        b[at(FAILING_1, j)] = failing_1
        b[at(SOONEST, j)] = min(failing_0, failing_1)
        b[at(MENDING_0, j)] = FULL_SCALE - u_0
        b[at(MENDING_1, j)] = FULL_SCALE - u_1
        b[at(SPIKE_STATE, j)] = spike_1

        level = b[at(DAY_LEVEL, j)]
        swing = b[at(DAY_SWING, j)]
        demand_0 = (level + swing * swing_0) * (burst_0 + burst_0 * spike_0)
        demand_1 = (level + swing * swing_1) * (burst_1 + burst_1 * spike_1)
        b[at(DEMAND_0, j)] = demand_0
        b[at(DEMAND_1, j)] = demand_1
        b[at(TOKENS, j)] += demand_0 + demand_1


@kernel
def burst_floor(sigma, silent_score):
    """What is cut off the burst so that it is 0 in the silent share of hours, K; 0 where no hour is silent."""
    if silent_score == -np.inf:  # and not 0 x inf, where sigma is 0 as well
        return 0.0
    return math.exp(sigma * silent_score - 0.5 * sigma * sigma)


@kernel
def burst_mean(sigma, silent_score):
    """Mean of what the floor leaves of the burst, E: a call on a lognormal; exactly 1 where no hour is silent."""
    above = 0.5 * math.erfc((silent_score - sigma) * SQRT_HALF)
    return above - burst_floor(sigma, silent_score) * 0.5 * math.erfc(silent_score * SQRT_HALF)


@kernel
def start_traffic(b, world, first):
    """Set what of the traffic stays for the whole horizon; the four stream words must be seeded before.

    Parameters
    ----------
    b : ndarray of float32, shape (QUANTITIES * LANES,)
    world : ndarray of float64, shape (len(WORLD), futures)
    first : int
        The future of `world` that is lane 0 of this block.
    """
    for lane in range(LANES):
        j = np.uintp(lane)
        i = first + lane
        sigma = world[W.burst_sigma, i]
        daily_share = world[W.burst_daily_share, i]
        b[at(HOURLY_PSI, j)] = sigma * math.sqrt(1.0 - daily_share) * LOG2_E
        b[at(DAILY_PSI, j)] = sigma * math.sqrt(daily_share) * LOG2_E
        b[at(MEAN_EXPONENT, j)] = -0.5 * sigma * sigma * LOG2_E
        b[at(FLOOR, j)] = burst_floor(sigma, world[W.silent_score, i])
        b[at(SPIKE_STATE, j)] = 0.0
        b[at(SPIKE_DECAY, j)] = math.exp(-1.0 / world[W.spike_hours, i])
        b[at(SPIKE_SIZE, j)] = world[W.spike_size, i]
        b[at(SPIKE_CHANCE, j)] = world[W.spikes_per_hour, i] * FULL_SCALE
    draw_first_states(b)
    for lane in range(LANES):
        j = np.uintp(lane)
        i = first + lane
        hourly_phi = math.exp(-1.0 / world[W.burst_hours, i])
        daily_phi = math.exp(-1.0 / world[W.burst_days, i])
        b[at(HOURLY_PHI, j)] = hourly_phi
        b[at(HOURLY_PSI, j)] *= math.sqrt(1.0 - hourly_phi * hourly_phi)
        b[at(DAILY_PHI, j)] = daily_phi
        b[at(DAILY_PSI, j)] *= math.sqrt(1.0 - daily_phi * daily_phi)


@kernel
def start_month(b, world, levels, first):
    """Set the month's level, net of the means of burst and spikes (docs/model.md, 2.4 and 2.6); clear the month's sum.

    Parameters
    ----------
    levels : ndarray of float64, shape (futures,)
        Tokens demanded in this month in expectation, ``V_m``.
    """
    for lane in range(LANES):
        j = np.uintp(lane)
        i = first + lane
        decay = math.exp(-1.0 / world[W.spike_hours, i])
        spike_mean = world[W.spikes_per_hour, i] * world[W.spike_size, i] / (1.0 - decay)
        level = levels[i] / HOURS_PER_MONTH / (1.0 + spike_mean)
        level /= burst_mean(world[W.burst_sigma, i], world[W.silent_score, i])
        b[at(LEVEL, j)] = level
        b[at(LEVEL_SWING, j)] = level * world[W.profile_following, i]
        begin_day_level(b, j, b[at(DAY_FACTOR, j)])  # a month may begin within a day
        b[at(TOKENS, j)] = 0.0

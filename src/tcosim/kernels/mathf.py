"""log2, 2^x, sine and cosine in float32 as branch-free polynomials, so that loops over lanes vectorize.

Knows nothing of the model. Coefficients are Chebyshev fits made at import, in float64; errors are stated and tested.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial

from tcosim.kernels.bits import float_as_int, int_as_float
from tcosim.kernels.jit import inlined


def _fit(values, low: float, high: float, degree: int) -> list[np.float32]:
    """Coefficients, lowest first, of the polynomial through the Chebyshev nodes of [low, high]."""
    nodes = np.cos(np.pi * (np.arange(512) + 0.5) / 512) * (high - low) / 2 + (high + low) / 2
    fit = Chebyshev.fit(nodes, values(nodes), degree, domain=[low, high])
    return [np.float32(c) for c in fit.convert(kind=Polynomial).coef]


L0, L1, L2, L3, L4, L5, L6 = _fit(
    lambda f: np.log1p(f) / f / math.log(2), math.sqrt(0.5) - 1, math.sqrt(2) - 1, 6
)
E0, E1, E2, E3, E4, E5 = _fit(np.exp2, -0.5, 0.5, 5)
S0, S1, S2, S3, S4 = _fit(lambda z: np.sin(np.pi / 2 * np.sqrt(z)) / np.sqrt(z), 0.0, 1.0, 4)
C0, C1, C2, C3, C4 = _fit(lambda z: np.cos(np.pi / 2 * np.sqrt(z)), 0.0, 1.0, 4)

ONE = np.float32(1.0)
ROUND_TO_INT = np.float32(1.5 * 2**23)  # adding it leaves the nearest integer in the low bits
SQRT_HALF_BITS = np.int32(0x3F3504F3)
MANTISSA_BITS = np.int32(23)


@inlined
def log2_32(x):
    """log2 of a positive float32; absolute error below 8e-7 for x in [2^-32, 1], beside the rounding."""
    bits = float_as_int(x)
    exponent = np.int32(np.int32(bits - SQRT_HALF_BITS) >> MANTISSA_BITS)
    f = int_as_float(np.int32(bits - np.int32(exponent << MANTISSA_BITS))) - ONE
    p = L5 + f * L6
    p = L4 + f * p
    p = L3 + f * p
    p = L2 + f * p
    p = L1 + f * p
    p = L0 + f * p
    return np.float32(exponent) + f * p


@inlined
def exp2_32(x):
    """2^x for |x| < 120; relative error below 5e-7."""
    shifted = x + ROUND_TO_INT
    f = x - (shifted - ROUND_TO_INT)
    p = E4 + f * E5
    p = E3 + f * p
    p = E2 + f * p
    p = E1 + f * p
    p = E0 + f * p
    return int_as_float(np.int32(float_as_int(p) + np.int32(float_as_int(shifted) << MANTISSA_BITS)))


@inlined
def sin_quarter_32(t):
    """sin(pi/2 t) for t in [-1, 1]; absolute error below 2e-7."""
    z = t * t
    p = S3 + z * S4
    p = S2 + z * p
    p = S1 + z * p
    p = S0 + z * p
    return p * t


@inlined
def cos_quarter_32(t):
    """cos(pi/2 t) for t in [-1, 1]; absolute error below 2e-7."""
    z = t * t
    p = C3 + z * C4
    p = C2 + z * p
    p = C1 + z * p
    return C0 + z * p

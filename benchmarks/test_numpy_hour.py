"""The NumPy yardstick simulates the same hour as the kernel: without that, their ratio says nothing."""

import math

import numpy as np
import pytest

from benchmarks import hours, numpy_hour
from tcosim.kernels.layout import HOURS_PER_MONTH, H

Z = 4.0
SIZES = (1024, 8192)


def of_numpy(n, seed, draw=numpy_hour.draw_normals, **world):
    return numpy_hour.simulate(
        seed, n, 1, world=hours.WORLD | world, fleet=hours.FLEET, shape=hours.weekly_shape(), level=1.0,
        replicas=hours.REPLICAS, capacity=hours.CAPACITY, draw=draw,
    )  # fmt: skip


def of_kernel(n, seed):
    a = hours.plain_futures(n, 1, ["fixed"])
    tokens, months = hours.run_hours(a, seed, 0, hours.outputs(a))
    fleet = months[0, :, :, 0]
    return numpy_hour.Sums(tokens[:, 0], fleet[H.overflow], fleet[H.hours_over_capacity])


def distances(one, other):
    """Differences in standard errors: mean demand, overflow share, share of hours over capacity."""
    n = one.tokens.size

    def share(sums):  # overflow over eligible tokens, and the standard error of that ratio
        eligible = sums.tokens * hours.FLEET["token_ratio"]
        ratio = sums.overflow.mean() / eligible.mean()
        return ratio, (sums.overflow - ratio * eligible).std(ddof=1) / eligible.mean() / math.sqrt(n)

    def mean(values):
        return values.mean() / HOURS_PER_MONTH, values.std(ddof=1) / HOURS_PER_MONTH / math.sqrt(n)

    pairs = [
        (mean(one.tokens), mean(other.tokens)),
        (share(one), share(other)),
        (mean(one.hours_over), mean(other.hours_over)),
    ]
    return np.array([abs(a - b) / math.hypot(ea, eb) for (a, ea), (b, eb) in pairs])


@pytest.mark.parametrize("draw", [numpy_hour.draw_normals, numpy_hour.draw_normals_in_pairs])
@pytest.mark.parametrize("n", SIZES)
def test_numpy_and_kernel_agree_in_distribution(n, draw):
    assert np.all(distances(of_numpy(n, n, draw), of_kernel(n, n)) < Z)


def test_a_burst_a_tenth_larger_would_not_agree():
    n = max(SIZES)
    wrong = of_numpy(n, n, burst_sigma=1.1 * hours.WORLD["burst_sigma"])
    assert np.any(distances(wrong, of_kernel(n, n)) > Z)

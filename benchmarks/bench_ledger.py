"""Everything of a future but its hours, for the default scenario: noise, plan, books; on one thread."""

import pytest

from benchmarks.engine_calls import recorded_calls
from tcosim import load
from tcosim.kernels.layout import LANES

KERNELS = {
    "simulate_hours": "hour loop, for comparison",
    "draw_monthly_noise": "monthly noise",
    "plan_fleets": "plan of fleets",
    "keep_books": "ledger",
}


@pytest.mark.parametrize("kernel", KERNELS)
def test_kernel(kernel, best_of, figures, smoke):
    n, months = (LANES, 1) if smoke else (4 * LANES, 36)
    scenario = load(overrides=[f"scenario.months={months}"])
    seconds = best_of(recorded_calls(scenario, n)[kernel], rounds=15)
    figures.add(
        f"per future of the default scenario ({months} months), 1 thread",
        KERNELS[kernel],
        seconds / n * 1e6,
        "us/future",
    )

"""Numba only: floats and arrays in, arrays out.

Knows no units, no names and no options; randomness comes in as a key, sizes come from shapes.
"""

from tcosim.kernels.hours import simulate_hours
from tcosim.kernels.ledger import keep_books
from tcosim.kernels.noise import draw_monthly_noise
from tcosim.kernels.planning import plan_fleets
from tcosim.kernels.trace import trace_hours
from tcosim.kernels.week import week_hours

__all__ = [
    "draw_monthly_noise",
    "keep_books",
    "plan_fleets",
    "simulate_hours",
    "trace_hours",
    "week_hours",
]

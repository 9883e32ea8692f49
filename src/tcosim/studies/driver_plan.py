"""What counts as one driver, which option can be asked about, and how the futures are spent.

Knows inputs, correlations and numbers; simulates nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from tcosim.errors import InputError, Problem
from tcosim.kernels.layout import LANES
from tcosim.sampling.copula import build_copula
from tcosim.scenario.models import Scenario

LUCK = "monthly and hourly luck"
FEWEST_POINTS = LANES
"""16 points of each scramble; the engine computes futures in groups of so many anyway."""
TORNADO_SHARE = 8
"""The tornado compares futures in pairs and needs at least this much fewer of them than the indices."""
MOST_BYTES = 2**29
"""Costs of all variants in all futures are in memory at once."""
LEVELS = (0.1, 0.9)
"""Quantiles at which the tornado holds an input."""


@dataclass(frozen=True)
class Factor:
    """What is exchanged as one: an input, inputs that are correlated, or (without columns) luck."""

    columns: tuple[int, ...]
    inputs: tuple[str, ...]

    @property
    def name(self) -> str:
        return " + ".join(self.inputs) or LUCK


@dataclass(frozen=True)
class Plan:
    """How the futures are spent.

    Attributes
    ----------
    factors : tuple of Factor
        Luck is the last one.
    base_points : int
        Points of each of the sets A, B and AB of every factor; a power of two.
    tornado_points : int
        Futures with one input held at one level.
    futures : int
        Futures to simulate in all.
    """

    factors: tuple[Factor, ...]
    base_points: int
    tornado_points: int
    futures: int


def plan_drivers(scenario: Scenario, samples: float) -> Plan:
    """Spend at most so many futures: the indices get the largest power of two of points, the tornado what is left.

    Raises
    ------
    InputError
        If they are too few, with the number that is needed at least.
    """
    uncertain = scenario.uncertain_inputs()
    names = tuple(quantity.name for quantity in uncertain)
    groups = [block.columns for block in build_copula(names, scenario.correlations).blocks]
    grouped = {column for group in groups for column in group}
    columns = sorted([*groups, *((column,) for column in range(len(names)) if column not in grouped)])
    factors = *(Factor(one, tuple(names[column] for column in one)) for one in columns), Factor((), ())
    sets, held = len(factors) + 2, _held_variants(scenario)

    def futures(points: int, moved: int) -> int:
        return sets * points + held * moved

    def least(points: int) -> int:
        """Futures of the tornado that belong to so many points at least."""
        return max(FEWEST_POINTS, points // TORNADO_SHARE)

    needed = futures(FEWEST_POINTS, least(FEWEST_POINTS))
    if samples < needed:
        rule = f"must be at least {needed:,} to find the drivers of {len(names)} uncertain inputs"
        raise InputError(Problem("samples", rule, int(samples), f"ask for {_round_up(needed)} or more"))
    most = _most_points(scenario, sets)
    points = FEWEST_POINTS
    while 2 * points <= most and futures(2 * points, least(2 * points)) <= samples:
        points *= 2
    moved = (int(samples) - sets * points) // held if held else 0
    moved = min(moved // LANES * LANES, points, max(FEWEST_POINTS, _most_points(scenario, held)))
    return Plan(factors, points, moved, futures(points, moved))


def _held_variants(scenario: Scenario) -> int:
    """Variants of the tornado: the plain one, and each input at each level; none without inputs."""
    inputs = len(scenario.uncertain_inputs())
    return 1 + len(LEVELS) * inputs if inputs else 0


def _most_points(scenario: Scenario, variants: int) -> int:
    """Points of so many variants that memory has room for."""
    most = MOST_BYTES // (8 * max(1, variants) * len(scenario.options))
    return max(FEWEST_POINTS, most // LANES * LANES)


def _round_up(needed: int) -> str:
    """Two digits are enough to copy: 36096 is 3.7e4."""
    exponent = len(str(needed)) - 2
    return f"{-(-needed // 10**exponent) / 10:g}e{exponent + 1}"

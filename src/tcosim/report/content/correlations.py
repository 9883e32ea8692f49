"""Which inputs of a scenario are correlated, as text.

Knows declared scenarios; knows no copula.
"""

from __future__ import annotations

from itertools import combinations

from tcosim.scenario.models import Scenario
from tcosim.units import format_quantity


def correlation_rows(scenario: Scenario) -> list[str]:
    """Each correlated pair with its rank correlation, ``"a with b: 0.5"``, in the order of the scenario."""
    rows = []
    for correlation in scenario.correlations:
        for i, j in combinations(range(len(correlation.inputs)), 2):
            value = correlation.rank_correlation if correlation.matrix is None else correlation.matrix[i][j]
            if value:
                rows.append(f"{correlation.inputs[i]} with {correlation.inputs[j]}: {format_quantity(value)}")
    return rows

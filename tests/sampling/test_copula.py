"""The copula gives the declared rank correlations, leaves margins alone, and explains what cannot be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from tcosim.errors import InputError
from tcosim.sampling.copula import build_copula, pearson
from tcosim.sampling.design import SobolDesign
from tcosim.scenario.correlation import Correlation
from tcosim.scenario.library import default_library

NAMES = ("a", "b", "c", "d", "e")


def tie(*inputs: str, rho: float) -> Correlation:
    return Correlation(inputs=inputs, rank_correlation=rho)


def uniforms(n: int) -> np.ndarray:
    return SobolDesign(len(NAMES), seed=5).points(0, n)


def standard_error(rho: float, n: int) -> float:
    """Of Spearman's rho under independent sampling (Bonett and Wright 2000), on the scale of Fisher's z."""
    return math.sqrt((1 + rho * rho / 2) / (n - 3))


@pytest.mark.parametrize("n", [2_000, 50_000])
def test_ranks_correlate_as_declared(n: int) -> None:
    matrix = ((1.0, 0.8, -0.3), (0.8, 1.0, 0.1), (-0.3, 0.1, 1.0))
    correlations = [Correlation(inputs=("d", "a", "c"), matrix=matrix), tie("b", "e", rho=-0.9)]
    tied = build_copula(NAMES, correlations).transform(uniforms(n))
    found = stats.spearmanr(tied).statistic
    declared = {pair: rho for c in correlations for *pair_, rho in c.pairs() for pair in [frozenset(pair_)]}
    for i, first in enumerate(NAMES):
        for j, second in enumerate(NAMES[:i]):
            rho = declared.get(frozenset((first, second)), 0.0)
            # 4 standard errors of independent sampling, an upper bound for Sobol points: false alarm in 1e-3 of runs.
            assert abs(math.atanh(found[i, j]) - math.atanh(rho)) < 4 * standard_error(rho, n), (
                first,
                second,
            )


def test_the_tolerance_notices_a_copula_without_the_conversion() -> None:
    n, rho = 50_000, 0.6
    z = special.ndtri(uniforms(n)[:, :2])
    found = stats.spearmanr(z[:, 0], rho * z[:, 0] + math.sqrt(1 - rho**2) * z[:, 1]).statistic
    assert abs(math.atanh(found) - math.atanh(rho)) > 4 * standard_error(rho, n)


def test_spearman_into_pearson() -> None:
    # Kruskal (1958): rho_s = 6 / pi asin(r / 2).
    for rho in (-0.95, -0.3, 0.0, 0.6):
        assert 6 / math.pi * math.asin(pearson(rho) / 2) == pytest.approx(rho, abs=1e-15)


@pytest.mark.parametrize("n", [4_096, 65_536])
def test_margins_stay_uniform(n: int) -> None:
    tied = build_copula(NAMES, [tie("a", "b", "c", rho=0.7), tie("d", "e", rho=-0.5)]).transform(uniforms(n))
    for column in tied.T:
        # Kolmogorov's 1.95 / sqrt(n) is passed by 0.1 % of independent samples, and by fewer of Sobol points.
        assert stats.kstest(column, "uniform").statistic < 1.95 / math.sqrt(n)
    assert tied.min() > 0 and tied.max() < 1


def test_without_correlations_nothing_changes() -> None:
    u = uniforms(100)
    assert build_copula(NAMES, []).transform(u) is u
    assert build_copula(NAMES, [tie("a", "b", rho=0.0)]).transform(u) is u
    assert build_copula((), []).transform(np.empty((3, 0))).shape == (3, 0)


def test_only_tied_columns_change_and_rows_do_not_matter_to_each_other() -> None:
    u = uniforms(1_000)
    before = u.copy()
    copula = build_copula(NAMES, [tie("b", "d", "e", rho=0.4)])
    tied = copula.transform(u)
    np.testing.assert_array_equal(u, before)
    np.testing.assert_array_equal(tied[:, [0, 1, 2]], u[:, [0, 1, 2]])
    assert not np.any(tied[:, 3:] == u[:, 3:])
    for start, stop in ((0, 1), (1, 8), (8, 999)):
        np.testing.assert_array_equal(copula.transform(u[start:stop]), tied[start:stop])


def test_the_extremes_stay_inside() -> None:
    corners = np.array([[2.0**-31] * 5, [1 - 2.0**-31] * 5])
    tied = build_copula(NAMES, [tie(*NAMES, rho=0.5)]).transform(corners)
    assert np.all((tied > 0) & (tied < 1))


def test_a_contradiction_names_the_few_inputs_and_the_way_out() -> None:
    correlations = [
        tie("a", "b", rho=0.9), tie("b", "c", rho=0.9), tie("a", "c", rho=-0.9), tie("c", "d", rho=0.1),
    ]  # fmt: skip
    with pytest.raises(InputError) as caught:
        build_copula(NAMES, correlations)
    (problem,) = caught.value.problems
    text = str(problem)
    assert "a, b, c cannot be correlated like this" in text
    assert "a with b is 0.9; a with c is -0.9; b with c is 0.9" in text
    assert "state 0.64 to 0.99 for a with c" in text
    assert "multiply these by 0.53 or less" in text


def test_a_missing_pair_is_pointed_out() -> None:
    with pytest.raises(
        InputError, match=r"a with c is 0 as nothing is stated; .*state 0\.64 to 0\.99 for a with c"
    ):
        build_copula(NAMES, [tie("a", "b", rho=0.9), tie("b", "c", rho=0.9)])


def test_every_problem_is_reported() -> None:
    correlations = [
        tie("a", "b", rho=0.5), tie("b", "a", rho=0.4), tie("c", "nobody", rho=0.1),
        tie("c", "d", rho=0.9), tie("d", "e", rho=0.9), tie("c", "e", rho=-0.9),
    ]  # fmt: skip
    with pytest.raises(InputError) as caught:
        build_copula(NAMES, correlations)
    text = str(caught.value)
    assert len(caught.value.problems) == 3
    for part in ("correlated twice, by 0.5 and by 0.4", "nobody", "c, d, e"):
        assert part in text


def test_the_same_pair_twice_with_one_value_is_one_statement() -> None:
    u = uniforms(50)
    once = build_copula(NAMES, [tie("a", "b", rho=0.5)]).transform(u)
    np.testing.assert_array_equal(
        build_copula(NAMES, [tie("a", "b", rho=0.5), tie("b", "a", rho=0.5)]).transform(u), once
    )


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(-0.95, 0.95), min_size=10, max_size=10))
def test_any_matrix_is_either_reproduced_or_refused(values: list[float]) -> None:
    matrix = np.eye(5)
    matrix[np.triu_indices(5, 1)] = values
    matrix = np.triu(matrix) + np.triu(matrix, 1).T
    correlation = Correlation(inputs=NAMES, matrix=tuple(tuple(row) for row in matrix.tolist()))
    normal = 2 * np.sin(np.pi * matrix / 6)
    np.fill_diagonal(normal, 1.0)
    possible = np.linalg.eigvalsh(normal)[0] > 1e-8
    try:
        copula = build_copula(NAMES, [correlation])
    except InputError:
        assert not possible
        return
    assert np.linalg.eigvalsh(normal)[0] > 0
    whole = np.eye(5)
    for block in copula.blocks:
        whole[np.ix_(block.columns, block.columns)] = block.factor @ block.factor.T
    np.testing.assert_allclose(whole, normal, atol=1e-12)


def test_the_smallest_and_worst_contradiction_is_named() -> None:
    correlations = [
        tie("a", "b", rho=0.9), tie("b", "c", rho=0.9), tie("a", "c", rho=0.2),
        tie("c", "d", rho=-0.95), tie("d", "e", rho=0.95), tie("c", "e", rho=0.95),
    ]  # fmt: skip
    with pytest.raises(InputError) as caught:
        build_copula(NAMES, correlations)
    (problem,) = caught.value.problems
    assert problem.rule.startswith("c, d, e cannot be correlated like this: c with d is -0.95;")
    assert "first, which settles these but not all" in problem.way_out


def test_the_way_out_of_a_contradiction_is_one() -> None:
    correlations = [tie("a", "b", rho=0.9), tie("b", "c", rho=0.9), tie("a", "c", rho=-0.9)]
    for low_or_high in (0.64, 0.99):
        build_copula(NAMES, [*correlations[:2], tie("a", "c", rho=low_or_high)])
    with pytest.raises(InputError):
        build_copula(NAMES, [*correlations[:2], tie("a", "c", rho=0.63)])
    build_copula(NAMES, [tie(*c.inputs, rho=0.53 * (c.rank_correlation or 0)) for c in correlations])


def test_correlations_of_the_library_are_marked() -> None:
    of_library = next(
        c for c in default_library().correlations if len(c.inputs) == 2 and abs(c.rank_correlation or 0) > 0.3
    )
    first, second = of_library.inputs
    rho = of_library.rank_correlation or 0
    own = [tie(first, "x", rho=0.99), tie(second, "x", rho=-0.99 if rho > 0 else 0.99)]
    with pytest.raises(InputError) as caught:
        build_copula((first, second, "x"), [*own, of_library])
    text = str(caught.value)
    assert f"{first} with {second} is {rho:g} by the library" in text
    assert text.count("by the library") == 1

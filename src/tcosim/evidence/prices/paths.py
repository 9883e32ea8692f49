"""Relative prices in futures, by the model's own kernels: what a forecast says before it is compared.

Knows distributions and kernels; knows nothing of data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tcosim.evidence.prices.series import Family, Floats
from tcosim.scenario.distributions import Distribution, Point
from tcosim.scenario.uncertain import Uncertain

MONTHS_BETWEEN_MOVES = 1.0
"""The buyer of a list price's forecast moves every month: what is forecast is the list, not when he follows it."""


def log_ratios(
    family: Family,
    distributions: Mapping[str, Distribution],
    horizons: Sequence[int],
    futures: int,
    seed: int,
) -> Floats:
    """Logarithms of the price of a month over that of month 0.

    Parameters
    ----------
    family : str
    distributions : mapping
        By field, as in `tcosim.evidence.prices.quantities.FIELDS`.
    horizons : sequence of int
        Months ahead.
    futures, seed : int

    Returns
    -------
    ndarray, shape (h, n)
        Sorted along the futures.
    """
    drawn = _draw(distributions, futures, seed)
    paths = _list_prices(drawn, max(horizons), seed) if family == "api" else None
    if paths is None:
        paths = _gpu_prices(family, drawn, max(horizons), seed)
    return np.sort(np.log(paths[:, list(horizons)].T), axis=1)


def _draw(distributions: Mapping[str, Distribution], futures: int, seed: int) -> dict[str, Floats]:
    from tcosim.sampling.inputs import InputSampler

    uncertain = [Uncertain(name, one) for name, one in distributions.items() if not isinstance(one, Point)]
    found = {
        name: np.full(futures, one.value) for name, one in distributions.items() if isinstance(one, Point)
    }
    if uncertain:
        sampler = InputSampler(uncertain, (), seed)
        values = sampler.values(sampler.uniforms(0, futures))
        found.update(zip(sampler.names, values, strict=True))
    return found


def _noise(routes: Floats, futures: int, months: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Walks of GPU prices, shape (n, m + 1); jumps and walks of lists, shape (r, n, m + 1) (docs/model.md, 1.3)."""
    from tcosim.kernels.noise import draw_monthly_noise

    growth, walk, uniforms = (np.empty((futures, months + 1)) for _ in range(3))
    jumps, lists = (np.empty((routes.shape[1], futures, months + 1)) for _ in range(2))
    draw_monthly_noise(seed, 0, routes, growth, walk, jumps, lists, uniforms)
    return walk, jumps, lists


def _list_prices(drawn: Mapping[str, Floats], months: int, seed: int) -> Floats:
    """docs/model.md, 4.1, for one route whose blended price is 1, and a buyer who follows every month."""
    from tcosim.kernels import layout
    from tcosim.kernels.prices import follow_prices

    futures = len(next(iter(drawn.values())))
    world = np.zeros((len(layout.WORLD), futures))
    route = np.zeros((len(layout.ROUTE), 1, futures))
    apis = np.zeros((len(layout.API), 1, futures))
    for row in ("share", "usd_per_million_input", "usd_per_million_cached_input", "usd_per_million_output"):
        route[layout.ROUTE.index(row), 0] = 1.0
    route[layout.ROUTE.index("months_between_moves"), 0] = MONTHS_BETWEEN_MOVES
    for name, values in drawn.items():
        route[layout.ROUTE.index(name), 0] = values
    _, jumps, lists = _noise(route, futures, months, seed)
    prices = np.empty((futures, months + 1))
    unit_price, migration_hours = np.empty((1, months + 1)), np.empty((1, months + 1))
    of_route = np.zeros(1, dtype=np.int64)
    for i in range(futures):
        follow_prices(i, world, route, of_route, apis, jumps, lists, unit_price, migration_hours)
        prices[i] = unit_price[0]
    return prices


def _gpu_prices(family: Family, drawn: Mapping[str, Floats], months: int, seed: int) -> Floats:
    """docs/model.md, 4.4 on demand and 4.5, for one GPU whose price is 1."""
    from tcosim.kernels import layout
    from tcosim.kernels.hardware import purchase_usd, rent_of_month

    futures = len(next(iter(drawn.values())))
    fleet = np.zeros((len(layout.FLEET), futures))
    policy = np.zeros(len(layout.POLICY), dtype=np.int64)
    policy[layout.POLICY.index("gpus_per_replica")] = 1
    policy[layout.POLICY.index("term_months")] = 1
    policy[layout.POLICY.index("ownership")] = layout.ON_DEMAND
    for name in ("usd_per_gpu_hour", "usd_per_gpu"):
        fleet[layout.FLEET.index(name)] = 1.0
    for name, values in drawn.items():
        fleet[layout.FLEET.index(name)] = values
    walk, _, _ = _noise(np.zeros((len(layout.ROUTE), 0, futures)), futures, months, seed)
    prices = np.empty((futures, months + 1))
    for i in range(futures):
        for m in range(months + 1):
            prices[i, m] = (
                rent_of_month(m, 0, i, fleet, policy, 1.0, 1.0, 1.0, 0.0, walk[i, m])[0]
                if family == "rental"
                else purchase_usd(m, i, fleet, policy, 1.0, walk[i, m])
            )
    return prices

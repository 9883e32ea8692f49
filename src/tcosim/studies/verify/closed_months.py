"""What is drawn once a month: walks, jumps and lists have the laws that are stated of them.

Knows the kernels of noise and prices; every check names a slightly wrong law that it would notice.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tcosim import kernels
from tcosim.kernels import layout, prices
from tcosim.studies.verify import outcomes
from tcosim.studies.verify.check import Checks, Outcome
from tcosim.studies.verify.scene_runs import Floats

if TYPE_CHECKING:
    from tcosim.studies.verify.setting import Setting

CHECKS = Checks()
FUTURES, MONTHS = 16384, 26
SIGMA, RATE, SIZE, SPREAD, DECLINE, INTERVAL = 0.7, 6.0, 0.1, 0.3, 0.2, 10.0
"""Round numbers of one route: spread of the list, jumps a year, their mean and spread in logs, decline, months."""


class _Drawn:
    """Monthly noise of futures with one route, arrays (n, m)."""

    def __init__(self, seed: int) -> None:
        routes = np.zeros((len(layout.ROUTE), 1, FUTURES))
        stated = {
            "share": 1.0, "usd_per_million_input": 1.0, "usd_per_million_cached_input": 1.0,
            "usd_per_million_output": 1.0, "annual_decline": DECLINE, "months_between_moves": INTERVAL,
            "jumps_per_year": RATE, "jump_log_mean": SIZE, "jump_log_sd": SPREAD, "list_price_volatility": SIGMA,
        }  # fmt: skip
        for name, value in stated.items():
            routes[layout.ROUTE.index(name)] = value
        self.routes = routes
        self.growth, self.gpu, self.incidents = (np.empty((FUTURES, MONTHS)) for _ in range(3))
        self.jumps, self.lists = (np.empty((1, FUTURES, MONTHS)) for _ in range(2))
        kernels.draw_monthly_noise(
            np.uint64(seed), 0, routes, self.growth, self.gpu, self.jumps, self.lists, self.incidents
        )

    def log_prices(self) -> Floats:
        """Logarithm of the price, with its moves but without its jumps, of every future in month 25."""
        world, apis = np.zeros((len(layout.WORLD), FUTURES)), np.zeros((len(layout.API), 1, FUTURES))
        owner, found = np.zeros(1, np.int64), np.empty(FUTURES)
        price, hours = np.empty((1, MONTHS)), np.empty((1, MONTHS))
        still = np.zeros_like(self.jumps)
        for i in range(FUTURES):
            prices.follow_prices(i, world, self.routes, owner, apis, still, self.lists, price, hours)
            found[i] = price[0, -1]
        logs: Floats = np.log(found)
        return logs


def _drawn(setting: Setting) -> _Drawn:
    return setting.once("months", lambda: _Drawn(setting.seed))


def _variance(values: Floats, expected: float, rival: float, rival_is: str) -> Outcome:
    """Variance of normal values; its standard error is variance x sqrt(2 / n)."""
    error = expected * math.sqrt(2 / values.size)
    return outcomes.estimated(
        expected, float(values.var(ddof=1)), error, "log²", rival=rival, rival_is=rival_is
    )


@CHECKS.check(
    "growth-walk",
    "The walk of the traffic's level has the variance of a random walk: 1 a year.",
    "variance of a sum; docs/model.md, 1.3",
)
def growth_walk(setting: Setting) -> Outcome:
    last = _drawn(setting).growth[:, -1]
    expected = (MONTHS - 1) / 12
    return _variance(last, expected, 1.1 * expected, "steps a twentieth too wide")


@CHECKS.check(
    "walks-apart",
    "The walk of the traffic and the walk of GPU prices know nothing of each other.",
    "correlation of independent normals; docs/model.md, 1.3",
)
def walks_apart(setting: Setting) -> Outcome:
    drawn = _drawn(setting)
    one, other = np.diff(drawn.growth).ravel(), np.diff(drawn.gpu).ravel()
    got = float(np.corrcoef(one, other)[0, 1])
    return outcomes.estimated(
        0.0,
        got,
        1 / math.sqrt(one.size),
        "correlation",
        rival=0.02,
        rival_is="walks that share 2 % of their steps",
    )


@CHECKS.check(
    "price-jumps",
    "Jumps of an API's price come as often and are as large as stated, on average over the months.",
    "mean of a compound Poisson sum; docs/model.md, 4.1",
)
def price_jumps(setting: Setting) -> Outcome:
    years = (MONTHS - 1) / 12
    last = _drawn(setting).jumps[0, :, -1]
    error = math.sqrt(RATE * years * (SIZE**2 + SPREAD**2) / last.size)
    expected = RATE * years * SIZE
    return outcomes.estimated(
        expected, float(last.mean()), error, "log", rival=1.1 * expected, rival_is="a tenth more jumps"
    )


@CHECKS.check(
    "price-median",
    "The list price falls by the stated share a year in the median, move by move.",
    "normal logarithm; docs/model.md, 4.1 and 6",
)
def price_median(setting: Setting) -> Outcome:
    logs = setting.once("log prices", lambda: _drawn(setting).log_prices())
    met = math.floor((MONTHS - 1) / INTERVAL) * INTERVAL
    expected = met / 12 * math.log(1 - DECLINE)
    error = SIGMA * math.sqrt(met / 12 / logs.size)
    at_once = (MONTHS - 1) / 12 * math.log(1 - DECLINE)
    return outcomes.estimated(
        expected, float(logs.mean()), error, "log", rival=at_once, rival_is="a fall that does not wait for a move"
    )  # fmt: skip


@CHECKS.check(
    "price-spread",
    "A buyer meets the wandering list of a tier at his moves and not in between.",
    "variance of a random walk at the last move; docs/model.md, 4.1 and 6",
)
def price_spread(setting: Setting) -> Outcome:
    logs = setting.once("log prices", lambda: _drawn(setting).log_prices())
    met = math.floor((MONTHS - 1) / INTERVAL) * INTERVAL
    return _variance(logs, SIGMA**2 * met / 12, SIGMA**2 * (MONTHS - 1) / 12, "a list met at once")

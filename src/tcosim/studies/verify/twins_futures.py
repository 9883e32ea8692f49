"""Whole futures: a scenario as a user declares it, simulated, against the plain program from its drawn inputs on.

Knows how a scenario is packed; everything after that is done twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr

from tcosim.engine.pack import Packing, pack
from tcosim.kernels import layout
from tcosim.kernels.layout import HOURS_PER_MONTH, LANES
from tcosim.reference import ref_hours, ref_ledger, ref_noise, ref_planning
from tcosim.sampling.inputs import InputSampler
from tcosim.studies.verify import outcomes
from tcosim.studies.verify.check import Checks, Outcome
from tcosim.studies.verify.scenarios import every_kind
from tcosim.studies.verify.scene_runs import OWNERSHIP, Floats, stretched

if TYPE_CHECKING:
    from tcosim.scenario.models import Scenario
    from tcosim.studies.verify.setting import Setting

CHECKS = Checks()
MONEY = 4 * 24 * 2**-24
"""Of an option's cost: sums of float32 hours, as for the ledger."""
BY_MONTH = "rounding of float32, 4 x 24 x 2⁻²⁴"
NUDGE = 2e-6
"""Relative: four times what float32 makes of an hour's demand."""
TWIN = "tcosim.reference, all of it"


def _row(names: Sequence[str], values: Floats) -> dict[str, float]:
    return dict(zip(names, map(float, values), strict=True))


def _policy(values: Sequence[int]) -> dict[str, Any]:
    names = {number: name for name, number in OWNERSHIP.items()}
    found: dict[str, Any] = dict(zip(layout.POLICY, map(int, values), strict=True))
    return found | {"ownership": names[found["ownership"]]}


def _owned_by(api: int, owner: Sequence[int], things: Sequence[Any]) -> list[Any]:
    return [thing for thing, of in zip(things, owner, strict=True) if of == api]


class _Twin:
    """The plain program on one future of a scenario."""

    def __init__(self, scenario: Scenario, packing: Packing, seed: int, future: int) -> None:
        sampler = InputSampler(scenario.uncertain_inputs(), scenario.correlations, seed)
        first, lane = future // LANES * LANES, future % LANES
        parameters = packing.room(LANES)
        packing.fill(sampler.values(sampler.uniforms(first, LANES)), parameters)
        self.world = _row(layout.WORLD, parameters.world[:, lane])
        self.world["silent_share"] = float(ndtr(self.world["silent_score"]))
        self.routes = [
            _row(layout.ROUTE, parameters.routes[:, r, lane]) for r in range(parameters.routes.shape[1])
        ]
        self.apis = [_row(layout.API, parameters.apis[:, a, lane]) for a in range(parameters.apis.shape[1])]
        self.manageds = [
            _row(layout.MANAGED, parameters.manageds[:, g, lane]) for g in range(parameters.manageds.shape[1])
        ]
        self.fleets = [
            _row(layout.FLEET, parameters.fleets[:, k, lane]) for k in range(parameters.fleets.shape[1])
        ]
        self.packing, self.months = packing, scenario.months
        self.noise = ref_noise.monthly_noise(seed, future, self.routes, self.months)
        self.levels = ref_planning.levels(self.world, self.noise.growth_walk)
        shape = (packing.swings + np.float32(1)).astype(float).tolist()
        self.demand, self.uniforms = ref_hours.traffic(seed, future, self.world, shape, self.levels)
        month = range(self.months)
        self.tokens = [sum(self.demand[HOURS_PER_MONTH * m : HOURS_PER_MONTH * (m + 1)]) for m in month]

    def npv(self, nudge: float = 0.0) -> list[float]:
        """USD, in the kernels' order: apis, managed, fleets.

        `nudge` moves the headroom of autoscaled fleets by a share of it: whether their size, a float32 rounded up,
        lands on the one side or the other decides about a replica-hour.
        """
        prices = [self._prices(a) for a in range(len(self.apis))]
        found = [
            ref_ledger.api_book(self.world, api, *prices[a], self.tokens).npv
            for a, api in enumerate(self.apis)
        ]
        for managed, at in zip(self.manageds, self.packing.managed_api, strict=True):
            a = int(at)
            book = ref_ledger.managed_book(self.world, managed, self.apis[a], *prices[a], self.tokens)
            found.append(book.npv)
        for stated, policy in zip(self.fleets, map(_policy, self.packing.policies), strict=True):
            headroom = stated["headroom"] * (1 + (nudge if policy["autoscale"] else 0.0))
            found.append(self._fleet(stated | {"headroom": headroom}, policy, prices[policy["api"]]).npv)
        return found

    def _prices(self, api: int) -> tuple[list[float], list[float]]:
        owner = self.packing.route_api.tolist()
        return ref_ledger.api_prices(
            self.world, _owned_by(api, owner, self.routes), self.apis[api],
            _owned_by(api, owner, self.noise.log_jumps), _owned_by(api, owner, self.noise.log_lists), self.months,
        )  # fmt: skip

    def _fleet(
        self, fleet: Mapping[str, float], policy: Mapping[str, Any], prices: tuple[list[float], list[float]]
    ) -> ref_ledger.Book:
        largest = float(self.packing.swings.max())
        plan: SimpleNamespace = ref_planning.plan(self.world, largest, fleet, policy, self.levels)
        rows = ref_hours.serve(self.world, fleet, policy, plan, self.demand, self.uniforms, self.levels[0])
        sums = ref_hours.month_sums(rows, plan, self.months)
        book, _ = ref_ledger.fleet_book(
            self.world, fleet, policy, self.apis[policy["api"]], *prices, self.tokens, plan, sums, self.noise
        )
        return book


def _compare(setting: Setting, scenario: Scenario, futures: Sequence[int]) -> Outcome:
    npv = setting.simulate(scenario, max(futures) + 1)["npv"].values
    packing = pack(scenario)
    worst = 0.0
    for future in futures:
        setting.refuse_if_cancelled()
        twin = _Twin(scenario, packing, setting.seed, future)
        sides = (0.0, -NUDGE, NUDGE) if packing.policies[:, layout.P.autoscale].any() else (0.0,)
        expected = np.array([twin.npv(side) for side in sides])[:, packing.order]
        apart = np.abs(npv[future] - expected) / (np.abs(expected) * stretched(twin.world))
        worst = max(worst, float(apart.min(axis=0).max()))
    return outcomes.at_most(worst, MONEY, BY_MONTH, "of the present value")


@CHECKS.check(
    "futures-of-every-kind",
    "Present values of single futures (api, managed, on demand, spot, reserved hybrid, owned) are those of the plain"
    " program.",
    TWIN,
)
def futures_of_every_kind(setting: Setting) -> Outcome:
    return _compare(setting, every_kind(4), (0, 1, 300))


@CHECKS.check(
    "a-future-of-the-default",
    "Three years of the shipped default scenario, hour by hour, cost what the plain program says.",
    TWIN,
)
def a_future_of_the_default(setting: Setting) -> Outcome:
    from tcosim.scenario.load import load

    return _compare(setting, load(), (7,))
